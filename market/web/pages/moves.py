"""Goods from place to place: under way, late, sent, counted where they come, and what differs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis import codes
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.basis.units import THAILAND, local_day
from market.access import crates
from market.access.guard import may
from market.access.permit import Permit, Place
from market.answers.language import words_for
from market.answers.words import Words
from market.domain.custody import moving, queries, under_way
from market.domain.custody.moves import REASONS, Counted, Explain, Line, Receive, Send, Sent
from market.domain.custody.under_way import DispatchView
from market.domain.lots import queries as lots
from market.domain.places import queries as places
from market.domain.places.rules import PlaceView
from market.web import sheets
from market.web.form import Form
from market.web.page import Ask, onward, page
from market.web.sheets import Kilos

At = NamedDependency[datetime]
Mine = NamedDependency[Permit]
LOTS_MOST = 4
"""Rows for lots on the form; more go as another dispatch."""


class Shown(msgspec.Struct, frozen=True):
    of: DispatchView
    goes_from: str
    goes_to: str
    late: bool


@get("/moves", opt={"op": "custody.read"})
async def listed(request: Ask, permit: Mine, at: At) -> Response[bytes]:
    """`?as=csv`, `?as=xlsx`."""
    say = words_for(request)
    found = await _shown(request, await under_way.dispatches(permit.groups()), at)
    if kind := sheets.kind(request):
        made = sheets.book if kind == "xlsx" else sheets.sheet
        return made("moves", *_rows(say, found))
    told = await under_way.differences(permit.groups())
    stands = [one for network in sorted(permit.groups()) for one in await _places(request, network)]
    waits = await under_way.waiting_at([one.id for one in stands])
    called = {one.id: say.name(one) for one in stands}
    return page(
        request, "moves.html", moves=found, differences=told,
        waits=[[one, called[one.place]] for one in waits],
        reasons=_reasons(say), works=await _works(request, permit),
    )  # fmt: skip


async def _works(request: Ask, permit: Permit) -> bool:
    return any(may(request, "custody.work", Place(group=one)) for one in permit.groups())


def _drives(request: Ask, network: str) -> bool:
    """Bases are for operators alone: a truck may stand at somebody's home."""
    return may(request, "truck.read", Place(group=network, network=network))


async def _places(request: Ask, network: str) -> list[PlaceView]:
    bases = await places.bases(network) if _drives(request, network) else []
    return [*await places.places(network), *bases]


async def _shown(request: Ask, found: Iterable[DispatchView], at: datetime) -> list[Shown]:
    every = list(found)
    named = {
        id: await _called(request, id)
        for id in {place for one in every for place in (one.from_place, one.to_place)}
    }
    return [
        Shown(one, named[one.from_place], named[one.to_place], one.is_late(at))
        for one in every
    ]  # fmt: skip


async def _called(request: Ask, id: str) -> str:
    say, found = words_for(request), await places.place(id)
    hidden = found.kind == "base" and not _drives(request, found.network)
    return say("The truck's base") if hidden else say.name(found)


def _rows(say: Words, found: list[Shown]) -> tuple[list[str], list[tuple[object, ...]]]:
    head = [say("Sent"), say("From"), say("To"), say("Weight (kg)"),
            say("Should be there"), say("State")]  # fmt: skip
    rows = list[tuple[object, ...]]()
    for one in found:
        state = "counted" if one.of.arrival else "late" if one.late else "under_way"
        rows.append((
            say.moment(one.of.at), one.goes_from, one.goes_to, Kilos(one.of.grams),
            say.moment(one.of.due_at), say(f"custody.move.{state}"),
        ))  # fmt: skip
    return head, rows


def _reasons(say: Words) -> list[list[str]]:
    return [["", say("as it was sent")]] + [[one, say(f"custody.reason.{one}")] for one in REASONS]


# ── sending ──────────────────────────────────────────────────────────────────────────────────


@get("/moves/new", opt={"op": "custody.work"})
async def new(request: Ask, permit: Mine, at: At) -> Response[bytes]:
    return await _new(request, permit, at)


@post("/moves/new", opt={"op": "custody.work"})
async def send(request: Ask, permit: Mine, at: At) -> Response[bytes]:
    form = await Form.of(request)
    try:
        asked = await _asked(form, permit, at)
        await run(moving.send, asked, by=permit.person, at=at)
    except Refusal as no:
        return await _new(request, permit, at, no=no, typed=form.typed)
    return onward(f"/moves/{asked.id}")


