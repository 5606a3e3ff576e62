"""Outside the database: the private keys that sign credentials, one file for each number.

They lie beside the log's key, which is another one: who got hold of one has not got the other. Read
each time, as another process may have rotated them.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Literal

from certification.credentials import multibase
from certification.credentials.multibase import KEY_BYTES, Unreadable

DIFFERENT_BYTES_MIN = 12
"""Of 32 drawn at random some 30 are; fewer than this once in 10^24, as in zeros or a pattern."""

PREFIX = "issuer-"
Fault = Literal["missing", "open", "damaged", "weak"]


class Ring:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def file(self, number: int) -> str:
        return self._path(number).name

    def seed(self, number: int) -> bytes | Fault:
        path = self._path(number)
        try:
            mode = path.stat().st_mode
            seed = multibase.read_secret_multikey(path.read_text(encoding="ascii").strip())
        except FileNotFoundError:
            return "missing"
        except (OSError, UnicodeDecodeError, Unreadable):
            return "damaged"
        if os.name == "posix" and mode & 0o077:
            return "open"
        return "weak" if len(set(seed)) < DIFFERENT_BYTES_MIN else seed

    def create(self, number: int) -> None:
        """A new key, readable by its owner only; one that is there is never overwritten."""
        path = self._path(number)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
        opened = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(opened, "w", encoding="ascii") as file:
            file.write(multibase.secret_multikey(secrets.token_bytes(KEY_BYTES)) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(part, path)  # whole or not at all, also where two processes start at once
        except FileExistsError:
            pass
        finally:
            part.unlink()

    def forget(self, number: int) -> None:
        """A retired key signs nothing any more: what nobody has nobody can steal."""
        self._path(number).unlink(missing_ok=True)

    @property
    def first(self) -> int:
        """Which number to begin with: 1, or that of the newest file, where the database was put
        back to a day before any was published."""
        stems = (path.stem.rpartition("-")[2] for path in self._folder.glob(f"{PREFIX}*.key"))
        return max((int(stem) for stem in stems if stem.isdecimal()), default=1)

    def _path(self, number: int) -> Path:
        return self._folder / f"{PREFIX}{number}.key"


_in_use: list[Ring] = []


def use(folder: Path) -> Ring:
    """At start-up: the folder of the keys."""
    _in_use[:] = [Ring(folder)]
    return _in_use[0]


def ring() -> Ring:
    assert _in_use, "ring.use() comes first"
    return _in_use[0]
