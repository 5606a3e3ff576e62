"""Labels of crates: each of sixteen characters of its own, and who prints one again says why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

import msgspec

from certification.basis import asked, log
from certification.basis.ids import following
from certification.basis.inserting import insert
from market.domain.custody import labelled, queries, refusals
from market.domain.custody.queries import CrateView
from market.domain.custody.rules import COUNT_MAX
from market.domain.custody.tables import CrateLabel, CrateLabelRun
from market.domain.labels import rules as labels
from market.domain.labels.layouts import Level, Sheet


class PrintCrates(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Crates of one owner. Their labels stand in the order of codes."""

    id: str
    owner: str
    crates: tuple[str, ...]
    sheet: Sheet
    start_at: int = 1
    level: Level = "Q"
    """Crates get wet."""
    reason: labels.Again | None = None
    """Of labels that were printed before."""


class CratesLabelled(msgspec.Struct, frozen=True, tag="custody.labelled"):
    run: str
    owner: str
    labels: int
    reason: str = ""


async def print_labels(data: PrintCrates, *, by: str, at: datetime) -> CratesLabelled:
    do = partial(_print, data, by=by, at=at)
    return await asked.once(data.id, "custody.label", data, do, CratesLabelled, by=by, at=at)


async def _print(data: PrintCrates, *, by: str, at: datetime) -> CratesLabelled:
    labels.ensure_place(data.sheet, data.start_at)
    found = await queries.of_ids(data.crates)
    before = await labelled.times(data.crates)
    ensure(data, found, before)
    await insert(
        CrateLabelRun(
            id=data.id, owner=data.owner, sheet=data.sheet, start_at=data.start_at,
            level=data.level, reason=data.reason, by=by, at=at,
        )
    )  # fmt: skip
    made = [
        CrateLabel(id=following(data.id, one), run=data.id, crate=one, seq=before.get(one, 0) + 1)
        for one in data.crates
    ]
    await insert(*made)
    event = CratesLabelled(data.id, data.owner, len(made), data.reason or "")
    rows = [(CrateLabelRun, data.id), *((CrateLabel, one.id) for one in made)]
    log.append(event, *rows, subject=data.owner, by=by, at=at)
    return event


def ensure(data: PrintCrates, found: Sequence[CrateView], before: dict[str, int]) -> None:
    """First labels and reprints are told apart, so that the record says how many there can be."""
    if not 0 < len(data.crates) <= COUNT_MAX:
        raise refusals.CountWrong(field="crate", most=COUNT_MAX)
    if len(found) != len(data.crates):
        raise refusals.NoSuchCrate(field="crate")
    for one in found:
        if one.owner != data.owner:
            raise refusals.NotOurs()
        if one.state == "retired":
            raise refusals.CrateIsElsewhere(deed="label", state=one.state, crate=one.code)
    if data.reason is None and before:
        raise refusals.LabelledBefore(field="reason", count=len(before))
    if data.reason is not None and (new := len(found) - len(before)):
        raise refusals.NotLabelledYet(field="reason", count=new)
