"""One plot as large as its map, with what lies beside it; no doors of its own.

Exact: only for pages of those who may see all of these plots.
"""

from __future__ import annotations

from collections.abc import Iterable

from certification.plots import queries as plots
from certification.plots.queries import PlotView
from market.answers.words import Words
from market.web import ground
from market.web.pages.farm_view import Shown, plot_name

NEAR_M = 200
"""What lies farther is no neighbour."""


def close_up(say: Words, plot: PlotView, near: Iterable[PlotView]) -> Shown:
    """`neighbours` are those within reach of a spray or a flood, the nearest first."""
    middle = ground.Ground(plot.lon_e7 / 1e7, plot.lat_e7 / 1e7)
    beside = sorted(
        ((ground.metres_apart(middle, plot, one), one) for one in near), key=lambda pair: pair[0]
    )
    beside = [(metres, one) for metres, one in beside if metres <= NEAR_M]
    frame = ground.of_plots(middle, [plot])
    drawn = [ground.Drawn(one, plot_name(say, one), "near") for _, one in beside]
    drawn.append(ground.Drawn(plot, plot_name(say, plot), "this"))
    bar, metres = ground.ruler(frame)
    title = say("The outline of {name}", name=plot_name(say, plot))
    shown = ground.svg(middle, frame, drawn, title, say.language)
    return {
        "svg": shown.replace("</svg>", f"{bar}</svg>"),
        "ruler_m": metres,
        "neighbours": [{"name": plot_name(say, one), "metres": m} for m, one in beside],
    }


async def beside(plot: PlotView, *, farmer: str = "") -> list[PlotView]:
    """The other plots of its group, of one farmer where one is named."""
    return [
        other
        for other in await plots.of_group(plot.group)
        if other.id != plot.id and not other.replaced_by and farmer in ("", other.farmer)
    ]
