"""Outside the database: the key that signs the log's checkpoints, and the folder they are kept in.

Neither is touched when a backup is put back, so the folder remembers what the database forgot.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from certification.basis import notes
from certification.basis.notes import Checkpoint, Signer, Unreadable, Unsigned, Verifier

KEY = "log.key"
READ_MOST = 1_000


KeyFault = Literal["missing", "open", "damaged"]
"""Why nothing can be signed; `open`: others than its owner may read it."""


class Desk:
    """Where checkpoints are signed. Without a usable key it stands, and says why it cannot."""

    def __init__(self, key: Path, *, name: str, folder: Path) -> None:
        self.name = name
        """Of the log, where no key says it yet."""
        self.folder = folder
        self._key = key

    @property
    def signer(self) -> Signer | KeyFault:
        """Read each time: another process may have renewed it."""
        return read(self._key)

    @property
    def key_file(self) -> str:
        return self._key.name

    def replace_key(self, signer: Signer) -> None:
        part = _written_beside(self._key, signer.text + "\n")
        part.replace(self._key)
        _settle(self._key.parent)

    def keep(self, size: int, by: Verifier, note: str) -> Path:
        """As a file; one that is there stays."""
        path = self.folder / f"{size:012}-{by.id.hex()}.txt"
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            _written_beside(path, note, mode=0o644).replace(path)
            _settle(self.folder)
        return path

    def newest_kept(self, origin: str, known: Sequence[Verifier]) -> Checkpoint | None:
        """The one over the most entries that bears this name and was signed by a key we know."""
        found = (self._read(path, known) for path in self.kept()[:READ_MOST])
        return next((one for one in found if one and one.origin == origin), None)

    def kept(self) -> list[Path]:
        """The largest first."""
        return sorted(self.folder.glob("*-*.txt"), reverse=True) if self.folder.is_dir() else []

    def _read(self, path: Path, known: Sequence[Verifier]) -> Checkpoint | None:
        """None for a file that somebody else put there, or spoilt: `verify` names it."""
        try:
            text = notes.signed_text(path.read_text(encoding="utf-8"), known)
            return notes.read_checkpoint(text)
        except (OSError, UnicodeDecodeError, Unreadable, Unsigned):
            return None


def create(path: Path, name: str) -> None:
    """A new key, readable by its owner only; one that is there is never overwritten."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = _written_beside(path, Signer(name, secrets.token_bytes(notes.KEY_BYTES)).text + "\n")
    try:
        os.link(part, path)  # whole or not at all, also where two processes start at once
    except FileExistsError:
        pass
    finally:
        part.unlink()


def read(path: Path) -> Signer | KeyFault:
    try:
        text, mode = path.read_text(encoding="utf-8"), path.stat().st_mode
        signer = notes.read_signer(text)
    except FileNotFoundError:
        return "missing"
    except (OSError, UnicodeDecodeError, Unreadable):
        return "damaged"
    return "open" if os.name == "posix" and mode & 0o077 else signer


_in_use: list[Desk] = []


def use(key: Path, *, name: str, folder: Path, create_key: bool) -> None:
    """At start-up; `create_key` where nothing was signed yet."""
    if create_key and not key.exists():
        create(key, name)
    _in_use[:] = [Desk(key, name=name, folder=folder)]


def desk() -> Desk:
    assert _in_use, "keepings.use() comes first"
    return _in_use[0]


def _written_beside(path: Path, text: str, mode: int = 0o600) -> Path:
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    opened = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(opened, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return part


def _settle(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
