"""The floor: a bare Litestar handler that returns the same bytes, on the same server settings.

No guard, no headers, no database. Its bytes are in the file that FLOOR_BYTES names.
"""

from __future__ import annotations

import os
from pathlib import Path

from litestar import Litestar, get, post

BODY = Path(os.environ["FLOOR_BYTES"]).read_bytes()


@get("/floor", media_type="text/html")
async def page() -> bytes:
    return BODY


@post("/floor", media_type="application/json")
async def deed() -> bytes:
    return BODY


def serve() -> Litestar:
    return Litestar([page, deed], openapi_config=None, logging_config=None)
