"""A Stripe of our own: it remembers, checks each body against Stripe's own types, and goes wrong.

    there = FakeStripe()
    rail = there.rail()                 # market.gateways.stripe_rail, nothing between but bytes
    there.faults = ["timeout_after"]    # the next POST is done and its answer lost
    there.pay("pi_1")                   # the buyer pays; a message waits in there.messages

Faults, one for each POST to come: `timeout_after` (done, answer lost), `lost` (never arrived),
`500` (not done, and kept under its key), `500_after` (done, and kept as not), `429`. Messages are
kept in the order of what happened; whoever delivers them may repeat, shuffle, delay or lose them.
"""

from __future__ import annotations

import json
import sys
import types
import typing
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

import httpx
import stripe
import typing_extensions as te
from pydantic import ConfigDict, TypeAdapter
from stripe._request_options import RequestOptions
from stripe.params import PaymentIntentCreateParams, RefundCreateParams
from stripe.params.checkout import SessionCreateParams

from market.gateways.stripe_rail import StripeRail

BODIES = {
    "/v1/payment_intents": PaymentIntentCreateParams,
    "/v1/refunds": RefundCreateParams,
    "/v1/checkout/sessions": SessionCreateParams,
}
HOOK = "whsec_of_the_tests"


class FakeStripe:
    def __init__(self) -> None:
        self.payments: dict[str, dict[str, Any]] = {}
        self.refunds: dict[str, dict[str, Any]] = {}
        self.events: dict[str, dict[str, Any]] = {}
        self.messages: list[str] = []
        self.kept: dict[str, tuple[str, int, dict[str, Any]]] = {}
        self.faults: list[str] = []
        self.posts: list[str] = []
        self.charges = 0

    def rail(self) -> StripeRail:
        transport = httpx.MockTransport(self._answer)
        return StripeRail(
            "sk_test_of_the_tests", origin="http://x.test", transport=transport, retries=0
        )

    def pay(self, id: str) -> str:
        """The buyer pays: at most once, whatever was asked how often. Answers the message's id."""
        one = self.payments[id]
        assert one["status"] != "succeeded", "paid twice"
        self.charges += 1
        one["status"] = "succeeded" if id.startswith("pi_") else "complete"
        one["payment_status"] = "paid"
        kind = "payment_intent.succeeded" if id.startswith("pi_") else "checkout.session.completed"
        return self.tell(kind, id)

    def fail(self, id: str) -> str:
        self.payments[id] |= {"status": "requires_payment_method", "last_payment_error": {"x": 1}}
        return self.tell("payment_intent.payment_failed", id)

    def went_back(self, id: str, status: str) -> str:
        """A refund succeeds, or fails days later; a refund that failed stays so."""
        assert self.refunds[id]["status"] != "failed"
        self.refunds[id]["status"] = status
        return self.tell("refund.failed" if status == "failed" else "charge.refund.updated", id)

    def tell(self, kind: str, id: str) -> str:
        event = f"evt_{len(self.events) + 1}"
        about = {"id": id, "object": kind.split(".")[0]}
        self.events[event] = {
            "id": event, "object": "event", "type": kind, "data": {"object": about},
        }  # fmt: skip
        self.messages.append(event)
        return event

    def body_of(self, event: str) -> bytes:
        return json.dumps(self.events[event]).encode()

    def signed(self, body: bytes, at: int, secret: str = HOOK) -> str:
        return stripe.WebhookSignature.generate_signature_header(
            body.decode(), secret, timestamp=at
        )

    def _answer(self, asked: httpx.Request) -> httpx.Response:
        assert asked.headers["stripe-version"] == stripe.api_version
        if asked.method != "POST":
            return self._read(asked)
        key, path = asked.headers["idempotency-key"], asked.url.path
        assert key.startswith("tk:"), key
        body = _nested(asked.content.decode())
        _ensure_contract(path, body)
        self.posts.append(path)
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "lost":
            raise httpx.ConnectError("the tests'")
        if fault == "429":
            return _error(429, "rate_limit")
        said = json.dumps([path, body], sort_keys=True)
        if key not in self.kept:
            done = None if fault == "500" else self._do(path, body)
            no = (500, {"error": {"type": "api_error"}})
            self.kept[key] = (said, *(no if done is None or fault == "500_after" else done))
        before, status, answered = self.kept[key]
        if before != said:
            return _error(400, "idempotency_error")
        if fault == "timeout_after":
            raise httpx.ReadTimeout("the tests'")
        known = self.payments.get(answered.get("id", ""))
        return httpx.Response(status, json=known or answered)

    def _do(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        match path.strip("/").split("/")[1:]:
            case ["payment_intents"]:
                return 200, self._made(body)
            case ["checkout", "sessions"]:
                return 200, self._opened(body)
            case ["refunds"]:
                return self._given_back(body)
            case ["payment_intents", id, "cancel"] | ["checkout", "sessions", id, "expire"]:
                return self._ended(id)
        raise AssertionError(path)

    def _made(self, body: dict[str, Any]) -> dict[str, Any]:
        id = f"pi_{len(self.payments) + 1}"
        self.payments[id] = {
            "id": id, "object": "payment_intent", "amount": int(body["amount"]),
            "currency": body["currency"], "status": "requires_action",
            "payment_method_types": body["allowed_payment_method_types"],
            "metadata": body["metadata"], "last_payment_error": None,
            "next_action": {"type": "promptpay_display_qr_code",
                            "promptpay_display_qr_code": {"data": f"00020101{id}"}},
        }  # fmt: skip
        return self.payments[id]

    def _opened(self, body: dict[str, Any]) -> dict[str, Any]:
        id = f"cs_{len(self.payments) + 1}"
        [line] = body["line_items"]
        self.payments[id] = {
            "id": id, "object": "checkout.session", "status": "open", "payment_status": "unpaid",
            "amount_total": int(line["price_data"]["unit_amount"]),
            "currency": line["price_data"]["currency"], "metadata": body["metadata"],
            "payment_intent": f"pi_of_{id}", "url": f"https://checkout.example/{id}",
        }  # fmt: skip
        return self.payments[id]

    def _given_back(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Never more than was paid, all refunds together."""
        intent = body["payment_intent"].removeprefix("pi_of_")
        one, before = self.payments[intent], self.refunds.values()
        given = sum(
            r["amount"] for r in before
            if r["payment_intent"] == body["payment_intent"] and r["status"] != "failed"
        )  # fmt: skip
        whole = one.get("amount") or one["amount_total"]
        if given + int(body["amount"]) > whole:
            return 400, {"error": {"type": "invalid_request_error", "message": "too much"}}
        id = f"re_{len(self.refunds) + 1}"
        self.refunds[id] = {
            "id": id, "object": "refund", "amount": int(body["amount"]),
            "payment_intent": body["payment_intent"], "status": "requires_action",
            "currency": "thb", "metadata": body["metadata"],
        }  # fmt: skip
        return 200, {**self.refunds[id]}

    def _ended(self, id: str) -> tuple[int, dict[str, Any]]:
        one = self.payments[id]
        if one["status"] in ("succeeded", "complete"):
            return 400, {"error": {"type": "invalid_request_error", "message": "paid"}}
        one["status"] = "canceled" if id.startswith("pi_") else "expired"
        self.tell("payment_intent.canceled", id)
        return 200, one

    def _read(self, asked: httpx.Request) -> httpx.Response:
        *_, noun, id = asked.url.path.split("/")
        if noun == "events":
            return httpx.Response(200, json=self.events[id])
        if noun == "refunds":
            return httpx.Response(200, json=self.refunds[id])
        if id == "refunds":
            of = asked.url.params["payment_intent"]
            made = [one for one in self.refunds.values() if one["payment_intent"] == of]
            return httpx.Response(200, json={"object": "list", "data": made, "has_more": False})
        if id in self.payments:
            return httpx.Response(200, json=self.payments[id])
        kind = "cs_" if id == "sessions" else "pi_"
        found = [one for key, one in self.payments.items() if key.startswith(kind)]
        return httpx.Response(200, json={"object": "list", "data": found, "has_more": False})


def _error(status: int, kind: str) -> httpx.Response:
    return httpx.Response(status, json={"error": {"type": kind, "message": "the tests'"}})


def _nested(form: str) -> dict[str, Any]:
    """`a[b][0]=1` as the dict it was."""
    found: dict[str, Any] = {}
    for name, value in parse_qsl(form, keep_blank_values=True):
        first, *inner = name.replace("]", "").split("[")
        at, path = found, [first, *inner]
        for part in path[:-1]:
            at = at.setdefault(part, {})
        at[path[-1]] = value
    return typing.cast("dict[str, Any]", _listed(found))


def _listed(said: Any) -> Any:
    if not isinstance(said, dict):
        return said
    inner = {name: _listed(value) for name, value in said.items()}
    return [*inner.values()] if inner and all(name.isdigit() for name in inner) else inner


def _ensure_contract(path: str, body: dict[str, Any]) -> None:
    """Of each body that makes something: unknown words, missing ones and wrong ones fail here."""
    if path in BODIES:
        contract(path).validate_python(_numbers(body))


def _numbers(said: Any) -> Any:
    match said:
        case dict():
            return {name: _numbers(value) for name, value in said.items()}
        case list():
            return [_numbers(one) for one in said]
        case str() if said.isdigit():
            return int(said)
        case "true" | "false":
            return said == "true"
    return said


@cache
def contract(path: str) -> TypeAdapter[Any]:
    return TypeAdapter(_strict(BODIES[path], {}))


def _strict(kind: Any, seen: dict[Any, Any]) -> Any:
    """Stripe's TypedDict with nothing unknown in it, the options of a request left out."""
    if te.is_typeddict(kind):
        return seen[kind] if kind in seen else _dict(kind, seen)
    origin = te.get_origin(kind)
    if origin is None or origin is typing.Literal or origin is te.Literal:
        return kind
    args = tuple(_strict(one, seen) for one in te.get_args(kind))
    if origin is typing.Union or origin is types.UnionType:
        closed = [one for one in args if te.get_origin(one) is typing.Literal]
        if closed and str in args and not any(te.get_args(one) == ("",) for one in args):
            args = tuple(one for one in args if one is not str)
        return typing.Union[args]  # noqa: UP007  # made at run time
    try:
        return origin[args if len(args) > 1 else args[0]]
    except TypeError:
        return kind


def _dict(kind: Any, seen: dict[Any, Any]) -> Any:
    module = sys.modules[kind.__module__]
    known = {
        **vars(typing), **vars(te), **vars(module), "StripeContext": object,
        "UntypedStripeObject": _Loose,
    }  # fmt: skip
    fields = {}
    for name, hint in te.get_type_hints(kind, globalns=known, include_extras=True).items():
        if name in RequestOptions.__annotations__:
            continue
        bare = (
            te.get_args(hint)[0] if te.get_origin(hint) in (te.NotRequired, te.Required) else hint
        )
        needed = te.Required if name in kind.__required_keys__ else te.NotRequired
        fields[name] = needed[_strict(bare, seen)]
    made = te.TypedDict(kind.__name__, fields)  # type: ignore[operator]  # at run time
    made.__pydantic_config__ = ConfigDict(extra="forbid")
    made.__module__ = kind.__module__
    seen[kind] = made
    return made


class _Loose(dict):  # type: ignore[type-arg]
    def __class_getitem__(cls, _: Any) -> Any:
        return dict[str, Any]
