"""What was found wrong and is not mended yet, what is due first; one of them, and what follows."""

from __future__ import annotations

from datetime import date, datetime

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis import blobs
from certification.basis.refusal import Refusal
from certification.basis.units import local_day
from certification.findings import commands, queries, ruled, rules
from certification.findings.queries import Story
from certification.findings.rules import (
    ActionAgreed,
    Agree,
    ClaimSentBack,
    DeadlineExtended,
    DisputeSettledBy,
    Extend,
    SendBack,
    Settle,
)
from certification.inspections.rules import CloseFinding, FindingVerifiedClosed
from certification.meetings.queries import MeetingView
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
from market.web.pages import finding_view as view
from market.web.pages.farm_view import Ask, Shown, plot_name

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
SHOWN = ("open", "overdue", "escalated", "disputed", "claimed")
FOLLOW = ("verify", "back", "agree")
DECIDE = ("extend", "settle")
HEADS = (
    "Plot", "Farmer", "Where", "Question", "How grave", "What", "To do", "State", "Due",
    "Days late", "With the committee", "Disputed", "Found by way of", "Found on",
)  # fmt: skip


@get("/findings", opt={"op": "finding.read"})
async def open_findings(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    say, today = words_for(request), local_day(at)
    found = await queries.in_groups(await whose.groups_reached(permit), today)
    which = request.query_params.get("show", "open")
    which = which if which in SHOWN else "open"
    listed = [one for one in found if _is(one, which)]
    if sheets.kind(request):
        rows = [await row(say, one, today) for one in listed]
        return sheets.saved(request, "findings", HEADS, rows)
    return page(
        request,
        "findings.html",
        findings=[await _shown(request, say, one, today) for one in listed],
        which=which,
        shows=[
            {"name": name, "words": say(f"finding.show.{name}"),
             "many": sum(_is(one, name) for one in found)}
            for name in SHOWN
        ],
    )  # fmt: skip


def _is(one: Story, which: str) -> bool:
    now = one.standing
    return {
        "open": True, "overdue": now.overdue, "escalated": now.escalated,
        "disputed": now.disputed, "claimed": now.state == "done_claimed",
    }[which]  # fmt: skip


async def _shown(request: Ask, say: Words, of: Story, on: date) -> Shown:
    place = await whose.of_group((await plots.plot(of.finding.plot)).group, owner=of.finding.farmer)
    return {
        **await view.shown(say, of, on),
        "closes": may(request, "finding.close", place),
        "decides": may(request, "finding.decide", place),
    }


async def row(say: Words, of: Story, on: date) -> list[object]:
    line, now = await view.shown(say, of, on), of.standing
    yes = say("yes")
    return [
        line["plot"], line["farmer"], line["place"], f"{of.finding.item} {line['item']}",
        line["chip"]["words"], of.finding.what, of.action, line["state"], now.due_on,
        now.days_late, yes if now.escalated else "", yes if now.disputed else "",
        line["source"], local_day(of.finding.at),
    ]  # fmt: skip


@get("/findings/extensions", opt={"op": "finding.extensions"})
async def extensions(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    """Who was given more time than the charter gives, and why: for all of the group."""
    say, today = words_for(request), local_day(at)
    found = await queries.in_groups(await whose.groups_reached(permit), today, closed=True)
    given: list[Shown] = [
        {"of": step, "plot": plot_name(say, await plots.plot(one.finding.plot)),
         "item": one.finding.item, "severity": say(f"inspect.severity.{one.finding.severity}")}
        for one in found
        for step in one.steps
        if step.kind == "extended"
    ]  # fmt: skip
    given.reverse()
    if sheets.kind(request):
        heads = ("Plot", "Question", "How grave", "Reason", "Due", "Meeting", "Decided on")
        return sheets.saved(request, "more-time", heads, [_given(one) for one in given])
    return page(request, "findings_extended.html", given=given)


def _given(one: Shown) -> tuple[object, ...]:
    of = one["of"]
    return (
        one["plot"], one["item"], one["severity"], of.words, of.due_on, of.meeting_ref,
        of.decided_on,
    )  # fmt: skip


@get("/findings/{id:str}", opt={"op": "finding.read"})
async def open_finding(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    _, place = await guarantee.finding(id)
    permit.check(place)
    held = await _meeting(request.query_params.get("meeting", ""), permit)
    return await _one(request, id, at, held=held)


@post("/findings/{id:str}", opt={"op": "finding.close"})
async def follow(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    """Seen mended, sent back, or agreed anew."""
    _, place = await guarantee.finding(id)
    permit.check(place)
    form = await Form.of(request)
    deed = form.raw("deed") if form.raw("deed") in FOLLOW else "verify"
    try:
        await _follow(form, deed, id, permit.person, at)
    except Refusal as no:
        return await _one(request, id, at, no=no, typed={**form.typed, "deed": deed})
    return onward(f"/findings/{id}?done={deed}")


async def _follow(form: Form, deed: str, id: str, by: str, at: datetime) -> None:
    if deed == "back":
        back = SendBack(form.id(), id, form.text("reason", most=rules.WORDS_MAX))
        form.done()
        await deeds.once(commands.send_back, back, ClaimSentBack, by=by, at=at)
    elif deed == "agree":
        action = form.text("action", most=rules.WORDS_MAX)
        due = form.day("due_on", near=local_day(at)) if form.raw("due_on") else None
        form.done()
        agreed = Agree(form.id(), id, action, due)
        await deeds.once(commands.agree, agreed, ActionAgreed, by=by, at=at)
    else:
        shut = CloseFinding(form.id(), id, form.text("note", most=rules.WORDS_MAX))
        form.done()
        await deeds.once(commands.verify, shut, FindingVerifiedClosed, by=by, at=at)


@post("/findings/{id:str}/decision", opt={"op": "finding.decide"})
async def decide(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    """A meeting's: more time, or whether what the farmer disputes stands."""
    _, place = await guarantee.finding(id)
    permit.check(place)
    form = await Form.of(request)
    deed, held = form.choice("deed", DECIDE), await _meeting(form.raw("meeting"), permit)
    try:
        await _decide(form, deed, id, held, permit.person, at)
    except Refusal as no:
        return await _one(request, id, at, held=held, no=no, typed=form.typed)
    return onward(f"/findings/{id}?done={deed}{f'&meeting={held.id}' if held else ''}")


async def _meeting(id: str, permit: Permit) -> MeetingView | None:
    """The one under way from which one came."""
    if not id:
        return None
    held, place = await guarantee.meeting(id)
    permit.check(place)
    return held


async def _decide(
    form: Form, deed: str, id: str, held: MeetingView | None, by: str, at: datetime
) -> None:
    today, reason = local_day(at), form.text("reason")
    ref = "" if held else form.text("meeting_ref", most=rules.REF_MAX)
    decided_on = None if held else form.day("decided_on", near=today)
    where = (ref, decided_on, held.id if held else None)
    if deed == "settle":
        verdict = form.choice("verdict", rules.VERDICTS)
        form.done()
        said = Settle(form.id(), id, verdict, reason, *where)  # type: ignore[arg-type]  # among VERDICTS
        await deeds.once(ruled.settle, said, DisputeSettledBy, by=by, at=at)
    else:
        due = form.day("due_on", near=today)
        form.done()
        longer = Extend(form.id(), id, due, reason, *where)
        await deeds.once(ruled.extend, longer, DeadlineExtended, by=by, at=at)


@get("/findings/{id:str}/steps/{step:str}/photo", opt={"op": "finding.read"})
async def photo(id: FromPath[str], step: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    _, place = await guarantee.finding(id)
    permit.check(place)
    return await seen(id, step, at)


async def seen(id: str, step: str, at: datetime) -> Response[bytes]:
    steps = (await queries.story(id, local_day(at))).steps
    digest = next((one.photo for one in steps if one.id == step), None)
    if digest is None:
        raise NotThere
    kind, content = await blobs.fetch(digest)
    return picture(kind, content, f"finding-{step}")


async def _one(
    request: Ask,
    id: str,
    at: datetime,
    *,
    held: MeetingView | None = None,
    no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:
    say, today = words_for(request), local_day(at)
    told = await queries.story(id, today)
    return page(
        request,
        "finding.html",
        no=no,
        typed=typed or {},
        back=await view.found_where(told),
        meeting=held,
        finding=await _shown(request, say, told, today),
        steps=await view.history(say, told, f"/findings/{id}/steps"),
        verdicts=[["", say("Choose")], *[[v, say(f"finding.verdict.{v}")] for v in rules.VERDICTS]],
        done=request.query_params.get("done", "") if no is None else "",
    )


DOORS = [open_findings, extensions, open_finding, follow, decide, photo]
