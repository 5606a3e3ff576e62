"""What to harvest: for whoever runs a round by place and farmer, for a farmer what is the own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.people import queries as people
from market.access import whose
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.words import Words
from market.domain.cycles import harvest
from market.domain.cycles.harvest import HarvestLine, HarvestView
from market.domain.intake import queries as intake
from market.web.page import page
from market.web.pages import farm_view
from market.web.sheets import Kilos, kind, saved

Ask = Request[Any, Any, Any]
At = NamedDependency[datetime]
Mine = NamedDependency[Permit]
SLIPS_SHOWN = 12
HEADS = ("Pick-up place", "Pick up", "Group", "Farmer", "Product", "Lot", "Orders", "Weight",
         "Pieces", "Weight by now")  # fmt: skip


class Crop(msgspec.Struct):
    """Of one product at one place: what of each lot."""

    name: str
    lines: list[HarvestLine]

    @property
    def grams(self) -> int:
        return sum(line.grams for line in self.lines)

    @property
    def grams_now(self) -> int:
        return sum(line.grams_now for line in self.lines)

    @property
    def pieces(self) -> int:
        return sum(line.pieces or 0 for line in self.lines)


class Spot(msgspec.Struct):
    """A place and hour to bring it to."""

    name: str
    pickup_from: datetime
    crops: list[Crop]

    @property
    def grams(self) -> int:
        return sum(crop.grams for crop in self.crops)


class Round(msgspec.Struct, frozen=True):
    of: harvest.Ahead
    spots: list[Spot]


@get("/cycles/{id:str}/harvest", opt={"op": "cycle.read"})
async def of_cycle(request: Ask, id: FromPath[str], permit: Mine) -> Response[bytes]:
    cycle, place = await whose.cycle(id)
    permit.check(place)
    say, told = words_for(request), await harvest.harvest(cycle.id)
    names = await people.names(line.farmer for line in told.lines if line.farmer)
    if kind(request):
        rows = [
            (_place(say, line), say.moment(line.pickup_from), _group(say, line),
             names.get(line.farmer or "", ""), say.name(line), line.lot_code or "", line.orders,
             Kilos(line.grams), line.pieces, Kilos(line.grams_now))
            for line in told.lines
        ]  # fmt: skip
        return saved(request, "harvest-list", HEADS, rows)
    return page(
        request, "cycle_harvest.html", cycle=cycle, told=told, spots=spots(say, told),
        names=names, several=say("several farmers"),
    )  # fmt: skip


@get("/farm/harvest-list", opt={"op": "farm.read"})
async def of_farmer(request: Ask, permit: Mine, at: At) -> Response[bytes]:
    say = words_for(request)
    person = await farm_view.acting_for(request, permit, at)
    rounds = [Round(one, spots(say, one.harvest)) for one in await harvest.ahead(person, at)]
    if kind(request):
        rows = [
            (say.name(one.of), spot.name, say.moment(spot.pickup_from), crop.name,
             Kilos(crop.grams), crop.pieces or None, Kilos(crop.grams_now))
            for one in rounds for spot in one.spots for crop in spot.crops
        ]  # fmt: skip
        heads = ("Order round", "Pick-up place", "Pick up", "Product", "Weight", "Pieces",
                 "Weight by now")  # fmt: skip
        return saved(request, "harvest-list", heads, rows)
    own = person == permit.person
    return page(
        request, "farm_harvest_list.html", rounds=rounds, of="" if own else f"?of={person}",
        helped=await farm_view.helped(permit, person),
        slips=await intake.of_farmer(person, SLIPS_SHOWN),
    )  # fmt: skip


def spots(say: Words, told: HarvestView) -> list[Spot]:
    """By place and hour, and there by product."""
    found = dict[str, Spot]()
    for line in told.lines:
        spot = found.setdefault(line.stop, Spot(_place(say, line), line.pickup_from, []))
        crop = next((one for one in spot.crops if one.lines[0].product == line.product), None)
        if crop is None:
            crop = Crop(say.name(line), [])
            spot.crops.append(crop)
        crop.lines.append(line)
    return list(found.values())


def _place(say: Words, line: HarvestLine) -> str:
    return line.place_en if say.names == "en" else line.place_th


def _group(say: Words, line: HarvestLine) -> str:
    return line.group_en if say.names == "en" else line.group_th


DOORS = [of_cycle, of_farmer]
