"""A draw from its list to the visits. Each step claims its row: of two who draw at once the second
is told what the first drew, because the same came out."""

from __future__ import annotations

import secrets
from datetime import datetime

from certification.applications import queries as applications
from certification.assignment import explain, gathered, plans
from certification.basis import checkpoints, log
from certification.basis.database import in_use
from certification.basis.ids import following
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from certification.basis.units import local_day
from certification.draws import queries, rules
from certification.draws.queries import DrawnView, DrawView
from certification.draws.rules import (
    Drawn,
    DrawPrepared,
    LetGo,
    PlotLetGo,
    PrepareDraw,
    SendInspectors,
)
from certification.draws.tables import Draw, DrawnLetGo, DrawnPlot
from certification.inspections import assigning
from certification.inspections.rules import AssignInspection, InspectionAssigned
from certification.plots import queries as plots
from certification.schemes import queries as schemes

FROM_NOW = 2**62
"""Later than any entry of the log."""


async def prepare(data: PrepareDraw, *, by: str, at: datetime) -> DrawPrepared:
    """From here on nothing of it can be chosen: list, number and secret are fixed."""
    season = local_day(at).year
    async with transaction():
        await _in_turn(data.scheme)
        version = await schemes.in_force(data.scheme, local_day(at))
        charter = version.content.rules
        number = await _next(data, season)
        rules.ensure_reason(number, data.reason)
        certified = await queries.in_force(data.organ, data.scheme, at)
        before = await queries.drawn_already(data.scheme, season, FROM_NOW)
        items = tuple(code for code in certified if code not in before)
        gone = len(certified) - len(items)
        asked = rules.how_many(len(certified), charter.random_share, charter.random_min) - gone
        count = rules.counted(data.count, max(0, asked), len(items))
        sealed = secrets.token_bytes(rules.SECRET_BYTES)
        row = Draw(
            id=data.id, organ=data.organ, scheme=data.scheme, scheme_version=version.id,
            season=season, number=number, reason=data.reason.strip(), state="prepared",
            items="\n".join(items), list_digest=rules.listed(items), in_force=len(certified),
            drawn_before=gone, to_draw=count, share_part=charter.random_share.part,
            share_of=charter.random_share.of, least=charter.random_min,
            commitment=rules.commitment(sealed), sealed=sealed.hex(), by=by, at=at, size=None,
            root=None, came=None, drawn_by=None, drawn_at=None, salt=secrets.token_bytes(16),
        )  # fmt: skip
        if not await Draw.insert(row).on_conflict(action="DO NOTHING"):
            raise rules.PreparedAlready
        event = DrawPrepared(
            data.id, data.organ, data.scheme, season, number, len(items), count,
            rules.listed(items), rules.commitment(sealed),
        )  # fmt: skip
        log.append(event, (Draw, data.id), subject=data.id, by=by, at=at)
    return event


async def _in_turn(scheme: str) -> None:
    """Of a scheme one draw at a time: what came out of one is not on the list of the next."""
    await in_use().query("UPDATE draw SET state = state WHERE scheme = {}", scheme)


async def _next(data: PrepareDraw, season: int) -> int:
    """Nothing is prepared while another waits: the one before is drawn first, and stays."""
    rows = await Draw.select(Draw.state).where(
        (Draw.organ == data.organ) & (Draw.scheme == data.scheme) & (Draw.season == season)
    )
    if any(row["state"] == "prepared" for row in rows):
        raise rules.PreparedAlready
    return len(rows) + 1


