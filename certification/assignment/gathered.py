"""The facts of a season, read at one moment: land, people, ties and who looked where before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from math import cos, radians

import msgspec

from certification.applications import queries as applications
from certification.applications.queries import ApplicationView
from certification.assignment import rules
from certification.assignment.rules import Inspector, Land, Look, Season, Spot, Tie
from certification.assignment.tables import InspectorCard
from certification.basis.database import in_use
from certification.basis.units import local_day
from certification.crops import queries as crops
from certification.groups import queries as groups
from certification.inspections import queries as inspections
from certification.inspections.kinds import YEARLY
from certification.plots import queries as plots
from certification.plots.queries import PlotView
from certification.schemes.rules import PEER, RuleSet, Version
from certification.trainings import queries as trainings

WAITING = ("submitted", "returned", "accepted")
METRES_A_DEGREE = 111_320


async def groups_under(organ: str) -> tuple[str, ...]:
    """Of a network all its groups; a group itself."""
    below = await groups.networks_groups(organ)
    return tuple(group.id for group in below) or (organ,)


async def due(organ: str, season: int) -> dict[str, ApplicationView]:
    """By plot, the newest application that waits for its visit, or will before the season ends."""
    found: dict[str, ApplicationView] = {}
    for group in await groups_under(organ):
        newest: dict[str, ApplicationView] = {}
        for one in await applications.of_group(group):
            newest.setdefault(one.plot, one)
        found |= {plot: one for plot, one in newest.items() if await _due(one, season)}
    return dict(sorted(found.items()))


async def _due(asked: ApplicationView, season: int) -> bool:
    """Not where an announced visit of this season stands already; of others nothing is told."""
    visits = [v for v in await inspections.of_plot(asked.plot) if v.state != "cancelled"]
    if any(v.planned_on.year == season and v.kind in YEARLY for v in visits):
        return False
    return asked.state in WAITING or (asked.state == "decided" and bool(visits))


async def season(  # noqa: PLR0913  (one question, asked from four places)
    organ: str,
    number: int,
    version: Version,
    land: Sequence[str],
    *,
    seed: int,
    at: datetime,
    but: Sequence[str] = (),
    untold: bool = False,
) -> Season:
    """`but`: visits that a plan has become, so that they are not its history too. `untold`: with
    unannounced visits that have not begun, for who sends to them and nobody else."""
    on = local_day(at)
    charter, near = version.content.rules, await groups_under(organ)
    found = [await plots.plot(plot) for plot in land]
    farmers = {one.id: await plots.holder(one.id, on) or one.farmer for one in found}
    held = [p for one in near for p in await groups.holders_of("inspector", one, at)]
    people = tuple(dict.fromkeys(held))
    housed = await homes({*people, *farmers.values()}, on)
    member = {one: frozenset(await groups.members(one, on)) for one in near}
    cards = await _cards(people)
    spots = {farmers[one.id]: spot(one) for one in found}
    skills = await _skills(people)
    grown = await _grown(land)
    return Season(
        number,
        seed,
        tuple(_land(one, farmers[one.id], housed, grown) for one in found),
        tuple(
            [
                msgspec.structs.replace(one, trained=await _trained(one, charter, on))
                for one in (
                    msgspec.structs.replace(
                        _person(p, housed, member, cards, spots, charter), skills=skills[p]
                    )
                    for p in people
                )
            ]
        ),
        await _ties({*people, *housed}, on),
        await _looks(number, charter, housed, on, frozenset(but), untold=untold),
        rules.of_charter(charter),
    )


def spot(plot: PlotView) -> Spot:
    lat, lon = plot.lat_e7 / 1e7, plot.lon_e7 / 1e7
    east = lon * METRES_A_DEGREE * cos(radians(lat))
    return Spot(round(east), round(lat * METRES_A_DEGREE))


def _land(
    plot: PlotView, farmer: str, housed: dict[str, str], grown: dict[str, frozenset[str]]
) -> Land:
    home, wanted = housed.get(farmer, farmer), {plot.kind} | grown.get(plot.id, frozenset())
    return Land(plot.id, farmer, home, plot.group, spot(plot), frozenset(wanted))


async def _grown(lands: Sequence[str]) -> dict[str, frozenset[str]]:
    """By plot, the classes of all crops that were ever reported on it."""
    wanted, found = set(lands), dict[str, frozenset[str]]()
    for row in await in_use().query("SELECT DISTINCT plot, crop FROM planting"):
        if row["plot"] in wanted:
            kind = frozenset({crops.crop(row["crop"]).crop_class})
            found[row["plot"]] = found.get(row["plot"], frozenset()) | kind
    return found


async def _skills(people: Sequence[str]) -> dict[str, frozenset[str]]:
    """What each was taught, and what they looked at and signed before."""
    known = await trainings.skills(people)
    rows = await in_use().query(
        "SELECT DISTINCT m.person, i.plot, p.kind FROM inspection_member m"
        " JOIN inspection i ON i.id = m.inspection JOIN plot p ON p.id = i.plot"
        " WHERE i.state = 'signed' AND m.signed_at IS NOT NULL"
    )
    mine = [row for row in rows if row["person"] in known]
    grown = await _grown([row["plot"] for row in mine])
    for row in mine:
        known[row["person"]] |= {row["kind"]} | grown.get(row["plot"], frozenset())
    return known


def _person(
    person: str,
    housed: dict[str, str],
    members: dict[str, frozenset[str]],
    cards: dict[str, tuple[frozenset[str], int | None]],
    spots: dict[str, Spot],
    charter: RuleSet,
) -> Inspector:
    """A member speaks for producers; who is none sits where the card says, or on any other seat."""
    mine = frozenset(group for group, who in members.items() if person in who)
    others = frozenset(seat.code for seat in charter.panel_seats if seat.code != PEER)
    seats, most = cards.get(person, (frozenset(), None))
    return Inspector(
        person,
        housed.get(person, person),
        seats or (frozenset({PEER}) if mine else others),
        mine,
        spots.get(person),
        most=most,
    )


async def _trained(who: Inspector, charter: RuleSet, on: date) -> bool:
    """A member by the hours that the charter asks of farmers; who belongs to no group only where
    the charter asks it of such a seat too: else whoever sent them has trained them."""
    asked = {seat.code for seat in charter.panel_seats if seat.training == "everybody"}
    if not charter.training_hours_min or not (who.groups or who.seats & asked):
        return True
    return await trainings.hours(who.person, on) >= charter.training_hours_min


async def _cards(people: Sequence[str]) -> dict[str, tuple[frozenset[str], int | None]]:
    if not people:
        return {}
    rows = await InspectorCard.select().where(InspectorCard.person.is_in([*people]))
    return {row["person"]: (frozenset(row["seats"].split()), row["most"]) for row in rows}


async def homes(persons: Iterable[str], on: date) -> dict[str, str]:
    """By person, the household of that day, of all who live with one of them too."""
    rows = await in_use().query(
        "SELECT household, person FROM household_member"
        " WHERE since <= {} AND (until IS NULL OR until >= {})",
        on, on,
    )  # fmt: skip
    housed = {row["person"]: row["household"] for row in rows}
    asked = set(persons)
    near = {home for person, home in housed.items() if person in asked}
    alone = {person: person for person in asked if person not in housed}
    return alone | {person: home for person, home in housed.items() if home in near}


async def _ties(persons: set[str], on: date) -> tuple[Tie, ...]:
    rows = await in_use().query(
        "SELECT person, other, kind, degree FROM relation"
        " WHERE since <= {} AND (until IS NULL OR until >= {}) ORDER BY person, other, kind",
        on, on,
    )  # fmt: skip
    return tuple(
        Tie(row["person"], row["other"], row["kind"], row["degree"])
        for row in rows
        if row["person"] in persons and row["other"] in persons
    )


async def _looks(
    number: int, charter: RuleSet, housed: dict[str, str], on: date, but: frozenset[str], *,
    untold: bool,
) -> tuple[Look, ...]:  # fmt: skip
    """Visits of the seasons before and of this one; a season is the year of the planned day."""
    years = max(charter.reciprocity_years, charter.max_consecutive_years, 1)
    rows = await in_use().query(
        "SELECT i.id, i.kind, i.state, i.planned_on, m.person, i.plot, h.person AS farmer"
        " FROM inspection_member m JOIN inspection i ON i.id = m.inspection"
        " JOIN plot_holder h ON h.plot = i.plot"
        " WHERE i.state <> 'cancelled' AND i.planned_on >= {} AND h.since <= i.planned_on"
        " AND (h.until IS NULL OR h.until >= i.planned_on) ORDER BY i.planned_on, m.id",
        date(number - years, 1, 1),
    )  # fmt: skip
    whole = housed | await homes({row["person"] for row in rows}, on)
    whole |= await homes({row["farmer"] for row in rows}, on)
    return tuple(
        Look(row["planned_on"].year, row["person"], whole[row["person"]], row["plot"],
             whole[row["farmer"]])
        for row in rows
        if row["id"] not in but
        and (untold or (row["kind"], row["state"]) != ("random", "assigned"))
    )  # fmt: skip
