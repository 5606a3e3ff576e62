"""A crop as goods: what it is sold by, and what a piece of it weighs."""

from __future__ import annotations

from typing import Literal

import msgspec

from certification.basis.refusal import Invalid, Missing
from certification.basis.text import Text
from certification.crops.rules import Crop

LETTERS_MAX = 120
PIECE_GRAMS_MAX = 100_000
SHELF_LIFE_DAYS_MAX = 3_650
CRATE_GRAMS, CRATE_GRAMS_MAX = 10_000, 100_000
"""What a crate of some 60 litres holds where nobody has said: between leaves, half of it, and
roots, twice as much. Our estimate."""
VatClass = Literal["exempt", "standard", "not_registered"]


class NoProduct(Missing):
    code = "products.missing"


class NameTooLong(Invalid):
    code = "products.name_too_long"


class PieceNeedsWeight(Invalid):
    """Stock is kept in grams, so a piece has an expected weight; goods by the kilo have none."""

    code = "products.piece_needs_weight"


class ShelfLifeAbsurd(Invalid):
    code = "products.shelf_life_absurd"


class CrateAbsurd(Invalid):
    code = "products.crate_absurd"


class DefineProduct(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is left out is as the list of crops says."""

    network: str
    crop: str
    name_th: str = ""
    name_en: str = ""
    unit: Literal["kg", "piece"] | None = None
    piece_grams: int | None = None
    vat_class: VatClass | None = None
    shelf_life_days: int | None = None
    cold: bool = False
    crate_grams: int | None = None


class KeepProduct(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How it is kept and carried, all of it at once."""

    cold: bool
    """It rides on a truck that keeps cold, or not at all."""
    shelf_life_days: int | None = None
    """None: as the list of crops says."""
    crate_grams: int | None = None
    """Of one full crate; None: CRATE_GRAMS."""


class Product(msgspec.Struct, frozen=True):
    id: str
    network: str
    crop: str
    name: Text
    unit: Literal["kg", "piece"]
    piece_grams: int | None
    vat_class: VatClass
    shelf_life_days: int | None
    cold: bool = False
    crate_grams: int | None = None


class ProductDefined(msgspec.Struct, frozen=True, tag="products.defined"):
    product: str
    network: str
    crop: str
    unit: str


class ProductKept(msgspec.Struct, frozen=True, tag="products.kept"):
    """`cold`: 1 or 0; `crate_grams`: 0 where nobody has said."""

    product: str
    cold: int
    shelf_life_days: int
    crate_grams: int


def define(id: str, data: DefineProduct, crop: Crop) -> Product:
    name = Text(data.name_th.strip() or crop.name.th, data.name_en.strip() or crop.name.en)
    unit = data.unit or crop.unit
    days = crop.shelf_life_days if data.shelf_life_days is None else data.shelf_life_days
    if max(len(name.th), len(name.en)) > LETTERS_MAX:
        raise NameTooLong(field="name_th", most=LETTERS_MAX)
    if (unit == "piece") != (data.piece_grams is not None):
        raise PieceNeedsWeight(field="piece_grams")
    if data.piece_grams is not None and not 0 < data.piece_grams <= PIECE_GRAMS_MAX:
        raise PieceNeedsWeight(field="piece_grams")
    days = kept_as(id, KeepProduct(data.cold, days, data.crate_grams), crop).shelf_life_days
    vat = data.vat_class or crop.vat_class
    return Product(
        id, data.network, crop.id, name, unit, data.piece_grams, vat, days, data.cold,
        data.crate_grams,
    )  # fmt: skip


def kept_as(id: str, data: KeepProduct, crop: Crop) -> ProductKept:
    days = crop.shelf_life_days if data.shelf_life_days is None else data.shelf_life_days
    if not 0 <= days <= SHELF_LIFE_DAYS_MAX:
        raise ShelfLifeAbsurd(field="shelf_life_days", most=SHELF_LIFE_DAYS_MAX)
    if data.crate_grams is not None and not 0 < data.crate_grams <= CRATE_GRAMS_MAX:
        raise CrateAbsurd(field="crate_grams", most=CRATE_GRAMS_MAX // 1000)
    return ProductKept(id, int(data.cold), days, data.crate_grams or 0)
