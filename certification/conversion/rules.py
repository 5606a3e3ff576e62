"""Which stage a plot had, has or will have under a scheme, on any day, for each class of crops.

Nobody chooses it. Land is in conversion from the first day on which nothing prohibited was used; a
step up needs the charter's months and a passed yearly visit. What was prohibited begins it anew,
from its own day on and never before.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

import msgspec

from certification.basis.refusal import Invalid, Refusal
from certification.schemes.settings import CropClass, PlotStage, RuleSet, StageKind

Spoilt = Literal["prohibited_use", "critical_finding", "synthetic_year", "said_later"]
Because = Literal[
    "untold", "clean", "stepped_up",
    "prohibited_use", "critical_finding", "synthetic_year", "said_later",
]  # fmt: skip
"""`conversion.because.<word>` in the catalogues."""
GRAVE: tuple[str, ...] = ("critical", "major")
ABOUT_INPUTS = "2_inputs"
"""The checklist's chapter on what is put on the land."""
ALSO = ("P05", "H11")
"""The day of the last prohibited use, and residues in what was harvested."""
REVIEW_MONTHS = 12
"""So long a passed visit carries a step up: it is a yearly one."""
REASON_LETTERS_MAX = 2_000


class NotAllowed(Refusal):
    """This charter shortens nobody's conversion."""

    code = "conversion.shortening_not_allowed"


class MonthsOutOfRange(Invalid):
    code = "conversion.months_out_of_range"


class EvidenceMissing(Invalid):
    """A picture or a paper that shows how the land was used before."""

    code = "conversion.evidence_missing"


class ReasonMissing(Invalid):
    code = "conversion.reason_missing"


class ShortenedAlready(Refusal):
    """By this meeting, for this class of crops."""

    code = "conversion.shortened_already"


