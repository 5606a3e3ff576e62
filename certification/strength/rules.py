"""How strong a group's guarantee is, reckoned from what was done. Counts, never a score or a rank:
what is rare is said as a count, and of a group of a few farms nothing that would tell of one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import combinations

import msgspec

from certification.findings.rules import median_days

FARMS_FEW = 3
"""With fewer farms visited, findings and their days are the affair of one of them."""
YEAR_DAYS = 365


class Look(msgspec.Struct, frozen=True):
    """One visit that was signed; `inspectors` are those who signed."""

    farmer: str
    kind: str
    on: date
    inspectors: frozenset[str]


class Found(msgspec.Struct, frozen=True):
    on: date
    due_on: date
    closed_on: date | None


class Complained(msgspec.Struct, frozen=True):
    on: date
    answered_on: date | None


class Met(msgspec.Struct, frozen=True):
    on: date
    there: frozenset[str]


class Rows(msgspec.Struct, frozen=True):
    looks: tuple[Look, ...] = ()
    found: tuple[Found, ...] = ()
    complained: tuple[Complained, ...] = ()
    met: tuple[Met, ...] = ()
    members: frozenset[str] = frozenset()


class Findings(msgspec.Struct, frozen=True):
    made: int
    closed: int
    overdue: int
    """On the last day, also of those made before."""
    median_days: int | None
    """From finding to verified mending, of those closed."""


class Strength(msgspec.Struct, frozen=True):
    since: date
    until: date
    """Both days are part of it."""
    visits: int
    unannounced: int
    farms: int
    inspectors: int
    same_pair: int
    """Visits at which the two were who looked together most often."""
    findings: Findings | None
    """None where fewer than three farms were visited."""
    complaints: int
    answered: int
    answer_days: int | None
    meetings: int
    members: int
    took_part: int
    """Members who were at one of the meetings or more."""


def years(today: date) -> tuple[tuple[date, date], tuple[date, date]]:
    """The 365 days that end today, and the 365 before them."""
    since = today - timedelta(days=YEAR_DAYS - 1)
    return (since, today), (since - timedelta(days=YEAR_DAYS), since - timedelta(days=1))


def strength(rows: Rows, since: date, until: date) -> Strength:
    looks = [one for one in rows.looks if since <= one.on <= until]
    complained = [one for one in rows.complained if since <= one.on <= until]
    answers = [
        (one.answered_on - one.on).days
        for one in complained
        if one.answered_on and one.answered_on <= until
    ]
    met = [one for one in rows.met if since <= one.on <= until]
    farms = len({one.farmer for one in looks})
    return Strength(
        since=since,
        until=until,
        visits=len(looks),
        unannounced=sum(one.kind == "random" for one in looks),
        farms=farms,
        inspectors=len({person for one in looks for person in one.inspectors}),
        same_pair=most_often_together(looks),
        findings=_findings(rows.found, since, until) if farms >= FARMS_FEW else None,
        complaints=len(complained),
        answered=len(answers),
        answer_days=median_days(answers),
        meetings=len(met),
        members=len(rows.members),
        took_part=len(rows.members & {person for one in met for person in one.there}),
    )


def most_often_together(looks: Iterable[Look]) -> int:
    pairs = Counter(pair for one in looks for pair in combinations(sorted(one.inspectors), 2))
    return max(pairs.values(), default=0)


def _findings(found: Iterable[Found], since: date, until: date) -> Findings:
    known = [one for one in found if one.on <= until]
    closed = [one for one in known if one.closed_on and since <= one.closed_on <= until]
    still = [one for one in known if one.closed_on is None or one.closed_on > until]
    days = [(one.closed_on - one.on).days for one in closed if one.closed_on]
    return Findings(
        made=sum(one.on >= since for one in known),
        closed=len(closed),
        overdue=sum(one.due_on < until for one in still),
        median_days=median_days(days),
    )
