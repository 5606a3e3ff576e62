"""That a part of a truck's day was typed in from paper; the deeds themselves are the truck's."""

from __future__ import annotations

from piccolo.constraints import Check, Unique
from piccolo.table import Table

from certification.basis import columns
from certification.basis.schema import APPEND_ONLY, PROVEN
from market.domain.trips.tables import DayTruck


class TypedFromPaper(Table, tablename="typed_from_paper", tags=[PROVEN, APPEND_ONLY]):
    """Deeds between the two instants, by the same person, stood on paper until `at`."""

    id = columns.row_id()
    truck = columns.link(DayTruck)
    part = columns.word(50)
    """morning, evening, or the place of a stop"""
    paper_from = columns.instant()
    paper_until = columns.instant()
    by = columns.person()
    at = columns.instant()
    """When it was typed."""
    typed_from_paper_once = Unique([truck, part])
    typed_from_paper_after = Check("paper_until >= paper_from AND at >= paper_until")
