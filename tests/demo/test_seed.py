"""What a stranger finds who starts the demo: whole, true to its record, and plainly invented."""

import itertools
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import shape

from certification.areas import queries as areas
from certification.basis.database import Database, in_use
from certification.basis.transaction import run
from certification.basis.units import local_day
from certification.certificates import queries as certificates
from certification.people import commands as people
from certification.people import queries as persons
from certification.people.rules import Particulars
from market import settings, verify
from market.app import opened
from market.demo import days as calendar
from market.demo import seed, tour
from market.demo.goods import BEFORE_SUSPENSION
from market.demo.land import LAND
from market.demo.people import ADMIN, NETWORK, PEOPLE, SAMPLE, WITH_CARDS, who
from market.demo.rounds import rounds
from market.domain.custody import queries as custody
from market.domain.offers import queries as offers
from market.domain.recalls import queries as recalls
from market.domain.settlement import queries as settled
from market.domain.trace import queries as trace
from market.settings import Settings
from tests.databases import only_postgres
from tests.seeded import SEEDED_AT, seeded

ANY_DAY = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def said(folder: Path) -> Settings:
    return settings.read({"MARKET_DATA": str(folder)})


async def counted(db: Database, sql: str) -> dict[Any, int]:
    return {row["what"]: row["n"] for row in await db.query(sql)}


@pytest.mark.long
@only_postgres  # on SQLite each run tells it; elsewhere PostgreSQL has what was told there
async def test_every_deed_of_it_is_done_on_postgres(url, tmp_path):
    there = settings.read({"MARKET_DATA": str(tmp_path), "DATABASE_URL": url})
    await seeded(there)
    async with opened(there):
        await it_is_whole_and_every_row_is_as_the_record_says(in_use())


async def it_is_whole_and_every_row_is_as_the_record_says(db):
    assert await verify.faults(list(verify.VERIFIED)) == []
    tambons = await counted(db, "SELECT tambon AS what, count(*) AS n FROM plot GROUP BY 1")
    assert sum(n for tambon, n in tambons.items() if tambon.startswith("9009")) >= 25
    assert sum(n for tambon, n in tambons.items() if tambon.startswith("9011")) >= 8
    assert sum(tambons.values()) == len(LAND)
    answers = await counted(
        db, "SELECT inspection AS what, count(*) AS n FROM inspection_answer GROUP BY 1"
    )
    assert set(answers.values()) == {76}
    claims = await counted(db, "SELECT claim AS what, count(*) AS n FROM lot GROUP BY 1")
    assert claims["organic"] > 100
    assert {"in_conversion", "plain"} < set(claims)


async def what_was_typed_for_somebody_waits_was_confirmed_and_was_denied(db):
    said = await counted(
        db, "SELECT CASE WHEN denied_at IS NOT NULL THEN 'denied' ELSE COALESCE(how, 'waiting') END"
        " AS what, count(*) AS n FROM spoken_for GROUP BY 1"
    )  # fmt: skip
    assert said == {"waiting": 2, "own": 1, "denied": 1}


async def there_is_a_certificate_in_every_state(db):
    today, found = local_day(SEEDED_AT), Counter()
    for land in LAND:
        for newest, one in enumerate(await certificates.of_plot(land.id)):
            standing = await certificates.standing(one, None, today)
            ends_soon = one.valid_until <= today + timedelta(days=60)
            state = "expiring" if standing.held and ends_soon else standing.state
            found["renewed" if newest else state, one.stage] += 1
    assert found["active", "organic"] >= 20
    assert {state for state, _ in found} == {
        "active", "expiring", "suspended", "expired", "renewed",
    }  # fmt: skip
    assert found["active", "in_conversion"] >= 1
    outcomes = await counted(db, "SELECT outcome AS what, count(*) AS n FROM decision GROUP BY 1")
    assert outcomes["rejected"] == 1
    asked = await counted(db, "SELECT state AS what, count(*) AS n FROM application GROUP BY 1")
    assert set(asked) == {
        "submitted", "returned", "withdrawn", "accepted", "inspected", "decided",
    }  # fmt: skip
    visits = await counted(db, "SELECT state AS what, count(*) AS n FROM inspection GROUP BY 1")
    assert set(visits) == {"assigned", "signed"}


