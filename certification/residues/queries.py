"""Tests as they stand: a correction in the place of what it corrects, a laboratory's word last."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from certification.basis.ids import following
from certification.basis.text import Text
from certification.plots import queries as plots
from certification.residues import rules
from certification.residues.rules import Counted, Result, Seen, TestMissing, Waiting
from certification.residues.tables import ResidueSeen, ResidueTest
from certification.schemes import queries as schemes
from certification.schemes.settings import Chemical, Severity


class TestView(msgspec.Struct, frozen=True):
    """`cannot_see`: groups of substances of which it says nothing."""

    id: str
    organ: str
    scheme_version: str
    means: str
    means_name: Text
    taken_on: date
    results: tuple[Seen, ...]
    worst: Result
    cannot_see: tuple[Chemical, ...]
    plot: str | None
    lot: str | None
    lot_code: str | None
    place: str | None
    place_name: str | None
    crop: str | None
    sampled_by: str
    tested_by: str
    report: str | None
    scan: str | None
    confirm_by: date | None
    confirms: str | None
    corrects: str | None
    reason: str | None
    by: str
    at: datetime
    confirmed_by: str | None
    """The laboratory's test that answered."""
    corrected_by: str | None

    @property
    def judged(self) -> Severity | None:
        return rules.judged(self.worst, self.confirm_by)

    @property
    def waits(self) -> bool:
        return bool(self.confirm_by) and not self.confirmed_by and not self.corrected_by


class TestTold(msgspec.Struct, frozen=True):
    """What everybody may know of it: no person."""

    id: str
    means: str
    means_name: Text
    taken_on: date
    results: tuple[Seen, ...]
    worst: Result
    cannot_see: tuple[Chemical, ...]
    lot_code: str | None
    place_name: str | None
    report: str | None
    confirm_by: date | None
    waits: bool
    """For a laboratory."""
    confirms: bool
    answered: bool
    """A laboratory's test stands in its place."""
    corrected: bool


class Share(msgspec.Struct, frozen=True):
    """Samples of some time; a kit and the laboratory that answered it are one."""

    samples: int
    not_found: int
    safe: int
    unsafe: int
    waiting: int
    """Of those found, how many no laboratory has answered yet."""


def told(one: TestView) -> TestTold:
    alike = set(TestTold.__struct_fields__) - {"waits", "confirms", "answered", "corrected"}
    return TestTold(
        waits=one.waits, confirms=bool(one.confirms), answered=bool(one.confirmed_by),
        corrected=bool(one.corrected_by),
        **{name: getattr(one, name) for name in alike},
    )  # fmt: skip


async def test(id: str) -> TestView:
    found = await _tests(ResidueTest.id == id)
    if not found:
        raise TestMissing(test=id)
    return found[0]


async def rests_on(of: TestView) -> str | None:
    """The finding that came of it. A correction that says the same has none of its own: there that
    of what it corrects goes on."""
    while of.corrects and of.judged:
        before = await test(of.corrects)
        if before.judged != of.judged:
            break
        of = before
    return following(of.id, "finding") if of.plot and of.judged else None


async def of_plot(plot: str) -> list[TestView]:
    """Also of lots from it and under its earlier outlines; the newest first."""
    return await _tests(ResidueTest.plot.is_in(await plots.outlines(plot)))


async def of_lot(lot: str) -> list[TestView]:
    return await _tests(ResidueTest.lot == lot)


async def by_ids(ids: Sequence[str]) -> list[TestView]:
    return await _tests(ResidueTest.id.is_in([*ids])) if ids else []


async def of_organs(organs: Iterable[str]) -> list[TestView]:
    """Of land of these groups and of markets they held."""
    among = [*organs]
    return await _tests(ResidueTest.organ.is_in(among)) if among else []


async def lot_waits(lot: str) -> Waiting:
    """Whether a lot may be called organic: by the samples of just that lot."""
    return rules.of_goods(counted(await of_lot(lot)))


async def land_waits(plot: str, crop: str) -> bool:
    """Whether a sample from the field waits for a laboratory, of that crop or of no crop named."""
    found = [one for one in await of_plot(plot) if one.lot is None and one.crop in (None, crop)]
    return rules.of_goods(counted(found)) == "laboratory"


def counted(found: Sequence[TestView]) -> list[Counted]:
    """Of each sample one: not what was corrected, and a laboratory's answer for the kit's."""
    by_id = {one.id: one for one in found}
    standing = [one for one in found if not one.corrected_by and not one.confirms]
    return [Counted(*_result(one, by_id), one.taken_on, one.at) for one in standing]


def _result(one: TestView, by_id: dict[str, TestView]) -> tuple[Result, bool]:
    answer = by_id.get(one.confirmed_by or "")
    while answer and answer.corrected_by in by_id:
        answer = by_id[str(answer.corrected_by)]
    return (answer.worst if answer else one.worst), one.waits


async def share(organs: Iterable[str], since: date, until: date) -> Share:
    """For public figures: how many samples of a group's land and markets, and what was found."""
    found = [one for one in counted(await of_organs(organs)) if since <= one.taken_on <= until]
    count = {result: sum(one.result == result for one in found) for result in rules.WORST_LAST}
    return Share(
        len(found), count["not_found"], count["safe"], count["unsafe"],
        sum(one.waits for one in found),
    )  # fmt: skip


async def _tests(condition: Any) -> list[TestView]:
    rows = await (
        ResidueTest.select()
        .where(condition)
        .order_by(ResidueTest.taken_on, ResidueTest.at, ResidueTest.id, ascending=False)
    )
    if not rows:
        return []
    ids = [row["id"] for row in rows]
    seen: dict[str, list[Seen]] = {}
    for row in await ResidueSeen.select().where(ResidueSeen.test.is_in(ids)):
        seen.setdefault(row["test"], []).append(Seen(row["chemical"], row["result"]))
    later = await ResidueTest.select(
        ResidueTest.id, ResidueTest.confirms, ResidueTest.corrects
    ).where(ResidueTest.confirms.is_in(ids) | ResidueTest.corrects.is_in(ids))
    confirmed = {row["confirms"]: row["id"] for row in later}
    corrected = {row["corrects"]: row["id"] for row in later}
    return [await _view(row, seen[row["id"]], confirmed, corrected) for row in rows]


async def _view(
    row: dict[str, Any], seen: list[Seen], confirmed: dict[str, str], corrected: dict[str, str]
) -> TestView:
    seen.sort(key=lambda one: rules.CHEMICALS.index(one.chemical))
    charter = (await schemes.version(row["scheme_version"])).content.rules
    kit = rules.kit(row["means"], charter)
    more: dict[str, Any] = {
        "results": tuple(seen),
        "worst": rules.worst(one.result for one in seen),
        "cannot_see": rules.cannot_see([one.chemical for one in seen]),
        "means_name": kit.name if kit else LABORATORY,
        "confirmed_by": confirmed.get(row["id"]),
        "corrected_by": corrected.get(row["id"]),
    }
    names = [name for name in TestView.__struct_fields__ if name not in more]
    return TestView(**{name: row[name] for name in names}, **more)


LABORATORY = Text("ห้องปฏิบัติการ", "laboratory")
