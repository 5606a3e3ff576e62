"""Partners that may tell what befell a network's goods: for its secretariat."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.ids import new_id
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.groups import queries as groups
from market.access import partners, whose
from market.access.guard import may
from market.access.permit import Permit
from market.answers.language import words_for
from market.domain.partners import commands, queries
from market.domain.partners.rules import GivePartner
from market.web.form import Form
from market.web.page import onward, page

Ask = Request[Any, Any, Any]
Mine = NamedDependency[Permit]
Now = NamedDependency[datetime]


@get("/partners", opt={"op": "partner.read"})
async def listed(request: Ask, permit: Mine) -> Response[bytes]:
    return await _shown(request, permit)


@post("/partners", opt={"op": "partner.give"})
async def give(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    """No redirect: what the partner is to show stands on this answer and nowhere else."""
    form = await Form.of(request)
    await whose.ensure_named(permit, form.raw("network"))
    try:
        wanted = GivePartner(form.id(), form.text("network"), form.text("name"))
        form.done()
        bearer = await partners.given(wanted, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, permit, form=form, no=no)
    return await _shown(request, permit, bearer=bearer, name=wanted.name)


@post("/partners/{id:str}/end", opt={"op": "partner.give"})
async def end(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found, place = await partners.partner(id)
    permit.check(place)
    try:
        await run(commands.end, found.id, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, permit, no=no)
    return onward("/partners?saved=1")


async def _shown(
    request: Ask, permit: Permit, *, form: Form | None = None, no: Refusal | None = None,
    bearer: str = "", name: str = "",
) -> Response[bytes]:  # fmt: skip
    say = words_for(request)
    reached = sorted({*permit.groups(), *await whose.groups_reached(permit)})
    names = {id: say.name(await groups.group(id)) for id in reached}
    gives = [id for id in reached if may(request, "partner.give", await whose.of_group(id))]
    typed = form.typed if form else {}
    shown = page(
        request, "partners.html", no=no, typed=typed, id=typed.get("id") or new_id(),
        partners=[
            {"of": one, "network": names[one.network], "ends": one.network in gives}
            for one in await queries.of_networks(reached)
        ],
        networks=[[id, names[id]] for id in gives], bearer=bearer, told_to=name,
        door=f"{request.app.state.settings.origin}/epcis/capture",
        saved="saved" in request.query_params and no is None,
    )  # fmt: skip
    shown.headers["cache-control"] = "no-store"
    return shown


DOORS = [listed, give, end]
