"""Malee registers her land and says what she planted."""

import json
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.basis import codes
from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.proof import verify
from certification.crops import commands as crop_commands
from certification.crops.rules import SetFigure, UnknownCrop
from certification.plots import commands, queries, rules, shape
from certification.plots.rules import PlantCrop, RegisterPlot
from certification.plots.tables import Planting, Plot, PlotHolder
from tests.cast import (
    KRIT,
    KRITS_GROUP,
    MALEE,
    NETWORK,
    NOW,
    RATTAPHUM,
    SOMCHAI,
    TODAY,
    WAN,
    later,
    village,
)

LAT, LON = 7.0761, 100.2838
"""In Kamphaeng Phet, Rattaphum (900901)."""


def square(lat: float = LAT, lon: float = LON, side: float = 0.0008) -> dict[str, Any]:
    ring = [[lon, lat], [lon + side, lat], [lon + side, lat + side], [lon, lat + side], [lon, lat]]
    return {"type": "Polygon", "coordinates": [ring]}


def plot(**also: Any) -> RegisterPlot:
    plain = RegisterPlot(
        id=new_id(), group=RATTAPHUM, farmer=MALEE, name="หลังบ้าน", kind="field", outline=square()
    )
    return msgspec.structs.replace(plain, **also)


def point(**also: Any) -> RegisterPlot:
    return plot(outline=None, lat=LAT, lon=LON, area_m2=3_200, **also)


async def test_malee_maps_a_plot_and_its_tambon_and_area_follow(db: Database) -> None:
    await village(db)
    wanted = plot()
    event = await commands.register(wanted, by=MALEE, at=NOW)
    assert event.tambon == "900901"
    assert event.area_m2 == shape.area_m2(shape.read(square()))
    assert event.warnings == ()
    assert codes.well_formed(event.code)
    view = await queries.by_code(event.code.lower())
    assert (view.id, view.farmer, view.shape_source) == (wanted.id, MALEE, "polygon")
    assert json.loads(view.shape or "")["type"] == "Polygon"
    assert await queries.holder(wanted.id, TODAY) == MALEE
    assert [p.id for p in await queries.of_farmer(MALEE, TODAY)] == [wanted.id]
    assert await queries.of_farmer(MALEE, TODAY - timedelta(days=1)) == []
    assert [p.id for p in await queries.of_group(RATTAPHUM)] == [wanted.id]
    assert not await verify([Plot, PlotHolder])


async def test_the_log_says_nothing_of_the_place(db: Database) -> None:
    await village(db)
    wanted = plot()
    await commands.register(wanted, by=MALEE, at=NOW)
    rows = await db.query("SELECT body FROM log_entry WHERE subject = {}", wanted.id)
    body = bytes(rows[0]["body"]).decode()
    assert "100.28" not in body
    assert "หลังบ้าน" not in body


async def test_a_point_with_its_declared_area_will_do(db: Database) -> None:
    await village(db)
    event = await commands.register(point(), by=MALEE, at=NOW)
    assert (event.area_m2, event.tambon) == (3_200, "900901")


async def test_a_declared_area_far_from_the_measured_is_warned_of(db: Database) -> None:
    await village(db)
    event = await commands.register(plot(area_m2=20_000), by=MALEE, at=NOW)
    assert event.warnings == ("area_differs",)
    assert event.area_m2 < 10_000


async def test_a_neighbours_fence_is_crossed_and_both_can_see_it(db: Database) -> None:
    await village(db)
    hers, his = plot(), plot(farmer=SOMCHAI, outline=square(lon=LON + 0.0004))
    await commands.register(hers, by=MALEE, at=NOW)
    event = await commands.register(his, by=SOMCHAI, at=NOW)
    assert event.warnings == ("overlaps",)
    [met] = event.overlaps
    assert met.plot == hers.id
    assert 490 <= met.permille <= 510
    [seen] = await queries.overlaps(hers.id)
    assert seen.plot == his.id


