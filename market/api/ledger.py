"""The books: accounts with their balances, and what moved in each."""

from __future__ import annotations

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from market.access import books, whose
from market.access.permit import Permit
from market.domain.ledger import queries
from market.domain.ledger.queries import AccountView, BookLine

Mine = NamedDependency[Permit]


@get(
    "/api/v1/ledger/accounts",
    opt={"op": "ledger.read"},
    tags=["ledger"],
    summary="The accounts in the book of a group or network",
)
async def accounts(permit: Mine, book: FromQuery[str]) -> list[AccountView]:
    permit.check(await whose.of_group(book))
    return await queries.accounts(book)


@get(
    "/api/v1/ledger/accounts/{id:str}/entries",
    opt={"op": "ledger.read"},
    tags=["ledger"],
    summary="What moved in one account, oldest first",
)
async def entries(id: FromPath[str], permit: Mine) -> list[BookLine]:
    _, place = await books.account(id)
    permit.check(place)
    return await queries.entries(id)


DOORS = [accounts, entries]
