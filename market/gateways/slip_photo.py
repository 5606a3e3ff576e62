"""A photo of a slip: kept as all photos are, and its small code read where there is one."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from certification.basis import blobs, pictures
from certification.basis.refusal import Refusal
from market.domain.payments.rules import read_slip
from market.gateways import slip_reader


async def kept(content: bytes, *, by: str | None, at: datetime) -> tuple[str, str]:
    """Digest of the picture, and what its small code holds or nothing. Never in a transaction."""
    digest = await pictures.keep(content, by=by, at=at)
    _, picture = await blobs.fetch(digest)
    return digest, await asyncio.to_thread(_code, picture)


def _code(picture: bytes) -> str:
    command = [sys.executable, "-I", str(Path(slip_reader.__file__))]
    try:
        done = subprocess.run(  # noqa: S603  # our own file; the picture goes in by stdin alone
            command, input=picture, capture_output=True, timeout=slip_reader.SECONDS_MAX,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return ""
    return next(filter(_is_slips, done.stdout.decode("ascii", "ignore").split("\n")), "")


def _is_slips(code: str) -> bool:
    try:
        read_slip(code)
    except Refusal:
        return False
    return True
