"""Writing down what was used, and a committee's word on what the list does not know."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from certification.basis import log
from certification.basis.database import in_use
from certification.basis.ids import following
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from certification.basis.units import local_day
from certification.groups import queries as groups
from certification.inputs import claims, queries, rules
from certification.inputs.claims import (
    ClaimDenied,
    ClaimJudged,
    JudgeClaim,
    ProhibitedClaimed,
    Said,
    UseStruck,
    WordTaken,
)
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
)
from certification.inputs.tables import (
    InputRuling,
    InputUse,
    InputUseJudged,
    InputUseStruck,
    InputUseWord,
)
from certification.inputs.views import UseView
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
        await insert(InputUse(
            id=data.id, plot=plot.id, farmer=farmer, code=data.code or None,
            product=data.product.strip() or None, amount=data.amount.strip(),
            used_on=data.used_on, crop=data.crop, area_m2=data.area_m2,
            supplier=data.supplier.strip() or None, photo=None, by=by, at=at,
            salt=secrets.token_bytes(16),
        ))  # fmt: skip
        judged = await _judge(data.id, found, data.id, at)
        event = InputUsed(data.id, plot.id, data.code or "", str(data.used_on), tuple(found))
        log.append(event, (InputUse, data.id), *judged, subject=plot.id, by=by, at=at)
        if data.strikes:
            await _strike(data, farmer, by=by, at=at)
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
        await _write_ruling(data, key, by=by, at=at)
        waiting = [  # read in its turn: what an earlier word has judged waits no more
            await queries.use(use)
            for one in await queries.unknown(data.network)
            if (one.scheme, one.key) == (data.scheme, key)
            for use in one.uses
        ]
        if by in [use.farmer for use in waiting]:
            raise rules.OwnUse
        found = [Judged(data.scheme, version.id, data.status)]
        rows = [row for use in waiting for row in await _judge(use.id, found, data.id, at)]
        uses = tuple(use.id for use in waiting)
        event = InputRuled(data.id, data.network, data.scheme, data.status, uses)
        log.append(event, (InputRuling, data.id), *rows, subject=data.network, by=by, at=at)
        for use in waiting:
            told = await _held(use.id)
            _tell_prohibited(told, (await plots.plot(use.plot)).group, found, by=by, at=at)
    return event


async def _write_ruling(data: RuleInput, key: str, *, by: str, at: datetime) -> None:
    """In its turn; who comes second at the same moment is told, and looks at the first."""
    earlier = [
        one
        for one in await queries.rulings(data.network)
        if (one.scheme, one.key) == (data.scheme, key)
    ]
    written = await in_use().query(
        "INSERT INTO input_ruling (id, network, scheme, matter, status, restriction, decided_on,"
        " meeting_ref, by, at, seq, salt) VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {})"
        " ON CONFLICT (network, scheme, matter, seq) DO NOTHING RETURNING id",
        data.id, data.network, data.scheme, key, data.status, data.restriction.strip() or None,
        data.decided_on, data.meeting_ref.strip(), by, at, len(earlier) + 1,
        secrets.token_bytes(16),
    )  # fmt: skip
    if not written:
        raise rules.RuledMeanwhile(key=key.removeprefix("code:")[:80])


async def take_word(use: str, said: Said, *, by: str, at: datetime) -> None:
    """The farmer's, of what somebody else typed; said twice is said once."""
    async with transaction():
        told = await _held(use)
        if not await _write_word(following(use, f"word {said}"), use, said, by=by, at=at):
            return
        event = WordTaken(use, said)
        row = (InputUseWord, following(use, f"word {said}"))
        log.append(event, row, subject=told.plot, by=by, at=at)
        told = await queries.use(use)
        group = (await plots.plot(told.plot)).group
        if told.counts:
            _tell_prohibited(told, group, told.judged, by=by, at=at)
        elif told.claimed:
            network = await queries.network_of(group)
            log.append(ClaimDenied(use, told.plot, network), subject=told.plot, by=by, at=at)


