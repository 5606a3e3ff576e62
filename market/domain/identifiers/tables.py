"""A prefix that GS1 licensed to a group, and the numbers that the group gave its packs under it."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Check
from piccolo.table import Table

from certification.basis import columns
from certification.basis.schema import PROVEN
from certification.groups.tables import Group
from market.domain.products.tables import Product


class Gs1Prefix(Table, tablename="gs1_prefix", tags=[PROVEN]):
    id = columns.row_id()
    organ = columns.link(Group)
    """A group or a network."""
    prefix = columns.word(12)
    held = column.Varchar(length=12, null=True, unique=True, default=None)
    """The prefix while it is held, so that nobody else says the same; null afterwards."""
    paper = columns.word(60)
    """Number of the licence or the membership, as GS1's paper has it."""
    since = columns.day()
    until = columns.day(null=True)
    """The last day."""
    by = columns.person()
    ended_by = columns.person(null=True)


class Gtin(Table, tablename="gtin", tags=[PROVEN]):
    id = columns.row_id()
    prefix = columns.link(Gs1Prefix)
    product = columns.link(Product)
    pack_grams = columns.number()
    gtin = column.Varchar(length=14, unique=True, default=None)
    """Fourteen digits; for ever this pack's, by GS1's own rule."""
    given = column.Varchar(length=90, null=True, unique=True, default=None)
    """Group, product and pack while it holds, so that a pack has one number; null afterwards."""
    since = columns.day()
    until = columns.day(null=True)
    by = columns.person()
    ended_by = columns.person(null=True)
    gtin_pack_positive = Check(pack_grams > 0)
