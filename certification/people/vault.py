"""The vault's keys: one for each person, wrapped by a key file that lies outside the database.

AES-256-GCM (NIST SP 800-38D) with 96-bit random nonces in front of the ciphertext; the keys for
wrapping and for the blind index come from the file's 256 bits by HKDF-SHA-256 (RFC 5869). The
person's id is authenticated with everything, so a ciphertext moved to another row does not open.
Who has the database without the file has nothing; who loses the file has lost the names.
"""

from __future__ import annotations

import hmac
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES, NONCE_BYTES = 32, 12


class VaultFault(RuntimeError):
    """The key file is missing, damaged, readable by others, or belongs to another database."""


class _Keys:
    def __init__(self, root: bytes) -> None:
        self.wrapping = AESGCM(_derived(root, b"talat-khiao vault wrapping 1"))
        self.index = _derived(root, b"talat-khiao vault blind index 1")


_in_use: list[_Keys] = []


def create(path: Path) -> None:
    """A new key file, readable by its owner only; one that is there is never overwritten."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise VaultFault(f"{path.name}: there is a key file already; it stays") from None
    with os.fdopen(opened, "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())


def is_at(path: Path) -> bool:
    return path.exists()


def use(path: Path) -> None:
    """Read the key file, once at start-up; `queries.ensure_vault_fits` then tries it."""
    try:
        root, mode = path.read_bytes(), path.stat().st_mode
    except FileNotFoundError:
        raise VaultFault(
            f"{path.name} is missing: without it no name can be read; bring it back from where"
            " its copy is kept"
        ) from None
    if len(root) != KEY_BYTES:
        raise VaultFault(f"{path.name} is damaged: {len(root)} bytes, not {KEY_BYTES}")
    if os.name == "posix" and mode & 0o077:
        raise VaultFault(f"{path.name} can be read by others; chmod 600 it")
    _in_use[:] = [_Keys(root)]


def new_key(person: str) -> bytes:
    """A fresh key of this person, wrapped."""
    return _encrypt(_keys().wrapping, secrets.token_bytes(KEY_BYTES), f"key {person}")


def seal(person: str, wrapped_key: bytes, content: bytes, what: str = "particulars") -> bytes:
    """`what` is authenticated too: nothing that is sealed opens as something else."""
    return _encrypt(_unwrapped(person, wrapped_key), content, f"{what} {person}")


def unseal(person: str, wrapped_key: bytes, sealed: bytes, what: str = "particulars") -> bytes:
    """VaultFault when it was sealed under another key file, for another person, or edited."""
    return _decrypt(_unwrapped(person, wrapped_key), sealed, f"{what} {person}")


def blind_index(kind: str, normalised: str) -> str:
    """64 hex letters by which an exact value is found; `kind` keeps phone and number apart."""
    return hmac.digest(_keys().index, f"{kind}\0{normalised}".encode(), "sha256").hex()


def _keys() -> _Keys:
    assert _in_use, "vault.use() comes first"
    return _in_use[0]


def _unwrapped(person: str, wrapped_key: bytes) -> AESGCM:
    return AESGCM(_decrypt(_keys().wrapping, wrapped_key, f"key {person}"))


def _encrypt(key: AESGCM, content: bytes, bound_to: str) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + key.encrypt(nonce, content, bound_to.encode())


def _decrypt(key: AESGCM, sealed: bytes, bound_to: str) -> bytes:
    try:
        return key.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to.encode())
    except (InvalidTag, ValueError):
        raise VaultFault(
            f"{bound_to}: the key file does not open it; this key file belongs to another"
            " database, or the row was edited"
        ) from None


def _derived(root: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose).derive(root)
