"""The province counts; its officer finds plots of her area and of no other."""

import csv
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.groups import commands as groups
from certification.groups.rules import Grants
from market.domain.accounts import pins
from market.web.sheets import sheet
from tests import doors as doors_of
from tests.cast import ADMIN, CHAN, KRIT, KRITS_GROUP, LONG_AGO, MALEE, PARTICULARS, WAN
from tests.doors import Doors
from tests.market import farm as farms
from tests.web.test_lists import cells

OFFICER = CHAN
"""For these stories Chan works at the district office of Rattaphum (9009)."""


@pytest.fixture
async def there(db: Database, tmp_path: Path) -> AsyncIterator[tuple[Doors, farms.Farm]]:
    doors = await doors_of.opened(db, tmp_path)
    farm = await run(farms._settled, "organic", "kale")
    await run(farms.planted, "okra", farmer=KRIT, group=KRITS_GROUP)
    given = Grants(new_id(), OFFICER, "officer", area="9009")
    await run(groups.grant_role, given, by=ADMIN, at=LONG_AGO)
    yield doors, farm
    pins.close()


@pytest.mark.parametrize("language", ["th", "en"])
async def test_everybody_sees_the_counts_and_the_map(
    there: tuple[Doors, farms.Farm], language: str
) -> None:
    doors, _ = there
    for path in ("/registry/public", "/registry/public?area=90", "/registry/public?area=900901"):
        said = await doors.stranger(language).get(path)
        assert said.status_code == 200
        assert ("คะน้า" if language == "th" else "Chinese kale") in said.text
        assert '<svg class="map"' in said.text
        assert "<script" not in said.text
        assert said.headers["cache-control"] == "no-cache"


async def test_an_area_without_plots_or_shapes_is_no_error(
    there: tuple[Doors, farms.Farm],
) -> None:
    doors, _ = there
    for area in ("10", "57", "1001"):
        assert (await doors.stranger().get(f"/registry/public?area={area}")).status_code == 200


@pytest.mark.parametrize("area", ["9", "99", "90%25", "%00", "9009010", "' OR 1=1", "x" * 30])
async def test_what_is_no_area_is_refused(there: tuple[Doors, farms.Farm], area: str) -> None:
    doors, _ = there
    for path in ("/registry/public", "/registry/public.csv", "/api/v1/registry/counts"):
        assert (await doors.stranger().get(f"{path}?area={area}")).status_code == 400


async def test_the_counts_as_a_table_and_for_programs(there: tuple[Doors, farms.Farm]) -> None:
    doors, _ = there
    said = await doors.stranger().get("/registry/public.csv?area=90")
    assert said.headers["content-type"].startswith("text/csv")
    lines = list(csv.reader(said.content.decode("utf-8-sig").splitlines()))
    assert [line[0] for line in lines[1:]] == ["900901", "900901"]
    assert lines[1][2:5] == ["คะน้า", "1", "2.0"]
    assert (await doors.stranger().get("/registry/public?area=90&as=csv")).content == said.content
    book = await doors.stranger().get("/registry/public?area=90&as=xlsx")
    assert book.content[:2] == b"PK"
    told = (await doors.stranger().get("/api/v1/registry/counts?area=90")).json()
    assert (told["counts"]["plots"], told["counts"]["kinds"]) == (2, 2)
    assert [(one["plots"], one["groups"]) for one in told["tambons"]] == [(2, 2)]


async def test_the_officer_finds_by_code_place_and_crop(there: tuple[Doors, farms.Farm]) -> None:
    doors, farm = there
    officer = await doors.as_(OFFICER)
    everything = (await officer.get("/registry")).text
    assert f"/P/{farm.plot_code}" in everything
    assert everything.count('href="/P/') == 2
    for query, plots in (
        (f"q={farm.plot_code.lower()}", 1),
        ("q=กำแพงเพชร", 2),
        ("q=กำแพงเพชร&crop=kale", 1),
    ):
        found = (await officer.get(f"/registry?{query}")).text
        assert found.count('href="/P/') == plots, query
        assert farm.number in found
    assert 'href="/P/' not in (await officer.get("/registry?q=zzzzzz")).text
    for person in PARTICULARS.values():
        assert person.name not in everything
        assert person.phone not in everything


async def test_the_officers_list_as_a_table_and_for_programs(
    there: tuple[Doors, farms.Farm],
) -> None:
    doors, farm = there
    officer = await doors.as_(OFFICER)
    lines = list(
        csv.reader((await officer.get("/registry.csv")).content.decode("utf-8-sig").splitlines())
    )
    assert len(lines) == 3
    assert farm.number in {line[6] for line in lines}
    book, _ = cells((await officer.get("/registry?as=xlsx")).content)
    assert [line[0] for line in book[1:]] == [line[0] for line in lines[1:]]
    few = (await officer.get(f"/registry?as=csv&q={farm.plot_code}")).text
    assert few.count("\n") == 2
    found = (await officer.get(f"/api/v1/registry/plots?code={farm.plot_code}")).json()
    assert [one["code"] for one in found] == [farm.plot_code]
    assert found[0]["certificates"][0]["number"] == farm.number
    after = await officer.get(f"/api/v1/registry/plots?after={max(line[0] for line in lines[1:])}")
    assert after.json() == []


async def test_the_officer_of_rattaphum_sees_nothing_of_another_district(
    there: tuple[Doors, farms.Farm],
) -> None:
    doors, _ = there
    officer = await doors.as_(OFFICER)
    for path in ("/registry", "/registry.csv", "/api/v1/registry/plots"):
        assert (await officer.get(f"{path}?area=900904")).status_code == 200
        for area in ("90", "9010", "901101", "9"):
            assert (await officer.get(f"{path}?area={area}")).status_code == 404, (path, area)


async def test_others_than_officers_may_not_search(there: tuple[Doors, farms.Farm]) -> None:
    doors, _ = there
    for path in ("/registry", "/registry.csv", "/registry?as=xlsx", "/api/v1/registry/plots"):
        for person in (MALEE, KRIT, WAN):
            assert (await (await doors.as_(person)).get(path)).status_code == 403
    assert (await doors.stranger().get("/api/v1/registry/plots")).status_code == 401
    asked = await doors.stranger().get("/registry", follow_redirects=False)
    assert (asked.status_code, asked.headers["location"]) == (303, "/sign-in?next=/registry")


def test_no_cell_of_a_table_computes() -> None:
    said = sheet("x", ["a"], [["=1+1"], ["@x"], ["-2"], [-2], ["ก"]]).content.decode("utf-8-sig")
    assert said.splitlines() == ["a", "'=1+1", "'@x", "'-2", "-2", "ก"]