async def some_findings_are_mended_some_open_and_some_overdue(db):
    due = await db.query(
        "SELECT f.due_on, c.id FROM finding f LEFT JOIN finding_closed c ON c.finding = f.id"
    )
    today = local_day(SEEDED_AT)
    told = Counter("mended" if f["id"] else str(f["due_on"] < today) for f in due)
    assert told == {"mended": 4, "True": 4, "False": 2}, "one of them from a diary"


async def every_state_of_an_order_is_there(db):
    orders = await counted(db, "SELECT state AS what, count(*) AS n FROM preorder GROUP BY 1")
    assert set(orders) == {"held", "confirmed", "handed_over", "cancelled", "expired"}
    rails = await counted(db, "SELECT rail AS what, count(*) AS n FROM preorder GROUP BY 1")
    assert set(rails) == {"promptpay", "cash", "credit", "deposit"}
    assert len(await db.query("SELECT id FROM credit_repayment")) == 1


async def there_are_rounds_to_order_from_and_some_that_were_paid_out(db):
    nearest, other = await offers.open_cycles(SEEDED_AT)
    shown = await offers.shop(nearest.id)
    assert len(shown) >= 20
    assert {line.claim for line in shown} == {"organic", "in_conversion", "plain"}
    assert len(await offers.shop(other.id)) == 10
    malee = await settled.farmer_statement(who("malee"))
    assert malee.settled_satang == malee.paid_satang > 0
    assert await settled.due(NETWORK, "group") == {}
    runs = await counted(db, "SELECT state AS what, count(*) AS n FROM payout_run GROUP BY 1")
    assert runs["made"] == 1


async def a_packet_from_before_the_suspension_says_both_days(db):
    lot = BEFORE_SUSPENSION.id("lot", "before")
    [row] = await db.query("SELECT code FROM lot WHERE id = {}", lot)
    found = await trace.by_code(row["code"], local_day(SEEDED_AT))
    assert (found.verdict.level, found.verdict.reason) == ("warning", "held_then_suspended_now")


async def nobody_finds_a_year_of_unread_notices(db):
    told = await db.query("SELECT person, read_at FROM notice")
    cast = {person.id for person in PEOPLE}
    assert len(told) > 300
    assert not [row for row in told if row["read_at"] is None and row["person"] in cast]


async def the_welcome_leads_to_each_state(db):
    shown = [*await tour.stops("http://x"), *await tour.at_the_stall("http://x")]
    assert len({address for address, _ in shown}) == len(shown) > 20
    chain = dict(await tour.of_the_chain("http://x"))
    [drill] = [one for one in chain if chain[one].startswith("Ying: a drill found")]
    found = await recalls.whole(drill.removeprefix("http://x/recalls/"))
    assert (found.recall.state, found.totals.unexplained) == ("drilled", 0)
    [box] = [one for one, what in shown if "family box" in what]
    boxes = {one.code for one in found.found.lots if one.deed}
    assert box.removeprefix("http://x/L/") in boxes, "the drill found what was packed of it"
    [crate] = [one for one, what in chain.items() if "filled with a lot" in what]
    assert await custody.inside(crate.removeprefix("http://x/crates/"))


async def the_record_is_told_in_the_order_of_the_days(db):
    told = [row["at"] for row in await db.query("SELECT at FROM log_entry ORDER BY seq")]
    assert told == sorted(told)
    assert told[-1] <= calendar.days(None, SEEDED_AT).anchor


async def started_again_it_changes_nothing(db):
    [before] = await db.query("SELECT seq, leaf FROM log_head")
    await seed.when_empty(said(Path("anywhere")), at=SEEDED_AT)
    assert await db.query("SELECT seq, leaf FROM log_head") == [before]


