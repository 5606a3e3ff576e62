"""What may stand on a packet, how many packets a lot fills, and where on the sheet they begin.

The word organic stands on a label of an organic lot and on no other: not in the claim, and not in
by the back door of a group's or product's name.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Literal, get_args
from urllib.parse import urlsplit

import msgspec

from certification.basis.refusal import Forbidden, Invalid, Missing, Refusal
from certification.basis.text import Text, unbroken
from certification.basis.units import english_date, kilos, thai_date
from market.domain.labels.layouts import LAYOUTS, SHIFT_MOST, Level, Sheet, is_paper

LABELS_MAX = 1_000
CODES_MAX = 240
"""Ten sheets of a device's codes that nothing bears yet."""
ORIGIN_LETTERS_MAX = 50
"""`/L/` and eight letters make 61: what QR version 3 holds at level M in alphanumeric mode."""

Again = Literal["jammed", "faded", "wet", "lost"]
"""Why labels are printed again."""

AGAIN: tuple[Again, ...] = get_args(Again)


class NoRun(Missing):
    code = "labels.missing"


class TooManyPackets(Refusal):
    """`grams_left` of the lot have no label yet."""

    code = "labels.too_many_packets"


class TooManyReprints(Refusal):
    """A run is printed again at most once over."""

    code = "labels.too_many_reprints"


class NotYourLot(Forbidden):
    """Its farmer prints, or who leads, writes or drives for the group."""

    code = "labels.not_yours"


class NotARealPacket(Invalid):
    code = "labels.not_a_real_packet"


class NoSuchPlace(Invalid):
    """The first free place is not on the sheet."""

    code = "labels.no_such_place"


class NoReason(Invalid):
    """A reprint says why."""

    code = "labels.no_reason"


class ShiftedTooFar(Invalid):
    """Paper is moved by at most a centimetre; a thermal roll not at all."""

    code = "labels.shifted_too_far"


class NotTheSameLabels(Refusal):
    """A reprint is of the same lot and packet, and of a first print."""

    code = "labels.not_the_same"


class LaboratoryAwaited(Refusal):
    """A sample of the lot had residues above the limit, by a kit or in a laboratory."""

    code = "labels.laboratory_awaited"


class ClaimLost(Refusal):
    """The certificate was taken back for the day of harvest: nothing more is labelled under it."""

    code = "labels.claim_lost"


class OriginTooLong(Invalid):
    """The public address must leave the QR code at version 3."""

    code = "labels.origin_too_long"


class EnoughCodes(Refusal):
    """`waiting` codes of this phone are not used yet: a lost one cannot be called back."""

    code = "labels.enough_codes"


class IssueCodes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For the device one is signed in on; at most `CODES_MAX` wait there."""

    id: str
    device: str
    count: int


class CodesIssued(msgspec.Struct, frozen=True, tag="labels.codes_issued"):
    device: str
    count: int


class PrintLabels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    lot: str
    sheet: Sheet
    packet_grams: int
    labels: int
    start_at: int = 1
    """The first free place on the first sheet."""
    reprint_of: str | None = None
    level: Level = "M"
    reason: Again | None = None
    """Of a reprint."""


class SetShift(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For one's own printer, from the next sheet on."""

    id: str
    sheet: Sheet
    right: int
    down: int


class ShiftSet(msgspec.Struct, frozen=True, tag="labels.shift_set"):
    shift: str
    sheet: Sheet


class Run(msgspec.Struct, frozen=True):
    id: str
    lot: str
    sheet: Sheet
    packet_grams: int
    labels: int
    start_at: int
    reprint_of: str | None
    level: Level
    reason: Again | None
    at: datetime


class LabelsPrinted(msgspec.Struct, frozen=True, tag="labels.printed"):
    run: str
    lot: str
    labels: int
    packet_grams: int
    reprint_of: str = ""
    reason: str = ""


class Label(msgspec.Struct, frozen=True):
    """The lines of one packet, as they are drawn; an empty one is left out."""

    name: str
    name_en: str
    claim: str
    claim_en: str
    certificate: str
    group: str
    place: str
    harvested: str
    weight: str
    code: str
    """In two readable groups."""
    address: str
    """What the QR code says."""


class Printed(msgspec.Struct, frozen=True):
    """What is laid on a sheet, and from which place on."""

    labels: tuple[Label, ...]
    sheet: Sheet
    start_at: int
    level: Level = "M"


class Goods(msgspec.Struct, frozen=True):
    """What is known of a lot when its label is made."""

    crop: Text
    group: Text
    tambon: Text
    amphoe: Text
    harvested_on: date
    claim: Literal["organic", "in_conversion", "plain"]
    certificate_number: str
    code: str


CLAIMS = {
    "organic": Text("อินทรีย์ พีจีเอส (PGS)", "Organic, PGS"),
    "in_conversion": Text("พีจีเอส (PGS) ระยะปรับเปลี่ยน", "PGS, in conversion"),
    "plain": Text("", ""),
}
SAYS_ORGANIC = re.compile("อินทรีย|ออร์แกน|ออแกน|organic|พีจีเอส|pgs", re.IGNORECASE)
PGS_IN_CLAIM = re.compile("อินทรีย|ออร์แกน|ออแกน|organic", re.IGNORECASE)


