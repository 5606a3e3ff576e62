"""Stripe on a merchant's own account: set by its treasurer, used by buyers, told by Stripe."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, get, post, put
from litestar.di import NamedDependency
from litestar.openapi.spec import (
    OpenAPIMediaType,
    OpenAPIType,
    Operation,
    RequestBody,
    Schema,
)
from litestar.params import FromPath, FromQuery, JSONBody

from certification.basis.asked import for_good
from certification.basis.ids import is_id
from certification.basis.transaction import run
from market.access import books, deeds, whose
from market.access.permit import Permit
from market.api.orders import found_for
from market.domain.providers import calls, commands, queries, refunds
from market.domain.providers.queries import AttemptView
from market.domain.providers.rules import (
    BadSignature,
    Begin,
    GiveBack,
    Method,
    NoProvider,
    NoSuchAttempt,
    NotForged,
    PaidOut,
    ProviderSet,
    RefundBegun,
    SetProvider,
)
from market.domain.providers.rules import CameToBank as Came
from market.gateways import providers

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
Ask = Request[Any, Any, Any]


logger = logging.getLogger(__name__)


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`email`: where the provider writes about this payment."""

    method: Method
    email: Annotated[str, msgspec.Meta(max_length=200)]


class Paying(msgspec.Struct, frozen=True):
    """`shown`: what the QR holds, or the address on which one pays by card."""

    attempt: str
    method: str
    satang: int
    state: str
    """created, awaiting, paid, failed, cancelled, unknown; after paid part_refunded, refunded."""
    refunded_satang: int
    shown: str
    expires_at: datetime


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    attempt: str
    satang: Annotated[int, msgspec.Meta(ge=1, le=10**10)]


class Refunding(msgspec.Struct, frozen=True):
    """`state`: created, sent, done, failed."""

    refund: str
    order: str
    order_code: str
    satang: int
    state: str
    at: datetime


class Received(msgspec.Struct, frozen=True):
    new: bool


class Signed(Operation):
    """What the signature cannot say: the body is signed as bytes, so it is read as such."""

    def __post_init__(self) -> None:
        any_json = OpenAPIMediaType(schema=Schema(type=OpenAPIType.OBJECT))
        self.request_body = RequestBody({"application/json": any_json}, required=True)


@post(
    "/api/v1/hooks/stripe/{provider:str}",
    opt={"op": "provider.hook"},
    tags=["providers"],
    summary="A message of Stripe, signed; kept once, then asked for again before it counts",
    operation_class=Signed,
    status_code=200,
)
async def hook(request: Ask, provider: FromPath[str], at: Now) -> Received:
    """Also 200 where it came before: it was kept."""
    if not is_id(provider):
        raise NotForged()
    try:
        secrets = await queries.secrets(provider)
    except NoProvider:
        raise NotForged() from None
    from market.gateways import stripe_hook  # noqa: PLC0415  # only where somebody uses Stripe

    signature = request.headers.get("stripe-signature", "")
    try:
        told = stripe_hook.read(await request.body(), signature, secrets.hook, at)
    except BadSignature:
        logger.warning("no message of the provider's: %s", provider)
        raise
    return Received(await run(commands.received, provider, told.id, told.type, at=at))


@put(
    "/api/v1/orders/{id:str}/provider-payments/{attempt:str}",
    opt={"op": "order.change"},
    tags=["providers"],
    summary="Pay by PromptPay or card at the merchant's own account at Stripe",
)
async def begin(
    request: Ask, id: FromPath[str], attempt: FromPath[str], data: JSONBody[Wanted], permit: Mine,
    at: Now,
) -> Paying:  # fmt: skip
    order = (await found_for(request, id, permit)).order
    deeds.ensure_storable(data, attempt)
    wished = Begin(attempt, id, data.method, data.email)
    begun = await run(commands.begin, wished, by=order.buyer, at=at)
    one = await queries.attempt(begun.attempt)
    if one.state == "created":
        await calls.call(one.attempt, await providers.of(one.provider), at=at)
    return _paying(await queries.attempt(begun.attempt))


@get(
    "/api/v1/orders/{id:str}/provider-payments",
    opt={"op": "order.read"},
    tags=["providers"],
    summary="What was tried at Stripe for an order, the newest first",
)
async def list_attempts(request: Ask, id: FromPath[str], permit: Mine) -> list[Paying]:
    order = (await found_for(request, id, permit)).order
    return [_paying(one) for one in await queries.attempts_of(order.id)]


def _paying(one: AttemptView) -> Paying:
    return Paying(
        one.attempt, one.method, one.satang, one.status, one.refunded_satang, one.shown or "",
        one.expires_at,
    )  # fmt: skip


@post(
    "/api/v1/providers",
    opt={"op": "account.set"},
    tags=["providers"],
    summary="The merchant's own account at Stripe; its secrets are sealed and never told again",
)
async def set_provider(data: JSONBody[SetProvider], permit: Mine, at: Now) -> ProviderSet:
    permit.check(await whose.of_group(data.merchant))
    deeds.ensure_storable(data, data.id)
    return await run(commands.set_provider, data, by=permit.person, at=at)


@post(
    "/api/v1/provider-payouts",
    opt={"op": "account.set"},
    tags=["providers"],
    summary="Stripe paid out to the bank: so much came, so much was kept",
)
async def paid_out(data: JSONBody[PaidOut], permit: Mine, at: Now) -> Came:
    permit.check(await whose.of_group(data.merchant))
    deeds.ensure_storable(data, data.id)
    return await run(commands.paid_out, data, by=permit.person, at=at)


@get(
    "/api/v1/provider-refunds",
    opt={"op": "payment.read"},
    tags=["providers"],
    summary="What goes back to buyers through Stripe: what failed first, and is credit again",
)
async def list_refunds(permit: Mine, merchant: FromQuery[str]) -> list[Refunding]:
    permit.check(await whose.of_group(merchant))
    return [
        Refunding(one.refund, one.order, one.order_code, one.satang, one.state, one.at)
        for one in await queries.refunds(merchant)
    ]


@put(
    "/api/v1/payments/{id:str}/give-back",
    opt={"op": "payment.confirm"},
    tags=["providers"],
    summary="Give back through Stripe what came by it, of an order that was called off whole",
)
async def give_back(id: FromPath[str], data: JSONBody[Part], permit: Mine, at: Now) -> RefundBegun:
    _, place = await books.payment(id)
    permit.check(place)
    deeds.ensure_storable(data, data.id)
    if not is_id(data.attempt) or (await queries.attempt(data.attempt)).order != id:
        raise NoSuchAttempt()
    wished = GiveBack(data.id, data.attempt, data.satang)
    return await for_good(refunds.begin, wished, by=permit.person, at=at)


DOORS = [hook, begin, list_attempts, list_refunds, set_provider, paid_out, give_back]
