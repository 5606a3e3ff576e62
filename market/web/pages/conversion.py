"""A meeting shortens a conversion, and what it rested on is there to be seen."""

from __future__ import annotations

from datetime import datetime
from typing import get_args

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis import blobs, pictures
from certification.basis.refusal import Refusal
from certification.conversion import queries
from certification.conversion.rules import REASON_LETTERS_MAX, Shorten, Shortened
from certification.decisions import commands
from certification.schemes.settings import CropClass
from market.access import deeds, whose
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.answers.picture import picture
from market.web.form import Form
from market.web.page import Ask, onward
from market.web.pages.decide import reached, shown

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


@post("/decide/{id:str}/shorten", opt={"op": "decision.make"})
async def shorten(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    form = await Form.of(request)
    met = await reached(id, form.raw("meeting"), permit)
    try:
        wanted = _wanted(form, met.id, id)
        file = form.file("evidence")
        kept = await pictures.keep(file, by=permit.person, at=at) if file else ""
        given = Shorten(**{**wanted, "evidence": kept})  # type: ignore[arg-type]  # as checked
        await deeds.once(commands.shorten, given, Shortened, by=permit.person, at=at)
    except Refusal as no:
        return await shown(request, id, met, permit, no=no, typed=form.typed)
    return onward(f"/decide/{id}?meeting={met.id}#stages")


def _wanted(form: Form, meeting: str, application: str) -> dict[str, object]:
    said = {
        "id": form.id("shortening"),
        "meeting": meeting,
        "application": application,
        "crop_class": form.choice("crop_class", get_args(CropClass)),
        "months": form.whole("months", least=1, most=120),
        "reason": form.text("shorter_because", most=REASON_LETTERS_MAX),
        "votes_for": form.whole("votes_for", most=10_000),
        "votes_against": form.whole("votes_against", most=10_000),
    }
    form.done()
    return said


@get("/farm/plots/{id:str}/shortenings/{shortening:str}/photo", opt={"op": "land.read"})
async def evidence(
    id: FromPath[str], shortening: FromPath[str], permit: Mine, at: Now
) -> Response[bytes]:
    _, place = await whose.plot(id, at)
    permit.check(place)
    found = await queries.shortening(shortening)
    if found is None or found.plot != id:
        raise NotThere
    kind, content = await blobs.fetch(found.evidence)
    return picture(kind, content, f"evidence-{shortening}")


DOORS = [shorten, evidence]
