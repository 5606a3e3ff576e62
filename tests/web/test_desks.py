"""Somchai farms and inspects; Ying leads, inspects and farms: each has one bar at a time."""

import re
from html import unescape

from httpx import AsyncClient

from market.web import desks
from tests.cast import NOK, SOMCHAI, YING
from tests.doors import Doors


def test_no_bar_has_more_than_four_words_and_each_begins_at_its_own_desk() -> None:
    for desk in desks.DESKS:
        assert 1 <= len(desk.bar) <= 4, desk.name
        assert desk.bar[0].href.split("/")[1] in desk.parts
        assert desk.here(desk.bar[0].href) is desk.bar[0]


def test_a_page_below_stands_under_the_word_that_says_most_of_it() -> None:
    [farmer] = desks.of(["farmer"])
    said = {path: word and word.href for path in PATHS if (word := farmer.here(path)) or True}
    assert said == PATHS


PATHS = {
    "/farm": "/farm",
    "/farm/plots/1/plant": "/farm/plots",
    "/farm/harvest/new": "/farm/lots",
    "/farm/moneybag": "/farm",
    "/farmhouse": None,
}


async def bar(person: AsyncClient, path: str) -> tuple[str, list[str]]:
    """As whom one works, and the words of the bar."""
    said = unescape((await person.get(path)).text)
    working = re.search(r"Working as: <b[^>]*>([^<]+)", said)
    nav = said.partition('<nav class="jobs"')[2].partition("</nav>")[0]
    return (working[1] if working else ""), re.findall(r"<span>([^<]+)</span>", nav)


async def test_who_has_two_jobs_changes_desks_and_the_last_is_remembered(doors: Doors) -> None:
    somchai = await doors.as_(SOMCHAI, "en")
    farmer = ("Farmer", ["Today", "Plots", "Sell", "Money"])
    inspector = ("Inspector", ["Today", "To mend"])
    assert await bar(somchai, "/farm") == farmer
    assert await bar(somchai, "/inspect") == inspector
    assert await bar(somchai, "/me") == inspector
    assert await bar(somchai, "/me?desk=farmer") == farmer
    assert await bar(somchai, "/me?desk=treasurer") == farmer
    assert await bar(somchai, "/log") == farmer


async def test_one_page_of_two_desks_shows_the_one_that_was_chosen(doors: Doors) -> None:
    ying = await doors.as_(YING, "en")
    assert (await bar(ying, "/board?desk=leader"))[0] == "Group leader"
    assert (await bar(ying, "/findings"))[0] == "Group leader"
    await ying.get("/inspect")
    assert (await bar(ying, "/findings"))[0] == "Inspector"


async def test_a_buyer_and_a_stranger_have_no_bar(doors: Doors) -> None:
    for person in (await doors.as_(NOK, "en"), doors.stranger()):
        assert await bar(person, "/") == ("", [])
