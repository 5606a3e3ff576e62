"""One box finds what is public, southern names and slips forgiven, and never a person."""

import pytest

from certification.basis.transaction import run
from market.domain.places import queries as places
from market.domain.search import commands as search
from tests.cast import PARTICULARS, RATTAPHUM
from tests.doors import Doors
from tests.guarantee import published
from tests.market.stall import stall_in_village


@pytest.mark.parametrize(
    ("typed", "found"),
    [("คะน้า", "คะน้า"), ("rattapum", "Rattaphum"), ("รพ.รัตภูม", "รัตภูมิ"), ("ท่าชะมวน", "ท่าชะมวง")],
)
async def test_a_word_finds_produce_groups_places_and_areas(
    doors: Doors, typed: str, found: str
) -> None:
    await published()
    await stall_in_village()
    await run(search.follow)
    said = await doors.stranger("th" if found[0] >= "ก" else "en").get(
        "/search", params={"q": typed}
    )
    assert said.status_code == 200
    assert found in said.text.split("</form>", 1)[1]


async def test_a_word_in_the_box_for_codes_is_looked_up_as_a_name(doors: Doors) -> None:
    await run(search.follow)
    said = await doors.stranger().get("/find", params={"code": "รัตภูมิ"}, follow_redirects=False)
    assert said.status_code == 303
    page = await doors.stranger().get(said.headers["location"])
    assert RATTAPHUM not in page.text  # pages name groups by their code
    assert "/G/" in page.text


async def test_people_are_not_found(doors: Doors) -> None:
    await run(search.follow)
    for one in PARTICULARS.values():
        for typed in filter(None, (one.name, one.phone, one.member_number)):
            said = await doors.stranger().get("/search", params={"q": typed})
            assert typed not in said.text.split("</form>", 1)[1]
            assert "ไม่พบชื่อนี้" in said.text


async def test_the_api_finds_groups_and_places_by_a_part_of_a_name(doors: Doors) -> None:
    await published()
    stall = await stall_in_village()
    await run(search.follow)
    stranger = doors.stranger()
    hits = (await stranger.get("/api/v1/search", params={"q": "คะน้า"})).json()
    assert {hit["kind"] for hit in hits[:2]} == {"crop", "product"}
    groups = (await stranger.get("/api/v1/groups", params={"q": "ratthaphum"})).json()
    assert RATTAPHUM in {one["id"] for one in groups}
    place = await places.place(stall.place)
    for typed in (place.name_th[:6], place.name_en.upper()):
        found = (await stranger.get("/api/v1/places", params={"q": typed})).json()
        assert [one["id"] for one in found] == [stall.place]
    assert (await stranger.get("/api/v1/places", params={"q": "zzzz"})).json() == []
