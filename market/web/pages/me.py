"""What concerns whoever is signed in: orders, credit, notices."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from certification.basis.transaction import run
from certification.groups import queries as groups
from certification.people import queries as people
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.words import Words
from market.domain.ledger.queries import balance
from market.domain.ledger.rules import credit
from market.domain.notices import commands, queries
from market.domain.notices.queries import NoticeView
from market.domain.orders import queries as orders
from market.domain.recovery import queries as recoveries
from market.web.page import onward, page

Ask = Request[Any, Any, Any]
Mine = NamedDependency[Permit]
ORDERS_SHOWN = 30
NOTICES_SHOWN = 20


@get("/me", opt={"op": "me.read"})
async def me(request: Ask, permit: Mine, at: NamedDependency[datetime]) -> Response[bytes]:
    say = words_for(request)
    asked = await recoveries.waiting(at, [permit.person])
    names = await people.names([permit.person, *[one.begun_by for one in asked]])
    mine = await orders.orders_of(permit.person)
    told = await queries.of_person(permit.person, limit=NOTICES_SHOWN)
    return page(
        request, "me.html", name=names[permit.person], names=names, recoveries=asked,
        orders=mine[:ORDERS_SHOWN], credits=await _credits(permit.person, mine),
        notices=[_shown(notice, say) for notice in told],
        unread=any(not notice.read for notice in told),
    )  # fmt: skip


@post("/me/notices", opt={"op": "me.edit"})
async def read_notices(permit: Mine, at: NamedDependency[datetime]) -> Response[bytes]:
    await run(commands.mark_read, permit.person, at=at)
    return onward("/me")


async def _credits(person: str, mine: list[orders.StoredOrder]) -> list[dict[str, object]]:
    """With each merchant of whom something was ordered; those at nothing are left out."""
    merchants = dict.fromkeys(order.merchant for order in mine)
    return [
        {"merchant": await groups.group(merchant), "satang": satang}
        for merchant in merchants
        if (satang := await balance(credit(merchant, person)))
    ]


def _shown(notice: NoticeView, say: Words) -> dict[str, object]:
    even = notice.facts.get("credited_satang") == 0
    said = say(f"notice.{notice.kind}{'.even' if even else ''}", **notice.facts)
    return {"said": said, "at": notice.at, "read": notice.read}


DOORS = [me, read_notices]
