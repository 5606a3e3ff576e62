"""What each group and farmer has earned, was paid and is still owed."""

from __future__ import annotations

from collections.abc import Collection, Container, Mapping
from datetime import date, datetime

import msgspec

from certification.basis.database import in_use
from market.domain.ledger import queries as ledger
from market.domain.lineage import queries as lineage
from market.domain.offers import queries as offers
from market.domain.settlement import rules
from market.domain.settlement.rules import (
    FarmerShare,
    Level,
    PayoutView,
    RunView,
    Sale,
    Tally,
)  # fmt: skip
from market.domain.settlement.tables import Payout
from market.domain.splits.rules import Parts


class Before(msgspec.Struct, frozen=True):
    """What earlier rounds of a group in a cycle settled."""

    rounds: int
    tally: Tally
    shares: Mapping[str, FarmerShare]


class SettlementView(msgspec.Struct, frozen=True):
    id: str
    cycle: str
    cycle_th: str
    cycle_en: str
    merchant: str
    group: str
    round: int
    gross_satang: int
    merchant_satang: int
    truck_satang: int
    fund_satang: int
    group_satang: int
    farmers_satang: int
    at: datetime


class ShareLine(msgspec.Struct, frozen=True):
    """A farmer's part of one settlement."""

    settlement: str
    cycle: str
    cycle_th: str
    cycle_en: str
    group: str
    grams: int
    sales_satang: int
    satang: int
    at: datetime


class LotLine(msgspec.Struct, frozen=True):
    """What a farmer's lot brought in a cycle, and his part of it by the rule the cycle froze."""

    lot: str
    group: str
    lot_code: str
    crop: str
    harvested_on: date
    grams: int
    sales_satang: int
    satang: int
    parts: Parts
    """Of everybody."""


class FarmerStatement(msgspec.Struct, frozen=True):
    shares: list[ShareLine]
    payouts: list[PayoutView]
    settled_satang: int
    paid_satang: int

    @property
    def due_satang(self) -> int:
        return self.settled_satang - self.paid_satang

    def within(self, groups: Container[str]) -> FarmerStatement:
        """What came through these groups."""
        shares = [share for share in self.shares if share.group in groups]
        paid = [payout for payout in self.payouts if payout.payer in groups]
        return _statement(shares, paid)


def _statement(shares: list[ShareLine], paid: list[PayoutView]) -> FarmerStatement:
    settled = sum(share.satang for share in shares)
    return FarmerStatement(shares, paid, settled, sum(payout.satang for payout in paid))


HANDED_OVER = (
    ' FROM preorder_line pl JOIN preorder o ON o.id = pl."order" JOIN offer f ON f.id = pl.offer'
    " WHERE o.cycle = {} AND (o.state = 'handed_over'"
    " OR (o.state = 'cancelled' AND pl.actual_satang > 0))"
)
WALKED_UP = (
    " FROM walkup_line w JOIN lease l ON l.id = w.lease WHERE l.cycle = {}"
    " AND NOT EXISTS (SELECT 1 FROM walkup_void v WHERE v.sale = w.sale)"
)
SALES = (
    'SELECT f."group" AS group_id, f.farmer, f.lot, pl.actual_grams AS grams,'
    f" pl.actual_satang AS satang, pl.satang_per_kg{HANDED_OVER} UNION ALL"
    ' SELECT l."group" AS group_id, l.farmer, l.lot, w.grams, w.satang, w.satang_per_kg'
    f"{WALKED_UP}"
)
"""What was ordered and fetched, what was kept of orders nobody fetched (no gram), and what was sold
from a truck to who came by."""
GROUPS = (
    f'SELECT DISTINCT f."group" AS id{HANDED_OVER} UNION'
    f' SELECT DISTINCT l."group" AS id{WALKED_UP} ORDER BY id'
)
PAYOUT = (
    "SELECT p.id, p.run, r.state AS run_state, r.payer, r.level, p.payee, p.satang, p.state,"
    " p.bank, p.trans_ref, p.paid_at FROM payout_line p JOIN payout_run r ON r.id = p.run"
)
RUN = (
    "SELECT id, payer, level, number, state, made_by, made_at, decided_by, decided_at"
    " FROM payout_run"
)
SETTLEMENT = (
    "SELECT s.id, s.cycle, c.name_th AS cycle_th, c.name_en AS cycle_en, s.merchant,"
    ' s."group" AS group_id, s.round, s.gross_satang, s.merchant_satang, s.truck_satang,'
    " s.fund_satang, s.group_satang, s.farmers_satang, s.at"
    " FROM settlement s JOIN cycle c ON c.id = s.cycle"
)


async def groups_in(cycle: str) -> list[str]:
    """Of which something was handed over, in the order in which they are settled."""
    return [row["id"] for row in await in_use().query(GROUPS, cycle, cycle)]


