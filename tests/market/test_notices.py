"""Whoever an event concerns is told once, though the log be read twice; nobody else is told."""

import pytest

from certification.basis import log
from certification.basis.database import Database, in_use
from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.plots.tables import PlotHolder
from market.answers.words import words
from market.domain.lots import queries as lots
from market.domain.lots.tables import Lot
from market.domain.notices import commands, queries
from market.domain.notices.rules import CANCELLED, CLOSED, FELL, SHUT, TELLINGS
from market.domain.orders import commands as orders
from market.jobs import readers
from tests.cast import (
    DAO,
    EVERYBODY,
    KRIT,
    LONG_AGO,
    MALEE,
    NOK,
    NOW,
    PRASERT,
    SOMCHAI,
    WAN,
    YING,
    village,
)
from tests.guarantee import accepted, begun, certified, planted, published
from tests.market.stall import minutes, stall
from tests.market.test_lot_corrections import correct


async def told(person: str) -> list[str]:
    """Kinds, the oldest first."""
    return [notice.kind for notice in reversed(await queries.of_person(person))]


async def all_told() -> dict[str, list[str]]:
    await readers.read_on(NOW)
    return {person: await told(person) for person in EVERYBODY}


async def test_a_buyer_hears_of_her_order_and_the_merchants_treasurers_of_it(
    db: Database,
) -> None:
    there = await stall(db)
    placed = await there.paid(1_000)
    await there.hand_over(placed.order, 800)
    heard = await all_told()
    assert heard[NOK] == ["orders.confirmed", "orders.handed_over"]
    assert "orders.placed" in heard[PRASERT]
    assert "orders.placed" in heard[DAO]
    assert not [kind for kind in heard[KRIT] if kind.startswith("orders")]
    assert not [kind for kind in heard[MALEE] if kind.startswith("orders")]
    [_, handed] = reversed(await queries.of_person(NOK))
    assert handed.facts["code"] == placed.code
    assert handed.facts["credited_satang"] == 800


async def test_read_twice_it_is_told_once(db: Database) -> None:
    there = await stall(db)
    await there.paid(1_000)
    entries: list[log.Entry] = []

    async def keep(entry: log.Entry) -> None:
        entries.append(entry)

    await readers.read_on(NOW)
    before = await all_told()
    while await log.consume("again", keep):
        pass
    for entry in entries:
        await commands.tell(entry, at=minutes(5))
    assert await all_told() == before


async def test_who_cancels_is_not_told_what_she_did(db: Database) -> None:
    there = await stall(db)
    hers, merchants = await there.order(), await there.order()
    await there.cancel(hers.order)
    await there.cancel(merchants.order, by=DAO)
    assert (await all_told())[NOK] == ["orders.cancelled"]


async def test_money_that_came_too_late_is_told_with_its_credit(db: Database) -> None:
    there = await stall(db, grams=1_000)
    late = await there.order(1_000)
    request = await run(_requested, late.order)
    await run(orders.expire, at=minutes(60))
    await there.order(1_000, rail="cash")
    await there.pay(late.order, at=minutes(61))
    assert (await all_told())[NOK] == ["orders.expired", "payments.confirmed"]
    newest = (await queries.of_person(NOK))[0]
    assert newest.facts["satang"] == request.satang
    assert words("th")(f"notice.{newest.kind}", **newest.facts).count("{") == 0


async def test_who_grew_sells_or_ordered_a_lot_hears_that_its_claim_fell(db: Database) -> None:
    """Once, and not of a correction that leaves the claim as it was."""
    there = await stall(db)
    placed = await there.paid(1_000)
    lot = await lots.lot(there.lot)
    await PlotHolder.insert(
        PlotHolder(id=new_id(), plot=lot.plot, person=MALEE, since=LONG_AGO.date(), by=MALEE)
    )
    await Lot.update({Lot.claim: "organic"}).where(Lot.id == there.lot)
    for less in (500, 600):
        fell = await correct(there.lot, grams=lot.grams - less, by=WAN)
        heard = await all_told()
    assert fell.claim == ["plain", "plain"]
    assert heard[NOK].count(f"{FELL}.buyer") == 1
    assert heard[MALEE].count(FELL) == 1
    assert heard[YING].count(FELL) == 1, "who leads the group"
    assert not [kind for kind in (*heard[KRIT], *heard[SOMCHAI]) if kind.startswith(FELL)]
    facts = (await queries.of_person(NOK))[0].facts
    assert facts == {"code": placed.code}
    assert words("en")(f"notice.{FELL}.buyer", **facts).count(placed.code) == 1


async def _requested(order: str):  # type: ignore[no-untyped-def]  # a request
    from market.domain.payments import commands as payments  # noqa: PLC0415

    return await payments.request(order, by=NOK, at=NOW)


async def test_the_way_to_a_certificate_is_told_to_the_farmer_the_office_and_the_visitors(
    db: Database,
) -> None:
    await village(db)
    await published()
    await begun(await accepted(await planted()))
    heard = await all_told()
    assert "applications.submitted" in heard[WAN]
    assert [kind for kind in heard[MALEE] if kind.startswith(("app", "ins"))] == [
        "applications.accepted",
        "inspections.assigned",
    ]
    assert "inspections.assigned" in heard[SOMCHAI]
    assert "inspections.assigned" not in heard[YING]  # she assigned them
    assert not [kind for kind in heard[KRIT] if not kind.startswith("groups")]


async def test_the_holder_hears_of_the_certificate(db: Database) -> None:
    await village(db)
    await published()
    await certified()
    heard = await all_told()
    assert "decisions.decided" in heard[MALEE]
    assert "certificates.issued" in heard[MALEE]
    assert "certificates.issued" not in heard[SOMCHAI]
    newest = (await queries.of_person(MALEE))[0]
    assert newest.kind == "certificates.issued"
    assert newest.facts["number"]


async def test_no_notice_holds_a_name_or_a_number_to_call(db: Database) -> None:
    there = await stall(db)
    await there.paid(1_000)
    await readers.read_on(NOW)
    rows = await in_use().query("SELECT facts FROM notice")
    assert rows
    assert not [row for row in rows if "นก" in row["facts"] or "081" in row["facts"]]


ENDS = {
    "providers.refund_ended": (".sent", ".done"),
    "standing.turned": (".ordered", ".part", ".nothing"),
    CANCELLED: ("", ".even", ".called_off", ".called_off.even", ".shut", ".shut.even"),
}
"""Said in other words each, by what came of it."""


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize("kind", sorted({*TELLINGS, CANCELLED, CLOSED, SHUT}))
def test_every_notice_has_its_sentence(kind: str, language: str) -> None:
    said = [f"notice.{kind}{end}" for end in ENDS.get(kind, ("",))]
    assert [key for key in said if not words(language).knows(key)] == []
