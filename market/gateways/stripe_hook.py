"""A message of Stripe's: signed by the account's own hook secret, bounded in time both ways."""

from __future__ import annotations

import re
from datetime import datetime

import msgspec
import stripe

from market.domain.providers.rules import AHEAD_S, BadSignature

BYTES_MAX = 400_000


class Told(msgspec.Struct):
    id: str
    type: str


def read(body: bytes, signature: str, secret: str, at: datetime) -> Told:
    """Its id and kind: the rest is asked for at the provider. BadSignature."""
    stamp = re.search(r"(?:^|,)\s*t=([0-9]{1,12})(?:,|$)", signature)
    now = int(at.timestamp())
    if len(body) > BYTES_MAX or stamp is None or abs(now - int(stamp[1])) > AHEAD_S:
        raise BadSignature(field="signature")
    try:
        stripe.WebhookSignature.verify_header(body, signature, secret, tolerance=None)
        return msgspec.json.decode(body, type=Told)
    except (stripe.SignatureVerificationError, msgspec.DecodeError, UnicodeDecodeError):
        raise BadSignature(field="signature") from None
