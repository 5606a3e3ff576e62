"""The only place that knows everybody: the doors, their guard, and what runs beside them."""

from __future__ import annotations

import gc
import importlib
import logging
import pkgutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from datetime import datetime
from functools import cache
from types import ModuleType
from typing import Any, NamedTuple, cast

from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from litestar.types import ASGIApp

from certification.basis import blobs, checkpoints, keepings
from certification.basis import clock as clocks
from certification.basis.database import Database
from certification.basis.transaction import run
from certification.credentials import keys as issuer
from certification.credentials import ring
from certification.people.commands import open_vault
from certification.people.rules import Actor
from market import api, folder, settings
from market.access import policy
from market.access.guard import (
    Clock,
    Guard,
    check_routes,
    operations,
    provide_at,
    provide_permit,
    system_clock,
)
from market.answers.doors import Doors
from market.answers.errors import Answers
from market.answers.headers import Headers
from market.answers.heads import Heads
from market.answers.language import EVERY, LanguagePrefix
from market.answers.shared import Shared
from market.answers.words import words
from market.api.docs import schema
from market.db import open_database
from market.domain.accounts import commands as accounts
from market.domain.accounts import pins, sessions
from market.domain.accounts.queries import standing
from market.domain.accounts.rules import TOUCH_EVERY
from market.domain.epcis import told
from market.domain.scans.counted import Counter
from market.gateways import line_login, planner, providers, slip_checks
from market.gateways.letters import Channel
from market.gateways.letters.line import Line
from market.gateways.letters.mail import Letters
from market.gateways.letters.sms import ShortMessages
from market.gateways.line_login import LineLogin
from market.gateways.witnesses import Asked
from market.hot import Hot
from market.jobs import running, sending, weather, witnessing
from market.jobs.counting import counting
from market.message_settings import Messages
from market.settings import Settings
from market.web import bell, page, pages

BODY_BYTES_MAX = 9_000_000
"""A photo of 8 MB and the form around it; the API's JSON is far below."""

log = logging.getLogger(__name__)


def prepare() -> None:
    """What every process that serves has in common. Done before they are forked, the second costs
    nothing, and one that dies is followed by another at once."""
    gc.disable()  # what is made here stays: to look through it takes a fifth of the start
    hung()
    for language in EVERY:
        words(language)  # read now: 0.1 s, in which whoever came first would make all others wait
    gc.collect()
    gc.freeze()  # what stays anyway is not looked through for garbage: 0.1 s, amid somebody's scan
    gc.enable()


def serve() -> ASGIApp:
    """What the server calls: everything by the environment."""
    prepare()
    said = settings.read()
    return build(said, jobs=said.worker == "here")


def build(said: Settings, *, clock: Clock = system_clock, jobs: bool = True) -> ASGIApp:
    """The service; the database is opened when it starts and closed when it ends."""
    scans = Counter()

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        async with opened(said):
            if jobs:
                checkpoints.ensure_can_sign()
            await issuer.ensure_can_sign()
            async with running(clock, on=jobs), counting(scans, clock), planner.ending():
                yield

    return in_front_of(doors(said, clock=clock, served=lifespan), clock, scans)


def in_front_of(app: Litestar, clock: Clock = system_clock, scans: Counter | None = None) -> Hot:
    return Hot(Heads(LanguagePrefix(cast("ASGIApp", app))), app, clock, scans)


class Hung(NamedTuple):
    app: Litestar
    guard: Guard
    headers: Headers


@cache
def hung() -> Hung:
    """Every door in its place, whatever the settings: seconds of work, so once in a process. It
    does not start with a route the policy does not know."""
    allowed, shared = policy.read(), Shared()
    guard, headers = Guard(allowed, whoever), Headers()
    app = Doors(
        handlers(),
        guards=[guard],
        before_request=bell.count,
        before_send=[headers, shared],
        exception_handlers=cast("Any", Answers(page.render).handlers),
        dependencies={
            "permit": Provide(provide_permit, sync_to_thread=False),
            "at": Provide(provide_at, sync_to_thread=False),
        },
        state=State({"policy": allowed}),
        request_max_body_size=BODY_BYTES_MAX,
        lifespan=[lambda app: app.state.served()],
        openapi_config=None,  # its router answers what is unknown below it with a page of its own
        logging_config=None,
    )
    check_routes(app, allowed)
    shared.open_where(operations(app))
    return Hung(app, guard, headers)


def doors(
    said: Settings,
    *,
    clock: Clock = system_clock,
    served: Callable[[], AbstractAsyncContextManager[None]] = nullcontext,
) -> Litestar:
    """The Litestar app alone. A process has one: whoever it went by before, it does so no more."""
    app, guard, headers = hung()
    guard.go_by(origin=said.origin, cookie=cookie(said), clock=clock)
    headers.go_by(said.origin)
    app.state = State(
        {
            "settings": said,
            "clock": clock,
            "cookie": cookie(said),
            "openapi": schema,
            "policy": guard.policy,
            "served": served,
        }
    )
    return app


@asynccontextmanager
async def opened(said: Settings) -> AsyncIterator[Database]:
    """Database, vault and blobs, each where the settings say; nobody replaces them meanwhile."""
    with folder.shared(said.data):
        blobs.use(said.data / "blobs")
        db = await open_database(said.database_url)
        try:
            await open_vault(said.data / "keys" / "vault.key")
            await accounts.open_pins(said.data / "keys" / "pepper.key")
            await open_desk(said)
            async with clocks.kept(db):
                yield db
        finally:
            pins.close()
            await db.close()


async def open_desk(said: Settings) -> None:
    """Where checkpoints and credentials are signed; a key is made where none has signed yet. Others
    are told of lots and land under this origin."""
    told.use(said.origin)
    keepings.use(
        said.data / "keys" / keepings.KEY,
        name=said.first_log_name,
        folder=said.checkpoints,
        create_key=not await checkpoints.anything_signed(),
    )
    witnessing.use([Asked(url, witness) for url, witness in said.witnesses])
    weather.use(said.weather_url)
    sending.use(channels(said.messages), said.origin)
    line_login.use(LineLogin(*said.line_login) if said.line_login else None)
    slip_checks.use(slip_checks.checker(said.slip_check))
    providers.use(said.origin)
    keyring = ring.use(said.data / "keys")
    if not await issuer.published():
        keyring.create(keyring.first)


def channels(said: Messages) -> list[Channel]:
    """Those that somebody has set up; none otherwise."""
    found: list[Channel] = []
    if said.line:
        found.append(Line(said.line.token))
    if said.sms:
        found.append(ShortMessages(said.sms))
    if said.mail:
        found.append(Letters(said.mail))
    return found


async def whoever(secret: str, at: datetime) -> Actor | None:
    """Who bears this secret now; a session that is used does not fall asleep."""
    found = await standing(secret, at)
    if found is None:
        return None
    if at - found.seen_at > TOUCH_EVERY:
        await run(sessions.touch, secret, at=at)
    return found.actor


def cookie(said: Settings) -> str:
    """`__Host-` ties it to this host and https; plain http (this machine only) cannot have it."""
    return "__Host-market" if said.secure else "market"


def handlers() -> list[Any]:
    """`DOORS` of every module in api/ and web/pages/."""
    found: list[Any] = []
    for package in (api, pages):
        for module in _modules(package):
            found += getattr(importlib.import_module(module), "DOORS", [])
    return found


def _modules(package: ModuleType) -> list[str]:
    names = (m.name for m in pkgutil.iter_modules(package.__path__, f"{package.__name__}."))
    return sorted(names)
