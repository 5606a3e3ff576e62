"""Order rounds: public while they are open, run by the staff of their merchant."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from certification.basis.transaction import run
from market.access import deeds, whose
from market.access.permit import Permit
from market.domain.cycles import commands as deeds_of
from market.domain.cycles import harvest
from market.domain.cycles import queries as cycles
from market.domain.cycles.harvest import HarvestView
from market.domain.cycles.queries import Step
from market.domain.cycles.rules import REASON_MAX, CalledOff, CallOff
from market.domain.offers import commands, queries
from market.domain.offers.queries import CycleView, ShopLine
from market.domain.offers.rules import DEPOSIT_PERCENT_MAX, CycleOpened, OpenCycle
from market.domain.splits.rules import Parts

At = NamedDependency[datetime]
Mine = NamedDependency[Permit]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
Deposit = Annotated[int, msgspec.Meta(ge=1, le=DEPOSIT_PERCENT_MAX)] | None


class Opening(OpenCycle, frozen=True):
    name_th: Name
    name_en: Name
    hold_minutes: Annotated[int, msgspec.Meta(ge=1, le=10_080)] = 60
    deposit_percent: Deposit = None


class Because(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    because: Annotated[str, msgspec.Meta(min_length=1, max_length=REASON_MAX)]


class ForSale(msgspec.Struct, frozen=True):
    """One offer as anyone may see it: no farmer, only the group; `parts` are satang of one kilo,
    by the rule the round froze: the settlement gives the same."""

    offer: str
    lot_code: str
    claim: str
    harvested_on: date
    expected: bool
    """Still to be harvested, about that day: then it has no lot yet, and its code is empty."""
    crop: str
    name_th: str
    name_en: str
    unit: str
    piece_grams: int | None
    piece_grams_max: int | None
    shared_by: str
    group_code: str
    group_th: str
    group_en: str
    satang_per_kg: int
    step_grams: int
    grams_left: int
    parts: Parts
    odd_satang_to: str = "farmer"
    costs_after_the_day: str = "truck"
    """Out of whose part fuel, ice and wages come, which are known only then."""


FROM_LINE = [field for field in ForSale.__struct_fields__ if field in ShopLine.__struct_fields__]


@get("/api/v1/cycles", opt={"op": "shop.read"}, tags=["cycles"], summary="Rounds open now")
async def list_cycles(at: At) -> list[CycleView]:
    """The one that closes first in front; none open: the next that opens."""
    if found := await queries.open_cycles(at):
        return found
    following = await queries.nearest_cycle(at)
    return [following] if following else []


@post("/api/v1/cycles", opt={"op": "cycle.open"}, tags=["cycles"], summary="Open a cycle")
async def open_cycle(data: JSONBody[Opening], permit: Mine, at: At) -> CycleOpened:
    permit.check(await whose.of_group(data.merchant))
    ids = [data.id, *(stop.place for stop in data.stops)]
    ids += [data.split_rule] if data.split_rule else []
    deeds.ensure_storable(data, *ids)
    return await run(commands.open_cycle, data, by=permit.person, at=at)


@get("/api/v1/cycles/{id:str}", opt={"op": "shop.read"}, tags=["cycles"], summary="One cycle")
async def read_cycle(id: FromPath[str]) -> CycleView:
    found, _ = await whose.cycle(id)
    return found


@get(
    "/api/v1/cycles/{id:str}/shop",
    opt={"op": "shop.read"},
    tags=["cycles"],
    summary="What can be ordered, how much is left, and where each baht goes",
)
async def read_shop(id: FromPath[str]) -> list[ForSale]:
    await whose.cycle(id)
    return [_for_sale(line) for line in await queries.shop(id)]


@get(
    "/api/v1/cycles/{id:str}/harvest-list",
    opt={"op": "cycle.read"},
    tags=["cycles"],
    summary="What is harvested for it, by place: until the cut-off as ordered, then as told",
)
async def harvest_list(id: FromPath[str], permit: Mine) -> HarvestView:
    _, place = await whose.cycle(id)
    permit.check(place)
    return await harvest.harvest(id)


@get(
    "/api/v1/cycles/{id:str}/steps",
    opt={"op": "cycle.read"},
    tags=["cycles"],
    summary="How far it has come: each state with when it was due, when and by whom it was reached",
)
async def steps(id: FromPath[str], permit: Mine) -> list[Step]:
    _, place = await whose.cycle(id)
    permit.check(place)
    return await cycles.steps(id)


@put(
    "/api/v1/cycles/{id:str}/cancellation",
    opt={"op": "cycle.open"},
    tags=["cycles"],
    summary="Call it off; every order is given back in credit",
)
async def call_off(id: FromPath[str], data: JSONBody[Because], permit: Mine, at: At) -> CalledOff:
    _, place = await whose.cycle(id)
    permit.check(place)
    deeds.ensure_storable(data)
    return await deeds_of.call_off(CallOff(id, data.because), by=permit.person, at=at)


def _for_sale(line: ShopLine) -> ForSale:
    return ForSale(**{field: getattr(line, field) for field in FROM_LINE})


DOORS = [list_cycles, open_cycle, read_cycle, read_shop, harvest_list, steps, call_off]
