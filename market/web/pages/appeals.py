"""A farmer appeals, or a helper with the farmer's word."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis import pictures
from certification.basis.refusal import Refusal
from certification.basis.units import local_day
from certification.hearings import appeals, effects, queries, rules
from certification.hearings.appeals import Appealable
from certification.hearings.rules import AppealFiled, FileAppeal
from certification.people import queries as people
from market.access import deeds, guarantee, helping
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.refusals import FieldMissing
from market.domain.accounts import queries as accounts
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages.farm_view import Ask
from market.web.pages.meeting_view import case

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


@get("/appeals/{against:str}", opt={"op": "appeal.file"})
async def appeal_page(
    request: Ask, against: FromPath[str], permit: Mine, at: Now
) -> Response[bytes]:
    found, place = await guarantee.appealable(against)
    permit.check(place)
    return await _form(request, found, permit, at)


@post("/appeals/{against:str}", opt={"op": "appeal.file"})
async def file(request: Ask, against: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found, place = await guarantee.appealable(against)
    permit.check(place)
    form = await Form.of(request)
    try:
        await _file(request, form, found, permit, at)
    except Refusal as no:
        return await _form(request, found, permit, at, no=no, typed=form.typed)
    return onward(f"/appeals/{against}")


async def _file(request: Ask, form: Form, found: Appealable, permit: Permit, at: datetime) -> None:
    by, helps = permit.person, found.holder != permit.person
    grounds = form.text("grounds", most=rules.TEXT_LETTERS_MAX)
    pin, file = form.text("pin", required=False), form.file("slip")
    if helps and not (pin or file):
        form.wrong_is("pin", FieldMissing(field="pin"))
    form.done()
    wanted = FileAppeal(form.id(), found.id, grounds, found.holder if helps else None)

    async def do() -> AppealFiled:
        return await deeds.once(appeals.file, wanted, AppealFiled, by=by, at=at)

    if not helps:
        await do()
        return
    slip = await pictures.keep(file, by=by, at=at) if file else ""
    whom, word = deeds.For(found.holder, found.group, found.id), helping.Word(pin, slip)
    await helping.with_word(request, wanted.id, do, whom, word, by=by, at=at)


async def _form(
    request: Ask,
    found: Appealable,
    permit: Permit,
    at: datetime,
    *,
    no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:
    say = words_for(request)
    settings = await effects.settings_of(found.application)
    every = await queries.appeals(found.certificate, found.application)
    filed = next((one for one in every if one.against == found.id), None)
    last_on = rules.last_day(found.decided_on, settings)
    return page(
        request,
        "appeal.html",
        no=no,
        typed=typed or {},
        **await case(say, found.application),
        found=found,
        what=say(f"appeal.against.{found.kind}"),
        filed=filed,
        state=say(f"appeal.state.{await queries.state(filed)}") if filed else "",
        ruling=await queries.ruling(filed.hearing) if filed and filed.hearing else None,
        last_on=last_on,
        late=local_day(at) > last_on,
        rests=settings.appeal_lifts_suspension and found.kind == "suspended",
        helps=found.holder != permit.person,
        holder=(await people.names([found.holder])).get(found.holder, ""),
        has_pin=await accounts.has_pin(found.holder),
    )


DOORS: list[Any] = [appeal_page, file]
