"""A calendar asks by itself what is to be fetched, at an address nobody can guess.

The address is told once, when it is made; it holds until it is ended, or a new one is made.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe

import msgspec

from certification.basis import log
from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.refusal import Missing
from certification.basis.transaction import transaction
from market.domain.orders import queries
from market.domain.orders.queries import StoredOrder
from market.domain.orders.tables import CalendarFeed

SECRET_BYTES = 24
TOLD_AFTER = timedelta(days=14)
"""So long a calendar still hears of an order whose day is over, or that was cancelled."""


class NoSuchFeed(Missing):
    """Never made, or ended: nobody learns which."""

    code = "orders.no_such_feed"


class FeedMade(msgspec.Struct, frozen=True, tag="orders.feed_made"):
    feed: str


class FeedEnded(msgspec.Struct, frozen=True, tag="orders.feed_ended"):
    feed: str


async def make(person: str, *, at: datetime) -> str:
    """What the address ends with. One for each person: of two at once the later one holds."""
    ending = token_urlsafe(SECRET_BYTES)
    async with transaction():
        [row] = await in_use().query(
            'INSERT INTO calendar_feed (id, person, address_index, "by", at)'
            " VALUES ({}, {}, {}, {}, {}) ON CONFLICT (person) DO UPDATE SET"
            " address_index = excluded.address_index, ended_at = NULL, at = excluded.at"
            " RETURNING id",
            new_id(), person, _digest(ending), person, at,
        )  # fmt: skip
        log.append(FeedMade(row["id"]), (CalendarFeed, row["id"]), subject=person, by=person, at=at)
    return ending


async def end(person: str, *, at: datetime) -> None:
    """From now on nothing is told there; none out is none out."""
    async with transaction():
        for row in await in_use().query(
            "UPDATE calendar_feed SET ended_at = {} WHERE person = {} AND ended_at IS NULL"
            " RETURNING id",
            at, person,
        ):  # fmt: skip
            log.append(
                FeedEnded(row["id"]), (CalendarFeed, row["id"]), subject=person, by=person, at=at
            )


async def since(person: str) -> datetime | None:
    """Since when one is out."""
    rows = await in_use().query(
        "SELECT at FROM calendar_feed WHERE person = {} AND ended_at IS NULL", person
    )
    return rows[0]["at"] if rows else None


async def told(ending: str, at: datetime) -> list[StoredOrder]:
    """What was ordered and is to be fetched, or was to be lately; NoSuchFeed."""
    rows = await in_use().query(
        "SELECT person FROM calendar_feed WHERE address_index = {} AND ended_at IS NULL",
        _digest(ending),
    )
    if not rows:
        raise NoSuchFeed
    mine = await queries.orders_of(rows[0]["person"])
    return [one for one in mine if at < one.pickup_until + TOLD_AFTER]


def _digest(ending: str) -> str:
    return sha256(ending.encode()).hexdigest()
