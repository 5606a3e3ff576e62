"""Names and choices on the farmer's pages, and whose farm is meant; no doors of its own."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from litestar import Request

from certification.applications import queries as applications
from certification.areas import queries as areas
from certification.basis.ids import is_id
from certification.basis.units import local_day
from certification.crops import queries as crops
from certification.groups import queries as groups
from certification.people import queries as people
from certification.plots.queries import PlotView
from market.access import whose
from market.access.guard import may
from market.access.permit import Permit, Place
from market.answers.words import Words

Ask = Request[Any, Any, Any]
Shown = dict[str, Any]


def crop_name(say: Words, id: str) -> str:
    return say.name(crops.crop(id).name)


def crop_options(say: Words) -> list[list[str]]:
    """Every crop, in the order of a dictionary."""
    named = [[crop.id, say.name(crop.name)] for crop in crops.crops()]
    return sorted(named, key=lambda option: sort_key(option[1]))


def sort_key(name: str) -> str:
    """Thai vowels written before their consonant are sorted after it; tone marks count last."""
    turned = re.sub("([เแโใไ])(.)", r"\2\1", name.lower())
    return re.sub("[็-๎]", "", turned) + name


def plot_name(say: Words, plot: PlotView) -> str:
    return plot.name or say("Plot {code}", code=plot.code)


def place_of(say: Words, plot: PlotView) -> str:
    moo = say("village {moo}", moo=plot.moo) + " " if plot.moo else ""
    return moo + areas.address(plot.tambon, say.language)


async def farmers(say: Words, permit: Permit, at: datetime) -> list[list[str]]:
    """Whom one may register land for: oneself and, as a helper, the members of the group."""
    today, found = local_day(at), dict[tuple[str, str], str]()
    if any(reach.scope == "own" for reach in permit.reaches):
        for group in await groups.groups_of(permit.person, today):
            found[permit.person, group] = say("Myself")
    for group in await whose.groups_reached(permit):
        members = await groups.members(group, today)
        names = await people.names(members)
        for person in sorted(members, key=lambda one: sort_key(names.get(one, ""))):
            found.setdefault((person, group), names.get(person, person[-4:]))
    called = {group: say.name(await groups.group(group)) for group in {g for _, g in found}}
    return [
        [f"{person}|{group}", f"{name} · {called[group]}"]
        for (person, group), name in found.items()
    ]


def offered(request: Ask, step: Shown, place: Place) -> Shown:
    """The step where its reader may take it, else nothing."""
    return step if step and may(request, step["op"], place) else {}


async def acting_for(request: Ask, permit: Permit, at: datetime, asked: str = "") -> str:
    """Whose farm is meant: `?of=` (or `asked`) where it may be acted for, else one's own."""
    person = asked or request.query_params.get("of", "")
    if not is_id(person) or person == permit.person:
        return permit.person
    await whose.ensure_member(permit, person, local_day(at))
    return person


async def helped(permit: Permit, person: str) -> str:
    """The name of the person who is helped, or nothing."""
    if person == permit.person:
        return ""
    return (await people.names([person])).get(person, "")


async def attendance(say: Words, person: str, group: str, at: datetime) -> str:
    """At the meetings of one of the person's groups, by anybody of the household."""
    attended, held = await applications.attendance(person, group, local_day(at))
    return say("{name}: at {have} of {held} meetings in twelve months",
               name=say.name(await groups.group(group)), have=attended, held=held)  # fmt: skip