class Shorten(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a meeting found on evidence: so many months of the time of conversion fall away."""

    id: str
    meeting: str
    application: str
    crop_class: CropClass
    months: int
    evidence: str
    """Digest of a photo or paper that was handed in."""
    reason: str
    votes_for: int
    votes_against: int


class Shortened(msgspec.Struct, frozen=True, tag="conversion.shortened"):
    shortening: str
    meeting: str
    application: str
    plot: str
    scheme: str
    crop_class: str
    months: int
    votes_for: int
    votes_against: int


class Spoil(msgspec.Struct, frozen=True):
    """Days on which the land was not clean; conversion begins on the day after the last."""

    from_on: date
    last_on: date
    because: Spoilt


class Review(msgspec.Struct, frozen=True):
    """A yearly visit; `passed_on`: its end, or when the last grave finding of it was closed."""

    seen_on: date
    passed_on: date | None


class Shortening(msgspec.Struct, frozen=True):
    decided_on: date
    crop_class: CropClass
    months: int


class Facts(msgspec.Struct, frozen=True):
    """Of one plot under one scheme, by all that is known now."""

    clean_since: tuple[date, ...] = ()
    """As each application said: the last use of anything prohibited was before this day."""
    spoils: tuple[Spoil, ...] = ()
    reviews: tuple[Review, ...] = ()
    shortenings: tuple[Shortening, ...] = ()


class Span(msgspec.Struct, frozen=True):
    """From this day until the next span begins."""

    from_on: date
    stage: str
    """Code of one of the charter's `stages`."""
    kind: StageKind
    because: Because
    about_on: date | None = None
    """The day of what spoilt the land, or the day on which it was seen and found good."""


class Ahead(msgspec.Struct, frozen=True):
    """The next step up: not before `over_on`, and not without a passed yearly visit."""

    stage: str
    kind: StageKind
    over_on: date
    review_missing: bool


class Course(msgspec.Struct, frozen=True):
    """All spans of one class of crops, the first without a beginning; known facts only."""

    spans: tuple[Span, ...]
    ahead: Ahead | None
    """None where it is organic in the end, or has not begun."""

    def on(self, day: date) -> Span:
        return [span for span in self.spans if span.from_on <= day][-1]


def course(facts: Facts, of: CropClass, rules: RuleSet) -> Course:
    spoils = _spoilt(facts)
    if not facts.clean_since:
        return Course((_conventional(date.min, rules, "untold"),), None)
    spans, ahead = [_conventional(date.min, rules, "untold")], None
    for spoil, after in pairwise([*spoils, None]):
        assert spoil is not None  # only the last is None
        if spoil.from_on > date.min:
            spans.append(_conventional(spoil.from_on, rules, spoil.because, spoil.last_on))
        run, ahead = _climb(spoil, facts, of, rules)
        before = after.from_on if after else date.max
        spans += [span for span in run if span.from_on < before]
    days = {span.from_on: span for span in spans}  # of two from one day the later step holds
    return Course(tuple(days.values()), ahead)


def courses(facts: Facts, rules: RuleSet) -> dict[CropClass, Course]:
    return {of: course(facts, of, rules) for of in rules.conversion_months}


def lowest(courses: Mapping[CropClass, Course], classes: Sequence[CropClass], on: date) -> Span:
    """Of what covers crops of several classes."""
    order: tuple[StageKind, ...] = ("conventional", "in_conversion", "organic")
    return min((courses[of].on(on) for of in classes), key=lambda span: order.index(span.kind))


def restarts(item: str, chapter: str) -> bool:
    """Whether something critical about it begins conversion anew: what was put on the land does; a
    missing paper or label is mended and is over."""
    return chapter == ABOUT_INPUTS or item in ALSO


def contradicted(year: int, told_on: date, clean_since: Sequence[date]) -> Spoil | None:
    """A year told as one of synthetic inputs, where no application's day lies in it or after."""
    if not clean_since or max(clean_since).year >= year:
        return None
    last = min(date(year, 12, 31), told_on)
    return Spoil(date(year, 1, 1), last, "synthetic_year")


def ensure_shorten(data: Shorten, rules: RuleSet) -> None:
    if not rules.conversion_reduction_allowed:
        raise NotAllowed
    most = rules.conversion_months[data.crop_class]
    if not 1 <= data.months <= most:
        raise MonthsOutOfRange(field="months", least=1, most=most)
    if not data.evidence:
        raise EvidenceMissing(field="evidence")
    if not data.reason.strip() or len(data.reason) > REASON_LETTERS_MAX:
        raise ReasonMissing(field="reason", most=REASON_LETTERS_MAX)


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def _spoilt(facts: Facts) -> list[Spoil]:
    """In order, those that touch or overlap joined. Before the first day told, nothing is known."""
    if not facts.clean_since:
        return []
    first, *later = sorted(set(facts.clean_since))
    unknown = Spoil(date.min, first - timedelta(days=1), "said_later")
    said = [Spoil(on - timedelta(days=1), on - timedelta(days=1), "said_later") for on in later]
    joined = [unknown]
    for one in sorted([*facts.spoils, *said], key=lambda spoil: (spoil.from_on, spoil.last_on)):
        last = joined[-1]
        if one.from_on > last.last_on + timedelta(days=1):
            joined.append(one)
        elif one.last_on > last.last_on:
            joined[-1] = Spoil(last.from_on, one.last_on, one.because)
    return joined


def _climb(
    spoil: Spoil, facts: Facts, of: CropClass, rules: RuleSet
) -> tuple[list[Span], Ahead | None]:
    """The steps after something spoilt the land, as if nothing more did."""
    start = spoil.last_on + timedelta(days=1)
    first, *steps = _ladder(rules)
    told: Because = "clean" if spoil.from_on == date.min else spoil.because
    run = [Span(start, first.code, first.kind, told, None if told == "clean" else spoil.last_on)]
    for number, stage in enumerate(steps, 1):
        months = -(-rules.conversion_months[of] * number // len(steps))
        found = _reached(start, months, facts, of)
        if found is None:
            return run, _ahead(start, months, stage, facts, of)
        reached, seen_on = found
        run.append(
            Span(max(reached, run[-1].from_on), stage.code, stage.kind, "stepped_up", seen_on)
        )
    return run, None


def _ladder(rules: RuleSet) -> list[PlotStage]:
    """The stage in which one waits, and those that are climbed; the last is organic."""
    conventional, *others = rules.stages
    return others if len(others) > 1 else [conventional, *others]


def _reached(start: date, months: int, facts: Facts, of: CropClass) -> tuple[date, date] | None:
    """The first day on which the months are over and a passed visit of the year before stands; and
    when that visit was."""
    reviews = [one for one in facts.reviews if one.seen_on >= start]
    found = [
        (max(over, one.passed_on), one.seen_on)
        for over in _over(start, months, facts, of)
        for one in reviews
        if one.passed_on and over <= months_after(one.passed_on, REVIEW_MONTHS)
    ]
    return min(found, default=None)


def _over(start: date, months: int, facts: Facts, of: CropClass) -> Iterator[date]:
    """When the time is over, by the calendar and by each decision that shortened this conversion:
    none of them holds before its own day."""
    yield months_after(start, months)
    for one in facts.shortenings:
        if one.crop_class == of and one.decided_on >= start:
            yield max(months_after(start, max(months - one.months, 0)), one.decided_on)


def _ahead(start: date, months: int, stage: PlotStage, facts: Facts, of: CropClass) -> Ahead:
    over = min(_over(start, months, facts, of))
    return Ahead(stage.code, stage.kind, over, review_missing=True)


def _conventional(
    from_on: date, rules: RuleSet, because: Because, about_on: date | None = None
) -> Span:
    stage = next(one for one in rules.stages if one.kind == "conventional")
    return Span(from_on, stage.code, stage.kind, because, about_on)
