"""What was harvested where and when, under which claim, and where its grams are."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from certification.basis import columns
from certification.basis.schema import APPEND_ONLY, PROVEN
from certification.certificates.tables import Certificate
from certification.groups.tables import Group
from certification.people.tables import Person
from certification.plots.tables import Planting, Plot


class Lot(Table, tablename="lot", tags=[PROVEN]):
    """As it is known now; what was told before a correction stands in `lot_correction`."""

    id = columns.row_id()
    code = columns.code()
    group = columns.link(Group)
    plot = columns.link(Plot, null=True)
    """With farmer, planting and certificate: none where a lot was made of several."""
    farmer = columns.link(Person, null=True)
    crop = columns.word(40, index=True)
    planting = columns.link(Planting, null=True)
    harvested_on = columns.day(index=True)
    """Of what was made of several harvests: the day of the oldest."""
    grams = columns.number()
    claim = columns.word(20)
    """organic, in_conversion, plain: what the certificate allowed on the day of harvest"""
    because = columns.word(40)
    """Why this claim and no higher: a word of `rules.BECAUSE`."""
    beside = columns.word(20, null=True)
    """The stage of other land of the same farmer on which the same crop grew that day, where it is
    another than this one's: organic, in_conversion, conventional."""
    scheme = columns.word(20, null=True)
    certificate = columns.link(Certificate, null=True)
    """The one certificate the claim rests on; `LotAlso` lists others that held too, and where
    several harvests are in it and no certificate is of all, every one."""
    deed = columns.word(36, null=True, index=True)
    """The split, mix or packing it came out of (`lineage`); none: it was harvested."""
    by = columns.person()
    at = columns.instant()
    lot_grams_positive = Check(grams > 0)


class LotAlso(Table, tablename="lot_also", tags=[PROVEN, APPEND_ONLY]):
    id = columns.row_id()
    lot = columns.link(Lot)
    certificate = columns.link(Certificate)
    lot_also_once = Unique([lot, certificate])


class LotTotal(Table, tablename="lot_total"):
    """Grams of a planting's lots that bear a claim: the row two harvests at once wait for.

    Not told to the log: `queries.stock_faults` recomputes it from the lots.
    """

    id = columns.row_id()
    planting = columns.link(Planting)
    period_from = columns.day()
    """The first day of what is held against one expected yield: of a perennial, of one year."""
    claimed_grams = columns.number()
    lot_total_not_below_zero = Check(claimed_grams >= 0)
    lot_total_once = Unique([planting, period_from])


class Stock(Table, tablename="stock", tags=[PROVEN]):
    """Grams of a lot or of an expected harvest in six buckets that sum to its capacity."""

    id = columns.row_id()
    kind = columns.word(10)
    """lot, forecast"""
    source = column.Varchar(length=36, unique=True, default=None)
    """The lot's or the forecast's id."""
    capacity_grams = columns.number()
    available_grams = columns.number()
    held_grams = columns.number()
    leased_grams = columns.number()
    sold_grams = columns.number()
    waste_grams = columns.number()
    used_grams = columns.number()
    """Went into other lots."""
    frozen = columns.number()
    """How many recalls lie on it: while one does, nothing is ordered, sold, loaded or used."""
    stock_no_bucket_below_zero = Check(
        (available_grams >= 0)
        & (held_grams >= 0)
        & (leased_grams >= 0)
        & (sold_grams >= 0)
        & (waste_grams >= 0)
        & (used_grams >= 0)
        & (frozen >= 0)
    )
    stock_sums = Check(
        "available_grams + held_grams + leased_grams + sold_grams + waste_grams + used_grams"
        " = capacity_grams"
    )


class StockMove(Table, tablename="stock_move", tags=[PROVEN, APPEND_ONLY]):
    """One pour from bucket to bucket; the buckets are the sums of these."""

    id = columns.row_id()
    stock = columns.link(Stock)
    source = columns.word(10)
    """harvest (from outside, or back there where it was less), available, held, leased, sold,
    waste, used"""
    target = columns.word(10)
    grams = columns.number()
    subject = columns.word(36, index=True)
    """The reservation, lease or deed it was for."""
    by = columns.person()
    at = columns.instant()
    stock_move_positive = Check(grams > 0)
    stock_move_two_buckets = Check(source != target)
