"""All that the page of a lot rests on, in one statement: a scan waits for the database once.

Each column of the answer is JSON, which both engines make and msgspec reads without a detour over
Python's dates and dictionaries.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

import msgspec

from certification.areas import queries as areas
from certification.basis.database import in_use
from certification.basis.text import Text
from certification.basis.units import THAILAND, local_day
from certification.certificates import rules as certificates
from certification.decisions.rules import Stage
from certification.people import queries as people
from certification.plots.queries import PublicPlot
from certification.plots.rules import blurred, tenths_of_a_rai
from certification.schemes import queries as schemes
from market.domain.trace import rules

ENGINES = {
    "sqlite": {
        "array": "json_array",
        "rows": "json_group_array",
        "hex": "hex({})",
        "coded": "= {}",
    },
    "postgres": {
        "array": "json_build_array",
        "rows": "json_agg",
        "hex": "encode({}, 'hex')",
        "coded": "= ANY({})",
    },
}
VISITS = (
    "inspection v JOIN log_entry t ON t.subject = v.id AND t.tag = 'inspections.finished'"
    " WHERE v.application = d.application AND v.state = 'signed' AND t.seq {}"
    " (SELECT max(x.seq) FROM log_entry x WHERE x.subject = d.application"
    " AND x.tag = 'decisions.decided')"
)
"""Before or since the decision, by the order of the record."""
VISIT_BEHIND = (
    f"(SELECT v.id FROM {VISITS.format('<')}"  # noqa: S608  (constants)
    " ORDER BY coalesce(v.ended_at, v.at) DESC, v.id DESC LIMIT 1)"
)
LAST_WORD = (
    "(SELECT s.id FROM consent s WHERE s.person = l.farmer AND s.purpose = 'public_name'"
    " ORDER BY s.at DESC, s.id DESC LIMIT 1)"
)
FIRST_OFFER = (
    "(SELECT o.id FROM offer o JOIN cycle w ON w.id = o.cycle WHERE o.lot = l.id"
    " AND o.withdrawn_at IS NULL AND w.closes_at >= {} ORDER BY w.closes_at, o.id LIMIT 1)"
)
FROM = (
    "lot l JOIN stock k ON k.source = l.id JOIN plot p ON p.id = l.plot"
    ' JOIN producer_group g ON g.id = p."group"'
    " LEFT JOIN certificate c ON c.id = l.certificate LEFT JOIN decision d ON d.id = c.decision"
    f" LEFT JOIN meeting m ON m.id = d.meeting LEFT JOIN inspection i ON i.id = {VISIT_BEHIND}"
    f" LEFT JOIN consent y ON y.id = {LAST_WORD} LEFT JOIN person h ON h.id = l.farmer"
    f" LEFT JOIN offer f ON f.id = {FIRST_OFFER} LEFT JOIN cycle j ON j.id = f.cycle"
)
HELD = (
    "(SELECT l.certificate AS id UNION ALL SELECT a.certificate FROM lot_also a"
    " WHERE a.lot = l.id) x"
)
"""The certificate that the claim rests on, and those that held besides."""


Row = tuple[str | None, ...]


class Lot(msgspec.Struct, frozen=True, array_like=True):
    id: str
    code: str
    crop: str
    claim: str
    because: str
    harvested_on: date
    grams: int
    grams_left: int
    farmer: str
    certificate: str | None
    planted_on: date | None
    wrapped_key: str | None
    """With `sealed`, only where the farmer consents to the name being shown."""
    sealed: str | None


class Land(msgspec.Struct, frozen=True, array_like=True):
    code: str
    tambon: str
    kind: str
    area_m2: int
    lat_e7: int
    lon_e7: int
    group_th: str
    group_en: str
    group_code: str


class Meeting(msgspec.Struct, frozen=True, array_like=True):
    """All null where there was none."""

    held_on: date | None
    present: int | None
    quorum_needed: int | None
    votes_for: int | None
    votes_against: int | None
    abstained: int | None
    recused: int | None


class Visit(msgspec.Struct, frozen=True, array_like=True):
    planned_on: date | None
    ended_at: datetime | None


class Offer(msgspec.Struct, frozen=True, array_like=True):
    """The first round to close, today or later, in which the lot is offered; or all null."""

    id: str | None
    cycle: str | None
    satang_per_kg: int | None
    closes_at: datetime | None


class Held(msgspec.Struct, frozen=True, array_like=True):
    id: str
    code: str
    number: str
    scheme: str
    version: str
    digest: str
    stage: Stage
    valid_from: date
    valid_until: date
    covers: int
    """1 where the lot's crop is one of its crops."""


