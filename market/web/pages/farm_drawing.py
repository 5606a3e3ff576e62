"""What the page that registers a plot needs for drawing on it; no doors of its own."""

from __future__ import annotations

import json
from datetime import datetime

from certification.basis.units import local_day
from certification.groups import queries as groups
from certification.plots import queries as plots
from certification.plots.queries import PlotView
from market.access import whose
from market.access.permit import Permit
from market.answers.words import Words
from market.web import ground
from market.web.pages.farm_view import Shown, plot_name

WORDS = {
    "nearer": "Tap where the plot lies, to come nearer",
    "first": "Tap the first corner of the plot, or stand there and press the button below",
    "second": "Go on to the next corner, all around in order",
    "third": "One more corner and the area is known",
    "chosen": "Tap where this corner should be, or take it away",
    "crossed": "Lines cross. Tap the wrong corner to remove it",
    "undo": "Undo",
    "remove": "Remove this corner",
    "here": "Mark this corner where I stand",
    "take": "Mark it now",
    "waiting": "Measuring where you stand. Keep still for a moment.",
    "good": "Mark this corner · about {n} m accuracy",
    "poor": "About {n} m accuracy. Wait a little, or step away from trees.",
    "weak": "No satellite signal here. Wait a little, or tap on the map instead.",
    "refused": "This phone does not tell where it is. Tap on the map instead.",
    "marked": "Corner marked, about {n} m accuracy. Walk to the next one.",
    "metres": "{n} m",
    "kilometres": "{n} km",
    "square": "{n} square metres",
    "range": "give or take {n}",
    "rai": "rai",
    "ngan": "ngan",
    "wah": "sq wah",
}
"""What the script says, by its own names."""


async def drawing(say: Words, permit: Permit, at: datetime, anew: PlotView | None = None) -> Shown:
    """The land where one begins, with the plots that one may see there; around the one that is
    drawn anew."""
    seen = await _seen(permit, at)
    own = [anew] if anew else [plot for plot in seen if plot.farmer == permit.person]
    middle, frame = ground.whereabouts(own or seen, await _home(permit, at))
    drawn = [ground.Drawn(plot, plot_name(say, plot), "near") for plot in seen]
    title = say("The land around, with the plots that are registered")
    return {
        "lon": middle.lon,
        "lat": middle.lat,
        "x": round(frame.x),
        "y": round(frame.y),
        "wide": round(frame.wide),
        "svg": ground.svg(middle, frame, drawn, title, say.language, reach=ground.REACH_M),
        "words": json.dumps({name: say(key) for name, key in WORDS.items()}, ensure_ascii=False),
    }


async def _seen(permit: Permit, at: datetime) -> list[PlotView]:
    """One's own, and those of the groups one keeps."""
    found = await plots.of_farmer(permit.person, local_day(at))
    for group in await whose.groups_reached(permit):
        found += await plots.of_group(group)
    return [p for p in {plot.id: plot for plot in found}.values() if not p.replaced_by]


async def _home(permit: Permit, at: datetime) -> str:
    """The area of the first group one belongs to or keeps."""
    mine = await groups.groups_of(permit.person, local_day(at))
    reached = await whose.groups_reached(permit)
    return (await groups.group(first)).area if (first := next(iter([*mine, *reached]), "")) else ""
