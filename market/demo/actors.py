"""The cast at the doors: each asks over HTTP with a session of their own, and is told what came.

malee = await enter(tale, "malee", code)
made = await malee.post("/api/v1/plots", {...})                     # JSON of a 2xx
await malee.refused("settlement.same_hands", "PUT", "/api/v1/…")    # this "no" and no other
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec

from market.demo.people import BY_KEY

PIN = "508294"
"""What the cast chooses when the walk lets them in."""


class Surprise(Exception):
    """Something answered otherwise than the story goes."""


def expect(holds: object, what: str) -> None:
    if not holds:
        raise Surprise(what)


class Tale:
    """Counts and prints the steps, each with what shows that it happened."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.steps = 0

    def tell(self, what: str, *evidence: object) -> None:
        self.steps += 1
        shown = "  ".join(str(each) for each in evidence)
        print(f"{self.steps:>3}. {what}\n     {shown}", flush=True)


class Actor:
    def __init__(self, tale: Tale, key: str = "", secret: str = "") -> None:
        self.tale, self.key = tale, key
        self.id = BY_KEY[key].id if key else ""
        self.http = httpx.AsyncClient(
            base_url=tale.origin, timeout=30, headers={"accept-language": "en"}
        )
        self.bear(secret)

    def bear(self, secret: str) -> None:
        if secret:
            self.http.headers["authorization"] = f"Bearer {secret}"

    async def get(self, path: str, **query: str) -> Any:
        return self._done(await self.http.get(path, params=query))

    async def post(self, path: str, body: object = None) -> Any:
        return self._done(await self._ask("POST", path, body))

    async def put(self, path: str, body: object = None) -> Any:
        return self._done(await self._ask("PUT", path, body))

    async def put_bytes(self, path: str, content: bytes) -> Any:
        return self._done(await self.http.put(path, content=content))

    async def refused(self, code: str, method: str, path: str, body: object = None) -> str:
        """Status, code and sentence of the refusal, as evidence."""
        answer = await self._ask(method, path, body)
        said = answer.json() if "json" in answer.headers.get("content-type", "") else {}
        expect(
            answer.status_code >= 400 and said.get("code") == code,
            f"{method} {path} was to be refused with {code}, got {answer.status_code} {said}",
        )
        return f"{answer.status_code} {code}: {said['title']}"

    async def page(self, path: str, *words: str) -> str:
        """A page for people: 200, and these words on it."""
        answer = await self.http.get(path, headers={"accept": "text/html"})
        expect(answer.status_code == 200, f"GET {path} answered {answer.status_code}")
        missing = [word for word in words if word not in answer.text]
        expect(not missing, f"GET {path} does not say {missing}")
        return f"GET {path} 200 ({len(answer.content):,} bytes)"

    async def file(self, path: str) -> bytes:
        answer = await self.http.get(path)
        expect(answer.status_code == 200, f"GET {path} answered {answer.status_code}")
        return answer.content

    async def step_up(self) -> None:
        """The PIN once more, as money and certificates ask."""
        let_in = await self.post("/api/v1/sessions/step-up", {"pin": PIN})
        self.bear(let_in["session_secret"])

    async def leave(self) -> None:
        await self.http.aclose()

    async def _ask(self, method: str, path: str, body: object) -> httpx.Response:
        if body is None:
            return await self.http.request(method, path)
        headers = {"content-type": "application/json"}
        content = msgspec.json.encode(body)
        return await self.http.request(method, path, content=content, headers=headers)

    def _done(self, answer: httpx.Response) -> Any:
        asked = answer.request
        said = f"{asked.method} {asked.url.path}: {answer.status_code} {answer.text[:600]}"
        expect(answer.is_success, said)
        return answer.json() if answer.content else None


async def enter(tale: Tale, key: str, code: str) -> Actor:
    """Sign in with the code from a printed card, on a device of one's own."""
    actor = Actor(tale, key)
    let_in = await actor.post("/api/v1/devices", {"code": code, "pin": PIN})
    expect(let_in["person"] == actor.id, f"the card of {key} let somebody else in")
    actor.bear(let_in["session_secret"])
    return actor


def now() -> datetime:
    return datetime.now(UTC)
