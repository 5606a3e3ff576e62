"""A day that was kept on paper is typed in by one person, part by part, with the paper's times."""

from datetime import datetime, timedelta

from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.units import THAILAND
from market.domain.orders import queries as ordered
from market.domain.truck_day import drawer, manifest, queries
from market.domain.walkup import queries as walked
from tests.cast import DAO, KRIT, NETWORK
from tests.databases import only_sqlite
from tests.doors import Doors
from tests.market.truck import EVENING, TruckDay, clean, truck_day_in_village

TYPED = EVENING + timedelta(days=1)


def clock(at: datetime) -> str:
    return f"{at.astimezone(THAILAND):%H.%M}"


async def morning(there: TruckDay, **how: str) -> dict[str, str]:
    lot = there.stall.lot
    return {
        "id": new_id(), "part": "morning", f"g-{there.first}-{lot}": "3",
        f"g-{there.last}-{lot}": "1",
        f"g-walkup-{lot}": "3", "n-2000": "10", "n-10000": "3", "left": "6.45", **how,
    }  # fmt: skip


async def lines_of(order: str, kilos: str) -> dict[str, str]:
    lines = (await ordered.merchants(order, NETWORK)).lines
    return {f"became-{order}": "came", **{f"g-{line.id}": kilos for line in lines}}


async def test_a_paper_day_becomes_the_day(doors: Doors) -> None:
    there = await truck_day_in_village()
    cash = await there.stall.paid(1_000, rail="cash")
    paid = await there.stall.paid(2_000)
    absent = await there.order_for_last(1_000)
    doors.later(TYPED)
    dao, at = await doors.as_(DAO, "en"), f"/truck/{there.id}/typed"
    assert "Keep the morning" in (await dao.get(at)).text
    ahead = await dao.post(at, data=await morning(there, left="ห้าโมง"))
    assert ahead.status_code == 400
    first = await morning(there)
    for _ in range(2):  # a second press is the same deed
        said = await dao.post(at, data=first)
        assert said.status_code == 200
        assert "Keep this stop" in said.text, said.text
    other = await dao.post(at, data=await morning(there) | {"part": there.last})
    assert "typed this part already" in other.text
    lease = await there.lease()
    stop = {
        "id": new_id(), "part": there.first, "came": "10.02", "left": "10.40",
        **await lines_of(cash.order, "0.9"), **await lines_of(paid.order, "2"),
        f"cash-{lease}": "9", f"promptpay-{lease}": "0.5",
    }  # fmt: skip
    refused = await dao.post(at, data=stop)
    assert refused.status_code == 409
    assert 'value="0.9"' in refused.text  # nothing typed is lost, and nothing is half kept
    assert await queries.visit(there.id, there.first) is None
    assert await there.stall.state(cash.order) == "confirmed"
    backwards = await dao.post(at, data={**stop, f"cash-{lease}": "1", "left": "9.00"})
    assert "would have left before it arrived" in backwards.text
    assert "Khuan Lang" in (await dao.post(at, data={**stop, f"cash-{lease}": "1"})).text
    last = {
        "id": new_id(), "part": there.last, "came": "12.05", "left": "12.50",
        f"became-{absent.order}": "sell", f"cash-{lease}": "2",
    }  # fmt: skip
    assert "close the day" in (await dao.post(at, data=last)).text
    due = (await drawer.of(there.id)).cash_satang
    assert due == 50_000 + 3_600 + 4_000 + 8_000
    evening = {
        "id": new_id(), "part": "evening", "cost-fuel": "300", "closed": "17.30",
        "promptpay": "20", f"n-{10_000}": "3", f"n-{100}": str((due - 60_000) // 100),
        f"returned-{there.stall.lot}": "0.6",
    }  # fmt: skip
    said = await dao.post(at, data=evening)
    assert "How the day ended" in said.text, said.text
    assert await told(there) == [
        ("departed", "06.45"), ("arrived", "10.02"), ("handed", "10.02"), ("handed", "10.02"),
        ("left", "10.40"), ("sold", "10.40"), ("sold", "10.40"), ("arrived", "12.05"),
        ("left", "12.50"), ("sold", "12.50"), ("closed", "17.30"), ("cost", "17.30"),
    ]  # fmt: skip
    rows = await in_use().query('SELECT part, "by", at FROM typed_from_paper ORDER BY paper_from')
    assert [(r["part"], r["by"], r["at"]) for r in rows] == [
        (part, DAO, TYPED) for part in ("morning", there.first, there.last, "evening")
    ]
    assert (await dao.get(at)).text.count("Typed from paper") == 4
    assert await clean()


async def told(there: TruckDay) -> list[tuple[str, str]]:
    """What was done when, by the deeds' own rows."""
    found = []
    for word, statement in (
        ("departed", "SELECT at FROM truck_departure"),
        ("arrived", "SELECT arrived_at AS at FROM stop_visit"),
        ("left", "SELECT left_at AS at FROM stop_visit"),
        ("handed", "SELECT at FROM truck_handover"), ("cost", "SELECT at FROM day_cost"),
        ("closed", "SELECT at FROM truck_closed"),
    ):  # fmt: skip
        rows = await in_use().query(f"{statement} WHERE truck = {{}}", there.id)
        found += [(row["at"], word) for row in rows]
    found += [(one.at, "sold") for one in await walked.sales(there.id)]
    return [(word, clock(at)) for at, word in sorted(found)]


@only_sqlite
async def test_nobody_types_what_is_not_theirs_or_not_yet(doors: Doors) -> None:
    there = await truck_day_in_village()
    at, sent = f"/truck/{there.id}/typed", await morning(there)
    krit = await doors.as_(KRIT)
    assert (await krit.get(at)).status_code in (403, 404)
    assert (await krit.post(at, data=sent)).status_code in (403, 404)
    dao = await doors.as_(DAO, "en")
    early = await dao.post(at, data=sent)  # the day is still to come
    assert "still to come" in early.text
    assert (await queries.truck(there.id)).departed_at is None


async def test_why_a_line_was_short_is_typed_with_it(doors: Doors) -> None:
    there = await truck_day_in_village()
    await there.stall.paid(2_000)
    await there.order_for_last(1_000)
    doors.later(TYPED)
    dao, typed = await doors.as_(DAO, "en"), await morning(there)
    lot = there.stall.lot
    typed |= {f"g-{there.first}-{lot}": "", f"why-{there.first}-{lot}": "spoilt"}
    typed |= {f"g-{there.last}-{lot}": "0.2"}
    assert (await dao.post(f"/truck/{there.id}/typed", data=typed)).status_code == 200
    lines = await manifest.load_list(await queries.truck(there.id))
    assert {line.goes_to: line.cause for line in lines if line.decision} == {
        there.first: "spoilt", there.last: "short",
    }  # fmt: skip
    assert "it had spoilt" in (await dao.get(f"/truck/{there.id}/load")).text
