"""What concerns whoever is signed in: orders, credit, notices."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from certification.basis.transaction import run
from certification.basis.units import local_day
from certification.groups import queries as groups
from certification.people import queries as people
from market.access.permit import Permit
from market.answers import notices
from market.answers.language import words_for
from market.answers.words import Words
from market.domain.ledger.queries import balance
from market.domain.ledger.rules import credit
from market.domain.notices import commands, queries
from market.domain.notices.queries import NoticeView
from market.domain.orders import queries as orders
from market.domain.recovery import queries as recoveries
from market.web.page import onward, page
from market.web.sheets import Baht, sheet, wanted

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
    if wanted(request):
        return _csv(say, mine)
    told = await queries.of_person(permit.person, limit=NOTICES_SHOWN)
    farms = any(grant.role == "farmer" for grant in permit.grants)
    return page(
        request, "me.html", name=names[permit.person], names=names, recoveries=asked,
        orders=mine[:ORDERS_SHOWN], credits=await _credits(permit.person, mine),
        notices=[_shown(notice, say, farms=farms) for notice in told],
        unread=any(not notice.read for notice in told),
    )  # fmt: skip


@post("/me/notices", opt={"op": "me.edit"})
async def read_notices(permit: Mine, at: NamedDependency[datetime]) -> Response[bytes]:
    await run(commands.mark_read, permit.person, at=at)
    return onward("/me")


def _csv(say: Words, mine: list[orders.StoredOrder]) -> Response[bytes]:
    """All orders, not only those that the page has room for."""
    head = [
        say("Order code"), say("Ordered on"), say("Pick up"), say("State"), say("How to pay"),
        say("Together at most"), say("By the weight on the scales"),
    ]  # fmt: skip
    rows = [
        (one.code, say.moment(one.placed_at), say.day(local_day(one.pickup_from)),
         say(f"orders.state.{one.state}"), say(f"orders.rail.{one.rail}"),
         Baht(one.total_satang),
         None if one.final_satang is None else Baht(one.final_satang))
        for one in mine
    ]  # fmt: skip
    return sheet("orders", head, rows)


async def _credits(person: str, mine: list[orders.StoredOrder]) -> list[dict[str, object]]:
    """With each merchant of whom something was ordered; those at nothing are left out."""
    merchants = dict.fromkeys(order.merchant for order in mine)
    return [
        {"merchant": await groups.group(merchant), "satang": satang}
        for merchant in merchants
        if (satang := await balance(credit(merchant, person)))
    ]


def _shown(notice: NoticeView, say: Words, *, farms: bool) -> dict[str, object]:
    said = notices.said(say, notice.kind, notice.facts)
    there = _there(notice, farms=farms)
    return {"said": said, "at": notice.at, "read": notice.read, "there": there}


LEADS = {
    "orders.placed": "/till", "cycles.closed": "/farm/harvest-list",
    "complaints.made": "/problems", "spoken.said": "/me/typed",
    "grievances.farmer_told": "/farm/grievances",
    "notices.cut_off_near": "/shop/{subject}", "demand.met": "/wanted",
    "standing.turned": "/me/standing", "findings.overdue": "/findings",
}  # fmt: skip
OF_AN_ORDER = (
    "orders",
    "payments",
    "complaints",
    "slips",
    "offers",
    "cycles",
    "notices",
    "recalls",
)


def _there(notice: NoticeView, *, farms: bool) -> str:
    """Where more stands of it; of one's own order its page. Empty where it says all."""
    if there := LEADS.get(notice.kind):
        return there.format(subject=notice.subject)
    if slip := notice.facts.get("slip"):
        return f"/intake/{slip}"
    if notice.kind == "settlement.paid_out":
        return "/farm/money" if farms else "/payout"
    feature, code = notice.kind.partition(".")[0], str(notice.facts.get("code", ""))
    of_mine = feature != "recalls" or notice.kind.endswith(".buyer")
    if feature in OF_AN_ORDER and of_mine and code.isalnum():
        return f"/order/{code}"
    return "/area-events" if feature == "area_events" else ""


DOORS = [me, read_notices]