async def _asked(form: Form, permit: Permit, at: datetime) -> Send:
    ends = [form.text(name, most=36) for name in ("from_place", "to_place")]
    on, minute = form.day("due_on", near=local_day(at)), form.minutes("due_at")
    typed = [(form.raw(f"lot-{n}"), f"grams-{n}") for n in range(LOTS_MOST)]
    kilos = [(lot, form.grams(name)) for lot, name in typed if lot]
    form.done()
    for place in ends:
        await crates.ensure_place(permit, place)
    owner = (await places.place(ends[0])).network
    hour, rest = divmod(min(minute, 1439), 60)
    due = datetime.combine(on, time(hour, rest), THAILAND)
    sent = [Sent((await lots.by_code(_code(lot))).id, grams) for lot, grams in kilos]
    boxes = [(await queries.by_code(_code(one))).id for one in form.raw("crates").split()]
    return Send(form.id(), owner, ends[0], ends[1], due, tuple(sent), tuple(boxes))


def _code(typed: str) -> str:
    """As typed, or the whole address that a scanner gives."""
    return codes.read(typed.rstrip("/").rpartition("/")[2])


async def _new(
    request: Ask, permit: Permit, at: datetime, *, no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:  # fmt: skip
    say = words_for(request)
    stands = [one for network in sorted(permit.groups()) for one in await _places(request, network)]
    return page(
        request, "moves_new.html", no=no, typed=typed or {},
        stands=[["", say("choose")]] + [[one.id, say.name(one)] for one in stands],
        today=say.day(local_day(at)), rows=range(LOTS_MOST),
    )  # fmt: skip


# ── counting ─────────────────────────────────────────────────────────────────────────────────


@get("/moves/{dispatch:str}", opt={"op": "custody.read"})
async def one(request: Ask, dispatch: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    found, place = await crates.dispatch(dispatch)
    permit.check(place)
    return await _one(request, permit, found, at)


@post("/moves/{dispatch:str}", opt={"op": "custody.work"})
async def receive(request: Ask, dispatch: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    found, place = await crates.dispatch(dispatch)
    permit.check(place)
    form = await Form.of(request)
    try:
        lines = tuple(
            _counted(form, n, line) for n, line in enumerate(await under_way.sent(dispatch))
        )
        form.done()
        asked = Receive(form.id(), found.id, found.to_place, lines)
        await run(moving.receive, asked, by=permit.person, at=at)
    except Refusal as no:
        return await _one(request, permit, found, at, no=no, typed=form.typed)
    return onward(f"/moves/{dispatch}")


def _counted(form: Form, n: int, line: Line) -> Counted:
    """`g-N` kilos and `r-N` why, in the order of what was sent; of an empty crate `r-N` alone."""
    reason = form.raw(f"r-{n}") or None
    if line.lot is None:
        return Counted(0, None, line.crate, reason)
    nothing = form.raw(f"g-{n}").strip("0.,๐ ") == "" and bool(form.raw(f"g-{n}"))
    return Counted(0 if nothing else form.grams(f"g-{n}"), line.lot, line.crate, reason)


async def _one(
    request: Ask, permit: Permit, found: DispatchView, at: datetime, *,
    no: Refusal | None = None, typed: dict[str, str] | None = None,
) -> Response[bytes]:  # fmt: skip
    say = words_for(request)
    [shown] = await _shown(request, [found], at)
    told = [one for one in await under_way.differences([found.owner]) if one.dispatch == found.id]
    return page(
        request, "moves_one.html", no=no, typed=typed or {}, move=shown, told=told,
        lines=await _lines(found.id), reasons=_reasons(say),
        mine=await under_way.sender(found.id) == permit.person,
        came=await under_way.arrival(found.arrival) if found.arrival else None,
        works=await _works(request, permit),
    )  # fmt: skip


async def _lines(dispatch: str) -> list[dict[str, object]]:
    lines = await under_way.sent(dispatch)
    boxes = {line.crate for line in lines if line.crate}
    named = {box: (await queries.crate(box)).code for box in boxes}
    return [{"of": line, "crate": named.get(line.crate or "", "")} for line in lines]


@post("/moves/differences/{difference:str}", opt={"op": "custody.work"})
async def explain(request: Ask, difference: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    found, place = await crates.difference(difference)
    permit.check(place)
    form = await Form.of(request)
    reason = form.choice("reason", REASONS)
    form.done()
    await run(moving.explain, Explain(form.id(), found.id, reason), by=permit.person, at=at)
    return onward("/moves")


DOORS: list[Any] = [listed, new, send, one, receive, explain]
