"""Slips: shown by the buyer as text or photo, looked at by the treasurer."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from certification.basis import blobs
from certification.basis.transaction import run
from market.access import books, deeds, whose
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.answers.picture import picture
from market.api.orders import found_for
from market.api.photos import PhotoSent
from market.domain.payments import queries as paying
from market.domain.payments.rules import NothingAsked
from market.domain.slips import commands, queries
from market.domain.slips.queries import SlipView
from market.domain.slips.rules import AcceptSlip, Reason, RefuseSlip, ShowSlip, SlipAnswered
from market.domain.slips.rules import SlipShown as Shown
from market.gateways import slip_checks, slip_photo

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
Ask = Request[Any, Any, Any]


class SlipText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`text`: what the small code on the slip holds."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class Accepted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`satang`: what came at the bank; `bank` and `trans_ref` where the photo was not read."""

    id: str
    satang: Annotated[int, msgspec.Meta(ge=1, le=10**10)]
    bank: Annotated[str, msgspec.Meta(max_length=10)] = ""
    trans_ref: Annotated[str, msgspec.Meta(max_length=40)] = ""
    part: bool = False
    """Less than was asked keeps the goods, and the rest is paid at the pick-up."""


class Refused(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    because: Reason


@put(
    "/api/v1/orders/{id:str}/slips/{slip:str}",
    opt={"op": "order.change"},
    tags=["slips"],
    summary="Show a slip by the text of its small code; it confirms nothing by itself",
)
async def show(
    request: Ask, id: FromPath[str], slip: FromPath[str], data: JSONBody[SlipText], permit: Mine,
    at: Now,
) -> Shown:  # fmt: skip
    order = (await found_for(request, id, permit)).order
    deeds.ensure_storable(data, slip)
    asked = ShowSlip(slip, id, data.text)
    return await run(
        commands.show, asked, checker=slip_checks.in_use() is not None, by=order.buyer, at=at
    )


@put(
    "/api/v1/orders/{id:str}/slips/{slip:str}/photo",
    opt={"op": "order.change"},
    tags=["slips"],
    summary="Show a slip by its photo, as raw bytes; its small code is read where it can be",
    operation_class=PhotoSent,
)
async def show_photo(
    request: Ask, id: FromPath[str], slip: FromPath[str], permit: Mine, at: Now
) -> Shown:
    order = (await found_for(request, id, permit)).order
    deeds.ensure_storable("", slip)
    if await paying.requested(id) is None:
        raise NothingAsked()
    digest, read = await slip_photo.kept(await request.body(), by=order.buyer, at=at)
    asked = ShowSlip(slip, id, read, digest)
    return await run(
        commands.show, asked, checker=slip_checks.in_use() is not None, by=order.buyer, at=at
    )


@get(
    "/api/v1/slips",
    opt={"op": "payment.read"},
    tags=["slips"],
    summary="Slips that wait for the treasurer, the oldest first",
)
async def list_slips(permit: Mine, merchant: FromQuery[str]) -> list[SlipView]:
    permit.check(await whose.of_group(merchant))
    return await queries.waiting(merchant)


@get(
    "/api/v1/slips/{id:str}/photo",
    opt={"op": "payment.read"},
    tags=["slips"],
    summary="The picture of one slip",
    media_type="image/*",
)
async def read_photo(id: FromPath[str], permit: Mine) -> Response[bytes]:
    found, place = await books.slip(id)
    permit.check(place)
    if not (digest := await queries.photo(found.slip)):
        raise NotThere
    kind, content = await blobs.fetch(digest)
    return picture(kind, content, f"slip-{found.order_code}")


@put(
    "/api/v1/slips/{id:str}/acceptance",
    opt={"op": "payment.confirm"},
    tags=["slips"],
    summary="Its money is at the bank; another amount than asked becomes credit",
)
async def accept(
    id: FromPath[str], data: JSONBody[Accepted], permit: Mine, at: Now
) -> SlipAnswered:
    found, place = await books.slip(id)
    permit.check(place)
    deeds.ensure_storable(data, data.id)
    yes = AcceptSlip(data.id, found.slip, data.satang, data.bank, data.trans_ref, data.part)
    return await run(commands.accept, yes, by=permit.person, at=at)


@put(
    "/api/v1/slips/{id:str}/refusal",
    opt={"op": "payment.confirm"},
    tags=["slips"],
    summary="Nothing came of it, and why; the buyer is told",
)
async def refuse(id: FromPath[str], data: JSONBody[Refused], permit: Mine, at: Now) -> SlipAnswered:
    found, place = await books.slip(id)
    permit.check(place)
    deeds.ensure_storable(data, data.id)
    return await run(
        commands.refuse, RefuseSlip(data.id, found.slip, data.because), by=permit.person, at=at
    )


DOORS = [show, show_photo, list_slips, read_photo, accept, refuse]
