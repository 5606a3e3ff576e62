"""Who would be reached by a message, and what was written; never written here."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from certification.basis.database import in_use
from certification.basis.units import local_day
from certification.groups import queries as groups
from certification.people import queries as people
from market.domain.broadcasts.rules import BroadcastMissing, BroadcastView, Reach
from market.domain.contacts import queries as contacts

_SEEN = (
    "SELECT id, organ, area, text_th, text_en, people, goes_at, by, at, went_at, stopped_at"
    " FROM broadcast"
)


async def broadcast(id: str) -> BroadcastView:
    rows = await in_use().query(f"{_SEEN} WHERE id = {{}}", id)
    if not rows:
        raise BroadcastMissing(broadcast=id)
    return BroadcastView(**rows[0])


async def of_places(organs: Collection[str], areas: Collection[str]) -> list[BroadcastView]:
    """The newest first."""
    found = list[BroadcastView]()
    for organ in sorted(organs):
        rows = await in_use().query(f"{_SEEN} WHERE organ = {{}} ORDER BY at DESC LIMIT 50", organ)
        found += [BroadcastView(**row) for row in rows]
    for area in sorted(areas):
        rows = await in_use().query(
            f"{_SEEN} WHERE area LIKE {{}} ORDER BY at DESC LIMIT 50", f"{area}%"
        )
        found += [BroadcastView(**row) for row in rows]
    return sorted({one.id: one for one in found}.values(), key=lambda one: one.at, reverse=True)


async def audience(organ: str | None, area: str | None, at: datetime) -> list[str]:
    """Members of the group or of the network's groups; or who farms land in the area."""
    today = local_day(at)
    if organ:
        below = [one.id for one in await groups.networks_groups(organ)]
        found = {one for id in (organ, *below) for one in await groups.members(id, today)}
    else:
        rows = await in_use().query(
            "SELECT DISTINCT h.person FROM plot_holder h JOIN plot p ON p.id = h.plot"
            " WHERE p.tambon LIKE {} AND h.since <= {} AND (h.until IS NULL OR h.until >= {})",
            f"{area}%", today, today,
        )  # fmt: skip
        found = {row["person"] for row in rows}
    known = await people.names(found)
    return sorted(found & known.keys())


async def reach(organ: str | None, area: str | None, at: datetime) -> Reach:
    there = await audience(organ, area, at)
    channels, page_only, declined, quiet_now = dict[str, int](), 0, 0, 0
    for person in there:
        told_on = await contacts.told_on(person, "broadcasts")
        for one in told_on:
            channels[one] = channels.get(one, 0) + 1
        page_only += not told_on
        declined += "broadcasts" in await contacts.muted(person)
        quiet_now += bool(told_on) and await contacts.sleeps(person, at)
    return Reach(len(there), channels, page_only, declined, quiet_now)


async def written_today(place: str, at: datetime) -> int:
    rows = await in_use().query(
        "SELECT count(*) AS many FROM broadcast WHERE place = {} AND on_day = {}",
        place, local_day(at),
    )  # fmt: skip
    return int(rows[0]["many"])
