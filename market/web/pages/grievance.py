"""A complaint by anybody, with no account: written from what a scan shows, followed by its code."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from datetime import datetime
from typing import Any, cast

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from msgspec.structs import replace

from certification.basis import pictures
from certification.basis.asked import AskedOtherwise
from certification.basis.ids import new_id
from certification.basis.refusal import Refusal
from certification.basis.units import local_day
from certification.grievances import commands, queries, rules
from certification.grievances.queries import GrievanceView
from certification.grievances.rules import Complain, Complained, StepTaken, TakeStep
from certification.groups import queries as groups
from certification.people import vault
from certification.schemes import queries as schemes
from market.access import deeds, grievances
from market.access.address import address_of
from market.access.grievances import About
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.words import Words
from market.web.form import Form
from market.web.page import Ask, onward, page

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
BODY_BYTES_MAX = 26_000_000
"""Three photos of 8 MB and what is typed."""
PHOTOS = [f"photo{number}" for number in range(1, rules.PHOTOS_MAX + 1)]
DONE = {"sent": "sent", "added": "added", "withdrawn": "withdrawn", "before": "before"}


@get("/grievance/new", opt={"op": "grievance.make"})
async def complaint_page(
    request: Ask, permit: Mine, at: Now, code: FromQuery[str] = ""
) -> Response[bytes]:
    return await _form(request, permit, at, code)


@post("/grievance/new", opt={"op": "grievance.make"}, request_max_body_size=BODY_BYTES_MAX)
async def complain(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    form = await Form.of(request)
    kept = dict(_kept(form))
    try:
        found = await grievances.about(form.raw("code"), at)
        if await _sent_before(form.id()) is None:
            await grievances.ensure_not_too_often(address_of(request), found.scanned, at)
        kept |= await _drawn(form, permit, at)  # also of a form that is wrong: it brings them again
        wanted = await _wanted(form, found, permit, at)
        if len(kept) > rules.PHOTOS_MAX:
            raise rules.TooManyPhotos(field="photos", most=rules.PHOTOS_MAX)
        by, asked = permit.person or commands.STRANGER, replace(wanted, photos=tuple(kept))
        try:
            await deeds.once(commands.complain, asked, Complained, by=by, at=at)
        except AskedOtherwise:
            return onward(f"{_address(await queries.grievance(wanted.id))}?done=before")
    except Refusal as no:
        return await _form(request, permit, at, form.raw("code"), no=no, form=form, kept=kept)
    return onward(f"{_address(await queries.grievance(wanted.id))}?done=sent")


async def _wanted(form: Form, found: About, permit: Permit, at: datetime) -> Complain:
    kind = form.choice("kind", rules.KINDS)
    whose = form.choice("conduct_of", rules.CONDUCTS) if kind == "conduct" else None
    words = form.text("words", most=rules.WORDS_MAX)
    where = form.text("bought_where", most=rules.WHERE_MAX, required=False)
    on = form.day("bought_on", near=local_day(at)) if form.raw("bought_on") else None
    name = form.text("name", most=rules.NAME_MAX, required=False)
    reach = form.text("reach", most=rules.REACH_MAX, required=False)
    language = form.choice("language", ("th", "en"))
    form.done()
    return Complain(
        id=form.id(), kind=cast("Any", kind), words=words, language=cast("Any", language),
        scanned=found.scanned, letter=cast("Any", found.letter), plot=found.plot,
        organ=found.organ, scheme_version=found.scheme_version,
        concerns=await grievances.concerned(found, whose, at), conduct_of=cast("Any", whose),
        bought_where=where, bought_on=on, name=name, reach=reach,
        person=permit.person if permit.person and form.ticked("as_me") else None,
        may_name=form.ticked("may_name"),
    )  # fmt: skip


async def _sent_before(id: str) -> GrievanceView | None:
    try:
        return await queries.grievance(id)
    except rules.GrievanceMissing:
        return None


async def _drawn(form: Form, permit: Permit, at: datetime) -> dict[str, str]:
    """Digest, and our mark on it: so that a page that comes back brings the photos along."""
    drawn = {}
    for name in PHOTOS:
        if content := form.file(name):
            try:
                digest = await pictures.keep(content, by=permit.person or None, at=at)
            except Refusal as no:
                no.facts["field"] = name
                raise
            drawn[digest] = _mark(form.raw("id"), digest)
    return drawn


def _kept(form: Form) -> Iterator[tuple[str, str]]:
    """Of photos that came with an earlier try of this very form, and of no other's."""
    for said in form.all("kept"):
        digest, _, mark = said.partition(".")
        if hmac.compare_digest(mark.encode(), _mark(form.raw("id"), digest).encode()):
            yield digest, mark


