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


class Product(msgspec.Struct, frozen=True):
    id: str
    network: str
    crop: str
    name: Text
    unit: Literal["kg", "piece"]
    piece_grams: int | None
    vat_class: VatClass
    shelf_life_days: int | None


class ProductDefined(msgspec.Struct, frozen=True, tag="products.defined"):
    product: str
    network: str
    crop: str
    unit: str


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
    if not 0 <= days <= SHELF_LIFE_DAYS_MAX:
        raise ShelfLifeAbsurd(field="shelf_life_days", most=SHELF_LIFE_DAYS_MAX)
    vat = data.vat_class or crop.vat_class
    return Product(id, data.network, crop.id, name, unit, data.piece_grams, vat, days)
