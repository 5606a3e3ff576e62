"""Lists can be pasted into a chat: plain text, in the reader's language, of nobody by name."""

import re

from tests.cast import DAO, MALEE
from tests.doors import ORIGIN, Doors
from tests.market.stall import stall_in_village


async def test_stops_rounds_and_what_to_harvest_as_a_text(doors: Doors) -> None:
    there = await stall_in_village()
    await there.paid(1_000)
    stranger = doors.stranger("en")
    stops = await stranger.get("/stops?as=text")
    assert stops.headers["content-type"].startswith("text/plain")
    assert stops.text.endswith(f"{ORIGIN}/stops")
    assert "•" in stops.text
    assert "<textarea" in (await stranger.get("/stops")).text
    assert (await doors.stranger("th").get("/stops?as=text")).text != stops.text
    dao = await doors.as_(DAO, "en")
    offered = (await dao.get(f"/cycles/{there.cycle}?as=text")).text
    assert f"{ORIGIN}/shop/{there.cycle}" in offered
    assert "40" in offered
    harvest = (await dao.get(f"/cycles/{there.cycle}?as=text&harvest=1")).text
    assert "1 kg" in harvest.replace("\xa0", " ")
    assert "มาลี" not in harvest + offered
    assert (await (await doors.as_(MALEE)).get(f"/cycles/{there.cycle}?as=text")).status_code == 403


async def test_a_link_to_a_round_or_an_offer_says_what_it_is_in_a_chat(doors: Doors) -> None:
    there = await stall_in_village()
    stranger = doors.stranger("en")
    for path, said in (
        (f"/shop/{there.cycle}", "Monday&#x27;s round · Order until"),
        (f"/shop/{there.cycle}/{there.offer}", "Chinese kale 40 baht"),
        ("/stops", "When and where the green truck"),
    ):
        [about] = re.findall(
            r'<meta property="og:description" content="([^"]*)">', (await stranger.get(path)).text
        )
        assert said in about, about
