"""Witnesses elsewhere: each new checkpoint is shown to them, and what they sign is kept.

C2SP tlog-witness, `POST {prefix}/add-checkpoint`. A witness signs only what goes on from all it saw
before; so whoever trusts one need not trust this machine. No transaction is open meanwhile.
"""

from __future__ import annotations

from base64 import b64encode

import httpx
import msgspec

from certification.basis import cosignatures, inclusion, notes
from certification.basis.checkpoints import Signed
from certification.basis.cosigned import Cosigned, Witness, read
from certification.basis.database import nothing_under_way

WITHIN_S, CONNECT_S = 15.0, 3.0
ANSWER_BYTES_MAX = 20_000
STEPS_MAX = 63
BEHIND = "text/x.tlog.size"


class Asked(msgspec.Struct, frozen=True):
    url: str
    """The submission prefix."""
    witness: Witness


class WitnessAway(Exception):
    """No answer, or one that is none; it is asked again."""


class WitnessDisagrees(Exception):
    """It was shown another past under our name, or does not know our key: for a person to see."""


async def show(
    signed: Signed, to: Asked, transport: httpx.AsyncBaseTransport | None = None
) -> Cosigned:
    """Where the witness remembers another size than we do, it says so and is asked once more."""
    nothing_under_way()
    last = await cosignatures.last_of(to.witness, signed.origin)
    limits = httpx.Timeout(WITHIN_S, connect=CONNECT_S)
    async with httpx.AsyncClient(transport=transport, timeout=limits) as client:
        for _ in range(2):
            answer = await _sent(client, to.url, await _body(signed, last))
            if answer.status_code != httpx.codes.CONFLICT:
                break
            last = _remembered(answer, signed)
    return _judged(answer, signed, to)


async def _sent(client: httpx.AsyncClient, url: str, body: str) -> httpx.Response:
    try:
        answer = await client.post(f"{url}/add-checkpoint", content=body.encode())
    except httpx.HTTPError as fault:
        raise WitnessAway(type(fault).__name__) from fault
    if len(answer.content) > ANSWER_BYTES_MAX:
        raise WitnessAway("the answer is too long")
    return answer


async def _body(signed: Signed, last: int) -> str:
    steps = (await inclusion.between(last, signed.size)).proof if 0 < last < signed.size else ()
    if len(steps) > STEPS_MAX:
        raise WitnessAway("the proof is too long")
    lines = "".join(f"{b64encode(step).decode()}\n" for step in steps)
    return f"old {last}\n{lines}\n{signed.note}"


def _remembered(answer: httpx.Response, signed: Signed) -> int:
    said = answer.text.strip()
    if answer.headers.get("content-type", "").split(";")[0] != BEHIND or not said.isdecimal():
        raise WitnessAway("it did not say which size it remembers")
    if int(said) > signed.size:
        raise WitnessDisagrees(f"it has seen {said} entries under our name, here are {signed.size}")
    return int(said)


def _judged(answer: httpx.Response, signed: Signed, to: Asked) -> Cosigned:
    match answer.status_code:
        case 200:
            text = notes.text_of(signed.note)
            if found := read(answer.text, text, to.witness):
                return found
            raise WitnessAway("what it answered is not signed by the key that we were given")
        case 403 | 404:
            raise WitnessDisagrees("it does not know our name or key: tell it /log/key")
        case 409 | 422:
            raise WitnessDisagrees("what we showed does not go on from what it saw before")
        case code:
            raise WitnessAway(f"it answered {code}")
