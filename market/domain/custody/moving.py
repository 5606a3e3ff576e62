"""Goods leave a place and are counted where they come; what differs is told and poured to waste."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import msgspec

from certification.basis import asked, log
from certification.basis.database import in_use
from certification.basis.ids import following
from certification.basis.inserting import insert
from market.domain.custody import moves, queries, refusals, under_way
from market.domain.custody.commands import (
    Rows,
    claim,
    ensure_place,
    let_go,
    take_in_hand,
    take_out,
)
from market.domain.custody.moves import (
    Counted,
    Differs,
    Dispatched,
    Explain,
    Explained,
    Line,
    Receive,
    Received,
    Send,
)
from market.domain.custody.tables import (
    Arrival,
    ArrivalLine,
    CrateContent,
    Difference,
    Dispatch,
    DispatchLine,
)
from market.domain.lots import commands as pours
from market.domain.lots import queries as lots


async def send(data: Send, *, by: str, at: datetime) -> Dispatched:
    """An arrival that was told before it, by a phone without signal, is matched at once."""
    do = partial(_send, data, by=by, at=at)
    return await asked.once(data.id, "custody.send", data, do, Dispatched, by=by, at=at)


async def _send(data: Send, *, by: str, at: datetime) -> Dispatched:
    moves.ensure_sent(data, at)
    network = await queries.network_of(data.owner)
    for place in (data.from_place, data.to_place):
        await ensure_place(place, data.owner)
    lines, rows = await _leave(data, network, by=by, at=at)
    await insert(
        Dispatch(
            id=data.id, owner=network, from_place=data.from_place, to_place=data.to_place,
            due_at=data.due_at, by=by, at=at,
        )
    )  # fmt: skip
    for n, line in enumerate(lines):
        id = following(data.id, f"line {n}")
        await insert(
            DispatchLine(id=id, dispatch=data.id, lot=line.lot, crate=line.crate, grams=line.grams)
        )
        rows.append((DispatchLine, id))
    met, more = await _meet_waiting(data.id, lines, by=by, at=at)
    event = Dispatched(
        data.id, data.from_place, data.to_place, sum(one.grams for one in lines),
        data.due_at.isoformat(), met,
    )  # fmt: skip
    log.append(event, (Dispatch, data.id), *rows, *more, subject=data.id, by=by, at=at)
    return event


async def _leave(data: Send, network: str, *, by: str, at: datetime) -> tuple[list[Line], Rows]:
    rows, lines = Rows(), list[Line]()
    for one in sorted(data.lots, key=lambda sent: sent.lot):
        lot = await lots.lot(one.lot)
        if await queries.network_of(lot.group) != network:
            raise refusals.NotOurs()
        await take_in_hand(lot.id, lot.code, moving=one.grams)
        lines.append(Line(lot.id, None, one.grams, lot.code))
    for id in sorted(data.crates):
        rows += await claim(id, "send", subject=data.id, by=by, at=at)
        crate = await queries.crate(id)
        if await queries.network_of(crate.owner) != network:
            raise refusals.NotOurs()
        inside = await queries.inside(id)
        lines += [Line(put.lot, id, put.grams, put.lot_code) for put in under_way.summed(inside)]
        if not inside:
            lines.append(Line(None, id, 0, crate.code))
    return lines, rows


async def _meet_waiting(
    dispatch: str, lines: list[Line], *, by: str, at: datetime
) -> tuple[str, Rows]:
    """The first that another than the sender counted; those beside it are void."""
    met, rows = "", Rows()
    for arrival in await under_way.waiting(dispatch):
        fits = not met and arrival.by != by
        state = "counted" if fits else "void"
        await in_use().query(
            "UPDATE custody_arrival SET state = {}, matched_at = {} WHERE id = {}",
            state, at, arrival.id,
        )  # fmt: skip
        rows.append((Arrival, arrival.id))
        if fits:
            met = arrival.id
            await in_use().query(
                "UPDATE custody_dispatch SET arrival = {} WHERE id = {}", met, dispatch
            )
            counted = await under_way.counted(met)
            rows += await _take_over(
                arrival.id, arrival.place, lines, counted, by=arrival.by, at=at
            )
    return met, rows


async def receive(data: Receive, *, by: str, at: datetime) -> Received:
    """Once for a dispatch; before its dispatch is known it waits for it."""
    do = partial(_receive, data, by=by, at=at)
    return await asked.once(data.id, "custody.receive", data, do, Received, by=by, at=at)


async def _receive(data: Receive, *, by: str, at: datetime) -> Received:
    moves.ensure_counts(data.lines)
    await _ensure_known(data.lines)
    claimed = await in_use().query(
        "UPDATE custody_dispatch SET arrival = {} WHERE id = {} AND arrival IS NULL"
        ' RETURNING "by", owner',
        data.id, data.dispatch,
    )  # fmt: skip
    if not claimed and await under_way.known(data.dispatch):
        raise refusals.ReceivedAlready()
    state = "counted" if claimed else "waits"
    rows = await _write(data, state, by=by, at=at)
    counted = sum(one.grams for one in data.lines)
    event = Received(data.id, data.dispatch, state, 0, counted)
    if claimed:
        moves.ensure_another(claimed[0]["by"], by)
        await ensure_place(data.place, claimed[0]["owner"])
        sent = await under_way.sent(data.dispatch)
        moves.ensure_told(sent, data.lines)
        rows.append((Dispatch, data.dispatch))
        rows += await _take_over(data.id, data.place, sent, data.lines, by=by, at=at)
        event = msgspec.structs.replace(event, sent_grams=sum(one.grams for one in sent))
    log.append(event, *rows, subject=data.dispatch, by=by, at=at)
    return event


async def _ensure_known(lines: tuple[Counted, ...]) -> None:
    for one in lines:
        if one.lot is not None:
            await lots.lot(one.lot)
        if one.crate is not None:
            await queries.crate(one.crate)


async def _write(data: Receive, state: str, *, by: str, at: datetime) -> Rows:
    await insert(
        Arrival(
            id=data.id, dispatch=data.dispatch, place=data.place, state=state, by=by, at=at,
            matched_at=at if state == "counted" else None,
        )
    )  # fmt: skip
    rows: Rows = [(Arrival, data.id)]
    for n, line in enumerate(data.lines):
        id = following(data.id, f"line {n}")
        await insert(
            ArrivalLine(
                id=id, arrival=data.id, lot=line.lot, crate=line.crate, grams=line.grams,
                reason=line.reason,
            )
        )  # fmt: skip
        rows.append((ArrivalLine, id))
    return rows


async def _take_over(
    arrival: str, place: str, sent: list[Line], counted: tuple[Counted, ...],
    *, by: str, at: datetime,
) -> Rows:  # fmt: skip
    """What was in no crate is under way no more; crates are here, or lost with what was in them."""
    rows = Rows()
    for line in sent:
        if line.crate is None and line.lot is not None:
            await let_go(line.lot, moving=line.grams)
    found = moves.differences(sent, counted)
    less = [one for one in found if one.crate and one.counted_grams < one.sent_grams]
    for one in less:
        rows += await _less_inside(one, arrival, place, by=by, at=at)
    for crate, here in moves.came(sent, counted).items():
        filled = bool(await queries.inside(crate))
        deed, state = ("arrive", "filled" if filled else "back") if here else ("miss", "lost")
        rows += await claim(crate, deed, state=state, place=place, subject=arrival, by=by, at=at)
    for n, one in enumerate(found):
        rows += await _differs(following(arrival, f"difference {n}"), arrival, one, by=by, at=at)
    return rows


async def _less_inside(one: Differs, arrival: str, place: str, *, by: str, at: datetime) -> Rows:
    assert one.crate
    of = [put for put in await queries.inside(one.crate) if put.lot == one.lot]
    rows = await take_out([put.id for put in of], by=by, at=at)
    await let_go(one.lot, crated=one.sent_grams - one.counted_grams)
    if one.counted_grams:
        id = following(arrival, f"content {one.crate} {one.lot}")
        await insert(
            CrateContent(
                id=id, crate=one.crate, lot=one.lot, grams=one.counted_grams, place=place,
                by=by, at=at,
            )
        )  # fmt: skip
        rows.append((CrateContent, id))
    return rows


async def _differs(id: str, arrival: str, one: Differs, *, by: str, at: datetime) -> Rows:
    wasted, owed = await _waste(one.lot, one.lost_grams, id, by=by, at=at)
    await insert(
        Difference(
            id=id, arrival=arrival, lot=one.lot, crate=one.crate, sent_grams=one.sent_grams,
            counted_grams=one.counted_grams, reason=one.reason, wasted_grams=wasted,
            owed_grams=owed, by=by, at=at,
        )
    )  # fmt: skip
    return [(Difference, id)]


async def _waste(lot: str, grams: int, subject: str, *, by: str, at: datetime) -> tuple[int, int]:
    """What nobody ordered goes to waste; the rest is owed to who did, and people decide on it."""
    if not grams:
        return 0, 0
    stock = await lots.stock_of(lot)
    wasted = min(grams, stock.available_grams)
    if wasted:
        await pours.waste(stock.id, wasted, subject=subject, by=by, at=at)
    return wasted, grams - wasted


async def explain(data: Explain, *, by: str, at: datetime) -> Explained:
    """Of what waited and came otherwise than it was sent. Once."""
    do = partial(_explain, data, by=by, at=at)
    return await asked.once(data.id, "custody.explain", data, do, Explained, by=by, at=at)


async def _explain(data: Explain, *, by: str, at: datetime) -> Explained:
    moves.ensure_reason(data.reason)
    rows = await in_use().query(
        "UPDATE custody_difference SET reason = {} WHERE id = {} AND reason IS NULL"
        " RETURNING lot, crate, sent_grams, counted_grams, reason",
        data.reason, data.difference,
    )  # fmt: skip
    if not rows:
        raise await under_way.no_difference(data.difference)
    one = Differs(**rows[0])
    moves.ensure_fits(one.sent_grams, one.counted_grams, data.reason)
    wasted, owed = await _waste(one.lot, one.lost_grams, data.difference, by=by, at=at)
    await in_use().query(
        "UPDATE custody_difference SET wasted_grams = {}, owed_grams = {} WHERE id = {}",
        wasted, owed, data.difference,
    )  # fmt: skip
    event = Explained(data.difference, data.reason, wasted, owed)
    log.append(event, (Difference, data.difference), subject=data.difference, by=by, at=at)
    return event
