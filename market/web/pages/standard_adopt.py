"""A network works by a charter that another network owns, as its own meeting decided."""

from __future__ import annotations

from datetime import datetime

from litestar import Response, get, post
from litestar.di import NamedDependency

from certification.basis.refusal import Refusal
from certification.groups import queries as groups
from certification.groups.rules import NETWORK
from certification.meetings import charters
from certification.schemes import queries
from certification.schemes.rules import AdoptScheme, SchemeAdopted
from market.access import deeds, whose
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.words import Words
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages import by_meeting
from market.web.pages.farm_view import Ask, Shown

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


@get("/standard/adopt", opt={"op": "scheme.adopt"})
async def adopt_page(request: Ask, permit: Mine) -> Response[bytes]:
    return await _shown(request, permit)


@post("/standard/adopt", opt={"op": "scheme.adopt"})
async def adopt(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    form = await Form.of(request)
    await whose.ensure_named(permit, form.raw("network"))
    try:
        network, scheme = form.text("network"), form.text("scheme", most=20)
        named = by_meeting.read(form, at)
        form.done()
        wanted = AdoptScheme(form.id(), scheme, network, *named)
        await deeds.once(charters.adopt, wanted, SchemeAdopted, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, permit, no=no, typed=form.typed)
    return onward(f"/charter#s-{scheme}")


async def _shown(
    request: Ask, permit: Permit, *, no: Refusal | None = None, typed: dict[str, str] | None = None
) -> Response[bytes]:
    say = words_for(request)
    every = [one for one in await groups.every() if one.kind == NETWORK]
    ours = [one for one in every if one.id in permit.groups()]
    used = [await queries.used_by(one.id) for one in ours]
    open_to = [
        await _scheme(say, code)
        for code in await queries.schemes()
        if any(code not in one for one in used)
    ]
    return page(
        request, "standard_adopt.html", no=no, typed=typed or {}, schemes=open_to,
        networks=[[one.id, say.name(one)] for one in ours],
        meetings=await by_meeting.choices(say, *(one.id for one in ours)),
    )  # fmt: skip


async def _scheme(say: Words, code: str) -> Shown:
    newest = (await queries.versions(code))[-1]
    owner = (await queries.scheme(code)).owner
    return {
        "code": code, "name": say.name(newest.content.name), "newest": newest,
        "owner": say.name(await groups.group(owner)),
    }  # fmt: skip


DOORS = [adopt_page, adopt]