async def sales(cycle: str) -> list[Sale]:
    rows = await in_use().query(SALES, cycle, cycle)
    mixed = {row["lot"] for row in rows if row["farmer"] is None}
    of = {lot: await lineage.farmers_of(lot) for lot in sorted(mixed)}
    return [Sale(group=row.pop("group_id"), of=of.get(row["lot"], {}), **row) for row in rows]


async def settled_before(cycle: str, group: str) -> Before:
    rounds = await settlements(cycle=cycle, group=group)
    rows = await in_use().query(
        "SELECT h.farmer, CAST(SUM(h.grams) AS BIGINT) AS grams,"
        " CAST(SUM(h.sales_satang) AS BIGINT) AS sales_satang,"
        " CAST(SUM(h.satang) AS BIGINT) AS satang FROM settlement_share h"
        ' JOIN settlement s ON s.id = h.settlement WHERE s.cycle = {} AND s."group" = {}'
        " GROUP BY h.farmer",
        cycle, group,
    )  # fmt: skip
    shares = {row["farmer"]: FarmerShare(**row) for row in rows}
    grams = sum(share.grams for share in shares.values())
    parts = Parts(
        sum(each.farmers_satang for each in rounds), sum(each.group_satang for each in rounds),
        sum(each.truck_satang for each in rounds), sum(each.fund_satang for each in rounds),
        sum(each.merchant_satang for each in rounds),
    )  # fmt: skip
    return Before(len(rounds), Tally(grams, parts.whole, parts), shares)


async def settlements(
    *, id: str | None = None, cycle: str | None = None, group: str | None = None,
    merchant: str | None = None,
) -> list[SettlementView]:  # fmt: skip
    """That one, or those of a cycle, a group, a merchant; the oldest first."""
    rows = await in_use().query(
        SETTLEMENT + " WHERE s.id = COALESCE({}, s.id) AND s.cycle = COALESCE({}, s.cycle)"
        ' AND s."group" = COALESCE({}, s."group") AND s.merchant = COALESCE({}, s.merchant)'
        " ORDER BY s.at, s.id",
        id, cycle, group, merchant,
    )  # fmt: skip
    return [SettlementView(group=row.pop("group_id"), **row) for row in rows]


async def shares(settlement: str) -> list[FarmerShare]:
    rows = await in_use().query(
        "SELECT farmer, grams, sales_satang, satang FROM settlement_share"
        " WHERE settlement = {} ORDER BY satang DESC, farmer",
        settlement,
    )
    return [FarmerShare(**row) for row in rows]


async def unsettled(cycle: str) -> list[rules.Division]:
    """How a cycle would be divided now, group by group; nothing where all is settled."""
    rule, sold = await offers.rule_of(cycle), await sales(cycle)
    found = []
    for group in await groups_in(cycle):
        before = await settled_before(cycle, group)
        found.append(rules.divided(group, sold, rule, before.tally, before.shares))
    return [division for division in found if division.tally.satang > 0]


async def undivided(cycle: str, group: str) -> dict[str, int]:
    """By farmer the satang of what was sold and no settlement has divided yet."""
    settled, rule = (await settled_before(cycle, group)).shares, await offers.rule_of(cycle)
    found = {farmer: -share.sales_satang for farmer, share in settled.items()}
    for sale in await sales(cycle):
        if sale.group == group:
            for farmer, piece in rules.pieces(sale, rule).items():
                found[farmer] = found.get(farmer, 0) + piece.satang
    return found


async def farmer_statement(farmer: str) -> FarmerStatement:
    """Everything a farmer was given and paid, the newest first."""
    rows = await in_use().query(
        "SELECT s.id AS settlement, s.cycle, c.name_th AS cycle_th, c.name_en AS cycle_en,"
        ' s."group" AS group_id, h.grams, h.sales_satang, h.satang, s.at FROM settlement_share h'
        " JOIN settlement s ON s.id = h.settlement JOIN cycle c ON c.id = s.cycle"
        " WHERE h.farmer = {} ORDER BY s.at DESC, s.id DESC",
        farmer,
    )
    shares = [ShareLine(group=row.pop("group_id"), **row) for row in rows]
    found = await in_use().query(
        f"{PAYOUT} WHERE p.payee = {{}} AND r.level = 'farmer' AND p.state = 'paid'"
        " ORDER BY p.paid_at DESC, p.id",
        farmer,
    )
    return _statement(shares, [PayoutView(**row) for row in found])


async def farmer_lots(farmer: str, cycle: str) -> list[LotLine]:
    """What stands behind a share: his lots in a cycle, handed over until now; of a lot of several
    his part."""
    rule, totals = await offers.rule_of(cycle), dict[str, Tally]()
    for sale in await sales(cycle):
        if piece := rules.pieces(sale, rule).get(farmer):
            totals[sale.lot] = totals.get(sale.lot, rules.EMPTY).plus(piece)
    lines = []
    for lot, total in totals.items():
        [row] = await in_use().query(
            'SELECT "group", code, crop, harvested_on FROM lot WHERE id = {}', lot
        )
        of = (row["group"], row["code"], row["crop"], row["harvested_on"])
        sold = (total.grams, total.satang, total.parts.farmer, total.parts)
        lines.append(LotLine(lot, *of, *sold))
    return sorted(lines, key=lambda line: line.lot_code)


