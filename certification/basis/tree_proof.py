"""Holding tiles and checkpoints against the leaves of the log: each root is computed anew.

`proof` holds the leaves against the entries. Here a tile that was edited, and a checkpoint that
does not fit, is a Fault with a name.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator, Sequence
from contextlib import aclosing

import msgspec

from certification.basis import merkle, notes, tiles
from certification.basis.catalogue import columns_of
from certification.basis.checkpoints import LogCheckpoint, Signed
from certification.basis.database import in_use
from certification.basis.merkle import HASH_BYTES, Peaks
from certification.basis.notes import Checkpoint, Unreadable, Unsigned
from certification.basis.proof import FAULTS_MAX, Fault, gone
from certification.basis.tiles import LEVEL_BITS, WIDTH, LogTile

PAGE = 2 * WIDTH
OTHERWISE = (
    "was signed over the first {size} entries, and they are no longer those: one of them was"
    " altered, or the record was put back and went on otherwise"
)
TOO_FEW = (
    "was signed over {size} entries, and there are {entries}: some were taken away, or the record"
    " was put back to an older day"
)


async def faults(*, most: int = FAULTS_MAX) -> list[Fault]:
    """At most so many, in the order of the log. One snapshot, while others write."""
    found: list[Fault] = []
    async with in_use().begin(read_only=True), aclosing(_faults()) as all_faults:
        async for fault in all_faults:
            found.append(fault)
            if len(found) == most:
                break
    return found


async def roots(sizes: Iterable[int]) -> tuple[int, dict[int, bytes]]:
    """How many entries there are, and the root of the first so many, for each that is reached."""
    wanted, growing, found = {*sizes}, Peaks(), dict[int, bytes]()
    if 0 in wanted:
        found[0] = growing.root()
    async with in_use().begin(read_only=True):
        while leaves := await _leaves(growing.size):
            for leaf in leaves:
                growing.add(leaf)
                if growing.size in wanted:
                    found[growing.size] = growing.root()
    return growing.size, found


async def _faults() -> AsyncGenerator[Fault, None]:
    live = await columns_of(in_use())
    lost = [fault for table in (LogTile, LogCheckpoint) for fault in gone(table, live)]
    if lost or "log_entry" not in live:
        for fault in lost:
            yield fault
        return
    rows = await _signed()
    for fault in _of_notes(rows):
        yield fault
    async for fault in _Tree(rows).faults():
        yield fault


async def _signed() -> list[Signed]:
    rows = await LogCheckpoint.select().order_by(LogCheckpoint.number)
    return msgspec.convert(rows, list[Signed], strict=False)


def _of_notes(rows: Sequence[Signed]) -> Iterator[Fault]:
    """Each row for itself: whole, signed, and saying what stands beside the note."""
    sizes: dict[str, int] = {}
    for number, row in enumerate(rows, start=rows[0].number if rows else 1):
        if row.number != number:
            yield Fault("log_checkpoint", number, None, f"is gone; {row.number} follows")
            return
        said = Checkpoint(row.origin, row.size, row.root)
        try:
            text = notes.signed_text(row.note, [notes.read_verifier(row.verifier)])
        except (Unreadable, Unsigned) as fault:
            why = "was altered, or is not signed by the key beside it"
            yield Fault("log_checkpoint", number, "note", f"{why} ({fault})")
            continue
        if text != said.text:
            yield Fault("log_checkpoint", number, "note", "does not say what stands beside it")
        if row.size < sizes.get(row.origin, 0):
            yield Fault("log_checkpoint", number, "size", "is smaller than one signed before")
        sizes[row.origin] = max(row.size, sizes.get(row.origin, 0))


class _Tree:
    """All leaves once, in order; what was signed over a size is asked when it is reached."""

    def __init__(self, signed: Sequence[Signed]) -> None:
        self._signed = deque(sorted(signed, key=lambda one: one.size))
        self._growing = Peaks()
        self._open: list[list[bytes]] = [[]]
        """Of each level, the hashes since the last full tile."""
        self._full = [0]
        """Of each level, how many tiles are full."""

    async def faults(self) -> AsyncIterator[Fault]:
        laid = await _laid()
        for fault in self._reached():
            yield fault
        while leaves := await _leaves(self._growing.size):
            async for fault in self._grow(leaves, laid):
                yield fault
        for one in self._signed:
            yield _fault(one, TOO_FEW, self._growing.size)
        for level, count in sorted(laid.items()):
            full = self._full[level] if level < len(self._full) else 0
            if count > full:
                yield Fault(
                    "log_tile", f"{level}/{full}", None, "covers entries that are not there"
                )

    async def _grow(self, leaves: Sequence[bytes], laid: dict[int, int]) -> AsyncIterator[Fault]:
        for leaf in leaves:
            self._growing.add(leaf)
            for fault in self._reached():
                yield fault
            self._open[0].append(leaf)
            if len(self._open[0]) == WIDTH:
                async for fault in self._shut(0, laid):
                    yield fault

    def _reached(self) -> Iterator[Fault]:
        while self._signed and self._signed[0].size == self._growing.size:
            one = self._signed.popleft()
            if one.root != self._growing.root():
                yield _fault(one, OTHERWISE, self._growing.size)

    async def _shut(self, level: int, laid: dict[int, int]) -> AsyncIterator[Fault]:
        hashes, self._open[level] = self._open[level], []
        number, root = self._full[level], merkle.whole(hashes)
        self._full[level] += 1
        if number < laid.get(level, 0):
            for column, why in await _wrong(level, number, root, b"".join(hashes)):
                yield Fault("log_tile", f"{level}/{number}", column, why)
        if level + 1 == len(self._open):
            self._open.append([])
            self._full.append(0)
        self._open[level + 1].append(root)
        if len(self._open[level + 1]) == WIDTH:
            async for fault in self._shut(level + 1, laid):
                yield fault


def _fault(one: Signed, why: str, entries: int) -> Fault:
    said = why.format(size=one.size, entries=entries)
    return Fault("log_checkpoint", one.number, "root", said)


async def _wrong(
    level: int, number: int, root: bytes, hashes: bytes
) -> list[tuple[str | None, str]]:
    kept = await LogTile.select().where(LogTile.id == tiles.tile_id(level, number)).first()
    if kept is None:
        return [(None, "is gone")]
    return [
        (name, "is not that of the entries below it")
        for name, value in (("root", root), ("hashes", hashes))
        if bytes(kept[name]) != value
    ]


async def _laid() -> dict[int, int]:
    """Of each level, how many tiles there are if none is missing among them."""
    rows = await in_use().query(
        f"SELECT id / {1 << LEVEL_BITS} AS level, max(id) AS last FROM log_tile GROUP BY 1"  # noqa: S608
    )
    return {row["level"]: row["last"] - tiles.tile_id(row["level"], 0) + 1 for row in rows}


async def _leaves(after: int) -> list[bytes]:
    """The next, as far as none is missing; one that cannot be a hash ends them too."""
    rows = await in_use().query(
        "SELECT seq, leaf FROM log_entry WHERE seq > {} ORDER BY seq LIMIT {}", after, PAGE
    )
    found: list[bytes] = []
    for seq, row in enumerate(rows, start=after + 1):
        leaf = row["leaf"]
        if row["seq"] != seq or not isinstance(leaf, bytes) or len(leaf) != HASH_BYTES:
            break
        found.append(leaf)
    return found
