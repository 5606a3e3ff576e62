"""A witness that is none: as C2SP tlog-witness has it, in memory, and as bad as asked.

It checks signature and consistency with what strangers are given (`/log/verify.py`), which shares
no line with what makes our checkpoints and proofs.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable
from hashlib import sha256

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from market.web.verify_record import continues, ed25519


class FakeWitness(httpx.AsyncBaseTransport):
    """Knows one log by its key. `bad` is asked first and may answer or fail in its place."""

    def __init__(
        self,
        log_key: str,
        seconds: int,
        bad: Callable[[int], httpx.Response | Exception | None] = lambda _: None,
        name: str = "witness.example.org/w1",
    ) -> None:
        self.log, number, letters = log_key.split("+", 2)
        self.number, self.public = bytes.fromhex(number), b64decode(letters)[1:]
        self.seconds, self.bad, self.name = seconds, bad, name
        self.private = Ed25519PrivateKey.generate()
        self.size, self.root = 0, sha256(b"").digest()
        self.asked: list[str] = []

    @property
    def key(self) -> str:
        kind = b"\x04" + self.private.public_key().public_bytes_raw()
        return f"{self.name}+{self._number(kind).hex()}+{b64encode(kind).decode()}"

    def _number(self, kind: bytes) -> bytes:
        return sha256(self.name.encode() + b"\n" + kind).digest()[:4]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(str(request.url))
        instead = self.bad(len(self.asked))
        if isinstance(instead, Exception):
            raise instead
        return instead or self._answer((await request.aread()).decode())

    def _answer(self, body: str) -> httpx.Response:
        head, _, note = body.partition("\n\n")
        old, *steps = head.split("\n")
        text, _, signatures = note.rpartition("\n\n")
        origin, size, root = text.split("\n")[:3]
        if origin != self.log:
            return httpx.Response(404)
        given = [line.split(" ") for line in signatures.splitlines()]
        mine = [b64decode(letters) for _, name, letters in given if name == self.log]
        signed = [one[4:] for one in mine if one[:4] == self.number]
        if not any(ed25519(self.public, f"{text}\n".encode(), one) for one in signed):
            return httpx.Response(403)
        if int(old.removeprefix("old ")) != self.size:
            kind = {"content-type": "text/x.tlog.size"}
            return httpx.Response(409, text=f"{self.size}\n", headers=kind)
        now, proof = (int(size), b64decode(root)), [b64decode(step) for step in steps]
        if proof if self.size == 0 else not continues(self.size, self.root, *now, proof):
            return httpx.Response(422)
        self.size, self.root = now
        return httpx.Response(200, text=self._line(f"{text}\n"))

    def _line(self, text: str) -> str:
        said = f"cosignature/v1\ntime {self.seconds}\n{text}".encode()
        signed = self.seconds.to_bytes(8, "big") + self.private.sign(said)
        kind = b"\x04" + self.private.public_key().public_bytes_raw()
        return f"\u2014 {self.name} {b64encode(self._number(kind) + signed).decode()}\n"
