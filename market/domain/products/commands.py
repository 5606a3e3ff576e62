"""Defining what a network sells, and saying how it is kept."""

from __future__ import annotations

from datetime import datetime

from certification.basis import log
from certification.basis.asked import once
from certification.basis.database import in_use
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from certification.crops import queries as crops
from certification.groups import queries as groups
from market.domain.products import queries, rules
from market.domain.products.tables import Product


async def define(
    id: str, data: rules.DefineProduct, *, by: str, at: datetime
) -> rules.ProductDefined:
    """Defining it again with the same id and words changes nothing."""

    async def do() -> rules.ProductDefined:
        network = await groups.group(data.network)
        product = rules.define(id, data, crops.crop(data.crop))
        await insert(_row(product, by=by, at=at))
        event = rules.ProductDefined(id, network.id, product.crop, product.unit)
        log.append(event, subject=id, by=by, at=at)
        return event

    async with transaction():
        return await once(id, "products.define", data, do, rules.ProductDefined, by=by, at=at)


async def keep(id: str, data: rules.KeepProduct, *, by: str, at: datetime) -> rules.ProductKept:
    """The same again changes nothing. Plans made before keep what they were made with."""
    async with transaction():
        product = await queries.product(id)
        event = rules.kept_as(id, data, crops.crop(product.crop))
        new = (bool(event.cold), event.shelf_life_days, event.crate_grams or None)
        changed = new != (product.cold, product.shelf_life_days, product.crate_grams)
        if changed:
            await in_use().query(
                "UPDATE product SET cold = {}, shelf_life_days = {}, crate_grams = {}"
                " WHERE id = {}",
                *new, id,
            )  # fmt: skip
            log.append(event, subject=id, by=by, at=at)
    return event


def _row(product: rules.Product, *, by: str, at: datetime) -> Product:
    return Product(
        id=product.id, network=product.network, crop=product.crop,
        name_th=product.name.th, name_en=product.name.en, unit=product.unit,
        piece_grams=product.piece_grams, vat_class=product.vat_class,
        shelf_life_days=product.shelf_life_days, cold=product.cold,
        crate_grams=product.crate_grams, by=by, at=at,
    )  # fmt: skip
