"""What a person was told, and what is known of the things that events are about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from certification.applications import queries as applications
from certification.basis.database import in_use
from certification.basis.units import local_day
from certification.certificates import queries as certificates
from certification.grievances import queries as grievances
from certification.hearings import queries as hearings
from certification.inspections import queries as inspections
from market.domain.notices.tables import Notice
from market.domain.orders import barred as barred_lots
from market.domain.orders import queries as orders


class NoticeView(msgspec.Struct, frozen=True):
    kind: str
    """The event's tag; its sentence is `notice.<kind>` in the catalogues."""
    subject: str
    facts: dict[str, str | int]
    at: datetime
    read: bool


async def of_person(person: str, *, limit: int = 50) -> list[NoticeView]:
    """Newest first."""
    rows = await in_use().query(
        "SELECT kind, subject, facts, at, read_at FROM notice WHERE person = {}"
        " ORDER BY event_seq DESC LIMIT {}",
        person, limit,
    )  # fmt: skip
    return [
        NoticeView(
            row["kind"],
            row["subject"],
            msgspec.json.decode(row["facts"], type=dict[str, str | int]),
            row["at"],
            row["read_at"] is not None,
        )
        for row in rows
    ]


async def unread(person: str) -> int:
    rows = await in_use().query(
        "SELECT count(*) AS many FROM notice WHERE person = {} AND read_at IS NULL", person
    )
    return int(rows[0]["many"])


async def known(about: str, id: str) -> dict[str, object]:
    """Persons, groups, codes and numbers of an order, application and so on; never a name."""
    return await ABOUT[about](id) if about else {}


async def _order(id: str) -> dict[str, object]:
    order = await orders.stored(id)
    return {"buyer": order.buyer, "merchant": order.merchant, "code": order.code}


async def _application(id: str) -> dict[str, object]:
    of = await applications.application(id)
    return {"applicant": of.applicant, "group": of.group}


async def _inspection(id: str) -> dict[str, object]:
    of = await inspections.inspection(id)
    members = [member.person for member in await inspections.members(id)]
    planned = of.planned_on.isoformat()
    known = {**await _application(of.application), "members": members, "planned_on": planned}
    if of.kind == "random" and of.started_at is None:
        del known["applicant"]  # an unannounced visit, and that one was called off, stays untold
    return known


async def _certificate(id: str) -> dict[str, object]:
    of = await certificates.certificate(id)
    until = of.valid_until.isoformat()
    return {"holder": of.holder, "group": of.group, "number": of.number, "valid_until": until}


async def _grievance(id: str) -> dict[str, object]:
    """Those who may read it: neither whom it is about nor their kin hear that it came."""
    of = await grievances.grievance(id)
    desk = await grievances.desk(id, of.at, local_day(of.at))
    return {"desk": sorted(desk), "complainant": of.complainant}


async def _hearing(id: str) -> dict[str, object]:
    of = await hearings.hearing(id)
    return {"holder": of.holder, "group": of.group}


async def waiting(certificate: str, *, barred: bool) -> dict[str, list[str]]:
    """By buyer, the codes of orders that wait for lots under it that have lost their claim, or
    have it."""
    found: dict[str, list[str]] = {}
    for lot in await barred_lots.under(await certificates.certificate(certificate)):
        for one in lot.orders if lot.barred == barred else ():
            codes = found.setdefault(one.buyer, [])
            codes += [] if one.code in codes else [one.code]
    return found


async def ordered(lot: str) -> dict[str, list[str]]:
    """By buyer, the codes of orders that wait for goods of it."""
    found: dict[str, list[str]] = {}
    for row in await in_use().query(
        "SELECT DISTINCT o.buyer, o.code FROM offer f JOIN preorder_line l ON l.offer = f.id"
        ' JOIN preorder o ON o.id = l."order" WHERE f.lot = {}'
        " AND o.state IN ('held', 'confirmed') ORDER BY o.buyer, o.code",
        lot,
    ):  # fmt: skip
        found.setdefault(row["buyer"], []).append(row["code"])
    return found


async def was_told(person: str, subject: str, kinds: Sequence[str]) -> bool:
    told = Notice.count().where(
        Notice.person == person, Notice.subject == subject, Notice.kind.is_in(list(kinds))
    )
    return bool(await told)


async def told_codes(subject: str, kind: str, before: int) -> set[str]:
    """Codes that notices of that kind named to anybody, of entries before that one."""
    rows = await in_use().query(
        "SELECT facts FROM notice WHERE subject = {} AND kind = {} AND event_seq < {}",
        subject, kind, before,
    )  # fmt: skip
    said = [msgspec.json.decode(row["facts"], type=dict[str, str | int]) for row in rows]
    return {code for facts in said for code in str(facts.get("code", "")).split(", ")}


async def told_last(subject: str, kind: str) -> list[tuple[str, dict[str, str | int]]]:
    """Whom the newest event of that kind was told to, and with which facts."""
    rows = await in_use().query(
        "SELECT person, facts FROM notice WHERE subject = {} AND kind = {} AND event_seq ="
        " (SELECT MAX(n.event_seq) FROM notice n WHERE n.subject = {} AND n.kind = {})",
        subject, kind, subject, kind,
    )  # fmt: skip
    return [
        (row["person"], msgspec.json.decode(row["facts"], type=dict[str, str | int]))
        for row in rows
    ]


async def _payee(id: str) -> dict[str, object]:
    """A group, or a farmer."""
    rows = await in_use().query("SELECT id FROM producer_group WHERE id = {}", id)
    return {"group" if rows else "person": id}


ABOUT = {
    "order": _order,
    "application": _application,
    "inspection": _inspection,
    "certificate": _certificate,
    "hearing": _hearing,
    "payee": _payee,
    "grievance": _grievance,
}


class DeliveryView(msgspec.Struct, frozen=True):
    """What was, or is to be, told outside the page."""

    id: str
    kind: str
    facts: dict[str, str | int]
    channel: str
    state: str
    """waiting, sending, sent, failed, unknown"""
    why: str
    at: datetime
    due_at: datetime
    settled_at: datetime | None


async def deliveries_of(person: str, *, limit: int = 100) -> list[DeliveryView]:
    """Newest first."""
    rows = await in_use().query(
        "SELECT d.id, n.kind, n.facts, d.channel, d.state, d.why, d.at, d.due_at, d.settled_at"
        " FROM delivery d JOIN notice n ON n.id = d.notice WHERE d.person = {}"
        " ORDER BY n.event_seq DESC, d.channel DESC LIMIT {}",
        person, limit,
    )  # fmt: skip
    return [
        DeliveryView(**{
            **row,
            "facts": msgspec.json.decode(row["facts"], type=dict[str, str | int]),
            "why": row["why"] or "",
        })
        for row in rows
    ]  # fmt: skip
