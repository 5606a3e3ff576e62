"""What a farmer sold, got and is owed: for the farmer, and for who keeps the group's money."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.units import local_day
from certification.crops import queries as crops
from market.access import books
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.words import Words
from market.domain.settlement import queries
from market.domain.settlement.queries import FarmerStatement
from market.web import money
from market.web.page import page
from market.web.sheets import Baht, Kilos, sheet, wanted

Ask = Request[Any, Any, Any]
At = NamedDependency[datetime]
Mine = NamedDependency[Permit]


@get("/statements/{farmer:str}", opt={"op": "statement.read"})
async def statement(request: Ask, farmer: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    say, found = words_for(request), await books.statement(farmer, permit, local_day(at))
    if wanted(request):
        return _csv(say, found)
    through = {share.group for share in found.shares}
    lots = {
        cycle: [lot for lot in await queries.farmer_lots(farmer, cycle) if lot.group in through]
        for cycle in dict.fromkeys(share.cycle for share in found.shares)
    }
    grown = {line.crop: say.name(crops.crop(line.crop).name) for of in lots.values() for line in of}
    names = await money.people_called([farmer], say)
    return page(
        request, "statement.html", farmer=farmer, name=names[farmer], statement=found, lots=lots,
        crops=grown, own=farmer == permit.person,
    )  # fmt: skip


def _csv(say: Words, found: FarmerStatement) -> Response[bytes]:
    head = [say("When"), say("What"), say("Kilos"), say("Sales"), say("Farmer's share"),
            say("Paid out"), say("Reference")]  # fmt: skip
    rows = [
        (say.day(share.at), say.name({"th": share.cycle_th, "en": share.cycle_en}),
         Kilos(share.grams), Baht(share.sales_satang), Baht(share.satang), None, None)
        for share in found.shares
    ]  # fmt: skip
    paid = [
        (say.day(one.paid_at), say("Paid out"), None, None, None, Baht(one.satang), one.trans_ref)
        for one in found.payouts
    ]
    return sheet("statement", head, [*rows, *paid])


DOORS = [statement]
