"""When the day goes wrong: written down, planned anew, shown, published, and told to buyers.

made = await mishaps.tell(asked, by=…, at=…)                  # in a transaction
plan = await mishaps.answer(asked, clock=…, at=…)             # outside of one: it reckons
kept = await mishaps.keep(asked, plan, by=…, at=…)
await mishaps.publish(version, truck, by=…, at=…)             # when somebody has looked at it
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

import msgspec
from piccolo.table import Table

from certification.basis import asked, log
from certification.basis.database import in_use
from certification.basis.ids import following, new_id
from certification.basis.inserting import insert
from certification.basis.transaction import run, transaction
from market.domain.lots import queries as lots
from market.domain.pickups import queries as pickups
from market.domain.places import queries as places
from market.domain.trips import commands as trips
from market.domain.trips import queries as trips_seen
from market.domain.trips import replan, versions
from market.domain.trips.evaluate import Move, diff
from market.domain.trips.evaluate import told as told_by
from market.domain.trips.parts import place_of
from market.domain.trips.problem import Plan, Problem, Visit
from market.domain.trips.queries import Published
from market.domain.trips.replan import Replanned
from market.domain.trips.rules import KeepVersion, VersionKept
from market.domain.truck_day import as_it_is, eta, manifest, queries, refusals, rules, waiting
from market.domain.truck_day.loading import claim
from market.domain.truck_day.queries import TruckView
from market.domain.truck_day.rules import GoWrong, HandOn, StopDropped, StopMoved, WentOn, WentWrong
from market.domain.truck_day.tables import HandedOn, Mishap, StopEta
from market.domain.walkup import commands as walkup
from market.domain.walkup import queries as walked

Rows = list[tuple[type[Table], str]]
REPLAN_S = 2.0
"""A driver waits at the wheel."""


async def answer(wrong: GoWrong, *, clock: Callable[[], float], at: datetime) -> Replanned:
    """The rest of the day planned anew; nothing is kept yet. NothingToReplan."""
    truck = await queries.truck(wrong.truck)
    plan = await trips_seen.published_plan(truck.day)
    if plan is None:
        raise refusals.NothingToReplan()
    events = await _events(wrong, truck, plan)
    events += await as_it_is.of(truck.day, replan.after(plan.problem, events), plan.plan, at)
    now = as_it_is.second(at)
    return replan.replan(plan.problem, plan.plan, now, events, clock=clock, seconds=REPLAN_S)


async def _events(wrong: GoWrong, truck: TruckView, plan: Published) -> list[replan.Event]:
    visits = {visit.id: visit for visit in plan.problem.visits}
    match wrong.kind:
        case "delay" if wrong.minutes:
            return [replan.Late(truck.truck, wrong.minutes * 60)]
        case "stop_cancelled" if wrong.visit in visits:
            return [replan.CalledOff(str(wrong.visit))]
        case "plot_short" if wrong.visit and wrong.grams is not None:
            if parts := _parts(plan, truck.truck, wrong.visit):
                return _shrunk(parts, wrong.grams)
        case "order_added":
            return [*await _ordered(truck, plan.problem)]
        case "breakdown":
            return [replan.BrokeDown(truck.truck)]
    raise refusals.NotAMishap(field="kind")


def _parts(plan: Published, truck: str, plot: str) -> list[Visit]:
    """What this truck was to collect there; of no truck's way the plot itself."""
    ways = zip(plan.problem.trucks, plan.plan.routes, strict=True)
    mine = {id for of, ids in ways if of.id == truck for id in ids}
    known = [v for v in plan.problem.visits if v.is_plot and place_of(v.id) == plot]
    return [v for v in known if v.id in mine] or known


