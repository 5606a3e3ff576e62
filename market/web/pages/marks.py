"""Papers by others: a farmer writes them down, somebody else says that the original was seen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, cast

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis import blobs, pictures
from certification.basis.ids import is_id, new_id
from certification.basis.refusal import Refusal
from certification.basis.units import local_day
from certification.groups import queries as groups
from certification.marks import commands, queries, rules
from certification.marks.queries import MarkView
from certification.marks.rules import (
    EndMark,
    MarkHasEnded,
    MarkNoted,
    NoteMark,
    OriginalSeen,
    SeeMark,
)
from certification.people import queries as people
from certification.plots import queries as plots
from market.access import deeds, guarantee, whose
from market.access.guard import may
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.answers.language import words_for
from market.answers.picture import picture
from market.answers.words import Words
from market.web import sheets
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages import farm_view as view
from market.web.pages.farm_view import Ask, Shown

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
PDF = b"%PDF-"
LOOKS = {
    "stands": ("info", "check"), "ending": ("warn", "clock"), "unseen": ("off", "clock"),
    "expired": ("off", "no"), "ended": ("off", "no"),
}  # fmt: skip
FILTERS = ("all", "ending", "unseen", "stands", "expired", "ended")


@get("/farm/marks", opt={"op": "mark.read"})
async def mine(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    return await _mine(request, permit, at)


@post("/farm/marks", opt={"op": "mark.note"})
async def note(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    form = await Form.of(request)
    person = await view.acting_for(request, permit, at, form.raw("of"))
    try:
        organ = await _organ(permit, person, at)
        wanted = _wanted(form, person, organ, await _scan(form, permit, at), at)
        whom = deeds.For(person if person != permit.person else "", organ, wanted.id)
        await deeds.once(commands.note, wanted, MarkNoted, by=permit.person, at=at, whom=whom)
    except Refusal as no:
        return await _mine(request, permit, at, of=person, no=no, typed=form.typed)
    return onward(f"/farm/marks?saved=1{'' if person == permit.person else f'&of={person}'}")


async def _organ(permit: Permit, person: str, at: datetime) -> str:
    """Of several groups the first in which one may speak for that person."""
    found = await whose.ensure_member(permit, person, local_day(at))
    if not found:
        raise NotThere
    return found[0]


async def _scan(form: Form, permit: Permit, at: datetime) -> str | None:
    """A photo is drawn anew; a PDF is kept as it is, for those inside."""
    content = form.file("scan")
    if not content:
        return None
    keep = blobs.keep if content.startswith(PDF) else pictures.keep
    return await keep(content, by=permit.person, at=at)


def _wanted(form: Form, holder: str | None, organ: str, scan: str | None, at: datetime) -> NoteMark:
    today = local_day(at)
    kind = form.choice("kind", rules.KINDS)
    name = form.text("name", most=rules.TEXT_MAX, required=kind == "other")
    issuer = form.text("issuer", most=rules.TEXT_MAX)
    number = form.text("number", most=rules.NUMBER_MAX)
    covers = form.text("covers", most=rules.TEXT_MAX, required=False)
    issued_on = form.day("issued_on", near=today)
    until = form.day("valid_until", near=today) if form.raw("valid_until") else None
    form.done()
    replaces = form.raw("replaces")
    return NoteMark(
        id=form.id(), organ=organ, kind=cast("Any", kind), issuer=issuer, number=number,
        issued_on=issued_on, valid_until=until, holder=holder, name=name, covers=covers,
        plots=tuple(one for one in form.all("plot") if is_id(one)), scan=scan,
        scan_public=form.ticked("scan_public"), replaces=replaces if is_id(replaces) else None,
    )  # fmt: skip


@get("/marks", opt={"op": "mark.list"})
async def listed(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    return await _listed(request, permit, at)


@post("/marks", opt={"op": "mark.note"})
async def note_of_group(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    """The group's own paper."""
    form = await Form.of(request)
    permit.check(await whose.of_group(form.raw("organ")))
    try:
        wanted = _wanted(form, None, form.raw("organ"), await _scan(form, permit, at), at)
        await deeds.once(commands.note, wanted, MarkNoted, by=permit.person, at=at)
    except Refusal as no:
        return await _listed(request, permit, at, no=no, typed=form.typed)
    return onward("/marks?saved=1")


