"""A complaint is told once for each good, answered once, and looked at once more if it is wished.

What is given is the buyer's credit at once. The merchant gives it for whoever bears it, and takes
it from what farmer or group are owed as soon as that is there.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Literal

from certification.basis import asked as deeds
from certification.basis import log
from certification.basis.database import in_use
from certification.basis.ids import following
from certification.basis.inserting import insert
from certification.basis.transaction import run, transaction
from market.domain.complaints import queries, rules
from market.domain.complaints.queries import Advance, ComplaintView
from market.domain.complaints.rules import Answer
from market.domain.complaints.tables import Complaint, ComplaintAnswer
from market.domain.ledger import commands as ledger
from market.domain.ledger.queries import balance
from market.domain.ledger.rules import (
    AccountName,
    NotEnough,
    Posting,
    credit,
    discount,
    farmer_due,
    group_due,
    own,
    postings,
    receivable,
)
from market.domain.orders import packing
from market.domain.orders import queries as orders


async def complain(told: rules.Complain, *, hours: int, by: str, at: datetime) -> rules.Complained:
    """By the buyer, within hours of the handover, once for each good."""
    body = (told.order, told.line, told.kind, told.photo)  # words must not be guessed from a digest
    do = partial(_complain, told, hours=hours, by=by, at=at)
    return await deeds.once(
        told.id, "complaints.complain", body, do, rules.Complained, by=by, at=at
    )


async def _complain(told: rules.Complain, *, hours: int, by: str, at: datetime) -> rules.Complained:
    rules.ensure_told(told)
    found = await orders.own(told.order, by)
    line = next((one for one in found.lines if one.id == told.line), None)
    if line is None:
        raise rules.NoSuchComplaint()
    if found.order.state != "handed_over":
        raise rules.NotHandedOver()
    rules.ensure_in_time(await queries.handed_over_at(told.order), hours, at)
    if told.line in {one.line for one in await queries.of_order(told.order)}:
        raise rules.ToldAlready()
    await insert(
        Complaint(
            id=told.id, order=told.order, line=told.line, buyer=by, farmer=line.farmer,
            group=line.group, kind=told.kind, words=told.words.strip(), photo=told.photo,
            state="open", appeal=None, due_at=at + rules.ANSWER_WITHIN, at=at,
            salt=secrets.token_bytes(16),
        )
    )  # fmt: skip
    done = rules.Complained(told.id, told.order, found.order.merchant, told.kind)
    log.append(done, (Complaint, told.id), subject=told.order, by=by, at=at)
    return done


async def add_photo(complaint: str, photo: str, *, by: str, at: datetime) -> rules.PhotoAdded:
    """By the buyer, once, until it is answered; the same picture again is the same."""
    async with transaction():
        found = await queries.complaint(complaint)
        if found.buyer != by:
            raise rules.NoSuchComplaint()
        done = rules.PhotoAdded(complaint, found.order)
        if await in_use().query(
            "UPDATE goods_complaint SET photo = {} WHERE id = {} AND photo IS NULL"
            " AND state = 'open' RETURNING id",
            photo, complaint,
        ):  # fmt: skip
            log.append(done, (Complaint, complaint), subject=found.order, by=by, at=at)
        elif known := await queries.photo(complaint):
            if known != photo:
                raise rules.HasPhoto()
        else:
            raise rules.NotOpen()
    return done


async def answer(said: Answer, *, by: str, at: datetime) -> rules.Answered:
    """By the treasurer: credit, money back, or no, with the reason and who bears it."""
    return await _once(said, "treasurer", by=by, at=at)


async def rule(said: Answer, *, by: str, at: datetime) -> rules.Answered:
    """By the committee, on appeal: it may give more than the treasurer did, and ends it."""
    return await _once(said, "committee", by=by, at=at)


async def _once(
    said: Answer, instance: Literal["treasurer", "committee"], *, by: str, at: datetime
) -> rules.Answered:
    body = (said.complaint, said.outcome, said.satang, said.bearer, instance)
    do = partial(_answer, said, instance, by=by, at=at)
    return await deeds.once(
        said.id, f"complaints.{instance}", body, do, rules.Answered, by=by, at=at
    )


async def _answer(said: Answer, instance: str, *, by: str, at: datetime) -> rules.Answered:
    found = await queries.complaint(said.complaint)
    rules.ensure_another(by, found.buyer, found.farmer, *(one.by for one in found.answers))
    rules.ensure_answer(said, paid=found.paid_satang, given=found.given)
    rules.ensure_bearer(said.bearer, found.farmer)
    before, then = ("open", "answered") if instance == "treasurer" else ("appealed", "closed")
    if not await _claim(said.complaint, before, then):
        raise rules.NotOpen()
    if said.satang:
        await _take_up(found, said.satang)
    bearer = said.bearer if said.satang else None
    await insert(
        ComplaintAnswer(
            id=said.id, complaint=said.complaint, instance=instance, outcome=said.outcome,
            satang=said.satang, bearer=bearer, reason=said.reason.strip(), taken_at=None, by=by,
            at=at, salt=secrets.token_bytes(16),
        )
    )  # fmt: skip
    if said.satang:
        given = postings((_borne(found, said), credit(found.merchant, found.buyer), said.satang))
        await ledger.post(said.id, "complaint", found.order, given, by=by, at=at)
    done = rules.Answered(
        said.complaint, found.order, instance, said.outcome, found.given + said.satang
    )
    rows = (Complaint, said.complaint), (ComplaintAnswer, said.id)
    log.append(done, *rows, subject=found.order, by=by, at=at)
    return done


def _borne(found: ComplaintView, said: Answer) -> AccountName:
    """In the merchant's book: an advance to who pays it back, or its own purse."""
    kinds = {"fund": "fund", "merchant": "merchant_fee"}
    return own(kinds.get(said.bearer or "", "advance"), found.merchant)


