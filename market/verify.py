"""`market verify`: every invariant recomputed from the rows, each fault with its place."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from certification.basis import cosignatures, proof, tree_proof
from certification.basis.proof import Fault
from certification.basis.schema import PROVEN
from certification.draws import verified as draws
from market.db import all_tables
from market.domain.custody.queries import custody_faults
from market.domain.labels.queries import label_faults
from market.domain.ledger.queries import ledger_faults
from market.domain.lineage.queries import lineage_faults
from market.domain.lots.queries import stock_faults
from market.domain.orders.queries import reservation_faults
from market.domain.payments.queries import payment_faults
from market.domain.providers.queries import refund_faults
from market.domain.receipts.queries import receipt_faults
from market.domain.settlement.queries import settlement_faults
from market.domain.shortage.queries import shortage_faults
from market.domain.truck_day.drawer import drawer_faults
from market.domain.truck_day.manifest import kilo_faults
from market.domain.walkup.queries import lease_faults, sale_faults


async def _log() -> Sequence[Fault]:
    proven = [table for table in all_tables() if PROVEN in table._meta.tags]
    return [*await proof.faults(proven), *await tree_proof.faults(), *await cosignatures.faults()]


async def _stock() -> Sequence[Fault]:
    told = [
        *await stock_faults(),
        *await lineage_faults(),
        *await reservation_faults(),
        *await label_faults(),
        *await shortage_faults(),
    ]
    told += [*await lease_faults(), *await kilo_faults(), *await custody_faults()]
    return [Fault(*fault) for fault in told]


async def _ledger() -> Sequence[Fault]:
    told = [*await ledger_faults(), *await payment_faults(), *await settlement_faults()]
    told += [*await receipt_faults(), *await sale_faults(), *await drawer_faults()]
    told += await refund_faults()
    return [Fault(*fault) for fault in told]


async def _draws() -> Sequence[Fault]:
    return [Fault(*fault) for fault in await draws.draw_faults()]


VERIFIED: dict[str, Callable[[], Awaitable[Sequence[Fault]]]] = {
    "log": _log,
    "ledger": _ledger,
    "stock": _stock,
    "draws": _draws,
}


async def faults(what: Sequence[str]) -> list[Fault]:
    found: list[Fault] = []
    for name in what:
        found += await VERIFIED[name]()
    return found
