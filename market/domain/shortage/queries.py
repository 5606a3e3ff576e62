"""What is short, how it would be shared, and how it was, with the reason of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from certification.basis.database import Row, in_use
from market.domain.offers.refusals import NoSuchOffer
from market.domain.offers.rules import SharedBy, price
from market.domain.orders.deposits import ahead
from market.domain.shortage import rules
from market.domain.shortage.rules import Case, Other, Share, Want


class Short(msgspec.Struct, frozen=True):
    """An offer of which less may come than was ordered."""

    offer: str
    cycle: str
    merchant: str
    stock: str
    shared_by: str
    satang_per_kg: int
    step_grams: int
    piece_grams_max: int | None
    name_th: str
    name_en: str
    group: str
    farmer: str | None
    ordered_grams: int
    held_orders: int
    told_grams: int | None
    """The newest word of what comes, where it was not shared out since."""


class Line(msgspec.Struct, frozen=True):
    """What a line gets, or got."""

    line: str
    order: str
    order_code: str
    buyer: str
    ordered_grams: int
    given_grams: int
    because: str
    instead: str | None
    instead_grams: int
    credited_satang: int


class Preview(msgspec.Struct, frozen=True):
    seen: str
    shared_by: str
    there_grams: int
    ordered_grams: int
    given_grams: int
    first_grams: int
    """Given to who is served first."""
    lines: list[Line]


class Reason(msgspec.Struct, frozen=True):
    """Why a line of an order is what it is now: one sentence with these numbers."""

    line: str
    because: str
    name_th: str
    name_en: str
    there_grams: int
    all_grams: int
    ordered_grams: int
    given_grams: int
    step_grams: int
    """Of one piece, where it is sold so; else 0."""
    instead_th: str | None
    instead_en: str | None
    instead_grams: int


Fault = tuple[str, str, str, str]

SHORT = (
    "SELECT f.id AS offer, f.cycle, c.merchant, f.stock, f.shared_by, f.satang_per_kg,"
    ' f.step_grams, f.piece_grams_max, p.name_th, p.name_en, f."group" AS group_id, f.farmer,'
    " (SELECT CAST(COALESCE(SUM(pl.grams), 0) AS BIGINT) FROM preorder_line pl JOIN preorder o"
    " ON o.id = pl.\"order\" WHERE pl.offer = f.id AND o.state = 'confirmed') AS ordered_grams,"
    ' (SELECT COUNT(*) FROM preorder_line pl JOIN preorder o ON o.id = pl."order"'
    " WHERE pl.offer = f.id AND o.state = 'held') AS held_orders,"
    " (SELECT t.grams FROM shortage_told t WHERE t.offer = f.id AND NOT EXISTS (SELECT 1 FROM"
    " shortage s WHERE s.offer = f.id AND s.at >= t.at) ORDER BY t.at DESC, t.id DESC LIMIT 1)"
    " AS told_grams FROM offer f JOIN cycle c ON c.id = f.cycle JOIN product p ON p.id = f.product"
)
WANTS = (
    "SELECT pl.id AS line, o.id AS order_id, o.code, o.buyer, o.rail, o.total_satang,"
    " o.deposit_satang, o.placed_at, pl.grams,"
    " pl.satang, pl.satang_per_kg, pl.if_short, pl.least_grams, pl.instead, (SELECT MAX(e.at) FROM"
    " log_entry e WHERE e.subject = o.id AND e.tag = 'orders.confirmed') AS confirmed_at"
    ' FROM preorder_line pl JOIN preorder o ON o.id = pl."order"'
    " WHERE pl.offer = {} AND o.state = 'confirmed' AND pl.grams > 0"
)
OTHERS = (
    "SELECT DISTINCT f.id AS offer, f.stock, f.step_grams, f.satang_per_kg, CASE WHEN s.frozen > 0"
    " OR f.withdrawn_at IS NOT NULL THEN 0 ELSE s.available_grams END AS left_grams"
    ' FROM preorder_line pl JOIN preorder o ON o.id = pl."order" JOIN offer f ON f.id = pl.instead'
    " JOIN stock s ON s.id = f.stock WHERE pl.offer = {} AND o.state = 'confirmed'"
)
FIRST = (
    "SELECT x.buyer, x.kind FROM served_first x WHERE x.merchant = {} AND NOT EXISTS"
    " (SELECT 1 FROM served_first y WHERE y.merchant = x.merchant AND y.buyer = x.buyer"
    " AND (y.at > x.at OR (y.at = x.at AND y.id > x.id)))"
)
ROUNDS = (
    "SELECT cycle, MAX(at) AS at FROM shortage WHERE merchant = {} GROUP BY cycle"
    " ORDER BY MAX(at) DESC, cycle LIMIT {}"
)
MISSED = (
    "SELECT o.buyer, CAST(SUM(h.ordered_grams) AS BIGINT) AS ordered,"
    " CAST(SUM(CASE WHEN h.because IN ('left_out', 'below_least') THEN 0 ELSE"
    " h.ordered_grams - h.given_grams - h.instead_grams END) AS BIGINT) AS missed"
    " FROM shortage_share h JOIN shortage s ON s.id = h.shortage"
    ' JOIN preorder o ON o.id = h."order"'
    " WHERE s.merchant = {} AND s.cycle = {} GROUP BY o.buyer"
)
REASONS = (
    "SELECT h.line, h.because, p.name_th, p.name_en, s.there_grams, s.ordered_grams AS all_grams,"
    " h.ordered_grams, h.given_grams, COALESCE(f.piece_grams_max, 0) AS step_grams,"
    " q.name_th AS instead_th, q.name_en AS instead_en, h.instead_grams"
    " FROM shortage_share h JOIN shortage s ON s.id = h.shortage JOIN offer f ON f.id = s.offer"
    " JOIN product p ON p.id = f.product LEFT JOIN offer g ON g.id = h.instead"
    ' LEFT JOIN product q ON q.id = g.product WHERE h."order" = {}'
    " AND h.given_grams < h.ordered_grams ORDER BY s.at, s.id, h.line"
)


async def short(offer: str) -> Short:
    """NoSuchOffer."""
    rows = await in_use().query(f"{SHORT} WHERE f.id = {{}}", offer)
    if not rows:
        raise NoSuchOffer()
    return _short(rows[0])


async def of_cycle(cycle: str) -> list[Short]:
    """Offers of which something is ordered, or said to come short."""
    return [one for one in await every(cycle) if one.ordered_grams or one.told_grams is not None]


async def every(cycle: str) -> list[Short]:
    """All its offers, by product."""
    rows = await in_use().query(f"{SHORT} WHERE f.cycle = {{}} ORDER BY p.name_th, f.id", cycle)
    return [_short(row) for row in rows]


def _short(row: Row) -> Short:
    return Short(group=row.pop("group_id"), **row)


async def served_first(merchant: str) -> dict[str, str]:
    """By buyer the kind."""
    rows = await in_use().query(FIRST, merchant)
    return {row["buyer"]: row["kind"] for row in rows if row["kind"]}


async def gone_short(merchant: str) -> dict[str, tuple[int, int]]:
    """By buyer, (grams ordered, grams missed) in the rounds that are remembered."""
    found = dict[str, tuple[int, int]]()
    for round in await in_use().query(ROUNDS, merchant, rules.ROUNDS_REMEMBERED):
        for row in await in_use().query(MISSED, merchant, round["cycle"]):
            ordered, missed = found.get(row["buyer"], (0, 0))
            found[row["buyer"]] = ordered + row["ordered"], missed + row["missed"]
    return found


async def case(of: Short, there_grams: int) -> tuple[Case, list[Row]]:
    """What sharing it out would follow from, and the rows of its lines."""
    rows = await in_use().query(WANTS, of.offer)
    by_first = of.shared_by == "priority"
    first = await served_first(of.merchant) if by_first else {}
    missed = await gone_short(of.merchant) if by_first else {}
    wants = tuple(
        Want(
            row["line"], row["order_id"], _paid_at(row), row["grams"], row["if_short"],
            row["least_grams"] or 0, row["buyer"] in first,
            rules.more_for(*missed.get(row["buyer"], (0, 0))), row["satang_per_kg"],
            row["instead"],
        )
        for row in rows
    )  # fmt: skip
    others = tuple(Other(**row) for row in await in_use().query(OTHERS, of.offer))
    step = of.piece_grams_max or of.step_grams
    shared_by = msgspec.convert(of.shared_by, SharedBy)
    return Case(shared_by, there_grams, step, wants, others), rows


def _paid_at(row: Row) -> str:
    paid = row["confirmed_at"] or row["placed_at"]
    when = paid if isinstance(paid, datetime) else datetime.fromisoformat(paid)
    return when.astimezone(UTC).isoformat()


async def preview(offer: str, there_grams: int) -> Preview:
    """Nothing is changed. NothingShort, StillHeld, NotWhole."""
    of = await short(offer)
    asked, rows = await case(of, there_grams)
    rules.ensure_short(asked, of.held_orders)
    return previewed(asked, rules.allocate(asked), rows)


def previewed(asked: Case, shares: Sequence[Share], rows: Sequence[Row]) -> Preview:
    by_line = {row["line"]: row for row in rows}
    first = {want.line for want in asked.wants if want.first}
    prices = {other.offer: other.satang_per_kg for other in asked.others}
    return Preview(
        rules.seen(asked), asked.shared_by, asked.there_grams, asked.ordered_grams,
        sum(share.grams for share in shares),
        sum(share.grams for share in shares if share.line in first),
        [_line(share, by_line[share.line], prices) for share in shares],
    )  # fmt: skip


def _line(share: Share, row: Row, prices: dict[str, int]) -> Line:
    instead = row["instead"] if share.instead_grams else None
    other = price(share.instead_grams, prices[instead]) if instead else 0
    kept = price(share.grams, row["satang_per_kg"])
    back = 0 if share.grams == row["grams"] else row["satang"] - kept - other
    due = row["total_satang"] - ahead(row["rail"], row["total_satang"], row["deposit_satang"])
    return Line(
        share.line, row["order_id"], row["code"], row["buyer"], row["grams"], share.grams,
        share.because, instead, share.instead_grams, max(back - due, 0),
    )  # fmt: skip


async def reasons(order: str) -> list[Reason]:
    """Of the lines of which less is given than was ordered."""
    return [Reason(**row) for row in await in_use().query(REASONS, order)]


class Shared(msgspec.Struct, frozen=True):
    """A sharing that was done."""

    id: str
    offer: str
    cycle: str
    shared_by: str
    there_grams: int
    ordered_grams: int
    given_grams: int
    credited_satang: int
    by: str
    at: datetime


async def shared(offer: str) -> list[Shared]:
    """The newest first."""
    rows = await in_use().query(
        "SELECT id, offer, cycle, shared_by, there_grams, ordered_grams, given_grams,"
        ' credited_satang, "by", at FROM shortage WHERE offer = {} ORDER BY at DESC, id DESC',
        offer,
    )
    return [Shared(**row) for row in rows]


async def shares(shortage: str) -> list[Row]:
    return await in_use().query(
        'SELECT h.line, h."order" AS order_id, o.code, o.buyer, h.ordered_grams, h.given_grams,'
        " h.because, h.instead, h.instead_grams FROM shortage_share h JOIN preorder o"
        ' ON o.id = h."order" WHERE h.shortage = {} ORDER BY o.code, h.line',
        shortage,
    )


async def shortage_faults() -> list[Fault]:
    """Sharings that do not follow from what they say they follow from."""
    faults: list[Fault] = []
    for row in await in_use().query("SELECT id, case_json, given_grams FROM shortage ORDER BY id"):
        asked = msgspec.json.decode(row["case_json"], type=Case)
        again = {share.line: share for share in rules.allocate(asked)}
        for share in await shares(row["id"]):
            of = again.get(share["line"])
            if of is None or (of.grams, of.because, of.instead_grams) != (
                share["given_grams"], share["because"], share["instead_grams"],
            ):  # fmt: skip
                why = f"{share['given_grams']} g, recomputed {of.grams if of else 'nothing'}"
                faults.append(("shortage_share", share["line"], "given_grams", why))
        if sum(one.grams for one in again.values()) != row["given_grams"]:
            faults.append(("shortage", row["id"], "given_grams", "not the sum of its shares"))
    return faults
