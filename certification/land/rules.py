"""What is said of a plot's land: papers, the last years, the four sides, water; and of all the land
a farmer holds. Weak papers are allowed, and shown as such.
"""

from __future__ import annotations

from datetime import date
from typing import Literal, get_args

import msgspec

from certification.basis.refusal import Forbidden, Invalid, Missing, Refusal

Level = Literal["owner", "right", "claim", "evidence", "varies", "consent"]
PaperKind = Literal[
    "ns4", "ns5", "ns3k", "ns3", "ns2", "sk1", "spk4_01", "spk_chanote", "pbt5", "nk", "ktch",
    "forest_permit", "lease", "consent", "wat_or_public",
]  # fmt: skip
LEVELS: dict[str, Level] = {
    "ns4": "owner", "ns5": "owner", "ns3k": "right", "ns3": "right", "ns2": "right",
    "sk1": "claim", "spk4_01": "right", "spk_chanote": "right", "pbt5": "evidence",
    "nk": "varies", "ktch": "varies", "forest_permit": "varies", "lease": "varies",
    "wat_or_public": "varies", "consent": "consent",
}  # fmt: skip
"""How much each paper says. PGS takes them all; a bank or an exporter does not."""
STRONG: tuple[Level, ...] = ("owner", "right")
Relation = Literal["self", "household", "kin", "landlord", "state", "temple", "host", "other"]
Side = Literal["north", "east", "south", "west"]
SIDES: tuple[Side, ...] = get_args(Side)
Use = Literal[
    "organic", "sprayed_crop", "rubber", "orchard", "fallow", "forest", "house", "road", "water",
    "other",
]  # fmt: skip
Risk = Literal["none", "spray", "run_off", "dust", "other"]
Buffer = Literal["none", "bund", "plants", "ditch", "strip", "wall"]
Source = Literal["rain", "well", "pond", "canal", "river", "tap", "irrigation"]
SOURCES: tuple[Source, ...] = get_args(Source)
Used = Literal["nothing", "natural", "synthetic", "unknown"]
Parallel = Literal["none", "told_apart", "mixed"]
TEXT_MAX, NOTE_MAX, NUMBER_MAX = 200, 1_000, 80
BUFFER_CM_MAX, DAYS_MAX, PIECES_MAX = 100_000, 366, 200
YEARS_BACK = 60
AREA_M2_MAX = 4_000 * 1_600


class PaperMissing(Missing):
    code = "land.paper_missing"


class PaperEnded(Refusal):
    """Taken out already."""

    code = "land.paper_ended"


class NotYourLand(Forbidden):
    """Only who farms the plot says it, or a helper of the same group who names that person."""

    code = "land.not_yours"


class TooLong(Invalid):
    code = "land.too_long"


class OutOfRange(Invalid):
    code = "land.out_of_range"


class YearOutOfRange(Invalid):
    """In the future, or longer ago than anybody remembers."""

    code = "land.year_out_of_range"


class FloodWithoutDay(Invalid):
    """Days under water, and no day on which the water had gone; or the other way round."""

    code = "land.flood_without_day"


class DayInTheFuture(Invalid):
    code = "land.day_in_the_future"


class ScannedAlready(Refusal):
    """Another picture takes another entry: what was shown stays."""

    code = "land.scanned_already"


class MoreThanAll(Invalid):
    """The plots registered for certification are larger than all land declared."""

    code = "land.more_than_all"


