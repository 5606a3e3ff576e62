"""Order cycles: who sells, until when, where to fetch it, and what may be ordered."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from certification.basis import columns
from certification.basis.schema import APPEND_ONLY, PROVEN
from certification.groups.tables import Group
from certification.people.tables import Person
from market.domain.lots.tables import Lot, Stock
from market.domain.places.tables import Place
from market.domain.products.tables import Product
from market.domain.splits.tables import SplitRule


class Cycle(Table, tablename="cycle", tags=[PROVEN]):
    """Exactly one merchant: the group or network that owns the PromptPay id."""

    id = columns.row_id()
    merchant = columns.link(Group)
    name_th = column.Varchar(length=120, default=None)
    name_en = column.Varchar(length=120, default=None)
    opens_at = columns.instant(index=True)
    closes_at = columns.instant(index=True)
    """From this moment on nothing can be ordered."""
    hold_minutes = column.Integer(default=None)
    """How long an unpaid PromptPay order keeps its grams."""
    deposit_percent = columns.number(null=True)
    """Of the price, by PromptPay before goods are kept, the rest at the pick-up; null: none."""
    split_rule = columns.link(SplitRule)
    """Frozen: settlement follows this version whatever is decided later."""
    state = columns.word(20, index=True)
    """How far its clock has come (`cycles/rules.py`); what may be ordered follows the instants."""
    by = columns.person()
    at = columns.instant()
    cycle_times = Check("closes_at > opens_at")
    cycle_hold = Check(hold_minutes > 0)
    cycle_deposit = Check("deposit_percent IS NULL OR deposit_percent BETWEEN 1 AND 90")


class CyclePlace(Table, tablename="cycle_place", tags=[PROVEN]):
    """One of the places and hours at which the orders of a cycle are fetched."""

    id = columns.row_id()
    cycle = columns.link(Cycle)
    place = columns.link(Place)
    pickup_from = columns.instant(index=True)
    pickup_until = columns.instant()
    capacity_orders = columns.number(null=True)
    """How many orders fit; null: as many as come."""
    capacity_grams = columns.number(null=True)
    closed_at = columns.instant(null=True)
    """From then on nobody may choose it, though the cycle takes orders elsewhere."""
    cycle_place_once = Unique([cycle, place, pickup_from])
    cycle_place_hours = Check("pickup_until > pickup_from")
    cycle_place_room = Check(
        "(capacity_orders IS NULL OR capacity_orders > 0)"
        " AND (capacity_grams IS NULL OR capacity_grams > 0)"
    )


class CycleReason(Table, tablename="cycle_reason", tags=[PROVEN, APPEND_ONLY]):
    """Why a promise was changed, for whoever ordered: a place closed, or ordering closes later."""

    id = columns.row_id()
    cycle = columns.link(Cycle)
    stop = columns.link(CyclePlace, null=True)
    """The place that closed; null where ordering closes later."""
    because = columns.private()
    salt = columns.salt()
    by = columns.person()
    at = columns.instant()


class CycleRoom(Table, tablename="cycle_room"):
    """What the orders of a place take of its room: the sum of those that stand, and beside it a
    copy of the limits, so that one conditional UPDATE decides and nobody goes over."""

    id = columns.row_id()
    stop = columns.link(CyclePlace, unique=True)
    orders = columns.number()
    grams = columns.number()
    orders_max = columns.number(null=True)
    grams_max = columns.number(null=True)
    closed = column.Boolean(default=False)
    cycle_room_within = Check(
        "orders >= 0 AND grams >= 0 AND (orders_max IS NULL OR orders <= orders_max)"
        " AND (grams_max IS NULL OR grams <= grams_max)"
    )


class Offer(Table, tablename="offer", tags=[PROVEN]):
    id = columns.row_id()
    cycle = columns.link(Cycle)
    lot = columns.link(Lot, null=True)
    """Null for an expected harvest."""
    stock = columns.link(Stock)
    product = columns.link(Product)
    group = columns.link(Group)
    farmer = columns.link(Person, null=True)
    """None where the lot is of several: what each is owed follows from its harvests."""
    satang_per_kg = columns.number()
    step_grams = columns.number()
    """Orders are multiples of this."""
    piece_grams = columns.number(null=True)
    """What a piece is expected to weigh; null where it is sold by weight."""
    piece_grams_max = columns.number(null=True)
    """What it weighs at most: an order of pieces reserves, and pays at most, so much for each."""
    shared_by = columns.word(12)
    """first_come, pro_rata, priority: among whom, should less be harvested than was ordered"""
    withdrawn_at = columns.instant(null=True)
    by = columns.person()
    at = columns.instant()
    offer_once = Unique([cycle, stock])
    offer_shelf = Unique([cycle, product, satang_per_kg, id])
    """Says nothing that `id` does not: it is the index by which the shop reads its pages."""
    offer_positive = Check((satang_per_kg > 0) & (step_grams > 0))
    offer_piece = Check(
        "(piece_grams IS NULL AND piece_grams_max IS NULL)"
        " OR (piece_grams > 0 AND piece_grams_max >= piece_grams)"
    )
