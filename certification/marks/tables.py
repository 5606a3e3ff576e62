"""What others certified: GAP, Organic Thailand, FSC, …; seen by the group, no part of its word."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Unique
from piccolo.table import Table

from certification.basis import columns
from certification.basis.blobs import Blob
from certification.basis.schema import APPEND_ONLY, PROVEN
from certification.groups.tables import Group
from certification.people.tables import Person
from certification.plots.tables import Plot


class Mark(Table, tablename="mark", tags=[PROVEN, APPEND_ONLY]):
    id = columns.row_id()
    organ = columns.link(Group)
    holder = columns.link(Person, null=True)
    """Whose paper it is; none where it is the group's own."""
    kind = columns.word(20)
    """gap, organic_thailand, fsc, halal, fda, gi, other"""
    name = columns.private()
    """Of what no kind names."""
    issuer = columns.private(null=False)
    number = columns.private(null=False)
    covers = columns.private()
    """Kinds of product, in words."""
    issued_on = columns.day()
    valid_until = columns.day(null=True, index=True)
    """The last day; none where the paper names none."""
    scan = columns.link(Blob, null=True)
    scan_public = column.Boolean(default=False)
    replaces = columns.earlier(unique=True)
    by = columns.person()
    at = columns.instant()
    salt = columns.salt()


class MarkPlot(Table, tablename="mark_plot", tags=[PROVEN, APPEND_ONLY]):
    """For which plots; a paper without any is for all its holder farms."""

    id = columns.row_id()
    mark = columns.link(Mark)
    plot = columns.link(Plot)
    mark_plot_once = Unique([mark, plot])


class MarkSeen(Table, tablename="mark_seen", tags=[PROVEN, APPEND_ONLY]):
    """Who held the original in hand, and on which day: never the holder."""

    id = columns.row_id()
    mark = columns.link(Mark)
    person = columns.link(Person)
    seen_on = columns.day()
    at = columns.instant()
    mark_seen_once = Unique([mark, person, seen_on])


class MarkEnded(Table, tablename="mark_ended", tags=[PROVEN, APPEND_ONLY]):
    id = columns.row_id()
    mark = columns.link(Mark, unique=True)
    why = columns.word(20)
    """revoked, replaced, mistaken"""
    ended_on = columns.day()
    by = columns.person()
    at = columns.instant()


class MarkReminded(Table, tablename="mark_reminded", tags=[PROVEN, APPEND_ONLY]):
    """The clock said once that it ends."""

    id = columns.row_id()
    mark = columns.link(Mark, unique=True)
    at = columns.instant()