@post("/marks/{id:str}/seen", opt={"op": "mark.see"})
async def seen(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found, place = await guarantee.mark(id)
    permit.check(place)
    form = await Form.of(request)
    try:
        on = form.day("seen_on", near=local_day(at))
        form.done()
        wanted = SeeMark(form.id(), found.id, on)
        await deeds.once(commands.see, wanted, OriginalSeen, by=permit.person, at=at)
    except Refusal as no:
        return await _listed(request, permit, at, no=no, typed={"about": id, **form.typed})
    return onward("/marks?saved=1")


@post("/marks/{id:str}/end", opt={"op": "mark.end"})
async def end(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found, place = await guarantee.mark(id)
    permit.check(place)
    form, own = await Form.of(request), found.holder == permit.person
    back = _back(found, permit)
    try:
        why = form.choice("why", rules.WHYS)
        form.done()
        wanted = EndMark(form.id(), found.id, cast("Any", why), local_day(at))
        whom = deeds.For("" if own else found.holder or "", found.organ, found.id)
        await deeds.once(commands.end, wanted, MarkHasEnded, by=permit.person, at=at, whom=whom)
    except Refusal as no:
        if back.startswith("/marks"):
            return await _listed(request, permit, at, no=no, typed=form.typed)
        return await _mine(request, permit, at, of=found.holder or "", no=no, typed=form.typed)
    return onward(f"{back}{'&' if '?' in back else '?'}saved=1")


def _back(found: MarkView, permit: Permit) -> str:
    if found.holder is None:
        return "/marks"
    return "/farm/marks" if found.holder == permit.person else f"/farm/marks?of={found.holder}"


@get("/marks/{id:str}/scan", opt={"op": "mark.read"})
async def scan(id: FromPath[str], permit: Mine) -> Response[bytes]:
    found, place = await guarantee.mark(id)
    permit.check(place)
    if found.scan is None:
        raise NotThere
    return picture(*await blobs.fetch(found.scan), f"paper-{id[-6:]}")


@get("/mark/{id:str}/scan", opt={"op": "trace.read"})
async def public_scan(id: FromPath[str], at: Now) -> Response[bytes]:
    """For everybody, where its holder allows it."""
    if not is_id(id):
        raise NotThere
    digest = await queries.public_scan(id, local_day(at))
    return picture(*await blobs.fetch(digest), f"paper-{id[-6:]}")


async def _mine(
    request: Ask,
    permit: Permit,
    at: datetime,
    *,
    of: str = "",
    no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:
    say, today = words_for(request), local_day(at)
    person = of or await view.acting_for(request, permit, at)
    lands = await plots.of_farmer(person, today)
    found = await queries.of_holder(person)
    shown = await _shown(say, found, today)
    if asked := sheets.kind(request):
        return _table(say, shown, asked)
    return page(
        request,
        "farm_marks.html",
        no=no,
        typed=typed or {},
        id=(typed or {}).get("id", new_id()),
        of="" if person == permit.person else person,
        helped=await view.helped(permit, person),
        marks=shown,
        lands=[[one.id, view.plot_name(say, one)] for one in lands],
        **_choices(say, found, today),
        saved="saved" in request.query_params and no is None,
    )


def _choices(say: Words, found: Sequence[MarkView], today: date) -> Shown:
    return {
        "kinds": [["", say("Choose")], *[[one, say(f"marks.kind.{one}")] for one in rules.KINDS]],
        "before": [["", say("None")]] + [
            [one.id, f"{say(f'marks.kind.{one.kind}')} {one.number}"]
            for one in found if one.ended is None
        ],
        "whys": [[one, say(f"marks.why.{one}")] for one in rules.WHYS],
        "today": say.day(today),
    }  # fmt: skip


async def _shown(say: Words, found: Sequence[MarkView], today: date) -> list[Shown]:
    names = await people.names([p for one in found for p in (one.holder, one.seen_by) if p])
    shown = []
    for one in found:
        state = one.state(today)
        covered = [view.plot_name(say, await plots.plot(plot)) for plot in one.plots]
        shown.append({
            "of": one, "state": state,
            "chip": {
                "kind": LOOKS[state][0], "icon": LOOKS[state][1],
                "words": say(f"marks.state.{state}"),
            },
            "kind": one.name or say(f"marks.kind.{one.kind}"),
            "holder": names.get(one.holder or "", ""),
            "group": say.name(await groups.group(one.organ)),
            "seen_by": names.get(one.seen_by or "", ""), "plots": covered,
        })  # fmt: skip
    return shown


async def _listed(
    request: Ask,
    permit: Permit,
    at: datetime,
    *,
    no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:
    say, today = words_for(request), local_day(at)
    chosen = request.query_params.get("state", "all")
    reached = await whose.groups_reached(permit)
    found = [
        one
        for one in await queries.of_organs(reached)
        if chosen not in FILTERS[1:] or one.state(today) == chosen
    ]
    shown = await _shown(say, found, today)
    if asked := sheets.kind(request):
        return _table(say, shown, asked)
    for one in shown:
        place = await whose.of_group(one["of"].organ, owner=one["of"].holder or "")
        sees = one["state"] in ("unseen", "stands", "ending") and may(request, "mark.see", place)
        one["sees"] = sees and (one["of"].holder or one["of"].by) != permit.person
    return page(
        request,
        "marks.html",
        no=no,
        typed=typed or {},
        id=(typed or {}).get("id", new_id()),
        marks=shown,
        groups=[[one, say.name(await groups.group(one))] for one in reached],
        chosen=chosen,
        states=[[one, say(f"marks.filter.{one}")] for one in FILTERS],
        **_choices(say, [one for one in found if one.holder is None], today),
        saved="saved" in request.query_params and no is None,
    )


def _table(say: Words, shown: Sequence[Shown], kind: str) -> Response[bytes]:
    heads = [
        say("Paper"), say("Issued by"), say("Number"), say("Holder"), say("Producer group"),
        say("Plots"), say("Issued on"), say("Valid until"), say("Original seen on"), say("State"),
    ]  # fmt: skip
    rows = [
        (one["kind"], one["of"].issuer, one["of"].number, one["holder"] or one["group"],
         one["group"], " · ".join(one["plots"]), one["of"].issued_on, one["of"].valid_until,
         one["of"].seen_on, one["chip"]["words"])
        for one in shown
    ]  # fmt: skip
    return (sheets.book if kind == "xlsx" else sheets.sheet)("papers-by-others", heads, rows)


DOORS = [mine, note, listed, note_of_group, seen, end, scan, public_scan]