async def due(payer: str, level: Level) -> dict[str, int]:
    """Satang per payee that no run which is made or approved is about to pay."""
    rows = await in_use().query(
        "SELECT p.payee, CAST(SUM(p.satang) AS BIGINT) AS satang FROM payout_line p"
        " JOIN payout_run r ON r.id = p.run WHERE r.payer = {} AND r.level = {}"
        " AND r.state <> 'rejected' AND p.state = 'due' GROUP BY p.payee",
        payer, level,
    )  # fmt: skip
    under_way = {row["payee"]: row["satang"] for row in rows}
    owed = await ledger.balances(payer, rules.DUE[level])
    left = {account.of: account.satang - under_way.get(account.of, 0) for account in owed}
    return {payee: satang for payee, satang in sorted(left.items()) if satang > 0}


async def last_run(payer: str, level: Level) -> int:
    [row] = await in_use().query(
        "SELECT COALESCE(MAX(number), 0) AS number FROM payout_run"
        " WHERE payer = {} AND level = {}",
        payer, level,
    )  # fmt: skip
    return int(row["number"])


async def run(id: str) -> RunView:
    """NoSuchRun."""
    rows = await in_use().query(f"{RUN} WHERE id = {{}}", id)
    if not rows:
        raise rules.NoSuchRun()
    return RunView(**rows[0])


async def runs(payer: str) -> list[RunView]:
    """The newest first."""
    rows = await in_use().query(f"{RUN} WHERE payer = {{}} ORDER BY made_at DESC, id DESC", payer)
    return [RunView(**row) for row in rows]


async def sums(payer: str) -> dict[str, tuple[int, int]]:
    """By run: all of it, and what of it is not paid."""
    rows = await in_use().query(
        "SELECT p.run, SUM(p.satang) AS whole,"
        " SUM(CASE WHEN p.state = 'paid' THEN 0 ELSE p.satang END) AS left_satang"
        " FROM payout_line p JOIN payout_run r ON r.id = p.run WHERE r.payer = {} GROUP BY p.run",
        payer,
    )  # fmt: skip
    return {row["run"]: (int(row["whole"]), int(row["left_satang"])) for row in rows}


async def payouts(run: str) -> list[PayoutView]:
    rows = await in_use().query(f"{PAYOUT} WHERE p.run = {{}} ORDER BY p.payee", run)
    return [PayoutView(**row) for row in rows]


async def runs_of(ids: Collection[str]) -> dict[str, str]:
    """The run of each payout, by its id."""
    if not ids:
        return {}
    rows = await Payout.select(Payout.id, Payout.run).where(Payout.id.is_in([*ids]))
    return {row["id"]: row["run"] for row in rows}


async def payout(id: str) -> PayoutView:
    """NoSuchPayout."""
    rows = await in_use().query(f"{PAYOUT} WHERE p.id = {{}}", id)
    if not rows:
        raise rules.NoSuchPayout()
    return PayoutView(**rows[0])


Fault = tuple[str, str, str, str]
"""Table, row, column (empty for the whole row) and what is wrong."""

FAULTS = {
    ("settlement", "farmers_satang", "not the sum of its shares"): (
        "SELECT s.id FROM settlement s LEFT JOIN settlement_share h ON h.settlement = s.id"
        " GROUP BY s.id, s.farmers_satang HAVING s.farmers_satang <> COALESCE(SUM(h.satang), 0)"
    ),
    ("settlement", "gross_satang", "not the sum of its shares' sales"): (
        "SELECT s.id FROM settlement s LEFT JOIN settlement_share h ON h.settlement = s.id"
        " GROUP BY s.id, s.gross_satang HAVING s.gross_satang <> COALESCE(SUM(h.sales_satang), 0)"
    ),
    ("settlement", "", "without its entry in the ledger"): (
        "SELECT s.id FROM settlement s"
        " WHERE NOT EXISTS (SELECT 1 FROM ledger_entry e WHERE e.id = s.id)"
    ),
    ("payout_line", "state", "paid and in no entry of the ledger, or the other way"): (
        "SELECT p.id FROM payout_line p LEFT JOIN ledger_entry e ON e.id = p.id"
        " WHERE (p.state = 'paid' AND e.id IS NULL) OR (p.state <> 'paid' AND e.id IS NOT NULL)"
    ),
    ("payout_line", "state", "paid in a run nobody approved"): (
        "SELECT p.id FROM payout_line p JOIN payout_run r ON r.id = p.run"
        " WHERE p.state = 'paid' AND r.state <> 'approved'"
    ),
}


async def settlement_faults() -> list[Fault]:
    """Settlements that are not the sum of their shares, and payouts the ledger does not know."""
    return [
        (table, row["id"], column, why)
        for (table, column, why), statement in FAULTS.items()
        for row in await in_use().query(statement)
    ]
