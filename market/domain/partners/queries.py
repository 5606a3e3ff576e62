"""Partners of a network, what became of a document, and what was told of one thing."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import msgspec

from certification.basis.database import in_use
from market.domain.partners import rules
from market.domain.partners.rules import Partner

SHOWN_MAX = 200
PARTNERS = (
    "SELECT p.id, p.network, p.name, p.since, p.until,"
    " (SELECT count(*) FROM partner_capture c WHERE c.partner = p.id) AS documents FROM partner p"
)
OURS = (
    "SELECT c.code FROM public_code c"
    " LEFT JOIN lot l ON c.kind = 'lot' AND l.id = c.subject"
    " LEFT JOIN plot f ON c.kind = 'plot' AND f.id = c.subject"
    " JOIN producer_group g ON g.id = CASE c.kind WHEN 'lot' THEN l.\"group\""
    " WHEN 'plot' THEN f.\"group\" ELSE c.subject END"
)
TOLD = (
    "SELECT w.event, w.kind, w.step, w.at, w.whereabouts, p.name AS partner, c.at AS told_at,"
    " p.id AS partner_id, w.place, w.taken_back"
    " FROM partner_word w JOIN partner_capture c ON c.id = w.capture"
    " JOIN partner p ON p.id = c.partner WHERE w.code = {} ORDER BY c.at, c.id, w.place LIMIT {}"
)


class Capture(msgspec.Struct, frozen=True):
    id: str
    at: datetime
    events: int


class ToldOf(msgspec.Struct, frozen=True):
    """An outsider's word about one of our things."""

    partner: str
    at: datetime
    told_at: datetime
    kind: str
    step: str | None
    whereabouts: str | None
    taken_back: bool


async def partner(id: str) -> Partner:
    rows = await in_use().query(f"{PARTNERS} WHERE p.id = {{}}", id)
    if not rows:
        raise rules.NoPartner(partner=id[:36])
    return msgspec.convert(rows[0], Partner)


async def of_networks(networks: Collection[str]) -> list[Partner]:
    """The newest first, also those whose grant has ended."""
    rows = await in_use().query(f"{PARTNERS} ORDER BY p.since DESC, p.id DESC")
    return [msgspec.convert(row, Partner) for row in rows if row["network"] in networks]


async def bearer(secret: str) -> Partner:
    """Whose secret this is, today."""
    rows = await in_use().query(
        f"{PARTNERS} WHERE p.fingerprint = {{}} AND p.until IS NULL", rules.fingerprint(secret)
    )
    if not rows:
        raise rules.NotAPartner
    return msgspec.convert(rows[0], Partner)


async def capture(id: str, partner: str) -> Capture:
    rows = await in_use().query(
        "SELECT id, at, events FROM partner_capture WHERE id = {} AND partner = {}", id, partner
    )
    if not rows:
        raise rules.NoCapture(capture=id[:36])
    return msgspec.convert(rows[0], Capture)


async def same(partner: str, digest: str) -> str | None:
    """The capture of exactly this document."""
    rows = await in_use().query(
        "SELECT id FROM partner_capture WHERE partner = {} AND digest = {}", partner, digest
    )
    return str(rows[0]["id"]) if rows else None


async def ours(codes: Collection[str], network: str) -> frozenset[str]:
    """Those of the codes that a lot, a plot or a group of the network bears."""
    if not codes:
        return frozenset()
    marks = ", ".join(["{}"] * len(codes))
    rows = await in_use().query(
        f"{OURS} WHERE c.code IN ({marks}) AND (g.id = {{}} OR g.network = {{}})",
        *sorted(codes), network, network,
    )  # fmt: skip
    return frozenset(str(row["code"]) for row in rows)


async def any_told(code: str) -> bool:
    rows = await in_use().query("SELECT 1 AS one FROM partner_word WHERE code = {} LIMIT 1", code)
    return bool(rows)


async def told(code: str) -> list[ToldOf]:
    """Each event once, in the order of time; what its own teller took back says so."""
    rows = await in_use().query(TOLD, code, SHOWN_MAX)
    back = {(row["partner_id"], row["event"]) for row in rows if row["taken_back"]}
    first: dict[tuple[str, str], ToldOf] = {}
    for row in rows:
        key = (row["partner_id"], row["event"])
        row["taken_back"] = key in back
        first.setdefault(key, msgspec.convert(row, ToldOf))
    return sorted(first.values(), key=lambda one: (one.at, one.told_at))
