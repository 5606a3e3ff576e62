"""The kilos and sales behind a payout run, read from the settlements since the run before it."""

from __future__ import annotations

from certification.basis.database import in_use
from market.domain.offers import queries as offers
from market.domain.settlement import queries as settlement
from market.domain.settlement.rules import RunView, Sale, pieces
from market.domain.vouchers import rules
from market.domain.vouchers.rules import Earned, Line, Sold

SINCE = (
    " s.at <= r.made_at AND NOT EXISTS (SELECT 1 FROM payout_run x WHERE x.payer = r.payer"
    " AND x.level = r.level AND x.state <> 'rejected' AND x.number < r.number"
    " AND s.at <= x.made_at)"
)
"""Settled after the run before was made, and before this one."""
TO_FARMERS = (
    "SELECT h.farmer AS payee, CAST(SUM(h.grams) AS BIGINT) AS grams,"
    " CAST(SUM(h.sales_satang) AS BIGINT) AS gross_satang,"
    " CAST(SUM(h.satang) AS BIGINT) AS share_satang FROM payout_run r"
    ' JOIN settlement s ON s."group" = r.payer JOIN settlement_share h ON h.settlement = s.id'
    " WHERE r.id = {} AND"
)
TO_GROUPS = (
    'SELECT s."group" AS payee, CAST(SUM(COALESCE(w.grams, 0)) AS BIGINT) AS grams,'
    " CAST(SUM(s.gross_satang) AS BIGINT) AS gross_satang,"
    " CAST(SUM(s.group_satang + s.farmers_satang) AS BIGINT) AS share_satang FROM payout_run r"
    " JOIN settlement s ON s.merchant = r.payer LEFT JOIN (SELECT settlement,"
    " SUM(grams) AS grams FROM settlement_share GROUP BY settlement) w ON w.settlement = s.id"
    ' WHERE r.id = {} AND s."group" <> r.payer AND'
)

ROUNDS = "SELECT DISTINCT s.cycle FROM payout_run r CROSS JOIN settlement s WHERE r.id = {}"


async def lines(run: RunView) -> dict[str, Line]:
    """By payee, in the order of the run's payouts."""
    paid = {line.payee: line.satang for line in await settlement.payouts(run.id)}
    earned = TO_FARMERS if run.level == "farmer" else TO_GROUPS
    rows = await in_use().query(f"{earned}{SINCE} GROUP BY payee", run.id)
    return rules.lines(paid, [Earned(**row) for row in rows])


async def run_before(run: RunView) -> RunView | None:
    """The last of the same payer to the same level that was not rejected."""
    earlier = [
        one for one in await settlement.runs(run.payer)
        if one.level == run.level and one.number < run.number and one.state != "rejected"
    ]  # fmt: skip
    return max(earlier, key=lambda one: one.number, default=None)


async def sold(run: RunView) -> dict[str, list[Sold]]:
    """By payee, what was handed over in the rounds behind the run, lot by lot."""
    of = 's."group" = r.payer' if run.level == "farmer" else "s.merchant = r.payer"
    rows = await in_use().query(f"{ROUNDS} AND {of} AND{SINCE} ORDER BY cycle", run.id)
    totals: dict[tuple[str, str], tuple[int, int]] = {}
    for row in rows:
        rule = await offers.rule_of(row["cycle"])
        for sale in await settlement.sales(row["cycle"]):
            for farmer, piece in pieces(sale, rule).items():
                key = (_payee(run, sale, farmer), sale.lot)
                grams, satang = totals.get(key, (0, 0))
                totals[key] = (grams + piece.grams, satang + piece.satang)
    found: dict[str, list[Sold]] = {}
    for (payee, lot), (grams, satang) in totals.items():
        [row] = await in_use().query("SELECT code, crop FROM lot WHERE id = {}", lot)
        found.setdefault(payee, []).append(Sold(payee, row["code"], row["crop"], grams, satang))
    return found


def _payee(run: RunView, sale: Sale, farmer: str) -> str:
    """Nobody, where the sale is of a group that this run does not pay."""
    if run.level == "group":
        return sale.group
    return farmer if sale.group == run.payer else ""
