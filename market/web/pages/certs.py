"""Certificates from the inside: issued after a decision, changed with a reason, given back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis import pictures
from certification.basis.refusal import Refusal
from certification.basis.units import local_day
from certification.certificates import commands, queries, rules
from certification.certificates.queries import CertificateView
from certification.certificates.rules import ChangeCertificate, IssueCertificate
from certification.decisions.queries import DecisionView
from certification.inspections import queries as inspections
from certification.meetings import queries as meetings
from certification.people import queries as people
from certification.plots import queries as plots
from market.access import deeds, guarantee, helping, whose
from market.access.guard import may
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.answers.language import words_for
from market.answers.refusals import FieldMissing
from market.answers.words import Words
from market.domain.accounts import queries as accounts
from market.domain.lots import queries as lots
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages import cert_barred
from market.web.pages.farm_standing import STATE_LOOKS, chip
from market.web.pages.farm_view import Ask, Shown, crop_name, plot_name
from market.web.pages.meeting_view import case

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
Change = Callable[..., Awaitable[Any]]
CHANGES: dict[str, tuple[rules.Kind, Change, type[Any]]] = {
    "suspend": ("suspended", commands.suspend, rules.CertificateSuspended),
    "reinstate": ("reinstated", commands.reinstate, rules.CertificateReinstated),
    "revoke": ("revoked", commands.revoke, rules.CertificateRevoked),
}
LISTED = 200


@get("/certs", opt={"op": "certificate.read"})
async def certificates(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    say = words_for(request)
    reached = await whose.groups_reached(permit)
    found = [c for group in reached for c in await queries.of_group(group)]
    found = found or await queries.of_holder(permit.person)
    names = await people.names([one.holder for one in found])
    shown = [await _listed(say, one, names, at) for one in found[:LISTED]]
    return page(request, "certs.html", certificates=shown)


async def _listed(say: Words, of: CertificateView, names: dict[str, str], at: datetime) -> Shown:
    return {
        "of": of,
        "holder": names.get(of.holder, ""),
        "name": plot_name(say, await plots.plot(of.plot)),
        "chip": await _chip(say, of, at),
    }


async def _chip(say: Words, of: CertificateView, at: datetime) -> Shown:
    today = await queries.standing(of, None, local_day(at))
    if today.state == "active":
        look = ("ok", "shield") if of.stage == "organic" else ("warn", "clock")
        return chip(look, say(f"farm.certificate.{of.stage}", until_on=of.valid_until))
    look = STATE_LOOKS.get(today.state, ("off", "no"))
    return chip(look, say(f"farm.certificate.{today.state}", until_on=of.valid_until))


@get("/certs/{id:str}", opt={"op": "certificate.read"})
async def certificate_page(
    request: Ask, id: FromPath[str], permit: Mine, at: Now
) -> Response[bytes]:
    found, place = await guarantee.certificate(id)
    permit.check(place)
    say, events = words_for(request), await queries.events(id)
    names = await people.names([found.holder, *[event.by for event in events]])
    state = rules.latest_state(await queries.history(id))
    return page(
        request,
        "cert.html",
        **await _listed(say, found, names, at),
        crops=[crop_name(say, crop) for crop in found.crops],
        events=[
            {
                "of": event, "kind": say(f"certs.kind.{event.kind}"),
                "because": _because(say, event.because), "by": names.get(event.by, ""),
            }
            for event in events
        ],
        changes=[name for name, (kind, _, _) in CHANGES.items() if state in rules.FROM[kind]],
        mine=found.holder == permit.person,
        may_give_back=may(request, "certificate.surrender", place) and state not in rules.FINAL,
        bars=state in ("suspended", "revoked", "surrendered")
        and may(request, "certificate.barred", place),
        new="new" in request.query_params,
    )  # fmt: skip


def _because(say: Words, word: str) -> str:
    return say(f"certs.because.{word}")


@get("/certs/new/{decision:str}", opt={"op": "certificate.issue"})
async def issue_page(request: Ask, decision: FromPath[str], permit: Mine) -> Response[bytes]:
    found, place = await guarantee.decision(decision)
    permit.check(place)
    return await _issue_form(request, found)


@post("/certs/new/{decision:str}", opt={"op": "certificate.issue"})
async def issue(request: Ask, decision: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found, place = await guarantee.decision(decision)
    permit.check(place)
    form = await Form.of(request)
    wanted = IssueCertificate(form.id(), decision, tuple(form.all("crop")) or None)
    try:
        told = rules.CertificateIssued
        made = await deeds.once(commands.issue, wanted, told, by=permit.person, at=at)
    except Refusal as no:
        return await _issue_form(request, found, no=no, typed=form.typed)
    return onward(f"/certs/{made.certificate}?new=1")


async def _issue_form(
    request: Ask,
    found: DecisionView,
    *,
    no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:
    say, meeting = words_for(request), await meetings.meeting(found.meeting)
    head = await case(say, found.application)
    return page(
        request,
        "cert_new.html",
        no=no,
        typed=typed or {},
        **head,
        decision=found,
        meeting=meeting,
        crops=[(crop, crop_name(say, crop)) for crop in found.crops],
        already=await queries.of_decision(found.id),
    )


@get("/certs/{id:str}/{change:str}", opt={"op": "certificate.change"})
async def change_page(
    request: Ask, id: FromPath[str], change: FromPath[str], permit: Mine, at: Now
) -> Response[bytes]:
    found, place = await guarantee.certificate(id)
    permit.check(place)
    return await _change_form(request, found, change, at)


@post("/certs/{id:str}/{change:str}", opt={"op": "certificate.change"})
async def change(
    request: Ask, id: FromPath[str], change: FromPath[str], permit: Mine, at: Now
) -> Response[bytes]:
    found, place = await guarantee.certificate(id)
    permit.check(place)
    return await _changed(request, found, change, permit, at)


@get("/certs/{id:str}/surrender", opt={"op": "certificate.surrender"})
async def surrender_page(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found, place = await guarantee.certificate(id)
    permit.check(place)
    return await _change_form(request, found, "surrender", at)


@post("/certs/{id:str}/surrender", opt={"op": "certificate.surrender"})
async def surrender(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found, place = await guarantee.certificate(id)
    permit.check(place)
    form = await Form.of(request)
    try:
        await _give_back(request, form, found, permit, at)
    except Refusal as no:
        return await _change_form(request, found, "surrender", at, no=no, typed=form.typed)
    return onward(f"/certs/{found.id}")


async def _give_back(
    request: Ask, form: Form, found: CertificateView, permit: Permit, at: datetime
) -> None:
    """It is final: where a helper types it, not without the holder's own word."""
    by, helps = permit.person, found.holder != permit.person
    wanted = _wanted(form, found, "surrendered", at, found.holder if helps else None)
    pin, file = form.text("pin", required=False), form.file("slip")
    if helps and not (pin or file):
        form.wrong_is("pin", FieldMissing(field="pin"))
    form.done()

    async def do() -> rules.CertificateSurrendered:
        told = rules.CertificateSurrendered
        return await deeds.once(commands.surrender, wanted, told, by=by, at=at)

    if not helps:
        await do()
        return
    whom = deeds.For(found.holder, found.group, found.id)
    slip = await pictures.keep(file, by=by, at=at) if file else ""
    word = helping.Word(pin, slip)
    await helping.with_word(request, wanted.id, do, whom, word, by=by, at=at)


