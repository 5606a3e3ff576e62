"""PINs hashed slowly, two at a time, under a pepper that lies outside the database.

argon2id (RFC 9106) over HMAC-SHA-256(pepper, person and PIN). A million PINs are tried in a few
days by whoever has the database; without the pepper file they cannot begin. Never inside a
transaction: nobody shall wait for the database while a PIN is hashed.
"""

from __future__ import annotations

import asyncio
import hmac
import os
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from certification.basis.database import in_use

PEPPER_BYTES = 32
WORKERS = 2
T = TypeVar("T")


class PepperFault(RuntimeError):
    """The pepper file is missing, damaged, or readable by others."""


class Cost(msgspec.Struct, frozen=True):
    """OWASP's least for argon2id; a third of a second on a small server."""

    memory_kib: int = 19_456
    passes: int = 2


class _Pins:
    def __init__(self, pepper: bytes, cost: Cost) -> None:
        self.pepper = pepper
        self.hasher = PasswordHasher(
            time_cost=cost.passes, memory_cost=cost.memory_kib, parallelism=1
        )
        self.decoy = self.hasher.hash(secrets.token_hex())
        self.pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="pin")


_in_use: list[_Pins] = []


def create(path: Path) -> None:
    """A new pepper file, readable by its owner only; one that is there is never overwritten."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "wb") as file:
        file.write(secrets.token_bytes(PEPPER_BYTES))
        file.flush()
        os.fsync(file.fileno())


def is_at(path: Path) -> bool:
    return path.exists()


def use(path: Path, cost: Cost | None = None) -> None:
    try:
        pepper, mode = path.read_bytes(), path.stat().st_mode
    except FileNotFoundError:
        raise PepperFault(f"{path.name} is missing: without it no PIN can be right") from None
    if len(pepper) != PEPPER_BYTES:
        raise PepperFault(f"{path.name} is damaged: {len(pepper)} bytes, not {PEPPER_BYTES}")
    if os.name == "posix" and mode & 0o077:
        raise PepperFault(f"{path.name} can be read by others; chmod 600 it")
    close()
    _in_use.append(_Pins(pepper, cost or Cost()))


def close() -> None:
    """At the end of the process, or before another pepper: its threads end."""
    while _in_use:
        _in_use.pop().pool.shutdown()


async def hashed(person: str, pin: str) -> str:
    pins = _pins()
    peppered = _peppered(pins, person, pin)
    return await _apart(pins, lambda: pins.hasher.hash(peppered))


async def matches(person: str, pin: str, pin_hash: str | None) -> bool:
    """Without a hash the same work for nothing: nobody learns by waiting who is known."""
    pins = _pins()
    peppered = _peppered(pins, person, pin)
    held = pins.decoy if pin_hash is None else pin_hash
    return await _apart(pins, lambda: _verified(pins.hasher, held, peppered))


def pseudonym(address: str) -> str:
    """An IP address is personal, and so is a typed number; tries are counted under this."""
    return hmac.digest(_pins().pepper, f"address {address}".encode(), "sha256").hex()


def _pins() -> _Pins:
    assert _in_use, "pins.use() comes first"
    return _in_use[0]


def _peppered(pins: _Pins, person: str, pin: str) -> str:
    return hmac.digest(pins.pepper, f"pin {person} {pin}".encode(), "sha256").hex()


def _verified(hasher: PasswordHasher, pin_hash: str, peppered: str) -> bool:
    try:
        return hasher.verify(pin_hash, peppered)
    except (VerificationError, InvalidHashError):
        return False


async def _apart(pins: _Pins, work: Callable[[], T]) -> T:
    assert in_use().under_way() is None, "a PIN is hashed before the transaction begins"
    return await asyncio.get_running_loop().run_in_executor(pins.pool, work)
