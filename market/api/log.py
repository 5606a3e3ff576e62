"""The public record as anyone may read and recompute it."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Response, get
from litestar.params import QueryParameter

from certification.basis.log import LogEntry, head

From = Annotated[int, QueryParameter(ge=0, lt=2**53)]
PAGE = 100


@get("/api/v1/log", opt={"op": "log.read"}, tags=["log"], summary="Entries after a number")
async def read_log(after: From = 0) -> Response[bytes]:
    """`body` is the exact RFC 8785 text whose RFC 6962 leaf hash is `leaf`; 100 at most."""
    rows = (
        await LogEntry.select(LogEntry.seq, LogEntry.body, LogEntry.leaf)
        .where(LogEntry.seq > after)
        .order_by(LogEntry.seq)
        .limit(PAGE)
    )
    seq, leaf = await head()
    shown: dict[str, Any] = {
        "head": {"seq": seq, "leaf": leaf.hex()},
        "entries": [
            {"seq": row["seq"], "leaf": row["leaf"].hex(), "body": row["body"].decode()}
            for row in rows
        ],
    }
    return Response(msgspec.json.encode(shown), media_type="application/json")


DOORS = [read_log]
