"""Whether one's name is told on the pages that strangers scan: of who farms, and of who voted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from certification.basis.refusal import Refusal
from certification.people import queries
from market.access import consents
from market.access.permit import Permit, Place
from market.answers.language import words_for
from market.web.form import Form
from market.web.page import onward, page

Ask = Request[Any, Any, Any]
Mine = NamedDependency[Permit]
PURPOSE = "public_name"
"""Where a form does not say which."""


@get("/me/consent", opt={"op": "me.read"})
async def consent_page(request: Ask, permit: Mine) -> Response[bytes]:
    return await _shown(request, permit.person)


@post("/me/consent", opt={"op": "me.edit"})
async def say_consent(request: Ask, permit: Mine, at: NamedDependency[datetime]) -> Response[bytes]:
    permit.check(Place(owner=permit.person))
    form = await Form.of(request)
    purpose = form.raw("purpose") or PURPOSE
    try:
        given = form.choice("given", ("yes", "no")) == "yes"
        shown = words_for(request)(consents.text(purpose))
        form.done()
        await consents.say(form.id(), purpose, shown, given=given, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, permit.person, no)
    return onward("/me/consent")


async def _shown(request: Ask, person: str, no: Refusal | None = None) -> Response[bytes]:
    asked = [
        {"purpose": purpose, "text": text, "given": await queries.consented(person, purpose)}
        for purpose, text in consents.TEXTS.items()
    ]
    return page(request, "me_consent.html", no=no, asked=asked)


DOORS = [consent_page, say_consent]
