"""One case before a meeting: what was seen, who may vote, the votes, and the decision."""

from __future__ import annotations

from datetime import datetime
from typing import get_args

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.refusal import Refusal
from certification.basis.transaction import run, transaction
from certification.certificates import queries as certificates
from certification.decisions import ballots, commands, queries, rules
from certification.decisions.rules import Decide, Decided
from certification.decisions.votes import CastVote, HandsOutdated, Tally, Value, tally
from certification.inspections import queries as inspections
from certification.meetings import queries as meetings
from certification.meetings.queries import MeetingView
from certification.people import queries as people
from certification.schemes import queries as schemes
from market.access import deeds, guarantee, whose
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.refusals import FieldMissing
from market.answers.words import Words
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages import inspect_view as view
from market.web.pages import meeting_view as view_of
from market.web.pages.farm_view import Ask, Shown, crop_name
from market.web.pages.meeting_view import case, outcome_chip
from market.web.pages.meetings import quorum
from market.web.stages import stages

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
VALUES = get_args(Value)


@get("/decide/{id:str}", opt={"op": "meeting.read"})
async def decide_page(request: Ask, id: FromPath[str], permit: Mine) -> Response[bytes]:
    found = await reached(id, request.query_params.get("meeting", ""), permit)
    return await shown(request, id, found, permit)


async def reached(application: str, meeting: str, permit: Permit) -> MeetingView:
    """The meeting and the case, each within reach."""
    found, place = await guarantee.meeting(meeting)
    permit.check(place)
    _, stands = await whose.application(application)
    permit.check(stands)
    return found


