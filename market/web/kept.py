"""Public answers that a browser keeps and asks about again: ETag, `no-cache`, gzip.

Only for what any stranger may see: what holds a secret of the reader is never compressed.
"""

from __future__ import annotations

import gzip
import hashlib
from functools import lru_cache

from litestar import Response

from market.web.page import Ask, weak


def kept(request: Ask, answer: Response[bytes]) -> Response[bytes]:
    """The same answer with its ETag, or 304 where the browser still has it."""
    etag = answer.headers.get("etag") or weak(hashlib.sha256(answer.content).hexdigest())
    answer.headers.update({"etag": etag, "cache-control": "no-cache"})
    vary = answer.headers.get("vary", "")
    answer.headers["vary"] = ", ".join(filter(None, [vary, "accept-encoding"]))
    if answer.status_code == 200 and has(request.headers.get("if-none-match", ""), etag):
        return unchanged(answer)
    return squeezed(answer) if takes_gzip(request.headers.get("accept-encoding", "")) else answer


def unchanged(answer: Response[bytes]) -> Response[bytes]:
    answer.status_code, answer.content = 304, b""
    return answer


def squeezed(answer: Response[bytes]) -> Response[bytes]:
    answer.content = gzipped(answer.content)
    answer.headers["content-encoding"] = "gzip"
    return answer


@lru_cache(maxsize=64)
def gzipped(content: bytes) -> bytes:
    """A file is asked for in one breath with its page, by each newcomer."""
    return gzip.compress(content, 6, mtime=0)


def takes_gzip(said: str) -> bool:
    return "gzip" in said.lower()


def has(said: str, etag: str) -> bool:
    """Whether `If-None-Match` names it."""
    return said.strip() == "*" or etag in (one.strip() for one in said[:2_000].split(","))
