"""Where a request comes from and how it came, as the proxy in front says, if it is ours.

Anybody may write `X-Forwarded-For` and `X-Forwarded-Proto`; they are believed only from a peer that
stands in `MARKET_PROXY` (docs/settings.md). Of several addresses the last is the one our proxy saw.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from litestar.connection import ASGIConnection

Connection = ASGIConnection[Any, Any, Any, Any]
NOWHERE = "unknown"
"""A server on a socket file knows no address."""


def address_of(connection: Connection) -> str:
    """Whose tries are counted."""
    if not _through_our_proxy(connection):
        return _peer(connection)
    said = connection.headers.getall("x-forwarded-for", [])
    return _address(",".join(said).rpartition(",")[2]) or _peer(connection)


def scheme_of(connection: Connection) -> str:
    """`https` or `http`, between the reader and us or our proxy."""
    if not _through_our_proxy(connection):
        return connection.url.scheme
    said = ",".join(connection.headers.getall("x-forwarded-proto", []))
    return said.rpartition(",")[2].strip().lower() or connection.url.scheme


def _through_our_proxy(connection: Connection) -> bool:
    return _peer(connection) in connection.app.state.settings.proxies


def _peer(connection: Connection) -> str:
    if connection.client is None:
        return NOWHERE
    return _address(connection.client.host) or connection.client.host


def _address(said: str) -> str:
    """As it is compared: `::ffff:192.0.2.7` is 192.0.2.7; empty where it is none."""
    try:
        found = ip_address(said.strip().strip("[]"))
    except ValueError:
        return ""
    return str(getattr(found, "ipv4_mapped", None) or found)
