"""Typed for somebody: said, confirmed, or denied.

`confirm_by_pin` looks at a PIN, so it opens its transaction itself and is called without `run`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from certification.basis import log
from certification.basis.asked import AskedOtherwise
from certification.basis.database import in_use
from certification.basis.transaction import run, transaction
from market.domain.accounts import commands as accounts
from market.domain.accounts import queries as accounts_queries
from market.domain.accounts import tries
from market.domain.spoken import queries, rules
from market.domain.spoken.tables import SpokenFor


async def say(said: rules.Speak, *, by: str, at: datetime) -> None:
    """In the deed's own transaction. Who types for oneself speaks for oneself; a word once given
    for another deed is no word for this one."""
    if said.person == by:
        return
    async with transaction():
        new = await in_use().query(
            'INSERT INTO spoken_for (id, person, typed_by, deed, subject, "group", at)'
            " VALUES ({}, {}, {}, {}, {}, {}, {}) ON CONFLICT (id) DO NOTHING RETURNING id",
            said.id, said.person, by, said.deed, said.subject, said.group, at,
        )  # fmt: skip
        if new:
            event = rules.Said(said.id, said.person, said.deed)
            log.append(event, (SpokenFor, said.id), subject=said.person, by=by, at=at)
            return
        before = await queries.spoken(said.id)
        if (before.person, before.deed, before.subject) != (said.person, said.deed, said.subject):
            raise AskedOtherwise


async def confirm_own(id: str, person: str, *, at: datetime) -> None:
    """By the person, signed in on the own phone."""
    async with transaction():
        rules.ensure_oneself(await queries.spoken(id), person)
        await confirm([id], person, "own", None, person, at)


async def confirm_on_paper(
    ids: Sequence[str], person: str, slip: str, *, by: str, at: datetime
) -> None:
    """`slip`: the digest of a photo of the signature."""
    await confirm(ids, person, "paper", slip, by, at)


async def confirm_by_pin(
    ids: Sequence[str], person: str, pin: str, *, device: str, address: str, by: str, at: datetime
) -> None:
    """The person types it on the helper's phone; it is counted as any PIN, away from home."""
    whose = await accounts_queries.enrolled_on(device, person)
    if whose is None:
        raise rules.NoPin
    if not ids:
        raise rules.NothingChosen(field="deeds")
    keys = await accounts.ensure_right(whose, pin, address=address, at=at)
    await run(_confirm_after_pin, ids, person, keys, by, at)


async def _confirm_after_pin(
    ids: Sequence[str], person: str, keys: tries.Keys, by: str, at: datetime
) -> None:
    async with transaction():
        await tries.forgive(keys, at)
        await confirm(ids, person, "pin", None, by, at)


async def confirm(
    ids: Sequence[str], person: str, how: rules.How, slip: str | None, by: str, at: datetime
) -> None:
    """For doors that have seen the PIN or the paper."""
    if not ids:
        raise rules.NothingChosen(field="deeds")
    if len(ids) > rules.DEEDS_MAX:
        raise rules.TooMany(most=rules.DEEDS_MAX)
    async with transaction():
        for id in dict.fromkeys(ids):
            claimed = await in_use().query(
                "UPDATE spoken_for SET confirmed_at = {}, confirmed_by = {}, how = {}, slip = {}"
                " WHERE id = {} AND person = {} AND denied_at IS NULL"
                " AND (confirmed_at IS NULL OR (how = 'paper' AND {} <> 'paper')) RETURNING id",
                at, by, how, slip, id, person, how,
            )  # fmt: skip
            if not claimed:
                await _ensure_there(id, person)
                raise rules.Settled
            event = rules.Confirmed(id, person, how)
            log.append(event, (SpokenFor, id), subject=person, by=by, at=at)


async def deny(id: str, person: str, *, at: datetime) -> rules.Denied:
    """ "This was not me." A paper does not bind who did not sign it."""
    async with transaction():
        found = await queries.spoken(id)
        rules.ensure_oneself(found, person)
        claimed = await in_use().query(
            "UPDATE spoken_for SET denied_at = {} WHERE id = {} AND person = {}"
            " AND denied_at IS NULL AND (confirmed_at IS NULL OR how = 'paper') RETURNING id",
            at, id, person,
        )  # fmt: skip
        if not claimed:
            raise rules.Settled
        event = rules.Denied(id, person, found.typed_by, found.deed, found.group)
        log.append(event, (SpokenFor, id), subject=person, by=person, at=at)
    return event


async def _ensure_there(id: str, person: str) -> rules.SpokenView:
    found = await queries.spoken(id)
    if found.person != person:
        raise rules.Unknown
    return found
