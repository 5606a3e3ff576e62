"""Taking in what somebody complains of, and each step of what is done about it. A step claims the
grievance's row first: of two who answer at once, the second is told how it stands."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from piccolo.table import Table

from certification.basis import codes, log
from certification.basis.blobs import Blob, BlobMissing
from certification.basis.database import Row, in_use
from certification.basis.ids import following
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from certification.basis.units import local_day
from certification.grievances import queries, rules
from certification.grievances.rules import (
    Answered,
    Complain,
    Complained,
    Concern,
    FarmerTold,
    StepTaken,
    TakeStep,
)
from certification.grievances.tables import (
    Grievance,
    GrievanceConcern,
    GrievancePhoto,
    GrievanceStep,
)
from certification.groups import queries as groups
from certification.inspections import found
from certification.inspections import queries as inspections
from certification.inspections.found import Found
from certification.meetings import commands as meetings
from certification.meetings.rules import AddItem
from certification.people import commands as people
from certification.people import queries as known
from certification.people import sealed
from certification.people.rules import Particulars
from certification.schemes import queries as schemes

Rows = list[tuple[type[Table], Any]]
Spoken = tuple[str | None, Rows]
STRANGER = "stranger"
"""Who acts where nobody said who they are."""


async def complain(data: Complain, *, by: str, at: datetime) -> Complained:
    """Who leaves a way to be answered becomes somebody of the vault, with a key of their own."""
    today = local_day(at)
    rules.ensure_sound(data, today=today)
    event = Complained(data.id)
    async with transaction():
        rules.ensure_room(await queries.unread(data.organ))
        whom, reach = await _complainant(data, at)
        due = None
        if data.scheme_version:
            due = rules.due_on(today, (await schemes.version(data.scheme_version)).content.rules)
        await insert(Grievance(
            id=data.id, code=await codes.issue("grievance", data.id, at=at, length=codes.LONG),
            kind=data.kind, letter=data.letter, scanned=data.scanned or None, plot=data.plot,
            organ=data.organ, scheme_version=data.scheme_version, conduct_of=data.conduct_of,
            words=data.words.strip(), bought_where=data.bought_where.strip() or None,
            bought_on=data.bought_on, complainant=whom, reach_sealed=reach,
            may_name=data.may_name and whom is not None, language=data.language, due_on=due,
            state="received", steps=0, at=at, salt=secrets.token_bytes(16),
        ))  # fmt: skip
        rows = await _concerns(data.id, data.concerns, by, at)
        photos = [
            GrievancePhoto(id=following(data.id, one), grievance=data.id, blob=one, at=at)
            for one in dict.fromkeys(data.photos)
        ]
        if len(photos) != await Blob.count().where(Blob.digest.is_in(list(data.photos) or [""])):
            raise BlobMissing(digest="")
        for photo in photos:
            await insert(photo)
        told: Rows = [*rows, *[(GrievancePhoto, one.id) for one in photos]]
        log.append(event, (Grievance, data.id), *told, subject=data.id, by=whom or by, at=at)
    return event


async def _complainant(data: Complain, at: datetime) -> tuple[str | None, bytes | None]:
    reach, name = data.reach.strip(), " ".join(data.name.split())
    whom = data.person
    if whom is None and (reach or name):
        whom = following(data.id, "complainant")
        await people.register(whom, Particulars(name or reach), by=whom, at=at)
    return whom, await sealed.seal(whom, reach) if whom and reach else None


async def _concerns(grievance: str, concerns: tuple[Concern, ...], by: str, at: datetime) -> Rows:
    rows: Rows = []
    for one in {each.person: each for each in concerns}.values():
        id = following(grievance, one.person)
        new = await in_use().query(
            "INSERT INTO grievance_concern (id, grievance, person, why, by, at)"
            " VALUES ({}, {}, {}, {}, {}, {}) ON CONFLICT (grievance, person) DO NOTHING"
            " RETURNING id",
            id, grievance, one.person, one.why, by, at,
        )  # fmt: skip
        rows += [(GrievanceConcern, id)] if new else []
    return rows


async def take(data: TakeStep, *, by: str, at: datetime) -> StepTaken:
    """Who may take it, and see it at all, is asked at the door."""
    async with transaction():
        row = await _claimed(data)
        state = rules.after(row["state"], data)
        about, rows = await _about(data, row, by, at)
        organ = row["organ"] or (data.organ if data.kind == "look" else None)
        await in_use().query(
            'UPDATE grievance SET state = {}, organ = {} WHERE id = {}',
            state, organ, data.grievance,
        )  # fmt: skip
        await insert(GrievanceStep(
            id=data.id, grievance=data.grievance, seq=row["steps"], kind=data.kind,
            words=data.words.strip() or None, about=about,
            outcome=data.outcome if data.kind == "answer" else None,
            complainant=row["complainant"] if data.kind in rules.COMPLAINANTS else None,
            by=by, at=at, salt=secrets.token_bytes(16),
        ))  # fmt: skip
        event = StepTaken(data.grievance, data.kind, row["steps"])
        told: Rows = [(Grievance, data.grievance), (GrievanceStep, data.id), *rows]
        log.append(event, *told, subject=data.grievance, by=by, at=at)
        _tell_whom_it_concerns(data, about, by, at)
    return event


def _tell_whom_it_concerns(data: TakeStep, about: str | None, by: str, at: datetime) -> None:
    if data.kind == "tell":
        log.append(FarmerTold(data.grievance, about or ""), subject=data.grievance, by=by, at=at)
    if data.kind == "answer":
        answered = Answered(data.grievance, data.outcome or "")
        log.append(answered, subject=data.grievance, by=by, at=at)


async def _claimed(data: TakeStep) -> Row:
    """The row, held until the end of the deed, with this step counted."""
    seen = "" if data.seen is None else " AND steps = {}"
    rows = await in_use().query(
        f"UPDATE grievance SET steps = steps + 1 WHERE id = {{}}{seen}"  # noqa: S608  (ours)
        " RETURNING state, steps, organ, plot, code, complainant, scheme_version",
        data.grievance, *([] if data.seen is None else [data.seen]),
    )  # fmt: skip
    if not rows:
        raise rules.ChangedMeanwhile(state=(await queries.grievance(data.grievance)).state)
    return rows[0]


async def _about(data: TakeStep, row: Row, by: str, at: datetime) -> Spoken:
    """What the step speaks of, made with it or found to belong to it; and rows made for it."""
    match data.kind:
        case "agenda":
            item, meeting = following(data.id, "item"), data.about or ""
            title = f"เรื่องร้องเรียน {row['code'][:4]}"  # the case without a name
            await meetings.add_item(AddItem(item, meeting, "decide", title), by=by, at=at)
            return item, []
        case "concern":
            if not data.about or not await known.exist([data.about]):
                raise rules.NotOfIt(field="about")
            named = (Concern(data.about, "named"),)
            return data.about, await _concerns(data.grievance, named, by, at)
        case "group":
            await _ensure_to_group(data.grievance, row["organ"], at)
            return None, []
        case "tell":
            return await _farmer(data.grievance), []
        case "find" if not data.about:
            return await _found(data, row, by, at), []
    return await _of_its_plot(data, row["plot"]), []


async def _of_its_plot(data: TakeStep, plot: str | None) -> str | None:
    """A visit may be arranged later, a finding is there."""
    match data.kind:
        case "visit" if data.about:
            visit = await inspections.inspection(data.about)
            if (visit.plot, visit.kind) != (plot, "complaint"):
                raise rules.NotOfIt(field="about")
            return data.about
        case "find" if data.about:
            if (await inspections.finding(data.about)).plot != plot:
                raise rules.NotOfIt(field="about")
            return data.about
    return None


async def _found(data: TakeStep, row: Row, by: str, at: datetime) -> str:
    """A finding of its own, under the charter of the complaint; the farmer has to mend it."""
    if not (row["plot"] and row["scheme_version"] and data.item and data.severity):
        raise rules.NotOfIt(field="item")
    made = Found(
        id=following(data.id, "finding"), source="complaint", about=data.grievance,
        plot=row["plot"], farmer=await _farmer(data.grievance), version=row["scheme_version"],
        item=data.item, severity=data.severity, what=data.words,
    )  # fmt: skip
    await found.make(made, by=by, at=at)
    return made.id


async def _ensure_to_group(grievance: str, organ: str | None, at: datetime) -> None:
    if organ is None:
        raise rules.NoGroup()
    leaders = await groups.holders_of("leader", organ, at)
    rules.ensure_to_group(await queries.concerns(grievance), leaders)


async def _farmer(grievance: str) -> str:
    found = [one.person for one in await queries.concerns(grievance) if one.why == "farmer"]
    if not found:
        raise rules.NoGroup()
    return found[0]
