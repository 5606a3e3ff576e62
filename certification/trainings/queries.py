"""What somebody was trained in, and for how long."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from certification.basis.database import in_use
from certification.basis.units import THAILAND
from certification.groups import queries as groups
from certification.trainings import rules
from certification.trainings.rules import TrainingView
from certification.trainings.tables import Training, TrainingAttended


async def of_person(person: str) -> list[TrainingView]:
    """The newest first; of others who were there nothing is told."""
    mine = await TrainingAttended.select(TrainingAttended.training).where(
        TrainingAttended.person == person
    )
    ids = [row["training"] for row in mine]
    return await _trainings(Training.id.is_in(ids), dict.fromkeys(ids, (person,))) if ids else []


async def of_organ(organ: str) -> list[TrainingView]:
    rows = await in_use().query(
        "SELECT a.training, a.person FROM training_attended a JOIN training t ON t.id = a.training"
        " WHERE t.organ = {} ORDER BY a.training, a.person",
        organ,
    )
    there: dict[str, tuple[str, ...]] = {}
    for row in rows:
        there[row["training"]] = (*there.get(row["training"], ()), row["person"])
    return await _trainings(Training.organ == organ, there)


async def hours(person: str, on: date) -> int:
    """Of the twelve months before that day."""
    [row] = await in_use().query(
        "SELECT coalesce(sum(t.minutes), 0) AS minutes FROM training t"
        " JOIN training_attended a ON a.training = t.id"
        " WHERE a.person = {} AND t.held_on > {} AND t.held_on <= {}",
        person, on - rules.COUNTED, on,
    )  # fmt: skip
    return rules.hours(int(row["minutes"]))


async def people_of(organ: str, on: date) -> frozenset[str]:
    """Members of the group, or of all groups of the network, and who inspects there, that day."""
    within = [organ, *(one.id for one in await groups.networks_groups(organ))]
    noon = datetime.combine(on, time(12), THAILAND)
    looks = [p for one in within for p in await groups.holders_of("inspector", one, noon)]
    return frozenset([*looks, *[p for one in within for p in await groups.members(one, on)]])


async def skills(persons: Iterable[str]) -> dict[str, frozenset[str]]:
    """What each was ever taught to look at."""
    rows = await in_use().query(
        "SELECT a.person, t.skills FROM training t JOIN training_attended a ON a.training = t.id"
        " WHERE t.skills <> ''"
    )
    known: dict[str, frozenset[str]] = dict.fromkeys(persons, frozenset())
    for row in rows:
        if row["person"] in known:
            known[row["person"]] |= frozenset(row["skills"].split())
    return known


async def _trainings(condition: Any, there: dict[str, tuple[str, ...]]) -> list[TrainingView]:
    rows = await (
        Training.select()
        .where(condition)
        .order_by(Training.held_on, Training.at, Training.id, ascending=False)
    )
    return [
        TrainingView(
            row["id"], row["organ"], row["topic"], row["held_on"], row["minutes"],
            there.get(row["id"], ()), tuple(row["skills"].split()),
        )
        for row in rows
    ]  # fmt: skip
