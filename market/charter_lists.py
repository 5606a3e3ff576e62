"""`market schemes`: the questions and the input list of a charter's draft, from tables and back."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from certification.basis.refusal import Invalid
from certification.basis.transaction import run
from certification.groups import queries as groups
from certification.people import queries as people
from certification.schemes import changes, commands, lists, queries
from certification.schemes.queries import Draft
from certification.schemes.refusals import DraftMissing, ListUnreadable
from certification.schemes.rules import Content, unsound
from market.access.guard import system_clock
from market.access.refusals import NotAllowed
from market.answers.terminal import tell
from market.app import opened
from market.settings import Settings

EDITORS = ("secretariat", "committee")
SAID: dict[changes.Where, str] = {
    "checklist": "Questions: {added} new, {changed} changed, {moved} moved, {removed} taken out",
    "inputs": "Input list: {added} new, {changed} changed, {removed} taken out",
}
FILES = {"items": "items.csv", "inputs": "inputs.csv"}
Waiting = Callable[
    [Callable[[Settings, argparse.Namespace], Awaitable[int]]],
    Callable[[Settings, argparse.Namespace], int],
]


def add_to(commands: Any, waiting: Waiting) -> None:
    schemes = commands.add_parser("schemes", help="the lists of a charter's draft, as tables (CSV)")
    does = schemes.add_subparsers(required=True, metavar="WHAT")

    shown = does.add_parser("list", help="every scheme, its newest version, and whether it changes")
    shown.set_defaults(run=waiting(run_list))

    taken = does.add_parser("export", help="questions and input list, of the draft if there is one")
    taken.add_argument("scheme", metavar="SCHEME", help="its short name, such as sgs-pgs")
    taken.add_argument("folder", type=Path, metavar="FOLDER")
    taken.set_defaults(run=waiting(run_export))

    brought = does.add_parser("import", help="into the draft; one is begun where there is none")
    brought.add_argument("scheme", metavar="SCHEME")
    brought.add_argument("--items", type=Path, metavar="FILE", help="the questions of the visit")
    brought.add_argument("--inputs", type=Path, metavar="FILE", help="the input list")
    brought.add_argument("--by", required=True, metavar="WHO", help="phone or member number")
    brought.add_argument("--dry-run", action="store_true", help="say what would change, and end")
    brought.set_defaults(run=waiting(run_import))


async def run_list(said: Settings, _: argparse.Namespace) -> int:
    async with opened(said):
        for scheme in await queries.founded():
            versions = await queries.versions(scheme.code)
            draft = await _draft(scheme.code)
            tell(
                "{scheme}: version {version}, revision of the draft {revision}",
                scheme=scheme.code, version=versions[-1].version if versions else "–",
                revision=draft.revision if draft else "–",
            )  # fmt: skip
    return 0


async def run_export(said: Settings, given: argparse.Namespace) -> int:
    async with opened(said):
        await queries.scheme(given.scheme)
        draft = await _draft(given.scheme)
        content = draft.content if draft else await _newest(given.scheme)
    given.folder.mkdir(parents=True, exist_ok=True)
    for name, file in FILES.items():
        (given.folder / file).write_bytes(lists.written(name, content))
    tell("Written to {path}: {files}", path=str(given.folder), files=list(FILES.values()))
    return 0


async def run_import(said: Settings, given: argparse.Namespace) -> int:
    """Both lists or neither; what is judged only when the draft is published is said here too."""
    if not given.items and not given.inputs:
        tell("Name a file with --items, or one with --inputs.")
        return 2
    async with opened(said):
        at = system_clock()
        by = await _editor(given.scheme, given.by, at)
        draft = await _draft(given.scheme)
        before = draft.content if draft else await _newest(given.scheme)
        wished = _read(before, given.items, given.inputs)
        _say(before, wished)
        if not given.dry_run:
            seen = draft.revision if draft else 0
            revision = await run(_save, given.scheme, wished, seen, by=by, at=at)
            tell("Saved in the draft of {scheme}, revision {n}.", scheme=given.scheme, n=revision)
    return 0


async def _editor(scheme: str, who: str, at: datetime) -> str:
    """Of the network that owns the scheme."""
    owner = (await queries.scheme(scheme)).owner
    may = {one for role in EDITORS for one in await groups.holders_of(role, owner, at)}
    named = await _numbered(who)
    found = next((one for one in named if one in may), None)
    if found is None:
        raise NotAllowed
    return found


async def _numbered(who: str) -> list[str]:
    found: list[str] = []
    with suppress(Invalid):
        found += [await people.by_member_number(who) or ""]
    with suppress(Invalid):
        found += await people.by_phone(who)
    return found


async def _draft(scheme: str) -> Draft | None:
    try:
        return await queries.draft(scheme)
    except DraftMissing:
        return None


async def _newest(scheme: str) -> Content:
    versions = await queries.versions(scheme)
    if not versions:
        raise DraftMissing(scheme=scheme)
    return versions[-1].content


def _read(content: Content, items: Path | None, inputs: Path | None) -> Content:
    if items:
        content = msgspec.structs.replace(content, checklist=lists.read_items(_bytes(items)))
    if inputs:
        content = msgspec.structs.replace(content, inputs=lists.read_inputs(_bytes(inputs)))
    return content


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        raise ListUnreadable(field="file", line=1) from None


def _say(before: Content, wished: Content) -> None:
    found = Counter((one.where, one.what) for one in changes.between(before, wished))
    for where, key in SAID.items():
        tell(
            key, added=found[where, "added"], changed=found[where, "changed"],
            moved=found[where, "moved"], removed=found[where, "removed"],
        )  # fmt: skip
    if why := unsound(wished):
        tell("It cannot be published yet: look at {what}.", what=why)


async def _save(scheme: str, wished: Content, seen: int, *, by: str, at: datetime) -> int:
    """Over the draft as it was read; of two at once the second is refused."""
    if not seen:
        await commands.begin_draft(scheme, wished, by=by, at=at)
        return 1
    return await commands.save_draft(scheme, wished, seen=seen, by=by, at=at)
