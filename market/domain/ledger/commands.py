"""Money moves here and nowhere else: whole entries, once, and never below what is claimed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from certification.basis import log
from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from market.domain.ledger import queries, rules
from market.domain.ledger.rules import AccountName, Posting
from market.domain.ledger.tables import Account, Entry, Transfer

ADD = (
    "UPDATE ledger_balance SET debits_satang = debits_satang + {},"
    " credits_satang = credits_satang + {} WHERE account ="
    " (SELECT id FROM ledger_account WHERE name = {}) RETURNING account"
)
SPEND_DEBIT_NORMAL = ADD.replace(
    " RETURNING", " AND debits_satang - credits_satang >= {} RETURNING"
)
SPEND_CREDIT_NORMAL = ADD.replace(
    " RETURNING", " AND credits_satang - debits_satang >= {} RETURNING"
)


async def post(
    id: str, kind: str, subject: str, postings: Sequence[Posting], *, by: str, at: datetime
) -> rules.EntryPosted:
    """One entry of one or more transfers; the same id with the same content again is one entry.

    Refused: `NotEnough` where it would take a claim below zero, `PostedOtherwise`.
    """
    rules.ensure_postings(postings)
    posted = rules.EntryPosted(id, kind, subject, sum(p.satang for p in postings))
    async with transaction():
        if not await _claim_entry(id, kind, subject, None, by=by, at=at):
            await _ensure_same(id, kind, subject, postings)
            return posted
        transfers = await _move(id, postings, by=by, at=at)
        rows = [(Transfer, transfer) for transfer in transfers]
        log.append(posted, (Entry, id), *rows, subject=subject, by=by, at=at)
    return posted


async def reverse(id: str, entry: str, *, by: str, at: datetime) -> rules.EntryReversed:
    """Answer an entry by its opposite, once; refused where the money has gone on meanwhile."""
    async with transaction():
        known = await queries.entry(entry)
        if known is None:
            raise rules.NoSuchEntry()
        turned = rules.turned(known.postings)
        reversed_ = rules.EntryReversed(id, entry, sum(p.satang for p in turned))
        if not await _claim_entry(id, "reversal", known.subject, entry, by=by, at=at):
            again = await queries.entry(id)
            if again is None or again.reverses != entry:
                raise rules.AlreadyReversed()
            return reversed_
        transfers = await _move(id, turned, by=by, at=at)
        rows = [(Transfer, transfer) for transfer in transfers]
        log.append(reversed_, (Entry, id), *rows, subject=known.subject, by=by, at=at)
    return reversed_


async def _claim_entry(
    id: str, kind: str, subject: str, reverses: str | None, *, by: str, at: datetime
) -> bool:
    """Whether the entry is new; who comes second waits until the first has committed."""
    new = await in_use().query(
        'INSERT INTO ledger_entry (id, kind, subject, reverses, "by", at)'
        " VALUES ({}, {}, {}, {}, {}, {}) ON CONFLICT DO NOTHING RETURNING id",
        id, kind, subject, reverses, by, at,
    )  # fmt: skip
    return bool(new)


async def _ensure_same(id: str, kind: str, subject: str, postings: Sequence[Posting]) -> None:
    known = await queries.entry(id)
    assert known
    wished = sorted(postings, key=str)
    if (known.kind, known.subject, sorted(known.postings, key=str)) != (kind, subject, wished):
        raise rules.PostedOtherwise()


async def _move(entry: str, postings: Sequence[Posting], *, by: str, at: datetime) -> list[str]:
    accounts: dict[AccountName, str] = {}
    for name, (debits, credits) in rules.sums(postings).items():
        accounts[name] = await _added(name, debits, credits) or await _opened(
            name, debits, credits, by=by, at=at
        )
    rows = [
        Transfer(
            id=new_id(), entry=entry, satang=posting.satang,
            debit=accounts[posting.debit], credit=accounts[posting.credit],
        )
        for posting in postings
    ]  # fmt: skip
    await insert(*rows)
    return [str(row.id) for row in rows]


async def _added(name: AccountName, debits: int, credits: int) -> str | None:
    """The account's id; None where it is not open yet.

    The condition is the guard: of two who spend the same credit at once, one is refused.
    """
    growth = rules.balance(name.kind, debits, credits)
    if name.kind not in rules.CLAIMS or growth >= 0:
        done = await in_use().query(ADD, debits, credits, str(name))
    else:
        spend = SPEND_DEBIT_NORMAL if name.kind in rules.DEBIT_NORMAL else SPEND_CREDIT_NORMAL
        done = await in_use().query(spend, debits, credits, str(name), -growth)
        if not done:
            raise rules.NotEnough(account=name.kind, satang_left=await queries.balance(name))
    return str(done[0]["account"]) if done else None


async def _opened(name: AccountName, debits: int, credits: int, *, by: str, at: datetime) -> str:
    """With its balance, when it is named for the first time."""
    id = new_id()
    if not await in_use().query(
        'INSERT INTO ledger_account (id, book, kind, "of", cycle, name, at)'
        " VALUES ({}, {}, {}, {}, {}, {}, {}) ON CONFLICT (name) DO NOTHING RETURNING id",
        id, name.book, name.kind, name.of, name.cycle, str(name), at,
    ):  # fmt: skip
        known = await _added(name, debits, credits)  # opened by another, at this moment
        assert known
        return known
    await in_use().query(
        "INSERT INTO ledger_balance (account, debits_satang, credits_satang) VALUES ({}, {}, {})",
        id, debits, credits,
    )  # fmt: skip
    opened = rules.AccountOpened(id, name.kind, name.book)
    log.append(opened, (Account, id), subject=name.of, by=by, at=at)
    return id
