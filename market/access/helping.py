"""Whose typed deeds one may see and have confirmed: a helper's of the own group, one's own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from litestar import Request

from certification.basis import blobs
from certification.basis.ids import is_id
from certification.basis.transaction import run, transaction
from market.access import consents, members, whose
from market.access.address import address_of
from market.access.permit import Permit, Place
from market.access.refusals import NotThere, OwnCause
from market.domain.accounts import commands as account_commands
from market.domain.accounts import queries as accounts
from market.domain.accounts import tries
from market.domain.accounts.rules import SessionEnded
from market.domain.spoken import commands, queries
from market.domain.spoken.rules import How, NoPin, Speak, SpokenView, Unknown


class Consent(msgspec.Struct, frozen=True):
    """What a member allows to be shown, typed by a helper. `shown`: the words that were read."""

    id: str
    person: str
    purpose: str
    shown: str
    given: bool


async def groups(permit: Permit) -> list[str]:
    """In reach, with the networks themselves."""
    return sorted({*await whose.groups_reached(permit), *permit.groups()})


async def ensure_reached(permit: Permit, person: str, at: datetime) -> None:
    await members.reached(permit, person, at)


async def ensure_helping(permit: Permit, person: str, at: datetime) -> None:
    """Nobody takes down one's own word as a helper."""
    await members.reached(permit, person, at)
    if person == permit.person:
        raise OwnCause


async def ensure_mine(id: str, permit: Permit) -> SpokenView:
    found = await _there(id)
    permit.check(Place(owner=found.person))
    return found


async def person_of(id: str, permit: Permit, at: datetime) -> str:
    """For whom it was typed, where a helper reaches that person."""
    found = await _there(id)
    await ensure_helping(permit, found.person, at)
    return found.person


async def slip(id: str, permit: Permit, at: datetime) -> tuple[str, bytes]:
    found = await _there(id)
    if not permit.sees(Place(owner=found.person)):
        await members.reached(permit, found.person, at)
    if found.slip is None:
        raise NotThere
    return await blobs.fetch(found.slip)


async def confirm_by_pin(
    request: Request[Any, Any, Any],
    deeds: Sequence[str],
    person: str,
    pin: str,
    *,
    by: str,
    at: datetime,
) -> None:
    """Tries are counted on the helper's device."""
    held = await accounts.standing(request.state.session, at)
    if held is None:
        raise SessionEnded
    await commands.confirm_by_pin(
        deeds, person, pin, device=held.device, address=address_of(request), by=by, at=at
    )


async def consent(
    request: Request[Any, Any, Any], wanted: Consent, permit: Permit, *, pin: str, slip: str,
    at: datetime,
) -> None:  # fmt: skip
    """Never without that person's word: the PIN typed here, or the photo of a signed paper."""
    group = await _group_reached(permit, wanted.person, at)
    keys: tries.Keys = ()
    if not slip:
        held = await accounts.standing(request.state.session, at)
        whose_pin = await accounts.enrolled_on(held.device if held else "", wanted.person)
        if whose_pin is None:
            raise NoPin
        keys = await account_commands.ensure_right(
            whose_pin, pin, address=address_of(request), at=at
        )

    async def all_at_once() -> None:
        async with transaction():
            await tries.forgive(keys, at)
            done = await consents.say(
                wanted.id, wanted.purpose, wanted.shown, given=wanted.given,
                by=permit.person, at=at, person=wanted.person,
            )  # fmt: skip
            deed: str = done.__struct_config__.tag  # type: ignore[assignment]  # an event has one
            said = Speak(wanted.id, wanted.person, deed, wanted.id, group)
            await commands.say(said, by=permit.person, at=at)
            if (await queries.spoken(wanted.id)).state == "waiting":
                how: How = "paper" if slip else "pin"
                by = permit.person
                await commands.confirm([wanted.id], wanted.person, how, slip or None, by, at)

    await run(all_at_once)


async def _group_reached(permit: Permit, person: str, at: datetime) -> str:
    """Of a member of several groups the one by which the helper helps."""
    for group in await members.reached(permit, person, at):
        if permit.sees(await whose.of_group(group, owner=person)):
            return group
    raise NotThere


async def _there(id: str) -> SpokenView:
    if not is_id(id):
        raise NotThere
    try:
        return await queries.spoken(id)
    except Unknown:
        raise NotThere from None
