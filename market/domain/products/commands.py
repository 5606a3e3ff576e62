"""Defining what a network sells."""

from __future__ import annotations

from datetime import datetime

from certification.basis import log
from certification.basis.asked import once
from certification.basis.transaction import transaction
from certification.crops import queries as crops
from certification.groups import queries as groups
from market.domain.products import rules
from market.domain.products.tables import Product


async def define(
    id: str, data: rules.DefineProduct, *, by: str, at: datetime
) -> rules.ProductDefined:
    """Defining it again with the same id and words changes nothing."""

    async def do() -> rules.ProductDefined:
        network = await groups.group(data.network)
        product = rules.define(id, data, crops.crop(data.crop))
        await Product.insert(_row(product, by=by, at=at))
        event = rules.ProductDefined(id, network.id, product.crop, product.unit)
        log.append(event, subject=id, by=by, at=at)
        return event

    async with transaction():
        return await once(id, "products.define", data, do, rules.ProductDefined, by=by, at=at)


def _row(product: rules.Product, *, by: str, at: datetime) -> Product:
    return Product(
        id=product.id, network=product.network, crop=product.crop,
        name_th=product.name.th, name_en=product.name.en, unit=product.unit,
        piece_grams=product.piece_grams, vat_class=product.vat_class,
        shelf_life_days=product.shelf_life_days, by=by, at=at,
    )  # fmt: skip
