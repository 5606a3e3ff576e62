"""A crop as goods."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Check
from piccolo.table import Table

from certification.basis import columns
from certification.groups.tables import Group


class Product(Table, tablename="product"):
    id = columns.row_id()
    network = columns.link(Group)
    crop = columns.word(40, index=True)
    name_th = column.Varchar(length=120, default=None)
    name_en = column.Varchar(length=120, default=None)
    unit = columns.word(10)
    """kg, piece"""
    piece_grams = columns.number(null=True)
    """The expected weight of one piece."""
    vat_class = columns.word(20)
    """exempt (Revenue Code s.81(1)(a)), standard, not_registered"""
    shelf_life_days = column.Integer(null=True, default=None)
    cold = column.Boolean(default=False)
    """It must be kept cold all the way."""
    crate_grams = columns.number(null=True)
    """What a full crate holds; null: `rules.CRATE_GRAMS`."""
    by = columns.person()
    at = columns.instant()
    product_crate_grams = Check((crate_grams > 0) | crate_grams.is_null())
    product_piece_grams = Check((piece_grams > 0) | piece_grams.is_null())
