"""Tests for residues and what was seen of each group of substances."""

from __future__ import annotations

from piccolo.constraints import Unique
from piccolo.table import Table

from certification.basis import columns
from certification.basis.blobs import Blob
from certification.basis.schema import APPEND_ONLY, PROVEN
from certification.groups.tables import Group
from certification.plots.tables import Plot
from certification.schemes.tables import SchemeVersion


class ResidueTest(Table, tablename="residue_test", tags=[PROVEN, APPEND_ONLY]):
    """Never changed: a correction and a laboratory's answer are tests of their own."""

    id = columns.row_id()
    organ = columns.link(Group)
    scheme_version = columns.link(SchemeVersion)
    means = columns.word(20)
    """A kit's code, or `lab`."""
    taken_on = columns.day()
    plot = columns.link(Plot, null=True)
    lot = columns.word(36, null=True, index=True)
    """Of the market, which stands above: an id and a code, no row."""
    lot_code = columns.word(8, null=True)
    place = columns.word(36, null=True)
    place_name = columns.word(200, null=True)
    crop = columns.word(40, null=True)
    sampled_by = columns.private(null=False)
    tested_by = columns.private(null=False)
    report = columns.word(200, null=True)
    """Number of the laboratory's report."""
    scan = columns.link(Blob, null=True)
    confirm_by = columns.day(null=True)
    """Until then a laboratory says whether the kit was right."""
    confirms = columns.earlier(unique=True)
    corrects = columns.earlier(unique=True)
    reason = columns.private()
    """Of a correction."""
    by = columns.person()
    at = columns.instant()
    salt = columns.salt()


class ResidueSeen(Table, tablename="residue_seen", tags=[PROVEN, APPEND_ONLY]):
    id = columns.row_id()
    test = columns.link(ResidueTest)
    chemical = columns.word(20)
    result = columns.word(10)
    """not_found, safe (found below the limit), unsafe (above it)"""
    residue_seen_once = Unique([test, chemical])
