"""Whether a version could be worked with: every setting within its bounds, nothing against itself.

The bounds are the calendar's and common sense's, not a scheme's: no scheme looks back 100 years.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from itertools import pairwise
from typing import get_args

from certification.schemes import numbers
from certification.schemes.content import Content, Input, Item
from certification.schemes.settings import Chemical, Part, ResidueKit, RuleSet

BOUNDS = {
    "group_min_members": (1, 100), "min_inspectors": (1, 20), "kin_degree": (0, 8),
    "reciprocity_years": (0, 10), "cycle_length": (2, 6), "max_consecutive_years": (0, 20),
    "follow_up_reviewers": (0, 10), "max_reviews_per_year": (1, 100), "max_travel_km": (0, 500),
    "random_min": (0, 1_000), "annual_inspections": (1, 12), "quorum_count": (1, 200),
    "consumers_present": (0, 50), "reviewers_present": (0, 20), "history_years": (0, 30),
    "application_lapse_days": (30, 730), "training_hours_min": (0, 200),
    "buffer_min_m": (0, 500), "buffer_spray_neighbour_m": (0, 500),
    "flood_days_soil_test": (0, 365), "whole_holding_by_years": (0, 30),
    "max_open_minor": (0, 1_000), "minors_to_major": (0, 1_000), "validity_months": (1, 60),
    "renewal_window_days": (0, 365), "grace_days": (0, 365), "appeal_days": (1, 365),
    "reapply_bar_months": (0, 120), "complaint_days": (1, 366),
    "meeting_typed_late_days": (0, 366),
}  # fmt: skip
"""Of each setting that is one whole number: the least and the most."""
SHARES = (
    "random_share", "quorum_share", "pass_share", "revoke_pass_share", "meeting_attendance_share",
)  # fmt: skip
FROM_NOTHING = ("random_share", "meeting_attendance_share")
"""Shares that may be none at all."""
SHARE_MAX = 10_000
MONTHS_MAX, DAYS_MAX = 120, 1_000
SEATS_MAX, STAGES_MAX, ITEMS_MAX, INPUTS_MAX, LETTERS_MAX = 20, 4, 300, 1_000, 400
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,19}")
_SCHEME = re.compile(r"[a-z][a-z0-9-]{1,19}")
STAGE_ORDER = ("conventional", "in_conversion", "organic")


def unsound(content: Content) -> str:
    """The name of the first thing nobody could work with; empty when all is well."""
    return next((what for what, sound in _wants(content) if not sound()), "")


def _wants(content: Content) -> Iterable[tuple[str, Callable[[], bool]]]:
    rules = content.rules
    yield "scheme", lambda: bool(_SCHEME.fullmatch(content.scheme))
    yield "name", lambda: _said([content.name.th])
    yield "sources", lambda: set(content.sources) == set(RuleSet.__struct_fields__)
    yield "pledge", lambda: _said([one.th for one in content.pledge.promises])
    yield "prohibitions", lambda: _codes([one.code for one in content.prohibitions])
    yield "checklist", lambda: _checklist(content.checklist)
    yield (
        "options",
        lambda: all(
            item.options for item in content.checklist if item.answer_type.endswith("select")
        ),
    )
    yield "inputs", lambda: _inputs(content.inputs)
    for name in RuleSet.__struct_fields__:
        yield name, _Setting(name, rules)


class _Setting:
    def __init__(self, name: str, rules: RuleSet) -> None:
        self.name, self.rules = name, rules

    def __call__(self) -> bool:
        value = getattr(self.rules, self.name)
        if self.name in BOUNDS:
            low, high = BOUNDS[self.name]
            if not low <= value <= high:
                return False
        if self.name in SHARES and not _share(value, nothing=self.name in FROM_NOTHING):
            return False
        return CHECKS.get(self.name, _nothing)(self.rules)


def _nothing(_: RuleSet) -> bool:
    return True


def _share(share: Part, *, nothing: bool) -> bool:
    return (0 if nothing else 1) <= share.part <= share.of <= SHARE_MAX and share.of > 0


def _panel(rules: RuleSet) -> bool:
    seats = rules.panel_seats
    return (
        len(seats) <= SEATS_MAX
        and _codes([seat.code for seat in seats])
        and _said([seat.name.th for seat in seats], none=True)
        and all(0 <= seat.minimum <= SEATS_MAX for seat in seats)
    )


def _decision_stages(rules: RuleSet) -> bool:
    organs = [stage.organ for stage in rules.decision_stages]
    return 1 <= len(organs) <= STAGES_MAX and len(organs) == len(set(organs))


def _stages(rules: RuleSet) -> bool:
    """Conventional first, organic last, in conversion between them."""
    order = [STAGE_ORDER.index(stage.kind) for stage in rules.stages]
    counts = Counter(order)
    return (
        order == sorted(order)
        and (counts[0], counts[2]) == (1, 1)
        and _codes([stage.code for stage in rules.stages])
    )


def _kits(rules: RuleSet) -> bool:
    return _codes([kit.code for kit in rules.residue_kits]) and all(map(_kit, rules.residue_kits))


def _kit(kit: ResidueKit) -> bool:
    """It says of every kind of chemical whether it sees it: silence would read as clean."""
    sees, not_seen = set(kit.sees), set(kit.cannot_see)
    return not sees & not_seen and sees | not_seen == set(get_args(Chemical))


def _days(values: Iterable[int], most: int = DAYS_MAX) -> bool:
    return all(0 <= value <= most for value in values)


CHECKS: dict[str, Callable[[RuleSet], bool]] = {
    "number_prefix": lambda r: r.number_prefix.isascii() and r.number_prefix.isalnum()
    and len(r.number_prefix) <= 8,
    "number_format": lambda r: numbers.is_format(r.number_format),
    "panel_seats": _panel,
    "decision_stages": _decision_stages,
    "revoke_pass_share": lambda r: r.revoke_pass_share.part * r.pass_share.of
    >= r.pass_share.part * r.revoke_pass_share.of,
    "conversion_months": lambda r: set(r.conversion_months) == {"annual", "perennial"}
    and _days(r.conversion_months.values(), MONTHS_MAX),
    "stages": _stages,
    "buffer_spray_neighbour_m": lambda r: r.buffer_spray_neighbour_m >= r.buffer_min_m,
    "manure_days": lambda r: set(r.manure_days) == {"soil_contact", "no_contact"}
    and _days(r.manure_days.values(), 366),
    "severity_deadline_days": lambda r: len(r.severity_deadline_days) == 3
    and _days(r.severity_deadline_days.values()),
    "residue_kits": _kits,
    "public_fields": lambda r: bool(r.public_fields)
    and len(r.public_fields) == len(set(r.public_fields)),
    "yield_tolerance": lambda r: 0 < r.yield_tolerance.of <= SHARE_MAX
    and 0 <= r.yield_tolerance.part <= SHARE_MAX,
}  # fmt: skip


def _checklist(items: tuple[Item, ...]) -> bool:
    return (
        0 < len(items) <= ITEMS_MAX
        and _codes([item.code for item in items])
        and _said([text for item in items for text in (item.th, item.en)])
    )


def _inputs(inputs: tuple[Input, ...]) -> bool:
    return (
        len(inputs) <= INPUTS_MAX
        and all(_CODE.fullmatch(one.code) for one in inputs)
        and all(_input(one) for one in inputs)
        and all(_apart(rows) for rows in _by_code(inputs))
    )


def _input(one: Input) -> bool:
    in_order = (one.from_on or date.min) <= (one.until or date.max)
    told = one.status != "restricted" or (one.restriction and one.restriction.th.strip())
    return in_order and bool(told) and _said([one.name.th])


def _by_code(inputs: tuple[Input, ...]) -> Iterable[list[Input]]:
    found: dict[str, list[Input]] = {}
    for one in inputs:
        found.setdefault(one.code, []).append(one)
    return found.values()


def _apart(rows: list[Input]) -> bool:
    """No day on which two rows speak of one thing."""
    rows = sorted(rows, key=lambda one: one.from_on or date.min)
    return all((a.until or date.max) < (b.from_on or date.min) for a, b in pairwise(rows))


def _codes(codes: list[str]) -> bool:
    return len(codes) == len(set(codes)) and all(map(_CODE.fullmatch, codes))


def _said(texts: list[str], *, none: bool = False) -> bool:
    return (none or bool(texts)) and all(t.strip() and len(t) <= LETTERS_MAX for t in texts)
