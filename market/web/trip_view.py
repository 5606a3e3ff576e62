"""A plan in words and bars: what each truck does when, what is aboard, what breaks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from certification.basis.refusal import Refusal
from certification.crops import queries as crops
from certification.people import queries as people
from market.answers.words import Words
from market.domain.trips import rows
from market.domain.trips.check import Checked
from market.domain.trips.check_drive import Fault, Seen
from market.domain.trips.gathered import crop_of, lot_of
from market.domain.trips.problem import (
    BASE,
    BREAK,
    COLD,
    SATANG_UNIT,
    Change,
    Note,
    Problem,
    Truck,
    Unserved,
    Visit,
    Window,
)
from market.domain.trips.rows import Named
from market.domain.trips.ways import APART, ELSEWHERE, PLACES
from market.web.hours import clock
from market.web.trip_bars import load_bar, time_bar

KNOWN_FAULTS = (2, 4, 5, 6, 7, 8, 9, 10, 11, 12)
"""Rules a person can break by hand; the others are faults of a program and told by their number."""


class Goods(msgspec.Struct, frozen=True):
    crop: str
    lot: str
    grams: int
    cold: bool


class Row(msgspec.Struct, frozen=True):
    id: str
    place: int
    """In the truck's order, from 1; breaks and reloads count."""
    number: str
    kind: str
    """stop, plot, base, rest"""
    name: str
    sub: str
    arrive: str
    begin: str
    leave: str
    waits: int
    slack: int
    """Minutes."""
    windows: str
    bar: str
    goods: list[Goods]
    sold_grams: int
    aboard: list[tuple[str, int]]
    """By crop, when leaving, after what is expected to be sold."""
    load_grams: int
    crates: int
    """Aboard when leaving."""
    load_bar: str
    faults: list[str]
    fixed: bool


class Route(msgspec.Struct, frozen=True):
    truck: str
    name: str
    leaves: str
    back: str
    km: str
    rows: list[Row]
    ids: str
    faults: list[str]
    home: list[tuple[str, int]]
    most_grams: int
    """Aboard at any moment, should nobody walk up; and what it carries."""
    carries_grams: int
    most_crates: int
    carries_crates: int | None
    keeps_cold: bool


class Out(msgspec.Struct, frozen=True):
    id: str
    name: str
    why: str
    change: str
    promised: bool
    kind: str


class Shown(msgspec.Struct, frozen=True):
    routes: list[Route]
    out: list[Out]
    faults: list[str]
    satang: int
    km: str
    minutes: int

    @property
    def broken(self) -> int:
        return len(self.faults) + sum(
            len(route.faults) + sum(len(row.faults) for row in route.rows) for route in self.routes
        )


class Names:
    """What ids are called; asked once for a page."""

    def __init__(
        self, say: Words, known: Mapping[str, Named], farmers: Mapping[str, str],
        trucks: Mapping[str, str], cold: Sequence[str],
    ) -> None:  # fmt: skip
        self.say, self.known, self.farmers, self.trucks = say, known, farmers, trucks
        self.cold = cold

    @classmethod
    async def of(cls, say: Words, problem: Problem, trucks: Mapping[str, str]) -> Names:
        known = await rows.named([visit.id for visit in problem.visits])
        farmers = await people.names(one.farmer for one in known.values() if one.farmer)
        return cls(say, known, farmers, trucks, problem.cold)

    def of_visit(self, id: str) -> str:
        if id == BREAK:
            return self.say("Break")
        if id.startswith("base") or id == BASE:
            return self.say("At the base")
        one = self.known.get(id)
        if one is None:
            return self.trucks.get(id, "?")
        if one.code:
            return self.say("Plot of {name}", name=self.farmers.get(one.farmer, one.code))
        return self.say.name(one)

    def of_place(self, id: str) -> str:
        return self.say("a place of another day") if id == ELSEWHERE else self.of_visit(id)

    def goods(self, key: str, grams: int = 0) -> Goods:
        return Goods(crop_name(self.say, crop_of(key)), lot_of(key), grams, key in self.cold)

    def under(self, id: str) -> str:
        one = self.known.get(id)
        return one.code if one and one.code else ""


def shown(names: Names, problem: Problem, routes: Sequence[Sequence[str]], checked: Checked,
          unserved: Sequence[Unserved]) -> Shown:  # fmt: skip
    say, numbers = names.say, _numbers(problem, routes)
    visits = {visit.id: visit for visit in problem.visits}
    told = []
    for at, truck in enumerate(problem.trucks):
        mine = [f for f in checked.faults if f.truck == truck.id]
        span = (checked.leave_base[at], max(checked.back_at_base[at], truck.shift[1]))
        rows_ = [
            _row(names, truck, visits.get(seen.visit), seen, numbers, mine, span)
            for seen in checked.days[at]
        ]  # fmt: skip
        metres = checked.metres[at] if checked.metres else 0
        home = checked.carried_home[at] if checked.carried_home else {}
        told.append(Route(
            truck.id, names.trucks.get(truck.id, truck.id), clock(say, checked.leave_base[at]),
            clock(say, checked.back_at_base[at]), _km(metres), _placed(rows_), ",".join(routes[at]),
            [_fault(names, f) for f in mine if not f.visit or f.visit == BREAK],
            _by_crop(say, home), max((sum(s.aboard.values()) for s in checked.days[at]), default=0),
            truck.capacity_grams, max((s.crates for s in checked.days[at]), default=0),
            truck.crates, COLD in truck.has,
        ))  # fmt: skip
    duty = sum(
        b - a
        for a, b, ids in zip(checked.leave_base, checked.back_at_base, routes, strict=True)
        if ids
    )
    return Shown(
        told, [_out(names, one, visits[one.id].kind) for one in unserved if one.id in visits],
        [_fault(names, f) for f in checked.faults if not f.truck and f.rule != 13],
        round(checked.cost / SATANG_UNIT), _km(sum(checked.metres)), duty // 60,
    )  # fmt: skip


