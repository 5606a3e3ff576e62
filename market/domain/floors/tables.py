"""The least that a farmer's crop may be sold for, and who allowed less."""

from __future__ import annotations

from piccolo.constraints import Check
from piccolo.table import Table

from certification.basis import columns
from certification.basis.schema import APPEND_ONLY, PROVEN
from certification.people.tables import Person


class PriceFloor(Table, tablename="price_floor", tags=[PROVEN, APPEND_ONLY]):
    """The newest of a farmer and crop holds; 0 is none any more."""

    id = columns.row_id()
    farmer = columns.link(Person)
    crop = columns.word(40, index=True)
    satang_per_kg = columns.number()
    by = columns.person()
    at = columns.instant()
    price_floor_not_below_zero = Check(satang_per_kg >= 0)


class FloorConsent(Table, tablename="floor_consent", tags=[PROVEN, APPEND_ONLY]):
    id = columns.row_id()
    floor = columns.link(PriceFloor)
    """A minimum that is set anew needs a new yes."""
    satang_per_kg = columns.number()
    until = columns.day()
    because = columns.word(10)
    """own, committee"""
    decided_on = columns.day(null=True)
    by = columns.person()
    at = columns.instant()
    floor_consent_positive = Check(satang_per_kg > 0)
