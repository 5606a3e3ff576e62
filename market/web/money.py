"""Whose books a page of money shows, and how those are called whom they speak of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from litestar import Request

from certification.groups import queries as groups
from certification.groups.rules import GroupView, NoSuchGroup
from certification.people import queries as people
from market.access import books
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.answers.words import Words
from market.domain.custody import queries as custody
from market.domain.ledger.queries import AccountView
from market.domain.orders import queries as orders
from market.domain.orders.refusals import NoSuchOrder

OF_ORDERS = frozenset({"held", "discount"})
OF_CRATES = frozenset({"deposit"})
OF_PEOPLE = frozenset({"credit", "farmer_due"})


class Shelf(msgspec.Struct, frozen=True):
    """The book that is open, and those that could be."""

    book: GroupView
    others: list[GroupView]

    @property
    def several(self) -> bool:
        return len(self.others) > 1


NOTES_SATANG = (2_000, 10_000, 50_000, 100_000)


def change(satang: int) -> list[tuple[int, int]]:
    """Of the notes a buyer is likely to give: what is given, and what goes back."""
    given = {-(-satang // note) * note for note in NOTES_SATANG}
    return [(paid, paid - satang) for paid in sorted(given) if paid > satang][:3]


async def shelf(request: Request[Any, Any, Any], permit: Permit, of: str = "") -> Shelf:
    """By `?of=`; else that of the network, or one's group."""
    others = await books.reached(permit)
    wanted = of or request.query_params.get("of", "")
    found = [group for group in others if wanted in ("", group.id)]
    if not found:
        raise NotThere
    return Shelf(found[0], others)


async def people_called(ids: Iterable[str], say: Words) -> dict[str, str]:
    """By id; who was erased has no name any more."""
    asked = set(ids)
    return {**dict.fromkeys(asked, say("Name removed")), **await people.names(asked)}


async def groups_called(ids: Iterable[str], say: Words) -> dict[str, str]:
    found = {}
    for id in set(ids):
        try:
            found[id] = say.name(await groups.group(id))
        except NoSuchGroup:
            found[id] = id
    return found


async def called(accounts: Sequence[AccountView], say: Words) -> dict[str, str]:
    """Whom or what each account is about, by `of`: a buyer, a farmer, a group, an order or crate by
    its code."""
    found = await people_called({a.of for a in accounts if a.kind in OF_PEOPLE}, say)
    rest = {a.of for a in accounts if a.kind not in OF_PEOPLE | OF_ORDERS | OF_CRATES}
    found.update(await groups_called(rest, say))
    for id in {a.of for a in accounts if a.kind in OF_ORDERS}:
        found[id] = await _code(id)
    for id in {a.of for a in accounts if a.kind in OF_CRATES}:
        found[id] = (await custody.crate(id)).code
    return found


async def _code(order: str) -> str:
    try:
        return (await orders.stored(order)).code
    except NoSuchOrder:
        return order
