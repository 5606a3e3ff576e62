"""The one guard. Every route names its operation: `@get(..., opt={"op": "plot.read"})`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from typing import Any

from litestar import Litestar, Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.routes import HTTPRoute

from certification.basis.clock import now
from certification.basis.refusal import Refusal
from certification.people.rules import Actor
from market.access import csrf
from market.access.address import scheme_of
from market.access.permit import Permit, Place, permit
from market.access.policy import Policy
from market.access.refusals import NotAText, NotSecure, StepUpNeeded

Connection = ASGIConnection[Any, Any, Any, Any]
FindActor = Callable[[str, datetime], Awaitable[Actor | None]]
"""From the secret of a session to who that is now, asked anew each time: so revoking is seen."""

STAFF = frozenset(["admin", "committee", "officer", "secretariat", "treasurer", "leader"])
LOOPBACK = frozenset(["127.0.0.1", "::1", "localhost", "testserver.local"])
BEARER = "bearer "
ASKS_NOBODY = "health.read"
"""The same whoever asks, and answered while the database is away: so no session is looked up."""


class Guard:
    """Finds the actor, checks the operation, and leaves a Permit in `connection.state.permit`."""

    def __init__(self, policy: Policy, find_actor: FindActor) -> None:
        self.policy = policy
        self.find_actor = find_actor

    def go_by(self, *, origin: str, cookie: str, clock: Clock) -> None:
        """Before anybody comes: where the market is, where a session is found, what time it is."""
        self.origin = origin
        self.cookie = cookie
        self.clock = clock

    async def __call__(self, connection: Connection, handler: BaseRouteHandler) -> None:
        if connection.scope.get("method") == "OPTIONS":  # Litestar's own: 204, says the methods
            return
        _ensure_text(connection)
        operation = handler.opt["op"]  # there, says `check_routes`; without it nothing is allowed
        csrf.check(connection, self.origin)
        connection.state.at = at = self.clock()
        asks = operation != ASKS_NOBODY
        connection.state.actor = actor = await self._actor(connection, at) if asks else None
        connection.state.policy = self.policy
        connection.state.permit = permit(self.policy, operation, actor)

    async def _actor(self, connection: Connection, at: datetime) -> Actor | None:
        said = connection.headers.get("authorization", "")
        secret = said[len(BEARER) :] if said.lower().startswith(BEARER) else ""
        secret = secret or connection.cookies.get(self.cookie, "")
        connection.state.session = secret
        actor = await self.find_actor(secret, at) if secret else None
        if actor and STAFF & {grant.role for grant in actor.grants} and not _secure(connection):
            raise NotSecure
        return actor


Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """The one place where the time of a request is read; where a server keeps the data, its."""
    return now()


def provide_permit(request: Request[Any, Any, Any]) -> Permit:
    granted: Permit = request.state.permit
    return granted


def may(request: Request[Any, Any, Any], operation: str, place: Place) -> bool:
    """Whether a page may offer this deed to its reader; the PIN may be asked on the way."""
    try:
        permit(request.state.policy, operation, request.state.actor).check(place)
    except StepUpNeeded:
        return True
    except Refusal:
        return False
    return True


def provide_at(request: Request[Any, Any, Any]) -> datetime:
    at: datetime = request.state.at
    return at


def check_routes(app: Litestar, policy: Policy) -> None:
    """Call once the app is built: it does not start with a route that the policy does not know."""
    policy.check_operations((f"{m} {path}", op) for m, path, op in operations(app))


def operations(app: Litestar) -> Iterator[tuple[str, str, object]]:
    for route in app.routes:
        if not isinstance(route, HTTPRoute):
            yield "ASGI", route.path_format, route.route_handler.opt.get("op")
            continue
        for handler in route.route_handlers:
            if handler.fn.__name__ != "options_handler":
                for method in sorted(handler.http_methods):
                    yield method, route.path_format, handler.opt.get("op")


def _ensure_text(connection: Connection) -> None:
    """No NUL in the address: PostgreSQL stores none, and breaks when it is asked for one."""
    if "\0" in connection.scope["path"] or b"%00" in connection.scope["query_string"]:
        raise NotAText


def _secure(connection: Connection) -> bool:
    """https, or this machine itself."""
    if scheme_of(connection) == "https":
        return True
    return (connection.url.hostname or "") in LOOPBACK
