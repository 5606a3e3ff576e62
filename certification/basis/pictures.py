"""Photos as people send them: drawn anew before anything is kept, so that neither the place and
owner a camera wrote into the file nor anything hidden behind it is stored or shown
(docs/decisions/0018-photos-are-drawn-anew.md)."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

from certification.basis import blobs, redraw
from certification.basis.refusal import Invalid

_one_at_a_time = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pictures")
"""For the sake of memory: a large photo takes some hundred megabytes while it is drawn."""


class Unreadable(Invalid):
    """Not a whole JPEG, PNG or WEBP by its content."""

    code = "pictures.unreadable"


class TooHeavy(Invalid):
    code = "pictures.too_heavy"


class TooManyPixels(Invalid):
    code = "pictures.too_many_pixels"


async def keep(content: bytes, *, by: str | None, at: datetime) -> str:
    """Digest of the picture as it is kept. Call it before a transaction, never inside: it may take
    a second. The same file again is the same picture, kept once."""
    if len(content) > blobs.BYTES_MAX:
        raise TooHeavy(megabytes=blobs.BYTES_MAX // 1_000_000)
    loop = asyncio.get_running_loop()
    picture = await loop.run_in_executor(_one_at_a_time, _drawn_anew, content)
    return await blobs.keep(picture, by=by, at=at)


def _drawn_anew(content: bytes) -> bytes:
    command = [sys.executable, "-I", str(Path(redraw.__file__))]
    try:
        done = subprocess.run(  # noqa: S603  # our own file; what was sent goes in by stdin alone
            command, input=content, capture_output=True, timeout=redraw.SECONDS_MAX, check=False
        )
    except subprocess.TimeoutExpired:
        raise Unreadable from None
    if done.returncode == redraw.TOO_MANY_PIXELS:
        raise TooManyPixels(megapixels=redraw.PIXELS_MAX // 1_000_000)
    if done.returncode != redraw.DRAWN:
        raise Unreadable
    return done.stdout
