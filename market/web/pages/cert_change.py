"""To suspend at once, to give back, and to bring a certificate before the meeting."""

from __future__ import annotations

from datetime import date, datetime

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis import pictures
from certification.basis.refusal import Refusal
from certification.basis.units import local_day
from certification.certificates import commands, history, rules
from certification.certificates.queries import CertificateView
from certification.certificates.rules import CertificateReinstated, ChangeCertificate
from certification.hearings import commands as hearings
from certification.hearings.rules import TEXT_LETTERS_MAX, HearingOpened, OpenHearing
from certification.inspections import queries as inspections
from certification.people import queries as people
from certification.plots import queries as plots
from market.access import deeds, guarantee, helping
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.answers.language import words_for
from market.answers.refusals import FieldMissing
from market.domain.accounts import queries as accounts
from market.domain.lots import queries as lots
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages import cert_barred
from market.web.pages.certs import because_words, listed
from market.web.pages.farm_view import Ask, crop_name

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
KINDS: dict[str, history.Kind] = {
    "suspend": "suspended",
    "reinstate": "reinstated",
    "revoke": "revoked",
    "scope": "superseded",
}
AT_ONCE = {("suspend", one) for one in rules.BECAUSE["suspended"] - {"decision"}}
AT_ONCE |= {("reinstate", "mistake")}
"""By one person; the rest comes before the meeting."""


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
    kind, form = _meant(change), await Form.of(request)
    if form.raw("look"):
        return await _change_form(request, found, change, at, typed=form.typed, on=_day(form, at))
    try:
        return onward(await _changed(form, found, change, kind, permit, at))
    except Refusal as no:
        typed = {**form.typed, "crops": " ".join(form.all("crop"))}
        on = _day(form, at)
        return await _change_form(request, found, change, at, no=no, typed=typed, on=on)


async def _changed(
    form: Form,
    found: CertificateView,
    change: str,
    kind: history.Kind,
    permit: Permit,
    at: datetime,
) -> str:
    """Answers with the page where it goes on."""
    by, data = permit.person, _wanted(form, found, kind, at)
    form.done()
    if (change, data.because) in AT_ONCE:
        if change == "suspend":
            await deeds.once(hearings.suspend, data, rules.CertificateSuspended, by=by, at=at)
        else:
            await deeds.once(commands.reinstate, data, CertificateReinstated, by=by, at=at)
        return f"/certs/{found.id}"
    held_from = data.from_on if change in ("suspend", "revoke") else None
    wanted = OpenHearing(
        data.id, found.id, change, data.because, held_from, tuple(form.all("crop")), data.note,  # type: ignore[arg-type]  # among KINDS
    )  # fmt: skip
    await deeds.once(hearings.open_, wanted, HearingOpened, by=by, at=at)
    return f"/hearings/{wanted.id}"


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


def _day(form: Form, at: datetime) -> date:
    return form.day("from_on", near=local_day(at)) if form.raw("from_on") else local_day(at)


def _wanted(
    form: Form, found: CertificateView, kind: history.Kind, at: datetime, whom: str | None = None
) -> ChangeCertificate:
    because = "scope" if kind == "superseded" else form.choice("because", reasons(kind))
    note = form.text("note", most=TEXT_LETTERS_MAX, required=False) or None
    return ChangeCertificate(form.id(), found.id, because, _day(form, at), note, whom)


def reasons(kind: history.Kind) -> list[str]:
    return sorted(rules.BECAUSE[kind])


def _meant(change: str) -> history.Kind:
    if change not in KINDS:
        raise NotThere
    return KINDS[change]


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
    say, on, typed = words_for(request), on or local_day(at), typed or {}
    kind = "surrendered" if change == "surrender" else _meant(change)
    names = await people.names([found.holder])
    growing = {one.crop for one in await plots.growing(found.plot, on)}
    chosen = typed.get("crops", " ".join(found.crops)).split()
    return page(
        request,
        "cert_change.html",
        no=no,
        typed=typed,
        **await listed(say, found, names, at),
        change=change,
        helps=change == "surrender" and found.holder != request.state.permit.person,
        has_pin=await accounts.has_pin(found.holder),
        reasons=[[one, because_words(say, one)] for one in reasons(kind)],
        today=say.day(local_day(at)),
        open=await inspections.open_count(found.plot),
        there=await lots.still_there(found.id) if kind == "surrendered" else None,
        scope=[
            (crop, crop_name(say, crop), crop in chosen)
            for crop in sorted({*found.crops, *growing})
        ],
        under=await cert_barred.seen(request, found, history.Event(kind, on, ""))
        if kind in ("suspended", "revoked")
        else None,
        on=on,
    )


DOORS = [change_page, change, surrender_page, surrender]
