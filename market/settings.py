"""Everything the environment may say, read once; nonsense is refused before anything starts."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

ORIGIN_LETTERS_MAX = 42
"""`HTTPS://HOST/L/XXXXXXXX` must fit QR version 3 at level M: 61 alphanumeric characters; the rest
is kept for `/01/…` addresses of groups that own a GS1 prefix."""


class NonsenseInEnvironment(Exception):
    """A setting that cannot be meant; the message names it and says what it may be."""


class Settings(msgspec.Struct, frozen=True):
    """See docs/settings.md for each."""

    data: Path
    database_url: str
    origin: str
    port: int
    stripe_key: str
    stripe_webhook_secret: str

    @property
    def secure(self) -> bool:
        return self.origin.startswith("https://")


def read(environment: Mapping[str, str] | None = None) -> Settings:
    said = os.environ if environment is None else environment
    data = Path(said.get("MARKET_DATA", "./data")).absolute()
    port = _port(said.get("MARKET_PORT", "8000"))
    return Settings(
        data=data,
        database_url=_database(said.get("DATABASE_URL") or f"sqlite:///{data / 'market.sqlite'}"),
        origin=_origin(said.get("MARKET_ORIGIN") or f"http://127.0.0.1:{port}"),
        port=port,
        stripe_key=said.get("STRIPE_SECRET_KEY", ""),
        stripe_webhook_secret=said.get("STRIPE_WEBHOOK_SECRET", ""),
    )


def _port(said: str) -> int:
    if not said.isdecimal() or not 0 < int(said) < 65_536:
        raise NonsenseInEnvironment(f"MARKET_PORT is {said!r}; it may be 1 to 65535")
    return int(said)


def _database(said: str) -> str:
    if not said.startswith(("sqlite:///", "postgresql://")):
        raise NonsenseInEnvironment(
            "DATABASE_URL may begin with sqlite:/// or postgresql://"  # it may hold a password
        )
    return said


def _origin(said: str) -> str:
    parts = urlsplit(said)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise NonsenseInEnvironment(f"MARKET_ORIGIN is {said!r}; it may be https://your.domain")
    if parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        raise NonsenseInEnvironment(f"MARKET_ORIGIN is {said!r}; nothing may follow the domain")
    if len(said) > ORIGIN_LETTERS_MAX:
        raise NonsenseInEnvironment(
            f"MARKET_ORIGIN has {len(said)} letters; {ORIGIN_LETTERS_MAX} fit the code on a label"
        )
    return said
