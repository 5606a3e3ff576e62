"""Who is at the data folder: many serve and read at once, whoever replaces it is alone.

A lock of the operating system (flock), so a killed process leaves none behind.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOCK = "in-use.lock"


class FolderTaken(RuntimeError):
    """Somebody replaces what is in the data folder, or is there while one wants to."""


@contextmanager
def shared(data: Path) -> Iterator[None]:
    """To serve or read; FolderTaken while a restore is under way."""
    with _locked(data, fcntl.LOCK_SH, "a restore is under way in this data folder; start later"):
        yield


@contextmanager
def alone(data: Path) -> Iterator[None]:
    """To replace; FolderTaken while the service, a worker or another command is there."""
    with _locked(data, fcntl.LOCK_EX, "somebody is at this data folder"):
        yield


@contextmanager
def _locked(data: Path, how: int, why: str) -> Iterator[None]:
    data.mkdir(parents=True, exist_ok=True)
    with (data / LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, how | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FolderTaken(why) from None
        yield
