"""HTML made once for many: what differs from one to the next is only placed in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from hashlib import sha256

import msgspec

Placed = Mapping[str, bytes]
"""HTML by the name of its place."""


class Layout:
    """Pieces of HTML in turn, some of them named places, in which HTML is to be put."""

    def __init__(self, pieces: list[bytes], places: list[tuple[int, str]]) -> None:
        self._pieces, self._places = pieces, places
        self._names = [name for _, name in places]
        self.size = sum(map(len, pieces))
        """In bytes, about: what is to be placed is little."""

    @cached_property
    def _digest(self) -> bytes:
        return sha256(msgspec.msgpack.encode((self._pieces, self._places))).digest()

    @classmethod
    def read(cls, said: str) -> Layout:
        """As a template said it, with each name between two zero bytes."""
        pieces = said.encode().split(b"\0")
        return cls(pieces, [(at, pieces[at].decode()) for at in range(1, len(pieces), 2)])

    def whole(self, placed: Placed) -> bytes:
        pieces = self._pieces.copy()
        for at, name in self._places:
            pieces[at] = placed[name]
        return b"".join(pieces)

    def filled(self, placed: Mapping[str, bytes | Layout]) -> Layout:
        """With these in it, and the rest still to be placed. No text is copied: the pages of a
        thousand lots share nearly all of it."""
        names = dict(self._places)
        return joined(
            placed.get(names[at], self._place(at)) if at in names else piece
            for at, piece in enumerate(self._pieces)
        )

    def digest(self, placed: Placed) -> str:
        """Of the whole: of what it is made of, which is less to read."""
        made_of = msgspec.msgpack.encode([*map(placed.get, self._names)])
        return sha256(self._digest + made_of).hexdigest()

    def _place(self, at: int) -> Layout:
        name = self._pieces[at]
        return Layout([name], [(0, name.decode())])


def joined(parts: Iterable[bytes | Layout]) -> Layout:
    """One after another."""
    pieces: list[bytes] = []
    places: list[tuple[int, str]] = []
    for part in parts:
        if isinstance(part, Layout):
            places += [(len(pieces) + at, name) for at, name in part._places]
            pieces += part._pieces
        else:
            pieces.append(part)
    return Layout(pieces, places)
