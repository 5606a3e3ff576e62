"""Rounds that come again: said once, made ahead by the clock, each day once."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from piccolo.columns import Column

from certification.basis.database import Row, in_use
from certification.basis.ids import following
from certification.basis.inserting import insert
from certification.basis.refusal import Refusal
from certification.basis.transaction import run, transaction
from certification.basis.units import english_date, local_day, thai_date
from market.domain.cycles import dates
from market.domain.cycles.dates import DefineTemplate, NoSuchTemplate, Spot
from market.domain.cycles.tables import CycleTemplate, CycleTemplatePlace
from market.domain.offers import commands as offers
from market.domain.offers import queries as rounds
from market.domain.offers.refusals import OtherPlace
from market.domain.offers.rules import OpenCycle
from market.domain.places.queries import public_place

log = logging.getLogger(__name__)
BY = "clock"
TEMPLATE = (
    "SELECT id, merchant, name_th, name_en, every, weekdays, nth, first_on, ends_on, skip_holidays,"
    " opens_before_minutes, closes_before_minutes, hold_minutes, ahead_days,"
    " deposit_percent FROM cycle_template"
)
CLAIM = (
    'INSERT INTO cycle_template_date (id, template, "on", cycle, because, "by", at)'
    ' VALUES ({}, {}, {}, {}, {}, {}, {}) ON CONFLICT (template, "on") DO NOTHING RETURNING id'
)


class Dealt(msgspec.Struct, frozen=True):
    """A day of a template: the round that was made for it, or why it was left out."""

    on: date
    cycle: str | None
    because: str | None


async def define(asked: DefineTemplate, *, by: str, at: datetime) -> str:
    """OtherPlace, TemplateWrong. What is made already stays as it is."""
    dates.ensure_template(asked)
    async with transaction():
        selling = await rounds.selling_as(asked.merchant)
        for spot in asked.places:
            if (await public_place(spot.place)).network not in selling:
                raise OtherPlace(place=spot.place)
        before = await in_use().query("SELECT merchant FROM cycle_template WHERE id = {}", asked.id)
        if before and before[0]["merchant"] != asked.merchant:
            raise NoSuchTemplate()
        said = msgspec.structs.asdict(asked)
        places = said.pop("places")
        said["weekdays"] = "".join(str(day) for day in sorted(set(asked.weekdays)))
        if before:
            await in_use().query("DELETE FROM cycle_template_place WHERE template = {}", asked.id)
            changed: dict[Column | str, Any] = {"by": by, "at": at}
            changed.update(said.items())
            await CycleTemplate.update(changed).where(CycleTemplate.id == asked.id)
        else:
            await insert(CycleTemplate(**said, by=by, at=at))
        await insert(
            *(
                CycleTemplatePlace(
                    id=following(asked.id, f"{spot.place} {spot.from_minute}"), template=asked.id,
                    **msgspec.structs.asdict(spot),
                )
                for spot in places
            )
        )  # fmt: skip
    return asked.id


async def skip(template: str, on: date, because: str, *, by: str, at: datetime) -> bool:
    """No round on that day. False where it is dealt with: a round that is made is called off by
    itself."""
    async with transaction():
        await one(template)
        return await _claim(template, on, None, because.strip()[:120] or "–", by, at)


async def _claim(
    template: str, on: date, cycle: str | None, because: str | None, by: str, at: datetime
) -> bool:
    id = following(template, f"day {on}")
    return bool(await in_use().query(CLAIM, id, template, on, cycle, because, by, at))


async def make_ahead(at: datetime) -> int:
    """How many rounds were made. What was dealt with is left alone, so it may be asked again and
    again, by many; a template that cannot be made now is told and tried again."""
    made = 0
    for of in await all_of():
        today = local_day(at)
        for on in dates.days(of, today, today + timedelta(days=of.ahead_days)):
            try:
                made += await run(_make, of, on, at)
            except Refusal as no:
                log.warning("no round of %s on %s: %s", of.id, on, no.code)
                break
    return made


async def _make(of: DefineTemplate, on: date, at: datetime) -> int:
    named = dates.holiday(on) if of.skip_holidays else None
    if named:
        await _claim(of.id, on, None, named, BY, at)
        return 0
    when = dates.times(of, on)
    if at >= when.closes_at:
        return 0
    first, *more = when.places
    opening = OpenCycle(
        following(of.id, f"cycle {on}"), of.merchant, f"{of.name_th} {thai_date(on)}",
        f"{of.name_en} {english_date(on)}", first.place, when.opens_at, when.closes_at,
        first.pickup_from, first.pickup_until, of.hold_minutes, None, first.capacity_orders,
        first.capacity_grams, tuple(more), of.deposit_percent,
    )  # fmt: skip
    if await in_use().query(
        'SELECT id FROM cycle_template_date WHERE template = {} AND "on" = {}', of.id, on
    ):
        return 0
    await offers.open_cycle(opening, by=BY, at=at)
    return int(await _claim(of.id, on, opening.id, None, BY, at))


async def one(id: str) -> DefineTemplate:
    """NoSuchTemplate."""
    rows = await in_use().query(f"{TEMPLATE} WHERE id = {{}}", id)
    if not rows:
        raise NoSuchTemplate()
    return await _view(rows[0])


async def all_of(merchant: str = "") -> list[DefineTemplate]:
    which, values = (" WHERE merchant = {}", [merchant]) if merchant else ("", [])
    rows = await in_use().query(f"{TEMPLATE}{which} ORDER BY id", *values)
    return [await _view(row) for row in rows]


async def _view(row: Row) -> DefineTemplate:
    places = await in_use().query(
        "SELECT place, from_minute, until_minute, capacity_orders, capacity_grams"
        " FROM cycle_template_place WHERE template = {} ORDER BY from_minute, place",
        row["id"],
    )
    days = tuple(int(day) for day in row["weekdays"])
    said = {**row, "weekdays": days, "skip_holidays": bool(row["skip_holidays"])}
    return DefineTemplate(**said, places=tuple(Spot(**place) for place in places))


async def dealt(template: str, since: date) -> list[Dealt]:
    rows = await in_use().query(
        'SELECT "on", cycle, because FROM cycle_template_date WHERE template = {} AND "on" >= {}'
        ' ORDER BY "on"',
        template, since,
    )  # fmt: skip
    return [Dealt(**row) for row in rows]
