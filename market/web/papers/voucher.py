"""The vouchers of a payout run, one A5 each: what was sold, what was taken off, what is paid."""

from __future__ import annotations

from certification.areas import queries as areas
from certification.basis.units import baht, kilos, local_day, thai_date
from certification.crops import queries as crops
from certification.groups import queries as groups
from certification.people import queries as people
from market.domain.receipts.rules import in_words
from market.domain.settlement import queries as settlement
from market.domain.settlement.rules import IN_CASH, PayoutView, RunView
from market.domain.vouchers import queries
from market.domain.vouchers.rules import Line, Sold, told


async def content(run: RunView) -> dict[str, object]:
    payer, behind = await groups.group(run.payer), await queries.lines(run)
    hands = await people.names({run.made_by, run.decided_by or run.made_by})
    sold = await queries.sold(run)
    paid = await settlement.payouts(run.id)
    names = await _names(run, [line.payee for line in paid])
    return {
        "payer": payer.name_th, "where": areas.address(payer.area), "run": str(run.number),
        "on": thai_date(local_day(run.made_at)), "approved": run.state == "approved",
        "maker": hands.get(run.made_by, ""), "decider": hands.get(run.decided_by or "", ""),
        "vouchers": [
            {"number": f"{run.number}/{place}", "name": names[line.payee],
             "lots": [_lot(one) for one in told(sold.get(line.payee, []), behind[line.payee])],
             **_sums(behind[line.payee]), **_paid(line)}
            for place, line in enumerate(paid, start=1)
        ],
    }  # fmt: skip


async def _names(run: RunView, payees: list[str]) -> dict[str, str]:
    if run.level == "farmer":
        return {**dict.fromkeys(payees, ""), **await people.names(payees)}
    return {payee: (await groups.group(payee)).name_th for payee in payees}


def _lot(one: Sold) -> dict[str, str]:
    return {
        "name": crops.crop(one.crop).name.th, "code": f"{one.code[:4]} {one.code[4:]}",
        "weighed": kilos(one.grams) if one.grams else "",
        "sales": baht(one.satang) if one.grams else "",
    }  # fmt: skip


def _sums(line: Line) -> dict[str, str]:
    return {
        "weighed": kilos(line.grams), "gross": baht(line.gross_satang),
        "taken": baht(line.deducted_satang),
        "carried": baht(line.carried_satang) if line.carried_satang else "",
        "net": baht(line.net_satang), "words": in_words(line.net_satang),
    }  # fmt: skip


def _paid(line: PayoutView) -> dict[str, str]:
    """Empty dots where it is not paid yet."""
    if line.paid_at is None:
        return {"paid": ""}
    way = "เงินสด" if line.bank == IN_CASH else line.bank or ""
    return {"paid": f"{way} {line.trans_ref} · {thai_date(local_day(line.paid_at))}"}