async def test_a_fence_shared_and_a_point_beside_are_no_overlap(db: Database) -> None:
    await village(db)
    await commands.register(plot(), by=MALEE, at=NOW)
    beside = plot(farmer=SOMCHAI, outline=square(lon=LON + 0.0008))
    assert (await commands.register(beside, by=SOMCHAI, at=NOW)).warnings == ()
    inside = point(farmer=SOMCHAI)
    inside = msgspec.structs.replace(inside, lat=LAT + 0.0004, lon=LON + 0.0004)
    event = await commands.register(inside, by=SOMCHAI, at=NOW)
    assert [o.permille for o in event.overlaps] == [1000]


async def test_a_new_outline_replaces_the_old_once(db: Database) -> None:
    await village(db)
    old = plot()
    await commands.register(old, by=MALEE, at=NOW)
    event = await commands.register(plot(replaces=old.id), by=MALEE, at=later(days=1))
    assert event.warnings == ()
    assert (await queries.plot(old.id)).replaced_by == event.plot
    with pytest.raises(rules.ReplacedAlready):
        await commands.register(plot(replaces=old.id), by=MALEE, at=later(days=2))


async def test_krit_cannot_put_his_land_into_malees_group(db: Database) -> None:
    await village(db)
    with pytest.raises(rules.NotAMember):
        await commands.register(plot(farmer=KRIT), by=KRIT, at=NOW)
    hers = plot()
    await commands.register(hers, by=MALEE, at=NOW)
    taken = plot(farmer=KRIT, group=KRITS_GROUP, replaces=hers.id)
    with pytest.raises(rules.PlotMissing):
        await commands.register(taken, by=KRIT, at=NOW)


async def test_a_tambon_by_hand_only_where_no_shape_is_known(db: Database) -> None:
    await village(db)
    far = square(lat=15.0, lon=103.5)  # Surin, of which no shapes ship
    with pytest.raises(rules.TambonUnknown):
        await commands.register(plot(outline=far), by=MALEE, at=NOW)
    with pytest.raises(rules.TambonUnknown):
        await commands.register(plot(outline=far, tambon="900901"), by=MALEE, at=NOW)
    assert (await commands.register(plot(outline=far, tambon="320101"), by=MALEE, at=NOW)).tambon
    wrong = await commands.register(plot(tambon="901102"), by=MALEE, at=NOW)
    assert (wrong.tambon, wrong.warnings[0]) == ("900901", "tambon_differs")


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (plot(outline=None), rules.NoPlace),
        (plot(lat=LAT, lon=LON, area_m2=100), rules.NoPlace),
        (plot(outline=None, lat=LAT, lon=LON), rules.NoPlace),
        (msgspec.structs.replace(point(), area_m2=3), rules.AreaOutOfRange),
        (msgspec.structs.replace(point(), lat=LON, lon=LAT), shape.SwappedCoordinates),
        (plot(name="ก" * 81), rules.NameTooLong),
    ],
)
def test_what_cannot_be_placed_is_refused(wanted: RegisterPlot, why: type[Exception]) -> None:
    with pytest.raises(why):
        rules.measured(wanted)


async def registered(db: Database) -> str:
    await village(db)
    wanted = plot()
    await commands.register(wanted, by=MALEE, at=NOW)
    return wanted.id


async def test_kale_is_sown_and_its_window_and_kilos_are_told(db: Database) -> None:
    land = await registered(db)
    kale = PlantCrop(new_id(), land, "kale", 1_600, TODAY)
    event = await commands.plant(kale, by=MALEE, at=NOW)
    assert event.warnings == ("yield_guessed",)
    assert event.expected_grams == 1_800_000
    [seen] = await queries.plantings(land)
    assert seen.harvest_from == TODAY + timedelta(days=35)
    assert seen == await queries.planting(kale.id)
    assert [p.id for p in await queries.growing(land, TODAY)] == [kale.id]
    assert await queries.growing(land, TODAY + timedelta(days=400)) == []
    assert not await verify([Planting])


async def test_an_unknown_yield_warns_until_the_committee_has_set_a_figure(db: Database) -> None:
    land = await registered(db)
    first = await commands.plant(PlantCrop(new_id(), land, "lettuce", 800, TODAY), by=MALEE, at=NOW)
    assert (first.expected_grams, first.warnings) == (-1, ("yield_unknown",))
    figure = SetFigure(new_id(), "lettuce", NETWORK, 1_000, "3/2569")
    await crop_commands.set_figure(figure, by=WAN, at=NOW)
    later_one = PlantCrop(new_id(), land, "lettuce", 800, TODAY)
    second = await commands.plant(later_one, by=MALEE, at=later(hours=1))
    assert (second.expected_grams, second.warnings) == (500_000, ())