class Changed(msgspec.Struct, frozen=True, array_like=True):
    certificate: str
    seq: int
    kind: certificates.Kind
    from_on: date
    because: str


class Logged(msgspec.Struct, frozen=True, array_like=True):
    seq: int
    at: datetime
    tag: str
    leaf: str
    """Empty where the entry is not about the lot itself."""


class Scan(msgspec.Struct, frozen=True):
    lot: Lot
    land: Land
    meeting: Meeting
    visit: Visit
    offer: Offer
    crops: list[str]
    """Growing on the plot, or soon."""
    seats: list[str]
    """Who signed the visit."""
    later: list[datetime]
    """Visits since the decision."""
    held: list[Held]
    changed: list[Changed]
    logged: list[Logged]


COLUMNS = (
    Lot, Land, Meeting, Visit, Offer, list[str], list[str], list[datetime],
    list[Held], list[Changed], list[Logged],
)  # fmt: skip


@lru_cache(maxsize=2)
def statement(engine: str) -> str:
    """Asks for the day, its first moment, and the code; on PostgreSQL for many codes at once."""
    how = ENGINES[engine]

    def one(names: str) -> str:
        return f"{how['array']}({names})"

    def many(what: str, of: str) -> str:
        return f"(SELECT {how['rows']}({what}) FROM {of})"  # noqa: S608  (constants)

    def secret(name: str) -> str:
        return f"CASE WHEN y.given THEN {how['hex'].format(name)} END"

    shown = ", ".join(f"'{tag}'" for tag in sorted(rules.SHOWN))
    about = "l.id, p.id, d.application, i.id, d.id, c.id"
    leaf = f"CASE WHEN e.subject = l.id THEN {how['hex'].format('e.leaf')} ELSE '' END"
    columns = [
        one("l.id, l.code, l.crop, l.claim, l.because, l.harvested_on, l.grams,"  # noqa: S608
            " k.available_grams, l.farmer, l.certificate,"
            " (SELECT z.sown_on FROM planting z WHERE z.id = l.planting),"
            f" {secret('h.wrapped_key')}, {secret('h.sealed')}"),
        one("p.code, p.tambon, p.kind, p.area_m2, p.lat_e7, p.lon_e7,"
            " g.name_th, g.name_en, g.code"),
        one("m.held_on, d.present, d.quorum_needed, d.votes_for, d.votes_against, d.abstained,"
            " d.recused"),
        one("i.planned_on, i.ended_at"),
        one("f.id, f.cycle, f.satang_per_kg, j.closes_at"),
        many("q.crop", "planting q WHERE q.plot = p.id AND q.harvest_until >= {}"),
        many("n.seat", "inspection_member n WHERE n.inspection = i.id AND n.signed_at IS NOT NULL"),
        many("coalesce(v.ended_at, v.at)", VISITS.format(">")),
        many(one("o.id, o.code, o.number, o.scheme, o.scheme_version, w.digest, o.stage,"
                 " o.valid_from, o.valid_until, (SELECT count(*) FROM certificate_crop u"
                 " WHERE u.certificate = o.id AND u.crop = l.crop)"),
             f"{HELD} JOIN certificate o ON o.id = x.id"
             " JOIN scheme_version w ON w.id = o.scheme_version"),
        many(one("r.certificate, r.seq, r.kind, r.from_on, r.because"),
             f"{HELD} JOIN certificate_event r ON r.certificate = x.id"),
        many(one(f"e.seq, e.at, e.tag, {leaf}"),
             f"log_entry e WHERE e.subject IN ({about})"
             f" AND (e.tag IN ({shown}) OR e.subject = l.id)"),
    ]  # fmt: skip
    asked = f"SELECT l.code, {', '.join(columns)} FROM {FROM}"  # noqa: S608  (constants)
    return f"{asked} WHERE l.code {how['coded']}"


async def row(code: str, today: date) -> Row | None:
    """As the database gave it: while that is the same, so is all that the page says that day."""
    return (await _rows([code], today)).get(code)


async def _rows(wanted: list[str], today: date) -> dict[str, Row]:
    """SQLite is asked for one."""
    db, midnight = in_use(), datetime.combine(today, time.min, THAILAND)
    many = db.engine_type == "postgres"
    told = wanted if many else wanted[0]
    found = await db.look(statement(db.engine_type), today, midnight, told)
    return {code: tuple(row) for code, *row in found}


class _Batch:
    def __init__(self, today: date) -> None:
        self.today = today
        self.wanted: set[str] = set()
        self.found: dict[str, Row] | None = None


