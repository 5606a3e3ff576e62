"""The API's own description: OpenAPI 3.1 as JSON, and a page made from it that needs no script."""

from __future__ import annotations

import importlib
import pkgutil
from functools import lru_cache
from typing import Any

from litestar import get
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme

from market import api
from market.answers.doors import Doors

TITLE = "Talat Khiao (ตลาดเขียว)"

REFUSED = {
    "400": "What was sent cannot be read, or makes no sense",
    "401": "Nobody is signed in, or the session has ended",
    "403": "Not with this role, or not before the PIN is given once more",
    "404": "Not there, or not for you",
    "409": "Understood, and refused as things stand",
    "413": "Too large",
    "429": "Too many tries: `retry-after` says how long to wait",
    "503": "Too busy, or the database is away: the same id again is the same deed",
    "507": "No room to store it",
}
WRONG_FIELD = {
    "type": "object",
    "properties": {"code": {"type": "string"}, "title": {"type": "string"}},
    "required": ["code", "title"],
}
PROBLEM = {
    "type": "object",
    "description": "RFC 9457. `title` is a sentence in the reader's language.",
    "properties": {
        "type": {"type": "string", "pattern": "^(urn:market:|epcisException:)"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "code": {"type": "string"},
        "facts": {"type": "object"},
        "clause": {"type": "string", "pattern": "^(charter|model)/"},
        "fields": {"type": "object", "additionalProperties": WRONG_FIELD},
    },
    "required": ["type", "title", "status", "code", "facts"],
}


@get("/api/openapi.json", opt={"op": "docs.read"}, tags=["about"], summary="This description")
async def openapi() -> dict[str, Any]:
    return schema()


@lru_cache(maxsize=1)
def schema() -> dict[str, Any]:
    """Made once from the doors themselves, by an app that serves nothing."""
    doors: list[Any] = []
    for module in pkgutil.iter_modules(api.__path__, f"{api.__name__}."):
        doors += getattr(importlib.import_module(module.name), "DOORS", [])
    described = Doors(
        doors,
        dependencies={"permit": Provide(_no_permit), "at": Provide(_no_time)},  # one each
        openapi_config=OpenAPIConfig(
            title=TITLE,
            version="1",
            description="Refusals are RFC 9457 problem+json with `code` and `facts`, and of"
            " what the guarantee forbids with the `clause` that forbids it. A deed's id is"
            " a UUIDv7 made by the asker: the same id and body again gives the same answer.",
            components=Components(
                security_schemes={"session": SecurityScheme(type="http", scheme="bearer")}
            ),
        ),
    )
    return _with_refusals(described.openapi_schema.to_schema())


def _with_refusals(made: dict[str, Any]) -> dict[str, Any]:
    """Each operation may refuse, and all of them do it in one shape (market/answers/errors.py)."""
    made["components"]["schemas"]["Problem"] = PROBLEM
    body = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    refused = {status: {"description": why, "content": body} for status, why in REFUSED.items()}
    for doors in made["paths"].values():
        for said in doors.values():
            said["responses"].update(refused)
    return made


async def _no_permit() -> None:
    """Stands for what the real app provides; nothing is ever called here."""


async def _no_time() -> None:
    """Another one: Litestar takes a provider under two names for a mistake."""


DOORS = [openapi]
