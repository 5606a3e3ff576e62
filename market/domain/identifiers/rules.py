"""Which prefix may be written down, and which number lies under it. Nothing here makes a number.

A number that nobody licensed would be read as somebody else's at a till, so what is not certainly
a company's is refused: restricted circulation (02, 04, 20-29), coupons, books, examples.
"""

from __future__ import annotations

import re
from datetime import date

import msgspec

from certification.basis.refusal import Invalid, Missing, Refusal
from certification.basis.units import arabic
from market.domain.identifiers.syntax import CheckDigitWrong, check_digit

PREFIX = re.compile(r"[0-9]{4,12}")
NOBODYS = re.compile(r"0000|02|04|05|2|95[12]|96|97[789]|98|99")
"""GS1 General Specifications 1.4: the beginnings of numbers that no company is licensed."""
GTIN_DIGITS = (12, 13, 14)
PAPER_MAX, PACK_GRAMS_MAX = 60, 1_000_000


class PrefixUnfit(Invalid):
    code = "identifiers.prefix_unfit"


class PrefixNobodys(Invalid):
    """Numbers for use inside a shop, coupons, books, examples: licensed to no company."""

    code = "identifiers.prefix_nobodys"


class PaperMissing(Invalid):
    code = "identifiers.paper_missing"


class PrefixTaken(Refusal):
    """Another says that GS1 licensed it to them, or one that holds these numbers too."""

    code = "identifiers.prefix_taken"


class NoPrefix(Missing):
    code = "identifiers.no_prefix"


class PrefixEnded(Refusal):
    code = "identifiers.prefix_ended"


class GtinUnfit(Invalid):
    code = "identifiers.gtin_unfit"


class NotUnderThePrefix(Invalid):
    code = "identifiers.not_under_the_prefix"


class PackAbsurd(Invalid):
    code = "identifiers.pack_absurd"


class NotTheirProduct(Invalid):
    code = "identifiers.not_their_product"


class GtinTaken(Refusal):
    """For ever that pack's: GS1 lets no number be given twice."""

    code = "identifiers.gtin_taken"


class PackHasGtin(Refusal):
    code = "identifiers.pack_has_gtin"


class GtinEnded(Refusal):
    code = "identifiers.gtin_ended"


class UnknownGtin(Missing):
    """Sound, and not one that a group here gave."""

    code = "identifiers.unknown_gtin"


class NotItsLot(Missing):
    """The number is known; no lot of those goods bears that code."""

    code = "identifiers.not_its_lot"


class SerialUnknown(Missing):
    """Single packs bear no number of their own here, nor do variants or batches of others."""

    code = "identifiers.serial_unknown"


class HoldPrefix(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    organ: str
    prefix: str
    paper: str


class GiveGtin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    prefix: str
    """The id under which the prefix was written down."""
    product: str
    pack_grams: int
    gtin: str
    """As GS1's paper or the barcode has it: 12, 13 or 14 digits."""


class PrefixHeld(msgspec.Struct, frozen=True, tag="identifiers.prefix_held"):
    id: str
    organ: str
    prefix: str


class PrefixGivenUp(msgspec.Struct, frozen=True, tag="identifiers.prefix_given_up"):
    id: str
    prefix: str
    until: str


class GtinGiven(msgspec.Struct, frozen=True, tag="identifiers.gtin_given"):
    id: str
    gtin: str
    product: str
    pack_grams: int


class GtinWithdrawn(msgspec.Struct, frozen=True, tag="identifiers.gtin_withdrawn"):
    id: str
    gtin: str
    until: str


class Prefix(msgspec.Struct, frozen=True):
    id: str
    organ: str
    prefix: str
    paper: str
    since: date
    until: date | None


class Given(msgspec.Struct, frozen=True):
    """A number, and the pack whose it is."""

    id: str
    gtin: str
    organ: str
    prefix: str
    product: str
    pack_grams: int
    since: date
    until: date | None


def prefix(typed: str) -> str:
    said = digits(typed)
    if not PREFIX.fullmatch(said):
        raise PrefixUnfit(field="prefix", given=len(said))
    if NOBODYS.match(said):
        raise PrefixNobodys(field="prefix", prefix=said)
    return said


def paper(typed: str) -> str:
    said = typed.strip()
    if not said or len(said) > PAPER_MAX:
        raise PaperMissing(field="paper", most=PAPER_MAX)
    return said


def ensure_apart(wanted: str, held: list[str]) -> None:
    """Of two prefixes neither begins with the other: they would hold the same numbers."""
    if any(one.startswith(wanted) or wanted.startswith(one) for one in held):
        raise PrefixTaken(prefix=wanted)


def gtin(typed: str, under: str) -> str:
    """Fourteen digits; shorter ones are filled up in front, as GS1 has it."""
    said = digits(typed)
    if not said.isascii() or not said.isdecimal() or len(said) not in GTIN_DIGITS:
        raise GtinUnfit(field="gtin", given=len(said))
    whole = said.zfill(14)
    if (right := check_digit(whole[:-1])) != whole[-1]:
        raise CheckDigitWrong(field="gtin", ai="01", value=said, right=right)
    if not whole[1:].startswith(under):
        raise NotUnderThePrefix(field="gtin", prefix=under)
    return whole


def pack(grams: int) -> int:
    if not 0 < grams <= PACK_GRAMS_MAX:
        raise PackAbsurd(field="pack", most=PACK_GRAMS_MAX // 1000)
    return grams


def digits(typed: str) -> str:
    """As people write them: Thai digits, blanks and hyphens."""
    return re.sub(r"[\s-]", "", arabic(typed))
