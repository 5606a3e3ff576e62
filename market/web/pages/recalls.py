"""Goods called back: the list, a new one or a drill of it, a second person's word, lots cleared."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Any, cast

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis import codes
from certification.basis.ids import is_id, new_id
from certification.basis.refusal import Missing, Refusal
from certification.basis.transaction import run
from certification.basis.units import local_day
from certification.groups import queries as groups
from certification.people import queries as people
from certification.plots import queries as plots
from market.access import deeds, recalls, whose
from market.access.guard import may
from market.access.permit import Permit, Place
from market.answers.language import words_for
from market.answers.words import Words
from market.domain.lots import queries as lots
from market.domain.places import queries as places
from market.domain.recalls import commands, rules
from market.domain.recalls.queries import RecallView
from market.domain.recalls.rules import Clear, Open, Say
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages import recall_holders
from market.web.pages.farm_view import Ask, Shown, plot_name

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


@get("/recalls", opt={"op": "recall.read"})
async def listed(request: Ask, permit: Mine) -> Response[bytes]:
    say = words_for(request)
    found = [await _headed(say, one) for one in await recalls.seen(permit)]
    held = await recall_holders.held(request, await recalls.organs(permit))
    return page(request, "recalls.html", recalls=found, held=held)


async def _headed(say: Words, of: RecallView) -> Shown:
    return {
        "of": of,
        "subject": await _subject_name(say, of),
        "group": say.name(await groups.group(of.organ)),
    }


async def _subject_name(say: Words, of: RecallView) -> str:
    match of.kind:
        case "lot":
            return (await lots.lot(of.subject)).code
        case "plot":
            return plot_name(say, await plots.plot(of.subject))
        case "farmer":
            return (await people.particulars(of.subject)).name
        case "stop":
            return say.name(await places.place(of.subject))
    return of.subject


# ── a new one ────────────────────────────────────────────────────────────────────────────────


@get("/recalls/new", opt={"op": "recall.drill"})
async def new_page(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    typed = {
        name: request.query_params[name]
        for name in ("kind", "subject")
        if name in request.query_params
    }
    return await _new(request, permit, at, typed)


async def _new(
    request: Ask, permit: Permit, at: datetime, typed: dict[str, str], no: Refusal | None = None
) -> Response[bytes]:
    say, today = words_for(request), local_day(at)
    kind = typed.get("kind", "")
    organs = [await groups.group(one) for one in await recalls.organs(permit)]
    choices = list[list[str]]()
    if kind == "farmer":
        whom = {one for of in organs for one in await groups.members(of.id, today)}
        choices = sorted(([id, name] for id, name in (await people.names(whom)).items()), key=_name)
    elif kind == "stop":
        networks = {of.network or of.id for of in organs}
        stops = [stop for network in networks for stop in await places.places(network)]
        choices = sorted(([stop.id, say.name(stop)] for stop in stops), key=_name)
    return page(
        request, "recall_new.html", no=no, typed=typed, kind=kind if kind in rules.KINDS else "",
        kinds=rules.KINDS, id=typed.get("id") or new_id(), choices=[["", say("Choose")], *choices],
        organs=[[of.id, say.name(of)] for of in organs], today=say.day(today),
        because=[["", say("Choose")]]
        + [[one, say(f"recalls.because.{one}")] for one in rules.BECAUSE],
        advice=[[one, say(f"recalls.advice.{one}")] for one in rules.ADVICE],
    )  # fmt: skip


def _name(choice: list[str]) -> str:
    return choice[1]


@post("/recalls", opt={"op": "recall.open"})
async def open_recall(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    return await _opened(request, permit, at, drill=False)


@post("/recalls/drills", opt={"op": "recall.drill"})
async def drill(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    return await _opened(request, permit, at, drill=True)


async def _opened(request: Ask, permit: Permit, at: datetime, *, drill: bool) -> Response[bytes]:
    form = await Form.of(request)
    permit.check(await whose.of_group(form.raw("organ")))
    try:
        wanted = await _wanted(form, local_day(at), drill=drill)
        await deeds.done(commands.open_recall, wanted, by=permit.person, at=at)
    except Refusal as no:
        return await _new(request, permit, at, form.typed, no)
    return onward(f"/recalls/{wanted.id}")


async def _wanted(form: Form, today: date, *, drill: bool) -> Open:
    kind = form.choice("kind", rules.KINDS)
    said = form.text("subject", most=rules.SUBJECT_LETTERS_MAX)
    because = form.choice("because", rules.BECAUSE)
    advice = form.choice("advice", rules.ADVICE)
    first, last = (
        form.day(name, near=today) if form.raw(name) else None for name in ("from_on", "until_on")
    )
    form.done()
    subject = await _subject(kind, said)
    return Open(
        form.id(), form.raw("organ"), cast("Any", kind), subject, cast("Any", because),
        cast("Any", advice), first, last, form.ticked("back"), drill, form.raw("note") or None,
    )  # fmt: skip


async def _subject(kind: str, said: str) -> str:
    """Lots and plots are named by their codes."""
    by_code: dict[str, Callable[[str], Awaitable[Any]]] = {
        "lot": lots.by_code, "plot": plots.by_code,
    }  # fmt: skip
    if kind not in by_code or is_id(said):
        return said
    try:
        return str((await by_code[kind](codes.read(said))).id)
    except Missing:
        raise rules.NothingFound(field="subject") from None


# ── one of them ──────────────────────────────────────────────────────────────────────────────


@get("/recalls/{id:str}", opt={"op": "recall.read"})
async def one(request: Ask, id: FromPath[str], permit: Mine) -> Response[bytes]:
    """`?as=csv` and `?as=xlsx`: a line for each who has it, and for what is left."""
    found, place = await recalls.recall(id)
    permit.check(place)
    return await recall_holders.table(request, found, place) or await _one(
        request, found, place, permit
    )


async def _one(
    request: Ask, found: RecallView, place: Place, permit: Permit, no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:  # fmt: skip
    say = words_for(request)
    second = found.by != permit.person and may(request, "recall.confirm", place)
    return page(
        request, "recall.html", no=no, typed=typed or {}, **await _headed(say, found),
        **await recall_holders.shown(request, found, place),
        decides=second and found.waits, clears=second and found.state == "in_force",
    )  # fmt: skip


@post("/recalls/{id:str}/word", opt={"op": "recall.confirm"})
async def say(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found, place = await recalls.recall(id)
    permit.check(place)
    form = await Form.of(request)
    try:
        yes = form.choice("yes", ("yes", "no")) == "yes"
        form.done()
        wanted = Say(id, yes, None if yes else form.raw("reason"))
        await run(commands.say, wanted, by=permit.person, at=at)
    except Refusal as no:
        return await _one(request, found, place, permit, no, form.typed)
    return onward(f"/recalls/{id}")


@post("/recalls/{id:str}/cleared-lots", opt={"op": "recall.confirm"})
async def clear(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found, place = await recalls.recall(id)
    permit.check(place)
    form = await Form.of(request)
    try:
        wanted = Clear(id, form.raw("lot"), form.raw("because"))
        await run(commands.clear, wanted, by=permit.person, at=at)
    except Refusal as no:
        return await _one(request, found, place, permit, no, form.typed)
    return onward(f"/recalls/{id}")


DOORS = [listed, new_page, open_recall, drill, one, say, clear]
