"""What is written down during a meeting: who goes, items, notes, actions, minutes adopted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, get_args

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.basis.units import local_day
from certification.hearings import agenda
from certification.meetings import commands, queries, rules
from certification.meetings.rules import (
    PARTS,
    AddAction,
    AddItem,
    AdoptMinutes,
    FinishAction,
    Kind,
    Move,
    Note,
    OnAgenda,
    Withdraw,
)
from market.access import deeds, guarantee, members
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.web.form import Form
from market.web.page import onward
from market.web.pages.farm_view import Ask
from market.web.pages.meetings import shown

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
KINDS, ON_AGENDA = get_args(Kind), get_args(OnAgenda)


async def _done(
    request: Ask, id: str, permit: Permit, at: datetime, place: str,
    deed: Callable[[Form], Awaitable[object]],
) -> Response[bytes]:  # fmt: skip
    """The deed, and back to its place on the page; or the page with what was typed."""
    found, stands = await guarantee.meeting(id)
    permit.check(stands)
    form = await Form.of(request)
    try:
        await deed(form)
    except Refusal as no:
        return await shown(request, found, at, no=no, typed=form.typed)
    return onward(f"/meetings/{id}#{place}")


@post("/meetings/{id:str}/movements", opt={"op": "meeting.hold"})
async def move(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    async def deed(form: Form) -> None:
        kind, person = form.choice("kind", KINDS), form.text("person")
        form.done()
        deeds.ensure_storable(None, person)
        here = {one.person: one.gone_at is None for one in await queries.attendance(id)}
        if here.get(person) is not (kind == "returned"):
            wanted = Move(id, person, kind)  # type: ignore[arg-type]  # among KINDS
            await run(commands.move, wanted, by=permit.person, at=at)

    return await _done(request, id, permit, at, "present", deed)


@post("/meetings/{id:str}/items", opt={"op": "meeting.hold"})
async def add_item(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    async def deed(form: Form) -> None:
        part = form.choice("part", PARTS)
        title = form.text("title", most=rules.TITLE_LETTERS_MAX)
        form.done()
        wanted = AddItem(form.id(), id, part, title)  # type: ignore[arg-type]  # among PARTS
        told = rules.ItemAdded
        await deeds.once(commands.add_item, wanted, told, by=permit.person, at=at)

    return await _done(request, id, permit, at, "agenda", deed)


@post("/meetings/{id:str}/withdrawals", opt={"op": "meeting.hold"})
async def withdraw(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    async def deed(form: Form) -> None:
        what, of = form.choice("what", ON_AGENDA), form.raw("of")
        reason = form.text("reason", most=rules.TITLE_LETTERS_MAX)
        await guarantee.ensure_on_agenda(of, what, id, permit)
        form.done()
        wanted = Withdraw(form.id(), id, what, of, reason)  # type: ignore[arg-type]  # among ON_AGENDA
        told = rules.AgendaChanged
        await deeds.once(agenda.withdraw, wanted, told, by=permit.person, at=at)

    return await _done(request, id, permit, at, "agenda", deed)


@post("/meetings/{id:str}/notes", opt={"op": "meeting.hold"})
async def note(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    async def deed(form: Form) -> None:
        item, text = form.raw("item"), form.text("text", most=rules.TEXT_LETTERS_MAX)
        if item not in [one.id for one in await queries.items(id)]:
            raise NotThere
        form.done()
        wanted = Note(form.id(), item, text)
        await deeds.once(commands.note, wanted, rules.Noted, by=permit.person, at=at)

    return await _done(request, id, permit, at, "agenda", deed)


@post("/meetings/{id:str}/actions", opt={"op": "meeting.hold"})
async def add_action(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    async def deed(form: Form) -> None:
        what, owner = form.text("what", most=rules.TITLE_LETTERS_MAX), form.text("owner")
        due_on = form.day("due_on", near=local_day(at))
        form.done()
        organ = (await queries.meeting(id)).organ
        await members.ensure_within(permit, [owner], [organ], at)
        wanted = AddAction(form.id(), id, owner, what, due_on)
        told = rules.ActionAdded
        await deeds.once(commands.add_action, wanted, told, by=permit.person, at=at)

    return await _done(request, id, permit, at, "actions", deed)


@post("/meetings/{id:str}/actions-done", opt={"op": "meeting.hold"})
async def finish_action(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    """Of this meeting, or one that earlier ones of the same body left open."""

    async def deed(form: Form) -> None:
        action = form.raw("action")
        found = await queries.meeting(id)
        near = [*await queries.actions(id), *await queries.matters_arising(found)]
        if action not in [one.id for one in near]:
            raise NotThere
        said = form.text("note", most=rules.TITLE_LETTERS_MAX, required=False) or None
        form.done()
        wanted = FinishAction(form.id(), action, said)
        told = rules.ActionFinished
        await deeds.once(commands.finish_action, wanted, told, by=permit.person, at=at)

    return await _done(request, id, permit, at, "agenda", deed)


@post("/meetings/{id:str}/adoptions", opt={"op": "meeting.hold"})
async def adopt(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    async def deed(form: Form) -> None:
        before, place = await guarantee.meeting(form.raw("minutes_of"))
        permit.check(place)
        said = form.text("corrections", most=rules.TEXT_LETTERS_MAX, required=False) or None
        form.done()
        wanted = AdoptMinutes(form.id(), id, before.id, said)
        told = rules.MinutesWereAdopted
        await deeds.once(commands.adopt_minutes, wanted, told, by=permit.person, at=at)

    return await _done(request, id, permit, at, "agenda", deed)


DOORS: list[Any] = [move, add_item, withdraw, note, add_action, finish_action, adopt]
