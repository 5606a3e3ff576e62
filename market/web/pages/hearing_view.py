"""A matter before a meeting in words; no doors of its own."""

from __future__ import annotations

from certification.certificates import queries as certificates
from certification.hearings import queries
from certification.hearings.queries import HearingView, RulingView
from certification.meetings import queries as meetings
from certification.meetings.queries import MeetingView
from market.answers.words import Words
from market.web.pages.farm_standing import chip
from market.web.pages.farm_view import Shown
from market.web.pages.meeting_view import case, crops

LOOKS = {
    "granted": ("ok", "check"),
    "modified": ("warn", "check"),
    "refused": ("off", "no"),
    "lapsed": ("off", "clock"),
}


async def listed(say: Words, one: HearingView) -> Shown:
    made = await queries.ruling(one.id)
    paper = await certificates.certificate(one.certificate) if one.certificate else None
    return {
        "hearing": one,
        "matter": say(f"hearing.matter.{one.matter}"),
        "paper": paper,
        "ruling": made,
        "outcome": outcome_chip(say, one, made),
        "wants": crops(say, one.crops),
        **await case(say, one.application),
    }


def outcome_chip(say: Words, one: HearingView, made: RulingView | None) -> Shown:
    if made is None:
        return chip(("warn", "clock"), say("Before the meeting"))
    word = f"appeal.{made.outcome}" if one.matter == "appeal" else f"outcome.{made.outcome}"
    return chip(LOOKS[made.outcome], say(f"hearing.{word}"))


async def before(say: Words, found: MeetingView) -> list[Shown]:
    """What this meeting may rule on, without what was taken off here."""
    off = await meetings.withdrawn(found.id, "hearing")
    waits = await queries.waiting(found.organ, found.body)
    return [await listed(say, one) for one in waits if one.id not in off]


async def ruled(say: Words, found: MeetingView) -> list[Shown]:
    made = await queries.ruled_in(found.id)
    return [await listed(say, await queries.hearing(one.hearing)) for one in made]