async def judge_claim(data: JudgeClaim, *, by: str, at: datetime) -> ClaimJudged:
    """A meeting's: it was so, and what is prohibited has its consequences; or it was not."""
    rules.ensure_meeting(data.meeting_ref, data.decided_on, today=local_day(at))
    async with transaction():
        told = await _held(data.use)
        claims.ensure_may_judge({told.farmer, told.by}, claimed=told.claimed, by=by)
        await _write_word(
            data.id, data.use, data.verdict, data.decided_on, data.meeting_ref.strip(), by=by, at=at
        )
        event = ClaimJudged(data.use, told.farmer, data.verdict)
        log.append(event, (InputUseWord, data.id), subject=told.plot, by=by, at=at)
        told = await queries.use(data.use)
        if told.counts:
            group = (await plots.plot(told.plot)).group
            _tell_prohibited(told, group, told.judged, by=by, at=at)
    return event


async def drop(use: str, meeting_ref: str, decided_on: date, *, by: str, at: datetime) -> None:
    """A meeting found that what followed from it was none: it counts for nothing any more."""
    async with transaction():
        told = await _held(use)
        id = following(use, "word dropped")
        if await _write_word(id, use, "dropped", decided_on, meeting_ref, by=by, at=at):
            event = ClaimJudged(use, told.farmer, "dropped")
            log.append(event, (InputUseWord, id), subject=told.plot, by=by, at=at)


async def _write_word(
    id: str, use: str, said: str, decided_on: date | None = None, meeting_ref: str | None = None,
    *, by: str, at: datetime,
) -> bool:  # fmt: skip
    new = await in_use().query(
        "INSERT INTO input_use_word (id, use, said, decided_on, meeting_ref, by, at, salt)"
        " VALUES ({}, {}, {}, {}, {}, {}, {}, {}) ON CONFLICT (use, said) DO NOTHING RETURNING id",
        id, use, said, decided_on, meeting_ref, by, at, secrets.token_bytes(16),
    )  # fmt: skip
    return bool(new)


async def _held(use: str) -> UseView:
    """Its row held until the end of the deed: a word and a ruling wait for one another."""
    await in_use().query("UPDATE input_use SET plot = plot WHERE id = {}", use)
    return await queries.use(use)


async def _strike(data: NoteUse, farmer: str, *, by: str, at: datetime) -> None:
    old = await _held(data.strikes or "")
    claims.ensure_strikes(
        data.strike_reason, old.word, prohibited=old.status == "prohibited",
        ruled=await queries.is_ruled(old.id), struck=old.struck is not None,
        mine=(old.plot, old.farmer) == (data.plot, farmer) and by in (old.by, farmer),
    )  # fmt: skip
    id = following(data.id, "strikes")
    await insert(InputUseStruck(
        id=id, use=old.id, instead=data.id, reason=data.strike_reason.strip(), by=by, at=at,
        salt=secrets.token_bytes(16),
    ))  # fmt: skip
    log.append(UseStruck(old.id, data.id), (InputUseStruck, id), subject=old.plot, by=by, at=at)


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
        await insert(*rows)
    return [(InputUseJudged, row.id) for row in rows]


def _tell_prohibited(
    use: UseView, group: str, found: Iterable[Judged], *, by: str, at: datetime
) -> None:
    """Or only that it is claimed, where somebody else typed it and the farmer has not said yes."""
    schemes = tuple(one.scheme for one in found if one.status == "prohibited")
    if not schemes or use.struck is not None:
        return
    if use.counts:
        on, from_on = str(use.used_on), str(rules.restarts_on(use.used_on))
        event = ProhibitedUsed(use.id, use.plot, group, schemes, on, from_on)
        log.append(event, subject=use.plot, by=by, at=at)
    elif use.word == "waiting":
        claim = ProhibitedClaimed(use.id, use.plot, group, schemes)
        log.append(claim, subject=use.plot, by=by, at=at)
