"""The tree over the log's leaf hashes, and its proofs: RFC 6962 section 2.1, RFC 9162 section 2.1.

Pure. Entry `seq` of the log is leaf `seq - 1`. A proof is asked for as ranges of leaves; each range
is put together from whole subtrees, whoever keeps them (`tiles`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

HASH_BYTES = 32
EMPTY = hashlib.sha256(b"").digest()


class Node(NamedTuple):
    """A whole subtree: the leaves from `number << level`, `1 << level` of them."""

    level: int
    number: int


Range = tuple[int, int]
"""Leaves from the first number up to, and without, the second."""


class Peaks:
    """A tree that grows leaf by leaf; it remembers one hash for each whole subtree at its edge."""

    def __init__(self) -> None:
        self.size = 0
        self._hashes: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        self._hashes.append(leaf)
        self.size += 1
        whole = self.size
        while whole % 2 == 0:
            right, left = self._hashes.pop(), self._hashes.pop()
            self._hashes.append(node_hash(left, right))
            whole //= 2

    def root(self) -> bytes:
        return joined(self._hashes) if self._hashes else EMPTY


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def whole(leaves: Sequence[bytes]) -> bytes:
    """Of a subtree whose leaves are 1, 2, 4, 8, …"""
    level = leaves
    while len(level) > 1:
        level = [node_hash(level[at], level[at + 1]) for at in range(0, len(level), 2)]
    return level[0]


def joined(hashes: Sequence[bytes]) -> bytes:
    """Of whole subtrees side by side, the largest first."""
    found = hashes[-1]
    for left in reversed(hashes[:-1]):
        found = node_hash(left, found)
    return found


def covering(leaves: Range) -> list[Node]:
    """The whole subtrees that make up a range as proofs name it, the largest first."""
    at, end = leaves
    nodes = []
    for level in reversed(range((end - at).bit_length())):
        if (end - at) >> level:
            nodes.append(Node(level, at >> level))
            at += 1 << level
    return nodes


def inclusion(index: int, size: int) -> list[Range]:
    """What is hashed to the leaf on its way up, the leaf's neighbour first."""
    begin, end, path = 0, size, list[Range]()
    while end - begin > 1:
        split = begin + _split(end - begin)
        if index < split:
            path.append((split, end))
            end = split
        else:
            path.append((begin, split))
            begin = split
    return path[::-1]


def consistency(first: int, second: int) -> list[Range]:
    """What shows that the first leaves of the second tree are those of the first."""
    begin, end, path = 0, second, list[Range]()
    while first != end:
        split = begin + _split(end - begin)
        if first <= split:
            path.append((split, end))
            end = split
        else:
            path.append((begin, split))
            begin = split
    return [*([(begin, end)] if begin else []), *path[::-1]]


def _split(count: int) -> int:
    """The largest power of two below it."""
    return 1 << ((count - 1).bit_length() - 1)


def includes(root: bytes, size: int, index: int, leaf: bytes, proof: Sequence[bytes]) -> bool:
    """RFC 9162 section 2.1.3.2."""
    if not 0 <= index < size or not _are_hashes(root, leaf, *proof):
        return False
    at, last, found = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(step, found)
            at, last = _turned_left(at, last)
        else:
            found = node_hash(found, step)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def continues(
    first: int, first_root: bytes, second: int, second_root: bytes, proof: Sequence[bytes]
) -> bool:
    """RFC 9162 section 2.1.4.2: has the second tree only been added to?"""
    if not 0 < first <= second or not _are_hashes(first_root, second_root, *proof):
        return False
    if first == second:
        return not proof and first_root == second_root
    steps = [first_root, *proof] if first & (first - 1) == 0 else [*proof]
    if not steps or not proof:
        return False
    at, last = first - 1, second - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = node_hash(step, old), node_hash(step, new)
            at, last = _turned_left(at, last)
        else:
            new = node_hash(new, step)
        at, last = at >> 1, last >> 1
    return last == 0 and (old, new) == (first_root, second_root)


def _turned_left(at: int, last: int) -> tuple[int, int]:
    """Past the levels at which a subtree at the edge has no neighbour."""
    while at and not at & 1:
        at, last = at >> 1, last >> 1
    return at, last


def _are_hashes(*given: bytes) -> bool:
    return all(len(one) == HASH_BYTES for one in given)