async def draw(id: str, *, by: str, at: datetime) -> Drawn:
    """Twice is once: nothing is left to choose."""
    async with transaction():
        found = await queries.draw(id)
        await _in_turn(found.scheme)
        found = await queries.draw(id)
        if found.state == "drawn":
            return Drawn(id, found.size or 0, found.root or "", found.to_draw)
        signed = await checkpoints.first_over(await announced(id))
        if signed is None:
            raise rules.CheckpointAwaited
        event = Drawn(id, signed.size, signed.root.hex(), found.to_draw)
        number = rules.unchosen(event.size, event.root)
        seed = rules.seed(bytes.fromhex(found.sealed), number, found.list_digest)
        came = rules.drawn(found.items, found.to_draw, seed)
        claimed = await in_use().query(
            "UPDATE draw SET state = 'drawn', size = {}, root = {}, came = {}, drawn_by = {},"
            " drawn_at = {} WHERE id = {} AND state = 'prepared' RETURNING id",
            event.size, event.root, "\n".join(came), by, at, id,
        )  # fmt: skip
        if claimed:
            await insert(*[
                DrawnPlot(
                    id=following(id, code), draw=id, turn=turn, inspection=None,
                    plot=(await plots.by_code(code)).id,
                )
                for turn, code in enumerate(came, 1)
            ])  # fmt: skip
            log.append(event, (Draw, id), subject=id, by=by, at=at)
    return event


async def announced(id: str) -> int:
    """The number of the entry that fixed it; 0 where the log knows of none."""
    told = [one for one in await log.events_of(id) if one.event["type"] == "draws.prepared"]
    return told[0].seq if told else 0


async def send(data: SendInspectors, *, by: str, at: datetime) -> InspectionAssigned:
    """Unannounced, and by all rules of a season's plan."""
    async with transaction():
        found = await queries.draw(data.draw)
        await in_use().query("UPDATE draw SET state = state WHERE id = {}", data.draw)
        plot = await _drawn(data.draw, data.plot, by, at)
        if plot.state == "let_go":
            raise rules.LetGoAlready
        if plot.inspection:
            raise rules.SentAlready
        await _ensure_may(found, plot.plot, data, at)
        asked = await _looked_at(plot.plot)
        wanted = AssignInspection(data.id, asked, data.members, data.planned_on, "random")
        event = await assigning.assign(wanted, by=by, at=at)
        await in_use().query(
            "UPDATE drawn_plot SET inspection = {} WHERE draw = {} AND plot = {}",
            data.id, data.draw, plot.plot,
        )  # fmt: skip
    return event


async def let_go(data: LetGo, *, by: str, at: datetime) -> PlotLetGo:
    """A drawn plot whose certificate ended meanwhile: nobody is sent, and the draw stays."""
    async with transaction():
        await in_use().query("UPDATE draw SET state = state WHERE id = {}", data.draw)
        one = await _drawn(data.draw, data.plot, by, at)
        rules.ensure_let_go(one.state, data.reason, ended=one.ended)
        await insert(DrawnLetGo(
            id=data.id, draw=data.draw, turn=one.turn, reason=data.reason.strip(), by=by, at=at,
            salt=secrets.token_bytes(16),
        ))  # fmt: skip
        event = PlotLetGo(data.draw, one.turn)
        log.append(event, (DrawnLetGo, data.id), subject=data.id, by=by, at=at)
    return event


async def _drawn(draw: str, code: str, by: str, at: datetime) -> DrawnView:
    found = next((one for one in await queries.followed(draw, by, at) if one.code == code), None)
    if not code or found is None:
        raise rules.NotDrawn
    return found


async def _looked_at(plot: str) -> str:
    """The newest application that was inspected: a renewal that waits has seen nobody yet."""
    found = await applications.of_plot(plot)
    return next((a.id for a in found if a.state in ("inspected", "decided")), found[0].id)


async def _ensure_may(found: DrawView, plot: str, data: SendInspectors, at: datetime) -> None:
    """Rings, returning and training too, which a single visit does not ask of itself."""
    version = await schemes.version(found.scheme_version)
    year = data.planned_on.year
    season = await gathered.season(found.organ, year, version, [plot], seed=0, at=at, untold=True)
    for member in data.members:
        plans.ensure_free(explain.sent(season, member.person, member.seat))
