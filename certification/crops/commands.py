"""A committee says what a crop bears on its members' land."""

from __future__ import annotations

from datetime import datetime

from certification.basis import log
from certification.basis.database import in_use
from certification.basis.transaction import transaction
from certification.crops import queries, rules
from certification.crops.rules import FigureSet, SetFigure
from certification.crops.tables import CropFigure


async def set_figure(data: SetFigure, *, by: str, at: datetime) -> FigureSet:
    """The same id with the same figure again changes nothing."""
    queries.crop(data.crop)
    event = rules.set_figure(data)
    async with transaction():
        new = await in_use().query(
            "INSERT INTO crop_figure (id, crop, network, kg_per_rai, meeting_ref, set_by, at)"
            " VALUES ({}, {}, {}, {}, {}, {}, {}) ON CONFLICT (id) DO NOTHING RETURNING id",
            data.id, data.crop, data.network, data.kg_per_rai, data.meeting_ref, by, at,
        )  # fmt: skip
        if new:
            log.append(event, (CropFigure, data.id), subject=data.id, by=by, at=at)
        else:
            await _ensure_set_so(data, by)
    return event


async def _ensure_set_so(data: SetFigure, by: str) -> None:
    [row] = await in_use().query(
        "SELECT id, crop, network, kg_per_rai, meeting_ref, set_by FROM crop_figure WHERE id = {}",
        data.id,
    )
    asked = (data.id, data.crop, data.network, data.kg_per_rai, data.meeting_ref, by)
    if tuple(row.values()) != asked:
        raise rules.FigureSetOtherwise(figure=data.id)
