"""Crates that come back, what lies in them, what was left for them, and goods on their way."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from certification.basis import columns
from certification.basis.codes import LONG
from certification.basis.schema import APPEND_ONLY, PROVEN
from certification.groups.tables import Group
from market.domain.lots.tables import Lot
from market.domain.orders.tables import Order
from market.domain.places.tables import Place


class CrateKind(Table, tablename="crate_kind", tags=[PROVEN, APPEND_ONLY]):
    id = columns.row_id()
    owner = columns.link(Group)
    """A group or a network."""
    name_th = column.Varchar(length=120, default=None)
    name_en = column.Varchar(length=120, default=None)
    holds_grams = columns.number()
    tare_grams = columns.number()
    by = columns.person()
    at = columns.instant()
    crate_kind_holds = Check((holds_grams > 0) & (tare_grams >= 0))


class CrateTerms(Table, tablename="crate_terms", tags=[PROVEN, APPEND_ONLY]):
    """On which terms crates of a kind are lent; the highest `seq` holds, a loan keeps its own."""

    id = columns.row_id()
    kind = columns.link(CrateKind)
    seq = column.Integer(default=None)
    deposit_satang = columns.number()
    kept_satang = columns.number()
    """Of the deposit, where the crate is lost."""
    days = column.Integer(default=None)
    """After so many it is overdue, and may be called lost."""
    by = columns.person()
    at = columns.instant()
    crate_terms_once = Unique([kind, seq])
    crate_terms_sum = Check("kept_satang >= 0 AND kept_satang <= deposit_satang AND days > 0")


class Crate(Table, tablename="crate", tags=[PROVEN]):
    id = columns.row_id()
    code = columns.code(LONG)
    kind = columns.link(CrateKind)
    owner = columns.link(Group)
    state = columns.word(10, index=True)
    """ready, filled, moving, away, back, lost, retired"""
    seq = column.Integer(default=None)
    """Of its last step."""
    place = columns.link(Place, null=True)
    """Where it is in hand, if anybody said so."""
    by = columns.person()
    at = columns.instant()


class CrateStep(Table, tablename="crate_step", tags=[PROVEN, APPEND_ONLY]):
    """Each change of a crate's state, by whom and when."""

    id = columns.row_id()
    crate = columns.link(Crate)
    seq = column.Integer(default=None)
    deed = columns.word(10)
    """made, or a deed of `rules.GO`"""
    state = columns.word(10)
    place = columns.link(Place, null=True)
    subject = columns.word(36, null=True)
    """The loan or dispatch it was for."""
    by = columns.person()
    at = columns.instant()
    crate_step_once = Unique([crate, seq])


class CrateLabelRun(Table, tablename="crate_label_run", tags=[PROVEN, APPEND_ONLY]):
    """Labels of crates that were printed together."""

    id = columns.row_id()
    owner = columns.link(Group)
    sheet = columns.word(20)
    """a4-3x8, l7160, t50x30, t58x40"""
    start_at = column.Integer(default=None)
    level = columns.word(1)
    """M, Q"""
    reason = columns.word(20, null=True)
    """Of a reprint: jammed, faded, wet, lost"""
    by = columns.person()
    at = columns.instant()


class CrateLabel(Table, tablename="crate_label", tags=[PROVEN, APPEND_ONLY]):
    id = columns.row_id()
    run = columns.link(CrateLabelRun)
    crate = columns.link(Crate)
    seq = column.Integer(default=None)
    """1 is its first label; two who print it at once cannot both have made that."""
    crate_label_in_turn = Unique([crate, seq])


class CrateContent(Table, tablename="crate_content", tags=[PROVEN]):
    """Grams of a lot in a crate, from filled to emptied."""

    id = columns.row_id()
    crate = columns.link(Crate)
    lot = columns.link(Lot)
    grams = columns.number()
    place = columns.link(Place, null=True)
    by = columns.person()
    at = columns.instant()
    out_at = columns.instant(null=True)
    out_by = columns.person(null=True)
    crate_content_positive = Check(grams > 0)