async def test_plants_between_plants_are_told_not_refused(db: Database) -> None:
    land = await registered(db)
    m2 = (await queries.plot(land)).area_m2
    await commands.plant(PlantCrop(new_id(), land, "banana-hom", m2, TODAY), by=MALEE, at=NOW)
    event = await commands.plant(PlantCrop(new_id(), land, "kale", 100, TODAY), by=MALEE, at=NOW)
    assert "more_than_the_plot" in event.warnings
    with pytest.raises(rules.LargerThanThePlot):
        await commands.plant(PlantCrop(new_id(), land, "kale", m2 + 1, TODAY), by=MALEE, at=NOW)


async def test_only_the_farmer_plants_and_only_what_exists(db: Database) -> None:
    land = await registered(db)
    for other in (KRIT, SOMCHAI):
        with pytest.raises(rules.NotYourPlot):
            await commands.plant(PlantCrop(new_id(), land, "kale", 10, TODAY), by=other, at=NOW)
    with pytest.raises(UnknownCrop):
        await commands.plant(PlantCrop(new_id(), land, "plastic", 10, TODAY), by=MALEE, at=NOW)
    with pytest.raises(rules.SownInTheFuture):
        far = PlantCrop(new_id(), land, "kale", 10, TODAY + timedelta(days=800))
        await commands.plant(far, by=MALEE, at=NOW)
    with pytest.raises(rules.PlotMissing):
        await commands.plant(PlantCrop(new_id(), new_id(), "kale", 10, TODAY), by=MALEE, at=NOW)


async def test_a_stranger_sees_group_tambon_and_a_blurred_place(db: Database) -> None:
    land = await registered(db)
    await commands.plant(PlantCrop(new_id(), land, "kale", 100, TODAY), by=MALEE, at=NOW)
    view = await queries.plot(land)
    seen = await queries.public(view, TODAY)
    assert (seen.tambon, seen.crops, seen.kind) == ("900901", ("kale",), "field")
    assert (seen.lat_e3, seen.lon_e3) == (7_075, 100_285)
    assert seen.tenths_of_a_rai == round(view.area_m2 / 160)
    told = msgspec.json.encode(seen).decode()
    assert view.name is not None
    assert all(secret not in told for secret in (MALEE, view.name, view.id, str(view.lat_e7)))


@given(st.integers(56_000_000, 205_000_000), st.integers(973_000_000, 1_057_000_000))
def test_the_blurred_place_is_the_same_for_all_of_its_cell(lat_e7: int, lon_e7: int) -> None:
    lat, lon = rules.blurred(lat_e7, lon_e7)
    corner = rules.blurred(lat_e7 // 100_000 * 100_000, lon_e7 // 100_000 * 100_000)
    assert corner == (lat, lon)
    assert abs(lat * 10_000 - lat_e7) <= 50_000
    assert abs(lon * 10_000 - lon_e7) <= 50_000


async def test_a_city_garden_may_be_told_by_its_pots(db: Database) -> None:
    await village(db)
    roof = plot(outline=None, lat=LAT, lon=LON, kind="city_garden", name="ดาดฟ้า")
    for wrong, why in (
        (msgspec.structs.replace(roof, pots=0), rules.PotsOutOfPlace),
        (msgspec.structs.replace(roof, pots=30, kind="field"), rules.PotsOutOfPlace),
        (roof, rules.NoPlace),
        (plot(outline=None, lat=LAT, lon=LON, area_m2=3), rules.AreaOutOfRange),
    ):
        with pytest.raises(why):
            await commands.register(wrong, by=MALEE, at=NOW)
    told = msgspec.structs.replace(roof, id=new_id(), pots=30)
    assert (await commands.register(told, by=MALEE, at=NOW)).area_m2 == 4
    small = msgspec.structs.replace(roof, id=new_id(), pots=None, area_m2=2)
    assert (await commands.register(small, by=MALEE, at=NOW)).area_m2 == 2
    assert (await queries.plot(told.id)).pots == 30
    assert not await verify([Plot, PlotHolder])
