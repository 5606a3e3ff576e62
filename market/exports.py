"""`market export …`: files that other systems read.

`epcis` is a lot's chain, a group's or a period's events; `acfs` the six tables for มกอช.; `fsma204`
the sortable spreadsheet of an exporter; `catalogue` what may be ordered, as other shops read it.
"""

from __future__ import annotations

import argparse
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from certification.basis import codes
from certification.basis.units import THAILAND, local_day
from market.access import exchange
from market.access.exchange import Asked
from market.access.guard import system_clock
from market.answers import exchanged
from market.answers.terminal import tell
from market.app import opened
from market.domain.epcis import document, queries
from market.domain.epcis.queries import Asked as Events
from market.domain.exchange import catalogue
from market.domain.trace.past import subject
from market.jobs import readers
from market.settings import Settings

Waiting = Callable[
    [Callable[[Settings, argparse.Namespace], Awaitable[int]]],
    Callable[[Settings, argparse.Namespace], int],
]


def add_to(commands: Any, waiting: Waiting) -> None:
    exported = commands.add_parser("export", help="files that other systems read")
    kinds = exported.add_subparsers(required=True, metavar="KIND")
    events = kinds.add_parser("epcis", help="what befell lots, as EPCIS 2.0 JSON-LD")
    which = events.add_mutually_exclusive_group()
    which.add_argument("--lot", metavar="CODE", help="all that anybody may know of one lot")
    which.add_argument("--group", metavar="CODE", help="of a group, or of a network's groups")
    events.add_argument("--from", dest="since", type=_day, metavar="DAY", help="such as 2026-11-01")
    events.add_argument("--until", type=_day, metavar="DAY", help="the last day")
    events.add_argument("--to", type=Path, required=True, metavar="FILE")
    events.set_defaults(run=waiting(run_epcis))
    _add_exchange(kinds, waiting)


def _add_exchange(kinds: Any, waiting: Waiting) -> None:
    tables = kinds.add_parser("acfs", help="six CSV tables of master data, as one ZIP")
    tables.add_argument("--names", action="store_true", help="the farmers by name")
    lines = kinds.add_parser("fsma204", help="critical tracking events: FILE.csv or FILE.xlsx")
    lines.add_argument("--lot", metavar="CODE", help="it, what went into it and what came of it")
    lines.add_argument("--from", dest="since", type=_day, metavar="DAY", help="such as 2026-11-01")
    lines.add_argument("--until", type=_day, metavar="DAY", help="the last day")
    for one in (tables, lines):
        one.add_argument("--group", required=True, metavar="CODE", help="of a group or a network")
        one.add_argument("--to", type=Path, required=True, metavar="FILE")
    tables.set_defaults(run=waiting(run_acfs))
    lines.set_defaults(run=waiting(run_fsma204))
    goods = kinds.add_parser("catalogue", help="what may be ordered now, as DFC JSON-LD")
    goods.add_argument("--to", type=Path, required=True, metavar="FILE")
    goods.set_defaults(run=waiting(run_catalogue))


async def run_epcis(said: Settings, given: argparse.Namespace) -> int:
    async with opened(said):
        await readers.tell_events()
        written = await _written(given, given.to)
    tell("{many} events written to {path}", many=written, path=str(given.to))
    return 0


async def _written(given: argparse.Namespace, to: Path) -> int:
    if given.lot:
        return await _lot(given.lot, to)
    groups = None
    if given.group:
        await subject(given.group, "group", "network")
        groups = frozenset([codes.read(given.group)])
    asked = Events(groups=groups, since=_begins(given.since), before=_ends(given.until))
    created = await queries.newest(asked) or system_clock()
    many = 0

    async def counted() -> AsyncIterator[str]:
        nonlocal many
        async for body in queries.stream(asked):
            many += 1
            yield body

    with to.open("wb") as file:
        async for part in document.streamed(created, counted()):
            file.write(part)
    return many


async def _lot(typed: str, to: Path) -> int:
    await subject(typed, "lot")
    told = await queries.chain(codes.read(typed))
    with to.open("wb") as file:
        file.write(document.document(told.newest or system_clock(), told.bodies))
    return len(told.bodies)


async def run_acfs(said: Settings, given: argparse.Namespace) -> int:
    return await _handed_out(said, given, exchanged.ALL_SIX, names=given.names)


async def run_fsma204(said: Settings, given: argparse.Namespace) -> int:
    end = "xlsx" if given.to.suffix == ".xlsx" else "csv"
    return await _handed_out(said, given, f"{exchanged.SORTABLE}.{end}")


async def _handed_out(
    said: Settings, given: argparse.Namespace, name: str, *, names: bool = False
) -> int:
    at = system_clock()
    since, until, lot = (getattr(given, part, None) for part in ("since", "until", "lot"))
    async with opened(said):
        group = await subject(given.group, "group", "network")
        asked = Asked(local_day(at), since, until, lot or "")
        scope = await exchange.reached(group, asked, names=names)
        await _write(given.to, exchanged.file(name, scope, said.origin, at).content)
    return 0


async def run_catalogue(said: Settings, given: argparse.Namespace) -> int:
    async with opened(said):
        await _write(given.to, catalogue.streamed(system_clock(), said.origin))
    return 0


async def _write(to: Path, content: AsyncIterator[bytes]) -> None:
    with to.open("wb") as file:
        async for part in content:
            file.write(part)
    tell("{path} is written.", path=str(to))


def _day(said: str) -> date:
    return date.fromisoformat(said)


def _begins(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), THAILAND) if day else None


def _ends(day: date | None) -> datetime | None:
    return _begins(day + timedelta(days=1)) if day else None
