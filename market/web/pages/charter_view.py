"""A charter's settings and what changed in it, in words; no doors of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from certification.basis.text import Text
from certification.schemes.changes import Change
from certification.schemes.content import Content, Input, Item, Prohibition, Source
from certification.schemes.settings import (
    DecisionStage,
    PanelSeat,
    Part,
    PlotStage,
    ResidueKit,
)
from market.answers.words import Words
from market.web.pages.farm_view import Shown

SECTIONS: dict[str, tuple[str, ...]] = {
    "panel": ("min_inspectors", "panel_seats", "inspect_cross_group", "kin_degree",
              "reciprocity_years", "cycle_length", "max_consecutive_years", "follow_up_reviewers",
              "max_reviews_per_year", "max_travel_km"),
    "visits": ("annual_inspections", "random_share", "random_min"),
    "meeting": ("decision_stages", "quorum_count", "quorum_share", "consumers_present",
                "pass_share", "revoke_pass_share", "reviewers_present", "farmer_present",
                "one_vote_per_case", "voters_named", "meeting_typed_late_days"),
    "application": ("group_min_members", "history_years", "application_lapse_days",
                    "training_hours_min", "meeting_attendance_share",
                    "whole_holding_by_years"),
    "land": ("conversion_months", "conversion_reduction_allowed", "stages",
             "in_conversion_label_allowed", "buffer_min_m", "buffer_spray_neighbour_m",
             "flood_days_soil_test", "parallel_production", "manure_days"),
    "findings": ("severity_deadline_days", "max_open_minor", "minors_to_major", "grace_days",
                 "residue_kits", "residue_confirm_lab"),
    "certificate": ("validity_months", "renewal_window_days", "appeal_days",
                    "appeal_lifts_suspension", "reapply_bar_months", "number_prefix",
                    "number_format", "public_fields", "yield_tolerance", "complaint_days"),
}  # fmt: skip
"""In the order in which people speak of them; each setting stands in one."""
UNITS = {
    "years": ("reciprocity_years", "max_consecutive_years", "history_years",
              "whole_holding_by_years"),
    "months": ("validity_months", "reapply_bar_months"),
    "days": ("application_lapse_days", "flood_days_soil_test", "renewal_window_days",
             "grace_days", "appeal_days", "meeting_typed_late_days", "complaint_days"),
    "metres": ("buffer_min_m", "buffer_spray_neighbour_m"),
    "km": ("max_travel_km",),
    "hours": ("training_hours_min",),
    "persons": ("group_min_members", "min_inspectors", "follow_up_reviewers", "quorum_count",
                "consumers_present", "reviewers_present", "cycle_length"),
    "visits": ("max_reviews_per_year", "annual_inspections"),
    "plots": ("random_min",),
    "findings": ("max_open_minor", "minors_to_major"),
}  # fmt: skip
UNIT_OF = {name: unit for unit, names in UNITS.items() for name in names}
NOT_ASKED_AT_0 = frozenset({
    "reciprocity_years", "max_consecutive_years", "follow_up_reviewers", "max_travel_km",
    "consumers_present", "whole_holding_by_years", "minors_to_major", "meeting_attendance_share",
    "random_share",
})  # fmt: skip
SOURCE_LOOKS = {"sourced": ("ok", "check"), "known": ("info", "flag"), "confirm": ("warn", "warn")}


def sections(say: Words, content: Content) -> list[Shown]:
    return [
        {
            "key": key,
            "name": say(f"setting.section.{key}"),
            "lines": [_line(say, content, name) for name in names],
        }
        for key, names in SECTIONS.items()
    ]


def _line(say: Words, content: Content, name: str) -> Shown:
    source = content.sources[name]
    look, icon = SOURCE_LOOKS[source.level]
    return {
        "key": name,
        "name": say(f"setting.{name}"),
        "value": setting(say, name, getattr(content.rules, name)),
        "level": source.level,
        "source": source.source,
        "chip": say(f"setting.level.{source.level}"),
        "look": look,
        "icon": icon,
    }


def setting(say: Words, name: str, value: Any) -> str:
    """The value of a setting as it is spoken."""
    empty = value == 0 or (isinstance(value, Part) and value.part == 0)
    if name in NOT_ASKED_AT_0 and empty and value is not False:
        return say("setting.not_asked")
    if isinstance(value, bool):
        return say("setting.yes" if value else "setting.no")
    if isinstance(value, int):
        unit = UNIT_OF.get(name, "number")
        return say(f"setting.unit.{unit}", n=value)
    if isinstance(value, dict):
        return " · ".join(say(f"setting.{name}.{key}", n=days) for key, days in value.items())
    if name == "parallel_production":
        return say(f"setting.parallel.{value}")
    return thing(say, value)


def thing(say: Words, value: Any) -> str:
    """Anything of a charter in a line; of what has no words of its own, the text as it stands."""
    if isinstance(value, tuple):
        joint = " → " if value and isinstance(value[0], DecisionStage | PlotStage) else " · "
        return joint.join(thing(say, one) for one in value) or say("setting.none")
    known = next((said for kind, said in SAID.items() if isinstance(value, kind)), None)
    if known is not None:
        return known(say, value)
    return _public(say, str(value)) if value is not None else ""


def _public(say: Words, value: str) -> str:
    key = f"setting.public.{value}"
    return say(key) if say.knows(key) else value


def _kit(say: Words, kit: ResidueKit) -> str:
    sees = ", ".join(say(f"setting.chemical.{one}") for one in kit.sees)
    blind = ", ".join(say(f"setting.chemical.{one}") for one in kit.cannot_see)
    return say("setting.kit", kit=say.name(kit.name), sees=sees, blind=blind)


STATUS_LOOKS = {"allowed": "ok", "restricted": "warn", "prohibited": "bad", "unknown": "off"}


def input_line(say: Words, one: Input) -> Shown:
    days = [say("input.from", on=one.from_on)] if one.from_on else []
    days += [say("input.until", on=one.until)] if one.until else []
    condition = [say.name(one.restriction)] if one.restriction else []
    return {
        "of": one,
        "name": say.name(one.name),
        "substance": one.substance,
        "status": say(f"input.status.{one.status}"),
        "look": STATUS_LOOKS[one.status],
        "more": " · ".join([*days, *condition]),
    }


def _input(say: Words, one: Input) -> str:
    line = input_line(say, one)
    return " · ".join(said for said in (line["name"], line["status"], line["more"]) if said)


SAID: dict[type, Callable[[Words, Any], str]] = {
    Text: lambda say, one: say.name(one),
    Part: lambda say, one: (
        say("setting.percent", n=one.part * 100 // one.of)
        if one.part > one.of
        else say("setting.part", part=one.part, whole=one.of)
    ),
    PanelSeat: lambda say, one: (
        say(
            "setting.seat",
            seat=say.name(one.name),
            n=one.minimum,
            leg=say(f"setting.leg.{one.leg}"),
        )
        + (f" · {say('setting.training.everybody')}" if one.training == "everybody" else "")
    ),
    DecisionStage: lambda say, one: say.name(one.name),
    PlotStage: lambda say, one: say.name(one.name),
    ResidueKit: _kit,
    Item: lambda say, one: f"{say.name(one)} ({say(f'inspect.severity.{one.severity}')})",
    Input: _input,
    Prohibition: lambda say, one: say.name(one.name),
    Source: lambda say, one: f"{say(f'setting.level.{one.level}')}: {one.source}",
}


def changes_said(say: Words, found: Sequence[Change]) -> list[Shown]:
    """By the part of the charter, each with what it was and what it is."""
    parts: dict[str, list[Shown]] = {}
    for one in found:
        parts.setdefault(one.where, []).append(_change(say, one))
    return [
        {"name": say(f"charter.part.{where}"), "lines": lines} for where, lines in parts.items()
    ]


def _change(say: Words, of: Change) -> Shown:
    spoken = setting if of.where == "settings" else _thing_of
    was, is_ = spoken(say, of.key, of.before), spoken(say, of.key, of.after)
    if of.what == "moved":
        was, is_ = (say("charter.behind", item=one or "-") for one in (of.before, of.after))
    named = of.where in ("settings", "sources")
    fields = [f for f in of.fields if f not in ("th", "en", "name", "severity", "status")]
    return {
        "key": say(f"setting.{of.key}") if named else of.key,
        "what": say(f"charter.what.{of.what}"),
        "before": "" if of.before is None else was,
        "after": "" if of.after is None else is_,
        "fields": ", ".join(say(f"charter.field.{field}") for field in fields),
    }


def _thing_of(say: Words, _: str, value: Any) -> str:
    return thing(say, value)
