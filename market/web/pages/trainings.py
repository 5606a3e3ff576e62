"""Trainings: a leader writes down who was there; a farmer sees the own hours."""

from __future__ import annotations

from datetime import datetime

from litestar import Response, get, post
from litestar.di import NamedDependency

from certification.basis.ids import is_id
from certification.basis.refusal import Refusal
from certification.basis.units import local_day
from certification.groups import queries as groups
from certification.people import queries as people
from certification.trainings import commands, queries, rules
from certification.trainings.rules import RecordTraining, TrainingRecorded
from market.access import deeds, whose
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.words import Words
from market.web import sheets
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages import farm_view as view
from market.web.pages.farm_view import Ask

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
HOURS_MAX = rules.MINUTES_MAX / 60


@get("/farm/trainings", opt={"op": "training.read"})
async def my_trainings(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    person = await view.acting_for(request, permit, at)
    trainings = await queries.of_person(person)
    if sheets.kind(request):
        rows = [(one.held_on, one.topic, one.minutes) for one in trainings]
        return sheets.saved(request, "my-trainings", ["Day", "Topic", "Minutes"], rows)
    return page(
        request,
        "farm_trainings.html",
        of="" if person == permit.person else person,
        helped=await view.helped(permit, person),
        hours=await queries.hours(person, local_day(at)),
        trainings=trainings,
        attendance=[
            await view.attendance(words_for(request), person, group, at)
            for group in await groups.groups_of(person, local_day(at))
        ],
    )


@get("/trainings", opt={"op": "training.record"})
async def training_list(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    """`?as=csv`, `?as=xlsx`: a line for each person at each training."""
    if sheets.kind(request):
        heads = ["Day", "Topic", "Minutes", "Group", "Name"]
        return sheets.saved(request, "trainings", heads, await _rows(words_for(request), permit))
    return await _listed(request, permit, at)


@post("/trainings", opt={"op": "training.record"})
async def record(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    form = await Form.of(request)
    permit.check(await whose.of_group(form.raw("organ")))
    try:
        topic = form.text("topic", most=rules.TOPIC_MAX)
        held_on = form.day("held_on", near=local_day(at))
        hours = form.degrees("hours")
        form.done()
        minutes = round(hours * 60) if 0 < hours <= HOURS_MAX else 0
        there = tuple(one for one in form.all("persons") if is_id(one))
        taught = tuple(one for one in rules.SKILLS if one in form.all("skills"))
        wanted = RecordTraining(
            form.id(), form.raw("organ"), topic, held_on, minutes, there, taught
        )
        await deeds.once(commands.record, wanted, TrainingRecorded, by=permit.person, at=at)
    except Refusal as no:
        chosen = form.all("persons")
        return await _listed(request, permit, at, no=no, typed=form.typed, chosen=chosen)
    return onward("/trainings?saved=1")


async def _listed(
    request: Ask,
    permit: Permit,
    at: datetime,
    *,
    no: Refusal | None = None,
    typed: dict[str, str] | None = None,
    chosen: list[str] | None = None,
) -> Response[bytes]:
    say, today = words_for(request), local_day(at)
    shown = []
    for group in await whose.groups_reached(permit):
        members = await queries.people_of(group, today)
        names = await people.names(members)
        listed = sorted(([names[p], p] for p in members if p in names), key=_by_name)
        shown.append({
            "id": group, "name": say.name(await groups.group(group)), "members": listed,
            "held": await queries.of_organ(group),
        })  # fmt: skip
    return page(
        request,
        "trainings.html",
        no=no,
        typed=typed or {},
        chosen=chosen or [],
        groups=shown,
        skills=[[one, say(f"season.skill.{one}")] for one in rules.SKILLS],
        today=say.day(today),
        saved="saved" in request.query_params and no is None,
    )


async def _rows(say: Words, permit: Permit) -> list[tuple[object, ...]]:
    rows = list[tuple[object, ...]]()
    for group in await whose.groups_reached(permit):
        called = say.name(await groups.group(group))
        for one in await queries.of_organ(group):
            names = await people.names(one.persons)
            rows += [
                (one.held_on, one.topic, one.minutes, called, names.get(who, ""))
                for who in one.persons
            ]
    return rows


def _by_name(pair: list[str]) -> str:
    return view.sort_key(pair[0])


DOORS = [my_trainings, training_list, record]