def check(data: PrintLabels) -> None:
    if data.packet_grams <= 0 or not 0 < data.labels <= LABELS_MAX:
        raise NotARealPacket(most=LABELS_MAX)
    ensure_place(data.sheet, data.start_at)
    if (data.reprint_of is None) != (data.reason is None):
        raise NoReason()


def ensure_place(sheet: Sheet, start_at: int) -> None:
    if not 1 <= start_at <= LAYOUTS[sheet].places:
        raise NoSuchPlace(start_at=start_at, places=LAYOUTS[sheet].places)


def check_shift(data: SetShift) -> None:
    if not is_paper(data.sheet) or max(abs(data.right), abs(data.down)) > SHIFT_MOST:
        raise ShiftedTooFar(most_mm=SHIFT_MOST // 10)


def check_codes(wanted: int, waiting: int) -> None:
    if not 0 < wanted <= CODES_MAX:
        raise NotARealPacket(most=CODES_MAX)
    if waiting + wanted > CODES_MAX:
        raise EnoughCodes(waiting=waiting, most=CODES_MAX)


def check_reprint(data: PrintLabels, first: Run) -> None:
    same = (data.lot, data.packet_grams) == (first.lot, first.packet_grams)
    if not same or first.reprint_of is not None:
        raise NotTheSameLabels(run=first.id)


def label(goods: Goods, packet_grams: int, origin: str) -> Label:
    held = goods.claim != "plain"
    return Label(
        name=_allowed(goods.crop.th, goods.claim),
        name_en=_allowed(goods.crop.en, goods.claim),
        claim=CLAIMS[goods.claim].th,
        claim_en=CLAIMS[goods.claim].en,
        certificate=goods.certificate_number if held else "",
        group=_allowed(goods.group.th, goods.claim),
        place=_place(goods),
        harvested=_harvested(goods.harvested_on),
        weight=kilos(packet_grams) if packet_grams >= 1_000 else f"{packet_grams} กรัม",
        code=f"{goods.code[:4]} {goods.code[4:]}",
        address=address(origin, "L", goods.code),
    )


def blank(code: str, origin: str) -> Label:
    """Of a lot not yet reported: dots to write on, and nothing that claims anything."""
    dots = "." * 24
    return Label(
        name=dots, name_en="", claim="", claim_en="", certificate="", group="",
        place="ยังไม่ได้แจ้งการเก็บเกี่ยว (not yet reported)",
        harvested=f"เก็บวันที่ {dots}",
        weight="............ กก.",
        code=f"{code[:4]} {code[4:]}",
        address=address(origin, "L", code),
    )  # fmt: skip


def returnable(name: Text, owner: Text, tare_grams: int, code: str, origin: str) -> Label:
    """Of a crate: whatever lies in it, its own label claims nothing."""
    return Label(
        name=_allowed(name.th, "plain"),
        name_en=_allowed(name.en, "plain"),
        claim="", claim_en="", certificate="",
        group=_allowed(owner.th, "plain"),
        place="ลังใช้ซ้ำ กรุณาส่งคืน (returnable)",
        harvested="",
        weight=f"ลังเปล่า {kilos(tare_grams)}",
        code=" ".join(code[at : at + 4] for at in range(0, len(code), 4)),
        address=address(origin, "S", code),
    )  # fmt: skip


def _place(goods: Goods) -> str:
    """No more than what is true of all of it."""
    marked = ("ต.", goods.tambon.th), ("อ.", goods.amphoe.th)
    return " ".join(mark + name for mark, name in marked if name)


def _harvested(on: date) -> str:
    return f"เก็บ {unbroken(thai_date(on))} ({unbroken(english_date(on))})"


def _allowed(name: str, claim: str) -> str:
    """A name that promises more than the claim is stripped of the word, up to the next space."""
    if claim == "organic":
        return name
    forbidden = SAYS_ORGANIC if claim == "plain" else PGS_IN_CLAIM
    return " ".join(word for word in name.split() if not forbidden.search(word))


def address(origin: str, kind: str, code: str) -> str:
    """Upper case throughout, so that the QR code stays in alphanumeric mode; `kind` a letter.

    Scheme and host are case-free (RFC 3986 3.1, 3.2.2); our own paths are too.
    """
    check_origin(origin)
    parts = urlsplit(origin)
    return f"{parts.scheme}://{parts.netloc}/{kind}/{code}".upper()


def check_origin(origin: str) -> None:
    """At start-up: what is printed must stay readable for years."""
    plain = re.fullmatch(r"https?://[a-z0-9.-]+(:[0-9]+)?/?", origin, re.IGNORECASE)
    if plain is None or len(origin.rstrip("/")) > ORIGIN_LETTERS_MAX:
        raise OriginTooLong(origin=origin, most=ORIGIN_LETTERS_MAX)
