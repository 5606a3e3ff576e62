"""A page of a round's goods, and the ways from it: the kinds of crop, and the next page."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from urllib.parse import urlencode

import msgspec

from market.answers.words import Words
from market.domain.offers import shelves
from market.domain.offers.shelves import SECTIONS, Kind
from market.domain.standing import queries as standing
from market.web import goods
from market.web.goods import Good

LIKED = "liked"


class Way(msgspec.Struct, frozen=True):
    words: str
    href: str
    here: bool = False


class Aisle(msgspec.Struct, frozen=True):
    goods: list[Good]
    sections: list[Way]
    """None where all goods are of one kind."""
    following: str
    """The address of the next page; empty on the last."""


async def aisle(
    cycle: str, held: Mapping[str, int], say: Words, asked: Mapping[str, str], person: str = ""
) -> Aisle:
    """`asked`: what the address says of section, page and the stop that was chosen."""
    every, section = await shelves.kinds(cycle), asked.get("kind", "")
    liked = set(await standing.favourites(person)) if person else set()
    among = [kind for kind in every if section in _sections_of(kind, liked)] or every
    found = await shelves.shelf(cycle, among, after=asked.get("after", ""))
    chosen, stop = section if len(among) < len(every) else "", asked.get("stop", "")
    following = _address(cycle, kind=chosen, after=found.after, stop=stop) if found.after else ""
    ways = _sections(cycle, every, liked, chosen, stop, say)
    return Aisle(goods.shown(found.lines, held, say), ways, following)


def _sections_of(kind: Kind, liked: Collection[str]) -> tuple[str, ...]:
    return (kind.section, LIKED) if kind.id in liked else (kind.section,)


def _sections(
    cycle: str, every: list[Kind], liked: Collection[str], chosen: str, stop: str, say: Words
) -> list[Way]:
    there = {section for kind in every for section in _sections_of(kind, liked)}
    if len(there) < 2:
        return []
    ways = [Way(say("All goods"), _address(cycle, stop=stop), here=not chosen)]
    return ways + [
        Way(say(f"crops.section.{one}"), _address(cycle, kind=one, stop=stop), here=one == chosen)
        for one in (LIKED, *SECTIONS)
        if one in there
    ]


def _address(cycle: str, **asked: str) -> str:
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"/shop/{cycle}" + (f"?{query}#goods" if query else "")