async def _take_up(found: ComplaintView, satang: int) -> None:
    """All complaints of an order together: never more than was paid for what was handed over.

    The order is claimed: who corrects a weight of it comes before, or waits."""
    await packing.claim_handed_over(found.order)
    order = (await orders.stored(found.order)).final_satang or 0
    most = order - await balance(discount(found.merchant, found.order))
    await in_use().query(
        'INSERT INTO goods_complaint_sum ("order", satang) VALUES ({}, 0)'
        ' ON CONFLICT ("order") DO NOTHING',
        found.order,
    )
    if not await in_use().query(
        'UPDATE goods_complaint_sum SET satang = satang + {} WHERE "order" = {}'
        ' AND satang + {} <= {} RETURNING "order"',
        satang, found.order, satang, most,
    ):  # fmt: skip
        raise rules.MoreThanPaid(most_satang=most)


async def appeal(asked: rules.Appeal, *, by: str, at: datetime) -> rules.Appealed:
    """By the buyer, within a week of the answer: the merchant's committee looks at it."""
    do = partial(_appeal, asked, by=by, at=at)
    return await deeds.once(
        asked.id, "complaints.appeal", (asked.complaint,), do, rules.Appealed, by=by, at=at
    )


async def _appeal(asked: rules.Appeal, *, by: str, at: datetime) -> rules.Appealed:
    found = await queries.complaint(asked.complaint)
    if found.buyer != by:
        raise rules.NoSuchComplaint()
    if not asked.words.strip() or len(asked.words) > rules.WORDS_MAX:
        raise rules.NothingSaid(field="words")
    if found.state != "answered":
        raise rules.NotOpen()
    rules.ensure_in_time_to_appeal(found.answers[-1].at, at)
    if not await _claim(asked.complaint, "answered", "appealed"):
        raise rules.NotOpen()
    await in_use().query(
        "UPDATE goods_complaint SET appeal = {}, due_at = {} WHERE id = {}",
        asked.words.strip(), at + rules.ANSWER_WITHIN, asked.complaint,
    )  # fmt: skip
    done = rules.Appealed(asked.complaint, found.order, found.merchant)
    log.append(done, (Complaint, asked.complaint), subject=found.order, by=by, at=at)
    return done


async def _claim(complaint: str, state: str, then: str) -> bool:
    return bool(
        await in_use().query(
            "UPDATE goods_complaint SET state = {} WHERE id = {} AND state = {} RETURNING id",
            then, complaint, state,
        )
    )  # fmt: skip


async def take_back(*, at: datetime, by: str = "clock") -> int:
    """Take what was advanced from what farmers and groups are owed, where that is there by now."""
    taken = 0
    for one in await queries.advanced():
        try:
            taken += await run(_take, one, by=by, at=at)
        except NotEnough:
            continue  # they are owed less than that yet: later
    return taken


async def _take(one: Advance, *, by: str, at: datetime) -> int:
    async with transaction():
        if not await in_use().query(
            "UPDATE goods_complaint_answer SET taken_at = {} WHERE id = {} AND taken_at IS NULL"
            " RETURNING id",
            at, one.answer,
        ):  # fmt: skip
            return 0
        moved = _taken_from(one)
        await ledger.post(following(one.answer, "taken"), "complaint_taken", one.complaint, moved,
                          by=by, at=at)  # fmt: skip
        done = rules.Taken(one.answer, one.satang)
        log.append(done, (ComplaintAnswer, one.answer), subject=one.complaint, by=by, at=at)
    return 1


def _taken_from(one: Advance) -> Sequence[Posting]:
    """The merchant owes the group less, and the group its farmer, or its own part is less."""
    borne = own("group_fee", one.group)
    if one.bearer == "farmer" and one.farmer:
        borne = farmer_due(one.group, one.farmer)
    return postings(
        (group_due(one.merchant, one.group), own("advance", one.merchant), one.satang),
        (borne, receivable(one.group, one.merchant), one.satang),
    )
