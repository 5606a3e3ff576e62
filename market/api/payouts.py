"""Paying what is due: a run is made by one, approved by another, then paid line by line."""

from __future__ import annotations

from datetime import datetime

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from certification.basis.transaction import run
from market.access import books, deeds, whose
from market.access.permit import Permit
from market.domain.settlement import commands, queries
from market.domain.settlement.rules import (
    DecideRun,
    Level,
    MakeRun,
    MarkPaid,
    PaidOut,
    PayoutView,
    RunApproved,
    RunMade,
    RunRejected,
    RunView,
)

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


class Due(msgspec.Struct, frozen=True):
    """`payee`: a group's id or a person's, by the level."""

    payee: str
    satang: int


class RunShown(msgspec.Struct, frozen=True):
    run: RunView
    payouts: list[PayoutView]


class Decision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    approve: bool


class Payment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`bank`: its code, or `cash` with a receipt's number as the reference."""

    bank: str
    trans_ref: str


@get(
    "/api/v1/payouts-due",
    opt={"op": "payout.read"},
    tags=["payouts"],
    summary="What is owed and in no run yet; level group: to groups, farmer: to farmers",
)
async def due(permit: Mine, payer: FromQuery[str], level: FromQuery[Level]) -> list[Due]:
    permit.check(await whose.of_group(payer))
    owed = await queries.due(payer, level)
    return [Due(payee, satang) for payee, satang in owed.items()]


@post(
    "/api/v1/payout-runs",
    opt={"op": "payout.make"},
    tags=["payouts"],
    summary="Collect everything due in one run, for another to approve",
)
async def make(data: JSONBody[MakeRun], permit: Mine, at: Now) -> RunMade:
    permit.check(await whose.of_group(data.payer))
    deeds.ensure_storable(data, data.id)
    return await run(commands.make_run, data, by=permit.person, at=at)


@get("/api/v1/payout-runs", opt={"op": "payout.read"}, tags=["payouts"], summary="Of one payer")
async def list_runs(permit: Mine, payer: FromQuery[str]) -> list[RunView]:
    permit.check(await whose.of_group(payer))
    return await queries.runs(payer)


@get("/api/v1/payout-runs/{id:str}", opt={"op": "payout.read"}, tags=["payouts"], summary="One run")
async def read(id: FromPath[str], permit: Mine) -> RunShown:
    found, place = await books.run(id)
    permit.check(place)
    return RunShown(found, await queries.payouts(id))


@put(
    "/api/v1/payout-runs/{id:str}/decision",
    opt={"op": "payout.decide"},
    tags=["payouts"],
    summary="Approve or reject a run; not by who made it",
)
async def decide(
    id: FromPath[str], data: JSONBody[Decision], permit: Mine, at: Now
) -> RunApproved | RunRejected:
    found, place = await books.run(id)
    permit.check(place)
    decided = DecideRun(id, found.payer, data.approve)
    return await run(commands.decide_run, decided, by=permit.person, at=at)


@put(
    "/api/v1/payouts/{id:str}/payment",
    opt={"op": "payout.pay"},
    tags=["payouts"],
    summary="It was paid, by this slip or receipt; once",
)
async def pay(id: FromPath[str], data: JSONBody[Payment], permit: Mine, at: Now) -> PaidOut:
    payout, place = await books.payout(id)
    permit.check(place)
    deeds.ensure_storable(data)
    paid = MarkPaid(id, payout.payer, data.bank, data.trans_ref)
    return await run(commands.mark_paid, paid, by=permit.person, at=at)


DOORS = [due, make, list_runs, read, decide, pay]
