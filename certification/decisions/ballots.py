"""Votes on a case in a meeting as they stand now."""

from __future__ import annotations

from collections.abc import Iterable

from certification.basis.database import in_use
from certification.basis.rows import as_view
from certification.decisions.tables import HandCount, Vote
from certification.decisions.votes import Hands, Value


async def cast(meeting: str, application: str) -> dict[str, Value]:
    """By person; a vote that was struck says `recused`."""
    rows = await in_use().query(
        "SELECT v.person, v.value, s.id AS struck FROM vote v"
        " LEFT JOIN vote_struck s ON s.vote = v.id WHERE v.meeting = {} AND v.application = {}",
        meeting, application,
    )  # fmt: skip
    return {row["person"]: "recused" if row["struck"] else row["value"] for row in rows}


async def struck(meeting: str, application: str) -> frozenset[str]:
    """Who voted and stood back afterwards."""
    rows = await in_use().query(
        "SELECT v.person FROM vote_struck s JOIN vote v ON v.id = s.vote"
        " WHERE v.meeting = {} AND v.application = {}",
        meeting, application,
    )  # fmt: skip
    return frozenset(row["person"] for row in rows)


async def vote_of(meeting: str, application: str, person: str) -> str | None:
    """Its id, where that person has cast one other than standing back."""
    row = await (
        Vote.select(Vote.id)
        .where(Vote.meeting == meeting, Vote.application == application, Vote.person == person)
        .where(Vote.value != "recused")
        .first()
    )
    return row["id"] if row else None


async def hands(meeting: str, application: str) -> Hands | None:
    """The last count."""
    row = await (
        HandCount.select()
        .where(HandCount.meeting == meeting, HandCount.application == application)
        .order_by(HandCount.seq, ascending=False)
        .first()
    )
    return as_view(Hands, row) if row else None


async def counts(meeting: str, application: str) -> int:
    count: int = await HandCount.count().where(
        HandCount.meeting == meeting, HandCount.application == application
    )
    return count


async def voted_in(application: str, meetings: Iterable[str]) -> dict[str, str]:
    """Who voted on it in one of these meetings, and in which the last time."""
    rows = await Vote.select(Vote.person, Vote.meeting).where(
        Vote.application == application, Vote.meeting.is_in(list(meetings)),
        Vote.value != "recused",
    )  # fmt: skip
    return {row["person"]: row["meeting"] for row in rows}
