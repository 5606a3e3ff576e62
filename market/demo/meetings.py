"""The committee's three meetings, the certificates they gave, and what became of those."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from certification.certificates import commands as certificates
from certification.certificates.rules import ChangeCertificate, IssueCertificate
from certification.decisions import commands as decisions
from certification.decisions.rules import Decide
from certification.decisions.votes import CastVote, Value
from certification.hearings import commands as hearings
from certification.hearings.rules import CastVote as RaiseHand
from certification.hearings.rules import OpenHearing, Rule
from certification.meetings import commands as meetings
from certification.meetings.rules import Attend, OpenMeeting
from market.demo.days import Days, named
from market.demo.ground import FIRST, SEASONS, SECOND, Land, Season
from market.demo.guarantee import application
from market.demo.land import BY_KEY, LAND
from market.demo.people import COMMITTEE, NETWORK, who
from market.demo.story import Deed, deed

REFUSED = frozenset({"banjong-field"})
REFUSED_FOR = "แนวกันชนด้านถนนแคบกว่าที่ธรรมนูญกำหนด ขอใหม่ได้เมื่อปลูกแล้ว (ข้อมูลตัวอย่าง)"
ABSTAINS = "phichai"
SUSPENDED = -20
CHANGES = (
    ("lamai-field", SECOND, "inspection_missed", SUSPENDED),
    ("yusof-field", SECOND, "major_overdue", -16),
    ("wichian-rubber", FIRST, "complaint", -210),
)
"""Which certificate was suspended at once, why, and on which day."""
LIFTED = "wichian-rubber"
LIFTED_ON = -196
"""The next meeting of the committee heard of it and lifted the suspension."""


def decide(days: Days) -> Iterator[Deed]:
    for season in SEASONS:
        yield from _meet(season, days)
        for land in _asked(season):
            if not _refused(land, season):
                wanted = IssueCertificate(certificate(land, season), _decision(land, season))
                at = days.at(season.met + 1)
                yield deed(certificates.issue, wanted, by=who("wan"), at=at)
    for key, season, because, day in CHANGES:
        said = ChangeCertificate(
            named("suspend", key), certificate(BY_KEY[key], season), because, days.on(day)
        )  # fmt: skip
        yield deed(hearings.suspend, said, by=who("wan"), at=days.at(day, 15))
    yield from _lifted(days)


def _lifted(days: Days) -> Iterator[Deed]:
    secretary, met = who("wan"), named("meeting", LIFTED)
    paper, hearing = certificate(BY_KEY[LIFTED], FIRST), named("reinstate", LIFTED)
    asked = OpenHearing(hearing, paper, "reinstate", "findings_closed")
    yield deed(hearings.open_, asked, by=secretary, at=days.at(LIFTED_ON - 1, 15))
    opening = OpenMeeting(met, NETWORK, days.on(LIFTED_ON), "ห้องประชุม (ข้อมูลตัวอย่าง)")
    yield deed(meetings.open_meeting, opening, by=secretary, at=days.at(LIFTED_ON))
    for key, seat in _seats(FIRST):
        yield deed(
            meetings.attend, Attend(met, who(key), seat), by=secretary, at=days.at(LIFTED_ON)
        )
    for voter in COMMITTEE:
        hand = RaiseHand(met, hearing, voter.id, "for")
        yield deed(hearings.vote, hand, by=secretary, at=days.at(LIFTED_ON, 10))
    ruled = Rule(named("ruling", LIFTED), met, hearing)
    yield deed(hearings.rule, ruled, by=secretary, at=days.at(LIFTED_ON, 11))
    yield deed(meetings.close_meeting, met, by=secretary, at=days.at(LIFTED_ON, 12))


def meeting(season: Season = SECOND) -> str:
    return named("meeting", season.key)


def certificate(land: Land, season: Season = SECOND) -> str:
    return named("certificate", season.key, land.key)


def _decision(land: Land, season: Season) -> str:
    return named("decision", season.key, land.key)


def _asked(season: Season) -> list[Land]:
    return [land for land in LAND if season in land.seasons]


def _refused(land: Land, season: Season) -> bool:
    return land.key in REFUSED and season is SECOND


def _meet(season: Season, days: Days) -> Iterator[Deed]:
    secretary, day = who("wan"), season.met
    place = "ห้องประชุม (ข้อมูลตัวอย่าง)"
    opening = OpenMeeting(meeting(season), NETWORK, days.on(day), place)
    yield deed(meetings.open_meeting, opening, by=secretary, at=days.at(day))
    for key, seat in _seats(season):
        here = Attend(meeting(season), who(key), seat)
        yield deed(meetings.attend, here, by=secretary, at=days.at(day))
    for number, land in enumerate(_asked(season)):
        at = days.at(day, 10 + number // 20, 3 * (number % 20))
        yield Deed(at, partial(_decided, land, season, at))
    at = days.at(day, 12)
    yield deed(meetings.close_meeting, meeting(season), by=secretary, at=at)


def _seats(season: Season) -> list[tuple[str, str]]:
    """The committee, the farmers of the plots, and who looked at them."""
    asked = _asked(season)
    inspectors = {key for land in asked for key in (land.inspectors or ())[:2]}
    producers = sorted({land.farmer for land in asked} | inspectors)
    seats: list[tuple[str, str]] = [(person.key, "agency") for person in COMMITTEE]
    seats += [(key, "producer") for key in producers]
    return [*seats, ("fon", "consumer"), ("mek", "consumer")]


async def _decided(land: Land, season: Season, at: datetime) -> None:
    secretary, asked = who("wan"), application(land, season.key)
    refused = _refused(land, season)
    for voter in COMMITTEE:
        value: Value = "against" if refused else "for"
        if voter.key == ABSTAINS and land.moo % 4 == 0:
            value = "abstain"
        shown = CastVote(meeting(season), asked, voter.id, value)
        await decisions.vote(shown, by=secretary, at=at)
    reason = REFUSED_FOR if refused else None
    decided = Decide(_decision(land, season), meeting(season), asked, reason=reason)
    await decisions.decide(decided, by=secretary, at=at)
