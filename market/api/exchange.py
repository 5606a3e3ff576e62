"""For other systems: the goods on offer as the Data Food Consortium says them, open to anybody; and
a group's files for the state and for exporters."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from certification.basis import units
from certification.basis.units import local_day
from certification.groups import queries as groups
from market.access import exchange
from market.access.exchange import Asked
from market.access.permit import Permit
from market.answers import exchanged
from market.answers.growing import Growing
from market.domain.exchange import catalogue

At = NamedDependency[datetime]
Told = Annotated[str, QueryParameter(max_length=40)]
Ask = Request[Any, Any, Any]


@get(
    "/api/v1/catalogue",
    opt={"op": "catalogue.read"},
    tags=["exchange"],
    summary="What may be ordered now: enterprises, products, offers, certifications (DFC, JSON-LD)",
    media_type="application/ld+json",
)
async def read_catalogue(request: Ask, at: At) -> Growing:
    return Growing(
        catalogue.streamed(at, str(request.app.state.settings.origin)),
        media_type="application/ld+json",
        headers={"cache-control": "no-cache"},
    )


@get(
    "/api/v1/groups/{group:str}/exchange/{file:str}",
    opt={"op": "exchange.take"},
    tags=["exchange"],
    summary="`acfs.zip` or one of its tables (`plot.csv`); `fsma204.csv`, `fsma204.xlsx`",
    media_type="text/csv",  # of `acfs.zip` and `fsma204.xlsx` their own
)
async def read_exchange(  # noqa: PLR0913  (what may be asked)
    request: Ask, group: FromPath[str], file: FromPath[str], permit: NamedDependency[Permit],
    at: At, since: Told = "", until: Told = "", lot: Told = "",
) -> Growing:  # fmt: skip
    today = local_day(at)
    first, last = (
        units.day(said, near=today, field=field) if said else None
        for field, said in (("since", since), ("until", until))
    )
    scope = await exchange.scope(permit, group, Asked(today, first, last, lot))
    code = (await groups.group(group)).code
    origin = str(request.app.state.settings.origin)
    return exchanged.sent(exchanged.file(file, scope, origin, at), code)


DOORS = [read_catalogue, read_exchange]
