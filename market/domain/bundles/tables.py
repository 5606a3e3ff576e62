"""Several goods of a round for one price, and of which products each part may be."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from certification.basis import columns
from certification.basis.schema import APPEND_ONLY, PROVEN
from market.domain.offers.tables import Cycle
from market.domain.products.tables import Product


class Bundle(Table, tablename="bundle", tags=[PROVEN]):
    id = columns.row_id()
    cycle = columns.link(Cycle)
    name_th = column.Varchar(length=120, default=None)
    name_en = column.Varchar(length=120, default=None)
    satang = columns.number()
    """Of one."""
    withdrawn_at = columns.instant(null=True)
    by = columns.person()
    at = columns.instant()
    bundle_price = Check(satang > 0)


class BundlePart(Table, tablename="bundle_part", tags=[PROVEN, APPEND_ONLY]):
    id = columns.row_id()
    bundle = columns.link(Bundle)
    number = columns.number()
    grams = columns.number(null=True)
    pieces = columns.number(null=True)
    bundle_part_once = Unique([bundle, number])
    bundle_part_one = Check("(grams > 0 AND pieces IS NULL) OR (grams IS NULL AND pieces > 0)")


class BundleChoice(Table, tablename="bundle_choice", tags=[PROVEN, APPEND_ONLY]):
    """Any of them will do."""

    id = columns.row_id()
    part = columns.link(BundlePart)
    product = columns.link(Product)
    bundle_choice_once = Unique([part, product])
