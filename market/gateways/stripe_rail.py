"""Stripe, by a merchant's own account: PromptPay as a QR of ours, cards on Stripe's own page.

Its version is pinned with the package. Each POST bears a key of ours that outlives this process,
so that asking twice is asking once. Nothing here transfers money to third parties: a Thai account
cannot, and the merchant is the one who is paid.
"""

from __future__ import annotations

from typing import Any

import httpx
import stripe

from certification.basis.database import nothing_under_way
from market.domain.providers import going_back
from market.domain.providers.going_back import GivingBack, RefundStatus, SeenRefund
from market.domain.providers.rules import Asked, Declined, Message, NoAnswer, Seen, Status

WITHIN_S = 10.0
RETRIES = 2
STATUS: dict[str, Status] = {
    "succeeded": "paid", "canceled": "cancelled", "expired": "cancelled",
}  # fmt: skip
REFUND_STATUS: dict[str, RefundStatus] = {
    "succeeded": "done", "failed": "failed", "canceled": "failed",
}  # fmt: skip
KINDS = ("payment_intent.", "checkout.session.", *going_back.KINDS)
LOOKED_THROUGH = 100


class StripeRail:
    """Of one account."""

    def __init__(
        self,
        secret: str,
        *,
        origin: str,
        transport: httpx.AsyncBaseTransport | None = None,
        retries: int = RETRIES,
    ) -> None:
        client = stripe.HTTPXClient(timeout=WITHIN_S)
        if transport is not None:
            client._client_async = httpx.AsyncClient(transport=transport)
        self._stripe = stripe.StripeClient(secret, http_client=client, max_network_retries=retries)
        self._origin = origin

    async def create(self, asked: Asked) -> Seen:
        options: stripe.RequestOptions = {"idempotency_key": asked.once}
        if asked.method == "card":
            made = await _told(
                self._stripe.v1.checkout.sessions.create_async(
                    session_body(asked, self._origin), options
                )
            )
            return _session(made)
        made = await _told(
            self._stripe.v1.payment_intents.create_async(intent_body(asked), options)
        )
        if "promptpay" not in (made.get("payment_method_types") or []):
            raise Declined("it would not be paid by PromptPay")
        return _intent(made)

    async def seen(self, reference: str) -> Seen:
        if reference.startswith("cs_"):
            return _session(
                await _told(self._stripe.v1.checkout.sessions.retrieve_async(reference))
            )
        return _intent(await _told(self._stripe.v1.payment_intents.retrieve_async(reference)))

    async def find(self, asked: Asked) -> Seen | None:
        """Among the account's newest around that moment, by the attempt written into it."""
        since = {"created": {"gte": int(asked.begun_at.timestamp()) - 60}}
        listed: Any = (
            self._stripe.v1.checkout.sessions.list_async
            if asked.method == "card"
            else self._stripe.v1.payment_intents.list_async
        )
        page = await _told(listed({**since, "limit": LOOKED_THROUGH}))
        for one in page["data"]:
            if (one.get("metadata") or {}).get("attempt") == asked.attempt:
                return _session(one) if asked.method == "card" else _intent(one)
        return None

    async def cancel(self, reference: str) -> Seen:
        options: stripe.RequestOptions = {"idempotency_key": f"tk:cancel:{reference}"}
        if reference.startswith("cs_"):
            return _session(
                await _told(self._stripe.v1.checkout.sessions.expire_async(reference, {}, options))
            )
        return _intent(
            await _told(self._stripe.v1.payment_intents.cancel_async(reference, {}, options))
        )

    async def refund(self, asked: GivingBack) -> SeenRefund:
        options: stripe.RequestOptions = {"idempotency_key": asked.once}
        return _refund(
            await _told(self._stripe.v1.refunds.create_async(refund_body(asked), options))
        )

    async def seen_refund(self, reference: str) -> SeenRefund:
        return _refund(await _told(self._stripe.v1.refunds.retrieve_async(reference)))

    async def find_refund(self, asked: GivingBack) -> SeenRefund | None:
        """Among those of its payment, by what was written into it."""
        of: Any = {"payment_intent": asked.intent, "limit": LOOKED_THROUGH}
        page = await _told(self._stripe.v1.refunds.list_async(of))
        for one in page["data"]:
            if (one.get("metadata") or {}).get("refund") == asked.refund:
                return _refund(one)
        return None

    async def message(self, id: str) -> Message | None:
        """None where it is about nothing that we ask for."""
        event = await _told(self._stripe.v1.events.retrieve_async(id))
        if not str(event["type"]).startswith(KINDS):
            return None
        about = event["data"]["object"]
        return Message(id, event["type"], about["id"], event.get("account") or "")


