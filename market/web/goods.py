"""How goods, amounts and pick-up times are shown and read, the same on every page of the shop."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

import msgspec

from certification.areas import queries as areas
from certification.basis import units
from certification.basis.refusal import Invalid, Refusal
from certification.basis.text import NBSP, Text
from certification.groups import queries as groups
from certification.groups.rules import GroupView
from market.answers.words import BANGKOK, Words
from market.domain.offers import queries as offers
from market.domain.offers import room, shelves
from market.domain.offers.queries import CycleView, ShopLine
from market.domain.offers.rules import CycleStop, Terms, price
from market.domain.places import queries as places
from market.domain.places.rules import PlaceView
from market.web.maps import Mark, district
from market.web.produce import look_of

PIECES = re.compile(r"([0-9]{1,6})\s*(?:ชิ้น|ลูก|หัว|ต้น|ถุง|pieces?|pcs?)?")


class NotAStep(Refusal):
    code = "goods.not_a_step"


class NotSoMuchLeft(Refusal):
    code = "goods.not_so_much_left"


class SoldOut(Refusal):
    code = "goods.sold_out"


class NothingChosen(Invalid):
    code = "goods.nothing_chosen"


class NotPieces(Invalid):
    code = "goods.not_pieces"


class Where(msgspec.Struct, frozen=True):
    """One of the places of a cycle."""

    stop: CycleStop
    place: PlaceView
    address: str
    window: str
    full: bool
    """Not one gram more fits."""


class Stop(msgspec.Struct, frozen=True):
    """A cycle as a buyer sees it: where, when, until when."""

    cycle: CycleView
    merchant: GroupView
    where: tuple[Where, ...]
    """One place where it is an order's; else all that may be chosen, the earliest first."""
    state: str
    """soon, open, closed"""
    left: str
    """How long it can still be ordered: `2 days left`; empty where it cannot."""
    chosen: str = ""
    """The place that was chosen; empty where there is none yet."""

    @property
    def kept(self) -> str:
        """What the addresses of the shop end with, so that the choice is not lost."""
        return f"?stop={self.chosen}" if self.chosen else ""

    @property
    def place(self) -> PlaceView:
        return self.where[0].place

    @property
    def window(self) -> str:
        return self.where[0].window


class Good(msgspec.Struct, frozen=True):
    """A line of the shop with what stands in its field."""

    line: ShopLine
    field: str
    look: str
    group: Text
    tambon: str
    left: str
    step: str
    unit_price: int
    """Satang of a kilo, or of an expected piece."""
    most_price: int | None
    """Satang of the heaviest piece, where it costs more."""
    grams: int = 0
    amount: str = ""
    """`grams` as the field shows them."""
    satang: int = 0

    @property
    def sold_out(self) -> bool:
        return self.line.grams_left < self.line.step_grams


async def stop(cycle: CycleView, at: datetime, say: Words, chosen: str = "") -> Stop:
    """Of a buyer's order its `chosen` place alone."""
    picked = [one for one in cycle.stops if one.id == chosen]
    shown = picked or [one for one in cycle.stops if one.closed_at is None] or [*cycle.stops]
    state = (
        "open"
        if cycle.is_open(at)
        else "soon"
        if at < cycle.opens_at and not cycle.called_off
        else "closed"
    )
    merchant = await groups.group(cycle.merchant)
    several = len(cycle.stops) > 1  # of one place nobody is told to choose another
    full = {one.stop for one in await room.rooms(cycle.id) if not one.fits(1)} if several else set()
    where = tuple([await _where(one, say, full) for one in shown])
    left = time_left(say, cycle.closes_at - at) if state == "open" else ""
    return Stop(cycle, merchant, where, state, left, chosen if picked else "")


async def _where(stop: CycleStop, say: Words, full: Collection[str]) -> Where:
    place = await places.place(stop.place)
    hours = window(say, stop.pickup_from, stop.pickup_until)
    address = areas.address(place.tambon, say.language)
    return Where(stop, place, address, hours, stop.id in full)


def map_of(there: Stop, say: Words) -> str:
    mark = Mark(there.place.lat_e6 / 1e6, there.place.lon_e6 / 1e6, blurred=False)
    return district(there.place.tambon, say.name(there.place), say.language, mark)


async def shop(cycle: str, held: Mapping[str, int], say: Words) -> list[Good]:
    """All that is for sale, with the grams that `held` says of each offer."""
    return shown(await offers.shop(cycle), held, say)


