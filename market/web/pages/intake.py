"""The desk at the collection point: weigh what is brought, take it or say why not, give a slip."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis import blobs, pictures
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.people import queries as people
from market.access import deeds, intakes, shortages, whose
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.answers.language import words_for
from market.answers.picture import picture
from market.domain.intake import commands, queries
from market.domain.intake.rules import BECAUSE, WeighIn
from market.domain.offers.queries import CycleView
from market.web.form import Form
from market.web.page import onward, page
from market.web.sheets import Kilos, kind, saved

Ask = Request[Any, Any, Any]
At = NamedDependency[datetime]
Mine = NamedDependency[Permit]
HEADS = ("Farmer", "Product", "Ordered", "Weighed", "Accepted", "Why refused", "Weighed by", "When")


@get("/cycles/{id:str}/intake", opt={"op": "intake.read"})
async def desk(request: Ask, id: FromPath[str], permit: Mine) -> Response[bytes]:
    cycle, place = await whose.cycle(id)
    permit.check(place)
    if kind(request):
        return await _table(request, id)
    return await _shown(request, cycle)


@post("/cycles/{id:str}/intake", opt={"op": "intake.weigh"})
async def weigh_in(request: Ask, id: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    cycle, place = await whose.cycle(id)
    permit.check(place)
    form = await Form.of(request)
    try:
        if (await shortages.offer(form.raw("offer")))[0].cycle != id:
            raise NotThere
        weighed = form.grams("weighed")
        said = form.raw("accepted").strip()
        accepted = (form.grams("accepted") if said.strip("0.,") else 0) if said else weighed
        because = next((one for one in BECAUSE if one == form.raw("because")), None)
        form.done()
        photo = form.file("photo")
        kept = await pictures.keep(photo, by=permit.person, at=at) if photo else None
        asked = WeighIn(
            form.id(), form.raw("offer"), weighed, accepted, because, kept,
            form.ticked("last"), form.raw("corrects") or None,
        )  # fmt: skip
        deeds.ensure_storable(asked, asked.id, *([asked.corrects] if asked.corrects else []))
        done = await run(commands.weigh_in, asked, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, cycle, no=no, typed=form.typed)
    return onward(f"/intake/{done.intake}")


@get("/intake/{id:str}", opt={"op": "intake.slip"})
async def slip(request: Ask, id: FromPath[str], permit: Mine) -> Response[bytes]:
    """What the farmer takes along."""
    found, place = await intakes.intake(id)
    permit.check(place)
    names = await people.names([one for one in (found.farmer, found.by) if one])
    return page(
        request, "intake_slip.html", of=found, farmer=names.get(found.farmer or "", ""),
        weigher=names.get(found.by, ""),
    )  # fmt: skip


@get("/intake/{id:str}/photo", opt={"op": "intake.slip"})
async def photo(id: FromPath[str], permit: Mine) -> Response[bytes]:
    found, place = await intakes.intake(id)
    permit.check(place)
    if found.photo is None:
        raise NotThere
    return picture(*await blobs.fetch(found.photo), f"intake-{id[-6:]}")


async def _shown(
    request: Ask, cycle: CycleView, *, no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:  # fmt: skip
    promised = await queries.desk(cycle.id)
    names = await people.names(one.farmer for one in promised if one.farmer)
    say = words_for(request)
    return page(
        request, "intake.html", no=no, typed=typed or {}, cycle=cycle, becauses=BECAUSE,
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


DOORS = [desk, weigh_in, slip, photo]
