"""What the page of a lot rests on, asked of the database in one statement.

`own` asks for what the lot has to itself, and for what it is alike in with others: the same land,
planting, farmer, claim and papers; `shared` for what lots so alike share; `whole` for both. Each
column of the answers is JSON, which both engines make and msgspec reads without a detour over
Python's dates and dictionaries.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

from piccolo.engine.sqlite import convert_datetime_in

from certification.basis.database import in_use
from certification.basis.units import THAILAND
from market.domain.trace import rules

ENGINES = {
    "sqlite": {
        "array": "json_array",
        "rows": "json_group_array",
        "hex": "hex({})",
        "nested": "json({})",
        "coded": "= {}",
        "among": "IN ({})",
        "seldom": "CASE WHEN EXISTS (SELECT 1 FROM {1}) THEN {0} END",
    },
    "postgres": {
        "array": "json_build_array",
        "rows": "json_agg",
        "hex": "encode({}, 'hex')",
        "nested": "{}",
        "coded": "= ANY({})",
        "among": "= ANY(ARRAY({}))",
        "seldom": "{0}",
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
    "offer o JOIN cycle w ON w.id = o.cycle WHERE o.lot = l.id"
    " AND o.withdrawn_at IS NULL AND w.closes_at >= {} ORDER BY w.closes_at, o.id LIMIT 1"
)
RECALL = (
    "recall_lot x JOIN recall b ON b.id = x.recall WHERE x.lot = l.id AND x.cleared_at IS NULL"
    " AND b.state = 'in_force' ORDER BY b.in_force_at, b.id LIMIT 1"
)
"""The oldest that holds."""
GONE = (
    "(SELECT CASE WHEN x.waste_grams = x.capacity_grams THEN 'wasted'"
    " WHEN x.available_grams + x.held_grams + x.leased_grams = 0 THEN 'sold_out' END"
    " FROM stock x WHERE x.source = l.id)"
)
"""Where nothing is left of a lot: why. A word and no grams, so that a page stays as it is while a
lot is being sold."""
FROM = (
    "lot l JOIN plot p ON p.id = l.plot"
    ' JOIN producer_group g ON g.id = p."group"'
    " LEFT JOIN certificate c ON c.id = l.certificate LEFT JOIN decision d ON d.id = c.decision"
    f" LEFT JOIN meeting m ON m.id = d.meeting LEFT JOIN inspection i ON i.id = {VISIT_BEHIND}"
    f" LEFT JOIN consent y ON y.id = {LAST_WORD} LEFT JOIN person h ON h.id = l.farmer"
)
HELD = (
    "SELECT l.certificate AS id UNION ALL SELECT a.certificate FROM lot_also a WHERE a.lot = l.id"
)
"""The certificate that the claim rests on, and those that held besides."""


Row = tuple[str, ...]
"""What it is alike in, its own, and of the whole what it shares: `scan.read`."""


class _Words:
    """How an engine says it."""

    def __init__(self, engine: str) -> None:
        self.how = ENGINES[engine]

    def one(self, names: str) -> str:
        return f"{self.how['array']}({names})"

    def many(self, what: str, of: str) -> str:
        return f"(SELECT {self.how['rows']}({what}) FROM {of})"  # noqa: S608  (constants)

    def nested(self, what: str) -> str:
        """JSON within JSON."""
        return self.how["nested"].format(what)

    def hex(self, name: str) -> str:
        return self.how["hex"].format(name)

    def seldom(self, what: str, table: str) -> str:
        """Of what few lots have a row: SQLite gets nothing ready to sort or gather for the rest."""
        return self.how["seldom"].format(what, f"{table} q WHERE q.lot = l.id")

    def own(self, left: str = "NULL") -> list[str]:
        one, many, nested = self.one, self.many, self.nested
        also = many("a.certificate", "lot_also a WHERE a.lot = l.id")
        offer = f"(SELECT {one('o.id, o.cycle, o.satang_per_kg, w.closes_at')} FROM {FIRST_OFFER})"  # noqa: S608
        told = many(one(f"e.seq, e.at, e.tag, {self.hex('e.leaf')}"),
                    "log_entry e WHERE e.subject = l.id")  # fmt: skip
        recall = f"(SELECT {one('b.in_force_at, b.because, b.advice')} FROM {RECALL})"  # noqa: S608
        also, offer, recall = (
            self.seldom(nested(what), table)
            for what, table in ((also, "lot_also"), (offer, "offer"), (recall, "recall_lot"))
        )
        return [
            one("l.plot, l.planting, l.farmer, l.crop, l.claim, l.because, l.beside, l.certificate,"
                f" {also}"),
            one(f"l.code, l.harvested_on, l.grams, {left}, {offer}, {nested(told)}, {recall},"
                f" {GONE}"),
        ]  # fmt: skip

    def shared(self) -> list[str]:
        one, many = self.one, self.many
        shown = ", ".join(f"'{tag}'" for tag in sorted(rules.SHOWN))
        key, sealed = (
            f"CASE WHEN y.given THEN {self.hex(name)} END" for name in ("h.wrapped_key", "h.sealed")
        )
        held = self.how["among"].format(HELD)
        sown_on = "(SELECT z.sown_on FROM planting z WHERE z.id = l.planting)"
        return [
            one("l.crop, l.claim, l.because, l.farmer, l.certificate,"
                f" {sown_on}, {key}, {sealed}, l.beside"),
            one("p.code, p.tambon, p.kind, p.area_m2, p.lat_e7, p.lon_e7,"
                " g.name_th, g.name_en, g.code"),
            one("m.held_on, d.present, d.quorum_needed, d.votes_for, d.votes_against, d.abstained,"
                " d.recused, d.body"),
            one("i.planned_on, i.ended_at"),
            many("q.crop", "planting q WHERE q.plot = p.id AND q.harvest_until >= {}"),
            many("n.seat",
                 "inspection_member n WHERE n.inspection = i.id AND n.signed_at IS NOT NULL"),
            many("coalesce(v.ended_at, v.at)", VISITS.format(">")),
            many(one("o.id, o.code, o.number, o.scheme, o.scheme_version, w.digest, o.stage,"
                     " o.valid_from, o.valid_until, (SELECT count(*) FROM certificate_crop u"
                     " WHERE u.certificate = o.id AND u.crop = l.crop)"),
                 "certificate o JOIN scheme_version w ON w.id = o.scheme_version"
                 f" WHERE o.id {held}"),
            many(one("r.certificate, r.seq, r.kind, r.from_on, r.because"),
                 f"certificate_event r WHERE r.certificate {held}"),
            many("r.id", "residue_test r WHERE r.plot = p.id"),
            many(one("e.seq, e.at, e.tag"),
                 "log_entry e WHERE e.subject IN (p.id, d.application, i.id, d.id, c.id)"
                 f" AND e.tag IN ({shown})"),
        ]  # fmt: skip

    def asked(self, columns: list[str], of: str) -> str:
        """On PostgreSQL of many codes at once. What was made of other lots is told by `made`."""
        asked = f"SELECT l.code, {', '.join(columns)} FROM {of}"  # noqa: S608  (constants)
        return f"{asked} WHERE l.code {self.how['coded']} AND l.deed IS NULL"


@lru_cache(maxsize=2)
def whole(engine: str) -> str:
    """Told the first moment of the day, the day, and the code or codes."""
    how = _Words(engine)
    stock = " JOIN stock k ON k.source = l.id"
    return how.asked([*how.own("k.available_grams"), *how.shared()], FROM + stock)


@lru_cache(maxsize=2)
def own(engine: str) -> str:
    """Told the first moment of the day, and the code or codes."""
    how = _Words(engine)
    return how.asked(how.own(), "lot l")


@lru_cache(maxsize=2)
def shared(engine: str) -> str:
    """Told the day, and the code or codes."""
    how = _Words(engine)
    return how.asked(how.shared(), FROM)


async def row(code: str, today: date) -> Row | None:
    """All that the page of the lot says that day rests on."""
    return await Together(whole, _midnight, _day).row(code, today)


@lru_cache(maxsize=4)
def _midnight(day: date, engine: str) -> object:
    at = datetime.combine(day, time.min, THAILAND)
    return convert_datetime_in(at) if engine == "sqlite" else at


def _day(day: date, _: str) -> object:
    return day


class _Batch:
    def __init__(self, today: date) -> None:
        self.today = today
        self.wanted: set[str] = set()
        self.found: dict[str, Row] | None = None


class Together:
    """Who scans while PostgreSQL answers others is answered with all who wait, by one statement.

    Each statement begins after the last of its readers asked, so nobody is told what was before.
    Where one fails or its reader leaves, the next of them asks anew. SQLite is asked for each.
    """

    def __init__(
        self, statement: Callable[[str], str], *told: Callable[[date, str], object]
    ) -> None:
        self._statement, self._told = statement, told
        self._turn = asyncio.Lock()
        self._next = _Batch(date.min)

    async def row(self, code: str, today: date) -> Row | None:
        if in_use().engine_type == "sqlite":
            found = await self._asked(today, code)
            return tuple(found[0][1:]) if found else None
        if self._next.today != today:
            self._next = _Batch(today)
        batch = self._next
        batch.wanted.add(code)
        async with self._turn:
            if batch.found is None:
                if self._next is batch:
                    self._next = _Batch(today)
                found = await self._asked(today, sorted(batch.wanted))
                batch.found = {known: tuple(row) for known, *row in found}
        return batch.found.get(code)

    def _asked(self, today: date, wanted: str | list[str]) -> Awaitable[Sequence[Sequence[Any]]]:
        db = in_use()
        told = [one(today, db.engine_type) for one in self._told]
        return db.look(self._statement(db.engine_type), *told, wanted)


def together_own() -> Together:
    return Together(own, _midnight)


def together_shared() -> Together:
    return Together(shared, _day)
