"""What was typed for members: their word is asked for by PIN, by paper, or on their own phone."""

from __future__ import annotations

from datetime import datetime

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis import pictures
from certification.basis.ids import is_id
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.people import queries as people
from market.access import consents, helping
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.picture import picture
from market.answers.refusals import FieldMissing
from market.answers.words import Words
from market.domain.accounts import queries as accounts
from market.domain.spoken import commands, queries
from market.domain.spoken.rules import SpokenView
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages.farm_view import Ask, Shown
from market.web.pages.typed_words import about

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
LOOKS = {
    "waiting": ("warn", "clock"), "own": ("ok", "check"), "pin": ("ok", "check"),
    "paper": ("info", "check"), "denied": ("bad", "warn"),
}  # fmt: skip
LAND = ("paper_noted", "paper_taken_out", "year_noted", "side_noted", "water_noted")
DIARY = "/farm/plots/{}/inputs"
PAGES = dict.fromkeys((f"land.{what}" for what in LAND), "/farm/plots/{}/land") | {
    "land.holding_declared": "/farm/holding", "inputs.used": DIARY,
    "plots.registered": "/farm/plots/{}", "plots.planted": "/farm/plots/{}",
    "applications.submitted": "/farm/applications/{}",
    "applications.resubmitted": "/farm/applications/{}",
    "applications.withdrawn": "/farm/applications/{}",
    "lots.harvested": "/farm/lots/{}", "labels.printed": "/farm/lots/{}",
    "forecasts.expected": "/farm/offer/{}", "forecasts.lowered": "/farm/offer/{}",
    "forecasts.given_up": "/farm/offer/{}",
    "lots.poured": "/farm/lots/{}", "lineage.corrected": "/farm/lots/{}",
    "certificates.surrendered": "/certs/{}", "hearings.appeal_filed": "/appeals/{}",
}  # fmt: skip
WORDS = {"lots.poured": "Spoilt or given away"}
"""Where the record's own words say less than was typed."""


@get("/me/typed", opt={"op": "me.read"})
async def typed_for_me(request: Ask, permit: Mine) -> Response[bytes]:
    return await _mine(request, permit, None)


async def _mine(request: Ask, permit: Permit, no: Refusal | None) -> Response[bytes]:
    found = await queries.of_person(permit.person)
    return page(request, "me_typed.html", no=no, deeds=await _shown(words_for(request), found))


@post("/me/typed/{id:str}/confirmation", opt={"op": "me.edit"})
async def confirm(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    await helping.ensure_mine(id, permit)
    try:
        await run(commands.confirm_own, id, permit.person, at=at)
    except Refusal as no:
        return await _mine(request, permit, no)
    return onward("/me/typed")


@post("/me/typed/{id:str}/denial", opt={"op": "me.edit"})
async def deny(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    await helping.ensure_mine(id, permit)
    try:
        await run(commands.deny, id, permit.person, at=at)
    except Refusal as no:
        return await _mine(request, permit, no)
    return onward("/me/typed")


@get("/helped", opt={"op": "helped.read"})
async def all_helped(request: Ask, permit: Mine) -> Response[bytes]:
    """Whose word is missing, and what somebody said was not them."""
    groups, say = await helping.groups(permit), words_for(request)
    waiting, counts = await queries.waiting_in(groups), dict[str, int]()
    for one in waiting:
        counts[one.person] = counts.get(one.person, 0) + 1
    names = await people.names(counts)
    listed = sorted((names.get(person, ""), person, count) for person, count in counts.items())
    denied = await _shown(say, await queries.denied_in(groups))
    return page(request, "helped.html", people=listed, denied=denied)


@get("/helped/{person:str}", opt={"op": "helped.read"})
async def one_helped(request: Ask, person: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    await helping.ensure_reached(permit, person, at)
    return await _person(request, person, None)


async def _person(request: Ask, person: str, no: Refusal | None) -> Response[bytes]:
    waiting = await _shown(words_for(request), await queries.waiting_of(person))
    name = (await people.particulars(person)).name
    done = "done" in request.query_params
    return page(
        request, "helped_person.html", no=no, person=person, name=name, deeds=waiting, done=done,
        has_pin=await accounts.has_pin(person), consent=consents.text("public_name"),
        given=await people.consented(person, "public_name"),
    )  # fmt: skip


@post("/helped/{person:str}/pin", opt={"op": "helped.confirm"})
async def by_pin(request: Ask, person: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    """The member types it here, on the helper's phone."""
    await helping.ensure_helping(permit, person, at)
    form = await Form.of(request)
    try:
        await helping.confirm_by_pin(
            request, _deeds(form), person, form.text("pin"), by=permit.person, at=at
        )
    except Refusal as no:
        return await _person(request, person, no)
    return onward(f"/helped/{person}?done=1")


@post("/helped/{person:str}/slip", opt={"op": "helped.confirm"})
async def by_slip(request: Ask, person: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    """A photo of the signed paper."""
    await helping.ensure_helping(permit, person, at)
    form = await Form.of(request)
    try:
        if not form.file("slip"):
            form.wrong_is("slip", FieldMissing(field="slip"))
        form.done()
        slip = await pictures.keep(form.file("slip"), by=permit.person, at=at)
        by, deeds = permit.person, _deeds(form)
        await run(commands.confirm_on_paper, deeds, person, slip, by=by, at=at)
    except Refusal as no:
        return await _person(request, person, no)
    return onward(f"/helped/{person}?done=1")


@post("/helped/{person:str}/consent", opt={"op": "helped.confirm"})
async def consent(request: Ask, person: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    """Whether the name stands on public pages; only with the PIN or the paper."""
    await helping.ensure_helping(permit, person, at)
    form, purpose = await Form.of(request), "public_name"
    try:
        given = form.choice("given", ("yes", "no")) == "yes"
        form.done()
        shown = words_for(request)(consents.text(purpose))
        file = form.file("slip")
        slip = await pictures.keep(file, by=permit.person, at=at) if file else ""
        wanted = helping.Consent(form.id(), person, purpose, shown, given)
        pin = form.text("pin", required=False)
        await helping.consent(request, wanted, permit, pin=pin, slip=slip, at=at)
    except Refusal as no:
        return await _person(request, person, no)
    return onward(f"/helped/{person}?done=1")


@get("/typed/{id:str}/slip", opt={"op": "helped.slip"})
async def slip(id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    kind, content = await helping.slip(id, permit, at)
    return picture(kind, content, f"slip-{id}")


def _deeds(form: Form) -> list[str]:
    return [id for id in form.all("deeds") if is_id(id)]


async def _shown(say: Words, found: list[SpokenView]) -> list[Shown]:
    names = await people.names(id for one in found for id in (one.typed_by, one.person))
    return [
        {
            "of": one,
            "words": say(WORDS.get(one.deed, f"event.{one.deed}")),
            "about": await about(say, one),
            "by": names.get(one.typed_by, ""),
            "name": names.get(one.person, ""),
            "href": PAGES.get(one.deed, "").format(one.subject),
            "chip": dict(zip(("kind", "icon"), LOOKS[one.state], strict=True))
            | {"words": say(f"spoken.{one.state}")},
        }
        for one in found
    ]


DOORS = [typed_for_me, confirm, deny, all_helped, one_helped, by_pin, by_slip, consent, slip]
