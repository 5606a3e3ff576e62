"""The books: what each kind of account holds, and every movement behind a figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.groups import queries as groups
from market.access import books
from market.access.guard import may
from market.access.permit import Permit, Place
from market.answers.language import words_for
from market.answers.words import Words
from market.domain.ledger import queries
from market.domain.ledger.queries import AccountView, BookLine
from market.domain.orders import queries as orders
from market.domain.settlement import queries as settlement
from market.web import money
from market.web.page import page
from market.web.sheets import Baht, sheet, wanted

Ask = Request[Any, Any, Any]
Mine = NamedDependency[Permit]
SHOWN_MAX = 100
ORDER = (
    "bank", "cash", "receivable", "discount", "held", "credit", "earned", "group_due",
    "farmer_due", "merchant_fee", "truck_fee", "fund", "group_fee", "truck_cost",
    "till_difference", "deposit", "deposit_kept",
)  # fmt: skip
"""What it has, what it owes, what is its own."""


class Cause(msgspec.Struct, frozen=True):
    """What an entry comes from: an order by its code, a division or a payout by its page."""

    code: str
    href: str


class Kind(msgspec.Struct, frozen=True):
    """The accounts of one kind: those that hold something, the largest first."""

    kind: str
    satang: int
    accounts: list[AccountView]
    more: int
    """How many are not shown: those at zero and, of very many, the smallest."""


@get("/ledger", opt={"op": "ledger.read"})
async def ledger(request: Ask, permit: Mine) -> Response[bytes]:
    say, of = words_for(request), await money.shelf(request, permit)
    every = await queries.accounts(of.book.id)
    if wanted(request):
        return await _accounts_csv(say, every)
    kinds = [_kind(kind, [a for a in every if a.kind == kind]) for kind in ORDER]
    shown = [account for kind in kinds for account in kind.accounts]
    return page(
        request, "ledger.html", shelf=of, kinds=[kind for kind in kinds if kind.accounts],
        names=await money.called(shown, say),
    )  # fmt: skip


def _kind(kind: str, accounts: Sequence[AccountView]) -> Kind:
    holding = sorted((a for a in accounts if a.satang), key=lambda a: (-a.satang, a.id))
    shown = holding[:SHOWN_MAX]
    return Kind(kind, sum(a.satang for a in accounts), shown, len(accounts) - len(shown))


async def _accounts_csv(say: Words, accounts: list[AccountView]) -> Response[bytes]:
    names = await money.called(accounts, say)
    rows = [
        (say(f"ledger.kind.{a.kind}"), names[a.of], Baht(a.satang), a.id) for a in accounts
    ]  # fmt: skip
    return sheet("ledger", [say("Account"), say("About"), say("Balance"), say("Number")], rows)


@get("/ledger/{account:str}", opt={"op": "ledger.read"})
async def entries(request: Ask, account: FromPath[str], permit: Mine) -> Response[bytes]:
    found, place = await books.account(account)
    permit.check(place)
    say, lines = words_for(request), await queries.entries(account)
    running = _running(lines)
    if wanted(request):
        return _entries_csv(say, running, await _causes(request, place, lines))
    names = await money.called([found], say)
    return page(
        request, "ledger_account.html", account=found, about=names[found.of],
        book=await groups.group(found.book), lines=running[::-1],
        causes=await _causes(request, place, lines),
    )  # fmt: skip


async def _causes(request: Ask, place: Place, lines: Sequence[BookLine]) -> dict[str, Cause]:
    """By subject: what each entry is about, and where it is read."""
    about = {line.subject for line in lines}
    codes, paid = await orders.codes_of(about), await settlement.runs_of(about)
    sees_orders = may(request, "handover.read", place)
    causes = {
        id: Cause(code, f"/stall/{code}" if sees_orders else "") for id, code in codes.items()
    }
    causes |= {id: Cause("", f"/payout/{run}") for id, run in paid.items()}
    divided = {line.subject for line in lines if line.kind == "settlement"}
    return causes | {id: Cause("", f"/settlements/{id}") for id in divided}


def _running(lines: Sequence[BookLine]) -> list[tuple[BookLine, int]]:
    """Each with the balance after it."""
    balance, found = 0, []
    for line in lines:
        balance += line.satang
        found.append((line, balance))
    return found


def _entries_csv(
    say: Words, lines: Sequence[tuple[BookLine, int]], causes: Mapping[str, Cause]
) -> Response[bytes]:
    head = [say("When"), say("What"), say("Amount"), say("Balance"), say("Number"), say("Order")]
    rows = [
        (say.moment(line.at), say(f"ledger.entry.{line.kind}"), Baht(line.satang), Baht(after),
         line.entry, causes[line.subject].code if line.subject in causes else "")
        for line, after in lines
    ]  # fmt: skip
    return sheet("entries", head, rows)


DOORS = [ledger, entries]
