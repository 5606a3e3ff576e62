"""The tree's whole subtrees, kept so that a proof in a log of any length reads a few rows.

As C2SP tlog-tiles: tile `number` of a level holds 256 hashes side by side; those of level 0 are the
leaves of the log, those of a level above the roots of the tiles below. Only tiles that are full are
kept, and the clock lays them (`lay`), so no deed waits for the tree; what stands at the edge is
read from the log. `tree_faults` holds each tile against the leaves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from piccolo import columns as column
from piccolo.table import Table

from certification.basis import log, merkle
from certification.basis.database import in_use
from certification.basis.merkle import HASH_BYTES, Node, Range
from certification.basis.schema import APPEND_ONLY
from certification.basis.transaction import transaction

HEIGHT = 8
WIDTH = 1 << HEIGHT
LEVEL_BITS = 40
AT_ONCE = 16
"""Tiles laid in one transaction, at most."""


class LogTile(Table, tablename="log_tile", tags=[APPEND_ONLY]):
    id = column.BigInt(primary_key=True, help_text="level << 40 | number")
    root = column.Bytea(help_text="Before the hashes: read alone at the edge of the level above")
    hashes = column.Bytea()


class HoleInLog(RuntimeError):
    """Leaves or tiles are not there that must be: `market verify log` names them."""


def tile_id(level: int, number: int) -> int:
    return level << LEVEL_BITS | number


async def lay(most: int = AT_ONCE) -> int:
    """The next full tiles, so many at most; tells how many. Two at once lay the same."""
    async with transaction():
        size, _ = await log.head()
        for done in range(most):
            if not await _lay_one(size):
                return done
    return most


async def _lay_one(size: int) -> bool:
    below, level = size, 0
    while below >= WIDTH:
        number = await _count(level)
        if (number + 1) * WIDTH <= below:
            hashes = await _side_by_side(level, number * WIDTH, WIDTH)
            await in_use().query(
                "INSERT INTO log_tile (id, root, hashes) VALUES ({}, {}, {})"
                " ON CONFLICT DO NOTHING",
                tile_id(level, number), merkle.whole(hashes), b"".join(hashes),
            )  # fmt: skip
            return True
        below, level = number, level + 1
    return False


async def _count(level: int) -> int:
    [row] = await in_use().query(
        "SELECT max(id) AS id FROM log_tile WHERE id >= {} AND id < {}",
        tile_id(level, 0), tile_id(level + 1, 0),
    )  # fmt: skip
    return 0 if row["id"] is None else row["id"] - tile_id(level, 0) + 1


async def _side_by_side(level: int, first: int, count: int) -> list[bytes]:
    """Hashes of a tile that is not laid: leaves, or the roots of the tiles below."""
    if level == 0:
        sql, at = "SELECT leaf AS hash FROM log_entry WHERE seq >= {} AND seq < {} ORDER BY seq", 1
    else:
        sql, at = "SELECT root AS hash FROM log_tile WHERE id >= {} AND id < {} ORDER BY id", 0
        at = tile_id(level - 1, 0)
    rows = await in_use().query(sql, at + first, at + first + count)
    if len(rows) != count:
        raise HoleInLog(f"tree level {level}: {len(rows)} of {count} hashes after {first}")
    return [bytes(row["hash"]) for row in rows]


async def root(size: int) -> bytes:
    """Of the first `size` entries; all of them must be there."""
    return (await _joined([(0, size)]))[0] if size else merkle.EMPTY


async def inclusion(index: int, size: int) -> list[bytes]:
    return await _joined(merkle.inclusion(index, size))


async def consistency(first: int, second: int) -> list[bytes]:
    return await _joined(merkle.consistency(first, second))


async def _joined(ranges: Sequence[Range]) -> list[bytes]:
    nodes = [merkle.covering(leaves) for leaves in ranges]
    found = await _hashes({node for some in nodes for node in some})
    return [merkle.joined([found[node] for node in some]) for some in nodes]


async def _hashes(nodes: Iterable[Node]) -> dict[Node, bytes]:
    places = {node: _place(node) for node in nodes}
    kept = await _tiles({tile_id(place.level, place.number) for place in places.values()})
    edges = await _edges([p for p in places.values() if tile_id(p.level, p.number) not in kept])
    found = {}
    for node, at in places.items():
        hashes, begin = kept.get(tile_id(at.level, at.number)), at.first
        if hashes is None:
            first, hashes = edges[at.level, at.number]
            begin -= first
        found[node] = merkle.whole(hashes[begin : begin + at.many])
    return found


class _Place(NamedTuple):
    """Where a subtree lies: its tile, the first of its hashes there, and how many they are."""

    level: int
    number: int
    first: int
    many: int


async def _edges(places: Sequence[_Place]) -> dict[tuple[int, int], tuple[int, list[bytes]]]:
    """Of each tile that is not laid, the hashes that are needed, and which is the first of them."""
    found = {}
    for level, number in {(at.level, at.number) for at in places}:
        here = [at for at in places if (at.level, at.number) == (level, number)]
        first = min(at.first for at in here)
        count = max(at.first + at.many for at in here) - first
        found[level, number] = (first, await _side_by_side(level, number * WIDTH + first, count))
    return found


def _place(node: Node) -> _Place:
    level, rest = divmod(node.level, HEIGHT)
    number, first = divmod(node.number << rest, WIDTH)
    return _Place(level, number, first, 1 << rest)


async def _tiles(ids: set[int]) -> dict[int, list[bytes]]:
    if not ids:
        return {}
    rows = await LogTile.select(LogTile.id, LogTile.hashes).where(LogTile.id.is_in(sorted(ids)))
    return {row["id"]: _cut(row["hashes"]) for row in rows}


def _cut(hashes: bytes) -> list[bytes]:
    return [hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES)]
