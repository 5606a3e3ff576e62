"""`market keys`: which keys sign credentials; another one from now on; one that was stolen."""

from __future__ import annotations

import argparse
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from certification.basis.transaction import run
from certification.basis.units import THAILAND
from certification.credentials import commands, did, keys
from market.access.guard import system_clock
from market.answers.terminal import tell
from market.app import opened
from market.settings import Settings

BY = "console"
"""Whoever stands before the machine; what they did is in the public record."""
Waiting = Callable[
    [Callable[[Settings, argparse.Namespace], Awaitable[int]]],
    Callable[[Settings, argparse.Namespace], int],
]


def add_to(top: Any, waiting: Waiting) -> None:
    words = top.add_parser("keys", help="what signs certificates as files").add_subparsers(
        required=True, metavar="WORD"
    )
    words.add_parser("show", help="all that ever signed").set_defaults(run=waiting(show))
    changes = words.add_parser("rotate", help="another signs from now on; the old one still checks")
    changes.set_defaults(run=waiting(rotate))
    gone = words.add_parser("revoke", help="one that fell into other hands")
    gone.add_argument("number", type=int, metavar="NUMBER", help="1 is #key-1")
    gone.add_argument(
        "--since", type=_moment, metavar="MOMENT",
        help="such as 2026-11-22T09:00: nothing it signed since is to be believed",
    )  # fmt: skip
    gone.set_defaults(run=waiting(revoke))


async def show(said: Settings, _: argparse.Namespace) -> int:
    async with opened(said):
        await _show(said)
        await keys.ensure_can_sign()
    return 0


async def rotate(said: Settings, _: argparse.Namespace) -> int:
    async with opened(said):
        await run(commands.rotate, by=BY, at=system_clock())
        await _changed(said)
    return 0


async def revoke(said: Settings, given: argparse.Namespace) -> int:
    async with opened(said):
        at = system_clock()
        await run(commands.revoke, given.number, given.since or at, by=BY, at=at)
        await _changed(said)
    return 0


async def _changed(said: Settings) -> None:
    await _show(said)
    tell("What was signed before can still be checked. The key is a new one: print it, and keep it"
         " apart from the backups: market backup --keys FILE")  # fmt: skip


async def _show(said: Settings) -> None:
    print(did.of_origin(said.origin))
    for key in await keys.published():
        ends = [
            f"{word} {did.moment(when)}"
            for word, when in (("retired", key.retired_at), ("revoked", key.revoked_at))
            if when
        ]
        state = ", ".join(ends) or "signs"
        print(f"#key-{key.number}  {key.verifier}  since {did.moment(key.at)}  {state}")


def _moment(said: str) -> datetime:
    """Without a zone it is the village's time."""
    moment = datetime.fromisoformat(said)
    return moment if moment.tzinfo else moment.replace(tzinfo=THAILAND)
