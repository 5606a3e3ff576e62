"""Credentials as they are asked for: made and signed anew from what is true now.

Ed25519 gives the same signature for the same bytes, and a proof's `created` is the moment since
which all that it says is so: asked for twice it is the same file, until something changes.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from certification.basis.database import in_use
from certification.basis.units import local_day
from certification.credentials import bitstring, certificate, did, facts, keys, rules, sound, untp
from certification.credentials.rules import PURPOSES, SET_BY, Purpose
from certification.credentials.signing import Document, as_jwt, secured


async def credential(typed: str, origin: str) -> Document:
    of = await facts.of_code(typed)
    return await signed(certificate.credential(of, origin), of.said_at, origin)


async def credential_jwt(typed: str, origin: str) -> str:
    of = await facts.of_code(typed)
    return await signed_jwt(certificate.credential(of, origin), origin)


async def unnamed(typed: str, origin: str) -> Document:
    """Without the holder's name, even where it may be told: for a file that nobody calls back."""
    of = msgspec.structs.replace(await facts.of_code(typed), holder_name=None)
    return await signed(certificate.credential(of, origin), of.said_at, origin)


async def sealed(content: bytes, origin: str) -> tuple[str, bytes]:
    """By which key, and its signature of these very bytes."""
    signer, _ = await keys.signer(origin)
    return signer.method, signer.sign(content)


async def attestation(typed: str, origin: str) -> Document:
    """The same in UNTP's words."""
    of = await facts.of_code(typed)
    return await signed(untp.attestation(of, origin), of.said_at, origin)


async def attestation_jwt(typed: str, origin: str) -> str:
    of = await facts.of_code(typed)
    return await signed_jwt(untp.attestation(of, origin), origin)


async def did_document(origin: str) -> dict[str, Any]:
    found = await keys.published()
    if not found:
        raise rules.NoneYet()
    return did.document(origin, found)


async def status_list(purpose: str, number: int, origin: str, at: datetime) -> Document:
    """By all that is known now, so in every process it changes with the certificate."""
    if purpose not in PURPOSES or not await _begun(number):
        raise rules.NoSuchList(list=f"{purpose}/{number}"[:40])
    bits = bitstring.encoded(await _set(purpose, number, at))
    at = at.replace(second=0, microsecond=0)
    return await signed(certificate.status_list(origin, purpose, number, bits, at), at, origin)


async def last_list() -> int:
    """The number of the newest status list."""
    [row] = await in_use().query("SELECT max(list) AS last FROM status_place")
    return row["last"] or 1


async def signed(document: Document, at: datetime, origin: str) -> Document:
    """By the key in use; `at`: since when all that it says is so."""
    signer, key = await keys.signer(origin)
    sound.ensure_sound(document)
    return secured(document, signer, did.moment(max(at, key.at)))


async def signed_jwt(document: Document, origin: str) -> str:
    signer, _ = await keys.signer(origin)
    sound.ensure_sound(document)
    return as_jwt(document, signer)


async def _begun(number: int) -> bool:
    found = await in_use().query(
        "SELECT 1 AS one FROM status_place WHERE list = {} LIMIT 1", number
    )
    return number == 1 or bool(found)


async def _set(purpose: Purpose, number: int, at: datetime) -> list[int]:
    """Of all certificates of this list to which anything ever happened."""
    today = local_day(at)
    rows = await in_use().query(
        "SELECT s.place, e.kind, e.from_on FROM status_place s"
        " JOIN certificate_event e ON e.certificate = s.certificate"
        " WHERE s.list = {} AND e.from_on <= {} ORDER BY s.place, e.seq",
        number, today,
    )  # fmt: skip
    state = {row["place"]: row["kind"] for row in rows}
    return [place for place, kind in state.items() if kind in SET_BY[purpose]]
