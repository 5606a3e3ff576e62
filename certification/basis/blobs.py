"""Photos, slips and scans, kept by what they are: the name is the SHA-256 of the bytes.

Files lie below the data folder, outside the database; the row says how large and of what kind.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import tempfile
from datetime import datetime
from pathlib import Path

from piccolo import columns as column
from piccolo.table import Table

from certification.basis import columns
from certification.basis.database import in_use
from certification.basis.refusal import Invalid, Missing, Refusal

BYTES_MAX = 8_000_000
LEFT_FREE_BYTES = 200_000_000
"""Files stop here, so that the database they lie beside goes on."""
KINDS = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"%PDF-": "application/pdf",
}

_folder: list[Path] = []


class UnknownFile(Invalid):
    """Not a JPEG, PNG or PDF by its first bytes, or empty, or over 8 MB."""

    code = "blobs.unknown_file"


class NoRoomForFiles(Refusal):
    """The last room on the disk is for orders and money; photos wait."""

    code, status = "blobs.no_room", 507


class BlobMissing(Missing):
    code = "blobs.missing"


class Blob(Table, tablename="blob", tags=["append_only"]):
    digest = column.Varchar(length=64, primary_key=True)
    kind = columns.word()
    size_bytes = columns.number()
    by = columns.person(null=True)
    at = columns.instant()


def use(folder: Path) -> None:
    """Once, at start-up."""
    _folder[:] = [folder]


async def keep(content: bytes, *, by: str | None, at: datetime) -> str:
    """Store the bytes and tell their digest; storing the same again is storing it once."""
    kind = _kind(content)
    digest = hashlib.sha256(content).hexdigest()
    await asyncio.to_thread(_write, _path(digest), content)
    await in_use().query(
        "INSERT INTO blob (digest, kind, size_bytes, by, at) VALUES ({}, {}, {}, {}, {})"
        " ON CONFLICT (digest) DO NOTHING",
        digest, kind, len(content), by, at,
    )  # fmt: skip
    return digest


async def fetch(digest: str) -> tuple[str, bytes]:
    """Kind and bytes; refused when the bytes are not those of the name any more."""
    row = await Blob.select().where(Blob.digest == digest).first()
    if row is None:
        raise BlobMissing(digest=digest)
    content = await asyncio.to_thread(_read, _path(digest))
    if content is None or hashlib.sha256(content).hexdigest() != digest:
        raise BlobMissing(digest=digest)
    return row["kind"], content


def _kind(content: bytes) -> str:
    if 0 < len(content) <= BYTES_MAX:
        for first, kind in KINDS.items():
            if content.startswith(first):
                return kind
    raise UnknownFile(size_bytes=len(content))


def _path(digest: str) -> Path:
    return _folder[0] / digest[:2] / digest


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all: a half-written photo would carry a true name."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(path.parent).free < LEFT_FREE_BYTES:
        raise NoRoomForFiles()
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(name).replace(path)
