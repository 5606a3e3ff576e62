"""What was wrong with goods: told by the buyer, answered by the treasurer, ruled on appeal."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from certification.basis import blobs, pictures
from certification.basis.transaction import run
from market.access import books, deeds, whose
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.answers.picture import picture
from market.api.orders import found_for
from market.api.photos import PhotoSent
from market.domain.complaints import commands, queries
from market.domain.complaints.queries import ComplaintView
from market.domain.complaints.rules import (
    Answer,
    Answered,
    Appeal,
    Appealed,
    Bearer,
    Complain,
    Complained,
    Kind,
    NoSuchComplaint,
    Outcome,
    PhotoAdded,
)

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
Ask = Request[Any, Any, Any]
Words = Annotated[str, msgspec.Meta(min_length=1, max_length=1_000)]


class Problem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    line: str
    kind: Kind
    words: Words


class Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`bearer`: who bears it; none where it is refused."""

    id: str
    outcome: Outcome
    reason: Words
    satang: Annotated[int, msgspec.Meta(ge=0, le=10**10)] = 0
    bearer: Bearer | None = None


class AppealSaid(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    words: Words


@put(
    "/api/v1/orders/{id:str}/problems/{problem:str}",
    opt={"op": "order.change"},
    tags=["problems"],
    summary="Tell what was wrong with goods of an order, within hours of the handover",
)
async def tell(
    request: Ask, id: FromPath[str], problem: FromPath[str], data: JSONBody[Problem], permit: Mine,
    at: Now,
) -> Complained:  # fmt: skip
    order = (await found_for(request, id, permit)).order
    deeds.ensure_storable(data, problem)
    told = Complain(problem, id, data.line, data.kind, data.words)
    hours = request.app.state.settings.complaint_hours
    return await run(commands.complain, told, hours=hours, by=order.buyer, at=at)


@put(
    "/api/v1/orders/{id:str}/problems/{problem:str}/photo",
    opt={"op": "order.change"},
    tags=["problems"],
    summary="A photo of it as raw bytes, once, until it is answered",
    operation_class=PhotoSent,
)
async def add_photo(
    request: Ask, id: FromPath[str], problem: FromPath[str], permit: Mine, at: Now
) -> PhotoAdded:
    """Drawn anew, without what the camera wrote."""
    order = (await found_for(request, id, permit)).order
    found = await _own(order.id, problem)
    digest = await pictures.keep(await request.body(), by=order.buyer, at=at)
    return await run(commands.add_photo, found.complaint, digest, by=order.buyer, at=at)


@get(
    "/api/v1/orders/{id:str}/problems/{problem:str}/photo",
    opt={"op": "order.read"},
    tags=["problems"],
    summary="The photo that the buyer sent",
    media_type="image/*",
)
async def read_own_photo(
    request: Ask, id: FromPath[str], problem: FromPath[str], permit: Mine
) -> Response[bytes]:
    return await _photo(await _own((await found_for(request, id, permit)).order.id, problem))


@get(
    "/api/v1/orders/{id:str}/problems",
    opt={"op": "order.read"},
    tags=["problems"],
    summary="What was told of an order's goods, and how it was answered",
)
async def list_own(request: Ask, id: FromPath[str], permit: Mine) -> list[ComplaintView]:
    order = (await found_for(request, id, permit)).order
    return await queries.of_order(order.id)


@put(
    "/api/v1/orders/{id:str}/problems/{problem:str}/appeal",
    opt={"op": "order.change"},
    tags=["problems"],
    summary="Ask the seller's committee to look at the answer",
)
async def appeal(
    request: Ask, id: FromPath[str], problem: FromPath[str], data: JSONBody[AppealSaid],
    permit: Mine, at: Now,
) -> Appealed:  # fmt: skip
    order = (await found_for(request, id, permit)).order
    deeds.ensure_storable(data, data.id)
    await _own(order.id, problem)
    return await run(commands.appeal, Appeal(data.id, problem, data.words), by=order.buyer, at=at)


@get(
    "/api/v1/problems",
    opt={"op": "complaint.read"},
    tags=["problems"],
    summary="What buyers told of a seller's goods, what waits first",
)
async def list_problems(permit: Mine, merchant: FromQuery[str]) -> list[ComplaintView]:
    permit.check(await whose.of_group(merchant))
    return await queries.of_merchant(merchant)


@get(
    "/api/v1/problems/{id:str}/photo",
    opt={"op": "complaint.read"},
    tags=["problems"],
    summary="The photo of what a buyer complains of",
    media_type="image/*",
)
async def read_photo(id: FromPath[str], permit: Mine) -> Response[bytes]:
    found, place = await books.complaint(id)
    permit.check(place)
    return await _photo(found)


async def _own(order: str, problem: str) -> ComplaintView:
    for one in await queries.of_order(order):
        if one.complaint == problem:
            return one
    raise NoSuchComplaint()


async def _photo(found: ComplaintView) -> Response[bytes]:
    if not (digest := await queries.photo(found.complaint)):
        raise NotThere
    kind, content = await blobs.fetch(digest)
    return picture(kind, content, f"problem-{found.order_code}")


@put(
    "/api/v1/problems/{id:str}/answer",
    opt={"op": "complaint.answer"},
    tags=["problems"],
    summary="Credit, money back or no, with the reason and who bears it",
)
async def answer(id: FromPath[str], data: JSONBody[Said], permit: Mine, at: Now) -> Answered:
    said = await _said(id, data, permit)
    return await run(commands.answer, said, by=permit.person, at=at)


@put(
    "/api/v1/problems/{id:str}/ruling",
    opt={"op": "complaint.rule"},
    tags=["problems"],
    summary="The committee's word on appeal: the same, or more",
)
async def rule(id: FromPath[str], data: JSONBody[Said], permit: Mine, at: Now) -> Answered:
    said = await _said(id, data, permit)
    return await run(commands.rule, said, by=permit.person, at=at)


async def _said(id: str, data: Said, permit: Permit) -> Answer:
    _, place = await books.complaint(id)
    permit.check(place)
    deeds.ensure_storable(data, data.id)
    return Answer(data.id, id, data.outcome, data.satang, data.bearer, data.reason)


DOORS = [
    tell, add_photo, read_own_photo, list_own, appeal, list_problems, read_photo, answer, rule,
]  # fmt: skip
