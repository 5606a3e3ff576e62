"""`market checkpoint`, and `market verify --checkpoint`: the record's root, signed and held up."""

from __future__ import annotations

import argparse
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from certification.basis import checkpoints, witnesses
from certification.basis.ids import is_id
from certification.basis.proof import Fault
from certification.basis.witnesses import Judged, NotACheckpoint, NotAKey, SignedByAnother
from certification.draws import queries, verified
from certification.draws.rules import DrawMissing
from market import verify
from market.access.guard import system_clock
from market.answers.terminal import refuse, tell
from market.app import opened
from market.settings import Settings

NOT_CLEAN, NO_CHECKPOINT, UNKNOWN_KEY, TOO_FEW = 1, 3, 4, 5
REFUSED = {
    NotACheckpoint.code: NO_CHECKPOINT,
    NotAKey.code: UNKNOWN_KEY,
    SignedByAnother.code: UNKNOWN_KEY,
}
Waiting = Callable[
    [Callable[[Settings, argparse.Namespace], Awaitable[int]]],
    Callable[[Settings, argparse.Namespace], int],
]


def add_to(commands: Any, waiting: Waiting) -> None:
    signs = commands.add_parser("checkpoint", help="sign the record as it stands now")
    how = signs.add_mutually_exclusive_group()
    how.add_argument("--new-key", action="store_true", help="the old one signs once more beside it")
    how.add_argument(
        "--another-record", action="store_true",
        help="under a new name, when what was signed before is lost for good",
    )  # fmt: skip
    signs.set_defaults(run=waiting(run_checkpoint))

    checked = commands.add_parser("verify", help="recompute every invariant from the rows")
    among = " ".join(verify.VERIFIED)
    checked.add_argument(
        "what", nargs="*", type=_named, metavar="WHAT", help=f"{among}; or: draw ID"
    )
    checked.add_argument(
        "--checkpoint", type=Path, metavar="FILE", help="one that was kept elsewhere"
    )
    checked.add_argument("--key", metavar="KEY", help="whom to believe; otherwise who signed here")
    checked.set_defaults(run=waiting(run_verify))


async def run_checkpoint(said: Settings, given: argparse.Namespace) -> int:
    async with opened(said):
        at = system_clock()
        if given.new_key or given.another_record:
            signed = await checkpoints.renew(at=at, another_record=given.another_record)
            tell(
                "The key is a new one: print it (market backup --keys FILE) and tell the witnesses."
            )
        else:
            signed = await checkpoints.sign(at=at)
    tell(
        "Kept in {folder}. Send a copy where nobody of this machine reaches it.",
        folder=str(said.checkpoints),
    )
    print(f"{signed.verifier}\n\n{signed.note}", end="")
    return 0


async def run_verify(said: Settings, given: argparse.Namespace) -> int:
    """What is recomputed here, then what was kept elsewhere; the graver of the two is the end."""
    async with opened(said):
        ended = 0 if given.checkpoint is None else await _held_up(given.checkpoint, given.key)
        if ended in REFUSED.values():
            return ended
        if "draw" in given.what:
            return ended or await _draw(given.what)
        what = given.what or list(verify.VERIFIED)
        found = await verify.faults(what)
        if "log" in what:
            found += await witnesses.kept_faults()
    for fault in found:
        print(fault)
    print(f"{len(found)} faults" if found else "clean: every row is as the record says")
    return ended or (NOT_CLEAN if found else 0)


def _named(said: str) -> str:
    if said not in (*verify.VERIFIED, "draw") and not is_id(said):
        raise argparse.ArgumentTypeError(f"not among {' '.join(verify.VERIFIED)}, nor: draw ID")
    return said


async def _draw(said: list[str]) -> int:
    """Repeated from list, seed and checkpoint; which plots came out only once that is public."""
    ids = [one for one in said if is_id(one)]
    if len(said) != 2 or not ids:
        tell("Say which: market verify draw ID. The ID stands on the page of the draw.")
        return NOT_CLEAN
    try:
        found = await queries.draw(ids[0])
    except DrawMissing as no:
        refuse(no)
        return NOT_CLEAN
    faults = [Fault(*fault) for fault in await verified.faults(found.id)]
    told = await queries.told(found, system_clock())
    for name in ("list_digest", "commitment", "checkpoint_size", "checkpoint_root", "seed"):
        print(f"{name}: {getattr(told, name) or '-'}")
    print(f"drawn: {' '.join(told.drawn) or '-'} ({told.count} of {told.listed})")
    for fault in faults:
        print(fault)
    print(f"{len(faults)} faults" if faults else "clean: it comes out as it was kept")
    return NOT_CLEAN if faults else 0


async def _held_up(file: Path, key: str | None) -> int:
    try:
        known = await witnesses.known(_key(key))
        judged = await witnesses.judge(witnesses.read(file, known))
    except (NotACheckpoint, NotAKey, SignedByAnother) as no:
        refuse(no)
        return REFUSED[no.code]
    name = await checkpoints.origin()
    if judged.said.origin != name:
        tell(
            "That checkpoint is of the record {said}; the one here is called {name}.",
            said=judged.said.origin, name=name,
        )  # fmt: skip
    return _say(judged)


def _key(given: str | None) -> str | None:
    """As text, or a file that holds it."""
    if given and "+" not in given and Path(given).is_file():
        return Path(given).read_text(encoding="utf-8", errors="replace").strip()
    return given


def _say(judged: Judged) -> int:
    facts = {
        "size": judged.said.size, "entries": judged.entries, "until": judged.fits_until,
        "more": judged.entries - judged.said.size,
    }  # fmt: skip
    match judged.found:
        case "fits":
            tell(
                "The checkpoint fits: its {size} entries are in the record unchanged, and {more}"
                " came since.",
                **facts,
            )
            return 0
        case "shorter":
            tell(
                "ENTRIES ARE MISSING. The checkpoint was signed over {size} entries and there are"
                " {entries}: some were taken away, or an older backup was put back. Up to entry"
                " {until} another checkpoint still fits. Keep the file; look for a newer backup.",
                **facts,
            )
            return TOO_FEW
        case "rewritten":
            tell(
                "THE RECORD WAS REWRITTEN. This machine signed these {size} entries itself, and"
                " they are no longer the same. Up to entry {until} another checkpoint still fits."
                " Keep the file; compare with a backup.",
                **facts,
            )
        case "forked":
            tell(
                "THE RECORD WENT ON OTHERWISE. {size} entries were signed, but not the ones that"
                " are here: an older backup was put back and written on, or two records bear one"
                " name. Up to entry {until} another checkpoint still fits. Keep the file; ask who"
                " else keeps checkpoints.",
                **facts,
            )
    return NOT_CLEAN
