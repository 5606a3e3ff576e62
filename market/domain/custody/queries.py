"""Crates and what lies in them, with whom they are, and what was left for them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import msgspec

from certification.basis.database import Row, in_use
from certification.basis.units import Instant
from certification.groups import queries as groups
from market.domain.custody import refusals

Fault = tuple[str, str, str, str]
"""Table, row, column, why."""


class KindView(msgspec.Struct, frozen=True):
    id: str
    owner: str
    name_th: str
    name_en: str
    holds_grams: int
    tare_grams: int
    seq: int
    """Of the terms that hold now."""
    deposit_satang: int
    kept_satang: int
    days: int


class Inside(msgspec.Struct, frozen=True):
    id: str
    lot: str
    lot_code: str
    group: str
    crop: str
    grams: int


class CrateView(msgspec.Struct, frozen=True):
    id: str
    code: str
    kind: str
    owner: str
    state: str
    place: str | None
    at: Instant
    """Of its last step."""
    name_th: str
    name_en: str
    holds_grams: int
    tare_grams: int
    grams: int
    """Inside."""


class LoanView(msgspec.Struct, frozen=True):
    id: str
    crate: str
    code: str
    owner: str
    name_th: str
    name_en: str
    order: str | None
    order_code: str | None
    person: str | None
    place: str | None
    deposit_satang: int
    kept_satang: int
    due_on: date
    rail: str
    state: str
    at: Instant
    ended_at: Instant | None


class Step(msgspec.Struct, frozen=True):
    seq: int
    deed: str
    state: str
    place: str | None
    by: str
    at: Instant


KIND = (
    "SELECT k.id, k.owner, k.name_th, k.name_en, k.holds_grams, k.tare_grams, t.seq,"
    " t.deposit_satang, t.kept_satang, t.days FROM crate_kind k"
    " JOIN crate_terms t ON t.kind = k.id AND t.seq ="
    " (SELECT MAX(n.seq) FROM crate_terms n WHERE n.kind = k.id)"
)
CRATE = (
    "SELECT c.id, c.code, c.kind, c.owner, c.state, c.place, s.at, k.name_th, k.name_en,"
    " k.holds_grams, k.tare_grams, CAST(COALESCE((SELECT SUM(i.grams) FROM crate_content i"
    " WHERE i.crate = c.id AND i.out_at IS NULL), 0) AS BIGINT) AS grams"
    " FROM crate c JOIN crate_kind k ON k.id = c.kind"
    " JOIN crate_step s ON s.crate = c.id AND s.seq = c.seq"
)
LOAN = (
    'SELECT l.id, l.crate, c.code, l.owner, k.name_th, k.name_en, l."order",'
    " o.code AS order_code, l.person, l.place, l.deposit_satang, l.kept_satang, l.due_on, l.rail,"
    " l.state, l.at, l.ended_at FROM crate_loan l JOIN crate c ON c.id = l.crate"
    ' JOIN crate_kind k ON k.id = c.kind LEFT JOIN preorder o ON o.id = l."order"'
)
INSIDE = (
    'SELECT i.id, i.lot, l.code AS lot_code, l."group", l.crop, i.grams FROM crate_content i'
    " JOIN lot l ON l.id = i.lot WHERE i.crate = {} AND i.out_at IS NULL ORDER BY i.at, i.id"
)
THERE = (
    "SELECT s.capacity_grams - s.waste_grams - s.used_grams"
    " - COALESCE((SELECT SUM(p.actual_grams) FROM offer f JOIN preorder_line p ON p.offer = f.id"
    " JOIN preorder o ON o.id = p.\"order\" WHERE f.lot = {} AND o.state = 'handed_over'), 0)"
    " - COALESCE((SELECT SUM(sold_grams) FROM lease WHERE lot = {}), 0) AS grams"
    " FROM stock s WHERE s.source = {}"
)


async def network_of(group: str) -> str:
    """Whose crates, lots and places go together."""
    return (await groups.group(group)).network or group


async def kind(id: str) -> KindView:
    rows = await in_use().query(f"{KIND} WHERE k.id = {{}}", id)
    if not rows:
        raise refusals.NoSuchKind()
    return KindView(**rows[0])


async def kinds(owners: Collection[str]) -> list[KindView]:
    where, asked = among("k.owner", owners)
    rows = await in_use().query(f"{KIND} WHERE {where} ORDER BY k.at, k.id", *asked)
    return [KindView(**row) for row in rows]


async def crate(id: str) -> CrateView:
    return _one(await in_use().query(f"{CRATE} WHERE c.id = {{}}", id))


async def by_code(code: str) -> CrateView:
    return _one(await in_use().query(f"{CRATE} WHERE c.code = {{}}", code))


async def crates(owners: Collection[str], *, most: int = 2_000) -> list[CrateView]:
    """The newest deed first."""
    where, asked = among("c.owner", owners)
    rows = await in_use().query(
        f"{CRATE} WHERE {where} ORDER BY s.at DESC, c.code LIMIT {most}", *asked
    )
    return [_crate(row) for row in rows]


async def of_ids(ids: Collection[str]) -> list[CrateView]:
    """Those there are."""
    where, asked = among("c.id", ids)
    return [_crate(row) for row in await in_use().query(f"{CRATE} WHERE {where}", *asked)]


async def inside(crate: str) -> list[Inside]:
    return [Inside(**row) for row in await in_use().query(INSIDE, crate)]


async def steps(crate: str) -> list[Step]:
    """The newest first."""
    rows = await in_use().query(
        'SELECT seq, deed, state, place, "by", at FROM crate_step WHERE crate = {}'
        " ORDER BY seq DESC",
        crate,
    )
    return [msgspec.convert(row, Step) for row in rows]


async def loan_of(crate: str) -> LoanView | None:
    """Under way."""
    rows = await in_use().query(f"{LOAN} WHERE l.crate = {{}} AND l.state = 'out'", crate)
    return _loan(rows[0]) if rows else None


async def loan(id: str) -> LoanView:
    [row] = await in_use().query(f"{LOAN} WHERE l.id = {{}}", id)
    return _loan(row)


async def loans(owners: Collection[str], *, out: bool = False) -> list[LoanView]:
    """Those still out, or all; what is due first stands first."""
    where, asked = among("l.owner", owners)
    still = " AND l.state = 'out'" if out else ""
    rows = await in_use().query(f"{LOAN} WHERE {where}{still} ORDER BY l.due_on, l.id", *asked)
    return [_loan(row) for row in rows]


async def loans_of_order(order: str) -> list[LoanView]:
    rows = await in_use().query(f'{LOAN} WHERE l."order" = {{}} ORDER BY l.at, l.id', order)
    return [_loan(row) for row in rows]


async def there(lot: str) -> int:
    """Grams that were neither wasted, nor made into other lots, nor given to anybody."""
    [row] = await in_use().query(THERE, lot, lot, lot)
    return int(row["grams"])


FAULTS: dict[tuple[str, str, str], str] = {
    ("lot_in_hand", "crated_grams", "not what lies in crates"): (
        "SELECT h.lot AS id FROM lot_in_hand h LEFT JOIN (SELECT i.lot, SUM(i.grams) AS grams"
        " FROM crate_content i JOIN crate c ON c.id = i.crate"
        " WHERE i.out_at IS NULL AND c.state <> 'away' GROUP BY i.lot) s ON s.lot = h.lot"
        " WHERE h.crated_grams <> COALESCE(s.grams, 0)"
    ),
    ("lot_in_hand", "moving_grams", "not what is under way in no crate"): (
        "SELECT h.lot AS id FROM lot_in_hand h LEFT JOIN (SELECT l.lot, SUM(l.grams) AS grams"
        " FROM custody_dispatch_line l JOIN custody_dispatch d ON d.id = l.dispatch"
        " WHERE l.crate IS NULL AND d.arrival IS NULL GROUP BY l.lot) s ON s.lot = h.lot"
        " WHERE h.moving_grams <> COALESCE(s.grams, 0)"
    ),
    ("crate", "state", "away without a loan, or lent and not away"): (
        "SELECT c.id FROM crate c LEFT JOIN crate_loan l ON l.crate = c.id AND l.state = 'out'"
        " WHERE (c.state = 'away') <> (l.id IS NOT NULL)"
    ),
    ("crate", "seq", "not its last step"): (
        "SELECT c.id FROM crate c JOIN crate_step s ON s.crate = c.id AND s.seq = c.seq"
        " WHERE s.state <> c.state OR EXISTS"
        " (SELECT 1 FROM crate_step n WHERE n.crate = c.id AND n.seq > c.seq)"
    ),
}
DEPOSITS = (
    'SELECT * FROM (SELECT a."of" AS id, b.credits_satang - b.debits_satang AS owed,'
    " COALESCE((SELECT SUM(l.deposit_satang) FROM crate_loan l"
    " WHERE l.crate = a.\"of\" AND l.state = 'out'), 0) AS told FROM ledger_account a"
    " JOIN ledger_balance b ON b.account = a.id WHERE a.kind = 'deposit') AS d WHERE owed <> told"
)


async def custody_faults() -> list[Fault]:
    """Sums that are not those of the rows, and deposits that no loan stands for."""
    found = [
        (table, str(row["id"]), column, why)
        for (table, column, why), statement in FAULTS.items()
        for row in await in_use().query(statement)
    ]
    for row in await in_use().query(DEPOSITS):
        why = f"{row['owed']} in the ledger, {row['told']} by the loans"
        found.append(("crate_loan", str(row["id"]), "deposit_satang", why))
    return found


def among(column: str, owners: Collection[str]) -> tuple[str, list[str]]:
    asked = sorted(owners)
    return (f"{column} IN ({', '.join(['{}'] * len(asked))})" if asked else "1 = 0"), asked


def _one(rows: list[Row]) -> CrateView:
    if not rows:
        raise refusals.NoSuchCrate()
    return _crate(rows[0])


def _crate(row: Row) -> CrateView:
    return msgspec.convert(row, CrateView, strict=False)


def _loan(row: Row) -> LoanView:
    return msgspec.convert(row, LoanView, strict=False)
