"""Founding a scheme for a network, from one that ships with the product."""

from __future__ import annotations

from datetime import datetime

from litestar import Response, get, post
from litestar.di import NamedDependency

from certification.basis.refusal import Refusal
from certification.basis.text import Text
from certification.groups import queries as groups
from certification.groups.rules import NETWORK
from certification.schemes import commands, queries
from certification.schemes.presets import PRESETS
from certification.schemes.rules import FoundScheme, SchemeFounded
from market.access import deeds, whose
from market.access.permit import Permit
from market.answers.language import words_for
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages.farm_view import Ask, Shown

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


@get("/standard/new", opt={"op": "scheme.found"})
async def found_page(request: Ask, permit: Mine) -> Response[bytes]:
    return await _shown(request, permit)


@post("/standard/new", opt={"op": "scheme.found"})
async def found(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    """Leads to the draft, where it is read, changed and published."""
    form = await Form.of(request)
    await whose.ensure_named(permit, form.raw("owner"))
    try:
        wanted = _wanted(form)
        await deeds.once(commands.found, wanted, SchemeFounded, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, permit, no=no, typed=form.typed)
    return onward(f"/draft/{wanted.scheme}")


def _wanted(form: Form) -> FoundScheme:
    owner, preset = form.text("owner"), form.choice("preset", PRESETS)
    scheme, prefix = form.text("scheme", most=20).lower(), form.text("prefix", most=8).upper()
    name = Text(form.text("name_th", most=120), form.text("name_en", most=120, required=False))
    form.done()
    return FoundScheme(form.id(), scheme, prefix, owner, preset, name)


async def _shown(
    request: Ask, permit: Permit, *, no: Refusal | None = None, typed: dict[str, str] | None = None
) -> Response[bytes]:
    say = words_for(request)
    reached = None if permit.everywhere() else permit.groups()
    every = [one for one in await groups.every() if one.kind == NETWORK]
    owners = [one for one in every if reached is None or one.id in reached]
    return page(
        request,
        "standard_new.html",
        no=no,
        typed=typed or {},
        owners=[[one.id, say.name(one)] for one in owners],
        presets=[_preset(request, name) for name in PRESETS],
        known=[one.code for one in await queries.founded()],
    )


def _preset(request: Ask, name: str) -> Shown:
    """In a few words, so that one can choose before reading it whole."""
    say, content = words_for(request), queries.preset(name)
    settings = content.rules
    seats = [f"{say.name(s.name)} {s.minimum}" for s in settings.panel_seats if s.minimum]
    return {
        "key": name,
        "name": say(f"standard.preset.{name}"),
        "scheme": content.scheme,
        "prefix": settings.number_prefix,
        "title": content.name,
        "inspectors": settings.min_inspectors,
        "seats": ", ".join(seats),
        "stages": " → ".join(say.name(stage.name) for stage in settings.decision_stages),
        "confirm": sum(source.level == "confirm" for source in content.sources.values()),
    }


DOORS = [found_page, found]
