"""One matter of a certificate before a meeting: what is asked, who was heard, votes by name, the
ruling. `?meeting=` is the meeting that has it in hand."""

from __future__ import annotations

from datetime import datetime
from typing import Any, get_args

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.ids import is_id
from certification.basis.refusal import Refusal
from certification.basis.transaction import run, transaction
from certification.basis.units import local_day
from certification.decisions import votes
from certification.decisions.votes import Assembly, Cause, Value
from certification.groups import queries as groups
from certification.hearings import commands, queries, rules
from certification.hearings.queries import HearingView
from certification.hearings.rules import CastVote, NoteStep, Rule, Ruled, Step, StepNoted
from certification.meetings import queries as meetings
from certification.meetings.queries import MeetingView
from certification.people import queries as people
from market.access import deeds, guarantee
from market.access.guard import may
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.refusals import FieldMissing
from market.answers.words import Words
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages import hearing_view as view
from market.web.pages.farm_view import Ask, Shown
from market.web.pages.meeting_view import seats

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
VALUES, STEPS = get_args(Value), get_args(Step)


@get("/hearings/{id:str}", opt={"op": "certificate.read"})
async def hearing_page(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found, place = await guarantee.hearing(id)
    permit.check(place)
    meeting = request.query_params.get("meeting", "")
    held = await _meeting(meeting, permit) if meeting else None
    return await _shown(request, found, held, permit, at)


@post("/hearings/{id:str}/steps", opt={"op": "hearing.note"})
async def note_step(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found, place = await guarantee.hearing(id)
    permit.check(place)
    form = await Form.of(request)
    kind, day_on = form.choice("kind", STEPS), form.day("day_on", near=local_day(at))
    note = form.text("note", most=rules.TEXT_LETTERS_MAX, required=False) or None
    back = form.raw("meeting")
    try:
        form.done()
        wanted = NoteStep(form.id(), id, kind, day_on, note)  # type: ignore[arg-type]  # among STEPS
        await deeds.once(commands.note_step, wanted, StepNoted, by=permit.person, at=at)
    except Refusal as no:
        held = await _meeting(back, permit) if back else None
        return await _shown(request, found, held, permit, at, no=no, typed=form.typed)
    return onward(f"/hearings/{id}" + (f"?meeting={back}" if is_id(back) else ""))


@post("/hearings/{id:str}/hands", opt={"op": "vote.count"})
async def count_hands(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    """By name, as the secretary counted them; those that are known stay as they are."""
    found, place = await guarantee.hearing(id)
    permit.check(place)
    form = await Form.of(request)
    held = await _meeting(form.raw("meeting"), permit)
    hands = {
        name.removeprefix("vote."): value
        for name, value in form.typed.items()
        if name.startswith("vote.") and value in VALUES
    }

    async def count() -> None:
        async with transaction():
            known = await queries.cast(held.id, id)
            for person, value in hands.items():
                if known.get(person) != value:
                    vote = CastVote(held.id, id, person, value)  # type: ignore[arg-type]  # among VALUES
                    await commands.vote(vote, by=permit.person, at=at)

    try:
        if not hands:
            raise FieldMissing(field="vote")
        await run(count)
    except Refusal as no:
        return await _shown(request, found, held, permit, at, no=no, typed=form.typed)
    return onward(f"/hearings/{id}?meeting={held.id}#votes")


@post("/hearings/{id:str}/vote", opt={"op": "vote.cast"})
async def vote(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found, place = await guarantee.hearing(id)
    permit.check(place)
    form = await Form.of(request)
    held, value = await _meeting(form.raw("meeting"), permit), form.choice("value", VALUES)
    try:
        form.done()
        mine = CastVote(held.id, id, permit.person, value)  # type: ignore[arg-type]  # among VALUES
        if (await queries.cast(held.id, id)).get(permit.person) != value:
            await run(commands.vote, mine, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, found, held, permit, at, no=no, typed=form.typed)
    return onward(f"/hearings/{id}?meeting={held.id}#votes")


@post("/hearings/{id:str}", opt={"op": "decision.make"})
async def rule(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found, place = await guarantee.hearing(id)
    permit.check(place)
    form = await Form.of(request)
    held = await _meeting(form.raw("meeting"), permit)
    reason = form.text("reason", most=rules.TEXT_LETTERS_MAX, required=False)
    milder = form.ticked("modify")
    day = form.day("from_on", near=local_day(at)) if milder and form.raw("from_on") else None
    try:
        form.done()
        wanted = Rule(form.id(), held.id, id, reason, milder, day)
        await deeds.once(commands.rule, wanted, Ruled, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, found, held, permit, at, no=no, typed=form.typed)
    return onward(f"/hearings/{id}?meeting={held.id}&done=1")


async def _meeting(id: str, permit: Permit) -> MeetingView:
    held, place = await guarantee.meeting(id)
    permit.check(place)
    return held


async def _shown(
    request: Ask,
    found: HearingView,
    held: MeetingView | None,
    permit: Permit,
    at: datetime,
    *,
    no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:
    say = words_for(request)
    appeal, settings = await queries.appeal_of(found.id), await queries.settings(found)
    _, place = await guarantee.hearing(found.id)
    listed = await view.listed(say, found)
    share = rules.share_of(found.matter, settings)
    steps = await queries.steps(found.id)
    return page(
        request,
        "hearing.html",
        no=no,
        typed=typed or {},
        **listed,
        because=say(f"certs.because.{found.because}") if found.matter != "appeal" else "",
        appeal=appeal,
        appeal_state=say(f"appeal.state.{await queries.state(appeal)}") if appeal else "",
        steps=[(one, say(f"hearing.step.{one.kind}")) for one in steps],
        missing=[
            [one, say(f"hearing.step.{one}")]
            for one in STEPS
            if one not in [step.kind for step in steps]
        ],
        must_hear=found.matter in rules.HEARD,
        share=f"{share.part}/{share.of}",
        holds=may(request, "hearing.note", place) and found.holder != permit.person,
        today=say.day(local_day(at)),
        meeting=held,
        meetings=await _under_way(found) if held is None and found.open else [],
        **(await _table(say, found, held) if held else {"votes": [], "quorum": {}}),
        values=[(one, say(f"board.vote.{one}")) for one in VALUES],
        me=permit.person,
        turn=say(f"body.{found.body}") if found.body else "",
        ours=held is not None and found.body in ("", held.body),
        done="done" in request.query_params,
    )


async def _under_way(found: HearingView) -> list[MeetingView]:
    """Of the bodies that may rule on it."""
    network = (await groups.group(found.group)).network
    organs = [one for one in (network, found.group) if one]
    return [
        one
        for organ in organs
        for one in await meetings.of_organ(organ)
        if one.closed_at is None and found.body in ("", one.body)
    ]


async def _table(say: Words, found: HearingView, held: MeetingView) -> Shown:
    cause, judged = await queries.cause(found, held.held_on)
    assembly = await queries.assembly(held, found.id)
    there = await meetings.attendance(held.id)
    names = await people.names([one.person for one in there])
    known = dict(await seats(say, held.organ))
    shown = [
        {
            "person": one.person, "name": names.get(one.person, ""),
            "seat": known.get(one.seat, one.seat), "cast": assembly.votes.get(one.person, ""),
            "said": say(f"board.vote.{assembly.votes[one.person]}")
            if one.person in assembly.votes else "",
            "judged": one.person in judged, "near": one.person in cause.recused,
            "gone": one.gone_at is not None,
        }
        for one in there
    ]  # fmt: skip
    quorum = await counted(say, found, cause, assembly)
    return {"votes": shown, "quorum": quorum, "tally": votes.tally(cause, assembly)}


async def counted(say: Words, of: HearingView, cause: Cause, assembly: Assembly) -> Shown:
    """Whether those who are there may rule on it; else what is missing, in words."""
    settings = await queries.settings(of)
    shown: Shown = {
        "present": len(votes.judges(cause, assembly)), "needed": settings.quorum_count, "why": "",
    }  # fmt: skip
    try:
        votes.ensure_quorum(cause, assembly, rules.plain(settings))
    except Refusal as why:
        shown["why"] = say.refusal(why)
    return shown


DOORS: list[Any] = [hearing_page, note_step, count_hands, vote, rule]
