"""The desk at the collection point: weigh what is brought, take it or say why not, give a slip."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import json

from certification.basis import blobs, pictures
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.basis.units import local_day
from certification.people import queries as people
from market.access import intakes, shortages, whose
from market.access.guard import may
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.answers.language import words_for
from market.answers.picture import picture
from market.domain.intake import queries
from market.domain.intake.queries import IntakeView
from market.domain.intake.rules import BECAUSE, OtherPerson, WeighIn
from market.domain.labels import queries as labels
from market.domain.labels.layouts import LAYOUTS
from market.domain.labels.rules import AGAIN
from market.domain.lots.refusals import SoonAfterManure, Unlikely
from market.domain.lots.uncertified import UNCERTIFIED
from market.domain.offers.queries import CycleView
from market.web import static_files
from market.web.form import Form
from market.web.page import onward, page
from market.web.papers import intake_slip, press
from market.web.sheets import Kilos, kind, saved

Ask = Request[Any, Any, Any]
At = NamedDependency[datetime]
Mine = NamedDependency[Permit]
SHEETS = ("t58x40", *(one for one in LAYOUTS if one != "t58x40"))
"""The desk's roll first."""
FILES = (
    "site.css", "desk.js", "sign.svg", "site.webmanifest", "sarabun-thai-400.woff2",
    "sarabun-thai-600.woff2", "sarabun-latin-400.woff2", "sarabun-latin-600.woff2",
)  # fmt: skip
"""What the desk's page needs where there is no signal."""
SAID = {
    "kg": "kg",
    "sent": "Sent: see the slip", "refused": "It was not taken.", "mend": "Open it and mend it",
    "drop": "Throw it away", "sure": "Throw this weighing away? It was not saved anywhere else.",
    "other": "Typed by somebody else on this device: it is sent when that person signs in.",
}  # fmt: skip
HEADS = ("Farmer", "Product", "Ordered", "Weighed", "Accepted", "Why refused", "Weighed by", "When")