def intent_body(asked: Asked) -> Any:
    return {
        "amount": asked.satang,
        "currency": "thb",
        "allowed_payment_method_types": ["promptpay"],
        "payment_method_data": {
            "type": "promptpay", "billing_details": {"email": asked.email},
        },
        "confirm": True,
        "metadata": {"attempt": asked.attempt, "order": asked.order_code},
    }  # fmt: skip


def session_body(asked: Asked, origin: str) -> Any:
    """Cards are typed at Stripe's own page, so that no number of one ever passes through us."""
    about = {"attempt": asked.attempt, "order": asked.order_code}
    back = f"{origin}/order/{asked.order_code}"
    return {
        "mode": "payment",
        "allowed_payment_method_types": ["card"],
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": "thb",
                    "unit_amount": asked.satang,
                    "product_data": {"name": asked.order_code},
                },
            }
        ],
        "customer_email": asked.email,
        "metadata": about,
        "payment_intent_data": {"metadata": about},
        "success_url": f"{back}?sent=1",
        "cancel_url": back,
    }


def refund_body(asked: GivingBack) -> Any:
    """PromptPay has no way back of its own: Stripe writes to the buyer and asks for an account."""
    body = {
        "payment_intent": asked.intent, "amount": asked.satang,
        "reason": "requested_by_customer", "metadata": {"refund": asked.refund},
    }  # fmt: skip
    return {**body, "instructions_email": asked.email} if asked.email else body


async def _told(asking: Any) -> Any:
    """What it answered. NoAnswer where nobody knows what became of it, Declined where it said no;
    a fault of theirs (500) is kept under the key, so it is a no until it is looked up."""
    nothing_under_way()
    try:
        return (await asking).to_dict()
    except (stripe.APIConnectionError, stripe.RateLimitError) as fault:
        raise NoAnswer(type(fault).__name__) from fault
    except stripe.StripeError as fault:
        raise Declined(f"{type(fault).__name__} {fault.code}") from fault


def _intent(told: dict[str, Any]) -> Seen:
    code = (told.get("next_action") or {}).get("promptpay_display_qr_code") or {}
    failed = told["status"] == "requires_payment_method" and told.get("last_payment_error")
    return Seen(
        told["id"], "failed" if failed else STATUS.get(told["status"], "awaiting"),
        told["amount"], told["currency"], (told.get("metadata") or {}).get("attempt", ""),
        told["id"], code.get("data") or "",
    )  # fmt: skip


def _session(told: dict[str, Any]) -> Seen:
    paid = told.get("payment_status") == "paid"
    status: Status = "paid" if paid else STATUS.get(told.get("status") or "", "awaiting")
    return Seen(
        told["id"], status, told["amount_total"], told["currency"],
        (told.get("metadata") or {}).get("attempt", ""), told.get("payment_intent") or "",
        told.get("url") or "",
    )  # fmt: skip


def _refund(told: dict[str, Any]) -> SeenRefund:
    """Until it has arrived or failed it is under way, the buyer asked for an account or not."""
    return SeenRefund(
        told["id"], REFUND_STATUS.get(told["status"], "sent"), told["amount"], told["currency"],
        told.get("payment_intent") or "", (told.get("metadata") or {}).get("refund", ""),
    )  # fmt: skip
