"""Whose typed deeds one may see and have confirmed: a helper's of the own group, one's own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from litestar import Request

from certification.basis import blobs
from certification.basis.ids import is_id
from certification.basis.transaction import run, transaction
from certification.people.rules import Consented, ConsentWithdrawn
from market.access import consents, deeds, members, whose
from market.access.address import address_of
from market.access.permit import Permit, Place
from market.access.refusals import NotThere, OwnCause
from market.domain.accounts import commands as account_commands
from market.domain.accounts import queries as accounts
from market.domain.accounts import tries
from market.domain.accounts.rules import SessionEnded
from market.domain.spoken import commands, queries
from market.domain.spoken.rules import How, NoPin, SpokenView, Unknown

T = TypeVar("T")


class Consent(msgspec.Struct, frozen=True):
    """What a member allows to be shown, typed by a helper. `shown`: the words that were read."""

    id: str
    person: str
    purpose: str
    shown: str
    given: bool


class Word(msgspec.Struct, frozen=True):
    """A person's own, given beside the helper: the PIN, or the photo of a signed paper."""

    pin: str
    slip: str = ""
    """Its digest; where there is one, no PIN is asked."""


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
    """In reach by the table; that nobody but the person says yes or no is the command's rule."""
    found = await _there(id)
    permit.check(await whose.of_group(found.group, owner=found.person))
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
    """Whether a name is public: what was shown for a day cannot be called back."""
    whom = deeds.For(wanted.person, await _group_reached(permit, wanted.person, at))

    async def do() -> Consented | ConsentWithdrawn:
        return await consents.say(
            wanted.id, wanted.purpose, wanted.shown, given=wanted.given,
            by=permit.person, at=at, person=wanted.person,
        )  # fmt: skip

    word = Word(pin, slip)
    await with_word(request, wanted.id, do, whom, word, by=permit.person, at=at)


async def with_word(
    request: Request[Any, Any, Any], id: str, do: Callable[[], Awaitable[T]], whom: deeds.For,
    word: Word, *, by: str, at: datetime,
) -> T:  # fmt: skip
    """What cannot be undone is not done without that person's word: the PIN typed here, or the
    photo of a signed paper."""
    keys: tries.Keys = ()
    if not word.slip:
        held = await accounts.standing(request.state.session, at)
        whose_pin = await accounts.enrolled_on(held.device if held else "", whom.person)
        if whose_pin is None:
            raise NoPin
        keys = await account_commands.ensure_right(
            whose_pin, word.pin, address=address_of(request), at=at
        )

    async def all_at_once() -> T:
        async with transaction():
            await tries.forgive(keys, at)
            done = await do()
            await deeds.say(id, done, whom, by, at)
            if (await queries.spoken(id)).state == "waiting":
                how: How = "paper" if word.slip else "pin"
                await commands.confirm([id], whom.person, how, word.slip or None, by, at)
            return done

    return await run(all_at_once)


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
