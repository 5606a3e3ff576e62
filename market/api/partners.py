"""Who outside a network may tell what befell its goods: grants, given and ended."""

from __future__ import annotations

from datetime import datetime

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from certification.basis.transaction import run
from market.access import partners, whose
from market.access.permit import Permit
from market.domain.partners import commands, queries
from market.domain.partners.rules import GivePartner, Partner, PartnerEnded

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
TAGS = ["partners"]


class Given(msgspec.Struct, frozen=True):
    id: str
    bearer: str
    """What the partner shows at `/epcis/capture`; said this once and kept nowhere."""


@get(
    "/api/v1/networks/{id:str}/partners",
    opt={"op": "partner.read"},
    tags=TAGS,
    summary="Partners that may tell what befell a network's goods, also those whose grant ended",
)
async def of_network(id: FromPath[str], permit: Mine) -> list[Partner]:
    permit.check(await whose.of_group(id))
    return await queries.of_networks([id])


@post(
    "/api/v1/partners",
    opt={"op": "partner.give"},
    tags=TAGS,
    summary="Let a partner tell what befalls the network's goods; `bearer` is said this once",
)
async def give(data: JSONBody[GivePartner], permit: Mine, at: Now) -> Given:
    permit.check(await whose.of_group(data.network))
    return Given(data.id, await partners.given(data, by=permit.person, at=at))


@post(
    "/api/v1/partners/{id:str}/end",
    opt={"op": "partner.give"},
    tags=TAGS,
    summary="End a partner's grant from now on; what was told stays, with who told it",
)
async def end(id: FromPath[str], permit: Mine, at: Now) -> PartnerEnded:
    found, place = await partners.partner(id)
    permit.check(place)
    return await run(commands.end, found.id, by=permit.person, at=at)


DOORS = [of_network, give, end]
