"""The numbers that GS1 licensed to a group: for its leader and the secretariat."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.ids import is_id, new_id
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.groups import queries as groups
from market.access import deeds, numbers, whose
from market.access.guard import may
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.answers.language import words_for
from market.domain.identifiers import commands, queries
from market.domain.identifiers.digital_link import DigitalLink
from market.domain.identifiers.rules import GiveGtin, Given, GtinGiven, HoldPrefix, PrefixHeld
from market.domain.products import queries as products
from market.web.form import Form
from market.web.page import onward, page

Ask = Request[Any, Any, Any]
Mine = NamedDependency[Permit]
Now = NamedDependency[datetime]


@get("/gs1", opt={"op": "gs1.read"})
async def listed(request: Ask, permit: Mine) -> Response[bytes]:
    return await _shown(request, permit)


@post("/gs1", opt={"op": "gs1.change"})
async def hold(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    form = await Form.of(request)
    await whose.ensure_named(permit, form.raw("organ"))
    try:
        wanted = HoldPrefix(
            form.id(), form.text("organ"), form.text("prefix"), form.text("paper", required=False)
        )
        form.done()
        await deeds.once(commands.hold, wanted, PrefixHeld, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, permit, form=form, no=no)
    return onward("/gs1?saved=1")


@post("/gs1/gtins", opt={"op": "gs1.change"})
async def give(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    """`under` names the prefix; of a form without one nothing is known of whose it is."""
    form = await Form.of(request)
    under, place = await numbers.prefix(form.raw("under"))
    permit.check(place)
    try:
        product, pack = form.text("product"), form.grams("pack", unit="g")
        wanted = GiveGtin(form.id(), under.id, product, pack, form.text("gtin"))
        form.done()
        if not is_id(product):
            raise NotThere
        await deeds.once(commands.give, wanted, GtinGiven, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, permit, form=form, no=no)
    return onward("/gs1?saved=1")


@post("/gs1/{id:str}/end", opt={"op": "gs1.change"})
async def give_up(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found, place = await numbers.prefix(id)
    permit.check(place)
    try:
        await run(commands.give_up, found.id, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, permit, no=no)
    return onward("/gs1?saved=1")


@post("/gs1/gtins/{id:str}/end", opt={"op": "gs1.change"})
async def withdraw(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found, place = await numbers.given(id)
    permit.check(place)
    try:
        await run(commands.withdraw, found.id, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, permit, no=no)
    return onward("/gs1?saved=1")


async def _shown(
    request: Ask, permit: Permit, *, form: Form | None = None, no: Refusal | None = None
) -> Response[bytes]:
    say = words_for(request)
    reached = sorted({*permit.groups(), *await whose.groups_reached(permit)})
    organs = {id: await groups.group(id) for id in reached}
    changed = {id: may(request, "gs1.change", await whose.of_group(id)) for id in reached}
    shown = [
        {
            "of": one,
            "group": say.name(organs[one.organ]),
            "gtins": [await _pack(request, given) for given in await queries.under(one.id)],
            "products": [
                [made.id, say.name(made.name)]
                for made in await products.of_network(organs[one.organ].network or one.organ)
            ],
            "changes": changed[one.organ],
        }
        for one in await queries.prefixes(reached)
    ]
    typed = form.typed if form else {}
    return page(
        request, "gs1.html", no=no, typed=typed, id=typed.get("id") or new_id(), prefixes=shown,
        groups=[[id, say.name(organs[id])] for id in reached if changed[id]],
        saved="saved" in request.query_params and no is None,
    )  # fmt: skip


async def _pack(request: Ask, given: Given) -> dict[str, object]:
    origin = request.app.state.settings.origin
    made = await products.product(given.product)
    return {"of": given, "name": made.name,
            "address": DigitalLink((("01", given.gtin),)).uri(origin)}  # fmt: skip


DOORS = [listed, hold, give, give_up, withdraw]
