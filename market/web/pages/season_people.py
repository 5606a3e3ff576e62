"""The inspectors of an organ: what each may sit on, how much was promised, whom a letter asks; and
what their looks at one another have in common."""

from __future__ import annotations

from datetime import datetime

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.assignment import answers, looks, queries
from certification.assignment.plans import KeepCard
from certification.assignment.queries import CardView
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.basis.units import local_day
from certification.groups import queries as groups
from certification.people import queries as people
from certification.schemes import queries as schemes
from market.access import deeds, members
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.words import Words
from market.web import sheets
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages.farm_view import Ask, Shown

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


@get("/season/inspectors", opt={"op": "inspection.assign"})
async def inspectors(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    found = [p for one in sorted(permit.groups()) for p in await _held(one, at)]
    names = await people.names(found)
    listed: list[Shown] = [
        {"id": one, "name": names.get(one, ""), "card": await queries.card(one)}
        for one in dict.fromkeys(found)
    ]
    if sheets.kind(request):
        yes, heads = words_for(request)("yes"), ("Name", "Most plots in a season", "employer known")
        rows = [_line(one["name"], one["card"], yes) for one in listed]
        return sheets.saved(request, "inspectors", heads, rows)
    return page(request, "season_inspectors.html", inspectors=listed)


def _line(name: str, card: CardView | None, yes: str) -> tuple[object, ...]:
    """Of the employer no more than the page says."""
    return name, card and card.most, yes if card and card.employer else ""


async def _held(organ: str, at: datetime) -> tuple[str, ...]:
    """Of a network also those of its groups."""
    below = [group.id for group in await groups.networks_groups(organ)] or [organ]
    return tuple([p for one in below for p in await groups.holders_of("inspector", one, at)])


@get("/season/inspectors/{id:str}", opt={"op": "inspection.assign"})
async def card_page(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    await members.reached(permit, id, at)
    return await _card(request, id, at)


@post("/season/inspectors/{id:str}", opt={"op": "inspection.assign"})
async def keep_card(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    await members.reached(permit, id, at)
    form = await Form.of(request)
    codes = await _codes(words_for(request), at)
    seats = tuple(one for one in form.all("seat") if one in codes)
    most = form.whole("most", most=500) if form.raw("most") else None
    employer = form.text("employer", most=500, required=False)
    try:
        form.done()
        card = KeepCard(form.id(), id, seats, most, employer)
        deeds.ensure_storable(card)
        await run(answers.keep_card, card, by=permit.person, at=at)
    except Refusal as no:
        return await _card(request, id, at, no=no, form=form)
    return onward("/season/inspectors")


async def _codes(say: Words, at: datetime) -> dict[str, str]:
    """The seats of the charters that are in force, by code."""
    found: dict[str, str] = {}
    for scheme in await schemes.schemes():
        charter = (await schemes.in_force(scheme, local_day(at))).content.rules
        found |= {s.code: s.name.in_language(say.language) for s in charter.panel_seats}
    return found


async def _card(
    request: Ask, id: str, at: datetime, *, no: Refusal | None = None, form: Form | None = None
) -> Response[bytes]:
    say, card = words_for(request), await queries.card(id)
    held = card.seats.split() if card else []
    return page(
        request,
        "season_inspector.html",
        no=no,
        typed=form.typed if form else {},
        person=id,
        name=(await people.names([id])).get(id, ""),
        card=card,
        seats=[[code, words, code in held] for code, words in (await _codes(say, at)).items()],
    )


@get("/season/rings", opt={"op": "inspection.assign"})
async def rings(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    """The widest organ in reach: a network, or one's own group."""
    reached = [await groups.group(one) for one in sorted(permit.groups())]
    organ = next((one for one in reached if one.network is None), next(iter(reached), None))
    if organ is None:
        return page(request, "season_rings.html", found=None, organ="")
    say = words_for(request)
    found = await looks.report(organ.id, local_day(at))
    named = [home for ring in found.rings for home in ring.members]
    named += [home for one in found.often for home in (one.inspector, one.home)]
    called = await _homes(named)
    mild = await people.names([one.person for one in found.mild])
    shown: Shown = {
        "rings": [[" · ".join(called.get(m, "") for m in one.members), one] for one in found.rings],
        "often": [[called.get(o.inspector, ""), called.get(o.home, ""), o] for o in found.often],
        "mild": [[mild.get(one.person, ""), one] for one in found.mild],
    }
    if sheets.kind(request):
        heads = (
            "What stands out",
            "Name",
            "Whose farm",
            "Looks",
            "Found in them",
            "Expected in them",
        )
        return sheets.saved(request, "who-looks-at-whom", heads, _stands_out(say, shown))
    return page(request, "season_rings.html", organ=say.name(organ), found=found, **shown)


def _stands_out(say: Words, shown: Shown) -> list[tuple[object, ...]]:
    """In the order of the page; of who goes often it is the looks that were expected."""
    little, often = say("Find little among one another"), say("Go to one farm very often")
    hardly = say("Hardly ever find anything")
    return [
        *((little, names, "", o.looks, o.found, o.expected) for names, o in shown["rings"]),
        *((often, who, farm, o.looks, None, o.expected) for who, farm, o in shown["often"]),
        *((hardly, who, "", o.looks, o.found, o.expected) for who, o in shown["mild"]),
    ]


async def _homes(homes: list[str]) -> dict[str, str]:
    """By household or person: the names of who lives there."""
    lives = await queries.who_lives(homes)
    names = await people.names({person for persons in lives.values() for person in persons})
    return {h: ", ".join(names.get(p, "") for p in persons) for h, persons in lives.items()}


DOORS = [inspectors, card_page, keep_card, rings]
