"""Which lots came out of which: splits, mixes, packings, corrections, and what was frozen."""

from __future__ import annotations

from piccolo.constraints import Check, Unique
from piccolo.table import Table

from certification.basis import columns
from certification.basis.schema import APPEND_ONLY, PROVEN
from certification.certificates.tables import Certificate
from certification.groups.tables import Group
from certification.plots.tables import Planting
from market.domain.lots.tables import Lot


class LotDeed(Table, tablename="lot_deed", tags=[PROVEN, APPEND_ONLY]):
    """Lots went in, lots came out (`Lot.deed`), and what is between was lost."""

    id = columns.row_id()
    kind = columns.word(20)
    """split, mix, pack, correction"""
    group = columns.link(Group)
    loss_grams = columns.number()
    """What went in and did not come out: trimmed, dried, spilt."""
    note = columns.private()
    by = columns.person()
    at = columns.instant()
    salt = columns.salt()
    lot_deed_loses_nothing_back = Check(loss_grams >= 0)


class LotInput(Table, tablename="lot_input", tags=[PROVEN, APPEND_ONLY]):
    """Grams of a lot that went into a deed."""

    id = columns.row_id()
    deed = columns.link(LotDeed)
    lot = columns.link(Lot)
    grams = columns.number()
    lot_input_positive = Check(grams > 0)
    lot_input_once = Unique([deed, lot])


class LotOrigin(Table, tablename="lot_origin", tags=[PROVEN, APPEND_ONLY]):
    """How many grams of a made lot are of which harvest: money and recalls are divided by it.

    It follows from the deeds; `queries.lineage_faults` recomputes it.
    """

    id = columns.row_id()
    lot = columns.link(Lot)
    origin = columns.link(Lot)
    """A harvest, never a made lot."""
    grams = columns.number()
    lot_origin_positive = Check(grams > 0)
    lot_origin_once = Unique([lot, origin])


class LotCorrection(Table, tablename="lot_correction", tags=[PROVEN, APPEND_ONLY]):
    """What was told of a lot before a correction, and what after; the first row's `old` is what was
    told at first. Lots that it went into are told otherwise by the same deed."""

    id = columns.row_id()
    deed = columns.link(LotDeed)
    lot = columns.link(Lot)
    turn = columns.number()
    """1 for a lot's first correction: of two at once one is too late."""
    old_crop = columns.word(40)
    new_crop = columns.word(40)
    old_harvested_on = columns.day()
    new_harvested_on = columns.day()
    old_grams = columns.number()
    new_grams = columns.number()
    old_planting = columns.link(Planting, null=True)
    new_planting = columns.link(Planting, null=True)
    old_claim = columns.word(20)
    new_claim = columns.word(20)
    old_because = columns.word(40)
    new_because = columns.word(40)
    old_scheme = columns.word(20, null=True)
    new_scheme = columns.word(20, null=True)
    old_certificate = columns.link(Certificate, null=True)
    new_certificate = columns.link(Certificate, null=True)
    lot_correction_once = Unique([lot, turn])
    lot_correction_turn = Check(turn > 0)


class LotFreeze(Table, tablename="lot_freeze", tags=[PROVEN]):
    """Nobody splits, mixes or corrects it until it is thawed; laid on by a higher feature."""

    id = columns.row_id()
    lot = columns.link(Lot)
    because = columns.word(20)
    """recall"""
    reference = columns.word(36)
    """Of what it is frozen for: the recall's id."""
    by = columns.person()
    at = columns.instant()
    thawed_by = columns.person(null=True)
    thawed_at = columns.instant(null=True)
    lot_freeze_once = Unique([lot, reference])
