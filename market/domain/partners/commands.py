"""Giving and ending a partner's grant, and taking in what a partner tells, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from certification.basis import codes, log
from certification.basis.database import in_use
from certification.basis.ids import following, new_id
from certification.basis.inserting import insert
from certification.basis.transaction import run, transaction
from market.domain.epcis import check
from market.domain.partners import queries, rules
from market.domain.partners.rules import (
    AN_HOUR,
    DOCUMENTS_AN_HOUR,
    Captured,
    GivePartner,
    PartnerEnded,
    PartnerGiven,
)
from market.domain.partners.tables import Partner, PartnerCapture, PartnerWord

COUNT = (
    "INSERT INTO partner_hour (id, documents, ends_at) VALUES ({}, 1, {})"
    " ON CONFLICT (id) DO UPDATE SET"
    " documents = CASE WHEN partner_hour.ends_at <= {} THEN 1"
    " ELSE partner_hour.documents + 1 END,"
    " ends_at = CASE WHEN partner_hour.ends_at <= {} THEN excluded.ends_at"
    " ELSE partner_hour.ends_at END"
    " WHERE partner_hour.documents < {} OR partner_hour.ends_at <= {} RETURNING documents"
)


async def give(data: GivePartner, fingerprint: str, *, by: str, at: datetime) -> PartnerGiven:
    """Asked for twice the second is refused: the secret was shown to the first."""
    name = rules.name(data.name)
    event = PartnerGiven(data.id, data.network, name)
    async with transaction():
        if await Partner.exists().where(Partner.id == data.id):
            raise rules.ShownOnce
        await insert(Partner(
            id=data.id, network=data.network, name=name, fingerprint=fingerprint, since=at, by=by,
        ))  # fmt: skip
        log.append(event, (Partner, data.id), subject=data.id, by=by, at=at)
    return event


async def end(id: str, *, by: str, at: datetime) -> PartnerEnded:
    """From now on; what was told stays, with the name of who told it."""
    async with transaction():
        ended = await in_use().query(
            "UPDATE partner SET until = {}, ended_by = {} WHERE id = {} AND until IS NULL"
            " RETURNING id", at, by, id,
        )  # fmt: skip
        if not ended:
            raise rules.GrantEnded(name=(await queries.partner(id)).name)
        event = PartnerEnded(id)
        log.append(event, (Partner, id), subject=id, by=by, at=at)
    return event


async def count(partner: str, *, at: datetime) -> None:
    """Stored whatever comes of the document, in a transaction of its own."""
    wait_s = await run(_counted, partner, at)
    if wait_s:
        raise rules.TooOften(
            retry_after_s=wait_s, minutes=-(-wait_s // 60), documents=DOCUMENTS_AN_HOUR
        )


async def _counted(partner: str, at: datetime) -> int:
    """0, or the seconds until the hour is over."""
    counted = await in_use().query(COUNT, partner, at + AN_HOUR, at, at, DOCUMENTS_AN_HOUR, at)
    if counted:
        return 0
    [row] = await in_use().query("SELECT ends_at FROM partner_hour WHERE id = {}", partner)
    return max(1, int((row["ends_at"] - at).total_seconds()))


async def take_in(partner: str, document: bytes, origin: str, *, at: datetime) -> str:
    """The id of the capture. The same document again is the same capture; a faulty one is none."""
    found = check.read(document)
    if found.faults:
        raise rules.faulty(found.faults)
    return await run(_take_in, partner, document, rules.words(found.events, origin), at)


async def _take_in(partner: str, document: bytes, words: list[rules.Word], at: datetime) -> str:
    network, digest = await _claim(partner), rules.digest(document)
    if known := await queries.same(partner, digest):
        return known
    read = {said: codes.read(said) for one in words for said in one.codes}
    if len(set(read.values())) > rules.THINGS_MAX:
        raise rules.TooManyThings(things=rules.THINGS_MAX)
    ours = await queries.ours(set(read.values()), network)
    if not ours:
        raise rules.NothingOfOurs
    event = Captured(new_id(), partner, digest, len(words))
    await insert(PartnerCapture(
        id=event.id, partner=partner, digest=digest, events=len(words), at=at, body=document,
    ))  # fmt: skip
    await _keep(event.id, words, lambda one: {read[said] for said in one.codes} & ours)
    log.append(event, (PartnerCapture, event.id), subject=event.id, by=partner, at=at)
    return event.id


async def _claim(partner: str) -> str:
    """Of which network: the grant holds, and does so until this document is in."""
    held = await in_use().query(
        "UPDATE partner SET until = until WHERE id = {} AND until IS NULL RETURNING network",
        partner,
    )
    if not held:
        raise rules.NotAPartner
    return str(held[0]["network"])


async def _keep(
    capture: str, words: list[rules.Word], about: Callable[[rules.Word], set[str]]
) -> None:
    rows = [
        PartnerWord(
            id=following(capture, f"{one.place} {code}"), capture=capture, place=one.place,
            code=code, event=one.event, kind=one.kind, step=one.step, at=one.at,
            whereabouts=one.whereabouts, taken_back=one.taken_back,
        )
        for one in words
        for code in sorted(about(one))
    ]  # fmt: skip
    for begin in range(0, len(rows), 500):
        await insert(*rows[begin : begin + 500])
