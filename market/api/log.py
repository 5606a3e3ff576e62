"""The public record: what anybody may keep of it, and the whole of it for who audits.

A body names its actor by pseudonym and holds votes, shares and payouts, so a stranger is shown the
chain of leaves and no body (docs/decisions/0011-what-of-the-log-is-public.md).
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import get
from litestar.params import QueryParameter

from certification.basis.log import LogEntry, head

From = Annotated[int, QueryParameter(ge=0, lt=2**53)]
PAGE = 100


class Head(msgspec.Struct, frozen=True):
    """The last entry; seq 0 and 32 zero bytes before the first. Hex."""

    seq: int
    leaf: str


class EntryShown(msgspec.Struct, frozen=True):
    """`leaf` is the RFC 6962 leaf hash of the body; `prev` the leaf of the entry before. Hex."""

    seq: int
    at: datetime
    tag: str
    leaf: str
    prev: str


class EntriesShown(msgspec.Struct, frozen=True):
    head: Head
    entries: list[EntryShown]


class BodyShown(msgspec.Struct, frozen=True):
    """`body` is the exact RFC 8785 text whose leaf hash is `leaf`."""

    seq: int
    leaf: str
    body: str


class BodiesShown(msgspec.Struct, frozen=True):
    head: Head
    entries: list[BodyShown]


@get(
    "/api/v1/log",
    opt={"op": "log.read"},
    tags=["log"],
    summary="The chain after a number, without what the entries say; 100 at most",
)
async def read_log(after: From = 0) -> EntriesShown:
    rows = (
        await LogEntry.select(LogEntry.seq, LogEntry.at, LogEntry.tag, LogEntry.leaf, LogEntry.prev)
        .where(LogEntry.seq > after)
        .order_by(LogEntry.seq)
        .limit(PAGE)
    )
    shown = [
        EntryShown(row["seq"], row["at"], row["tag"], row["leaf"].hex(), row["prev"].hex())
        for row in rows
    ]
    return EntriesShown(await _head(), shown)


@get(
    "/api/v1/log/bodies",
    opt={"op": "log.audit"},
    tags=["log"],
    summary="Whole entries after a number, to recompute the chain; 100 at most",
)
async def read_bodies(after: From = 0) -> BodiesShown:
    rows = (
        await LogEntry.select(LogEntry.seq, LogEntry.body, LogEntry.leaf)
        .where(LogEntry.seq > after)
        .order_by(LogEntry.seq)
        .limit(PAGE)
    )
    shown = [BodyShown(row["seq"], row["leaf"].hex(), row["body"].decode()) for row in rows]
    return BodiesShown(await _head(), shown)


async def _head() -> Head:
    seq, leaf = await head()
    return Head(seq, leaf.hex())


DOORS = [read_log, read_bodies]