class LotInHand(Table, tablename="lot_in_hand"):
    """Grams of a lot in crates and under way: the row for which all wait who fill or send it.

    Not told to the log: `market verify stock` recomputes it from contents and dispatches.
    """

    lot = column.Varchar(length=36, primary_key=True)
    crated_grams = columns.number()
    moving_grams = columns.number()
    lot_in_hand_not_below_zero = Check("crated_grams >= 0 AND moving_grams >= 0")


class CrateLoan(Table, tablename="crate_loan", tags=[PROVEN]):
    """A crate with somebody, and what was left for it. The ledger's entry has the same id."""

    id = columns.row_id()
    crate = columns.link(Crate)
    owner = columns.link(Group)
    """In whose book the deposit stands."""
    order = columns.link(Order, null=True)
    person = columns.person(null=True)
    place = columns.link(Place, null=True)
    """With neither of the three it is with a buyer whom nobody named."""
    deposit_satang = columns.number()
    kept_satang = columns.number()
    due_on = columns.day()
    rail = columns.word(10)
    """cash, bank"""
    state = columns.word(10, index=True)
    """out, back, lost"""
    by = columns.person()
    at = columns.instant()
    ended_id = columns.word(36, null=True)
    """The deed that ended it, and the ledger's entry of what was given back or kept."""
    ended_by = columns.person(null=True)
    ended_at = columns.instant(null=True)
    crate_loan_sum = Check("kept_satang >= 0 AND kept_satang <= deposit_satang")
    crate_loan_ended = Check("(state = 'out') = (ended_at IS NULL)")


class Dispatch(Table, tablename="custody_dispatch", tags=[PROVEN]):
    """Goods that left one place for another."""

    id = columns.row_id()
    owner = columns.link(Group)
    """The network within which it goes."""
    from_place = columns.link(Place)
    to_place = columns.link(Place)
    due_at = columns.instant(index=True)
    """Who is not received by then is asked after."""
    arrival = columns.word(36, null=True, index=True)
    """Null while it is under way."""
    by = columns.person()
    at = columns.instant()
    custody_dispatch_two_places = Check(from_place != to_place)


class DispatchLine(Table, tablename="custody_dispatch_line", tags=[PROVEN, APPEND_ONLY]):
    id = columns.row_id()
    dispatch = columns.link(Dispatch)
    lot = columns.link(Lot, null=True)
    """Null of an empty crate."""
    crate = columns.link(Crate, null=True)
    """Null of what lies in no crate of ours."""
    grams = columns.number()
    custody_dispatch_line_something = Check(
        "(lot IS NOT NULL AND grams > 0) OR (lot IS NULL AND crate IS NOT NULL AND grams = 0)"
    )


class Arrival(Table, tablename="custody_arrival", tags=[PROVEN]):
    """Goods counted where they came; a phone may tell it before the dispatch is known."""

    id = columns.row_id()
    dispatch = columns.word(36, index=True)
    place = columns.link(Place)
    state = columns.word(10)
    """waits (for its dispatch), counted, void (another had been counted, or it was the sender)"""
    by = columns.person()
    at = columns.instant()
    matched_at = columns.instant(null=True)


class ArrivalLine(Table, tablename="custody_arrival_line", tags=[PROVEN, APPEND_ONLY]):
    id = columns.row_id()
    arrival = columns.link(Arrival)
    lot = columns.link(Lot, null=True)
    crate = columns.link(Crate, null=True)
    grams = columns.number()
    """By the scales of who received it."""
    reason = columns.word(20, null=True)
    """Where it is not what was sent: a word of `rules.REASONS`."""
    custody_arrival_line_grams = Check(grams >= 0)


class Difference(Table, tablename="custody_difference", tags=[PROVEN]):
    """Where what came is not what was sent, and what became of the rest."""

    id = columns.row_id()
    arrival = columns.link(Arrival)
    lot = columns.link(Lot)
    crate = columns.link(Crate, null=True)
    sent_grams = columns.number()
    counted_grams = columns.number()
    reason = columns.word(20, null=True)
    """Null until somebody says it: of what was counted before anybody knew what was sent."""
    wasted_grams = columns.number()
    """Poured from what anybody could order."""
    owed_grams = columns.number()
    """Lost too, but ordered by somebody: a person decides on those orders."""
    by = columns.person()
    at = columns.instant()
    custody_difference_some = Check(
        "sent_grams <> counted_grams AND wasted_grams >= 0 AND owed_grams >= 0"
    )
