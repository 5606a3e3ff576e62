"""What must be in the drawer of a truck, by what was done; and whether its closed days are true."""

from __future__ import annotations

import msgspec

from certification.basis.database import in_use


class Drawer(msgspec.Struct, frozen=True):
    float_satang: int
    sold_cash_satang: int
    """To who came by."""
    orders_cash_satang: int
    paid_out_satang: int
    """Costs that were paid out of it."""
    promptpay_satang: int
    credit_satang: int
    cost_satang: int
    """All of them."""

    @property
    def cash_satang(self) -> int:
        taken = self.float_satang + self.sold_cash_satang + self.orders_cash_satang
        return taken - self.paid_out_satang


SOLD = (
    "SELECT CAST(COALESCE(SUM(s.satang), 0) AS BIGINT) AS satang FROM walkup_sale s"
    " WHERE s.holder = {} AND s.rail = {}"
    " AND NOT EXISTS (SELECT 1 FROM walkup_void v WHERE v.sale = s.id)"
    " AND NOT s.late"
)
FLOAT = (
    "SELECT CAST(COALESCE(SUM(satang_each * pieces), 0) AS BIGINT) AS satang FROM cash_count"
    " WHERE truck = {} AND moment = {}"
)
ORDERS = (
    "SELECT CAST(COALESCE(SUM(cash_satang), 0) AS BIGINT) AS satang FROM truck_handover"
    " WHERE truck = {}"
)
ORDERS_BANK = ORDERS.replace("cash_satang", "bank_satang")
COSTS = (
    "SELECT CAST(COALESCE(SUM(satang), 0) AS BIGINT) AS satang FROM day_cost"
    " WHERE truck = {} AND paid_from IN ({}, {})"
)


async def of(truck: str) -> Drawer:
    """Sales that were entered after closing are not part of what was to be counted then."""
    return Drawer(
        float_satang=await _sum(FLOAT, truck, "float"),
        sold_cash_satang=await _sum(SOLD, truck, "cash"),
        orders_cash_satang=await _sum(ORDERS, truck),
        paid_out_satang=await _sum(COSTS, truck, "drawer", "drawer"),
        promptpay_satang=await _sum(SOLD, truck, "promptpay") + await _sum(ORDERS_BANK, truck),
        credit_satang=await _sum(SOLD, truck, "credit"),
        cost_satang=await _sum(COSTS, truck, "drawer", "bank"),
    )


async def _sum(statement: str, *values: str) -> int:
    [row] = await in_use().query(statement, *values)
    return int(row["satang"])


async def counted(truck: str, moment: str) -> dict[int, int]:
    """Pieces by kind of note or coin; empty before it was counted."""
    rows = await in_use().query(
        "SELECT satang_each, pieces FROM cash_count WHERE truck = {} AND moment = {}",
        truck, moment,
    )  # fmt: skip
    return {row["satang_each"]: row["pieces"] for row in rows}


class CostView(msgspec.Struct, frozen=True):
    id: str
    kind: str
    satang: int
    paid_from: str


async def costs(truck: str) -> list[CostView]:
    rows = await in_use().query(
        "SELECT id, kind, satang, paid_from FROM day_cost WHERE truck = {} ORDER BY at, id", truck
    )
    return [CostView(**row) for row in rows]


class ClosedView(msgspec.Struct, frozen=True):
    expected_satang: int
    counted_satang: int
    promptpay_satang: int
    promptpay_seen_satang: int
    credit_satang: int
    cost_satang: int
    reason: str | None


async def closed(truck: str) -> ClosedView | None:
    rows = await in_use().query(
        "SELECT expected_satang, counted_satang, promptpay_satang, promptpay_seen_satang,"
        " credit_satang, cost_satang, reason FROM truck_closed WHERE truck = {}",
        truck,
    )
    return ClosedView(**rows[0]) if rows else None


MONEY_FAULTS = {
    ("truck_closed", "counted_satang", "not what its notes and coins come to"): (
        "SELECT c.id FROM truck_closed c LEFT JOIN (SELECT truck, SUM(satang_each * pieces) AS sum"
        " FROM cash_count WHERE moment = 'close' GROUP BY truck) n ON n.truck = c.truck"
        " WHERE c.counted_satang <> COALESCE(n.sum, 0)"
    ),
    ("truck_closed", "counted_satang", "differs, and the ledger does not say so"): (
        "SELECT c.id FROM truck_closed c LEFT JOIN ledger_entry e ON e.id = c.id"
        " WHERE (c.counted_satang <> c.expected_satang"
        " OR c.promptpay_seen_satang <> c.promptpay_satang) <> (e.id IS NOT NULL)"
    ),
    ("truck_closed", "counted_satang", "not the difference that the ledger has"): (
        "SELECT c.id FROM truck_closed c JOIN (SELECT t.entry, SUM(CASE WHEN d.kind = 'cash'"
        " THEN t.satang WHEN k.kind = 'cash' THEN -t.satang ELSE 0 END) AS satang"
        " FROM ledger_transfer t JOIN ledger_account d ON d.id = t.debit"
        " JOIN ledger_account k ON k.id = t.credit GROUP BY t.entry) m ON m.entry = c.id"
        " WHERE m.satang <> c.counted_satang - c.expected_satang"
    ),
    ("day_cost", "", "without its entry in the ledger"): (
        "SELECT d.id FROM day_cost d WHERE NOT EXISTS"
        " (SELECT 1 FROM ledger_entry e WHERE e.id = d.id)"
    ),
}
Fault = tuple[str, str, str, str]
"""Table, row, column (empty for the whole row) and what is wrong."""


async def drawer_faults() -> list[Fault]:
    """Closed days whose drawer is not what its sales, orders and costs come to."""
    found = [
        (table, str(row["id"]), column, why)
        for (table, column, why), statement in MONEY_FAULTS.items()
        for row in await in_use().query(statement)
    ]
    for row in await in_use().query("SELECT id, truck, expected_satang FROM truck_closed"):
        expected = (await of(row["truck"])).cash_satang
        if expected != row["expected_satang"]:
            found.append(
                ("truck_closed", row["id"], "expected_satang", f"the day comes to {expected}")
            )
    return found