async def some(
    cycle: str, wanted: Iterable[str], held: Mapping[str, int], say: Words
) -> list[Good]:
    """Of these offers, whatever else the round has."""
    return shown(await shelves.lines(cycle, wanted), held, say)


def shown(lines: Iterable[ShopLine], held: Mapping[str, int], say: Words) -> list[Good]:
    return [good(line, held.get(line.offer, 0), say) for line in lines]


def good(line: ShopLine, grams: int, say: Words) -> Good:
    look = look_of(line.crop)
    tambon = areas.area(line.group_area[:6]).name.in_language(say.language)
    each = line.piece_grams or 1000
    return Good(
        line, f"kg-{line.offer}", look, Text(line.group_th, line.group_en), tambon,
        written(line, line.grams_left - line.grams_left % line.step_grams, say),
        written(line, line.step_grams, say), price(each, line.satang_per_kg),
        _most_price(line), grams, bare(line, grams), price(grams, line.satang_per_kg),
    )  # fmt: skip


def _most_price(line: ShopLine) -> int | None:
    if line.piece_grams_max == line.piece_grams:
        return None
    return price(line.piece_grams_max or 0, line.satang_per_kg)


def as_much_as_there_is(good: Good) -> Good:
    """Where less is left than was put into the basket, that; none of it where all is sold."""
    most = good.line.grams_left - good.line.grams_left % good.line.step_grams
    if good.grams <= most:
        return good
    return msgspec.structs.replace(
        good, grams=most, amount=bare(good.line, most), satang=price(most, good.line.satang_per_kg)
    )


def written(line: ShopLine, grams: int, say: Words) -> str:
    """`1.5 กก.`, or `3 ชิ้น` of what is sold by the piece."""
    if not line.piece_grams_max:
        return say.kilos(grams)
    return say("{count} pieces", count=grams // line.piece_grams_max)


def bare(line: ShopLine, grams: int) -> str:
    """For a field: `1.5`, `3`, or nothing."""
    if not grams:
        return ""
    if line.piece_grams_max:
        return str(grams // line.piece_grams_max)
    return f"{grams / 1000:.3f}".rstrip("0").rstrip(".")


def read_grams(said: str, line: ShopLine | Terms | None, field: str) -> int:
    """A number alone is kilos, or pieces of what is sold so; nothing and `0` are none."""
    said = units.arabic(said).strip()
    if not said.strip("0.,"):
        return 0
    if line is None or not line.piece_grams_max:
        return units.weight_grams(said, field=field, unit="kg")
    pieces = PIECES.fullmatch(said)
    if pieces is None:
        raise NotPieces(field=field)
    return int(pieces[1]) * line.piece_grams_max


def ensure_can_be_had(line: ShopLine, grams: int) -> None:
    if grams and line.grams_left < line.step_grams:
        raise SoldOut
    if grams % line.step_grams:
        raise NotAStep(step_grams=line.step_grams)
    if grams > line.grams_left:
        raise NotSoMuchLeft(grams_left=line.grams_left - line.grams_left % line.step_grams)


def total(goods: Iterable[Good]) -> int:
    return sum(good.satang for good in goods)


def window(say: Words, begins: datetime, ends: datetime) -> str:
    """`25 พ.ย. 2569 09.00–11.00 น.` where both are of one day in Thailand."""
    first, last = begins.astimezone(BANGKOK), ends.astimezone(BANGKOK)
    if first.date() != last.date():
        return f"{say.moment(begins)} – {say.moment(ends)}"
    if say.language == "th":
        return f"{_weekday(say, first)} {say.day(begins)} {first:%H.%M}–{last:%H.%M}{NBSP}น."
    return f"{_weekday(say, first)} {say.day(begins)} {first:%H:%M}–{last:%H:%M}"


def time_left(say: Words, until: timedelta) -> str:
    """Rounded down: nobody comes too late who believes it."""
    minutes = max(0, int(until.total_seconds() // 60))
    if minutes >= 48 * 60:
        return say("{count} days left", count=minutes // (24 * 60))
    if minutes >= 60:
        return say("{hours} h {minutes} min left", hours=minutes // 60, minutes=minutes % 60)
    return say("{count} minutes left", count=minutes)


def _weekday(say: Words, on: datetime) -> str:
    return say(f"weekday.{on.isoweekday()}")
