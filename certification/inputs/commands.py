"""Writing down what was used, and a committee's word on what the list does not know."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime

from certification.basis import log
from certification.basis.database import in_use
from certification.basis.ids import following
from certification.basis.transaction import transaction
from certification.basis.units import local_day
from certification.groups import queries as groups
from certification.inputs import queries, rules
from certification.inputs.rules import (
    AttachPhoto,
    InputAsked,
    InputRuled,
    InputUsed,
    Judged,
    NoteUse,
    PhotoAttached,
    ProhibitedUsed,
    RuleInput,
    UseView,
)
from certification.inputs.tables import InputRuling, InputUse, InputUseJudged
from certification.plots import queries as plots
from certification.plots.queries import PlotView
from certification.schemes import queries as schemes


async def note_use(data: NoteUse, *, by: str, at: datetime) -> InputUsed:
    """Judged at once. What is prohibited is saved only by who was told what follows."""
    today = local_day(at)
    async with transaction():
        plot = await plots.plot(data.plot)
        farmer = await _speaks(plot, data.on_behalf_of, by=by, at=at)
        growing = [one.crop for one in await plots.plantings(plot.id)]
        rules.ensure_use(data, plot.area_m2, growing, today=today)
        await _ensure_listed(data)
        network = await queries.network_of(plot.group)
        found = await queries.judge(data.code, data.product, network, data.used_on)
        rules.ensure_knows(data, found)
        await InputUse.insert(InputUse(
            id=data.id, plot=plot.id, farmer=farmer, code=data.code or None,
            product=data.product.strip() or None, amount=data.amount.strip(),
            used_on=data.used_on, crop=data.crop, area_m2=data.area_m2,
            supplier=data.supplier.strip() or None, photo=None, by=by, at=at,
            salt=secrets.token_bytes(16),
        ))  # fmt: skip
        judged = await _judge(data.id, found, data.id, at)
        event = InputUsed(data.id, plot.id, data.code or "", str(data.used_on), tuple(found))
        log.append(event, (InputUse, data.id), *judged, subject=plot.id, by=by, at=at)
        use = await queries.use(data.id)
        _tell_prohibited(use, plot.group, found, by=by, at=at)
        if asked := tuple(one.scheme for one in found if one.status == "unknown"):
            log.append(InputAsked(data.id, network, asked), subject=plot.id, by=by, at=at)
    return event


async def attach_photo(data: AttachPhoto, *, by: str, at: datetime) -> PhotoAttached:
    """The same picture again changes nothing."""
    event = PhotoAttached(data.use, data.photo)
    async with transaction():
        use = await queries.use(data.use)
        await _speaks(await plots.plot(use.plot), data.on_behalf_of, by=by, at=at)
        attached = await in_use().query(
            "UPDATE input_use SET photo = {} WHERE id = {} AND (photo IS NULL OR photo = {})"
            " RETURNING id",
            data.photo, data.use, data.photo,
        )  # fmt: skip
        if not attached:
            raise rules.PhotoAlready(use=data.use)
        log.append(event, (InputUse, data.use), subject=use.plot, by=by, at=at)
    return event


async def rule(data: RuleInput, *, by: str, at: datetime) -> InputRuled:
    """Holds from now on for the whole network, and for the uses that waited for it."""
    today = local_day(at)
    async with transaction():
        version = await schemes.in_force(data.scheme, today)
        key = rules.evened(data.key)
        code = key.removeprefix("code:") if key.startswith("code:") else None
        listed = version.content.input(code, today) if code else None
        rules.ensure_ruling(data, listed.status if listed else None, today=today)
        waiting = [
            await queries.use(use)
            for one in await queries.unknown(data.network)
            if (one.scheme, one.key) == (data.scheme, key)
            for use in one.uses
        ]
        if by in [use.farmer for use in waiting]:
            raise rules.OwnUse
        await InputRuling.insert(InputRuling(
            id=data.id, network=data.network, scheme=data.scheme, matter=key,
            status=data.status, restriction=data.restriction.strip() or None,
            decided_on=data.decided_on, meeting_ref=data.meeting_ref.strip(), by=by, at=at,
            salt=secrets.token_bytes(16),
        ))  # fmt: skip
        found = [Judged(data.scheme, version.id, data.status)]
        rows = [row for use in waiting for row in await _judge(use.id, found, data.id, at)]
        uses = tuple(use.id for use in waiting)
        event = InputRuled(data.id, data.network, data.scheme, data.status, uses)
        log.append(event, (InputRuling, data.id), *rows, subject=data.network, by=by, at=at)
        for use in waiting:
            _tell_prohibited(use, (await plots.plot(use.plot)).group, found, by=by, at=at)
    return event


async def _speaks(plot: PlotView, on_behalf_of: str | None, *, by: str, at: datetime) -> str:
    holder = await plots.holder(plot.id, local_day(at))
    same = by != holder and await groups.belongs(by, plot.group, at)
    return rules.ensure_speaks(holder, on_behalf_of, by=by, same=same)


async def _ensure_listed(data: NoteUse) -> None:
    known = await queries.versions_on(data.used_on)
    if data.code and not any(
        one.code == data.code for version in known for one in version.content.inputs
    ):
        raise rules.NotOnTheList(field="code", code=data.code[:40])


async def _judge(
    use: str, found: Sequence[Judged], because: str, at: datetime
) -> list[tuple[type[InputUseJudged], str]]:
    """`because`: the use itself, or the ruling."""
    rows = [
        InputUseJudged(
            id=following(because, f"{use} {one.scheme}"), use=use, scheme=one.scheme,
            scheme_version=one.version, status=one.status, at=at,
        )
        for one in found
    ]  # fmt: skip
    if rows:
        await InputUseJudged.insert(*rows)
    return [(InputUseJudged, row.id) for row in rows]


def _tell_prohibited(
    use: UseView, group: str, found: Iterable[Judged], *, by: str, at: datetime
) -> None:
    schemes = tuple(one.scheme for one in found if one.status == "prohibited")
    if schemes:
        on, from_on = str(use.used_on), str(rules.restarts_on(use.used_on))
        event = ProhibitedUsed(use.id, use.plot, group, schemes, on, from_on)
        log.append(event, subject=use.plot, by=by, at=at)
