"""What pages about lots, certificates and plots have in common: where, how it came to be, the log.

Nobody's name is told but by consent; a meeting and a visit are told in numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import msgspec

from certification.areas import queries as areas
from certification.basis import codes
from certification.basis.database import in_use
from certification.basis.log import LogEntry
from certification.basis.text import Text
from certification.basis.units import local_day
from certification.certificates import queries as certificates
from certification.certificates.queries import CertificateView
from certification.decisions import ballots
from certification.decisions import queries as decisions
from certification.groups import queries as groups
from certification.inspections import queries as inspections
from certification.inspections import views
from certification.people import queries as people
from certification.plots import queries as plots
from certification.schemes import queries as schemes
from certification.schemes.rules import RuleSet
from market.domain.trace import rules

DECISION = (
    "SELECT c.decision, c.scheme_version, d.application, m.held_on, d.present, d.quorum_needed,"
    " d.votes_for, d.votes_against, d.abstained, d.recused, d.body"
    " FROM certificate c JOIN decision d ON d.id = c.decision JOIN meeting m ON m.id = d.meeting"
    " WHERE c.id = {}"
)

BEFORE = (
    "SELECT m.held_on, d.present, d.quorum_needed, d.votes_for, d.votes_against, d.abstained,"
    " d.recused, d.body FROM decision d JOIN meeting m ON m.id = d.meeting"
    " WHERE d.application = {} AND d.outcome = 'approved' AND NOT d.final ORDER BY d.turn"
)
COUNTED = (
    "present", "quorum_needed", "votes_for", "votes_against", "abstained", "recused", "body",
)  # fmt: skip


async def subject(typed: str, *kinds: str) -> str:
    """The id of what bears the code."""
    code = codes.read(typed)
    if not codes.well_formed(code):
        raise rules.Misread(code=typed[:20], meant=await meant(code, kinds))
    rows = await in_use().query("SELECT kind, subject FROM public_code WHERE code = {}", code)
    if not rows or rows[0]["kind"] not in kinds:
        raise rules.UnknownCode(code=code)
    if rows[0]["subject"] is None:
        raise rules.NotYetReported(code=code)
    return str(rows[0]["subject"])


async def meant(code: str, kinds: Sequence[str]) -> list[str]:
    """What is known and one slip away, the likeliest first: at most three.

    Also what is printed and not reported yet.
    """
    if min(abs(len(code) - each) for each in (codes.SHORT, codes.LONG)) > 1:
        return []
    slips = {*rules.one_slip_away(code, codes.ALPHABET)}
    slips |= {*rules.one_more_or_fewer(code, codes.ALPHABET)}
    slips |= {*rules.misread_twice(code, codes.ALPHABET)}
    near = sorted(one for one in slips - {code} if codes.well_formed(one))
    if not near:
        return []
    rows = await codes.PublicCode.select(codes.PublicCode.code).where(
        codes.PublicCode.code.is_in(near), codes.PublicCode.kind.is_in(list(kinds))
    )
    found = [str(row["code"]) for row in rows]
    return sorted(found, key=lambda one: (rules.likeness(code, one), one))[: rules.NEAR_MAX]


async def state(certificate: CertificateView, crop: str | None, on: date) -> rules.State:
    found = await certificates.standing(certificate, crop, on)
    return rules.State(on, found.held, found.state, found.since)


class Past(msgspec.Struct, frozen=True):
    inspected: rules.Inspected | None = None
    decided: rules.Decided | None = None
    before: tuple[rules.Decided, ...] = ()
    """By the bodies that passed it on."""
    subjects: tuple[str, ...] = ()
    """Of the log's entries."""


async def past(certificate: str | None) -> Past:
    """How the certificate came to be."""
    if certificate is None:
        return Past()
    [row] = await in_use().query(DECISION, certificate)
    visit, later = await decisions.visits(row["application"])
    return Past(
        await _inspected(visit, later, row["scheme_version"]) if visit else None,
        _decided(row),
        tuple(map(_decided, await in_use().query(BEFORE, row["application"]))),
        (row["application"], *([visit.id] if visit else ()), row["decision"], certificate),
    )


def _decided(row: Mapping[str, Any]) -> rules.Decided:
    return rules.Decided(row["held_on"], *(row[name] for name in COUNTED))


async def _inspected(
    visit: views.InspectionView, later: Sequence[views.InspectionView], version: str
) -> rules.Inspected:
    signed = [one.seat for one in await inspections.members(visit.id) if one.signed_at]
    seats = dict(sorted(Counter(signed).items()))
    charter = (await schemes.version(version)).content.rules
    called = rules.called(seats, {seat.code: seat.name for seat in charter.panel_seats})
    days = tuple(_day(one) for one in later)
    return rules.Inspected(_day(visit), len(signed), seats, days, called)


def _day(visit: views.InspectionView) -> date:
    return local_day(visit.ended_at) if visit.ended_at else visit.planned_on


class Voters(NamedTuple):
    named: tuple[str, ...] = ()
    unnamed: int = 0
    """Who voted and does not want to be named."""


async def voters(decision: str, charter: RuleSet) -> Voters:
    """Where the charter says so, who voted by name on it; never how."""
    if not charter.voters_named:
        return Voters()
    made = await decisions.decision(decision)
    cast = await ballots.cast(made.meeting, made.application)
    voted = sorted(person for person, value in cast.items() if value != "recused")
    asked = [person for person in voted if await people.consented(person, "vote_name")]
    named = tuple(sorted((await people.names(asked)).values()))
    return Voters(named, len(voted) - len(named))


async def place(plot: plots.PlotView) -> rules.Somewhere:
    province, amphoe, tambon = areas.path(plot.tambon)
    group = await groups.group(plot.group)
    return rules.Somewhere(
        tambon.name, amphoe.name, province.name, Text(group.name_th, group.name_en), group.code
    )


async def name(person: str) -> str | None:
    if not await people.consented(person, "public_name"):
        return None
    return (await people.names([person])).get(person)


async def timeline(subjects: Sequence[str]) -> tuple[rules.Happening, ...]:
    rows = await (
        LogEntry.select(LogEntry.seq, LogEntry.at, LogEntry.tag)
        .where(LogEntry.subject.is_in(list(subjects)), LogEntry.tag.is_in(sorted(rules.SHOWN)))
        .order_by(LogEntry.seq)
    )
    return tuple(rules.Happening(row["seq"], local_day(row["at"]), row["tag"]) for row in rows)


async def noted(subject: str) -> rules.Noted | None:
    rows = await (
        LogEntry.select(LogEntry.at, LogEntry.tag)
        .where(LogEntry.subject == subject, LogEntry.tag.is_in(list(rules.NOTED)))
        .order_by(LogEntry.seq)
    )
    return rules.noted((row["tag"], local_day(row["at"])) for row in rows)


async def proof(subject: str) -> rules.Proof | None:
    """The first entry about it: the one that told of its making."""
    rows = await in_use().query(
        "SELECT seq, leaf FROM log_entry WHERE subject = {} ORDER BY seq LIMIT 1", subject
    )
    return rules.Proof(rows[0]["seq"], rows[0]["leaf"].hex()) if rows else None
