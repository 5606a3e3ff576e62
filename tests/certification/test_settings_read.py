"""Settings of a charter that no other story turns: each is turned, and something else follows."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from certification.applications import rules as applications
from certification.assignment import solve
from certification.assignment.rules import Inspector, Land, Look, Season, Settings, Spot, of_charter
from certification.inspections import refusals
from certification.inspections import rules as inspections
from certification.land import complete
from certification.land.views import HoldingView, LandView, SideView
from certification.schemes.queries import preset
from certification.schemes.settings import Part, RuleSet
from market.domain.lots import rules as lots
from tests.cast import TODAY

SMALL = preset("sgs-pgs-small").rules


def turned(**changed: Any) -> RuleSet:
    return msgspec.structs.replace(SMALL, **changed)


def test_a_charter_says_how_a_season_is_filled() -> None:
    of = of_charter(turned(follow_up_reviewers=2, max_travel_km=7, max_consecutive_years=0))
    assert (of.follow_up, of.travel_m, of.max_consecutive_years) == (2, 7_000, 0)


def panel(of: Settings, *people: Inspector, history: tuple[Look, ...] = ()) -> set[str]:
    land = Land("plot", "malee", "home", "g", Spot(0, 0))
    season = Season(2026, 1, (land,), people, (), history, of)
    return {place.person or "" for place in solve.fill(season).places}


def peer(name: str, east_m: int = 0) -> Inspector:
    return Inspector(name, name, frozenset({"producer"}), frozenset({"g"}), Spot(east_m, 0))


def test_so_many_of_last_years_inspectors_come_again() -> None:
    people = [peer(name) for name in ("chan", "somchai", "ying", "krit")]
    seen = tuple(Look(2025, name, name, "plot", "home") for name in ("chan", "somchai"))
    for wished in (0, 1, 2):
        of = Settings(panel={"producer": 2}, min_inspectors=2, follow_up=wished)
        assert len(panel(of, *people, history=seen) & {"chan", "somchai"}) == wished


def test_nobody_is_sent_far_while_somebody_near_may_go() -> None:
    near, far = peer("near", 9_000), peer("far", 11_000)
    hers = Land("plot", "malee", "home", "g", Spot(0, 0))
    yings = Land("other", "ying", "ying", "g", Spot(0, 1_000))
    for most, sent in ((0, 1), (10_000, 2)):
        of = Settings(panel={"producer": 1}, min_inspectors=1, follow_up=0, travel_m=most)
        season = Season(2026, 1, (hers, yings), (near, far), (), (), of)
        found = [place.person for place in solve.fill(season).places]
        assert found.count("near") == sent, "the load is shared, but not over so long a way"
        assert panel(of, far) == {"far"}, "better far than nobody"


def test_hours_of_training_are_counted_before_an_application_is_taken_on() -> None:
    asked = turned(training_hours_min=6)
    assert [lack.setting for lack in applications.untrained(5, asked)] == ["training_hours_min"]
    assert applications.untrained(6, asked) == []
    assert applications.untrained(0, turned(training_hours_min=0)) == []


def land(**also: Any) -> LandView:
    holding = HoldingView(**{**dict.fromkeys(HoldingView.__struct_fields__), **HOLDING})
    plain: dict[str, Any] = dict.fromkeys(LandView.__struct_fields__)
    return LandView(**{**plain, "papers": (), "years": (), "sides": (), "holding": holding, **also})


HOLDING: dict[str, Any] = {
    "area_m2": 10, "registered_m2": 5, "other_m2": 5, "parallel": "none", "whole_by": None,
}  # fmt: skip


def lacks(of: LandView, setting: str, **changed: Any) -> list[tuple[int, int]]:
    found = complete.lacking(of, turned(**changed), today=TODAY)
    return [(one.have, one.need) for one in found if one.setting == setting]


def side(risk: str, buffer_cm: int) -> LandView:
    told: dict[str, Any] = {"side": "north", "risk": risk, "buffer_cm": buffer_cm}
    return land(sides=(SideView(**{**dict.fromkeys(SideView.__struct_fields__), **told}),))


def test_a_side_with_a_neighbour_has_the_charters_buffer() -> None:
    for width, missing in ((199, [(199, 200)]), (200, [])):
        assert lacks(side("drift", width), "buffer_min_m", buffer_min_m=2) == missing
    assert lacks(side("none", 0), "buffer_min_m", buffer_min_m=2) == []


def test_where_the_neighbour_sprays_the_buffer_is_wider() -> None:
    for width, missing in ((399, [(399, 400)]), (400, [])):
        asked = {"buffer_min_m": 1, "buffer_spray_neighbour_m": 4}
        assert lacks(side("spray", width), "buffer_spray_neighbour_m", **asked) == missing
        assert lacks(side("spray", width), "buffer_min_m", **asked) == []


def test_all_land_converts_within_the_charters_years() -> None:
    last = date(2028, 11, 22)
    for by, years, missing in ((last, 2, 0), (last + timedelta(1), 2, 1), (None, 2, 1),
                               (None, 0, 0)):  # fmt: skip
        holding = msgspec.structs.replace(land().holding, whole_by=by)
        found = lacks(land(holding=holding), "whole_holding_by_years", whole_holding_by_years=years)
        assert len(found) == missing, (by, years)


def test_a_finding_is_due_within_the_days_of_its_severity() -> None:
    days: Any = {"critical": 0, "major": 7, "minor": 14}
    rules = turned(severity_deadline_days=days)
    for severity in inspections.GRAVE:
        last = TODAY + timedelta(days[severity])
        assert inspections.due_on(None, severity, rules, today=TODAY) == last
        assert inspections.due_on(last, severity, rules, today=TODAY) == last
        with pytest.raises(refusals.DueTooLate):
            inspections.due_on(last + timedelta(1), severity, rules, today=TODAY)


def test_a_harvest_may_weigh_the_charters_part_more() -> None:
    told: dict[str, Any] = dict.fromkeys(lots.Held.__struct_fields__)
    yields = lots.Yield(TODAY, TODAY, 10_000, 0)
    for tolerance, ceiling in ((Part(1, 1), 10_000), (Part(11, 10), 11_000), (Part(2, 3), 6_666)):
        held = lots.Held(**{**told, "yield_tolerance": tolerance})
        assert lots.ceiling_grams(yields, held) == ceiling
