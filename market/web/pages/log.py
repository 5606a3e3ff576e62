"""The public record, explained and shown."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.params import QueryParameter

from certification.basis import checkpoints, cosignatures
from certification.basis.log import LogEntry, head
from market.web.page import page

SHOWN = 50
Before = Annotated[int, QueryParameter(ge=0, lt=2**53)]


@get("/log", opt={"op": "log.read"})
async def log_page(request: Request[Any, Any, Any], before: Before = 0) -> Response[bytes]:
    seq, leaf = await head()
    rows = (
        await LogEntry.select(LogEntry.seq, LogEntry.at, LogEntry.tag, LogEntry.leaf)
        .where(LogEntry.seq < (before or seq + 1))
        .order_by(LogEntry.seq, ascending=False)
        .limit(SHOWN)
    )
    entries = [{**row, "leaf": row["leaf"].hex()} for row in rows]
    older = entries[-1]["seq"] if len(entries) == SHOWN else 0
    signed = await checkpoints.latest(1)
    return page(
        request,
        "log.html",
        entries=entries,
        seq=seq,
        leaf=leaf.hex(),
        older=older,
        signed=signed[0] if signed else None,
        keys=await checkpoints.verifiers(),
        witnesses=await cosignatures.seen(signed[0].origin) if signed else [],
    )


DOORS = [log_page]
