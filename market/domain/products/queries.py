"""What a network sells."""

from __future__ import annotations

from typing import Any

from certification.basis.text import Text
from market.domain.products import rules
from market.domain.products.tables import Product


async def product(id: str) -> rules.Product:
    row = await Product.select().where(Product.id == id).first()
    if row is None:
        raise rules.NoProduct(product=id)
    return _product(row)


async def of_network(network: str) -> list[rules.Product]:
    """By Thai name."""
    rows = await Product.select().where(Product.network == network)
    return sorted((_product(row) for row in rows), key=lambda one: (one.name.th, one.id))


async def of_crop(network: str, crop: str) -> list[rules.Product]:
    return [one for one in await of_network(network) if one.crop == crop]


def _product(row: dict[str, Any]) -> rules.Product:
    return rules.Product(
        row["id"], row["network"], row["crop"], Text(row["name_th"], row["name_en"]), row["unit"],
        row["piece_grams"], row["vat_class"], row["shelf_life_days"],
        row["cold"], row["crate_grams"],
    )  # fmt: skip
