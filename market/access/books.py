"""Where money stands, for `Permit.check`: an order's with its merchant, a payout's with who pays.

found, place = await books.payment(id)
permit.check(place)                      # 404 out of reach, just as if it were not there
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import TypeVar

from certification.basis.ids import is_id
from certification.basis.refusal import Missing
from certification.groups import queries as groups
from certification.groups.rules import GroupView
from market.access.permit import Permit, Place
from market.access.refusals import NotThere
from market.access.whose import of_group
from market.domain.complaints import queries as complaints
from market.domain.complaints.queries import ComplaintView
from market.domain.ledger import queries as ledger
from market.domain.ledger.queries import AccountView
from market.domain.orders import queries as orders
from market.domain.orders.queries import StoredOrder
from market.domain.payments import queries as payments
from market.domain.payments.queries import RequestView
from market.domain.receipts import queries as receipts
from market.domain.receipts.rules import Receipt
from market.domain.settlement import queries as settlement
from market.domain.settlement.queries import FarmerStatement, SettlementView
from market.domain.settlement.rules import PayoutView, RunView
from market.domain.slips import queries as slips
from market.domain.slips.queries import SlipView
from market.domain.splits import queries as splits
from market.domain.splits.rules import Proposal

T = TypeVar("T")


async def order(id: str) -> tuple[StoredOrder, Place]:
    """Its owner is who buys."""
    found = await _there(orders.stored, id)
    return found, await of_group(found.merchant, owner=found.buyer)


async def receipt(id: str) -> tuple[Receipt, Place]:
    """Its owner is who bought."""
    found = await _there(receipts.receipt, id)
    return found, await of_group(found.merchant, owner=found.buyer)


async def payment(id: str) -> tuple[RequestView, Place]:
    """By the id of the request, which is its order's; its owner is who pays."""
    found = await _there(payments.request_of, id)
    if found is None:
        raise NotThere
    return found, await of_group(found.merchant, owner=found.buyer)


async def slip(id: str) -> tuple[SlipView, Place]:
    """It stands where its payment does; its owner is who pays."""
    found = await _there(slips.slip, id)
    return found, await of_group(found.merchant, owner=found.buyer)


async def complaint(id: str) -> tuple[ComplaintView, Place]:
    """Of goods: it stands with the merchant; its owner is who complained."""
    found = await _there(complaints.complaint, id)
    return found, await of_group(found.merchant, owner=found.buyer)


async def split(id: str) -> tuple[Proposal, Place]:
    """How a merchant would share each baht, as one proposed it."""
    found = await _there(splits.proposal, id)
    return found, await of_group(found.merchant)


async def run(id: str) -> tuple[RunView, Place]:
    found = await _there(settlement.run, id)
    return found, await of_group(found.payer)


async def payout(id: str) -> tuple[PayoutView, Place]:
    """Its owner is who is paid."""
    found = await _there(settlement.payout, id)
    return found, await of_group(found.payer, owner=found.payee)


async def account(id: str) -> tuple[AccountView, Place]:
    found = await _there(ledger.account, id)
    return found, await of_group(found.book)


async def credits(merchant: str) -> dict[str, int]:
    """Satang by buyer; those at nothing are left out."""
    found = await ledger.balances(merchant, "credit")
    return {one.of: one.satang for one in found if one.satang}


async def credit(merchant: str, buyer: str) -> Place:
    """Its owner is whose credit it is; NotThere where that buyer never had any."""
    place = await of_group(merchant, owner=buyer)
    if buyer not in {one.of for one in await ledger.balances(merchant, "credit")}:
        raise NotThere
    return place


async def settled(id: str, permit: Permit) -> SettlementView:
    """Both who divides and who receives may look at it."""
    found = await settlement.settlements(id=id) if is_id(id) else []
    for one in found:
        if permit.sees(await of_group(one.merchant)) or permit.sees(await of_group(one.group)):
            return one
    raise NotThere


async def statement(farmer: str, permit: Permit, on: date) -> FarmerStatement:
    """One's own whole; of another only what came through the groups that are reached."""
    if not is_id(farmer):
        raise NotThere
    whole = await settlement.farmer_statement(farmer)
    if permit.sees(Place(owner=farmer)):
        return whole
    through = {share.group for share in whole.shares} | {paid.payer for paid in whole.payouts}
    through |= set(await groups.groups_of(farmer, on))
    seen = {group for group in through if permit.sees(await of_group(group))}
    if not seen:
        raise NotThere
    return whole.within(seen)


async def reached(permit: Permit) -> list[GroupView]:
    """Whose books: the networks and groups that a role reaches, and the groups of the networks."""
    found: dict[str, GroupView] = {}
    for id in sorted(permit.groups()):
        found[id] = await groups.group(id)
        found.update({group.id: group for group in await groups.networks_groups(id)})
    return list(found.values())


async def _there(find: Callable[[str], Awaitable[T]], id: str) -> T:
    if not is_id(id):
        raise NotThere
    try:
        return await find(id)
    except Missing:
        raise NotThere from None
