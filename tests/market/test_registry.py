"""How many plots, farmers and groups, and how many kinds of produce, in an area on a day."""

from datetime import timedelta

import pytest

from certification.areas.rules import UnknownArea
from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.plots import commands as plots
from certification.plots.rules import PlantCrop
from market.domain.registry.queries import Certified, counts
from tests.cast import KRIT, KRITS_GROUP, MALEE, NOW, TODAY, village
from tests.market.farm import KALE_GRAMS, RAI_M2, farm, planted

NONE = Certified(0, 0, 0)


async def test_an_empty_province_counts_nothing(db: Database) -> None:
    await village(db)
    found = await counts("90", TODAY)
    assert (found.plots, found.farmers, found.groups, found.m2, found.kinds) == (0, 0, 0, 0, 0)
    assert found.certified == {"organic": NONE, "in_conversion": NONE}


async def test_malees_kale_is_counted_where_it_grows(db: Database) -> None:
    await farm(db)
    for area in ("", "90", "9009", "900901"):
        found = await counts(area, TODAY)
        assert (found.plots, found.farmers, found.groups) == (1, 1, 1)
        assert found.m2 == 2 * RAI_M2
        assert found.certified["organic"] == Certified(1, 1, 2 * RAI_M2)
        [kale] = found.produce
        assert (kale.tambon, kale.crop, kale.m2) == ("900901", "kale", 2 * RAI_M2)
        assert (kale.expected_grams, kale.unknown) == (KALE_GRAMS, 0)
        assert kale.tambon_name.th == "กำแพงเพชร"
        assert kale.crop_name.th == "คะน้า"
    for elsewhere in ("900902", "9010", "10"):
        assert (await counts(elsewhere, TODAY)).plots == 0


async def test_a_kind_is_counted_once_however_often_it_grows(db: Database) -> None:
    there = await farm(db)
    for crop in ("kale", "okra"):
        more = PlantCrop(new_id(), there.plot, crop, RAI_M2, TODAY - timedelta(days=50))
        await run(plots.plant, more, by=MALEE, at=NOW)
    found = await counts("90", TODAY)
    assert found.kinds == 2
    assert {(one.crop, one.plantings) for one in found.produce} == {("kale", 2), ("okra", 1)}


async def test_groups_and_farmers_are_told_apart(db: Database) -> None:
    await farm(db)
    await run(planted, "kale", farmer=KRIT, group=KRITS_GROUP)
    found = await counts("9009", TODAY)
    assert (found.plots, found.farmers, found.groups) == (2, 2, 2)


async def test_a_suspended_certificate_is_not_counted_from_its_day_on(db: Database) -> None:
    there = await farm(db)
    await there.happened("suspended", TODAY)
    assert (await counts("90", TODAY)).certified["organic"] == NONE
    assert (await counts("90", TODAY - timedelta(days=1))).certified["organic"].certificates == 1
    await there.happened("reinstated", TODAY + timedelta(days=5), seq=2)
    assert (await counts("90", TODAY + timedelta(days=4))).certified["organic"] == NONE
    assert (await counts("90", TODAY + timedelta(days=5))).certified["organic"].certificates == 1


@pytest.mark.parametrize("days", [-31, 336])
async def test_a_certificate_counts_on_its_days_only(days: int, db: Database) -> None:
    await farm(db)
    assert (await counts("90", TODAY + timedelta(days=days))).certified["organic"] == NONE


async def test_what_is_past_its_harvest_is_no_produce(db: Database) -> None:
    await farm(db)
    found = await counts("90", TODAY + timedelta(days=120))
    assert (found.plots, found.kinds) == (1, 0)


async def test_an_area_that_is_none_is_refused(db: Database) -> None:
    for code in ("9", "99", "90%", "'"):
        with pytest.raises(UnknownArea):
            await counts(code, TODAY)
