"""The place and the day are chosen first, over all open rounds, and kept into the basket."""

import re
from html import unescape

from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.offers import room
from tests.cast import NOK, NOW
from tests.doors import Doors
from tests.market.stall import CLOSES, Stall, stall_in_village
from tests.market.test_cycle_places import ordered, two_places


def rows(page: str) -> list[str]:
    """Of each choice what stands there, in words."""
    found = re.findall(r'<li class="stack where-when.*?</li>', page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in found]


async def test_nok_sees_all_places_and_what_room_they_have_and_keeps_her_choice(
    doors: Doors,
) -> None:
    there = await stall_in_village()
    alone, monday = (await doors.stranger("en").get("/")).text, there.cycle
    assert rows(alone) == [], "one place is no choice"
    cycle, hospital, hall = await run(two_places, there, capacity_orders=3, capacity_grams=9_000)
    await ordered(there, cycle, hospital.id, 2_500)
    nok = await doors.as_(NOK, "en")
    front, shop = [(await nok.get(way)).text for way in ("/", f"/shop/{cycle}")]
    for page in (unescape(front), unescape(shop)):
        assert len(told := rows(page)) == 3
        assert [("2 more orders fit" in one, "6.5 kg more fit" in one) for one in told].count(
            (True, True)
        ) == 1
        assert all("Time to order" in one and "days left" in one for one in told)
        links = re.findall(r'href="/(shop/[^"?]+\?stop=[^"]+)"', page)
        assert f"shop/{cycle}?stop={hall.id}" in links
        assert any(link.startswith(f"shop/{monday}?") for link in links)
    assert "?stop=" not in shop.partition("<form")[2], "nothing chosen, nothing kept"

    picked = unescape((await nok.get(f"/shop/{cycle}", params={"stop": hall.id})).text)
    assert len(rows(picked)) == 2
    assert "Town hall" in picked.partition("<details")[0]
    for address in (
        f'action="/shop/{cycle}?stop={hall.id}"', f"/shop/{cycle}/{there.offer}?stop={hall.id}",
    ):  # fmt: skip
        assert address in picked
    assert f"/shop/{cycle}?stop={hall.id}" in (
        await nok.get(f"/shop/{cycle}/{there.offer}", params={"stop": hall.id})
    ).text  # fmt: skip
    assert f'action="/shop/{cycle}?stop={hall.id}"' in (
        await nok.get("/", params={"stop": hall.id})
    ).text  # fmt: skip
    said = await nok.post(
        f"/shop/{cycle}?stop={hall.id}", data={f"kg-{there.offer}": "1"}, follow_redirects=False
    )
    assert said.headers["location"] == f"/basket?stop={hall.id}"
    assert checked((await nok.get(said.headers["location"])).text) == [hall.id]
    for other in ("", f"?stop={new_id()}", "?stop=%22%3E%3Cevil", "?stop=x"):
        basket = await nok.get(f"/basket{other}")
        assert (basket.status_code, checked(basket.text)) == (200, [])
        assert "<evil" not in basket.text
        assert len(rows((await nok.get(f"/shop/{cycle}{other}")).text)) == 3


def checked(page: str) -> list[str]:
    return re.findall(r'name="stop" value="([^"]+)" required checked', page)


async def test_what_is_full_or_closed_says_why_and_cannot_be_chosen(doors: Doors) -> None:
    there: Stall = await stall_in_village()
    cycle, hospital, hall = await run(two_places, there, capacity_orders=1)
    await ordered(there, cycle, hospital.id)
    await run(room.shut, hall.id, NOW)
    nok = doors.stranger("en")
    for way in (f"/shop/{cycle}", f"/shop/{cycle}?stop={hospital.id}", f"/?stop={hall.id}"):
        page = (await nok.get(way)).text.partition("<main")[2].partition("</main>")[0]
        told = rows(page)
        assert [
            ("No more orders fit here" in one, "No more orders are taken here since" in one)
            for one in told
            if "Full" in one or "Closed" in one
        ] == [(True, False), (False, True)], way
        assert f"?stop={hospital.id}" not in page
        assert f"?stop={hall.id}" not in page
    await nok.post(f"/shop/{cycle}", data={f"kg-{there.offer}": "1"})
    assert checked((await nok.get(f"/basket?stop={hospital.id}")).text) == []
    doors.later(CLOSES)
    closed = await nok.get(f"/shop/{cycle}")
    assert (closed.status_code, rows(closed.text)) == (200, [])
