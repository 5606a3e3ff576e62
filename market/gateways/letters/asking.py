"""One question over HTTP, with its end: what surely did not arrive is told from what may have."""

from __future__ import annotations

from typing import Any

import httpx

from market.domain.notices.letters import Outcome

WITHIN_S, CONNECT_S = 10.0, 3.0
WAIT_S_MAX = 3_600.0


async def asked(
    url: str, transport: httpx.AsyncBaseTransport | None, **what: Any
) -> httpx.Response | Outcome:
    limits = httpx.Timeout(WITHIN_S, connect=CONNECT_S)
    try:
        async with httpx.AsyncClient(transport=transport, timeout=limits) as client:
            return await client.post(url, **what)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
        return Outcome("again", "away")
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError):
        return Outcome("unknown", "no_answer")


def seconds_of(answer: httpx.Response) -> float:
    """`Retry-After` in seconds; a date, or nonsense, is none."""
    said = answer.headers.get("retry-after", "")
    return min(float(said), WAIT_S_MAX) if said.isdecimal() else 0.0
