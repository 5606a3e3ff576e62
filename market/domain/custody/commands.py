"""Crates are made, filled, emptied, washed; each deed claims the crate's state first."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from piccolo.table import Table

from certification.basis import asked, codes, log
from certification.basis.database import in_use
from certification.basis.ids import following, new_id
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from market.domain.custody import queries, refusals, rules
from market.domain.custody.queries import CrateView
from market.domain.custody.rules import (
    CrateMoved,
    CratesMade,
    DefineKind,
    Emptied,
    Fill,
    Filled,
    KindDefined,
    MakeCrates,
    OfCrate,
    SetTerms,
    TermsSet,
)
from market.domain.custody.tables import Crate, CrateContent, CrateKind, CrateStep, CrateTerms
from market.domain.lots import queries as lots
from market.domain.places import queries as places

Rows = list[tuple[type[Table], str]]


async def define_kind(data: DefineKind, *, by: str, at: datetime) -> KindDefined:
    """With its first terms."""

    async def do() -> KindDefined:
        rules.ensure_kind(data)
        await insert(
            CrateKind(
                id=data.id, owner=data.owner, name_th=data.name_th.strip(),
                name_en=data.name_en.strip(), holds_grams=data.holds_grams,
                tare_grams=data.tare_grams, by=by, at=at,
            )
        )  # fmt: skip
        first = following(data.id, "terms")
        terms = SetTerms(first, data.id, data.deposit_satang, data.kept_satang, data.days)
        await _write_terms(terms, 1, by=by, at=at)
        event = KindDefined(data.id, data.owner, data.deposit_satang)
        rows = (CrateKind, data.id), (CrateTerms, first)
        log.append(event, *rows, subject=data.id, by=by, at=at)
        return event

    return await asked.once(data.id, "custody.define_kind", data, do, KindDefined, by=by, at=at)


async def set_terms(data: SetTerms, *, by: str, at: datetime) -> TermsSet:
    async def do() -> TermsSet:
        rules.ensure_terms(data)
        seq = (await queries.kind(data.kind)).seq + 1
        await _write_terms(data, seq, by=by, at=at)
        event = TermsSet(data.kind, seq, data.deposit_satang, data.kept_satang, data.days)
        log.append(event, (CrateTerms, data.id), subject=data.kind, by=by, at=at)
        return event

    return await asked.once(data.id, "custody.set_terms", data, do, TermsSet, by=by, at=at)


async def _write_terms(data: SetTerms, seq: int, *, by: str, at: datetime) -> None:
    await insert(
        CrateTerms(
            id=data.id, kind=data.kind, seq=seq, deposit_satang=data.deposit_satang,
            kept_satang=data.kept_satang, days=data.days, by=by, at=at,
        )
    )  # fmt: skip


async def make(data: MakeCrates, *, by: str, at: datetime) -> CratesMade:
    """So many new ones, each with a code of sixteen characters of its own."""
    do = partial(_make, data, by=by, at=at)
    return await asked.once(data.id, "custody.make", data, do, CratesMade, by=by, at=at)


async def _make(data: MakeCrates, *, by: str, at: datetime) -> CratesMade:
    rules.ensure_count(data.count)
    kind = await queries.kind(data.kind)
    if data.place:
        await ensure_place(data.place, kind.owner)
    made, rows = list[str](), Rows()
    for n in range(data.count):
        id = following(data.id, str(n))
        code = await codes.issue("crate", id, at=at, length=codes.LONG)
        await insert(
            Crate(
                id=id, code=code, kind=kind.id, owner=kind.owner, state="ready", seq=1,
                place=data.place, by=by, at=at,
            )
        )  # fmt: skip
        step = CrateStep(
            id=new_id(), crate=id, seq=1, deed="made", state="ready", place=data.place,
            subject=None, by=by, at=at,
        )  # fmt: skip
        await insert(step)
        rows += [(Crate, id), (CrateStep, step.id)]
        made.append(code)
    event = CratesMade(kind.id, tuple(made))
    log.append(event, *rows, subject=kind.id, by=by, at=at)
    return event


async def fill(data: Fill, *, by: str, at: datetime) -> Filled:
    """Never more than the crate holds, and over all crates never more than is there."""
    do = partial(_fill, data, by=by, at=at)
    return await asked.once(data.id, "custody.fill", data, do, Filled, by=by, at=at)


async def _fill(data: Fill, *, by: str, at: datetime) -> Filled:
    rows = await claim(data.crate, "fill", by=by, at=at)
    crate, lot = await queries.crate(data.crate), await lots.lot(data.lot)
    if await queries.network_of(lot.group) != await queries.network_of(crate.owner):
        raise refusals.NotOurs()
    rules.ensure_holds(crate.holds_grams, crate.grams, data.grams)
    await take_in_hand(lot.id, lot.code, crated=data.grams)
    await insert(
        CrateContent(
            id=data.id, crate=crate.id, lot=lot.id, grams=data.grams, place=crate.place,
            by=by, at=at,
        )
    )  # fmt: skip
    event = Filled(crate.id, lot.id, data.grams)
    log.append(event, *rows, (CrateContent, data.id), subject=crate.id, by=by, at=at)
    return event


async def empty(data: OfCrate, *, by: str, at: datetime) -> Emptied:
    async def do() -> Emptied:
        rows = await claim(data.crate, "empty", by=by, at=at)
        inside = await queries.inside(data.crate)
        for one in inside:
            await let_go(one.lot, crated=one.grams)
        rows += await take_out([one.id for one in inside], by=by, at=at)
        event = Emptied(data.crate, sum(one.grams for one in inside))
        log.append(event, *rows, subject=data.crate, by=by, at=at)
        return event

    return await asked.once(data.id, "custody.empty", data, do, Emptied, by=by, at=at)


async def change(deed: str, data: OfCrate, *, by: str, at: datetime) -> CrateMoved:
    """To wash, find or retire it, or to tell that it is lost without having been lent."""
    assert deed in rules.CHANGES

    async def do() -> CrateMoved:
        rows = await claim(data.crate, deed, by=by, at=at)
        event = CrateMoved(data.crate, deed, rules.GO[deed][1])
        log.append(event, *rows, subject=data.crate, by=by, at=at)
        return event

    return await asked.once(data.id, f"custody.{deed}", data, do, CrateMoved, by=by, at=at)


# ── what loans and dispatches do to a crate, too ─────────────────────────────────────────────


async def claim(
    crate: str,
    deed: str,
    *,
    state: str = "",
    place: str | None = None,
    subject: str | None = None,
    by: str,
    at: datetime,
) -> Rows:
    """The check and the change are one statement: of two deeds at once one finds it elsewhere."""
    before, after = rules.GO[deed]
    wished = state or after
    marks = ", ".join(["{}"] * len(before))
    rows = await in_use().query(
        "UPDATE crate SET state = {}, seq = seq + 1, place = COALESCE({}, place)"  # noqa: S608
        f" WHERE id = {{}} AND state IN ({marks}) RETURNING seq, place",
        wished, place, crate, *before,
    )  # fmt: skip
    if not rows:
        found: CrateView = await queries.crate(crate)
        raise refusals.CrateIsElsewhere(deed=deed, state=found.state, crate=found.code)
    step = CrateStep(
        id=new_id(), crate=crate, seq=int(rows[0]["seq"]), deed=deed, state=wished,
        place=rows[0]["place"], subject=subject, by=by, at=at,
    )  # fmt: skip
    await insert(step)
    return [(Crate, crate), (CrateStep, step.id)]


async def take_in_hand(lot: str, code: str, *, crated: int = 0, moving: int = 0) -> None:
    """All who fill crates with a lot or send it wait for one row, and then count."""
    await in_use().query(
        "INSERT INTO lot_in_hand (lot, crated_grams, moving_grams) VALUES ({}, 0, 0)"
        " ON CONFLICT (lot) DO NOTHING",
        lot,
    )
    [row] = await in_use().query(
        "UPDATE lot_in_hand SET crated_grams = crated_grams + {}, moving_grams = moving_grams + {}"
        " WHERE lot = {} RETURNING crated_grams, moving_grams",
        crated, moving, lot,
    )  # fmt: skip
    before = row["crated_grams"] - crated, row["moving_grams"] - moving
    rules.ensure_there(await queries.there(lot), *before, crated + moving, code)


async def let_go(lot: str, *, crated: int = 0, moving: int = 0) -> None:
    await in_use().query(
        "UPDATE lot_in_hand SET crated_grams = crated_grams - {}, moving_grams = moving_grams - {}"
        " WHERE lot = {}",
        crated, moving, lot,
    )  # fmt: skip


async def take_out(contents: list[str], *, by: str, at: datetime) -> Rows:
    async with transaction():
        for id in contents:
            await in_use().query(
                "UPDATE crate_content SET out_at = {}, out_by = {} WHERE id = {}", at, by, id
            )
    return [(CrateContent, id) for id in contents]


async def ensure_place(place: str, owner: str) -> None:
    if (await places.place(place)).network != await queries.network_of(owner):
        raise refusals.NotOurs()
