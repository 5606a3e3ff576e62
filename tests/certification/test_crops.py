"""The crops of the south, when they are harvested, and how much is believed of a plot."""

from __future__ import annotations

import csv
import re
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.basis import log
from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.transaction import run, transaction
from certification.crops import commands, queries, rules
from certification.crops.rules import SetFigure
from certification.crops.tables import CropFigure
from tests.cast import KRIT, NOW, TODAY, WAN, YESTERDAY

CROPS = st.sampled_from(queries.crops())
NETWORK, OTHER_NETWORK = new_id(), new_id()
RAI = 1_600


def figure_of(kg_per_rai: int, crop: str = "cucumber", network: str = NETWORK) -> SetFigure:
    return SetFigure(new_id(), crop, network, kg_per_rai, "3/2569")


def test_the_list_is_long_enough_and_says_where_it_is_from() -> None:
    crops = queries.crops()
    assert len(crops) >= 150
    lines = (queries.DATA / "crops.csv").read_text(encoding="utf-8").splitlines()
    assert len(list(csv.DictReader(lines))) == len(crops), "no id twice"
    for crop in crops:
        assert re.fullmatch("[a-z]+(-[a-z]+)*", crop.id)
        assert len(crop.id) <= 40
        assert crop.name.th
        assert crop.name.en
        assert crop.source
        assert crop.level in ("read", "known", "guess")
        assert (crop.kg_per_rai is None) == (crop.yield_level == "none")
        assert (crop.yield_source == "") == (crop.yield_level == "none")
        assert all(1 <= first <= last <= 12 for first, last in crop.harvest_months)
        assert crop.first_harvest_days > 0 <= crop.harvest_days


def test_what_is_said_to_be_read_names_where_it_was_read() -> None:
    for crop in queries.crops():
        for level, source in ((crop.level, crop.source), (crop.yield_level, crop.yield_source)):
            assert ("(read " in source) == (level == "read"), crop.id
    assert sum("read 2026-" in crop.source for crop in queries.crops()) >= 120


@pytest.mark.parametrize("language", ["th", "en"])
def test_no_two_crops_share_a_name(language: str) -> None:
    names = [crop.name.in_language(language) for crop in queries.crops()]
    assert len(names) == len(set(names))


def test_an_unknown_crop_is_refused() -> None:
    with pytest.raises(rules.UnknownCrop) as refused:
        queries.crop("unobtainium")
    assert refused.value.code == "crops.unknown"


@pytest.mark.parametrize(
    ("text", "crop"),
    [
        ("แตงกวา", "cucumber"),
        ("แตงกว่า", "cucumber"),
        ("ผักบุง", "morning-glory"),
        ("Kangkong", "morning-glory"),
        ("พร้าว", "coconut"),
        ("mangostean", "mangosteen"),
        ("Garcinia", "mangosteen"),
        ("สังข์หยด", "rice-sangyod"),
        ("หัวครก", "cashew-shoot"),
    ],
)
def test_a_crop_is_found_by_any_of_its_names(text: str, crop: str) -> None:
    assert crop in [found.id for found in queries.search(text, 3)]


def test_it_is_found_by_what_the_south_calls_it() -> None:
    called = {
        "ขี้พร้า": "wax-gourd", "น้ำเต้า": "pumpkin", "ลอกอ": "papaya", "ยาหมู": "guava",
        "ชมพู่": "guava", "ใบรา": "tree-basil", "ถั่วโบ": "bambara", "ส้มขาม": "tamarind",
        "เรียนบ้าน": "durian-local", "แตงจีน": "watermelon", "ย่านัด": "pineapple",
        "แมงดาต้น": "thammang", "ยอดเทะ": "man-pu", "ธัมมัง": "thammang", "สะตอเบา": "leucaena",
    }  # fmt: skip
    lost = {name for name, crop in called.items() if crop not in _found(name)}
    assert not lost


def test_only_produce_that_nobody_has_processed_is_listed() -> None:
    """Revenue Code s.81(1)(a): what is made of it is another good, and no crop."""
    assert {crop.vat_class for crop in queries.crops()} == {"exempt"}


