"""Wrong PINs are counted as rows, so a restart or a second process forgets nothing."""

from __future__ import annotations

from datetime import datetime
from math import ceil

from certification.basis.database import in_use
from certification.basis.transaction import run, transaction
from market.domain.accounts import pins, rules
from market.domain.accounts.queries import Enrolled

Keys = tuple[tuple[str, str], ...]
"""Whose tries are counted: a kind of `rules.BUDGETS`, and an id or pseudonym. The device first:
a try that it refuses takes nothing from the others."""

CLAIM = (
    "INSERT INTO wrong_try (id, tries, window_ends_at, free_at) VALUES ({}, 1, {}, {})"
    " ON CONFLICT (id) DO UPDATE SET"
    " tries = CASE WHEN wrong_try.window_ends_at <= {} THEN 1 ELSE wrong_try.tries + 1 END,"
    " window_ends_at = CASE WHEN wrong_try.window_ends_at <= {}"
    " THEN excluded.window_ends_at ELSE wrong_try.window_ends_at END"
    " WHERE wrong_try.free_at <= {}"
    " AND (wrong_try.tries < {} OR wrong_try.window_ends_at <= {}) RETURNING tries"
)
"""Counts the try before the PIN is looked at: twenty at once are twenty tries, not one."""


def of_address(address: str) -> Keys:
    return (("address", pins.pseudonym(address)),)


def of_person(enrolled: Enrolled, address: str) -> Keys:
    """At home the address is not counted: the whole village shares it."""
    where, at_home = f"{enrolled.id}:{enrolled.person}", pins.pseudonym(address) == enrolled.address
    if at_home:
        return (("home", where), ("person_home", enrolled.person))
    return (("away", where), ("person_away", enrolled.person), *of_address(address))


def of_nobody(device: str, who: str, address: str) -> Keys:
    """A number of nobody on that device: it waits just like one that is."""
    whom = pins.pseudonym(who)
    return (("away", f"{device}:{whom[:40]}"), ("unknown", device), *of_address(address))


async def look(keys: Keys, person: str, pin: str, pin_hash: str | None, at: datetime) -> int | None:
    """Count, then look: None where the PIN is right, else how many tries are left."""
    tried = await claim(keys, at)
    if await pins.matches(person, pin, pin_hash):
        return None
    return max(0, rules.FREE_TRIES - tried)


async def claim(keys: Keys, at: datetime) -> int:
    """Stored whatever comes of the PIN; the tries on the first key, or TooManyTries."""
    tries, wait_s = await run(_claimed, keys, at)
    if wait_s:
        raise rules.TooManyTries(retry_after_s=wait_s, minutes=ceil(wait_s / 60))
    return tries


async def _claimed(keys: Keys, at: datetime) -> tuple[int, int]:
    """Tries and 0, or 0 and the seconds to wait."""
    tries = []
    async with transaction():
        for place, (kind, whose) in enumerate(keys):
            key, (tries_max, window) = f"{kind}:{whose}", rules.BUDGETS[kind]
            claimed = await in_use().query(CLAIM, key, at + window, at, at, at, at, tries_max, at)
            if not claimed:
                await _give_back(keys[:place], at)
                return 0, await _seconds_left(key, at)
            tries.append(claimed[0]["tries"])
            if kind in rules.LADDERS and (wait := rules.wait_after(tries[-1])):
                await in_use().query(
                    "UPDATE wrong_try SET free_at = {} WHERE id = {}", at + wait, key
                )
    return tries[0], 0


async def _give_back(keys: Keys, at: datetime) -> None:
    for kind, whose in keys:
        await in_use().query(
            "UPDATE wrong_try SET tries = tries - 1, free_at = {} WHERE id = {} AND tries > 0",
            at, f"{kind}:{whose}",
        )  # fmt: skip


async def _seconds_left(key: str, at: datetime) -> int:
    [row] = await in_use().query("SELECT free_at, window_ends_at FROM wrong_try WHERE id = {}", key)
    until = row["free_at"] if row["free_at"] > at else row["window_ends_at"]
    seconds: float = (until - at).total_seconds()
    return max(1, ceil(seconds))


async def forgive(keys: Keys, at: datetime) -> None:
    """The PIN was right: at home the device begins anew, all others get back this one try."""
    for kind, whose in keys:
        if kind == "home":
            await in_use().query("DELETE FROM wrong_try WHERE id = {}", f"{kind}:{whose}")
        else:
            await _give_back(((kind, whose),), at)


async def forget(at: datetime) -> None:
    """For the clock: tries that no longer count."""
    await in_use().query(
        "DELETE FROM wrong_try WHERE window_ends_at <= {} AND free_at <= {}", at, at
    )
