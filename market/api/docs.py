"""The API's own description: OpenAPI 3.1 as JSON, and a page made from it that needs no script."""

from __future__ import annotations

import importlib
import pkgutil
from functools import lru_cache
from typing import Any

import msgspec
from litestar import Litestar, Response, get
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme

from market import api

TITLE = "Talat Khiao (ตลาดเขียว)"


@get("/api/openapi.json", opt={"op": "docs.read"}, tags=["about"], summary="This description")
async def openapi() -> Response[bytes]:
    return Response(msgspec.json.encode(schema()), media_type="application/json")


@lru_cache(maxsize=1)
def schema() -> dict[str, Any]:
    """Made once from the doors themselves, by an app that serves nothing."""
    doors: list[Any] = []
    for module in pkgutil.iter_modules(api.__path__, f"{api.__name__}."):
        doors += getattr(importlib.import_module(module.name), "DOORS", [])
    described = Litestar(
        doors,
        dependencies={"permit": Provide(_no_permit), "at": Provide(_no_time)},  # one each
        openapi_config=OpenAPIConfig(
            title=TITLE,
            version="1",
            description="Refusals are RFC 9457 problem+json with `code` and `facts`. A deed's id is"
            " a UUIDv7 made by the asker: the same id and body again gives the same answer.",
            components=Components(
                security_schemes={"session": SecurityScheme(type="http", scheme="bearer")}
            ),
        ),
    )
    return described.openapi_schema.to_schema()


async def _no_permit() -> None:
    """Stands for what the real app provides; nothing is ever called here."""


async def _no_time() -> None:
    """Another one: Litestar takes a provider under two names for a mistake."""


DOORS = [openapi]
