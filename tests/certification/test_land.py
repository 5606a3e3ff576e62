"""Malee tells of her land: papers, years, neighbours, water; and of all she farms."""

from datetime import date, timedelta
from functools import partial
from typing import Any

import msgspec
import pytest

from certification.basis import blobs
from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.land import commands, complete, queries, rules
from certification.land.rules import (
    AttachScan,
    DeclareHolding,
    EndPaper,
    NotePaper,
    NoteSide,
    NoteWater,
    NoteYear,
)
from certification.people import commands as people
from certification.schemes import queries as schemes
from tests import guarantee
from tests.cast import (
    ADMIN,
    KRIT,
    MALEE,
    NOW,
    SOMCHAI,
    TODAY,
    WAN,
    YING,
    later,
    log_faults,
    village,
)
from tests.guarantee import LON

RAI = 1_600
planted = partial(guarantee.planted, told=False)


def paper(plot: str, **also: Any) -> NotePaper:
    plain = NotePaper(id=new_id(), plot=plot, kind="sk1", number="12/2498", holder="ยาย ศรีสุข")
    return msgspec.structs.replace(plain, **also)


def water(plot: str, **also: Any) -> NoteWater:
    return msgspec.structs.replace(NoteWater(id=new_id(), plot=plot, sources=("well",)), **also)


def holding(**also: Any) -> DeclareHolding:
    plain = DeclareHolding(id=new_id(), person=MALEE, area_m2=19 * RAI, pieces=2)
    return msgspec.structs.replace(plain, **also)


def side(plot: str, of: Any, **also: Any) -> NoteSide:
    plain = NoteSide(
        id=new_id(), plot=plot, side=of, use="organic", risk="none", buffer="none", buffer_cm=0
    )
    return msgspec.structs.replace(plain, **also)


async def lacks(plot: str, **settings: Any) -> list[str]:
    land = await queries.land(plot, TODAY)
    asked = msgspec.structs.replace(schemes.preset("sgs-pgs-small").rules, **settings)
    found = complete.lacking(land, asked, today=TODAY)
    return [f"{one.what} {one.about}".strip() for one in found]


async def told(plot: str) -> None:
    """All that the charter asks for, and nothing that stands against it."""
    await run(commands.note_paper, paper(plot), by=MALEE, at=NOW)
    for year in (2023, 2024, 2025):
        seen = NoteYear(id=new_id(), plot=plot, year=year, crop="ข้าว", used="natural")
        await run(commands.note_year, seen, by=MALEE, at=NOW)
    for one in rules.SIDES:
        await run(commands.note_side, side(plot, one), by=MALEE, at=NOW)
    await run(commands.note_water, water(plot), by=MALEE, at=NOW)
    await run(commands.declare_holding, holding(), by=MALEE, at=NOW)


async def test_what_is_missing_is_named_until_all_is_told(db: Database) -> None:
    await village(db)
    plot = await planted()
    assert await lacks(plot) == [
        "paper", "history", "side north", "side east", "side south", "side west", "water",
        "holding",
    ]  # fmt: skip
    await told(plot)
    assert await lacks(plot) == []
    assert await lacks(plot, history_years=4) == ["history"]
    view = await queries.land(plot, TODAY)
    assert (view.papers[0].holder, view.papers[0].level) == ("ยาย ศรีสุข", "claim")
    assert [year.year for year in view.years] == [2025, 2024, 2023]
    assert not await log_faults()


async def test_names_on_papers_lie_in_the_vault_and_go_with_the_farmer(db: Database) -> None:
    await village(db)
    plot = await planted()
    await run(commands.note_paper, paper(plot), by=MALEE, at=NOW)
    [row] = await db.query("SELECT holder_sealed FROM land_paper")
    assert "ศรีสุข".encode() not in bytes(row["holder_sealed"])
    for row in await db.query("SELECT body FROM log_entry WHERE subject = {}", plot):
        assert "ศรีสุข".encode() not in bytes(row["body"])
        assert b"12/2498" not in bytes(row["body"])
    await people.erase(MALEE, by=ADMIN, at=NOW)
    assert [one.holder for one in await queries.papers(plot)] == [""]


async def test_nobody_else_tells_and_a_helper_names_the_farmer(db: Database) -> None:
    await village(db)
    plot = await planted()
    for by, whom in ((KRIT, None), (KRIT, MALEE), (SOMCHAI, None), (SOMCHAI, SOMCHAI)):
        with pytest.raises(rules.NotYourLand):
            await run(commands.note_paper, paper(plot, on_behalf_of=whom), by=by, at=NOW)
    for by in (YING, WAN):
        await run(commands.note_paper, paper(plot, on_behalf_of=MALEE), by=by, at=NOW)
    with pytest.raises(rules.NotYourLand):
        await run(commands.declare_holding, holding(on_behalf_of=MALEE), by=KRIT, at=NOW)
    one = (await queries.papers(plot))[0].id
    with pytest.raises(rules.NotYourLand):
        await run(commands.end_paper, EndPaper(one, MALEE), by=KRIT, at=NOW)
    await run(commands.end_paper, EndPaper(one), by=MALEE, at=NOW)
    with pytest.raises(rules.PaperEnded):
        await run(commands.end_paper, EndPaper(one), by=MALEE, at=NOW)
    assert len(await queries.papers(plot)) == 1
    assert not await log_faults()


