"""Certificates from the inside: issued after a decision, changed with a reason, given back."""

from __future__ import annotations

from datetime import datetime

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.refusal import Refusal
from certification.basis.units import local_day
from certification.certificates import commands, history, queries, rules
from certification.certificates.queries import CertificateView, EventView
from certification.certificates.rules import IssueCertificate
from certification.decisions.queries import DecisionView
from certification.hearings import queries as hearings
from certification.hearings.rules import ASKED, last_day
from certification.meetings import queries as meetings
from certification.people import queries as people
from certification.plots import queries as plots
from certification.schemes import queries as schemes
from market.access import deeds, guarantee, whose
from market.access.guard import may
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.words import Words
from market.web import sheets
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages import hearing_view
from market.web.pages.farm_standing import STATE_LOOKS, chip
from market.web.pages.farm_view import Ask, Shown, crop_name, plot_name
from market.web.pages.meeting_view import case

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
LISTED = 200


@get("/certs", opt={"op": "certificate.read"})
async def certificates(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    """`?as=csv`, `?as=xlsx`."""
    say = words_for(request)
    reached = await whose.groups_reached(permit)
    found = [c for group in reached for c in await queries.of_group(group)]
    found = found or await queries.of_holder(permit.person)
    names = await people.names([one.holder for one in found])
    if sheets.kind(request):
        heads = ["Number", "Plot", "Holder", "Charter", "State", "From", "Until"]
        rows = [_row(await listed(say, one, names, at)) for one in found]
        return sheets.saved(request, "certificates", heads, rows)
    shown = [await listed(say, one, names, at) for one in found[:LISTED]]
    return page(request, "certs.html", certificates=shown)


def _row(one: Shown) -> tuple[object, ...]:
    of = one["of"]
    return (
        of.number, one["name"], one["holder"], of.scheme, one["chip"]["words"], of.valid_from,
        of.valid_until,
    )  # fmt: skip


async def listed(say: Words, of: CertificateView, names: dict[str, str], at: datetime) -> Shown:
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
    state = history.latest_state(await queries.history(id))
    return page(
        request,
        "cert.html",
        **await listed(say, found, names, at),
        crops=[crop_name(say, crop) for crop in found.crops],
        events=[
            {
                "of": event, "kind": say(f"certs.kind.{event.kind}"),
                "because": because_words(say, event.because), "by": names.get(event.by, ""),
            }
            for event in events
        ],
        changes=[one for one, states in ASKED.items() if state in states],
        hearings=[
            await hearing_view.listed(say, one)
            for one in reversed(await hearings.of_certificate(id))
        ],
        appeals={event.id: await _appealable(event, found, at) for event in events},
        mine=found.holder == permit.person,
        may_appeal=may(request, "appeal.file", place),
        may_give_back=may(request, "certificate.surrender", place) and state not in rules.FINAL,
        bars=state in ("suspended", "revoked", "surrendered")
        and may(request, "certificate.barred", place),
        new="new" in request.query_params,
    )  # fmt: skip


def because_words(say: Words, word: str) -> str:
    return say(f"certs.because.{word}")


async def _appealable(event: EventView, found: CertificateView, at: datetime) -> Shown | None:
    """Until when it may be appealed against, or the appeal that was filed."""
    if event.kind not in ("suspended", "revoked"):
        return None
    filed = [a for a in await hearings.appeals(found.id, "") if a.against == event.id]
    settings = (await schemes.version(found.scheme_version)).content.rules
    last_on = last_day(local_day(event.at), settings)
    return {
        "filed": filed[0] if filed else None,
        "state": await hearings.state(filed[0]) if filed else "",
        "until": last_on,
        "over": local_day(at) > last_on,
    }


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


DOORS = [certificates, certificate_page, issue_page, issue]
