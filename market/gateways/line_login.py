"""LINE Login: OpenID Connect by code with PKCE; who it was is read from a token that LINE signed.

Off without a channel. What is believed: the token's signature with our channel's secret (HS256, as
LINE signs for web pages; no other), its issuer, our channel, its time, and the nonce that this very
browser was sent with. An e-mail address is never asked for.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from hashlib import sha256
from typing import Annotated
from urllib.parse import urlencode

import httpx
import msgspec

AUTHORIZE = "https://access.line.me/oauth2/v2.1/authorize"
TOKEN = "https://api.line.me/oauth2/v2.1/token"  # noqa: S105  (an address)
ISSUER = "https://access.line.me"
TIMEOUT_S = 10.0
SKEW_S = 120
"""By how much LINE's clock may be ahead of ours."""
ANSWER_MAX = 20_000


class NotBelieved(Exception):
    """The code is spent or another's, or the token is not what LINE signs for us now."""


class Unreachable(Exception):
    """No answer, or none of those that LINE gives: to be tried again."""


class Known(msgspec.Struct, frozen=True):
    subject: str
    """LINE's name for this person at our channel; the same every time."""
    name: str


class Sent(msgspec.Struct, frozen=True):
    """What one browser is sent away with and must come back with; see `sent`."""

    state: str
    nonce: str
    verifier: str

    @property
    def challenge(self) -> str:
        return _bare(sha256(self.verifier.encode()).digest())


class _Head(msgspec.Struct, frozen=True):
    alg: str


class _Claims(msgspec.Struct, frozen=True):
    iss: str
    sub: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    aud: str
    exp: int
    iat: int
    nonce: str = ""
    name: str = ""


class _Token(msgspec.Struct, frozen=True):
    id_token: Annotated[str, msgspec.Meta(max_length=ANSWER_MAX)]


class LineLogin:
    def __init__(
        self, channel: str, secret: str, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self.channel, self._secret, self._transport = channel, secret, transport

    def address(self, sent: Sent, back: str, language: str) -> str:
        asked = {
            "response_type": "code", "client_id": self.channel, "redirect_uri": back,
            "state": sent.state, "scope": "openid profile", "nonce": sent.nonce,
            "code_challenge": sent.challenge, "code_challenge_method": "S256",
            "ui_locales": language,
        }  # fmt: skip
        return f"{AUTHORIZE}?{urlencode(asked)}"

    async def who(self, code: str, sent: Sent, back: str, at: datetime) -> Known:
        asked = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": back,
            "client_id": self.channel, "client_secret": self._secret,
            "code_verifier": sent.verifier,
        }  # fmt: skip
        try:
            async with httpx.AsyncClient(transport=self._transport, timeout=TIMEOUT_S) as client:
                said = await client.post(TOKEN, data=asked)
        except httpx.HTTPError as no:
            raise Unreachable from no
        if 400 <= said.status_code < 500:
            raise NotBelieved
        try:
            token = msgspec.json.decode(said.content[:ANSWER_MAX], type=_Token)
        except msgspec.MsgspecError as no:
            raise Unreachable from no
        return verified(token.id_token, self.channel, self._secret, sent.nonce, at)


def sent(secret: str) -> Sent:
    """All three follow from what the browser's cookie keeps, and none from another of them."""
    return Sent(
        *(_bare(sha256(f"{of}.{secret}".encode()).digest()) for of in Sent.__struct_fields__)
    )


def verified(token: str, channel: str, secret: str, nonce: str, at: datetime) -> Known:
    """NotBelieved."""
    signed, _, signature = token.rpartition(".")
    head, _, body = signed.partition(".")
    right = hmac.digest(secret.encode(), signed.encode(), "sha256")
    try:
        if msgspec.json.decode(_read(head), type=_Head).alg != "HS256":
            raise NotBelieved
        if not hmac.compare_digest(_read(signature), right):
            raise NotBelieved
        claims = msgspec.json.decode(_read(body), type=_Claims)
    except (ValueError, msgspec.MsgspecError) as no:
        raise NotBelieved from no
    now = at.timestamp()
    fits = claims.iss == ISSUER and claims.aud == channel
    in_time = claims.iat - SKEW_S <= now < claims.exp
    if not (fits and in_time and hmac.compare_digest(claims.nonce.encode(), nonce.encode())):
        raise NotBelieved
    return Known(claims.sub, claims.name)


def _bare(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _read(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


_in_use: list[LineLogin] = []


def use(login: LineLogin | None) -> None:
    _in_use[:] = [login] if login else []


def in_use() -> LineLogin | None:
    """None: it is off."""
    return _in_use[0] if _in_use else None
