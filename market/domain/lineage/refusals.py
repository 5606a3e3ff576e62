"""Why nothing is made of lots, or a lot is not told otherwise."""

from __future__ import annotations

from typing import Literal

from certification.basis.refusal import Forbidden, Invalid, Missing, Refusal

Barred = Literal["claim_lost", "suspended", "revoked", "unsafe_residue", "recall"]


class NoDeed(Missing):
    code = "lineage.missing"


class NothingMade(Invalid):
    """No lot goes in or none comes out, or one of them weighs nothing."""

    code = "lineage.nothing_made"


class TooMany(Invalid):
    code = "lineage.too_many"


class NoteTooLong(Invalid):
    code = "lineage.note_too_long"


class SameLotTwice(Invalid):
    code = "lineage.same_lot_twice"


class SplitsOne(Invalid):
    """A split is of one lot; of several it is a mix or a packing."""

    code = "lineage.splits_one"


class MixesSeveral(Invalid):
    """A mix is of two lots or more, and one lot comes out."""

    code = "lineage.mixes_several"


class MassBalance(Refusal):
    """More would come out than went in."""

    code = "lineage.mass_balance"


class OtherCrop(Refusal):
    """A lot is of one crop."""

    code = "lineage.other_crop"


class OtherGroup(Refusal):
    """A lot is of one group, which is owed for it."""

    code = "lineage.other_group"


class LowersClaim(Refusal):
    """What is mixed in has a lower claim than the rest; it takes a yes to lower all of it."""

    code = "lineage.makes_plain"


class MakesConversion(LowersClaim):
    code = "lineage.makes_conversion"


class LotBarred(Refusal):
    """It stays as it is. `of`: the code of the harvest or lot that it is about."""

    code = "lineage.barred"


class ClaimLost(LotBarred):
    """What held on the day of harvest was taken back for that day."""

    code = "lineage.claim_lost"


class Suspended(LotBarred):
    code = "lineage.suspended"


class Revoked(LotBarred):
    code = "lineage.revoked"


class UnsafeResidue(LotBarred):
    code = "lineage.unsafe_residue"


class Recalled(LotBarred):
    code = "lineage.recalled"


BARS: dict[Barred, type[LotBarred]] = {
    "claim_lost": ClaimLost,
    "suspended": Suspended,
    "revoked": Revoked,
    "unsafe_residue": UnsafeResidue,
    "recall": Recalled,
}


class NotSoMuchLeft(Refusal):
    """Of a lot that was to go in: the rest is held, leased, sold, spoilt or used."""

    code = "lineage.not_so_much_left"


class OnlyHarvests(Refusal):
    """What was made of others is as they are; they are corrected."""

    code = "lineage.only_harvests"


class NoReason(Invalid):
    code = "lineage.no_reason"


class NothingCorrected(Invalid):
    code = "lineage.nothing_corrected"


class CorrectedMeanwhile(Refusal):
    code = "lineage.corrected_meanwhile"


class HarvestedAfterReported(Refusal):
    """A lot was cut before it was reported."""

    code = "lineage.harvested_after_reported"


class GoneAlready(Refusal):
    """So little cannot have been harvested: more was sold, used or spoilt."""

    code = "lineage.gone_already"


class CropGoneAlready(Refusal):
    """As what it was called, somebody has it already, or ordered it."""

    code = "lineage.crop_gone_already"


class OwnClaim(Forbidden):
    """Nobody raises the claim of the own harvest."""

    code = "lineage.own_claim"
