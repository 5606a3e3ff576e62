"""`market backup` and `market restore`: taken while serving, put back in one step."""

from __future__ import annotations

import argparse
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from certification.basis import checkpoints
from certification.basis.refusal import Refusal
from market.access.guard import system_clock
from market.answers.terminal import refuse, tell
from market.app import opened
from market.backup import keys
from market.backup.restore import bring_keys, drill, restore
from market.backup.take import take
from market.settings import Settings

Waiting = Callable[
    [Callable[[Settings, argparse.Namespace], Awaitable[int]]],
    Callable[[Settings, argparse.Namespace], int],
]


def add_to(commands: Any, waiting: Waiting) -> None:
    kept = commands.add_parser("backup", help="everything but the keys, sound while serving")
    kept.add_argument("to", nargs="?", type=Path, metavar="DEST", help="a folder that is not there")
    kept.add_argument("--keys", type=Path, metavar="FILE", help="the keys, for paper, kept apart")
    kept.set_defaults(run=waiting(run_backup))

    again = commands.add_parser("restore", help="a backup, verified, in the place of what is here")
    again.add_argument("source", nargs="?", type=Path, metavar="SRC")
    again.add_argument("--keys", type=Path, metavar="FILE", help="the key paper; alone: only keys")
    again.add_argument("--replace", action="store_true", help="what is here is kept beside")
    again.add_argument("--drill", action="store_true", help="all but the swap, while serving")
    again.set_defaults(run=waiting(run_restore))


async def run_backup(said: Settings, given: argparse.Namespace) -> int:
    if not given.to and not given.keys:
        tell("Name a folder for the backup, or a file with --keys.")
        return 2
    if given.keys:
        names = keys.write_paper(said.data / "keys", given.keys)
        tell(
            "Keys written to {path}: {names}. Print it, then keep it apart from every backup.",
            path=str(given.keys), names=names,
        )  # fmt: skip
    return await _back_up(said, given.to) if given.to else 0


async def _back_up(said: Settings, to: Path) -> int:
    manifest = await take(said, to, at=system_clock())
    tell(
        "Backup written to {path}: {rows} rows, {photos} photos, the record up to entry {entry}."
        " Every byte was read again.",
        path=str(to), rows=sum(table.rows for table in manifest.tables),
        photos=len(manifest.blobs), entry=manifest.log_seq,
    )  # fmt: skip
    tell(
        "The keys are not in it. Print them, or keep them in a second place:"
        " market backup --keys FILE"
    )
    if lost := manifest.lost_blobs:
        tell(
            "{photos} photos had been lost or altered on this disk before: {which}",
            photos=len(lost), which=lost,
        )  # fmt: skip
    return 1 if lost else 0


async def run_restore(said: Settings, given: argparse.Namespace) -> int:
    if not given.source and not given.keys:
        tell("Name a folder for the backup, or a file with --keys.")
        return 2
    if not given.source:
        names = await bring_keys(said, given.keys)
        tell("Keys brought back from paper: {names}.", names=names)
        return 0
    if given.drill:
        manifest = await drill(said, given.source, paper=given.keys)
        tell(
            "Drill passed: this backup would bring the market back as it was {made_at}."
            " Nothing was changed.",
            made_at=manifest.made_at,
        )  # fmt: skip
        return 0
    done = await restore(
        said, given.source, paper=given.keys, replace=given.replace, at=system_clock()
    )
    tell(
        "Restored: the market is as it was {made_at}. Everybody signs in again with their PIN.",
        made_at=done.manifest.made_at,
    )
    if done.way_out:
        tell(
            "The old state is kept beside. When you are sure that it is not needed: {way_out}",
            way_out=done.way_out,
        )
    await _say_what_was_signed_beyond(said)
    return 0


async def _say_what_was_signed_beyond(said: Settings) -> None:
    """The folder of checkpoints remembers what the backup does not."""
    async with opened(said):
        try:
            await checkpoints.ensure_continues()
        except Refusal as no:
            refuse(no)