class Together:
    """Who scans while PostgreSQL answers others is answered with all who wait, by one statement.

    Each statement begins after the last of its readers asked, so nobody is told what was before.
    Where one fails or its reader leaves, the next of them asks anew.
    """

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._next = _Batch(date.min)

    async def row(self, code: str, today: date) -> Row | None:
        if in_use().engine_type == "sqlite":
            return await row(code, today)
        if self._next.today != today:
            self._next = _Batch(today)
        batch = self._next
        batch.wanted.add(code)
        async with self._turn:
            if batch.found is None:
                if self._next is batch:
                    self._next = _Batch(today)
                batch.found = await _rows(sorted(batch.wanted), today)
        return batch.found.get(code)


def scan(row: Row) -> Scan:
    parts: list[Any] = [
        msgspec.json.decode(column or "[]", type=of)
        for column, of in zip(row, COLUMNS, strict=True)
    ]
    parts[-1].sort(key=lambda logged: logged.seq)
    return Scan(*parts)


async def shown(found: Scan, today: date) -> list[rules.Shown]:
    """The certificate of the claim first, then the others by id."""
    lot, names = found.lot, {one.digest: await _scheme(one) for one in found.held}
    return [
        rules.Shown(
            one.code, one.number, one.scheme, names[one.digest],
            one.stage, one.valid_from, one.valid_until,
            _state(found, one, lot.harvested_on), _state(found, one, today),
        )
        for one in sorted(found.held, key=lambda one: (one.id != lot.certificate, one.id))
    ]  # fmt: skip


def _state(found: Scan, one: Held, on: date) -> rules.State:
    crop = found.lot.crop
    terms = certificates.Certificate(
        one.stage, one.valid_from, one.valid_until, frozenset({crop} if one.covers else ())
    )
    changes = sorted((c for c in found.changed if c.certificate == one.id), key=lambda c: c.seq)
    history = [certificates.Event(c.kind, c.from_on, c.because) for c in changes]
    standing = certificates.standing(terms, history, crop, on)
    return rules.State(on, standing.held, standing.state)


_names: dict[str, Text] = {}
"""Of scheme versions, by digest: what a digest stands for never changes."""


async def _scheme(of: Held) -> Text:
    if of.digest not in _names:
        _names[of.digest] = (await schemes.version(of.version)).content.name
    return _names[of.digest]


def decided(meeting: Meeting) -> rules.Decided | None:
    return (
        None
        if meeting.held_on is None
        else msgspec.convert(
            msgspec.structs.asdict(meeting) | {"on": meeting.held_on}, rules.Decided
        )
    )


def offered(offer: Offer) -> rules.Offered | None:
    if offer.id is None:
        return None
    return msgspec.convert({"offer": offer.id, **msgspec.structs.asdict(offer)}, rules.Offered)


def inspected(found: Scan) -> rules.Inspected | None:
    visit = found.visit
    if visit.planned_on is None:
        return None
    on = local_day(visit.ended_at) if visit.ended_at else visit.planned_on
    seats, later = dict(sorted(Counter(found.seats).items())), sorted(found.later)
    return rules.Inspected(on, len(found.seats), seats, tuple(local_day(one) for one in later))


def place(land: Land) -> rules.Somewhere:
    province, amphoe, tambon = areas.path(land.tambon)
    group = Text(land.group_th, land.group_en)
    return rules.Somewhere(tambon.name, amphoe.name, province.name, group, land.group_code)


def plot(found: Scan) -> PublicPlot:
    land = found.land
    return PublicPlot(
        land.code, Text(land.group_th, land.group_en), land.group_code, land.tambon, land.kind,
        tenths_of_a_rai(land.area_m2), tuple(sorted({*found.crops})),
        *blurred(land.lat_e7, land.lon_e7),
    )  # fmt: skip


def farmer_name(lot: Lot) -> str | None:
    if lot.wrapped_key is None or lot.sealed is None:
        return None
    key, sealed = bytes.fromhex(lot.wrapped_key), bytes.fromhex(lot.sealed)
    return people.opened(lot.farmer, key, sealed).name


def timeline(found: Scan) -> tuple[rules.Happening, ...]:
    return tuple(
        rules.Happening(one.seq, local_day(one.at), one.tag)
        for one in found.logged
        if one.tag in rules.SHOWN
    )


def proof(found: Scan) -> rules.Proof | None:
    """The first entry about the lot: the one that told of its making."""
    first = next((one for one in found.logged if one.leaf), None)
    return rules.Proof(first.seq, first.leaf.lower()) if first else None