def _found(text: str) -> list[str]:
    return [found.id for found in queries.search(text, 3)]


@pytest.mark.parametrize("text", ["", " ", "-", "zzzzzz", "ก" * 500])
def test_what_is_no_crop_finds_nothing(text: str) -> None:
    assert queries.search(text) == []


@given(CROPS)
def test_every_crop_is_found_first_by_its_own_name(crop: rules.Crop) -> None:
    assert queries.search(crop.name.th)[0].id == crop.id
    assert queries.search(crop.name.en)[0].id == crop.id


def test_malees_cucumbers_are_ripe_after_a_month() -> None:
    window = rules.harvest_window(queries.crop("cucumber"), date(2026, 11, 1))
    assert window == (date(2026, 12, 1), date(2026, 12, 31))


@given(CROPS, st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(0, 20_000))
def test_a_harvest_falls_in_one_period_of_its_window(
    crop: rules.Crop, sown_on: date, days: int
) -> None:
    first, last = rules.harvest_window(crop, sown_on)
    assert sown_on < first <= last
    on = first + timedelta(days=days % (crop.harvest_days + 1))
    begin, end = rules.yield_period(crop, sown_on, on)
    assert begin <= on <= end
    if crop.crop_class == "perennial":
        assert (end - begin).days == 364
        assert rules.yield_period(crop, sown_on, end + timedelta(days=1))[0] > end
    else:
        assert (begin, end) == (first, last)


def test_a_season_may_come_twice_a_year() -> None:
    mango = queries.crop("mango-bao")
    assert [month for month in range(1, 13) if rules.in_season(mango, month)] == [3, 4, 9, 10]
    assert all(rules.in_season(queries.crop("cucumber"), month) for month in range(1, 13))


def test_an_unknown_yield_warns_and_carries_no_number() -> None:
    ginger = queries.crop("ginger")
    expected = rules.expected_yield(ginger, 2 * RAI, None)
    assert (expected.grams, expected.kg_per_rai, expected.source) == (None, None, "none")
    assert expected.warning == "yield_unknown"
    with pytest.raises(rules.YieldUnknown):
        rules.ceiling_grams(ginger, expected)


def test_a_guess_warns_and_what_was_read_does_not() -> None:
    guessed = rules.expected_yield(queries.crop("cucumber"), RAI, None)
    assert (guessed.source, guessed.warning) == ("guess", "yield_guessed")
    read = rules.expected_yield(queries.crop("mangosteen"), RAI, None)
    assert (read.grams, read.source, read.per, read.warning) == (375_000, "read", "year", None)