async def everybody_in_it_is_invented_and_says_so(db):
    names = await persons.names([person.id for person in PEOPLE])
    assert len(names) == len(PEOPLE)
    assert all(name.endswith(SAMPLE) for name in names.values())
    samples = await counted(db, "SELECT sample AS what, count(*) AS n FROM person GROUP BY 1")
    days = calendar.days(None, SEEDED_AT)
    guests = sum(order.guest for each in rounds(days) for order in each.orders)
    assert {bool(what): n for what, n in samples.items()} == {True: len(PEOPLE) + guests}


async def the_same_day_gives_the_same_ids(db):
    plots = {row["id"] for row in await db.query("SELECT id FROM plot")}
    assert plots == {land.id for land in LAND}


FOUND = (
    it_is_whole_and_every_row_is_as_the_record_says,
    what_was_typed_for_somebody_waits_was_confirmed_and_was_denied,
    there_is_a_certificate_in_every_state,
    some_findings_are_mended_some_open_and_some_overdue,
    every_state_of_an_order_is_there,
    there_are_rounds_to_order_from_and_some_that_were_paid_out,
    a_packet_from_before_the_suspension_says_both_days,
    nobody_finds_a_year_of_unread_notices,
    the_welcome_leads_to_each_state,
    the_record_is_told_in_the_order_of_the_days,
    started_again_it_changes_nothing,
    everybody_in_it_is_invented_and_says_so,
    the_same_day_gives_the_same_ids,
)  # fmt: skip


async def test_what_a_stranger_finds(demo):
    async with opened(demo):
        for holds in FOUND:
            await holds(in_use())


async def test_a_real_network_is_left_alone(db, tmp_path):
    other = calendar.named("somebody real")
    await run(people.register, other, Particulars("สมหญิง", "0812345678"), by=other, at=ANY_DAY)
    await seed.when_empty(said(tmp_path), at=ANY_DAY)
    assert len(await db.query("SELECT id FROM person")) == 1


async def test_half_a_demo_is_not_taken_for_a_whole_one(db, tmp_path):
    await run(people.register, ADMIN, Particulars("ผู้ดูแล", "0800000001"), by=ADMIN, at=ANY_DAY)
    with pytest.raises(seed.Unfinished, match="remove it"):
        await seed.when_empty(said(tmp_path), at=ANY_DAY)


def test_every_plot_lies_inside_its_real_tambon():
    for land in LAND:
        tambon = areas.tambon_at(land.lat, land.lon)
        assert areas.polygon(tambon).contains(shape(land.outline))


def test_no_two_plots_overlap():
    drawn = [shape(land.outline) for land in LAND]
    assert not [1 for one, other in itertools.combinations(drawn, 2) if one.intersects(other)]


def test_nobody_looks_at_the_plot_of_who_looked_at_theirs():
    looked = {(key, land.farmer) for land in LAND for key in land.inspectors or ()}
    assert not {(farmer, inspector) for inspector, farmer in looked} & looked


def test_who_is_shown_a_card_has_one_purpose_each():
    assert not [card for card, n in Counter(p.card for p in WITH_CARDS).items() if n > 1]


@pytest.mark.parametrize("day", range(7))
def test_on_every_weekday_there_is_a_market_behind_and_one_ahead(day):
    found = calendar.days(date(2026, 11, 16 + day), ANY_DAY)
    for market in (found.last_market, found.next_market):
        assert found.on(market).isoweekday() in calendar.MARKET_WEEKDAYS
    assert -4 <= found.last_market <= -2
    assert 2 <= found.next_market <= 4


def test_at_every_hour_the_demo_is_of_today_and_behind_it():
    for hour in range(17, 41):
        at = datetime(2026, 11, 21, tzinfo=UTC) + timedelta(hours=hour)
        assert calendar.days(None, at).today == date(2026, 11, 22)
        assert calendar.days(None, at).anchor <= at