@get("/cycles/{id:str}/intake", opt={"op": "intake.read"})
async def desk(request: Ask, id: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    cycle, place = await whose.cycle(id)
    permit.check(place)
    if kind(request):
        return await _table(request, id)
    return await _shown(request, cycle, permit.person, at)


@post("/cycles/{id:str}/intake", opt={"op": "intake.weigh"})
async def weigh_in(request: Ask, id: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    cycle, place = await whose.cycle(id)
    permit.check(place)
    form = await Form.of(request)
    try:
        of, _ = await shortages.offer(form.raw("offer"))
        if of.cycle != id:
            raise NotThere
        if form.raw("weigher") not in ("", permit.person):
            raise OtherPerson
        asked = await _asked(form, permit, at)
        done = await run(intakes.weigh_in, asked, of, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, cycle, permit.person, at, no=no, typed=form.typed)
    return onward(f"/intake/{done.intake}?new=1")


async def _asked(form: Form, permit: Permit, at: datetime) -> WeighIn:
    weighed = form.grams("weighed")
    said = form.raw("accepted").strip()
    accepted = (form.grams("accepted") if said.strip("0.,") else 0) if said else weighed
    because = next((one for one in BECAUSE if one == form.raw("because")), None)
    on = form.day("harvested_on", near=local_day(at)) if form.raw("harvested_on") else None
    form.done()
    photo = form.file("photo")
    kept = await pictures.keep(photo, by=permit.person, at=at) if photo else None
    return WeighIn(
        form.id(), form.raw("offer"), weighed, accepted, because, kept, form.ticked("last"),
        form.raw("corrects") or None, on, form.raw("lot") or None, form.ticked("as_plain"),
        form.ticked("sure"), _clock(form.raw("weighed_at")),
    )  # fmt: skip


def _clock(said: str) -> datetime | None:
    """As a script writes it; nothing where it is no instant, as in a page without script."""
    try:
        found: datetime = msgspec.convert(said, Annotated[datetime, msgspec.Meta(tz=True)])
    except msgspec.ValidationError:
        return None
    return found


@get("/intake/{id:str}", opt={"op": "intake.slip"})
async def slip(request: Ask, id: FromPath[str], permit: Mine) -> Response[bytes]:
    """What the farmer takes along, and for who weighed it the way to the labels."""
    found, place = await intakes.intake(id)
    permit.check(place)
    names = await people.names([one for one in (found.farmer, found.by) if one])
    return page(
        request, "intake_slip.html", of=found, farmer=names.get(found.farmer or "", ""),
        weigher=names.get(found.by, ""), new="new" in request.query_params,
        late=await queries.late(found),
        label=await _label(request, found), widths=intake_slip.WIDTHS,
    )  # fmt: skip


async def _label(request: Ask, of: IntakeView) -> dict[str, Any]:
    """For one press: a label of all that was accepted; or the last run, to be printed again."""
    if of.lot is None or not of.accepted_grams or of.corrected_by:
        return {}
    lot, place = await whose.lot(of.lot)
    if not (may(request, "label.print", place) and await labels.claim_stands(lot)):
        return {}
    say, run = words_for(request), [one for one in await labels.runs(lot.id) if not one.reprint_of]
    left = lot.grams - await labels.labelled_grams(lot.id)
    return {
        "lot": lot.id, "grams": min(left, of.accepted_grams),
        "run": run[-1] if run else None,
        "sheets": [[one, say(f"farm.sheet.{one}")] for one in SHEETS],
        "again": [[why, say(f"farm.again.{why}")] for why in AGAIN],
    }  # fmt: skip


@get("/intake/{id:str}/{file:str}", opt={"op": "intake.slip"})
async def slip_paper(
    request: Ask, id: FromPath[str], file: FromPath[str], permit: Mine
) -> Response[bytes]:
    """`a5.pdf`, `80.pdf` and `58.pdf`: for a sheet, and for the rolls of the desk's printer."""
    found, place = await intakes.intake(id)
    permit.check(place)
    size = file.removesuffix(".pdf")
    if size not in intake_slip.WIDTHS:
        raise NotThere
    written = await intake_slip.content(found, request.app.state.settings.origin, size)
    return await press.pdf("intake_slip", f"intake-{id[-6:]}", written)


@get("/intake/{id:str}/photo", opt={"op": "intake.slip"})
async def photo(id: FromPath[str], permit: Mine) -> Response[bytes]:
    found, place = await intakes.intake(id)
    permit.check(place)
    if found.photo is None:
        raise NotThere
    return picture(*await blobs.fetch(found.photo), f"intake-{id[-6:]}")


async def _shown(
    request: Ask, cycle: CycleView, weigher: str, at: datetime, *, no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:  # fmt: skip
    promised = await queries.desk(cycle.id)
    names = await people.names(one.farmer for one in promised if one.farmer)
    say = words_for(request)
    return page(
        request, "intake.html", no=no, typed=typed or {}, cycle=cycle, becauses=BECAUSE,
        today=local_day(at), weigher=weigher,
        says=json.encode({key: say(text) for key, text in SAID.items()}).decode(),
        ask_plain=isinstance(no, UNCERTIFIED), ask_sure=isinstance(no, (Unlikely, SoonAfterManure)),
        promised=[
            {"of": one, "farmer": names.get(one.farmer or "", say("several farmers"))}
            for one in promised
        ],
    )  # fmt: skip


async def _table(request: Ask, cycle: str) -> Response[bytes]:
    say, found = words_for(request), await queries.desk(cycle)
    every = [(of, one) for of in found for one in of.weighings if not one.corrected_by]
    names = await people.names(id for _, one in every for id in (one.farmer, one.by) if id)
    rows = [
        (names.get(one.farmer or "", ""), say.name(one), Kilos(of.ordered_grams),
         Kilos(one.weighed_grams), Kilos(one.accepted_grams),
         say(f"intake.because.{one.because}") if one.because else None,
         names.get(one.by, ""), say.moment(one.at))
        for of, one in every
    ]  # fmt: skip
    return saved(request, "intake", HEADS, rows)


@get("/desk/worker.js", opt={"op": "trace.read"})
async def worker() -> Response[str]:
    """Keeps the desk's page on the device; it names nobody, so it is anybody's."""
    files = [static_files.address(name) for name in FILES]
    name = hashlib.sha256("\n".join(files).encode()).hexdigest()[:12]
    shelf = json.encode({"files": files, "name": f"desk-files-{name}"}).decode()
    code = (static_files.FOLDER / "desk_worker.js").read_text()
    return Response(
        f'"use strict";\nconst SHELF = {shelf};\n{code}',
        media_type="text/javascript; charset=utf-8",
        headers={
            "service-worker-allowed": "/cycles/",
            "content-security-policy": "default-src 'none'; connect-src 'self'",
        },
    )


DOORS: list[Any] = [desk, weigh_in, slip, slip_paper, photo, worker]