@post("/decide/{id:str}/hands", opt={"op": "vote.count"})
async def count_hands(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    """As the secretary counted them; those that are known stay as they are."""
    form = await Form.of(request)
    found = await reached(id, form.raw("meeting"), permit)
    hands = {
        name.removeprefix("vote."): value
        for name, value in form.typed.items()
        if name.startswith("vote.") and value in VALUES
    }

    async def count() -> None:
        async with transaction():
            known = await ballots.cast(found.id, id)
            for person, value in hands.items():
                if known.get(person) != value:
                    vote = CastVote(found.id, id, person, value)  # type: ignore[arg-type]  # among VALUES
                    await commands.vote(vote, by=permit.person, at=at)

    try:
        if not hands:
            raise FieldMissing(field="vote")
        await run(count)
    except Refusal as no:
        return await shown(request, id, found, permit, no=no, typed=form.typed)
    return onward(f"/decide/{id}?meeting={found.id}#votes")


@post("/decide/{id:str}/vote", opt={"op": "vote.cast"})
async def vote(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    form = await Form.of(request)
    found = await reached(id, form.raw("meeting"), permit)
    value = form.choice("value", VALUES)
    try:
        form.done()
        mine = CastVote(found.id, id, permit.person, value)  # type: ignore[arg-type]  # among VALUES
        known = await ballots.cast(found.id, id)
        if known.get(permit.person) != value:
            await run(commands.vote, mine, by=permit.person, at=at)
    except Refusal as no:
        return await shown(request, id, found, permit, no=no, typed=form.typed)
    return onward(f"/decide/{id}?meeting={found.id}#votes")


@post("/decide/{id:str}", opt={"op": "decision.make"})
async def decide(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    form = await Form.of(request)
    found = await reached(id, form.raw("meeting"), permit)
    reason = form.text("reason", most=rules.REASON_LETTERS_MAX, required=False) or None
    try:
        form.done()
        crops = tuple(form.all("crop")) if form.ticked("scoped") else None
        wanted = Decide(
            form.id(), found.id, id, form.ticked("defer"), reason, form.ticked("back"), crops
        )
        await deeds.once(commands.decide, wanted, Decided, by=permit.person, at=at)
    except Refusal as no:
        kept = {**form.typed, "crops": " ".join(form.all("crop"))}
        return await shown(request, id, found, permit, no=no, typed=kept)
    return onward(f"/decide/{id}?meeting={found.id}&done=1")


async def shown(
    request: Ask,
    id: str,
    found: MeetingView,
    permit: Permit,
    *,
    no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:
    say, head = words_for(request), await case(words_for(request), id)
    votes = await _votes(say, found, id)
    made = [one for one in await queries.of_application(id) if one.meeting == found.id]
    visits = [v for v in await inspections.of_application(id) if v.state == "signed"]
    before = [one for one in await queries.of_application(id) if one.meeting != found.id]
    seen = {visit.id for visit in visits}
    other = [
        f for f in await inspections.open_findings(head["plot"].id) if f.inspection not in seen
    ]
    return page(
        request,
        "decide.html",
        no=no,
        typed=typed or {},
        **head,
        meeting=found,
        scheme=await schemes.version(head["application"].scheme_version),
        visits=[
            {"head": await view.visit(say, one), "record": await view.record(say, one)}
            for one in visits
        ],
        other=await view.findings(say, other, None),
        quorum=await quorum(say, found, id),
        votes=votes,
        waiting=sum(not (one["cast"] or one["near"]) for one in votes),
        values=[(one, say(f"board.vote.{one}")) for one in VALUES],
        tally=await _tally(found, id),
        me=permit.person,
        decision=made[-1] if made else None,
        certificate=await certificates.of_decision(made[-1].id) if made else None,
        outcome=outcome_chip(say, made[-1].outcome) if made else None,
        before=[(one, outcome_chip(say, one.outcome), say(f"body.{one.body}")) for one in before],
        hands=await ballots.hands(found.id, id),
        **await _step(say, found, id, (typed or {}).get("crops")),
        stages=await stages(say, head["plot"].id, found.held_on),
        covers=view_of.crops(say, made[-1].crops) if made else "",
        left_out=view_of.crops(say, made[-1].left_out) if made else "",
        done="done" in request.query_params,
    )


async def _step(say: Words, found: MeetingView, application: str, chosen: str | None) -> Shown:
    """Which bodies decide in which order, whose turn it is, and what may be covered."""
    asked = await queries.case(application)
    cause, settings = await queries.cause(application, found.held_on)
    now, over = asked.step.number, asked.state == "decided"
    off = (await meetings.withdrawn(found.id, "case")).get(application)
    return {
        "steps": [
            (say.name(stage.name), over or number < now, number == now)
            for number, stage in enumerate(settings.decision_stages)
        ],
        "ours": found.body == asked.step.body and off is None,
        "off": off,
        "turn": say(f"body.{asked.step.body}"),
        "shortens": settings.conversion_reduction_allowed and not asked.step.after,
        "classes": [[of, say(f"conversion.class.{of}")] for of in settings.conversion_months],
        "sends_back": say(f"body.{asked.step.before}") if asked.step.before else "",
        "scope": [
            (crop, crop_name(say, crop), chosen is None or crop in chosen.split())
            for crop in sorted(cause.crops)
        ],
    }


async def _votes(say: Words, found: MeetingView, application: str) -> list[Shown]:
    """Everybody present: what was cast, and who is too near and must stand back."""
    cause, _ = await queries.cause(application, found.held_on)
    cast, there = await ballots.cast(found.id, application), await meetings.attendance(found.id)
    names = await people.names([one.person for one in there])
    voted = await queries.voted_before(await queries.case(application))
    before = {person: say(f"body.{body}") for person, body in voted.items()}
    struck, seats = (
        await ballots.struck(found.id, application),
        dict(await view_of.seats(say, found.organ)),
    )
    return [
        {
            "person": one.person, "name": names.get(one.person, ""),
            "seat": seats.get(one.seat, one.seat), "cast": cast.get(one.person, ""),
            "said": say(f"board.vote.{cast[one.person]}") if one.person in cast else "",
            "before": before.get(one.person, ""), "gone": one.gone_at is not None,
            "struck": one.person in struck, "near": one.person in cause.recused,
            "farmer": one.person in cause.farmers,
        }
        for one in there
    ]  # fmt: skip


async def _tally(found: MeetingView, application: str) -> Tally | None:
    """None where hands were counted of others than may vote now."""
    cause, _ = await queries.cause(application, found.held_on)
    try:
        return tally(cause, await queries.assembly(found.id, application))
    except HandsOutdated:
        return None


DOORS = [decide_page, count_hands, vote, decide]