async def test_a_picture_is_shown_once_and_not_exchanged(db: Database, tmp_path: Any) -> None:
    await village(db)
    blobs.use(tmp_path)
    told = paper(await planted())
    await run(commands.note_paper, told, by=MALEE, at=NOW)
    one, other = [
        await blobs.keep(b"\xff\xd8\xff" + of, by=MALEE, at=NOW) for of in (b"deed", b"other")
    ]
    for _ in range(2):
        await run(commands.attach_scan, AttachScan(told.id, one), by=MALEE, at=NOW)
    with pytest.raises(rules.ScannedAlready):
        await run(commands.attach_scan, AttachScan(told.id, other), by=MALEE, at=NOW)
    with pytest.raises(rules.NotYourLand):
        await run(commands.attach_scan, AttachScan(told.id, one), by=KRIT, at=NOW)
    assert not await log_faults()


async def test_thirty_two_rai_of_nineteen_are_refused(db: Database) -> None:
    """As a record of the live Thai system has it."""
    await village(db)
    plot = await planted()
    registered = await queries.registered_m2(MALEE, TODAY)
    with pytest.raises(rules.MoreThanAll) as no:
        await run(commands.declare_holding, holding(area_m2=registered - 1), by=MALEE, at=NOW)
    assert no.value.facts["registered_m2"] == registered
    with pytest.raises(rules.MoreThanAll):
        more = holding(other_m2=19 * RAI, parallel="mixed")
        await run(commands.declare_holding, more, by=MALEE, at=NOW)
    with pytest.raises(rules.OutOfRange):
        await run(commands.declare_holding, holding(other_m2=20 * RAI), by=MALEE, at=NOW)
    await run(commands.declare_holding, holding(area_m2=registered), by=MALEE, at=NOW)
    assert "more_than_all" not in await lacks(plot)
    await planted(lon=LON + 0.02)
    assert "more_than_all" in await lacks(plot), "registered after it was declared"


async def test_a_later_word_takes_the_place_of_an_earlier_one(db: Database) -> None:
    await village(db)
    plot = await planted()
    await told(plot)
    sprayed = side(plot, "north", use="sprayed_crop", risk="spray", buffer="bund", buffer_cm=100)
    await run(commands.note_side, sprayed, by=MALEE, at=later(hours=1))
    assert await lacks(plot) == ["buffer north"]
    wide = side(plot, "north", use="sprayed_crop", risk="spray", buffer="bund", buffer_cm=300)
    await run(commands.note_side, wide, by=MALEE, at=later(hours=2))
    assert await lacks(plot) == []
    assert await lacks(plot, buffer_spray_neighbour_m=4) == ["buffer north"]
    rice = NoteYear(id=new_id(), plot=plot, year=2025, crop="ข้าว", used="synthetic")
    await run(commands.note_year, rice, by=MALEE, at=later(hours=3))
    assert (await queries.land(plot, TODAY)).years[0].used == "synthetic"


async def test_a_long_flood_asks_for_a_test_of_the_soil_after_it(db: Database) -> None:
    await village(db)
    plot = await planted()
    await told(plot)
    gone = TODAY - timedelta(days=60)
    for wrong in (
        water(plot, flood_days=40),
        water(plot, flooded_until=gone),
    ):
        with pytest.raises(rules.FloodWithoutDay):
            await run(commands.note_water, wrong, by=MALEE, at=NOW)
    with pytest.raises(rules.DayInTheFuture):
        await run(
            commands.note_water,
            water(plot, soil_tested_on=TODAY + timedelta(days=1)), by=MALEE, at=NOW,
        )  # fmt: skip
    for number, (days, tested, missing) in enumerate((
        (30, None, []),
        (31, None, ["soil_test"]),
        (31, gone - timedelta(days=1), ["soil_test"]),
        (31, gone, []),
    ), start=1):  # fmt: skip
        said = water(plot, flood_days=days, flooded_until=gone, soil_tested_on=tested)
        await run(commands.note_water, said, by=MALEE, at=later(hours=number))
        assert await lacks(plot) == missing, (days, tested)


async def test_parallel_crops_are_judged_by_the_charter(db: Database) -> None:
    await village(db)
    plot = await planted()
    await told(plot)
    soon, late = date(2029, 1, 1), date(2031, 1, 1)
    for number, (how, whole_by, setting, missing) in enumerate((
        ("told_apart", soon, "forbidden", ["parallel"]),
        ("told_apart", soon, "separable", []),
        ("mixed", soon, "separable", ["parallel"]),
        ("mixed", soon, "allowed", []),
        ("none", soon, "forbidden", []),
        ("none", None, "forbidden", ["whole_by"]),
        ("none", late, "forbidden", ["whole_by"]),
    ), start=1):  # fmt: skip
        said = holding(other_m2=2 * RAI, parallel=how, whole_by=whole_by)
        await run(commands.declare_holding, said, by=MALEE, at=later(hours=number))
        assert await lacks(plot, parallel_production=setting) == missing, (how, whole_by, setting)


async def test_years_that_nobody_can_know_are_refused(db: Database) -> None:
    await village(db)
    plot = await planted()
    for year in (2027, 1960):
        seen = NoteYear(id=new_id(), plot=plot, year=year, crop="ข้าว", used="nothing")
        with pytest.raises(rules.YearOutOfRange):
            await run(commands.note_year, seen, by=MALEE, at=NOW)
    with pytest.raises(rules.OutOfRange):
        await run(commands.note_side, side(plot, "east", buffer_cm=-1), by=MALEE, at=NOW)
