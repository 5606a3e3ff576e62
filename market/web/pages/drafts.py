"""The next version of a charter while it is being changed, and its publishing by a meeting."""

from __future__ import annotations

from datetime import datetime

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.basis.units import local_day
from certification.meetings import charters
from certification.people import queries as people
from certification.schemes import changes, commands, queries, rules
from certification.schemes.content import Content
from certification.schemes.queries import Draft
from certification.schemes.rules import PublishScheme, SchemePublished, Version
from market.access import deeds, whose
from market.access.guard import may
from market.access.permit import Permit, Place
from market.access.refusals import NotThere
from market.answers.language import words_for
from market.answers.words import Words
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages import by_meeting
from market.web.pages import charter_view as view
from market.web.pages.farm_view import Ask, Shown

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


async def opened(scheme: str, permit: Permit) -> tuple[Draft, Place]:
    """The draft, for who may reach the network that owns the scheme."""
    _, place = await whose.scheme(scheme)
    permit.check(place)
    try:
        return await queries.draft(scheme), place
    except rules.DraftMissing:
        raise NotThere from None


async def saved(form: Form, draft: Draft, content: Content, permit: Permit, at: datetime) -> None:
    """Over the revision that was on the screen; somebody else's since then is not lost."""
    seen = form.whole("revision")
    form.done()
    deeds.ensure_storable(content)
    await run(commands.save_draft, draft.scheme, content, seen=seen, by=permit.person, at=at)


def compared(say: Words, draft: Draft, wished: Content | None) -> list[Shown]:
    """What saving would change beside what somebody else has saved; nothing where nobody has."""
    return view.changes_said(say, changes.between(draft.content, wished)) if wished else []


@get("/draft/{scheme:str}", opt={"op": "scheme.edit"})
async def draft_page(request: Ask, scheme: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    draft, place = await opened(scheme, permit)
    return await _shown(request, draft, place, at)


@post("/draft/{scheme:str}", opt={"op": "scheme.edit"})
async def begin(scheme: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    """Where somebody has begun already, theirs is gone on with."""
    _, place = await whose.scheme(scheme)
    permit.check(place)
    try:
        await run(commands.begin_draft, scheme, by=permit.person, at=at)
    except rules.DraftBegunAlready:
        pass
    except rules.SchemeUnknown:
        raise NotThere from None
    return onward(f"/draft/{scheme}")


@post("/draft/{scheme:str}/drop", opt={"op": "scheme.edit"})
async def drop(request: Ask, scheme: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    draft, place = await opened(scheme, permit)
    form = await Form.of(request)
    try:
        seen = form.whole("revision")
        form.done()
        await run(commands.drop_draft, scheme, seen=seen)
    except Refusal as no:
        return await _shown(request, draft, place, at, no=no, typed=form.typed)
    return onward("/standard")


@post("/draft/{scheme:str}/publish", opt={"op": "scheme.publish"})
async def publish(request: Ask, scheme: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    _, place = await whose.scheme(scheme)
    permit.check(place)
    form = await Form.of(request)
    if known := await _published(form.id()):  # pressed twice: the draft is gone by now
        return onward(f"/charter/{known.id}")
    draft, _ = await opened(scheme, permit)
    try:
        wanted = _wanted(form, draft, at)
        await deeds.once(charters.publish, wanted, SchemePublished, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, draft, place, at, no=no, typed=form.typed)
    return onward(f"/charter/{wanted.id}")


async def _published(id: str) -> Version | None:
    try:
        return await queries.version(id)
    except rules.SchemeMissing:
        return None


def _wanted(form: Form, draft: Draft, at: datetime) -> PublishScheme:
    seen, from_day = form.whole("revision"), form.day("effective_from", near=local_day(at))
    named = by_meeting.read(form, at)
    form.done()
    return PublishScheme(form.id(), draft.content, from_day, *named, seen)


async def _shown(
    request: Ask,
    draft: Draft,
    place: Place,
    at: datetime,
    *,
    no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:
    say, versions = words_for(request), await queries.versions(draft.scheme)
    latest = versions[-1] if versions else None
    base = next((one for one in versions if one.id == draft.based_on), None)
    names = await people.names([draft.by])
    return page(
        request,
        "draft.html",
        no=no,
        typed=typed or {},
        draft=draft,
        title=say.name(draft.content.name),
        by=names.get(draft.by, ""),
        latest=latest,
        overtaken=bool(latest and (base is None or base.version < latest.version)),
        changes=view.changes_said(say, changes.between(latest.content, draft.content))
        if latest
        else [],
        unsound=rules.unsound(draft.content),
        meetings=await by_meeting.choices(say, place.network),
        publishes=may(request, "scheme.publish", place),
        today=local_day(at),
        confirm=sum(one.level == "confirm" for one in draft.content.sources.values()),
        settings=len(draft.content.sources),
        items=len(draft.content.checklist),
        promises=len(draft.content.pledge.promises),
        inputs=len(draft.content.inputs),
    )


DOORS = [draft_page, begin, drop, publish]
