"""A sheet that was filled in on paper: typed afterwards, with the paper's times, and marked so."""

from __future__ import annotations

from datetime import datetime

import msgspec

from certification.basis import log
from certification.basis.ids import following
from certification.basis.inserting import insert
from certification.basis.refusal import Refusal
from certification.basis.transaction import transaction
from certification.basis.units import Instant
from certification.inspections import commands, queries, refusals, rules
from certification.inspections.rules import AttachPhoto, BeginInspection
from certification.inspections.tables import Photo, VisitPaper


class PaperAlready(Refusal):
    code = "inspections.paper_already"


class TypeFromPaper(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    inspection: str
    started_at: Instant
    ended_at: Instant
    """As on the paper."""
    blob: str
    """A photo of the paper with its signatures."""


class TypedFromPaper(msgspec.Struct, frozen=True, tag="inspections.typed_from_paper"):
    inspection: str
    paper: str
    started_at: str
    ended_at: str


async def typed(data: TypeFromPaper, *, by: str, at: datetime) -> TypedFromPaper:
    """By one of the panel. It begins the visit where nobody has; each still signs for himself."""
    async with transaction():
        if await queries.paper(data.inspection):
            raise PaperAlready
        rules.ensure_in_order(data.started_at, data.ended_at, at=at)
        visit = await commands.held(data.inspection, by)
        if visit.state == "assigned":
            begun = BeginInspection(visit.id, data.started_at)
            await commands.begin(begun, by=by, at=at)
        elif visit.started_at and data.ended_at < visit.started_at:
            raise refusals.TimesOutOfOrder(field="ended_at")
        photo = following(data.id, "paper")
        await commands.attach_photo(AttachPhoto(photo, visit.id, data.blob), by=by, at=at)
        kept = await Photo.select(Photo.id).where(
            Photo.inspection == visit.id, Photo.blob == data.blob
        )
        await insert(VisitPaper(
            id=data.id, inspection=visit.id, started_at=data.started_at, ended_at=data.ended_at,
            photo=kept[0]["id"], by=by, at=at,
        ))  # fmt: skip
        event = TypedFromPaper(
            visit.id, data.id, log.instant(data.started_at), log.instant(data.ended_at)
        )
        log.append(event, (VisitPaper, data.id), subject=visit.id, by=by, at=at)
    return event
