"""What a scheme asks of the land before a farmer applies, and before the application is taken on.

Pure. Each thing missing is named with the setting that asks for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal, get_args

import msgspec

from certification.land.rules import SIDES, Level
from certification.land.views import LandView, PaperView
from certification.schemes.settings import RuleSet


class Lack(msgspec.Struct, frozen=True):
    """`step`: the deed that waits for it; `look` is not waited for, the visit looks at it."""

    what: str
    setting: str
    step: Literal["submit", "accept", "look"]
    have: int = 0
    need: int = 0
    about: str = ""


def lacking(land: LandView, rules: RuleSet, *, today: date) -> tuple[Lack, ...]:
    return (
        *_papers(land),
        *_years(land, rules, today),
        *_sides(land, rules),
        *_water(land, rules),
        *_whole(land, rules, today),
    )


def strongest(papers: Sequence[PaperView]) -> str:
    """The level that speaks for the land; empty where there is no paper."""
    order = get_args(Level)
    return min((paper.level for paper in papers), key=order.index, default="")


def _papers(land: LandView) -> list[Lack]:
    """A city garden stands on a host's land: consent instead of a paper."""
    if land.papers:
        return []
    what = "host_consent" if land.kind == "city_garden" else "paper"
    return [Lack(what, "", "submit", need=1)]


def _years(land: LandView, rules: RuleSet, today: date) -> list[Lack]:
    """Each of the last whole years, or what was said of this one too."""
    if land.kind == "city_garden":
        return []
    asked = {today.year - back for back in range(1, rules.history_years + 1)}
    have = len(asked & {year.year for year in land.years})
    if have >= rules.history_years:
        return []
    return [Lack("history", "history_years", "submit", have, rules.history_years)]


def _sides(land: LandView, rules: RuleSet) -> list[Lack]:
    said = {side.side: side for side in land.sides}
    lacks = [Lack("side", "", "accept", about=side) for side in SIDES if side not in said]
    for side in land.sides:
        setting, least = ("buffer_min_m", rules.buffer_min_m * 100)
        if side.risk == "spray":
            setting, least = ("buffer_spray_neighbour_m", rules.buffer_spray_neighbour_m * 100)
        if side.risk != "none" and side.buffer_cm < least:
            lacks.append(Lack("buffer", setting, "look", side.buffer_cm, least, side.side))
    return lacks


def _water(land: LandView, rules: RuleSet) -> list[Lack]:
    if land.water is None:
        return [Lack("water", "", "accept")]
    days, until = land.water.flood_days, land.water.flooded_until
    tested = land.water.soil_tested_on
    if days > rules.flood_days_soil_test and (tested is None or (until and tested < until)):
        return [
            Lack("soil_test", "flood_days_soil_test", "accept", days, rules.flood_days_soil_test)
        ]
    return []


def _whole(land: LandView, rules: RuleSet, today: date) -> list[Lack]:
    held = land.holding
    if held is None:
        return [Lack("holding", "", "submit")]
    lacks = []
    if held.registered_m2 + held.other_m2 > held.area_m2:
        lacks.append(
            Lack("more_than_all", "", "submit", held.area_m2, held.registered_m2 + held.other_m2)
        )
    forbidden = {"forbidden": ("told_apart", "mixed"), "separable": ("mixed",), "allowed": ()}
    if held.parallel in forbidden[rules.parallel_production]:
        lacks.append(Lack("parallel", "parallel_production", "submit"))
    last = today.replace(year=today.year + rules.whole_holding_by_years, day=min(today.day, 28))
    asked = rules.whole_holding_by_years > 0 and held.other_m2
    if asked and (held.whole_by is None or held.whole_by > last):
        lacks.append(Lack("whole_by", "whole_holding_by_years", "submit", need=last.year))
    return lacks
