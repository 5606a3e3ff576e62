"""Applying with the pledge, mending what came back, and taking an application back."""

from __future__ import annotations

from datetime import datetime

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.applications import commands, queries
from certification.applications.queries import ApplicationView
from certification.applications.rules import (
    ApplicationSubmitted,
    Resubmit,
    SaveDraft,
    SubmitApplication,
    Withdraw,
)
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.basis.units import local_day
from certification.certificates import renewals
from certification.people import queries as people
from certification.plots import queries as plots
from certification.plots.queries import PlotView
from certification.schemes import queries as schemes
from certification.schemes.rules import NotInForce, Version
from market.access import deeds, whose
from market.access.guard import may
from market.access.permit import Permit, Place
from market.answers.language import words_for
from market.answers.refusals import FieldMissing
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages import farm_view as view
from market.web.pages import meeting_view
from market.web.pages.farm_land import lack_words
from market.web.pages.farm_review import chapters, told
from market.web.pages.farm_standing import APPLICATION_LOOKS
from market.web.pages.farm_view import Ask

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
PLAN_LETTERS_MAX = 8_000


@get("/farm/plots/{id:str}/apply", opt={"op": "application.submit"})
async def apply_page(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    plot, place = await whose.plot(id, at)
    permit.check(place)
    return await _apply_form(request, plot, place, permit, at)


@post("/farm/plots/{id:str}/apply", opt={"op": "application.submit"})
async def apply(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    plot, place = await whose.plot(id, at)
    permit.check(place)
    form = await Form.of(request)
    helper_for = place.owner if place.owner != permit.person else None
    try:
        if form.raw("later"):
            return await _later(form, id, place.owner, permit, at)
        wanted = _application(form, id, helper_for, at)
        by, whom = permit.person, deeds.For(place.owner, place.group)
        made = await deeds.once(
            renewals.apply, wanted, ApplicationSubmitted, by=by, at=at, whom=whom
        )
    except Refusal as no:
        return await _apply_form(request, plot, place, permit, at, no=no, typed=form.typed)
    return onward(f"/farm/plots/{made.plot}?applied=1")


async def _later(
    form: Form, plot: str, farmer: str, permit: Permit, at: datetime
) -> Response[bytes]:
    """The plan and the day so far; nothing is sent."""
    plan = form.text("farm_plan", most=PLAN_LETTERS_MAX, required=False)
    said = form.raw("no_prohibited_since")
    since = form.day("no_prohibited_since", near=local_day(at)) if said else None
    form.done()
    deeds.ensure_storable(plan)
    draft = SaveDraft(
        plot=plot, scheme=form.raw("scheme"), farm_plan=plan, no_prohibited_since=since,
        on_behalf_of=farmer,
    )  # fmt: skip
    await run(commands.save_draft, draft, by=permit.person, at=at)
    return onward(f"/farm/plots/{plot}/apply?scheme={form.raw('scheme')}&later=1")


def _application(form: Form, plot: str, helper_for: str | None, at: datetime) -> SubmitApplication:
    plan = form.text("farm_plan", most=PLAN_LETTERS_MAX)
    since = form.day("no_prohibited_since", near=local_day(at))
    if not form.ticked("pledge"):
        form.wrong_is("pledge", FieldMissing(field="pledge"))
    form.done()
    return SubmitApplication(
        id=form.id(), plot=plot, scheme=form.raw("scheme"), farm_plan=plan,
        no_prohibited_since=since, pledge_digest=form.raw("pledge_digest"),
        on_behalf_of=helper_for,
    )  # fmt: skip


async def _apply_form(
    request: Ask,
    plot: PlotView,
    place: Place,
    permit: Permit,
    at: datetime,
    *,
    no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:
    """The pledge is of the version in force now; who ticked an older one reads and ticks again."""
    typed = dict(typed or {})
    known = await _in_force(at)
    asked = typed.get("scheme") or request.query_params.get("scheme", "")
    scheme = next((one for one in known if one.scheme == asked), known[0] if known else None)
    if scheme and typed.get("pledge_digest") != scheme.content.pledge.digest:
        typed.pop("pledge", None)
    say, today = words_for(request), local_day(at)
    draft = await queries.draft(plot.id, scheme.scheme) if scheme else None
    lacks = await queries.land_lacks(plot.id, scheme, today) if scheme else ()
    return page(
        request,
        "farm_apply.html",
        no=no,
        typed=typed,
        draft=draft,
        chapters=chapters(say, scheme.content, draft) if scheme and draft else [],
        lacks=[lack_words(say, one) for one in lacks if one.step == "submit"],
        later="later" in request.query_params and no is None,
        saved="saved" in request.query_params and no is None,
        plot=plot,
        name=view.plot_name(words_for(request), plot),
        helped=await view.helped(permit, place.owner),
        schemes=known,
        scheme=scheme,
        digest=scheme.content.pledge.digest if scheme else "",
        example=words_for(request).day(local_day(at).replace(year=at.year - 2, day=1)),
    )


async def _in_force(at: datetime) -> list[Version]:
    found = []
    for scheme in await schemes.schemes():
        try:
            found.append(await schemes.in_force(scheme, local_day(at)))
        except NotInForce:  # adopted for a later day
            continue
    return found


@get("/farm/applications/{id:str}", opt={"op": "application.read"})
async def application_page(request: Ask, id: FromPath[str], permit: Mine) -> Response[bytes]:
    found, place = await whose.application(id)
    permit.check(place)
    return await _shown(request, found, place, permit)


@post("/farm/applications/{id:str}", opt={"op": "application.withdraw"})
async def resubmit(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found, place = await whose.application(id)
    permit.check(place)
    form = await Form.of(request)
    plan = form.text("farm_plan", most=PLAN_LETTERS_MAX)
    since = form.day("no_prohibited_since", near=local_day(at))
    try:
        form.done()
        again = Resubmit(id, plan, since, place.owner)
        whom = deeds.For(place.owner, place.group, id)
        await deeds.claimed(commands.resubmit, again, by=permit.person, at=at, whom=whom)
    except Refusal as no:
        return await _shown(request, found, place, permit, no=no, typed=form.typed)
    return onward(f"/farm/applications/{id}?sent=1")


@post("/farm/applications/{id:str}/withdrawal", opt={"op": "application.withdraw"})
async def withdraw(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found, place = await whose.application(id)
    permit.check(place)
    try:
        wanted, whom = Withdraw(id, place.owner), deeds.For(place.owner, place.group, id)
        await deeds.claimed(commands.withdraw, wanted, by=permit.person, at=at, whom=whom)
    except Refusal as no:
        return await _shown(request, found, place, permit, no=no)
    return onward(f"/farm/applications/{id}")


async def _shown(
    request: Ask,
    found: ApplicationView,
    place: Place,
    permit: Permit,
    *,
    no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:
    say, scheme = words_for(request), await schemes.version(found.scheme_version)
    pledge = await queries.pledge(found.id)
    names = await people.names([found.applicant, pledge.typed_by])
    return page(
        request,
        "farm_application.html",
        no=no,
        typed=typed or {},
        application=found,
        state=say(f"farm.application.{found.state}"),
        look=APPLICATION_LOOKS.get(found.state, ("off", "flag")),
        name=view.plot_name(say, await plots.plot(found.plot)),
        applicant=names.get(found.applicant, ""),
        typist=names.get(pledge.typed_by, "") if pledge.typed_by != pledge.person else "",
        pledge=pledge,
        scheme=scheme,
        decided=await meeting_view.told(say, found.id),
        review=told(
            say,
            scheme.content,
            await queries.self_answers(found.id),
            await queries.last_time(found),
        ),
        mends=may(request, "application.withdraw", place),
        appeals=may(request, "appeal.file", place),
        helped=await view.helped(permit, place.owner),
        sent="sent" in request.query_params,
    )


DOORS = [apply_page, apply, application_page, resubmit, withdraw]
