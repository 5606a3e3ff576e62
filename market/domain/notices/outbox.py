"""What is on its way to people outside the page: queued with the notice, claimed, settled.

A row is claimed in one transaction and settled in another; between the two the world is asked, and
no row is held. Who dies in between leaves a lease that runs out: then it is sent again where the
channel knows a message by its id, and elsewhere stays `unknown` for ever: told once at most.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.contacts import queries as contacts
from market.domain.contacts.rules import due
from market.domain.notices import rules
from market.domain.notices.letters import AFTER, KNOWN_FOR, LEASE, TOO_OLD, Outcome


class Claimed(msgspec.Struct, frozen=True):
    id: str
    person: str
    channel: str
    tries: int
    first_at: datetime
    kind: str
    facts: dict[str, str | int]
    at: datetime
    """Of the notice."""


async def queue(
    notice: str, person: str, kind: str, event: Mapping[str, object], at: datetime
) -> None:
    """In the transaction of the notice, so that none is without the other."""
    asked = str(event["channel"]) if kind == "contacts.asked" else ""
    channels = (
        [asked] if asked in ("sms", "email")
        else [] if asked
        else await contacts.told_on(person, rules.topic(kind))
    )  # fmt: skip
    if not channels:
        return
    wakes = rules.urgent(kind)
    when = due(at, await contacts.quiet(person), urgent=wakes)
    for channel in channels:
        await in_use().query(
            "INSERT INTO delivery (id, notice, person, channel, state, urgent, tries, due_at, at)"
            " VALUES ({}, {}, {}, {}, 'waiting', {}, 0, {}, {})"
            " ON CONFLICT (notice, channel) DO NOTHING",
            new_id(), notice, person, channel, wakes, when, at,
        )  # fmt: skip


async def waiting(at: datetime, limit: int) -> list[str]:
    """What is due; who is woken for it first."""
    rows = await in_use().query(
        "SELECT id FROM delivery WHERE state = 'waiting' AND due_at <= {}"
        " ORDER BY urgent DESC, due_at, id LIMIT {}",
        at, limit,
    )  # fmt: skip
    return [row["id"] for row in rows]


async def claim(id: str, *, at: datetime) -> Claimed | None:
    """None where another worker was first."""
    return await run(_claim, id, at)


async def _claim(id: str, at: datetime) -> Claimed | None:
    rows = await in_use().query(
        "UPDATE delivery SET state = 'sending', tries = tries + 1, lease_until = {},"
        " first_at = COALESCE(first_at, {}) WHERE id = {} AND state = 'waiting'"
        " AND due_at <= {} RETURNING notice, person, channel, tries, first_at",
        at + LEASE, at, id, at,
    )  # fmt: skip
    if not rows:
        return None
    [row] = rows
    [told] = await in_use().query("SELECT kind, facts, at FROM notice WHERE id = {}", row["notice"])
    facts = msgspec.json.decode(told["facts"], type=dict[str, str | int])
    return Claimed(
        id, row["person"], row["channel"], row["tries"], row["first_at"], told["kind"], facts,
        told["at"],
    )  # fmt: skip


async def settle(claimed: Claimed, outcome: Outcome, *, idempotent: bool, at: datetime) -> str:
    """The state it is in now; empty where its lease ran out and another has it."""
    state, why, due_at = _follows(claimed, outcome, idempotent=idempotent, at=at)
    rows = await in_use().query(
        "UPDATE delivery SET state = {}, why = {}, due_at = {}, lease_until = {},"
        " settled_at = {} WHERE id = {} AND state = 'sending' AND tries = {} RETURNING id",
        state, why or None, due_at, None, None if state == "waiting" else at,
        claimed.id, claimed.tries,
    )  # fmt: skip
    return state if rows else ""


def _follows(
    claimed: Claimed, outcome: Outcome, *, idempotent: bool, at: datetime
) -> tuple[str, str, datetime]:
    """State, reason, and when it is tried again."""
    if outcome.state in ("sent", "failed"):
        return outcome.state, outcome.why, at
    again = idempotent or outcome.state == "again"
    if claimed.tries > len(AFTER) or not again:
        return "unknown" if outcome.state == "unknown" else "failed", outcome.why, at
    due_at = max(at + AFTER[claimed.tries - 1], at + timedelta(seconds=outcome.after_s))
    if outcome.state == "unknown" and due_at - claimed.first_at > KNOWN_FOR:
        return "unknown", outcome.why, at
    if due_at - claimed.at > TOO_OLD:
        return "failed", "too_old", at
    return "waiting", outcome.why, due_at


async def look_after(idempotent: frozenset[str], *, at: datetime) -> int:
    """Leases that ran out: somebody died between sending and saying so."""
    rows = await in_use().query(
        "SELECT id, channel, first_at FROM delivery WHERE state = 'sending' AND lease_until < {}"
        " LIMIT 200",
        at,
    )
    for row in rows:
        again = row["channel"] in idempotent and at - row["first_at"] <= KNOWN_FOR
        await in_use().query(
            "UPDATE delivery SET state = {}, why = 'cut_off', due_at = {}, lease_until = {},"
            " settled_at = {} WHERE id = {} AND state = 'sending' AND lease_until < {}",
            "waiting" if again else "unknown", at, None, None if again else at, row["id"], at,
        )  # fmt: skip
    return len(rows)
