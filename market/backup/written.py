"""A backup as it lies on a disk (docs/backup.md): tables as JSON lines, photos by digest, sums.

One format for both engines, so what a village began on SQLite can go on in PostgreSQL. Nothing in
it is secret by itself but what the vault sealed; the keys are never in it.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import msgspec

from market.backup.refusals import Damaged, NoBackup

FORMAT = 1
SUMS, MANIFEST = "SHA256SUMS", "manifest.json"
KINDS: dict[type, str] = {
    bool: "bool", int: "int", str: "text", bytes: "bytes", datetime: "instant", date: "day"
}  # fmt: skip
TYPES = {kind: type for type, kind in KINDS.items()}
NAME = re.compile(r"[a-z][a-z0-9_]*")
DIGEST = re.compile(r"[0-9a-f]{64}")
CHUNK = 1 << 20


class Step(msgspec.Struct, frozen=True):
    """A migration that the database had seen."""

    number: int
    name: str
    digest: str


class TableFile(msgspec.Struct, frozen=True):
    name: str
    columns: list[tuple[str, str]]
    """Name and kind, in the order of the values in a line."""
    rows: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    format: int
    made_at: datetime
    engine: str
    steps: list[Step]
    log_seq: int
    log_leaf: str
    tables: list[TableFile]
    blobs: list[str]
    lost_blobs: list[str]
    """Named by a row, but missing or altered on the disk already when the backup was made."""
    keys: dict[str, str]
    """Which key files belong to it, by fingerprint; what is in them is not told."""


class Lines:
    """Rows into a file, counted and digested on the way; on the disk when closed."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("xb")
        self._digest = hashlib.sha256()
        self._encoder = msgspec.json.Encoder()
        self.rows = 0

    def add(self, rows: Sequence[Sequence[Any]]) -> None:
        content = self._encoder.encode_lines(rows)
        self._file.write(content)
        self._digest.update(content)
        self.rows += len(rows)

    def close(self) -> str:
        with self._file:
            settle(self._file)
        return self._digest.hexdigest()


def rows_of(folder: Path, table: TableFile, *, most: int) -> Iterator[list[tuple[Any, ...]]]:
    """In pages, each value of the kind that the manifest tells."""
    kinds = tuple(TYPES[kind] | None for _, kind in table.columns)
    decoder: msgspec.json.Decoder[tuple[Any, ...]] = msgspec.json.Decoder(
        tuple.__class_getitem__(kinds)
    )
    page: list[tuple[Any, ...]] = []
    with (folder / table_path(table.name)).open("rb") as lines:
        for line in lines:
            page.append(decoder.decode(line))
            if len(page) == most:
                yield page
                page = []
    if page:
        yield page


def table_path(name: str) -> str:
    return f"tables/{name}.jsonl"


def blob_path(digest: str) -> str:
    return f"blobs/{digest[:2]}/{digest}"


def write_file(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        settle(file)


def settle(file: Any) -> None:
    """On the disk, not only on its way."""
    file.flush()
    os.fsync(file.fileno())


def settle_folder(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def digest_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def sums_of(folder: Path) -> dict[str, str]:
    """What `sha256sum` would say of every file but the sums themselves."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    names = {str(path.relative_to(folder)): path for path in files}
    return {name: digest_of(path) for name, path in names.items() if name != SUMS}


def as_text(sums: dict[str, str]) -> bytes:
    """As `sha256sum -c SHA256SUMS` reads it, so that nobody needs us to check a backup."""
    return "".join(f"{sums[name]}  {name}\n" for name in sorted(sums)).encode()


def checked(folder: Path) -> Manifest:
    """The manifest, when every byte of every file is as it was written; else Damaged names one."""
    if not (folder / SUMS).is_file():
        raise NoBackup(path=str(folder))
    found, said = sums_of(folder), (folder / SUMS).read_bytes()
    if as_text(found) != said:
        raise Damaged(file=_first_wrong(found, said))
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError):
        raise NoBackup(path=str(folder)) from None
    _ensure_plain(manifest, folder)
    return manifest


def _first_wrong(found: dict[str, str], said: bytes) -> str:
    lines = set(said.decode(errors="replace").splitlines())
    wrong = [name for name, digest in found.items() if f"{digest}  {name}" not in lines]
    named = {line[66:] for line in lines}
    missing = sorted(named - set(found))
    return (wrong or missing or [SUMS])[0]


def _ensure_plain(manifest: Manifest, folder: Path) -> None:
    """Its names go into SQL and paths; sums say that it is whole, not who wrote it."""
    names = [name for table in manifest.tables for name in (table.name, *dict(table.columns))]
    kinds = {kind for table in manifest.tables for _, kind in table.columns}
    if (
        manifest.format != FORMAT
        or not all(NAME.fullmatch(name) for name in names)
        or not kinds <= set(TYPES)
        or not all(DIGEST.fullmatch(digest) for digest in manifest.blobs)
    ):
        raise NoBackup(path=str(folder))
