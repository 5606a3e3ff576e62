"""Places are named once by the network that uses them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from certification.basis import log
from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from market.domain.places import queries, rules
from market.domain.places.tables import PlaceWindow


async def define(asked: rules.DefinePlace, *, by: str, at: datetime) -> rules.PlaceDefined:
    """The same id with the same content again is the same place."""
    rules.ensure_place(asked)
    defined = rules.PlaceDefined(asked.id, asked.network)
    async with transaction():
        new = await in_use().query(
            "INSERT INTO place (id, network, kind, name_th, name_en, tambon, lat_e6, lon_e6,"
            ' "by", at) VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {})'
            " ON CONFLICT (id) DO NOTHING RETURNING id",
            asked.id, asked.network, asked.kind, asked.name_th, asked.name_en, asked.tambon,
            asked.lat_e6, asked.lon_e6, by, at,
        )  # fmt: skip
        if not new:
            await _ensure_same(asked)
            return defined
        await _insert_windows(asked.id, asked.windows)
        log.append(defined, subject=asked.id, by=by, at=at)
    return defined


async def change_windows(
    place: str, windows: Sequence[rules.Window], *, by: str, at: datetime
) -> rules.WindowsChanged:
    """All of the week at once; the same again changes nothing."""
    rules.ensure_windows(windows)
    event = rules.WindowsChanged(place, tuple(sorted(w.weekday for w in windows)))
    async with transaction():
        await in_use().query("UPDATE place SET kind = kind WHERE id = {} RETURNING id", place)
        if (await queries.place(place)).windows == tuple(sorted(windows)):
            return event
        await in_use().query("DELETE FROM place_window WHERE place = {}", place)
        await _insert_windows(place, windows)
        log.append(event, subject=place, by=by, at=at)
    return event


async def _insert_windows(place: str, windows: Sequence[rules.Window]) -> None:
    made = [
        PlaceWindow(
            id=new_id(), place=place, weekday=window.weekday, opens_minute=window.opens_minute,
            closes_minute=window.closes_minute,
        )
        for window in windows
    ]  # fmt: skip
    if made:
        await insert(*made)


async def _ensure_same(asked: rules.DefinePlace) -> None:
    known = await queries.place(asked.id)
    wished = rules.PlaceView(
        asked.id, asked.network, asked.kind, asked.name_th, asked.name_en, asked.tambon,
        asked.lat_e6, asked.lon_e6, tuple(sorted(asked.windows)),
    )  # fmt: skip
    if known != wished:
        raise rules.DefinedOtherwise(place=asked.id)
