"""LINE Messaging API: one push to one person, known there for a day by the letter's id.

https://developers.line.biz/en/docs/messaging-api/retrying-api-request/
"""

from __future__ import annotations

import base64
import hashlib
import hmac

import httpx

from certification.basis.database import nothing_under_way
from market.domain.notices.letters import Letter, Outcome
from market.gateways.letters.asking import asked, seconds_of

PUSH = "https://api.line.me/v2/bot/message/push"
LETTERS_MAX = 5_000


class Line:
    name, idempotent = "line", True

    def __init__(self, token: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._token, self._transport = token, transport

    async def send(self, letter: Letter) -> Outcome:
        nothing_under_way()
        answer = await asked(
            PUSH,
            self._transport,
            headers={"authorization": f"Bearer {self._token}", "x-line-retry-key": letter.id},
            json={"to": letter.to, "messages": [
                {"type": "text", "text": letter.text[:LETTERS_MAX]}
            ]},
        )  # fmt: skip
        return answer if isinstance(answer, Outcome) else _judged(answer)


def _judged(answer: httpx.Response) -> Outcome:
    match answer.status_code:
        case 200 | 409:  # 409: taken before, under this very id
            return Outcome("sent")
        case 429 if "monthly" in answer.text:
            return Outcome("failed", "quota")
        case 429:
            return Outcome("again", "too_fast", seconds_of(answer))
        case 401:
            return Outcome("again", "not_let_in")  # a token that is put right meanwhile
        case 400 | 403 | 404:
            return Outcome("failed", "refused")
        case _:
            return Outcome("unknown", "broken")


def signed(body: bytes, signature: str, secret: str) -> bool:
    """Whether LINE said this: HMAC-SHA-256 of the very bytes (`x-line-signature`)."""
    wanted = base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256))
    return hmac.compare_digest(wanted, signature.encode("latin-1", "replace"))