async def _changed(
    request: Ask, found: CertificateView, change: str, permit: Permit, at: datetime
) -> Response[bytes]:
    kind, command, told = _meant(change)
    form = await Form.of(request)
    if form.raw("look"):
        return await _change_form(request, found, change, at, typed=form.typed, on=_day(form, at))
    wanted = _wanted(form, found, kind, at)
    try:
        form.done()
        await deeds.once(command, wanted, told, by=permit.person, at=at)
    except Refusal as no:
        on = _day(form, at)
        return await _change_form(request, found, change, at, no=no, typed=form.typed, on=on)
    return onward(f"/certs/{found.id}")


def _day(form: Form, at: datetime) -> date:
    return form.day("from_on", near=local_day(at)) if form.raw("from_on") else local_day(at)


def _wanted(
    form: Form, found: CertificateView, kind: rules.Kind, at: datetime, whom: str | None = None
) -> ChangeCertificate:
    because, from_on = form.choice("because", sorted(rules.BECAUSE[kind])), _day(form, at)
    note = form.text("note", most=rules.NOTE_LETTERS_MAX, required=False) or None
    return ChangeCertificate(form.id(), found.id, because, from_on, note, whom)


def _meant(change: str) -> tuple[rules.Kind, Change, type[Any]]:
    if change not in CHANGES:
        raise NotThere
    return CHANGES[change]


async def _change_form(
    request: Ask,
    found: CertificateView,
    change: str,
    at: datetime,
    *,
    no: Refusal | None = None,
    typed: dict[str, str] | None = None,
    on: date | None = None,
) -> Response[bytes]:
    """What it will bar is shown as of the day that is typed, else of today."""
    say, on = words_for(request), on or local_day(at)
    kind = "surrendered" if change == "surrender" else _meant(change)[0]
    names = await people.names([found.holder])
    return page(
        request,
        "cert_change.html",
        no=no,
        typed=typed or {},
        **await _listed(say, found, names, at),
        change=change,
        helps=change == "surrender" and found.holder != request.state.permit.person,
        has_pin=await accounts.has_pin(found.holder),
        reasons=[[one, _because(say, one)] for one in sorted(rules.BECAUSE[kind])],
        today=say.day(local_day(at)),
        open=await inspections.open_count(found.plot),
        there=await lots.still_there(found.id) if kind == "surrendered" else None,
        under=await cert_barred.seen(request, found, rules.Event(kind, on, ""))
        if kind in ("suspended", "revoked")
        else None,
        on=on,
    )


DOORS = [
    certificates, certificate_page, issue_page, issue, change_page, change, surrender_page,
    surrender,
]  # fmt: skip
