"""Where goods change hands: pick-up places and market stops, with their weekday windows."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Check
from piccolo.table import Table

from certification.basis import columns
from certification.groups.tables import Group


class Place(Table, tablename="place"):
    """Public by nature: a hospital's market, a district office."""

    id = columns.row_id()
    network = columns.link(Group)
    kind = columns.word(20)
    """pickup, stop; base: in no public list"""
    name_th = column.Varchar(length=120, default=None)
    name_en = column.Varchar(length=120, default=None)
    tambon = columns.word(6, index=True)
    lat_e6 = columns.number()
    lon_e6 = columns.number()
    by = columns.person()
    at = columns.instant()


class PlaceWindow(Table, tablename="place_window"):
    id = columns.row_id()
    place = columns.link(Place)
    weekday = column.Integer(default=None)
    """1 Monday … 7 Sunday (ISO 8601)"""
    opens_minute = column.Integer(default=None)
    closes_minute = column.Integer(default=None)
    """Minutes after midnight, Bangkok."""
    place_window_lasts = Check(
        "weekday BETWEEN 1 AND 7 AND opens_minute >= 0"
        " AND closes_minute > opens_minute AND closes_minute <= 1440"
    )
