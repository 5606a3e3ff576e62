"""Crops as goods; public."""

from __future__ import annotations

from datetime import datetime

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from certification.basis.ids import is_id
from certification.basis.transaction import run
from market.access import deeds, whose
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.domain.products import commands, queries
from market.domain.products.rules import (
    DefineProduct,
    KeepProduct,
    Product,
    ProductDefined,
    ProductKept,
)


class NewProduct(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    product: DefineProduct


@get("/api/v1/products", opt={"op": "product.read"}, tags=["products"], summary="Of a network")
async def list_products(network: FromQuery[str]) -> list[Product]:
    await whose.of_group(network)
    return await queries.of_network(network)


@get(
    "/api/v1/products/{id:str}",
    opt={"op": "product.read"},
    tags=["products"],
    summary="One of them",
)
async def read_product(id: FromPath[str]) -> Product:
    if not is_id(id):
        raise NotThere
    return await queries.product(id)


@post("/api/v1/products", opt={"op": "product.define"}, tags=["products"], summary="Name a product")
async def define_product(
    data: JSONBody[NewProduct], permit: NamedDependency[Permit], at: NamedDependency[datetime]
) -> ProductDefined:
    permit.check(await whose.of_group(data.product.network))
    deeds.ensure_storable(data, data.id)
    return await run(commands.define, data.id, data.product, by=permit.person, at=at)


@put("/api/v1/products/{id:str}/keeping", opt={"op": "product.define"}, tags=["products"],
     summary="Whether it must be kept cold, how long it lasts, what a crate holds")  # fmt: skip
async def keep_product(
    id: FromPath[str], data: JSONBody[KeepProduct], permit: NamedDependency[Permit],
    at: NamedDependency[datetime],
) -> ProductKept:  # fmt: skip
    found, place = await whose.product(id)
    permit.check(place)
    deeds.ensure_storable(data)
    return await run(commands.keep, found.id, data, by=permit.person, at=at)


DOORS = [list_products, read_product, define_product, keep_product]
