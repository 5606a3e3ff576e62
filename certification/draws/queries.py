"""Draws as they stand, what may be drawn from today, and how far the visits are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import msgspec

from certification.assignment import gathered
from certification.basis.database import in_use
from certification.basis.units import local_day
from certification.certificates import history
from certification.certificates.history import Certificate, Event, Standing
from certification.draws import rules
from certification.draws.rules import DrawMissing
from certification.draws.tables import Draw, DrawnLetGo
from certification.plots import queries as plots

STANDS = ("active", "suspended", "not_yet")
"""States in which a drawn plot is still visited."""
HIDDEN = ("", "assigned", "let_go")
"""Of the own land nothing is shown as long as its visit stands so."""


class DrawView(msgspec.Struct, frozen=True):
    """Whole: for the secretariat, and for who repeats it. For others: `told`."""

    id: str
    organ: str
    scheme: str
    scheme_version: str
    season: int
    number: int
    reason: str
    state: str
    items: tuple[str, ...]
    list_digest: str
    in_force: int
    drawn_before: int
    to_draw: int
    share_part: int
    share_of: int
    least: int
    commitment: str
    sealed: str
    by: str
    at: datetime
    size: int | None
    root: str | None
    came: tuple[str, ...]
    drawn_by: str | None
    drawn_at: datetime | None


class DrawnView(msgspec.Struct, frozen=True):
    turn: int
    plot: str
    code: str
    inspection: str | None
    """None where nobody is sent, or the visit was called off."""
    state: str
    """assigned, under_way, signed; empty where nobody is sent, let_go where nobody will be."""
    planned_on: date | None
    ended: bool = False
    """No certificate of that scheme stands any more, active or suspended."""
    reason: str = ""
    """Of letting it go."""


class LetGoTold(msgspec.Struct, frozen=True):
    plot: str
    """Its code."""
    reason: str
    at: datetime


class DrawTold(msgspec.Struct, frozen=True):
    """What everybody may know. Until it is open neither list, seed nor plots."""

    id: str
    scheme: str
    season: int
    number: int
    reason: str
    state: str
    prepared_at: datetime
    listed: int
    in_force: int
    drawn_before: int
    count: int
    share: str
    least: int
    list_digest: str
    commitment: str
    drawn_at: datetime | None
    checkpoint_size: int | None
    checkpoint_root: str | None
    done: int
    """Visits that were made."""
    let_go: int
    """Plots whose certificate ended before anybody was sent: no visit is owed there."""
    open: bool
    secret: str
    seed: str
    items: tuple[str, ...]
    drawn: tuple[str, ...]
    let_go_told: tuple[LetGoTold, ...]


async def draw(id: str) -> DrawView:
    row = await Draw.select().where(Draw.id == id).first()
    if row is None:
        raise DrawMissing(draw=id)
    return _view(row)


async def of_organs(organs: Iterable[str]) -> list[DrawView]:
    """The newest first."""
    if not (among := [*organs]):
        return []
    rows = await (
        Draw.select().where(Draw.organ.is_in(among)).order_by(Draw.at, Draw.id, ascending=False)
    )
    return [_view(row) for row in rows]


async def every() -> list[str]:
    return [row["id"] for row in await Draw.select(Draw.id).order_by(Draw.id)]


async def drawn(draw: str) -> list[DrawnView]:
    """`ended` is not asked here (`followed`)."""
    rows = await in_use().query(
        "SELECT d.turn, d.plot, p.code, i.id AS inspection, i.state, i.planned_on, g.reason"
        " FROM drawn_plot d JOIN plot p ON p.id = d.plot"
        " LEFT JOIN inspection i ON i.id = d.inspection AND i.state <> 'cancelled'"
        " LEFT JOIN drawn_let_go g ON g.draw = d.draw AND g.turn = d.turn"
        " WHERE d.draw = {} ORDER BY d.turn",
        draw,
    )
    return [
        DrawnView(**{
            **row, "state": "let_go" if row["reason"] else row["state"] or "",
            "reason": row["reason"] or "",
        })
        for row in rows
    ]  # fmt: skip


async def followed(draw: str, person: str, at: datetime) -> list[DrawnView]:
    """As this person may see it: of the own household's land nothing until the visit is begun."""
    of, found, on = await _scheme(draw), await drawn(draw), local_day(at)
    stand = {code for code, _, now in await _standings(of, at) if now.state in STANDS}
    found = [msgspec.structs.replace(one, ended=one.code not in stand) for one in found]
    farmed = {one.plot: await plots.holder(one.plot, on) or "" for one in found}
    homes = await gathered.homes({person, *farmed.values()}, on)
    return [
        DrawnView(one.turn, "", "", None, "", None)
        if homes[farmed[one.plot]] == homes[person] and one.state in HIDDEN
        else one
        for one in found
    ]


