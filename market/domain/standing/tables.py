"""What somebody wants every week, what became of it in each round, and which goods are favourites.

Not proven: a wish can be changed by who has it; the orders that came of it are proven.
"""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from certification.basis import columns
from certification.groups.tables import Group
from certification.people.tables import Person
from market.domain.offers.tables import Cycle
from market.domain.orders.tables import Order
from market.domain.places.tables import Place
from market.domain.products.tables import Product


class Standing(Table, tablename="standing_order"):
    id = columns.row_id()
    person = columns.link(Person)
    merchant = columns.link(Group)
    place = columns.link(Place)
    rail = columns.word(20)
    """promptpay, cash, credit"""
    every_weeks = column.Integer(default=None)
    satang_most = columns.number()
    """What one order may come to."""
    since = columns.instant()
    """Rounds that were open before are not its own."""
    paused_from = columns.day(null=True)
    paused_until = columns.day(null=True)
    skips_next = column.Boolean(default=False)
    ended_at = columns.instant(null=True)
    standing_order_weeks = Check("every_weeks IN (1, 2)")
    standing_order_most = Check(satang_most > 0)


class StandingWish(Table, tablename="standing_wish"):
    id = columns.row_id()
    standing = columns.link(Standing)
    place_in_list = column.Integer(default=None)
    product = columns.link(Product)
    grams = columns.number()
    satang_per_kg_most = columns.number()
    standing_wish_once = Unique([standing, product])
    standing_wish_positive = Check((grams > 0) & (satang_per_kg_most > 0))


class StandingTurn(Table, tablename="standing_turn"):
    """What became of it in a round: once, however often the clock looks."""

    id = columns.row_id()
    standing = columns.link(Standing)
    cycle = columns.link(Cycle)
    outcome = columns.word(20)
    """ordered, part, nothing, skipped, paused, not_due"""
    order = columns.link(Order, null=True)
    at = columns.instant()
    standing_turn_once = Unique([standing, cycle])


class StandingMiss(Table, tablename="standing_miss"):
    """What of a wish a round could not give."""

    id = columns.row_id()
    turn = columns.link(StandingTurn)
    product = columns.link(Product)
    grams = columns.number()
    why = columns.word(20)
    """not_offered, sold_out, less, dearer, over_most, no_credit, no_room"""


class Favourite(Table, tablename="favourite"):
    id = columns.row_id()
    person = columns.link(Person)
    product = columns.link(Product)
    at = columns.instant()
    favourite_once = Unique([person, product])
