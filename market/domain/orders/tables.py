"""Pre-orders from placed to handed over, and the grams each has reserved."""

from __future__ import annotations

from piccolo.constraints import Check
from piccolo.table import Table

from certification.basis import columns
from certification.basis.schema import PROVEN
from certification.groups.tables import Group
from certification.people.tables import Person
from market.domain.bundles.tables import Bundle
from market.domain.lots.tables import Stock
from market.domain.offers.tables import Cycle, CyclePlace, Offer


class Order(Table, tablename="preorder", tags=[PROVEN]):
    id = columns.row_id()
    code = columns.code()
    """What the buyer shows at the stall."""
    cycle = columns.link(Cycle)
    stop = columns.link(CyclePlace)
    """Where and when the buyer fetches it."""
    merchant = columns.link(Group)
    buyer = columns.link(Person)
    state = columns.word(20, index=True)
    """held, confirmed, handed_over, expired, cancelled"""
    rail = columns.word(20)
    """promptpay, cash, credit; deposit: a part by PromptPay, the rest at the pick-up"""
    total_satang = columns.number()
    """The most the buyer pays: the agreed price of the ordered grams, or of those that are given
    where less came (`shortage`)."""
    deposit_satang = columns.number(null=True)
    """Of a `deposit` order: what of `total_satang` is paid ahead, with its discount."""
    final_satang = columns.number(null=True)
    """By the grams handed over; never above `total_satang`."""
    placed_at = columns.instant()
    expires_at = columns.instant(null=True)
    """When an unpaid order gives its grams back."""
    guest_key_hash = columns.word(64, null=True)
    """SHA-256 of the secret in a guest's link to this one order."""
    by = columns.person()
    preorder_deposit = Check(
        "(deposit_satang IS NULL AND rail <> 'deposit')"
        " OR (rail = 'deposit' AND deposit_satang BETWEEN 0 AND total_satang)"
    )
    preorder_total = Check((total_satang >= 0) & ((final_satang >= 0) | final_satang.is_null()))


class OrderLine(Table, tablename="preorder_line", tags=[PROVEN]):
    id = columns.row_id()
    order = columns.link(Order)
    offer = columns.link(Offer)
    grams = columns.number()
    """The most it can weigh: of pieces, each at the weight of the heaviest."""
    pieces = columns.number(null=True)
    """How many were ordered; null where it is sold by weight."""
    satang_per_kg = columns.number()
    satang = columns.number()
    if_short = columns.word(12)
    """less, substitute, leave_out: what the buyer wants where less of it comes"""
    least_grams = columns.number(null=True)
    """Less than this is not wanted at all."""
    instead = columns.link(Offer, null=True)
    """Of which the missing part is taken, for `substitute`."""
    packed_grams = columns.number(null=True)
    """What the scales said while it was packed; it waits for the handover."""
    actual_grams = columns.number(null=True)
    actual_satang = columns.number(null=True)
    bundle = columns.link(Bundle, null=True)
    """It is a part of one: `satang` is its part of the bundle's price."""
    bundles = columns.number(null=True)
    """How many of it."""
    preorder_line_positive = Check("grams >= 0 AND satang >= 0 AND (pieces IS NULL OR pieces >= 0)")
    preorder_line_actual = Check(
        "(actual_grams IS NULL AND actual_satang IS NULL)"
        " OR (actual_grams >= 0 AND actual_satang BETWEEN 0 AND satang)"
    )


class Reservation(Table, tablename="reservation", tags=[PROVEN]):
    """Held and confirmed grams must equal the stock row's `held` and `sold` buckets."""

    id = columns.row_id()
    line = columns.link(OrderLine, unique=True)
    stock = columns.link(Stock)
    grams = columns.number()
    """What counts in the bucket now; at handover it becomes the actual grams."""
    state = columns.word(20)
    """held, confirmed, collected, expired, cancelled"""
    expires_at = columns.instant(null=True)
    reservation_grams = Check(grams >= 0)


class CalendarFeed(Table, tablename="calendar_feed", tags=[PROVEN]):
    """The address at which a person's calendar asks what is to be fetched, until it is ended."""

    id = columns.row_id()
    person = columns.link(Person, unique=True)
    address_index = columns.word(64, index=True)
    """SHA-256 of what the address ends with; nobody can read it from here."""
    ended_at = columns.instant(null=True)
    by = columns.person()
    at = columns.instant()


class PickupPass(Table, tablename="pickup_pass", tags=[PROVEN]):
    """With whose code a neighbour fetches an order."""

    id = columns.row_id()
    order = columns.link(Order)
    code = columns.code()
    withdrawn_at = columns.instant(null=True)
    by = columns.person()
    at = columns.instant()
