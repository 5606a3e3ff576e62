"""The product's doors in a test: its own app on the test's database, with a clock that is set.

async def test_krit_sees_nothing(doors):
    krit = await doors.as_(KRIT)
    assert (await krit.get("/farm/plots/…")).status_code == 404
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from httpx import ASGITransport, AsyncClient, Response
from litestar import Litestar

from certification.basis.database import Database
from certification.basis.transaction import run
from market import app, settings
from market.access.guard import Guard
from market.app import open_desk
from market.domain.accounts import commands as accounts
from market.domain.accounts import pins
from tests.cast import NOW, Village, village

ORIGIN = "http://testserver.local"
PIN = "508294"
CHEAP = pins.Cost(memory_kib=8, passes=1)


class Goer(Protocol):
    """Whose clock and settings the doors go by."""

    now: datetime
    settings: settings.Settings


class Doors:
    """`as_(person)` is a browser in which that person has just signed in; `stranger()` nobody's."""

    def __init__(self, there: Village, folder: Path) -> None:
        self.village = there
        self.now = NOW
        self.settings = settings.read({"MARKET_DATA": str(folder), "MARKET_ORIGIN": ORIGIN})
        self.app = hung(self)
        self._known: dict[str, AsyncClient] = {}

    @property
    def guard(self) -> Guard:
        return next(one for one in self.app.guards if isinstance(one, Guard))

    def stranger(self, language: str = "th") -> AsyncClient:
        client = AsyncClient(
            transport=ASGITransport(self.app, raise_app_exceptions=False),  # in the test's own loop
            base_url=ORIGIN,
            follow_redirects=True,
        )
        client.headers["accept-language"] = language
        client.headers["sec-fetch-site"] = "same-origin"
        client.event_hooks["response"] = [_read]
        return client

    async def as_(self, person: str, language: str = "th") -> AsyncClient:
        if person not in self._known:
            code = await run(accounts.issue_code, person, by=person, at=self.now)
            let_in = await accounts.enrol(code, PIN, address="127.0.0.1", at=self.now)
            self.know(person, let_in.session_secret)
        self._known[person].headers["accept-language"] = language
        return self._known[person]

    def know(self, person: str, secret: str) -> None:
        """Who has signed in already has a browser."""
        self._known[person] = self.stranger()
        self._known[person].cookies.set(self.app.state.cookie, secret)

    def secrets(self) -> dict[str, str]:
        """Of everybody's session, by person."""
        return {who: one.cookies[self.app.state.cookie] for who, one in self._known.items()}

    def forget(self, person: str) -> None:
        """The browser is gone; the next `as_` signs in anew."""
        self._known.pop(person, None)

    async def step_up(self, person: str) -> None:
        """The person gives the PIN once more, as money and certificates ask."""
        client = await self.as_(person)
        secret = await accounts.step_up(
            client.cookies[self.app.state.cookie], PIN, address="127.0.0.1", at=self.now
        )
        client.cookies.clear()
        client.cookies.set(self.app.state.cookie, secret)

    def later(self, at: datetime | None = None, **since: int) -> None:
        self.now = at or self.now + timedelta(**since)


def known() -> Litestar:
    """The app, to be looked at and not to be changed: whose doors they are is another's."""
    return app.hung().app


def hung(there: Goer) -> Litestar:
    """The app, with the clock and the settings of `there`, and nobody listening at it any more."""
    made = app.doors(there.settings, clock=lambda: there.now)
    made.after_exception.clear()
    return made


async def _read(answer: Response) -> None:
    """A person reads a no-break space as a space; tests/web/test_typeset.py looks at the bytes."""
    if "text/html" in answer.headers.get("content-type", ""):
        answer._content = (await answer.aread()).replace(b"\xc2\xa0", b" ")


async def opened(db: Database, folder: Path) -> Doors:
    there = await village(db)
    await accounts.open_pins(folder / "keys" / "pepper.key", CHEAP)
    made = Doors(there, folder)
    await open_desk(made.settings)
    return made
