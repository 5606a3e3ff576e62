"""Who says whether a slip is a real transfer: EasySlip v2 or SlipOK, where one was set.

Both answer with amounts as JSON numbers and with receivers masked. No transaction is open
meanwhile; whatever is no answer is `away`, and asked again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

import httpx
import msgspec

from certification.basis.database import nothing_under_way
from market.domain.slips.rules import Said

WITHIN_S, CONNECT_S = 10.0, 3.0
EASYSLIP = "https://api.easyslip.com/v2/verify/bank"
SLIPOK = "https://api.slipok.com/api/line/apikey"
AWAY = Said("away")


class SlipChecker(Protocol):
    async def check(self, code: str, satang: int) -> Said: ...


_in_use: list[SlipChecker] = []


def use(checker: SlipChecker | None) -> None:
    """Once, at start-up."""
    _in_use[:] = [checker] if checker else []


def in_use() -> SlipChecker | None:
    return _in_use[0] if _in_use else None


class EasySlip(msgspec.Struct, frozen=True):
    key: str
    transport: httpx.AsyncBaseTransport | None = None

    async def check(self, code: str, satang: int) -> Said:
        body = {"payload": code, "checkDuplicate": True, "matchAmount": _baht(satang)}
        headers = {"authorization": f"Bearer {self.key}"}
        answer = await _asked(EASYSLIP, body, headers, self.transport)
        if answer is None:
            return AWAY
        said, data = answer.get("success"), _dict(answer.get("data"))
        if said is not True:
            return _easyslip_refused(str(_dict(answer.get("error")).get("code", "")))
        raw = _dict(data.get("rawSlip"))
        if data.get("isDuplicate") is True:
            return Said("repeated")
        return Said(
            "real",
            _satang(data.get("amountInSlip") or _dict(raw.get("amount")).get("amount")),
            _receivers(_dict(raw.get("receiver")), "account"),
            _instant(raw.get("date")),
        )


def _easyslip_refused(code: str) -> Said:
    if "PENDING" in code or "DELAY" in code:
        return Said("delayed")
    return Said("not_found") if "SLIP" in code or "PAYLOAD" in code else AWAY


class SlipOk(msgspec.Struct, frozen=True):
    branch: str
    key: str
    transport: httpx.AsyncBaseTransport | None = None

    async def check(self, code: str, satang: int) -> Said:
        body = {"data": code, "log": True, "amount": _baht(satang)}
        headers = {"x-authorization": self.key}
        answer = await _asked(f"{SLIPOK}/{self.branch}", body, headers, self.transport)
        if answer is None:
            return AWAY
        if answer.get("success") is not True:
            return SLIPOK_SAYS.get(str(answer.get("code")), AWAY)
        data = _dict(answer.get("data"))
        return Said(
            "real", _satang(data.get("amount")), _receivers(_dict(data.get("receiver")), "value"),
            _instant(data.get("transTimestamp")),
        )  # fmt: skip


SLIPOK_SAYS = {
    "1005": Said("not_found"), "1006": Said("not_found"), "1007": Said("not_found"),
    "1008": Said("not_found"), "1010": Said("delayed"), "1011": Said("not_found"),
    "1012": Said("repeated"), "1013": Said("wrong_amount"), "1014": Said("wrong_receiver"),
}  # fmt: skip


def checker(said: Sequence[str]) -> SlipChecker | None:
    """As the settings say; none where nobody is asked."""
    match said:
        case ["easyslip", key]:
            return EasySlip(key)
        case ["slipok", branch, key]:
            return SlipOk(branch, key)
    return None


async def _asked(
    url: str, body: dict[str, Any], headers: dict[str, str],
    transport: httpx.AsyncBaseTransport | None,
) -> dict[str, Any] | None:  # fmt: skip
    """What it answered with, also where it refuses; None where that is nothing of ours."""
    nothing_under_way()
    limits = httpx.Timeout(WITHIN_S, connect=CONNECT_S)
    try:
        async with httpx.AsyncClient(transport=transport, timeout=limits) as client:
            answer = await client.post(url, json=body, headers=headers)
        if answer.status_code >= 500 or answer.status_code in (401, 403, 429):
            return None
        return _dict(msgspec.json.decode(answer.content))
    except (httpx.HTTPError, msgspec.DecodeError):
        return None


def _dict(said: object) -> dict[str, Any]:
    return said if isinstance(said, dict) else {}


def _baht(satang: int) -> float:
    """As their JSON wants it; two decimals survive the way there."""
    return float(Decimal(satang) / 100)


def _satang(said: object) -> int | None:
    """Of a JSON number by its shortest decimals, never by binary fractions."""
    try:
        exact = Decimal(str(said)) * 100
        return int(exact) if exact == int(exact) else None
    except (InvalidOperation, ValueError, OverflowError):
        return None


def _receivers(party: dict[str, Any], word: str) -> tuple[str, ...]:
    """Account and PromptPay id, as far as it shows them: EasySlip has both below `account`."""
    account = _dict(party.get("account"))
    shown = (
        account.get(word), _dict(account.get("bank")).get(word),
        _dict(account.get("proxy")).get(word), _dict(party.get("proxy")).get(word),
    )  # fmt: skip
    return tuple(one for one in shown if isinstance(one, str) and one)


def _instant(said: object) -> datetime | None:
    try:
        read = datetime.fromisoformat(str(said))
    except ValueError:
        return None
    return read.astimezone(UTC) if read.tzinfo else None
