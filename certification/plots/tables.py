"""Land: its shape and size, who farms it since when, and what is planted."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from certification.basis import columns
from certification.basis.schema import PROVEN
from certification.groups.tables import Group
from certification.people.tables import Person


class Plot(Table, tablename="plot", tags=[PROVEN]):
    """A changed shape is a new plot that replaces the old one."""

    id = columns.row_id()
    code = columns.code()
    group = columns.link(Group)
    farmer = columns.link(Person)
    """Who registered it; `PlotHolder` says who farms it since when."""
    name = columns.private()
    kind = columns.word(20)
    """field, orchard, paddy, rubber, city_garden"""
    tambon = columns.word(6, index=True)
    moo = column.Integer(null=True, default=None)
    area_m2 = columns.number()
    """By geometry where there is a polygon, as declared where there is a point."""
    pots = columns.number(null=True)
    """Of a city garden that is told by its pots."""
    shape_source = columns.word(10)
    """polygon, point"""
    shape = columns.private()
    """GeoJSON geometry, WGS 84, 7 decimals. Never public."""
    lat_e7 = column.BigInt(default=None, secret=True)
    lon_e7 = column.BigInt(default=None, secret=True)
    """A point inside, in 10⁻⁷ degrees. Never public as it is."""
    replaces = columns.earlier()
    by = columns.person()
    at = columns.instant()
    salt = columns.salt()
    plot_area_positive = Check(area_m2 > 0)


class PlotCell(Table, tablename="plot_cell"):
    """Which hundredths of a degree a plot touches: finds neighbours without a spatial index."""

    id = columns.row_id()
    cx = columns.number()
    cy = columns.number()
    plot = columns.link(Plot)
    plot_cell_once = Unique([cx, cy, plot])


class PlotHolder(Table, tablename="plot_holder", tags=[PROVEN]):
    id = columns.row_id()
    plot = columns.link(Plot)
    person = columns.link(Person)
    since = columns.day()
    until = columns.day(null=True)
    """The last day."""
    by = columns.person()
    plot_holder_once = Unique([plot, person, since])


class Planting(Table, tablename="planting", tags=[PROVEN]):
    id = columns.row_id()
    plot = columns.link(Plot)
    crop = columns.word(40, index=True)
    variety = column.Varchar(length=80, null=True, default=None)
    area_m2 = columns.number()
    sown_on = columns.day()
    harvest_from = columns.day()
    harvest_until = columns.day()
    """The last day of the window."""
    yield_kg_per_rai = columns.number(null=True)
    """What the ceiling was reckoned with; null where nobody knows it."""
    yield_source = columns.word(20)
    """read, known, guess (the crop list's level), committee, none"""
    expected_grams = columns.number(null=True)
    by = columns.person()
    at = columns.instant()
    planting_area_positive = Check(area_m2 > 0)
    planting_window = Check(harvest_until >= harvest_from)
