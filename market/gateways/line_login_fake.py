"""LINE's two addresses, played in memory: a code is good once; PKCE, nonce and channel hold."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from urllib.parse import parse_qs, urlsplit

import httpx
import msgspec

from market.gateways.line_login import ISSUER, _bare

LASTS = timedelta(hours=1)


class FakeLine(httpx.AsyncBaseTransport):
    def __init__(self, channel: str, secret: str, at: datetime) -> None:
        self.channel, self.secret, self.at = channel, secret, at
        self.down = False
        self.otherwise: dict[str, object] = {}
        """Claims that the next token has instead, or its `alg`."""
        self._given: dict[str, dict[str, str]] = {}
        self._names: dict[str, str] = {}

    def consents(self, address: str, subject: str, name: str) -> tuple[str, str]:
        """Somebody signs in at LINE and says yes: the code and state that come back."""
        asked = {key: value[0] for key, value in parse_qs(urlsplit(address).query).items()}
        assert asked["client_id"] == self.channel
        assert asked["code_challenge_method"] == "S256"
        assert "email" not in asked["scope"]
        code = token_urlsafe(16)
        self._given[code] = {**asked, "sub": subject, "name": name}
        return code, asked["state"]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.down:
            raise httpx.ConnectError("the line is down")
        said = {key: value[0] for key, value in parse_qs((await request.aread()).decode()).items()}
        known = self._given.pop(said["code"], None)
        proof = _bare(sha256(said["code_verifier"].encode()).digest())
        if (
            known is None or proof != known["code_challenge"]
            or said["redirect_uri"] != known["redirect_uri"]
            or (said["client_id"], said["client_secret"]) != (self.channel, self.secret)
        ):  # fmt: skip
            return httpx.Response(400, json={"error": "invalid_grant"})
        return httpx.Response(200, json={"access_token": "a", "id_token": self._token(known)})

    def _token(self, known: dict[str, str]) -> str:
        now = int(self.at.timestamp())
        claims = {
            "iss": ISSUER, "sub": known["sub"], "aud": self.channel, "iat": now,
            "exp": now + int(LASTS.total_seconds()), "nonce": known["nonce"],
            "name": known["name"], **self.otherwise,
        }  # fmt: skip
        head = {"typ": "JWT", "alg": claims.pop("alg", "HS256")}
        signed = ".".join(_bare(msgspec.json.encode(part)) for part in (head, claims))
        return f"{signed}.{_bare(hmac.digest(self.secret.encode(), signed.encode(), 'sha256'))}"
