"""`market …`: the commands of docs/contract, each a few lines over what does the work."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings

from certification.basis import checkpoints, schema
from certification.basis.ids import new_id
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.credentials import keys as issuer
from certification.groups import commands as groups
from certification.groups.rules import NETWORK, Found
from certification.people import commands as people
from certification.people.rules import Particulars
from certification.schemes import commands as schemes
from certification.schemes.presets import PRESETS, preset
from certification.schemes.rules import FoundScheme
from market import (
    charter_lists,
    checking,
    doctor,
    exports,
    issuing,
    keeping,
    roads,
    routes,
    settings,
    signing,
)
from market.access.guard import system_clock
from market.answers.terminal import refuse, tell
from market.answers.words import LANGUAGES, words
from market.app import opened, prepare
from market.db import MIGRATIONS, draft, engine_for
from market.demo import seed, walk
from market.domain.accounts import commands as accounts
from market.folder import FolderTaken
from market.jobs import forever
from market.settings import NonsenseInEnvironment, Settings

BACKLOG, AT_ONCE = 2_048, 128
HEADERS_WITHIN_MS = 10_000

Command = Callable[[Settings, argparse.Namespace], Awaitable[int]]


def main(arguments: Sequence[str] | None = None) -> int:
    given = parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    for name in ("port", "processes", "worker"):
        if getattr(given, name, None):
            os.environ[f"MARKET_{name.upper()}"] = str(getattr(given, name))
    try:
        ended: int = given.run(settings.read(), given)
        return ended
    except (NonsenseInEnvironment, FolderTaken) as nonsense:
        print(nonsense, file=sys.stderr)
        return 2
    except Refusal as no:
        refuse(no)
        return 1
    except KeyboardInterrupt:
        return 130


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="market", description="Talat Khiao (ตลาดเขียว)")
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    demo = commands.add_parser("demo", help="seed a demo network into an empty folder, serve it")
    demo.add_argument("--port", type=int)
    demo.add_argument("--walk", action="store_true", help="play the whole chain over HTTP and end")
    demo.set_defaults(run=run_demo)

    served = commands.add_parser("serve", help="the service, with readers and clock")
    served.add_argument("--port", type=int)
    served.add_argument(
        "--no-worker", dest="worker", action="store_const", const="apart",
        help="`market worker` runs apart",
    )  # fmt: skip
    served.add_argument("--processes", type=int, help="how many serve; PostgreSQL only")
    served.add_argument(
        "--clock-is-right", action="store_true", help="though entries of the record are to come"
    )
    served.set_defaults(run=run_serve)

    first = commands.add_parser("init", help="a real network's first person, who lets others in")
    first.add_argument("--name", required=True, help="of the person, as in the group's register")
    first.add_argument("--phone", required=True)
    first.add_argument("--network", help="name of the network to found at once, in Thai")
    first.add_argument("--province", default="90", help="of that network: two digits (DOPA)")
    first.add_argument("--preset", choices=PRESETS, help="its scheme, as a draft to be adopted")
    first.set_defaults(run=_waiting(init))

    for name, command, does in (
        ("worker", work, "the readers of the log and the clock"),
        ("doctor", run_doctor, "is everything where and as it should be?"),
    ):
        commands.add_parser(name, help=does).set_defaults(run=_waiting(command))

    newest = commands.add_parser("migrate", help="the schema to the newest, on either engine")
    newest.add_argument("--draft", action="store_true", help="for maintainers: print the schema")
    newest.set_defaults(run=_waiting(migrate))

    keeping.add_to(commands, _waiting)
    routes.add_to(commands)
    roads.add_to(commands)

    for part in (signing, issuing, charter_lists, exports):
        part.add_to(commands, _waiting)
    checking.add_to(commands)
    return top


def _waiting(command: Command) -> Callable[[Settings, argparse.Namespace], int]:
    async def called(said: Settings, given: argparse.Namespace) -> int:
        return await command(said, given)

    return lambda said, given: asyncio.run(called(said, given))


def run_demo(said: Settings, given: argparse.Namespace) -> int:
    asyncio.run(_ready(said))
    if given.walk:
        return asyncio.run(walk.walk(said))
    print(seed.welcome(said), flush=True)
    return _serve(said)


async def _ready(said: Settings) -> None:
    await _migrate(said)
    async with opened(said):
        await seed.when_empty(said, at=system_clock())


def run_serve(said: Settings, given: argparse.Namespace) -> int:
    asyncio.run(_migrate(said))
    if not given.clock_is_right:
        asyncio.run(doctor.ensure_clock(said, system_clock()))
    asyncio.run(_ensure_can_sign(said))
    return _serve(said)


async def _ensure_can_sign(said: Settings) -> None:
    async with opened(said):
        if said.worker == "here":
            checkpoints.ensure_can_sign()
        await issuer.ensure_can_sign()


def _serve(said: Settings) -> int:
    prepare()
    granian("market.app:serve", said.port, processes=said.processes, address=said.address).serve()
    return 0


def granian(target: str, port: int, *, processes: int = 1, address: str = "127.0.0.1") -> Any:
    """One thread for the network in each process: the village's machine has two cores.

    What comes while AT_ONCE are under way waits in the kernel: none of it has begun, so none of it
    is given up half done. Who is slow to say what is wanted is hung up on.
    """
    return Granian(
        target,
        address=address,
        port=port,
        interface=Interfaces.ASGI,
        factory=True,
        log_level="warning",  # type: ignore[arg-type]  # granian takes the name as well
        workers=processes,
        runtime_threads=1,
        backlog=BACKLOG,
        backpressure=AT_ONCE,
        http1_settings=HTTP1Settings(header_read_timeout=HEADERS_WITHIN_MS),
        workers_kill_timeout=5,
        respawn_failed_workers=True,
        respawn_interval=0.5,
    )


async def init(said: Settings, given: argparse.Namespace) -> int:
    """No default account: the one who has this machine makes the first admin, once."""
    await _migrate(said)
    async with opened(said):
        begun = Begun(given.network, given.province, given.preset)
        person = Particulars(given.name, given.phone)
        code = await run(first_person, person, system_clock(), begun)
    tell(
        "Open {address} and choose a PIN (once, within 14 days)",
        address=f"{said.origin}/sign-in?code={code}",
    )
    return 0


class Begun(NamedTuple):
    """What a real network founds with its first person."""

    network: str | None = None
    province: str = "90"
    preset: str | None = None


ALONE = Begun()


async def first_person(particulars: Particulars, at: datetime, begun: Begun = ALONE) -> str:
    person = new_id()
    await people.register(person, particulars, by=person, at=at)
    await groups.grant_first_admin(person, by=person, at=at)
    if begun.network:
        network = Found(new_id(), NETWORK, begun.network, begun.network, begun.province)
        await groups.found(network, by=person, at=at)
        if begun.preset:
            shipped = preset(begun.preset)
            prefix = shipped.rules.number_prefix
            scheme = FoundScheme(new_id(), shipped.scheme, prefix, network.id, begun.preset)
            await schemes.found(scheme, by=person, at=at)
    return await accounts.issue_code(person, by=person, at=at)


async def work(said: Settings, _: argparse.Namespace) -> int:
    async with opened(said):
        checkpoints.ensure_can_sign()
        await forever(system_clock, alive=(said.data / doctor.BEAT).touch)
    return 0


async def migrate(said: Settings, given: argparse.Namespace) -> int:
    if given.draft:
        print(draft(), end="")
        return 0
    applied = await _migrate(said)
    print("\n".join(applied) if applied else "the schema is the newest")
    return 0


async def _migrate(said: Settings) -> list[str]:
    said.data.mkdir(parents=True, exist_ok=True)
    db = engine_for(said.database_url)
    await db.open()
    try:
        return await schema.migrate(db, MIGRATIONS)
    finally:
        await db.close()


async def run_doctor(said: Settings, _: argparse.Namespace) -> int:
    """1 when something must be mended."""
    found = await doctor.findings(said, system_clock())
    for number, finding in enumerate(found, start=1):
        for language in LANGUAGES:
            print(f"{number}. {words(language)(finding.key, **finding.facts)}")
    if not found:
        tell("Everything is as it should be.")
    tell("No backup holds the keys. Print them, or keep them in a second place:"
         " market backup --keys FILE")  # fmt: skip
    return 1 if found else 0
