"""Several goods for one price: of which offers a bundle is packed, and what each line costs.

A bundle becomes order lines, each of one offer, so that lot, recall, weighing and settlement need
to know nothing of it. Its price is dealt to them by what they would cost alone, by largest
remainder: together exactly the price.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

import msgspec

from certification.basis.refusal import Invalid, Missing, Refusal
from market.domain.ledger.rules import share
from market.domain.offers.rules import SATANG_PER_KG_MAX, STEP_GRAMS_MAX, price

PARTS_MAX, CHOICES_MAX, COUNT_MAX = 12, 12, 99
LETTERS_MAX = 120


class NoSuchBundle(Missing):
    code = "bundles.no_such_bundle"


class NameMissing(Invalid):
    code = "bundles.name_missing"


class PartWrong(Invalid):
    """Neither grams nor pieces, both, or nothing to choose from."""

    code = "bundles.part_wrong"


class PriceWrong(Invalid):
    code = "bundles.price_wrong"


class NotOffered(Refusal):
    """Nothing of that part is offered in the round yet."""

    code = "bundles.not_offered"


class SoldOut(Refusal):
    """`part` is that of which there is not enough; nothing was reserved."""

    code = "bundles.sold_out"


class Withdrawn(Refusal):
    code = "bundles.withdrawn"


class AnotherCycle(Refusal):
    code = "bundles.another_cycle"


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of any of these products, grams or pieces."""

    products: Annotated[tuple[str, ...], msgspec.Meta(min_length=1, max_length=CHOICES_MAX)]
    grams: Annotated[int, msgspec.Meta(ge=1, le=STEP_GRAMS_MAX)] | None = None
    pieces: Annotated[int, msgspec.Meta(ge=1, le=1000)] | None = None


class MakeBundle(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    cycle: str
    name_th: str
    name_en: str
    satang: int
    parts: Annotated[tuple[Part, ...], msgspec.Meta(max_length=PARTS_MAX)]


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`id` is the asker's; the lines' ids follow from it."""

    id: str
    bundle: str
    count: Annotated[int, msgspec.Meta(ge=1, le=COUNT_MAX)] = 1


class Made(msgspec.Struct, frozen=True, tag="bundles.made"):
    bundle: str
    cycle: str
    satang: int


class TakenBack(msgspec.Struct, frozen=True, tag="bundles.withdrawn"):
    bundle: str
    cycle: str


class Choice(msgspec.Struct, frozen=True):
    """An offer that a part can be taken of."""

    offer: str
    stock: str
    satang_per_kg: int
    piece_grams_max: int | None
    grams_left: int


class Filled(msgspec.Struct, frozen=True):
    """A part with the offers of the round that fit, in the order in which they are taken."""

    name: str
    grams: int | None
    pieces: int | None
    choices: tuple[Choice, ...]


class Taken(msgspec.Struct, frozen=True):
    """A line of an order: `satang` is its exact part of the bundle's price."""

    part: str
    offer: str
    stock: str
    grams: int
    pieces: int | None
    satang_per_kg: int
    satang: int


class Fitting(msgspec.Struct, frozen=True):
    """Another offer that a part allows, and how much of it that part is."""

    part: str
    offer: str
    stock: str
    grams: int
    pieces: int | None
    name_th: str
    name_en: str

    def at(self, satang: int) -> Taken:
        """For the part's money, to the satang."""
        per_kg = satang * 1000 // self.grams
        return Taken(self.part, self.offer, self.stock, self.grams, self.pieces, per_kg, satang)


def ensure_bundle(asked: MakeBundle) -> None:
    for field, name in (("name_th", asked.name_th), ("name_en", asked.name_en)):
        if not 0 < len(name.strip()) <= LETTERS_MAX:
            raise NameMissing(field=field)
    if not 0 < asked.satang <= SATANG_PER_KG_MAX:
        raise PriceWrong(field="satang")
    if len(asked.parts) < 2:
        raise PartWrong(field="parts")
    for part in asked.parts:
        if (part.grams is None) == (part.pieces is None):
            raise PartWrong(field="parts")


def packed(satang: int, parts: Sequence[Filled], count: int) -> list[Taken]:
    """So many of a bundle: for each part the first offer that has enough, all of it of one."""
    used: dict[str, int] = {}
    picked: list[tuple[Filled, Choice, int]] = []
    for part in parts:
        choice, grams = _pick(part, count, used)
        used[choice.stock] = used.get(choice.stock, 0) + grams
        picked.append((part, choice, grams))
    alone = {f"{n:02}": price(grams, one.satang_per_kg) for n, (_, one, grams) in enumerate(picked)}
    dealt = share(satang * count, alone, odd_to="00")
    return [
        Taken(
            part.name, one.offer, one.stock, grams, part.pieces and part.pieces * count,
            dealt[f"{n:02}"] * 1000 // grams, dealt[f"{n:02}"],
        )
        for n, (part, one, grams) in enumerate(picked)
    ]  # fmt: skip


def _pick(part: Filled, count: int, used: Mapping[str, int]) -> tuple[Choice, int]:
    for one in part.choices:
        grams = _grams(part, one) * count
        if grams and grams <= one.grams_left - used.get(one.stock, 0):
            return one, grams
    raise SoldOut(part=part.name)


def _grams(part: Filled, choice: Choice) -> int:
    """0: what is sold by weight has no pieces."""
    return part.grams or (part.pieces or 0) * (choice.piece_grams_max or 0)
