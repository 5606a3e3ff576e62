"""What a stranger finds who starts the demo: whole, true to its record, and plainly invented."""

from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import shape

from certification.areas import queries as areas
from certification.basis.database import Database
from certification.basis.transaction import run
from certification.people import commands as people
from certification.people import queries as persons
from certification.people.rules import Particulars
from market import settings, verify
from market.demo import days as calendar
from market.demo import seed
from market.demo.land import LAND, outline
from market.demo.people import ADMIN, NETWORK, PEOPLE, SAMPLE, WITH_CARDS, who
from market.domain.offers import queries as offers
from market.domain.settlement import queries as settled
from market.domain.trace import queries as trace
from market.settings import Settings

TODAY = date(2026, 11, 22)
AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def said(folder: Path, **also: str) -> Settings:
    return settings.read({"MARKET_DATA": str(folder), "MARKET_DEMO_TODAY": str(TODAY), **also})


async def counted(db: Database, sql: str) -> dict[Any, int]:
    return {row["what"]: row["n"] for row in await db.query(sql)}


async def it_is_whole_and_every_row_is_as_the_record_says(demo):
    assert await verify.faults(list(verify.VERIFIED)) == []
    standing = await counted(
        demo, "SELECT stage AS what, count(*) AS n FROM certificate GROUP BY 1"
    )
    assert standing == {"organic": 11, "in_conversion": 1}
    [suspended] = await demo.query("SELECT kind FROM certificate_event")
    assert suspended["kind"] == "suspended"
    tambons = await counted(demo, "SELECT tambon AS what, count(*) AS n FROM plot GROUP BY 1")
    assert sum(n for tambon, n in tambons.items() if tambon.startswith("9009")) >= 10
    assert tambons["901102"] == 3
    orders = await counted(demo, "SELECT state AS what, count(*) AS n FROM preorder GROUP BY 1")
    assert orders == {
        "held": 2, "confirmed": 2, "handed_over": 5, "cancelled": 2, "expired": 1,
    }  # fmt: skip
    answers = await counted(
        demo, "SELECT inspection AS what, count(*) AS n FROM inspection_answer GROUP BY 1"
    )
    assert set(answers.values()) == {76}


async def there_is_a_round_to_order_from_and_one_that_was_paid_out(demo):
    [cycle] = await offers.open_cycles(AT)
    shown = await offers.shop(cycle.id)
    assert len(shown) >= 8
    assert {line.claim for line in shown} == {"organic", "in_conversion", "plain"}
    malee = await settled.farmer_statement(who("malee"))
    assert malee.settled_satang == malee.paid_satang > 0
    assert await settled.due(NETWORK, "group") == {}


async def a_packet_from_before_the_suspension_says_both_days(demo):
    lot = seed.BEFORE_SUSPENSION.id("lot", "before")
    [row] = await demo.query("SELECT code FROM lot WHERE id = {}", lot)
    found = await trace.by_code(row["code"], TODAY)
    assert (found.verdict.level, found.verdict.reason) == ("warning", "held_then_suspended_now")


async def the_record_is_told_in_the_order_of_the_days(demo):
    told = [row["at"] for row in await demo.query("SELECT at FROM log_entry ORDER BY seq")]
    assert told == sorted(told)
    assert told[-1] <= calendar.days(TODAY, AT).anchor


async def started_again_it_changes_nothing(demo):
    [before] = await demo.query("SELECT seq, leaf FROM log_head")
    await seed.when_empty(said(Path("anywhere")), at=AT)
    assert await demo.query("SELECT seq, leaf FROM log_head") == [before]


async def everybody_in_it_is_invented_and_says_so(demo):
    names = await persons.names([person.id for person in PEOPLE])
    assert len(names) == len(PEOPLE)
    assert all(name.endswith(SAMPLE) for name in names.values())
    samples = await counted(demo, "SELECT sample AS what, count(*) AS n FROM person GROUP BY 1")
    guests = 3
    assert {bool(what): n for what, n in samples.items()} == {True: len(PEOPLE), False: guests}


async def the_same_day_gives_the_same_ids(demo):
    plots = {row["id"] for row in await demo.query("SELECT id FROM plot")}
    assert plots == {land.id for land in LAND}


FOUND = (
    it_is_whole_and_every_row_is_as_the_record_says,
    there_is_a_round_to_order_from_and_one_that_was_paid_out,
    a_packet_from_before_the_suspension_says_both_days,
    the_record_is_told_in_the_order_of_the_days,
    started_again_it_changes_nothing,
    everybody_in_it_is_invented_and_says_so,
    the_same_day_gives_the_same_ids,
)  # fmt: skip


async def test_what_a_stranger_finds(db, tmp_path):
    """One demo for all of them: it takes some seconds to tell."""
    await seed.when_empty(said(tmp_path), at=AT)
    for holds in FOUND:
        await holds(db)


async def test_a_real_network_is_left_alone(db, tmp_path):
    other = calendar.named("somebody real")
    await run(people.register, other, Particulars("สมหญิง", "0812345678"), by=other, at=AT)
    await seed.when_empty(said(tmp_path), at=AT)
    assert len(await db.query("SELECT id FROM person")) == 1


async def test_half_a_demo_is_not_taken_for_a_whole_one(db, tmp_path):
    await run(people.register, ADMIN, Particulars("ผู้ดูแล", "0800000001"), by=ADMIN, at=AT)
    with pytest.raises(seed.Unfinished, match="remove it"):
        await seed.when_empty(said(tmp_path), at=AT)


def test_every_plot_lies_inside_its_real_tambon():
    for land in LAND:
        tambon = areas.tambon_at(land.lat, land.lon)
        assert areas.polygon(tambon).contains(shape(outline(land.lat, land.lon, land.rai)))


def test_nobody_looks_at_the_plot_of_who_looked_at_theirs():
    looked = {(key, land.farmer) for land in LAND for key in land.inspectors or ()}
    assert not {(farmer, inspector) for inspector, farmer in looked} & looked


def test_who_is_shown_a_card_has_one_purpose_each():
    assert not [card for card, n in Counter(p.card for p in WITH_CARDS).items() if n > 1]


@pytest.mark.parametrize("day", range(7))
def test_on_every_weekday_there_is_a_market_behind_and_one_ahead(day):
    found = calendar.days(date(2026, 11, 16 + day), AT)
    for market in (found.last_market, found.next_market):
        assert found.on(market).isoweekday() in calendar.MARKET_WEEKDAYS
    assert -4 <= found.last_market <= -2
    assert 2 <= found.next_market <= 4


def test_before_five_in_the_morning_it_is_still_yesterdays_demo():
    late = datetime(2026, 11, 21, 21, 59, tzinfo=UTC)
    assert calendar.days(None, late).today == date(2026, 11, 21)
    assert calendar.days(None, late).anchor <= late
