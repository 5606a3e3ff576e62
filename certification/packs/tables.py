"""Packs that were taken along."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.table import Table

from certification.basis import columns
from certification.basis.schema import APPEND_ONLY, PROVEN
from certification.groups.tables import Group
from certification.plots.tables import Plot


class Pack(Table, tablename="pack", tags=[PROVEN, APPEND_ONLY]):
    id = columns.row_id()
    plot = columns.link(Plot, null=True)
    organ = columns.link(Group, null=True)
    scheme = columns.word(20, null=True)
    year = column.Integer(null=True, default=None)
    by = columns.person()
    at = columns.instant()