class NotePaper(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    id: str
    plot: str
    kind: PaperKind
    number: str = ""
    area_m2: int | None = None
    """As the paper says."""
    holder: str = ""
    """Whose name stands on it; kept in the vault under the farmer's key."""
    relation: Relation = "self"
    on_behalf_of: str | None = None


class EndPaper(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """It was written down wrongly, or holds no more."""

    paper: str
    on_behalf_of: str | None = None


class AttachScan(msgspec.Struct, frozen=True):
    """`scan`: digest of the picture as it is kept."""

    paper: str
    scan: str
    on_behalf_of: str | None = None


class NoteYear(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    id: str
    plot: str
    year: int
    """Of the common era."""
    crop: str
    used: Used
    inputs: str = ""
    on_behalf_of: str | None = None


class NoteSide(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    id: str
    plot: str
    side: Side
    use: Use
    risk: Risk
    buffer: Buffer
    buffer_cm: int
    note: str = ""
    on_behalf_of: str | None = None


class NoteWater(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    id: str
    plot: str
    sources: tuple[Source, ...]
    flood_days: int = 0
    """The longest time under water in a row within the last year."""
    flooded_until: date | None = None
    soil_tested_on: date | None = None
    note: str = ""
    on_behalf_of: str | None = None


class DeclareHolding(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All land that a person farms: owned, rented or borrowed, with and without papers."""

    id: str
    person: str
    area_m2: int
    pieces: int
    other_m2: int = 0
    """Of it farmed otherwise than organically."""
    parallel: Parallel = "none"
    """Whether the same crops grow there too, and whether the harvests can be told apart."""
    whole_by: date | None = None
    """When the rest will follow."""
    note: str = ""
    on_behalf_of: str | None = None


class PaperNoted(msgspec.Struct, frozen=True, tag="land.paper_noted"):
    paper: str
    plot: str
    kind: str


class PaperScanned(msgspec.Struct, frozen=True, tag="land.paper_scanned"):
    paper: str
    plot: str
    scan: str


class PaperTakenOut(msgspec.Struct, frozen=True, tag="land.paper_taken_out"):
    paper: str
    plot: str


class YearNoted(msgspec.Struct, frozen=True, tag="land.year_noted"):
    entry: str
    plot: str
    year: int


class SideNoted(msgspec.Struct, frozen=True, tag="land.side_noted"):
    entry: str
    plot: str
    side: str


class WaterNoted(msgspec.Struct, frozen=True, tag="land.water_noted"):
    entry: str
    plot: str


class HoldingDeclared(msgspec.Struct, frozen=True, tag="land.holding_declared"):
    holding: str
    person: str


def ensure_speaks(holder: str | None, on_behalf_of: str | None, *, by: str, same: bool) -> str:
    """For whom it is said: who farms the plot."""
    if holder is None or not (by == holder or (on_behalf_of == holder and same)):
        raise NotYourLand
    return holder


def ensure_paper(data: NotePaper) -> None:
    _ensure_letters(data.number, "number", NUMBER_MAX)
    _ensure_letters(data.holder, "holder", TEXT_MAX)
    if data.area_m2 is not None:
        _ensure_within(data.area_m2, "area_m2", 1, AREA_M2_MAX)


def ensure_year(data: NoteYear, *, today: date) -> None:
    if not today.year - YEARS_BACK <= data.year <= today.year:
        raise YearOutOfRange(field="year", most=today.year)
    _ensure_letters(data.crop, "crop", TEXT_MAX)
    _ensure_letters(data.inputs, "inputs", NOTE_MAX)


def ensure_side(data: NoteSide) -> None:
    _ensure_within(data.buffer_cm, "buffer_cm", 0, BUFFER_CM_MAX)
    _ensure_letters(data.note, "note", NOTE_MAX)


def ensure_water(data: NoteWater, *, today: date) -> None:
    _ensure_within(data.flood_days, "flood_days", 0, DAYS_MAX)
    _ensure_within(len(set(data.sources)), "sources", 1, len(SOURCES))
    _ensure_letters(data.note, "note", NOTE_MAX)
    if (data.flood_days > 0) != (data.flooded_until is not None):
        raise FloodWithoutDay(field="flooded_until")
    for field, on in (
        ("flooded_until", data.flooded_until),
        ("soil_tested_on", data.soil_tested_on),
    ):
        if on is not None and on > today:
            raise DayInTheFuture(field=field)


def ensure_holding(data: DeclareHolding, *, registered_m2: int) -> None:
    """A record of the live Thai system claims 32 rai of organic land on 19 rai in all."""
    _ensure_within(data.area_m2, "area_m2", 1, AREA_M2_MAX)
    _ensure_within(data.pieces, "pieces", 1, PIECES_MAX)
    _ensure_within(data.other_m2, "other_m2", 0, data.area_m2)
    _ensure_letters(data.note, "note", NOTE_MAX)
    if registered_m2 + data.other_m2 > data.area_m2:
        raise MoreThanAll(
            field="area_m2", all_m2=data.area_m2, registered_m2=registered_m2,
            other_m2=data.other_m2,
        )  # fmt: skip


def _ensure_letters(text: str, field: str, most: int) -> None:
    if len(text) > most:
        raise TooLong(field=field, most=most)


def _ensure_within(number: int, field: str, least: int, most: int) -> None:
    if not least <= number <= most:
        raise OutOfRange(field=field, least=least, most=most)
