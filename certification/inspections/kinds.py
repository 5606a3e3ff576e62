"""Which kind of visit may be called from where, what it asks, and from whom it is hidden.

Pure. Every kind is a visit of an application: of the one that waits for it, or of the one by which
the plot was certified. It asks by that application's version, whatever was published since.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Literal

import msgspec

from certification.basis.refusal import Invalid, Refusal
from certification.schemes.rules import Content, RuleSet

Kind = Literal["initial", "annual", "random", "complaint", "follow_up"]
What = Literal["finding", "complaint", "item"]
FROM: dict[Kind, tuple[str, ...]] = {
    "initial": ("accepted",),
    "annual": ("accepted", "decided"),
    "random": ("inspected", "decided"),
    "complaint": ("inspected", "decided"),
    "follow_up": ("inspected", "decided"),
}
"""States of the application from which a visit of that kind is called."""
AGAIN: tuple[Kind, ...] = ("random", "complaint", "follow_up")
"""They look again at what was seen before."""
NARROW: tuple[Kind, ...] = ("complaint", "follow_up")
"""They ask what they are about, and what the inspectors add by answering it."""
YEARLY: tuple[Kind, ...] = ("initial", "annual")
ABOUT_MAX, REF_LETTERS_MAX, WORDS_MAX = 100, 36, 4_000


class ApplicationNotReady(Refusal):
    code = "inspections.application_not_ready"


class NothingToFollow(Refusal):
    """No finding of the plot is open, and none and no question was named."""

    code = "inspections.nothing_to_follow"


class ComplaintUnnamed(Invalid):
    """Neither the complaint's id nor a word on what it is about."""

    code = "inspections.complaint_unnamed"


class AboutUnknown(Invalid):
    """A finding of another plot, a question that the version does not ask, no reference."""

    code = "inspections.about_unknown"


class EnoughThisYear(Refusal):
    """The plot had, or is about to have, as many announced visits as the charter says."""

    code = "inspections.enough_this_year"


class About(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a complaint or follow-up visit is about, by its id or code."""

    what: What
    of: str


def ensure_ready(kind: Kind, state: str) -> None:
    """A first look at what is accepted; another look at what was inspected or decided."""
    if state not in FROM[kind]:
        raise ApplicationNotReady(state=state)


def ensure_wanted(visits: int, rules: RuleSet) -> None:
    """Beside renewals no more announced visits in a year than `annual_inspections`."""
    if visits >= rules.annual_inspections:
        raise EnoughThisYear(most=rules.annual_inspections)


def about(
    kind: Kind,
    named: Sequence[About],
    reason: str,
    *,
    findings: Collection[str],
    opened: Collection[str],
    content: Content,
) -> tuple[About, ...]:
    """As it is kept: a follow-up of which nothing was said is about all that is open.

    `findings` are all of the plot, `opened` those that are not closed.
    """
    if kind not in NARROW:
        return ()
    if len(named) > ABOUT_MAX or len(reason) > WORDS_MAX:
        raise AboutUnknown(field="about", of="")
    for one in named:
        if not _is_known(one, findings, content):
            raise AboutUnknown(field="about", of=one.of[:36])
    once = tuple(dict.fromkeys(named))
    if kind == "complaint":
        if not reason.strip() and not any(one.what == "complaint" for one in once):
            raise ComplaintUnnamed(field="reason")
        return once
    found = once or tuple(About("finding", id) for id in opened)
    if not found:
        raise NothingToFollow
    return found


def _is_known(one: About, findings: Collection[str], content: Content) -> bool:
    match one.what:
        case "finding":
            return one.of in findings
        case "item":
            return content.item(one.of) is not None
    return 0 < len(one.of.strip()) <= REF_LETTERS_MAX


def asked(content: Content, kind: str, named: Collection[str], told: Collection[str]) -> Content:
    """The version with the questions that this visit asks: where some are `named`, these and those
    that were answered or found all the same (`told`); else all."""
    if kind not in NARROW or not named:
        return content
    wanted = {*named, *told}
    return msgspec.structs.replace(
        content, checklist=tuple(item for item in content.checklist if item.code in wanted)
    )


def hidden(kind: str, started_at: datetime | None) -> bool:
    """An unannounced visit is no business of the farmer's until the inspectors stand there."""
    return kind == "random" and started_at is None