def _shrunk(parts: list[Visit], grams: int) -> list[replan.Event]:
    """Each lot of the plot as much less as all of it is."""
    whole = sum(sum(part.goods.values()) for part in parts) or 1
    return [
        replan.Changed(
            part.id,
            {crop: many * min(grams, whole) // whole for crop, many in part.goods.items()},
        )
        for part in parts
    ]


async def _ordered(truck: TruckView, problem: Problem) -> list[replan.Event]:
    """What is ordered now at each stop, where it differs from what was planned."""
    head = await trips_seen.head(truck.day)
    places = tuple(visit.id for visit in problem.visits if visit.kind == "stop")
    goods: dict[str, dict[str, int]] = {place: {} for place in places}
    for line in await trips_seen.pre_orders(head, places):
        key = f"{line.crop}:{line.lot_code}"
        goods[line.place][key] = goods[line.place].get(key, 0) + line.grams
    return [
        replan.Changed(visit.id, goods[visit.id])
        for visit in problem.visits
        if visit.kind == "stop" and visit.goods != goods[visit.id]
    ]


async def tell(wrong: GoWrong, made: Replanned, after: int, *, by: str, at: datetime) -> WentWrong:
    """Written down with the plan that answers it; `after`: the newest version that was seen.

    The same id again is the same mishap. `trips.planned_since` where somebody planned meanwhile.
    """
    do = partial(_tell, wrong, made, after, by=by, at=at)
    return await asked.once(wrong.id, "truck_day.tell", wrong, do, WentWrong, by=by, at=at)


async def _tell(wrong: GoWrong, made: Replanned, after: int, *, by: str, at: datetime) -> WentWrong:
    truck = await claim(wrong.truck)
    if wrong.kind == "stop_cancelled":
        for stop in (await trips_seen.day(truck.day)).stops:
            if stop.place == wrong.visit and stop.state == "planned":
                await trips.cancel_stop(truck.day, stop.id, by=by, at=at)
    if wrong.kind == "breakdown":
        await trips.truck_is(truck.day, truck.truck, "broken_down", by=by, at=at)
    kept = await _keep(wrong, truck, made, after, by=by, at=at)
    version = following(wrong.id, "plan")
    await insert(
        Mishap(
            id=wrong.id, truck=truck.id, kind=wrong.kind, minutes=wrong.minutes,
            visit=wrong.visit, grams=wrong.grams, version=version, by=by, at=at,
        )
    )  # fmt: skip
    told = WentWrong(wrong.id, truck.id, wrong.kind, wrong.minutes or 0, kept.version)
    log.append(told, (Mishap, wrong.id), subject=truck.id, by=by, at=at)
    return told


async def _keep(
    wrong: GoWrong, truck: TruckView, made: Replanned, after: int, *, by: str, at: datetime
) -> VersionKept:
    wanted = KeepVersion(following(wrong.id, "plan"), truck.day, after, "replanned")
    return await versions.keep(wanted, made.problem, made.plan, by=by, at=at)


class Answer(msgspec.Struct, frozen=True):
    """A plan of the day that is not published yet, against the one that is."""

    version: str
    number: int
    faults: int
    moves: list[Move]


async def waiting_answer(day: str) -> Answer | None:
    """The newest version, where it was made on the day and nobody has published it."""
    found = [one for one in await trips_seen.versions(day) if one.because == "replanned"]
    newest = await trips_seen.newest(day)
    if not found or found[0].version != newest or found[0].published_at:
        return None
    now, before = await trips_seen.version(found[0].id), await trips_seen.published_plan(day)
    if before is None:
        return None
    moves = _moves(now.problem, now.plan, before.problem, before.plan)
    return Answer(found[0].id, found[0].version, found[0].faults, moves)


def _moves(problem: Problem, plan: Plan, before: Problem, planned: Plan) -> list[Move]:
    earlier = told_by(before, planned, before.earlier)
    return diff(problem, earlier, told_by(problem, plan, problem.earlier or earlier))


async def publish(version: str, truck_id: str, *, by: str, at: datetime) -> int:
    """The number of the plan that now counts; its buyers are told by `follow`."""
    async with transaction():
        truck = await claim(truck_id)
        found = await trips_seen.version(version)
        if found.head.day != truck.day:
            raise refusals.NothingToReplan()
        return (await versions.publish(version, by=by, at=at)).version


async def follow(entry: log.Entry, *, at: datetime) -> None:
    """A reader of the log: whoever published a plan that takes another's place, at whatever page.

    Buyers of a stop that moves by more than ten minutes, or is dropped, are told once.
    """
    if entry.event["type"] == "trips.plan_told":
        await run(_tell_moves, entry.event["day"], entry.event["version"], by=entry.by, at=at)


async def _tell_moves(day: str, number: int, *, by: str, at: datetime) -> None:
    told = [one for one in await trips_seen.versions(day) if one.published_at]
    before = next((one for one in told if one.version < number), None)
    if before is None:
        return
    earlier = await trips_seen.version(before.id)
    now = await trips_seen.version_of(day, number)
    for move in _moves(now.problem, now.plan, earlier.problem, earlier.plan):
        if move.tell:
            await _told(day, now.head.id, move, by=by, at=at)


async def _told(day: str, version: str, move: Move, *, by: str, at: datetime) -> None:
    trucks = await queries.trucks_of(day)
    truck = next((one for one in trucks if one.truck == move.after_truck), trucks[0])
    first, last = await _range(truck, move, at)
    id = new_id()
    if not await in_use().query(
        "INSERT INTO stop_eta (id, version, truck, place, earliest_minute, latest_minute, at)"
        " VALUES ({}, {}, {}, {}, {}, {}, {}) ON CONFLICT (version, place) DO NOTHING RETURNING id",
        id, version, truck.id, move.visit, first, last, at,
    ):  # fmt: skip
        return
    place = await places.place(move.visit)
    named = day, place.id, place.name_th, place.name_en
    for (then, days), waits in (await _promised(trucks, place.id)).items():
        event: StopMoved | StopDropped = StopDropped(*named, sorted(waits), then, days)
        if first is not None and last is not None:
            early, late = (f"{minute // 60:02}:{minute % 60:02}" for minute in (first, last))
            event = StopMoved(*named, sorted(waits), move.minutes, early, late, then, days)
        log.append(event, (StopEta, id), subject=place.id, by=by, at=at)


async def _promised(trucks: list[TruckView], place: str) -> dict[tuple[str, int], set[str]]:
    """Buyers of the stop by what was promised when they ordered; told all the same of none."""
    found: dict[tuple[str, int], set[str]] = {}
    for truck in trucks:
        for one in await waiting.at_stop(truck, place):
            rule = await pickups.rule_at(one.order.merchant, one.order.placed_at, one.order.cycle)
            said = (rule.moved, rule.hold_days) if rule else ("", 0)
            found.setdefault(said, set()).add(one.order.buyer)
    return found or {("", 0): set()}


async def _range(truck: TruckView, move: Move, at: datetime) -> tuple[int | None, int | None]:
    """By what trucks took, if enough was driven; else the planned minute and a little more."""
    if move.after_s is None:
        return None, None
    if known := (await eta.ranges(truck, at)).get(move.visit):
        return known.earliest, known.latest
    return move.after_s // 60, move.after_s // 60 + queries.ETA_SPREAD_MINUTES


async def hand_on(wanted: HandOn, *, by: str, at: datetime) -> WentOn:
    """All that is aboard goes to another truck of the day, or to a person; both sides in one row.

    To a person what was for sale can be ordered again; to a truck it stays for sale there.
    """
    do = partial(_hand_on, wanted, by=by, at=at)
    return await asked.once(wanted.id, "truck_day.hand_on", wanted, do, WentOn, by=by, at=at)


async def _hand_on(wanted: HandOn, *, by: str, at: datetime) -> WentOn:
    rules.ensure_receiver(wanted)
    truck = await claim(wanted.truck)
    if wanted.to_truck:
        other = await claim(wanted.to_truck)
        if other.day != truck.day:
            raise refusals.OneReceiver(field="to_truck")
    rows: Rows = []
    whole = 0
    for one in await manifest.aboard(truck.id):
        if one.left_grams > 0:
            rows.append(await _one_lot(wanted, one, by=by, at=at))
            whole += one.left_grams
    if not rows:
        raise refusals.NothingLoaded(field="truck")
    went = WentOn(truck.id, wanted.to_truck or "", wanted.to_person or "", len(rows), whole)
    log.append(went, *rows, subject=truck.id, by=by, at=at)
    return went


async def _one_lot(
    wanted: HandOn, one: manifest.LotAboard, *, by: str, at: datetime
) -> tuple[type[Table], str]:
    if one.lease and one.lease_grams:
        goods = await manifest.goods(await queries.truck(wanted.truck), one.lot)
        await walkup.bring_back(one.lease, returned=one.lease_grams, by=by, at=at)
        if wanted.to_truck:
            stock = (await lots.lot(one.lot)).stock
            known = [of for of in (await walked.leased(wanted.to_truck)).values()
                     if of.stock == stock]  # fmt: skip
            if known:
                goods = msgspec.structs.replace(
                    goods, satang_per_kg=known[0].satang_per_kg, cycle=known[0].cycle
                )
            await walkup.take(wanted.to_truck, goods, one.lease_grams, by=by, at=at)
    id = new_id()
    await insert(
        HandedOn(
            id=id, truck=wanted.truck, to_truck=wanted.to_truck, to_person=wanted.to_person,
            lot=one.lot, grams=one.left_grams, leased_grams=one.lease_grams, cause=wanted.cause,
            by=by, at=at,
        )
    )  # fmt: skip
    return HandedOn, id
