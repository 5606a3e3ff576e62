"""Somebody asks, takes it back, and is told once it is offered."""

from __future__ import annotations

import hashlib
from datetime import datetime

from certification.basis import log
from certification.basis.database import in_use
from certification.basis.transaction import transaction
from certification.basis.units import local_day
from certification.crops import queries as crops
from market.domain.demand import queries, rules
from market.domain.demand.tables import Wish
from market.domain.offers import queries as offers
from market.domain.places.queries import public_place

CLOCK = "clock"


def guest(secret: str) -> str:
    """Who asks without an account is known by a secret in the browser, and only by its digest."""
    return f"guest:{hashlib.sha256(secret.encode()).hexdigest()[:30]}"


async def ask(
    asked: rules.Ask, asker: str, *, is_guest: bool, by: str, at: datetime
) -> rules.Asked:
    """Once for each person, crop and week: again is the newer amount and place."""
    rules.ensure_ask(asked, local_day(at))
    crops.crop(asked.crop)
    await public_place(asked.place)
    week = rules.monday(asked.week)
    async with transaction():
        [row] = await in_use().query(
            "INSERT INTO wish (id, asker, guest, crop, place, week, grams, at)"
            " VALUES ({}, {}, {}, {}, {}, {}, {}, {}) ON CONFLICT (asker, crop, week) DO UPDATE"
            " SET place = excluded.place, grams = excluded.grams, withdrawn_at = NULL,"
            " offer = CASE WHEN wish.place = excluded.place THEN wish.offer END RETURNING id",
            asked.id, asker, is_guest, asked.crop, asked.place, week, asked.grams, at,
        )  # fmt: skip
        event = rules.Asked(row["id"], asked.crop, asked.place, week.isoformat(), asked.grams)
        log.append(event, (Wish, row["id"]), subject=asked.place, by=by, at=at)
    return event


async def withdraw(wish: str, asker: str, *, by: str, at: datetime) -> rules.Withdrawn:
    """Again changes nothing. NoSuchWish for another's."""
    event = rules.Withdrawn(wish)
    async with transaction():
        if not await in_use().query(
            "SELECT id FROM wish WHERE id = {} AND asker = {}", wish, asker
        ):
            raise rules.NoSuchWish()
        if await in_use().query(
            "UPDATE wish SET withdrawn_at = {} WHERE id = {} AND withdrawn_at IS NULL RETURNING id",
            at, wish,
        ):  # fmt: skip
            log.append(event, (Wish, wish), subject=wish, by=by, at=at)
    return event


async def meet(offer: str, *, at: datetime) -> rules.Met | None:
    """By a reader of the log, of each new offer: who asked for that crop at one of the round's
    places in its week, and was told of none before, is told."""
    async with transaction():
        known = await offers.to_be_fetched(offer)
        if known is None:
            return None
        crop, cycle = known
        places = sorted({stop.place for stop in cycle.stops})
        weeks = sorted({rules.monday(local_day(stop.pickup_from)) for stop in cycle.stops})
        met, askers = [], set[str]()
        for wish in await queries.waiting(crop, places, weeks):
            for row in await in_use().query(
                "UPDATE wish SET offer = {} WHERE id = {} AND offer IS NULL RETURNING asker, guest",
                offer, wish,
            ):  # fmt: skip
                met.append((Wish, wish))
                askers |= set() if row["guest"] else {row["asker"]}
        if not met:
            return None
        event = rules.Met(offer, cycle.id, crop, tuple(sorted(askers)))
        log.append(event, *met, subject=cycle.id, by=CLOCK, at=at)
    return event
