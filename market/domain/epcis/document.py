"""Events as documents: EPCISDocument to keep, EPCISQueryDocument as an answer to a question."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from datetime import datetime

import msgspec

from market.domain.epcis import rules, written

QUERY = "SimpleEventQuery"


def document(created: datetime, bodies: Iterable[str]) -> bytes:
    """The same events give the same bytes: it is of the moment at which the last was told."""
    head, tail = _around(created)
    return b"".join([head, ",\n".join(bodies).encode(), tail])


async def streamed(created: datetime, bodies: AsyncIterator[str]) -> AsyncIterator[bytes]:
    head, tail = _around(created)
    yield head
    comma = b""
    async for body in bodies:
        yield comma + body.encode()
        comma = b",\n"
    yield tail


def answer(created: datetime, bodies: Iterable[str]) -> bytes:
    head = _head("EPCISQueryDocument", created)
    events = ",\n".join(bodies)
    body = (
        f'"epcisBody":{{"queryResults":{{"queryName":"{QUERY}",'
        f'"resultsBody":{{"eventList":[\n{events}\n]}}}}}}}}'
    )
    return f"{head}{body}\n".encode()


def _around(created: datetime) -> tuple[bytes, bytes]:
    head = _head("EPCISDocument", created)
    return f'{head}"epcisBody":{{"eventList":[\n'.encode(), b"\n]}}\n"


def _head(kind: str, created: datetime) -> str:
    said = {
        "@context": rules.context(),
        "type": kind,
        "schemaVersion": rules.VERSION,
        "creationDate": written.instant(created),
    }
    return msgspec.json.encode(said).decode()[:-1] + ","
