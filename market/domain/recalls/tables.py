"""What was called back or drilled, which lots that is, and how fast a drill found who has them."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from certification.basis import columns
from certification.basis.schema import APPEND_ONLY, PROVEN
from certification.groups.tables import Group
from market.domain.lots.tables import Lot


class Recall(Table, tablename="recall", tags=[PROVEN]):
    """Goods called back, or a drill of it."""

    id = columns.row_id()
    organ = columns.link(Group)
    """The group, or the network with all its groups, within which it reaches."""
    kind = columns.word(10)
    """lot, plot, farmer, input, stop: what it begins from"""
    subject = columns.word(80)
    """Its id; of an input the list's code or the product's name."""
    from_on = columns.day(null=True)
    """Days of harvest, of an input's use, or at a stop; none: all that is known."""
    until_on = columns.day(null=True)
    back = column.Boolean(default=False)
    """Also all that shares a harvest with the lot."""
    drill = column.Boolean(default=False)
    because = columns.word(20)
    """A word of `rules.BECAUSE`."""
    advice = columns.word(20)
    """A word of `rules.ADVICE`: what who has it is told to do."""
    note = columns.private()
    state = columns.word(10, index=True)
    """asked, in_force, refused, over; drilled"""
    by = columns.person()
    at = columns.instant()
    in_force_at = columns.instant(null=True)
    confirmed_by = columns.person(null=True)
    """The second person, who also refuses it."""
    confirmed_at = columns.instant(null=True)
    refused_because = columns.private()
    salt = columns.salt()
    recall_of_two = Check("confirmed_by IS NULL OR confirmed_by <> by")


class RecallLot(Table, tablename="recall_lot", tags=[PROVEN]):
    id = columns.row_id()
    recall = columns.link(Recall)
    lot = columns.link(Lot)
    root = column.Boolean(default=False)
    """It is named by the recall itself; else made of one that is."""
    at = columns.instant()
    cleared_by = columns.person(null=True)
    cleared_at = columns.instant(null=True)
    cleared_because = columns.private()
    salt = columns.salt()
    recall_lot_once = Unique([recall, lot])


class RecallDrill(Table, tablename="recall_drill", tags=[PROVEN, APPEND_ONLY]):
    """What a drill found, as it was that moment: for an auditor."""

    id = columns.row_id()
    recall = columns.link(Recall, unique=True)
    micros = columns.number()
    """From the question to the whole answer."""
    lots = columns.number()
    orders = columns.number()
    buyers = columns.number()
    places = columns.number()
    grams = columns.number()
    """All of it; where they were stands in `totals`."""
    totals = column.Text(default=None)
    """JSON of `balance.Totals`."""
    at = columns.instant()