def _placed(rows_: Sequence[Row]) -> list[Row]:
    return [msgspec.structs.replace(row, place=place) for place, row in enumerate(rows_, 1)]


def _numbers(problem: Problem, routes: Sequence[Sequence[str]]) -> dict[str, str]:
    """1, 2, 3 … along each truck's way: A1, B1 where there are several trucks."""
    found = dict[str, str]()
    for at, ids in enumerate(routes):
        letter = chr(65 + at) if len(problem.trucks) > 1 else ""
        calls = [id for id in ids if id not in (BASE, BREAK)]
        found |= {id: f"{letter}{number}" for number, id in enumerate(calls, 1)}
    return found


def _row(
    names: Names, truck: Truck, visit: Visit | None, seen: Seen, numbers: Mapping[str, str],
    faults: Sequence[Fault], span: Window,
) -> Row:  # fmt: skip
    say = names.say
    left = seen.left or seen.aboard
    windows = visit.windows if visit else ()
    late = any(f.visit == seen.visit and f.rule in (4, 9) for f in faults)
    kind = visit.kind if visit else "rest"
    return Row(
        seen.visit, 0, numbers.get(seen.visit, ""),
        "base" if seen.visit.startswith("base") else kind,
        names.of_visit(seen.visit), names.under(seen.visit), clock(say, seen.arrive),
        clock(say, seen.begin), clock(say, seen.leave), (seen.begin - seen.arrive) // 60,
        seen.slack_s // 60, _windows(say, windows) if kind == "stop" else "",
        time_bar(span, windows if kind == "stop" else (), seen, late=late),
        [names.goods(key, grams) for key, grams in (visit.goods if visit else {}).items()],
        sum(seen.sold.values()), _by_crop(say, left), sum(left.values()), seen.crates,
        load_bar(left, truck.capacity_grams),
        [_fault(names, f) for f in faults if f.visit == seen.visit and f.visit != BREAK],
        seen.visit in truck.first,
    )  # fmt: skip


def _windows(say: Words, windows: Sequence[Window]) -> str:
    return ", ".join(f"{clock(say, a)}–{clock(say, b)}" for a, b in windows)


def crop_name(say: Words, crop: str) -> str:
    try:
        return say.name(crops.crop(crop).name)
    except Refusal:  # the list of crops knew it when the plan was made
        return crop


def _by_crop(say: Words, goods: Mapping[str, int]) -> list[tuple[str, int]]:
    sums = Counter[str]()
    for key, grams in goods.items():
        sums[crop_of(key)] += grams
    return [(crop_name(say, crop), grams) for crop, grams in sums.most_common() if grams]


def _km(metres: int) -> str:
    return f"{metres / 1000:.1f}"


def _fault(names: Names, fault: Fault) -> str:
    say = names.say
    name = names.of_visit(fault.visit) if fault.visit else names.trucks.get(fault.truck, "")
    if fault.rule not in KNOWN_FAULTS:
        return say("plan.fault.other", rule=fault.rule, name=name)
    how = "crates" if fault.rule == 6 and "crates" in fault.why else ""
    if fault.rule == 12 and COLD in fault.why:
        how = "cold"
    if fault.rule == 5 and fault.visit == BREAK:
        how = "break"
    key = f"plan.fault.{fault.rule}{how}"
    crop = crop_name(say, crop_of(fault.why.split(" of ")[-1].split(" ")[0]))
    return say(key, name=name, minutes=_minutes(fault.amount), grams=fault.amount,
               many=fault.amount, crop=crop)  # fmt: skip


def road_note(names: Names, note: Note) -> str:
    """As it was told when the plan was made, places by the names they have now."""
    facts = {
        fact: APART.join(names.of_place(id) for id in str(said).split(APART))
        if fact in PLACES else said
        for fact, said in note.facts.items()
    }  # fmt: skip
    return names.say(note.key, **facts)


def _out(names: Names, one: Unserved, kind: str) -> Out:
    say, facts = names.say, one.facts
    seconds, grams = facts.get("seconds", 0), facts.get("grams", 0)
    key = f"plan.reason.{one.reason}"
    why = say(key if say.knows(key) else "plan.reason.left_out", minutes=_minutes(seconds),
              grams=grams, satang=facts.get("satang", 0))  # fmt: skip
    change = _change(names, one.change) if one.change else ""
    return Out(one.id, names.of_visit(one.id), why, change, one.promised, kind)


def _change(names: Names, change: Change) -> str:
    key = f"plan.change.{change.kind}"
    if not names.say.knows(key):
        return ""
    name = crop_name(names.say, crop_of(change.id)) if change.kind == "crop" else ""
    return names.say(
        key, name=name or names.of_visit(change.id), minutes=_minutes(change.amount),
        grams=change.amount, satang=change.amount,
    )  # fmt: skip


def _minutes(seconds: int) -> int:
    return -(-seconds // 60)