def test_the_committees_figure_goes_before_the_list() -> None:
    for crop in ("ginger", "cucumber", "mangosteen"):
        expected = rules.expected_yield(queries.crop(crop), RAI // 2, 1_000)
        assert (expected.grams, expected.source, expected.warning) == (500_000, "committee", None)


@given(CROPS, st.integers(-5, 10**9), st.none() | st.integers(1, rules.KG_PER_RAI_MOST))
def test_a_number_is_there_exactly_when_its_source_is(
    crop: rules.Crop, area_m2: int, figure: int | None
) -> None:
    if area_m2 <= 0:
        with pytest.raises(rules.AreaMissing):
            rules.expected_yield(crop, area_m2, figure)
        return
    expected = rules.expected_yield(crop, area_m2, figure)
    assert (expected.grams is None) == (expected.source == "none")
    if expected.grams is not None and expected.kg_per_rai is not None:
        assert rules.ceiling_grams(crop, expected) == expected.grams
        assert 0 <= expected.kg_per_rai * 1_000 * area_m2 - expected.grams * RAI < RAI


@pytest.mark.parametrize("kg_per_rai", [0, -1, 100_001])
async def test_an_absurd_figure_is_refused(db: Database, kg_per_rai: int) -> None:
    with pytest.raises(rules.FigureAbsurd):
        await run(commands.set_figure, figure_of(kg_per_rai), by=WAN, at=NOW)
    assert await queries.figures(NETWORK) == []


@pytest.mark.parametrize("meeting", ["", "เมื่อวันประชุม", "3/2569 " + "x" * 40])
async def test_a_figure_names_its_meeting(db: Database, meeting: str) -> None:
    data = msgspec.structs.replace(figure_of(3_000), meeting_ref=meeting)
    with pytest.raises(rules.MeetingMissing):
        await run(commands.set_figure, data, by=WAN, at=NOW)


async def test_a_figure_of_no_crop_is_refused(db: Database) -> None:
    with pytest.raises(rules.UnknownCrop):
        await run(commands.set_figure, figure_of(3_000, "unobtainium"), by=WAN, at=NOW)


async def test_wan_sets_the_figure_twice_and_it_is_set_once(db: Database) -> None:
    data = figure_of(3_000)
    first = await run(commands.set_figure, data, by=WAN, at=NOW)
    assert await run(commands.set_figure, data, by=WAN, at=NOW + timedelta(hours=1)) == first
    [figure] = await queries.figures(NETWORK)
    assert (figure.kg_per_rai, figure.set_by, figure.at) == (3_000, WAN, NOW)
    [entry] = await log.after(0)
    assert entry.event["type"] == "crops.figure_set"
    assert entry.rows[0]["table"] == "crop_figure"


@pytest.mark.parametrize(
    "other", [{"kg_per_rai": 9_000}, {"network": OTHER_NETWORK}, {"crop": "okra"}]
)
async def test_the_same_id_with_another_figure_is_refused(
    db: Database, other: dict[str, object]
) -> None:
    data = figure_of(3_000)
    await run(commands.set_figure, data, by=WAN, at=NOW)
    with pytest.raises(rules.FigureSetOtherwise):
        await run(commands.set_figure, msgspec.structs.replace(data, **other), by=WAN, at=NOW)
    with pytest.raises(rules.FigureSetOtherwise):
        await run(commands.set_figure, data, by=KRIT, at=NOW)
    assert len(await queries.figures(NETWORK)) == 1


async def test_a_figure_holds_from_its_day_and_for_its_network(db: Database) -> None:
    await run(commands.set_figure, figure_of(3_000), by=WAN, at=NOW)
    assert await queries.figure("cucumber", NETWORK, YESTERDAY) is None
    assert await queries.figure("cucumber", OTHER_NETWORK, TODAY) is None
    assert await queries.figure("okra", NETWORK, TODAY) is None
    expected = await queries.expected_yield("cucumber", RAI, NETWORK, TODAY)
    assert (expected.grams, expected.source) == (3_000_000, "committee")
    before = await queries.expected_yield("cucumber", RAI, NETWORK, YESTERDAY)
    assert before.source == "guess"


async def test_a_later_figure_does_not_change_what_held_before(db: Database) -> None:
    later = NOW + timedelta(days=30)
    await run(commands.set_figure, figure_of(3_500), by=WAN, at=later)
    await run(commands.set_figure, figure_of(3_000), by=WAN, at=NOW)
    for on, kg_per_rai in ((TODAY, 3_000), (later.date(), 3_500)):
        figure = await queries.figure("cucumber", NETWORK, on)
        assert figure is not None
        assert figure.kg_per_rai == kg_per_rai


async def test_the_day_ends_at_midnight_in_thailand(db: Database) -> None:
    at = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
    await run(commands.set_figure, figure_of(3_000), by=WAN, at=at)
    assert await queries.figure("cucumber", NETWORK, date(2026, 11, 22)) is None
    assert await queries.figure("cucumber", NETWORK, date(2026, 11, 23)) is not None


async def test_a_figure_once_set_stands(db: Database) -> None:
    data = figure_of(3_000)
    await run(commands.set_figure, data, by=WAN, at=NOW)
    for change in (
        CropFigure.update({CropFigure.kg_per_rai: 9_000}).where(CropFigure.id == data.id),
        CropFigure.delete().where(CropFigure.id == data.id),
    ):
        with pytest.raises(Exception, match="append-only"):
            async with transaction():
                await change
    [figure] = await queries.figures(NETWORK)
    assert figure.kg_per_rai == 3_000
