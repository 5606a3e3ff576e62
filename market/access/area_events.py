"""Who enters events for which tambons, who sees whose land in them, whose word a proposal needs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from certification.areas import queries as areas
from certification.basis.ids import is_id
from certification.basis.units import local_day
from market.access import whose
from market.access.permit import Permit, Place
from market.access.refusals import NotThere
from market.domain.area_events import queries, rules
from market.domain.area_events.queries import Hit
from market.domain.area_events.rules import EventView, ProposalView

SHOWN_FOR = timedelta(days=60)
"""After it ended."""


def ensure_within(permit: Permit, tambons: Sequence[str]) -> None:
    if not tambons:
        raise rules.NoTambons(field="tambons", most=rules.TAMBONS_MAX)
    for one in tambons:
        permit.check(Place(area=one))
        areas.area(one)


async def one(permit: Permit, id: str) -> EventView:
    """Of an officer: each of its tambons lies in the own area."""
    if not is_id(id):
        raise NotThere
    try:
        found = await queries.event(id)
    except rules.EventMissing:
        raise NotThere from None
    ensure_within(permit, found.tambons)
    return found


async def proposal(permit: Permit, id: str, *, stop: bool) -> ProposalView:
    """Of a stop the operator's word, of all else that of who farms there."""
    if not is_id(id):
        raise NotThere
    try:
        found = await queries.proposal(id)
    except rules.ProposalMissing:
        raise NotThere from None
    if stop != (found.kind == "stop"):
        raise NotThere
    if stop:
        permit.check(await whose.of_group(found.organ))
    else:
        permit.check(Place(owner=found.person or ""))
    return found


async def listed(permit: Permit, at: datetime) -> list[tuple[EventView, list[Hit]]]:
    """Events and the plots of them that one may see: own ones, and those of one's groups."""
    today, found = local_day(at), []
    for event in await queries.events(today - SHOWN_FOR):
        hits = [
            hit
            for hit in (await queries.hit(event, today) if event.confirmed else [])
            if permit.sees(await whose.of_group(hit.group, owner=hit.person))
        ]
        within = any(permit.sees(Place(area=one)) for one in event.tambons)
        if within or (hits and not event.struck):
            found.append((event, hits))
    return found
