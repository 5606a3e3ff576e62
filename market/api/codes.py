"""Codes beforehand: a phone takes some while it has signal, and reports the harvests later."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from certification.basis import codes
from market.access import deeds
from market.access.permit import Permit
from market.domain.accounts import queries as accounts
from market.domain.labels import commands
from market.domain.labels.rules import CODES_MAX, CodesIssued, IssueCodes

Ask = Request[Any, Any, Any]
Now = NamedDependency[datetime]


class MoreCodes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    count: Annotated[int, msgspec.Meta(ge=1, le=CODES_MAX)]


@post(
    "/api/v1/codes",
    opt={"op": "code.issue"},
    tags=["labels"],
    summary="Codes for this phone, to be written on crates before the harvest is reported",
)
async def issue_codes(
    request: Ask, data: JSONBody[MoreCodes], permit: NamedDependency[Permit], at: Now
) -> list[str]:
    """All that wait on this phone, the new ones among them; the same id again issues no more."""
    device = await accounts.device_of(request.state.session, at)
    wanted = IssueCodes(data.id, device, data.count)
    await deeds.once(commands.issue_codes, wanted, CodesIssued, by=permit.person, at=at)
    return await codes.waiting("lot", device)


@get(
    "/api/v1/codes",
    opt={"op": "code.issue"},
    tags=["labels"],
    summary="Codes of this phone that nothing bears yet",
)
async def list_codes(request: Ask, at: Now) -> list[str]:
    return await codes.waiting("lot", await accounts.device_of(request.state.session, at))


DOORS = [issue_codes, list_codes]
