"""Draws as they stand, what may be drawn from today, and how far the visits are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import msgspec

from certification.assignment import gathered
from certification.basis.database import in_use
from certification.basis.units import local_day
from certification.certificates import rules as certificates
from certification.certificates.rules import Certificate, Event
from certification.draws import rules
from certification.draws.rules import DrawMissing
from certification.draws.tables import Draw
from certification.plots import queries as plots


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
    """assigned, under_way, signed; empty where nobody is sent."""
    planned_on: date | None


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
    open: bool
    secret: str
    seed: str
    items: tuple[str, ...]
    drawn: tuple[str, ...]


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
    rows = await in_use().query(
        "SELECT d.turn, d.plot, p.code, i.id AS inspection, i.state, i.planned_on"
        " FROM drawn_plot d JOIN plot p ON p.id = d.plot"
        " LEFT JOIN inspection i ON i.id = d.inspection AND i.state <> 'cancelled'"
        " WHERE d.draw = {} ORDER BY d.turn",
        draw,
    )
    return [DrawnView(**{**row, "state": row["state"] or ""}) for row in rows]


async def followed(draw: str, person: str, at: datetime) -> list[DrawnView]:
    """As this person may see it: of the own household's land nothing until the visit is begun."""
    found, on = await drawn(draw), local_day(at)
    farmed = {one.plot: await plots.holder(one.plot, on) or "" for one in found}
    homes = await gathered.homes({person, *farmed.values()}, on)
    return [
        DrawnView(one.turn, "", "", None, "", None)
        if homes[farmed[one.plot]] == homes[person] and one.state in ("", "assigned")
        else one
        for one in found
    ]


async def told(found: DrawView, at: datetime) -> DrawTold:
    visits = [one.state for one in await drawn(found.id)]
    free = rules.is_open(found.season, visits, today=local_day(at)) and found.state == "drawn"
    return DrawTold(
        found.id, found.scheme, found.season, found.number, found.reason, found.state, found.at,
        len(found.items), found.in_force, found.drawn_before, found.to_draw,
        f"{found.share_part}/{found.share_of}", found.least, found.list_digest, found.commitment,
        found.drawn_at, found.size, found.root,
        sum(one == "signed" for one in visits), free,
        found.sealed if free else "",
        seed_of(found).hex() if free else "",
        found.items if free else (),
        found.came if free else (),
    )  # fmt: skip


def seed_of(found: DrawView) -> bytes:
    number = rules.unchosen(found.size or 0, found.root or "")
    return rules.seed(bytes.fromhex(found.sealed), number, found.list_digest)


async def in_force(organ: str, scheme: str, at: datetime) -> tuple[str, ...]:
    """Codes of the plots with a certificate that held on that day, as it was known at that moment,
    in their order."""
    near = set(await gathered.groups_under(organ))
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
    return tuple(sorted({
        row["code"] for row in rows
        if row["group"] in near and _held(row, past.get(row["id"], []), local_day(at))
    }))  # fmt: skip


def _held(row: dict[str, Any], past: list[Event], on: date) -> bool:
    terms = Certificate(row["stage"], row["valid_from"], row["valid_until"], frozenset())
    return certificates.standing(terms, past, None, on).held


async def drawn_already(scheme: str, season: int, before: int) -> frozenset[str]:
    """Codes that came out of any draw of that scheme and season, drawn before that entry."""
    rows = await in_use().query(
        "SELECT d.came FROM draw d JOIN log_entry e ON e.subject = d.id AND e.tag = 'draws.drawn'"
        " WHERE d.scheme = {} AND d.season = {} AND e.seq < {}",
        scheme, season, before,
    )  # fmt: skip
    return frozenset(code for row in rows for code in _lines(row["came"]))


def _lines(text: str | None) -> tuple[str, ...]:
    return tuple((text or "").split())


def _view(row: dict[str, Any]) -> DrawView:
    listed = {name: _lines(row[name]) for name in ("items", "came")}
    return DrawView(**{name: row[name] for name in DrawView.__struct_fields__} | listed)
