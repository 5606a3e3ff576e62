"""Which split rule holds on a day, and which proposals wait for a second person."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from certification.basis.database import Row, in_use
from certification.groups import queries as groups
from market.domain.splits.rules import ROLES, NoSuchProposal, NoSuchRule, Proposal, Split

RULE = "SELECT id, merchant, merchant_bp, truck_bp, fund_bp, group_bp FROM split_rule"
PROPOSAL = (
    "SELECT id, merchant, merchant_bp, truck_bp, fund_bp, group_bp, decided_on, holds_from,"
    ' after_version, state, "by", at, decided_by, decided_at, reason FROM split_proposal'
)


async def in_force(merchant: str, on: date) -> Split:
    """The newest version that was approved to hold from that day or before; NoSuchRule."""
    rows = await in_use().query(
        f"{RULE} WHERE merchant = {{}} AND holds_from <= {{}} ORDER BY version DESC LIMIT 1",
        merchant, on,
    )  # fmt: skip
    if not rows:
        raise NoSuchRule()
    return Split(**rows[0])


async def rule(id: str) -> Split:
    """The one a round froze; NoSuchRule."""
    rows = await in_use().query(f"{RULE} WHERE id = {{}}", id)
    if not rows:
        raise NoSuchRule()
    return Split(**rows[0])


async def last_version(merchant: str) -> int:
    """Of all that were approved, whenever they hold from."""
    [row] = await in_use().query(
        "SELECT COALESCE(MAX(version), 0) AS version FROM split_rule WHERE merchant = {}", merchant
    )
    return int(row["version"])


async def version_of(rule: str) -> int | None:
    """None: not approved."""
    rows = await in_use().query("SELECT version FROM split_rule WHERE id = {}", rule)
    return int(rows[0]["version"]) if rows else None


async def proposal(id: str) -> Proposal:
    """NoSuchProposal."""
    rows = await in_use().query(f"{PROPOSAL} WHERE id = {{}}", id)
    if not rows:
        raise NoSuchProposal()
    return _proposal(rows[0])


async def proposals(merchant: str) -> list[Proposal]:
    """The newest first."""
    rows = await in_use().query(
        f"{PROPOSAL} WHERE merchant = {{}} ORDER BY at DESC, id DESC", merchant
    )
    return [_proposal(row) for row in rows]


async def in_office(merchant: str, at: datetime) -> set[str]:
    """Who may write down and approve how this merchant shares, its network's people too."""
    return {who for role in ROLES for who in await groups.holders_of(role, merchant, at)}


def _proposal(row: Row) -> Proposal:
    return msgspec.convert(row, Proposal, strict=False)
