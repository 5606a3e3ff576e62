"""What buyers complained of: of one order, of a merchant, and what is overdue."""

from __future__ import annotations

from datetime import datetime

import msgspec

from certification.basis.database import in_use
from market.domain.complaints.rules import NoSuchComplaint


class AnswerView(msgspec.Struct, frozen=True):
    answer: str
    instance: str
    outcome: str
    satang: int
    bearer: str | None
    reason: str
    by: str
    at: datetime


class ComplaintView(msgspec.Struct, frozen=True):
    complaint: str
    order: str
    order_code: str
    cycle: str
    merchant: str
    buyer: str
    line: str
    name_th: str
    name_en: str
    grams: int
    paid_satang: int
    group: str
    farmer: str | None
    kind: str
    words: str
    appeal: str | None
    has_photo: bool
    state: str
    due_at: datetime
    at: datetime
    answers: list[AnswerView] = []

    @property
    def given(self) -> int:
        return sum(one.satang for one in self.answers)


COMPLAINTS = (
    'SELECT c.id AS complaint, c."order", o.code AS order_code, o.cycle, o.merchant, c.buyer,'
    " c.line, p.name_th, p.name_en, coalesce(l.actual_grams, l.grams) AS grams,"
    ' coalesce(l.actual_satang, 0) AS paid_satang, c."group", c.farmer, c.kind, c.words, c.appeal,'
    " c.photo IS NOT NULL AS has_photo, c.state, c.due_at, c.at FROM goods_complaint c"
    ' JOIN preorder o ON o.id = c."order" JOIN preorder_line l ON l.id = c.line'
    " JOIN offer f ON f.id = l.offer JOIN product p ON p.id = f.product"
)


async def complaint(id: str) -> ComplaintView:
    found = await _views(f"{COMPLAINTS} WHERE c.id = {{}}", id)
    if not found:
        raise NoSuchComplaint()
    return found[0]


async def of_order(order: str) -> list[ComplaintView]:
    return await _views(f'{COMPLAINTS} WHERE c."order" = {{}} ORDER BY c.at, c.id', order)


async def of_merchant(merchant: str, limit: int = 500) -> list[ComplaintView]:
    """What waits first, by when it is due; then what is done, the newest first."""
    return await _views(
        f"{COMPLAINTS} WHERE o.merchant = {{}} ORDER BY c.state NOT IN ('open', 'appealed'),"
        " CASE WHEN c.state IN ('open', 'appealed') THEN c.due_at END, c.at DESC, c.id LIMIT {}",
        merchant, limit,
    )  # fmt: skip


async def overdue(merchants: list[str], at: datetime) -> int:
    """Not answered in time, of these merchants together."""
    if not merchants:
        return 0
    marks = ", ".join(["{}"] * len(merchants))
    [row] = await in_use().query(
        'SELECT count(*) AS late FROM goods_complaint c JOIN preorder o ON o.id = c."order"'  # noqa: S608  (marks)
        f" WHERE c.state IN ('open', 'appealed') AND c.due_at < {{}} AND o.merchant IN ({marks})",
        at, *merchants,
    )  # fmt: skip
    return int(row["late"])


class CorrectionView(msgspec.Struct, frozen=True):
    """Of the weight that was written at handover."""

    correction: str
    line: str
    grams_before: int
    grams: int
    satang_before: int
    satang: int
    credited_satang: int
    reason: str
    at: datetime


async def corrections(order: str) -> list[CorrectionView]:
    """The oldest first; each says what was there before it."""
    rows = await in_use().query(
        "SELECT id AS correction, line, grams_before, grams, satang_before, satang,"
        ' credited_satang, reason, at FROM weight_correction WHERE "order" = {} ORDER BY at, id',
        order,
    )
    return [CorrectionView(**row) for row in rows]


async def photo(id: str) -> str | None:
    rows = await in_use().query("SELECT photo FROM goods_complaint WHERE id = {}", id)
    return rows[0]["photo"] if rows else None


async def handed_over_at(order: str) -> datetime | None:
    """When its goods changed hands, as the books say."""
    rows = await in_use().query(
        "SELECT at FROM ledger_entry WHERE subject = {} AND kind = 'handover' ORDER BY at LIMIT 1",
        order,
    )
    return rows[0]["at"] if rows else None


class Advance(msgspec.Struct, frozen=True):
    answer: str
    complaint: str
    satang: int
    bearer: str
    merchant: str
    group: str
    farmer: str | None


async def advanced(limit: int = 200) -> list[Advance]:
    """What the merchant gave for farmers and groups and has not taken back yet."""
    rows = await in_use().query(
        'SELECT a.id AS answer, c.id AS complaint, a.satang, a.bearer, o.merchant, c."group",'
        " c.farmer FROM goods_complaint_answer a JOIN goods_complaint c ON c.id = a.complaint"
        ' JOIN preorder o ON o.id = c."order" WHERE a.taken_at IS NULL AND a.satang > 0'
        " AND a.bearer IN ('farmer', 'group') ORDER BY a.at, a.id LIMIT {}",
        limit,
    )
    return [Advance(**row) for row in rows]


async def to_be_paid_back(merchant: str) -> set[str]:
    """Buyers who were promised money and were given none since."""
    rows = await in_use().query(
        "SELECT c.buyer FROM goods_complaint_answer a JOIN goods_complaint c ON c.id = a.complaint"
        " JOIN preorder o ON o.id = c.\"order\" WHERE o.merchant = {} AND a.outcome = 'refund'"
        " AND NOT EXISTS (SELECT r.id FROM credit_repayment r WHERE r.merchant = o.merchant"
        " AND r.buyer = c.buyer AND r.at >= a.at)",
        merchant,
    )
    return {row["buyer"] for row in rows}


async def _views(statement: str, *values: object) -> list[ComplaintView]:
    rows = await in_use().query(statement, *values)
    answers = await _answers([row["complaint"] for row in rows])
    return [
        ComplaintView(
            **{**row, "has_photo": bool(row["has_photo"])},
            answers=answers.get(row["complaint"], []),
        )
        for row in rows
    ]


async def _answers(complaints: list[str]) -> dict[str, list[AnswerView]]:
    if not complaints:
        return {}
    marks = ", ".join(["{}"] * len(complaints))
    rows = await in_use().query(
        "SELECT complaint, id AS answer, instance, outcome, satang, bearer, reason, by, at"  # noqa: S608  (marks)
        f" FROM goods_complaint_answer WHERE complaint IN ({marks}) ORDER BY instance DESC",
        *complaints,
    )
    found: dict[str, list[AnswerView]] = {}
    for row in rows:
        found.setdefault(row.pop("complaint"), []).append(AnswerView(**row))
    return found