async def told(found: DrawView, at: datetime) -> DrawTold:
    came = await drawn(found.id)
    visits = [one.state for one in came]
    free = rules.is_open(found.season, visits, today=local_day(at)) and found.state == "drawn"
    return DrawTold(
        found.id, found.scheme, found.season, found.number, found.reason, found.state, found.at,
        len(found.items), found.in_force, found.drawn_before, found.to_draw,
        f"{found.share_part}/{found.share_of}", found.least, found.list_digest, found.commitment,
        found.drawn_at, found.size, found.root,
        sum(one == "signed" for one in visits), sum(one == "let_go" for one in visits), free,
        found.sealed if free else "",
        seed_of(found).hex() if free else "",
        found.items if free else (),
        found.came if free else (),
        await _let_go(came, found.id) if free else (),
    )  # fmt: skip


async def _let_go(came: list[DrawnView], draw: str) -> tuple[LetGoTold, ...]:
    code = {one.turn: one.code for one in came}
    rows = await DrawnLetGo.select().where(DrawnLetGo.draw == draw).order_by(DrawnLetGo.turn)
    return tuple(LetGoTold(code[row["turn"]], row["reason"], row["at"]) for row in rows)


async def _scheme(draw: str) -> str:
    row = await Draw.select(Draw.scheme).where(Draw.id == draw).first()
    return row["scheme"] if row else ""


def seed_of(found: DrawView) -> bytes:
    number = rules.unchosen(found.size or 0, found.root or "")
    return rules.seed(bytes.fromhex(found.sealed), number, found.list_digest)


async def in_force(organ: str, scheme: str, at: datetime) -> tuple[str, ...]:
    """Codes of the plots with a certificate that held on that day, as it was known at that moment,
    in their order."""
    near = set(await gathered.groups_under(organ))
    found = await _standings(scheme, at)
    return tuple(sorted({code for code, group, now in found if group in near and now.held}))


async def _standings(scheme: str, at: datetime) -> list[tuple[str, str, Standing]]:
    """Of every certificate of the scheme: the plot's code, the group, and how it stood on that day,
    as it was known at that moment."""
    rows = await in_use().query(
        'SELECT c.id, p.code, c.stage, c.valid_from, c.valid_until, c."group" FROM certificate c'
        " JOIN plot p ON p.id = c.plot WHERE c.scheme = {} AND c.at <= {}",
        scheme, at,
    )  # fmt: skip
    events = await in_use().query(
        "SELECT e.certificate, e.kind, e.from_on, e.because FROM certificate_event e"
        " JOIN certificate c ON c.id = e.certificate WHERE c.scheme = {} AND e.at <= {}"
        " ORDER BY e.certificate, e.seq",
        scheme, at,
    )  # fmt: skip
    past: dict[str, list[Event]] = {}
    for row in events:
        past.setdefault(row["certificate"], []).append(
            Event(row["kind"], row["from_on"], row["because"])
        )
    return [
        (row["code"], row["group"], _standing(row, past.get(row["id"], []), local_day(at)))
        for row in rows
    ]


def _standing(row: dict[str, Any], past: list[Event], on: date) -> Standing:
    terms = Certificate(row["stage"], row["valid_from"], row["valid_until"], frozenset())
    return history.standing(terms, past, None, on)


async def drawn_already(scheme: str, season: int, before: int) -> frozenset[str]:
    """Codes that came out of any draw of that scheme and season, drawn before that entry, and were
    not let go before it: whoever is certified anew may be drawn anew."""
    rows = await in_use().query(
        "SELECT d.came FROM draw d JOIN log_entry e ON e.subject = d.id AND e.tag = 'draws.drawn'"
        " WHERE d.scheme = {} AND d.season = {} AND e.seq < {}",
        scheme, season, before,
    )  # fmt: skip
    gone = await in_use().query(
        "SELECT p.code FROM drawn_let_go g JOIN log_entry e ON e.subject = g.id"
        " AND e.tag = 'draws.let_go' JOIN draw d ON d.id = g.draw"
        " JOIN drawn_plot o ON o.draw = g.draw AND o.turn = g.turn JOIN plot p ON p.id = o.plot"
        " WHERE d.scheme = {} AND d.season = {} AND e.seq < {}",
        scheme, season, before,
    )  # fmt: skip
    came = Counter(code for row in rows for code in _lines(row["came"]))
    return frozenset(+(came - Counter(row["code"] for row in gone)))


def _lines(text: str | None) -> tuple[str, ...]:
    return tuple((text or "").split())


def _view(row: dict[str, Any]) -> DrawView:
    listed = {name: _lines(row[name]) for name in ("items", "came")}
    return DrawView(**{name: row[name] for name in DrawView.__struct_fields__} | listed)
