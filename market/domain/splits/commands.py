"""One writes down what a meeting decided, a second approves it or sends it back."""

from __future__ import annotations

import secrets
from datetime import datetime
from functools import partial

from certification.basis import asked, log
from certification.basis.database import in_use
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from certification.basis.units import local_day
from market.domain.splits import queries, rules
from market.domain.splits.tables import SplitProposal, SplitRule


async def propose(new: rules.Propose, *, by: str, at: datetime) -> rules.Proposed:
    """It waits; rounds are opened as before. Several may wait: the first approved overtakes them.

    The same id again changes nothing.
    """
    do = partial(_propose, new, by=by, at=at)
    return await asked.once(new.id, "splits.propose", new, do, rules.Proposed, by=by, at=at)


async def _propose(new: rules.Propose, *, by: str, at: datetime) -> rules.Proposed:
    rules.ensure_proposal(new, local_day(at))
    async with transaction():
        row = SplitProposal(
            id=new.id, merchant=new.merchant, merchant_bp=new.merchant_bp, truck_bp=new.truck_bp,
            fund_bp=new.fund_bp, group_bp=new.group_bp, decided_on=new.decided_on,
            holds_from=new.holds_from, after_version=await queries.last_version(new.merchant),
            state="proposed", by=by, at=at, salt=secrets.token_bytes(16),
        )  # fmt: skip
        await insert(row)
        event = rules.Proposed(new.id, new.merchant, new.decided_on, new.holds_from)
        log.append(event, (SplitProposal, new.id), subject=new.merchant, by=by, at=at)
    return event


async def decide(said: rules.Decide, *, by: str, at: datetime) -> rules.Approved | rules.Returned:
    """By another than who wrote it down; of two at once one decides. The same again by the same
    person changes nothing."""
    async with transaction():
        known = await _of_merchant(said.proposal, said.merchant)
        rules.ensure_second(known, by=by)
        if said.approve:
            return await _approve(known, by=by, at=at)
        return await _send_back(known, said.reason.strip(), by=by, at=at)


async def _approve(known: rules.Proposal, *, by: str, at: datetime) -> rules.Approved:
    version = known.after_version + 1
    event = rules.Approved(known.id, known.merchant, version, known.holds_from, known.by)
    if (known.state, known.decided_by) == ("approved", by):
        return event
    await _claim(known.id, "approved", None, by=by, at=at)
    last = await queries.last_version(known.merchant)
    in_office = await queries.in_office(known.merchant, at)
    if hindered := rules.hindrance(known, in_office, last, local_day(at)):
        raise hindered
    new = await in_use().query(
        "INSERT INTO split_rule (id, merchant, version, merchant_bp, truck_bp, fund_bp, group_bp,"
        ' holds_from, "by", at) VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {})'
        " ON CONFLICT (merchant, version) DO NOTHING RETURNING id",
        *(known.id, known.merchant, version, known.merchant_bp, known.truck_bp, known.fund_bp),
        *(known.group_bp, known.holds_from, by, at),
    )
    if not new:  # another was approved at this moment
        raise rules.Overtaken(version=version)
    rows = ((SplitProposal, known.id), (SplitRule, known.id))
    log.append(event, *rows, subject=known.merchant, by=by, at=at)
    return event


async def _send_back(
    known: rules.Proposal, reason: str, *, by: str, at: datetime
) -> rules.Returned:
    if not reason:
        raise rules.ReasonMissing(field="reason")
    event = rules.Returned(known.id, known.merchant, known.by)
    if (known.state, known.decided_by, known.reason) == ("returned", by, reason):
        return event
    await _claim(known.id, "returned", reason, by=by, at=at)
    log.append(event, (SplitProposal, known.id), subject=known.merchant, by=by, at=at)
    return event


async def withdraw(id: str, merchant: str, *, by: str, at: datetime) -> rules.Withdrawn:
    """By who wrote it down, while it waits. Again changes nothing."""
    async with transaction():
        known = await _of_merchant(id, merchant)
        if known.by != by:
            raise rules.NotYours()
        event = rules.Withdrawn(id, merchant)
        if known.state == "withdrawn":
            return event
        await _claim(id, "withdrawn", None, by=by, at=at)
        log.append(event, (SplitProposal, id), subject=merchant, by=by, at=at)
    return event


async def _of_merchant(id: str, merchant: str) -> rules.Proposal:
    found = await queries.proposal(id)
    if found.merchant != merchant:
        raise rules.NoSuchProposal()
    return found


async def _claim(id: str, state: str, reason: str | None, *, by: str, at: datetime) -> None:
    claimed = await in_use().query(
        "UPDATE split_proposal SET state = {}, decided_by = {}, decided_at = {}, reason = {}"
        " WHERE id = {} AND state = 'proposed' RETURNING id",
        state, by, at, reason, id,
    )  # fmt: skip
    if not claimed:
        raise rules.AlreadyDecided()
