"""A place on the status lists for each certificate; keys published, retired and revoked."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from certification.basis import log
from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.transaction import run, transaction
from certification.credentials import keys, multibase, rules
from certification.credentials.bitstring import BITS
from certification.credentials.did import Key, moment
from certification.credentials.ring import ring
from certification.credentials.rules import KeyPublished, KeyRetired, KeyRevoked, Placed
from certification.credentials.signing import Signer
from certification.credentials.tables import IssuerKey, IssuerKeyEnded, StatusPlace

BY = "clock"
LIST_FULL = BITS // 2
"""Beyond that a new list is begun: a free place is found at the second try on average."""


async def follow(entry: log.Entry, *, at: datetime) -> None:
    """A reader of the log; an entry that comes twice changes nothing."""
    if entry.event["type"] == "certificates.issued":
        await run(place, str(entry.event["certificate"]), at=at)


async def place(certificate: str, *, at: datetime) -> None:
    """Drawn at random, and never another afterwards."""
    async with transaction():
        while not await _placed(certificate):
            [row] = await in_use().query("SELECT count(*) AS used FROM status_place")
            told = Placed(certificate, row["used"] // LIST_FULL + 1, secrets.randbelow(BITS))
            id = new_id()
            if await in_use().query(
                "INSERT INTO status_place (id, certificate, list, place, at)"
                " VALUES ({}, {}, {}, {}, {}) ON CONFLICT DO NOTHING RETURNING id",
                id, certificate, told.list, told.place, at,
            ):  # fmt: skip
                log.append(told, (StatusPlace, id), subject=certificate, by=BY, at=at)


async def publish(*, at: datetime) -> None:
    """The first key, where none is published; refused where its file is not sound."""
    async with transaction():
        if not await keys.published():
            await _add(ring().first, by=BY, at=at)


async def rotate(*, by: str, at: datetime) -> Key:
    """Another key signs from now on; the old one is kept among those that can be checked with, and
    its private half is forgotten."""
    async with transaction():
        known = await keys.published()
        old = [key for key in known if key.signs]
        new = await _add(_next(known), by=by, at=at)
        for key in old:
            await _end(key.number, "retired", KeyRetired(key.number), at, by=by, at=at)
    for key in old:
        ring().forget(key.number)
    return new


async def revoke(number: int, since: datetime, *, by: str, at: datetime) -> None:
    """It fell into other hands at that moment. Where it still signs, another takes its place."""
    async with transaction():
        known = await keys.published()
        found = next((key for key in known if key.number == number), None)
        if found is None:
            raise rules.NoSuchKey(number=number)
        rules.ensure_since(since, found.at, at)
        if found.signs:
            await _add(_next(known), by=by, at=at)
        await _end(number, "revoked", KeyRevoked(number, moment(since)), since, by=by, at=at)
    ring().forget(number)


async def _add(number: int, *, by: str, at: datetime) -> Key:
    """Its file comes first: what is published can be signed with. One that was made before and
    never published is taken."""
    ring().create(number)
    public = Signer(keys.sound(number), "").public
    id, told = new_id(), KeyPublished(number, multibase.multikey(public))
    if not await in_use().query(
        "INSERT INTO issuer_key (id, number, verifier, by, at) VALUES ({}, {}, {}, {}, {})"
        " ON CONFLICT (number) DO NOTHING RETURNING id",
        id, number, told.verifier, by, at,
    ):  # fmt: skip
        raise rules.PublishedMeanwhile(number=number)
    log.append(told, (IssuerKey, id), subject=f"key-{number}", by=by, at=at)
    return Key(number, told.verifier, at)


async def _end(
    number: int, how: str, told: KeyRetired | KeyRevoked, since: datetime, *, by: str, at: datetime
) -> None:
    id = new_id()
    [signer] = await in_use().query("SELECT id FROM issuer_key WHERE number = {}", number)
    if not await in_use().query(
        "INSERT INTO issuer_key_ended (id, signer, how, since, by, at)"
        " VALUES ({}, {}, {}, {}, {}, {}) ON CONFLICT (signer, how) DO NOTHING RETURNING id",
        id, signer["id"], how, since, by, at,
    ):  # fmt: skip
        raise rules.RevokedAlready(number=number)
    log.append(told, (IssuerKeyEnded, id), subject=f"key-{number}", by=by, at=at)


async def _placed(certificate: str) -> bool:
    found = "SELECT 1 AS one FROM status_place WHERE certificate = {}"
    return bool(await in_use().query(found, certificate))


def _next(known: Sequence[Key]) -> int:
    """A file of that number, of which a database put back to an older day knows nothing, is
    published as what it was."""
    return known[-1].number + 1 if known else 1
