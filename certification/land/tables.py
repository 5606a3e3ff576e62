"""What farmers say of their land, and what shows it. Each statement is a row; the newest holds."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Check
from piccolo.table import Table

from certification.basis import columns
from certification.basis.blobs import Blob
from certification.basis.schema import APPEND_ONLY, PROVEN
from certification.people.tables import Person
from certification.plots.tables import Plot


class LandPaper(Table, tablename="land_paper", tags=[PROVEN]):
    """Or a host's consent to a city garden."""

    id = columns.row_id()
    plot = columns.link(Plot)
    kind = columns.word(20)
    """ns4, ns5, … as in `rules.LEVELS`"""
    number = columns.private()
    area_m2 = columns.number(null=True)
    """As the paper says."""
    farmer = columns.link(Person)
    """Under whose key the holder's name lies."""
    holder_sealed = column.Bytea(null=True, default=None)
    """The name on the paper, by the vault; gone with the farmer's key."""
    relation = columns.word(20)
    """self, household, kin, landlord, state, temple, host, other"""
    scan = columns.link(Blob, null=True)
    by = columns.person()
    at = columns.instant()
    ended_by = columns.person(null=True)
    ended_at = columns.instant(null=True)
    salt = columns.salt()


class LandYear(Table, tablename="land_year", tags=[PROVEN, APPEND_ONLY]):
    id = columns.row_id()
    plot = columns.link(Plot)
    year = column.Integer(default=None)
    crop = columns.private(null=False)
    used = columns.word(20)
    """nothing, natural, synthetic, unknown"""
    inputs = columns.private()
    by = columns.person()
    at = columns.instant()
    salt = columns.salt()


class LandSide(Table, tablename="land_side", tags=[PROVEN, APPEND_ONLY]):
    """What lies beyond one side of the plot, and what stands between."""

    id = columns.row_id()
    plot = columns.link(Plot)
    side = columns.word(10)
    """north, east, south, west"""
    use = columns.word(20)
    risk = columns.word(20)
    """none, spray, run_off, dust, other"""
    buffer = columns.word(20)
    """none, bund, plants, ditch, strip, wall"""
    buffer_cm = columns.number()
    note = columns.private()
    by = columns.person()
    at = columns.instant()
    salt = columns.salt()
    land_side_buffer_not_negative = Check(buffer_cm >= 0)


class LandWater(Table, tablename="land_water", tags=[PROVEN, APPEND_ONLY]):
    id = columns.row_id()
    plot = columns.link(Plot)
    sources = columns.word(80)
    """With commas between: rain, well, pond, canal, river, tap, irrigation"""
    flood_days = columns.number()
    flooded_until = columns.day(null=True)
    soil_tested_on = columns.day(null=True)
    note = columns.private()
    by = columns.person()
    at = columns.instant()
    salt = columns.salt()


class Holding(Table, tablename="holding", tags=[PROVEN, APPEND_ONLY]):
    """All land of a person, certified or not."""

    id = columns.row_id()
    person = columns.link(Person)
    area_m2 = columns.number()
    pieces = columns.number()
    other_m2 = columns.number()
    """Of it farmed otherwise than organically."""
    parallel = columns.word(20)
    """none, told_apart, mixed"""
    whole_by = columns.day(null=True)
    note = columns.private()
    by = columns.person()
    at = columns.instant()
    salt = columns.salt()
    holding_area_positive = Check(area_m2 > 0)
