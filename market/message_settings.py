"""By which channels people are told outside the page: what the environment says of each.

Nothing said is nothing sent. What is half said is refused: a service that believes it tells people
and does not is worse than one that knows it cannot.
"""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import msgspec

THAIBULKSMS = "thaibulksms"


class HalfSaid(ValueError):
    """The message names the settings; never what they hold."""


class Line(msgspec.Struct, frozen=True):
    token: str
    secret: str
    """Signs what LINE tells us."""
    account: str
    """The official account's id with its @, which people add."""


class Sms(msgspec.Struct, frozen=True):
    url: str
    """`thaibulksms`, or an address that takes JSON."""
    token: str
    sender: str


class Mail(msgspec.Struct, frozen=True):
    host: str
    port: int
    tls: bool
    """From the first byte; otherwise STARTTLS, and without it only on this machine."""
    user: str
    password: str
    sender: str


class Messages(msgspec.Struct, frozen=True):
    line: Line | None = None
    sms: Sms | None = None
    mail: Mail | None = None


def read(
    *, line: tuple[str, str, str], sms: tuple[str, str, str], smtp: str, sender: str
) -> Messages:
    return Messages(
        Line(*_whole(line, "MARKET_LINE_TOKEN, MARKET_LINE_SECRET and MARKET_LINE_ACCOUNT"))
        if any(line)
        else None,
        _sms(sms) if any(sms) else None,
        _mail(smtp, sender) if smtp or sender else None,
    )


def _whole(said: tuple[str, str, str], names: str) -> tuple[str, str, str]:
    if not all(said) or not all(one.isascii() and one.isprintable() for one in said):
        raise HalfSaid(f"{names} belong together: give all of them or none")
    return said


def _sms(said: tuple[str, str, str]) -> Sms:
    found = Sms(*_whole(said, "MARKET_SMS, MARKET_SMS_TOKEN and MARKET_SMS_SENDER"))
    parts = urlsplit(found.url)
    if found.url != THAIBULKSMS and (parts.scheme != "https" or not parts.hostname):
        raise HalfSaid("MARKET_SMS may be thaibulksms or an address that begins with https://")
    if found.url == THAIBULKSMS and ":" not in found.token:
        raise HalfSaid("MARKET_SMS_TOKEN of thaibulksms is its key, a colon and its secret")
    return found


def _mail(smtp: str, sender: str) -> Mail:
    parts = urlsplit(smtp)
    try:
        port = parts.port or (465 if parts.scheme == "smtps" else 587)
    except ValueError:
        port = 0
    sound = parts.scheme in ("smtp", "smtps") and parts.hostname and port
    if not sound or "@" not in sender or not sender.isprintable():
        raise HalfSaid(
            "MARKET_SMTP may be smtp://USER:PASSWORD@HOST:587 or smtps://…, with MARKET_MAIL_FROM"
            " an address such as market@your.domain"
        )
    return Mail(
        str(parts.hostname), port, parts.scheme == "smtps",
        unquote(parts.username or ""), unquote(parts.password or ""), sender,
    )  # fmt: skip
