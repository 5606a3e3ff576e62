"""A cycle's earnings are divided once, and what is due is paid by two people's hands."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from piccolo.table import Table

from certification.basis import asked, log
from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from market.domain.ledger import commands as ledger
from market.domain.offers import commands as cycles
from market.domain.offers import queries as offers
from market.domain.offers.refusals import NoSuchCycle
from market.domain.payments import claims
from market.domain.payments import rules as payments
from market.domain.settlement import queries, rules
from market.domain.settlement.rules import PayoutView
from market.domain.settlement.tables import Payout, PayoutRun, Settlement, Share


async def settle(wanted: rules.Settle, *, by: str, at: datetime) -> rules.Settled:
    """Divide what was handed over in a cycle and not settled yet, group by group.

    Of two at the same moment one settles; the other finds `NothingToSettle`. A sale that is being
    undone is waited for.
    """
    do = partial(_settle, wanted, by=by, at=at)
    return await asked.once(wanted.id, "settlement.settle", wanted, do, rules.Settled, by=by, at=at)


async def _settle(wanted: rules.Settle, *, by: str, at: datetime) -> rules.Settled:
    cycle = await offers.cycle(wanted.cycle)
    if cycle.merchant != wanted.merchant:
        raise NoSuchCycle()
    await cycles.claim(cycle.id)
    rule = await offers.rule_of(cycle.id)
    done: list[str] = []
    rows: list[tuple[type[Table], str]] = []
    gross = 0
    for group in await queries.groups_in(cycle.id):
        # What was settled is read before what was sold: a settlement that commits in between
        # has taken the number of this round, and nothing is divided twice.
        before = await queries.settled_before(cycle.id, group)
        sales = await queries.sales(cycle.id)
        division = rules.divided(group, sales, rule, before.tally, before.shares)
        if division.tally.satang <= 0:
            continue
        id = new_id()
        if await _claim_round(id, cycle, division, before.rounds + 1, by=by, at=at):
            shares = await _write_shares(id, division)
            rows += [(Settlement, id), *((Share, share) for share in shares)]
            moved = rules.settlement_postings(cycle.merchant, cycle.id, division)
            await ledger.post(id, "settlement", id, moved, by=by, at=at)
            done.append(id)
            gross += division.tally.satang
    if not done:
        raise rules.NothingToSettle()
    settled = rules.Settled(cycle.id, done, gross)
    log.append(settled, *rows, subject=cycle.id, by=by, at=at)
    return settled


async def _claim_round(
    id: str, cycle: offers.CycleView, division: rules.Division, round: int, *, by: str, at: datetime
) -> bool:
    parts = division.tally.parts
    new = await in_use().query(
        'INSERT INTO settlement (id, cycle, merchant, "group", split_rule, round, gross_satang,'
        " merchant_satang, truck_satang, fund_satang, group_satang, farmers_satang,"
        ' "by", at) VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {})'
        ' ON CONFLICT (cycle, "group", round) DO NOTHING RETURNING id',
        *(id, cycle.id, cycle.merchant, division.group, cycle.split_rule, round),
        *(division.tally.satang, parts.merchant, parts.truck, parts.fund, parts.group),
        *(parts.farmer, by, at),
    )
    return bool(new)


async def _write_shares(settlement: str, division: rules.Division) -> list[str]:
    rows = [
        Share(
            id=new_id(), settlement=settlement, farmer=share.farmer, grams=share.grams,
            sales_satang=share.sales_satang, satang=share.satang,
        )
        for share in division.shares
    ]  # fmt: skip
    await insert(*rows)
    return [str(row.id) for row in rows]


async def make_run(wanted: rules.MakeRun, *, by: str, at: datetime) -> rules.RunMade:
    """Collect everything due that no other run is about to pay."""
    do = partial(_make_run, wanted, by=by, at=at)
    return await asked.once(
        wanted.id, "settlement.make_run", wanted, do, rules.RunMade, by=by, at=at
    )


async def _make_run(wanted: rules.MakeRun, *, by: str, at: datetime) -> rules.RunMade:
    last = await queries.last_run(wanted.payer, wanted.level)  # first: see `_settle`
    due = await queries.due(wanted.payer, wanted.level)
    if not due:
        raise rules.NothingDue()
    new = await in_use().query(
        "INSERT INTO payout_run (id, payer, level, number, state, made_by, made_at)"
        " VALUES ({}, {}, {}, {}, 'made', {}, {}) ON CONFLICT (payer, level, number) DO NOTHING"
        " RETURNING id",
        wanted.id, wanted.payer, wanted.level, last + 1, by, at,
    )  # fmt: skip
    if not new:
        raise rules.MadeMeanwhile()
    payouts = [
        Payout(id=new_id(), run=wanted.id, payee=payee, satang=satang, state="due")
        for payee, satang in due.items()
    ]
    await insert(*payouts)
    made = rules.RunMade(wanted.id, wanted.payer, wanted.level, sum(due.values()))
    rows = [(Payout, str(payout.id)) for payout in payouts]
    log.append(made, (PayoutRun, wanted.id), *rows, subject=wanted.id, by=by, at=at)
    return made


async def decide_run(
    decided: rules.DecideRun, *, by: str, at: datetime
) -> rules.RunApproved | rules.RunRejected:
    """By another than its maker; a rejected run leaves what it held to the next."""
    async with transaction():
        known = await queries.run(decided.run)
        if known.payer != decided.payer:
            raise rules.NoSuchRun()
        if decided.approve and known.made_by == by:
            raise rules.SameHands()
        claimed = await in_use().query(
            "UPDATE payout_run SET state = {}, decided_by = {}, decided_at = {}"
            " WHERE id = {} AND state = 'made' RETURNING id",
            "approved" if decided.approve else "rejected", by, at, decided.run,
        )  # fmt: skip
        if not claimed:
            raise rules.AlreadyDecided()
        kind = rules.RunApproved if decided.approve else rules.RunRejected
        event = kind(decided.run, decided.payer)
        log.append(event, (PayoutRun, decided.run), subject=decided.run, by=by, at=at)
    return event


async def mark_paid(paid: rules.MarkPaid, *, by: str, at: datetime) -> rules.PaidOut:
    """One line of an approved run, with its slip or receipt; once, and each slip once."""
    bank, trans_ref = rules.slip_of(paid)
    async with transaction():
        payout = await queries.payout(paid.payout)
        if payout.payer != paid.payer:
            raise rules.NoSuchPayout()
        if payout.run_state != "approved":
            raise rules.NotApproved()
        event = rules.PaidOut(payout.id, payout.payee, payout.satang)
        if not await _claim_payout(payout, bank, trans_ref, by=by, at=at):
            known = await queries.payout(payout.id)
            if known.state != "paid":
                raise rules.SlipUsed()
            if (known.bank, known.trans_ref) != (bank, trans_ref):
                raise rules.AlreadyPaid()
            return event  # asked again
        await _claim_slip(payout.id, bank, trans_ref, at=at)
        moved = rules.payout_postings(payout.level, payout.payer, payout.payee, payout.satang, bank)
        await ledger.post(payout.id, "payout", payout.id, moved, by=by, at=at)
        log.append(event, (Payout, payout.id), subject=payout.payee, by=by, at=at)
    return event


async def _claim_slip(payout: str, bank: str, trans_ref: str, *, at: datetime) -> None:
    """What a buyer paid with, or was paid back with, is no payout."""
    try:
        await claims.claim(bank, trans_ref, "payout", payout, at=at)
    except payments.SlipUsed:
        raise rules.SlipUsed() from None


async def _claim_payout(
    payout: PayoutView, bank: str, trans_ref: str, *, by: str, at: datetime
) -> bool:
    claimed = await in_use().query(
        "UPDATE payout_line SET state = 'paid', bank = {}, trans_ref = {}, paid_by = {},"
        " paid_at = {} WHERE id = {} AND state = 'due' AND NOT EXISTS (SELECT 1 FROM payout_line x"
        " WHERE x.bank = {} AND x.trans_ref = {}) RETURNING id",
        bank, trans_ref, by, at, payout.id, bank, trans_ref,
    )  # fmt: skip
    return bool(claimed)
