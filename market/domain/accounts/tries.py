"""Wrong PINs are counted as rows, so a restart or a second process forgets nothing."""

from __future__ import annotations

from datetime import datetime
from math import ceil

from certification.basis.database import in_use
from certification.basis.transaction import run, transaction
from market.domain.accounts import rules

Keys = dict[str, str]
"""Whose tries are counted: `device`, `person` and `address`, each by its id or pseudonym."""

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


async def claim(keys: Keys, at: datetime) -> int:
    """Stored whatever comes of the PIN; the tries on the last key, or TooManyTries."""
    tries, wait_s = await run(_claimed, keys, at)
    if wait_s:
        raise rules.TooManyTries(retry_after_s=wait_s, minutes=ceil(wait_s / 60))
    return tries


async def _claimed(keys: Keys, at: datetime) -> tuple[int, int]:
    """Tries and 0, or 0 and the seconds to wait."""
    tries = 0
    async with transaction():
        for kind, whose in keys.items():
            key, (tries_max, window) = f"{kind}:{whose}", rules.BUDGETS[kind]
            claimed = await in_use().query(CLAIM, key, at + window, at, at, at, at, tries_max, at)
            if not claimed:
                return 0, await _seconds_left(key, at)
            tries = claimed[0]["tries"]
            if kind == "device" and (wait := rules.wait_after(tries)):
                await in_use().query(
                    "UPDATE wrong_try SET free_at = {} WHERE id = {}", at + wait, key
                )
    return tries, 0


async def _seconds_left(key: str, at: datetime) -> int:
    [row] = await in_use().query("SELECT free_at, window_ends_at FROM wrong_try WHERE id = {}", key)
    until = row["free_at"] if row["free_at"] > at else row["window_ends_at"]
    seconds: float = (until - at).total_seconds()
    return max(1, ceil(seconds))


async def forgive(keys: Keys) -> None:
    """The PIN was right: the device begins anew, the others get back this one try."""
    for kind, whose in keys.items():
        if kind == "device":
            await in_use().query("DELETE FROM wrong_try WHERE id = {}", f"{kind}:{whose}")
        else:
            await in_use().query(
                "UPDATE wrong_try SET tries = tries - 1 WHERE id = {} AND tries > 0",
                f"{kind}:{whose}",
            )


async def forget(at: datetime) -> None:
    """For the clock: tries that no longer count."""
    await in_use().query(
        "DELETE FROM wrong_try WHERE window_ends_at <= {} AND free_at <= {}", at, at
    )