def _mark(id: str, digest: str) -> str:
    return vault.blind_index("grievance photo", f"{id} {digest}")


async def _form(
    request: Ask,
    permit: Permit,
    at: datetime,
    code: str,
    *,
    no: Refusal | None = None,
    form: Form | None = None,
    kept: dict[str, str] | None = None,
) -> Response[bytes]:
    say, found = words_for(request), await grievances.about(code, at)
    kind = request.query_params.get("kind", "")  # a packet's page asks about its label
    return page(
        request,
        "grievance_new.html",
        no=no,
        typed=form.typed if form else {"kind": kind} if kind in rules.KINDS else {},
        id=form.id() if form else new_id(),
        code=code[: rules.SCANNED_MAX],
        about=found,
        group=await groups.group(found.organ) if found.organ else None,
        kinds=[[one, say(f"grievances.kind.{one}")] for one in rules.KINDS],
        conducts=[["", say("Choose")], *_conducts(say)],
        kept=[f"{digest}.{mark}" for digest, mark in (kept or {}).items()],
        photos=PHOTOS[len(kept or {}) :],
        member=bool(permit.person),
        today=say.day(local_day(at)),
        days=await _days(found.scheme_version),
    )


def _conducts(say: Words) -> list[list[str]]:
    return [[one, say(f"grievances.conduct.{one}")] for one in rules.CONDUCTS]


async def _days(version: str | None) -> dict[str, object] | None:
    """What the charter promises, and whether the network has confirmed that."""
    if version is None:
        return None
    content = (await schemes.version(version)).content
    level = content.sources["complaint_days"].level
    return {"days": content.rules.complaint_days, "confirm": level == "confirm"}


@get("/grievance/{code:str}", opt={"op": "grievance.follow"})
async def follow(request: Ask, code: FromPath[str], at: Now) -> Response[bytes]:
    return await _followed(request, await _of(code), at)


@post("/grievance/{code:str}/words", opt={"op": "grievance.follow"})
async def add(request: Ask, code: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    return await _taken(request, await _of(code), "add", permit, at)


@post("/grievance/{code:str}/withdrawal", opt={"op": "grievance.follow"})
async def withdraw(request: Ask, code: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    return await _taken(request, await _of(code), "withdraw", permit, at)


async def _taken(
    request: Ask, found: GrievanceView, kind: rules.Step, permit: Permit, at: datetime
) -> Response[bytes]:
    form = await Form.of(request)
    try:
        words = form.text("words", most=rules.WORDS_MAX, required=kind == "add")
        form.done()
        if kind == "add":
            await grievances.ensure_not_too_often(address_of(request), found.code, at)
        step = TakeStep(id=form.id(), grievance=found.id, kind=kind, words=words)
        by = found.complainant or permit.person or commands.STRANGER
        await deeds.once(commands.take, step, StepTaken, by=by, at=at)
    except Refusal as no:
        return await _followed(request, await queries.grievance(found.id), at, no, form.typed)
    return onward(f"{_address(found)}?done={'added' if kind == 'add' else 'withdrawn'}")


async def _of(code: str) -> GrievanceView:
    if "\0" in code:
        raise rules.GrievanceMissing(grievance="")
    return await queries.by_code(code)


def _address(of: GrievanceView) -> str:
    return f"/grievance/{of.code}"


async def _followed(
    request: Ask,
    of: GrievanceView,
    at: datetime,
    no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:
    steps = [one for one in await queries.steps(of.id) if one.kind in rules.SHOWN]
    taken = rules.may_take(of.state)
    said = request.query_params.get("done", "")
    return page(
        request,
        "grievance.html",
        no=no,
        typed=typed or {},
        of=of,
        shown=" ".join(of.code[n : n + 4] for n in range(0, len(of.code), 4)),
        group=await groups.group(of.organ) if of.organ else None,
        steps=[
            {"of": one, "words": one.words if one.kind in rules.WORDS_SHOWN else ""}
            for one in steps
        ],
        answers=of.complainant is not None,
        photos=len(await queries.photos(of.id)),
        late=of.state in rules.OPEN and of.due_on is not None and of.due_on < local_day(at),
        days=await _days(of.scheme_version),
        may_add="add" in taken,
        may_withdraw="withdraw" in taken,
        done=DONE.get(said, "") if no is None else "",
    )


DOORS = [complaint_page, complain, follow, add, withdraw]
