"""SMS over HTTP: ThaiBulkSMS's API v2 (form, key and secret), or any address that takes JSON.

No provider promises that the same id is told once, so what is not known is not sent again.
"""

from __future__ import annotations

from typing import Any

import httpx

from certification.basis.database import nothing_under_way
from market.domain.notices.letters import Letter, Outcome
from market.gateways.letters.asking import asked, seconds_of
from market.message_settings import THAIBULKSMS, Sms

THAIBULKSMS_URL = "https://api-v2.thaibulksms.com/sms"
LETTERS_MAX = 268
"""Four parts of 67 letters: what Thai letters leave of a text of several parts."""


class ShortMessages:
    name, idempotent = "sms", False

    def __init__(self, said: Sms, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._said, self._transport = said, transport

    async def send(self, letter: Letter) -> Outcome:
        nothing_under_way()
        url, what = self._asks(letter)
        answer = await asked(url, self._transport, **what)
        return answer if isinstance(answer, Outcome) else _judged(answer)

    def _asks(self, letter: Letter) -> tuple[str, dict[str, Any]]:
        number, text = f"66{letter.to.removeprefix('0')}", letter.text[:LETTERS_MAX]
        if self._said.url == THAIBULKSMS:
            said = {"msisdn": number, "message": text, "sender": self._said.sender}
            user, _, secret = self._said.token.partition(":")
            return THAIBULKSMS_URL, {
                "data": said, "auth": (user, secret), "headers": {"accept": "application/json"},
            }  # fmt: skip
        return self._said.url, {
            "json": {"id": letter.id, "to": f"+{number}", "from": self._said.sender, "text": text},
            "headers": {
                "authorization": f"Bearer {self._said.token}", "idempotency-key": letter.id,
            },
        }  # fmt: skip


def _judged(answer: httpx.Response) -> Outcome:
    match answer.status_code:
        case 200 | 201 | 202 if not _named_bad(answer):
            return Outcome("sent")
        case 200 | 201 | 202 | 400 | 404 | 422:
            return Outcome("failed", "refused")
        case 402:
            return Outcome("failed", "quota")
        case 401 | 403:
            return Outcome("again", "not_let_in")
        case 429:
            return Outcome("again", "too_fast", seconds_of(answer))
        case _:
            return Outcome("unknown", "broken")


def _named_bad(answer: httpx.Response) -> bool:
    """ThaiBulkSMS answers 201 and lists the numbers that it does not take."""
    try:
        said = answer.json()
    except ValueError:
        return False
    return isinstance(said, dict) and bool(said.get("bad_phone_number_list"))
