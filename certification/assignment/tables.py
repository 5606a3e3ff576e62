"""A season's plan: who is asked to which plot, what each of them said, what was overridden."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Unique
from piccolo.table import Table

from certification.applications.tables import Application
from certification.basis import columns
from certification.basis.schema import APPEND_ONLY, PROVEN
from certification.groups.tables import Group
from certification.inspections.tables import Inspection
from certification.people.tables import Person
from certification.plots.tables import Plot
from certification.schemes.tables import SchemeVersion


class SeasonPlan(Table, tablename="season_plan", tags=[PROVEN]):
    id = columns.row_id()
    organ = columns.link(Group)
    """The group or network whose plots are looked at."""
    season = column.Integer(default=None)
    """The year, of the common era."""
    scheme_version = columns.link(SchemeVersion)
    seed = columns.number()
    state = columns.word(10)
    """proposed, adopted"""
    revision = columns.number()
    """Rises with each change: who saw an older one is told."""
    digest = columns.word(64)
    """SHA-256 of `plans.written`: of the seats as proposed, then as adopted."""
    by = columns.person()
    at = columns.instant()
    adopted_by = columns.person(null=True)
    adopted_at = columns.instant(null=True)
    season_plan_once = Unique([organ, season])


class SeasonSeat(Table, tablename="season_seat"):
    """Not proven one by one: the plan's digest, what each said and the visit itself are."""

    id = columns.row_id()
    plan = columns.link(SeasonPlan)
    plot = columns.link(Plot)
    application = columns.link(Application)
    seat = columns.word(40)
    number = column.Integer(default=None)
    """The place in the panel: 0, 1, …"""
    person = columns.link(Person, null=True)
    state = columns.word(10)
    """proposed, open, asked, accepted, declined"""
    inspection = columns.link(Inspection, null=True)
    """Once a day is set."""
    at = columns.instant()
    season_seat_once = Unique([plan, plot, number])


class SeatSaid(Table, tablename="season_seat_said", tags=[PROVEN, APPEND_ONLY]):
    id = columns.row_id()
    seat = columns.link(SeasonSeat)
    person = columns.person()
    word = columns.word(10)
    """accepted, declined, swapped, moved (by who keeps the plan)"""
    reason = columns.private()
    by = columns.person()
    at = columns.instant()
    salt = columns.salt()


class SeatSwap(Table, tablename="season_seat_swap"):
    id = columns.row_id()
    mine = columns.link(SeasonSeat)
    theirs = columns.link(SeasonSeat)
    by = columns.person()
    other = columns.person()
    state = columns.word(10)
    """offered, agreed, refused"""
    at = columns.instant()
    answered_at = columns.instant(null=True)


class SeatOverride(Table, tablename="season_seat_override", tags=[PROVEN]):
    """Public: somebody sits where the charter does not let them, why, and who stood by."""

    id = columns.row_id()
    seat = columns.link(SeasonSeat)
    person = columns.link(Person)
    why = columns.word(200)
    """What is overridden, parted by blanks."""
    reason = column.Text(default=None, help_text="Public: no names in it")
    observer = columns.link(Person)
    by = columns.person()
    at = columns.instant()
    signed_by = columns.person(null=True)
    signed_at = columns.instant(null=True)


class InspectorCard(Table, tablename="inspector_card"):
    """What is known of an inspector beside role and membership."""

    id = columns.row_id()
    person = columns.link(Person, unique=True)
    seats = columns.word(400)
    """Codes of the panel's seats, parted by blanks; empty: as the role says."""
    most = column.Integer(null=True, default=None)
    """So many plots in a season were promised."""
    employer = columns.private()
    """To whom a letter asks for leave: name and office."""
    by = columns.person()
    at = columns.instant()
    salt = columns.salt()
