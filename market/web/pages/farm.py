"""The farmer's day: plots and what comes next, lots, and the money that came of them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from litestar import Response, get
from litestar.di import NamedDependency

from certification.basis.units import local_day
from certification.crops import queries as crops
from certification.crops.rules import Crop
from certification.findings import queries as standings
from certification.groups import queries as groups
from certification.people import queries as people
from certification.plots import queries as plots
from certification.plots.queries import PlotView
from market.access import whose
from market.access.guard import may
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.words import Words
from market.domain.lots import queries as lots
from market.domain.orders import queries as orders
from market.domain.settlement import queries as settlement
from market.domain.spoken import queries as spoken
from market.web import sheets
from market.web.page import page
from market.web.pages import farm_view as view
from market.web.pages.farm_standing import claim_chip, plot_card
from market.web.pages.farm_view import Ask, Shown

RAI_M2 = 1_600
Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
LOTS_SHOWN = 40
FRESH = timedelta(days=14)
"""What is older has been sold or eaten, or keeps and is found under the earlier ones."""
HARVEST = {"href": "/farm/harvest/new", "words": "Record a harvest", "icon": "basket"}
REGISTER = {"href": "/farm/plots/new", "words": "Register a plot", "icon": "map"}


@get("/farm", opt={"op": "farm.read"})
async def farm(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    """Today: what comes next, what to bring where, money on its way, and what asks for care."""
    head = await _head(request, permit, at)
    cards, person = head["plots"], head["person"]
    said = await settlement.farmer_statement(person) if head["own"] else None
    care = [card for card in cards if card["step"] or not card["certified"] or card["soon"]]
    return page(
        request,
        "farm.html",
        **head,
        next=_next(cards),
        care=care,
        well=[card for card in cards if card not in care],
        bring=await _bring(request, person, at) if head["farms"] else [],
        due_satang=said.due_satang if said else 0,
        typed=len(await spoken.waiting_of(person)),
        mend=[
            one
            for one in await standings.of_farmer(person, local_day(at))
            if one.standing.state != "done_claimed"
        ],
        members=await _members(words_for(request), permit, local_day(at)),
    )


@get("/farm/plots", opt={"op": "farm.read"})
async def plot_list(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    head = await _head(request, permit, at)
    if sheets.kind(request):
        heads = ("Plot code", "Plot", "Where it lies", "Rai", "Growing now", "State")
        rows = [_plot_line(one) for one in head["plots"]]
        return sheets.saved(request, "plots", heads, rows)
    return page(request, "farm_plots.html", **head)


def _plot_line(card: Shown) -> tuple[object, ...]:
    plot, chips = card["plot"], " · ".join(one["words"] for one in card["chips"])
    rai, growing = round(plot.area_m2 / RAI_M2, 2), ", ".join(card["growing"])
    return plot.code, card["name"], card["place"], rai, growing, chips


@get("/farm/lots", opt={"op": "farm.read"})
async def lot_list(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    """What was harvested, and where its kilos are now."""
    head, say = await _head(request, permit, at), words_for(request)
    listed = await lots.of_farmer(head["person"], limit=LOTS_SHOWN)
    shown = [await _lot(say, lot) for lot in listed]
    first = local_day(at) - FRESH
    fresh = [one for one in shown if one["lot"].harvested_on >= first]
    before = [one for one in shown if one not in fresh]
    return page(request, "farm_lots.html", **head, fresh=fresh, before=before)


async def _head(request: Ask, permit: Permit, at: datetime) -> Shown:
    """Whose farm it is, and its plots."""
    say, today = words_for(request), local_day(at)
    person = await view.acting_for(request, permit, at)
    mine = [p for p in await plots.of_farmer(person, today) if not p.replaced_by]
    own = person == permit.person
    return {
        "person": person,
        "own": own,
        "farms": not own or any(r.scope == "own" for r in permit.reaches),
        "helped": await view.helped(permit, person),
        "of": "" if own else f"?of={person}",
        "plots": [await _card(request, say, plot, person, today) for plot in mine],
    }


async def _card(request: Ask, say: Words, plot: PlotView, farmer: str, on: date) -> Shown:
    """What its reader may do: the step that comes next, and whether to harvest."""
    card = await plot_card(say, plot, on)
    place = await whose.of_group(plot.group, owner=farmer)
    harvests = may(request, "lot.harvest", place)
    return {**card, "step": view.offered(request, card["step"], place), "harvests": harvests}


def _next(cards: list[Shown]) -> Shown:
    """The one thing to do: harvest where something is certified, else the first step missing."""
    if not cards:
        return REGISTER
    steps = [card["step"] for card in cards if card["step"]]
    ready = [card for card in cards if card["harvests"]]
    waits = any(card["certified"] and card["growing"] for card in ready)
    if ready and (waits or not steps):
        return HARVEST
    return steps[0] if steps else REGISTER


async def _bring(request: Ask, farmer: str, at: datetime) -> list[Shown]:
    """By round, the next one first: where to bring what, how many have ordered it, and whether its
    reader may say that less comes."""
    say, rounds = words_for(request), dict[str, Shown]()
    for line in await orders.to_bring(farmer, at):
        where = {"th": line.place_th, "en": line.place_en}
        one = rounds.setdefault(
            line.cycle,
            {
                "of": line,
                "place": say.name(where),
                "open": line.closes_at > at,
                "grams": 0,
                "lines": [],
            },
        )
        one["grams"] += line.grams
        place = await whose.of_group(line.group, owner=farmer)
        tells = may(request, "shortage.tell", place)
        one["lines"].append({"of": line, "name": say.name(line), "tells": tells})
    return list(rounds.values())


async def _lot(say: Words, lot: lots.Lot) -> Shown:
    return {
        "lot": lot,
        "crop": view.crop_name(say, lot.crop),
        "claim": claim_chip(say, lot.claim),
        "stock": await lots.stock(lot.stock),
    }


async def _members(say: Words, permit: Permit, on: date) -> list[Shown]:
    """By group: whom a leader or secretary may help."""
    found = []
    for group in await whose.groups_reached(permit):
        members = [p for p in await groups.members(group, on) if p != permit.person]
        names = await people.names(members)
        called = sorted(((names[p], p) for p in members if p in names), key=_first)
        found.append({"group": say.name(await groups.group(group)), "members": called})
    return [group for group in found if group["members"]]


def _first(pair: tuple[str, str]) -> str:
    return view.sort_key(pair[0])


@get("/farm/money", opt={"op": "farm.money"})
async def money(request: Ask, permit: Mine) -> Response[bytes]:
    """Only one's own: the treasurer's pages show those of others."""
    said = await settlement.farmer_statement(permit.person)
    say = words_for(request)
    cycles = list(dict.fromkeys(share.cycle for share in said.shares))
    behind = {
        cycle: [
            {"line": line, "crop": view.crop_name(say, line.crop)}
            for line in await settlement.farmer_lots(permit.person, cycle)
        ]
        for cycle in cycles
    }
    return page(request, "farm_money.html", statement=said, behind=behind)


@get("/farm/crops", opt={"op": "farm.read"})
async def crop_list(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    """Harvest days and kilos per rai, with the figures the committee of one's network has set."""
    say, networks = words_for(request), dict[str, None]()
    for group in await groups.groups_of(permit.person, local_day(at)):
        networks[(await groups.group(group)).network or group] = None
    reached = [grant.network or grant.group for grant in permit.grants]
    networks.update(dict.fromkeys(n for n in reached if n))
    figures: dict[str, int] = {}
    for network in networks:
        for figure in reversed(await crops.figures(network)):
            figures[figure.crop] = figure.kg_per_rai
    asked = request.query_params.get("q", "")[:80]
    found = crops.search(asked, limit=20) if asked else crops.crops()
    listed = [_yield(say, crop, figures.get(crop.id)) for crop in found]
    return page(request, "farm_crops.html", crops=listed, q=asked)


def _yield(say: Words, crop: Crop, figure: int | None) -> Shown:
    kg_per_rai = figure or crop.kg_per_rai
    return {
        "crop": crop,
        "name": say.name(crop.name),
        "kg_per_rai": f"{kg_per_rai:,}" if kg_per_rai else "–",
        "known": "committee" if figure else crop.yield_level,
    }


DOORS = [farm, plot_list, lot_list, money, crop_list]
