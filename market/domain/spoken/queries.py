"""What was typed for whom."""

from __future__ import annotations

from collections.abc import Collection

from market.domain.spoken import rules
from market.domain.spoken.tables import SpokenFor

VIEW = tuple(getattr(SpokenFor, name) for name in rules.SpokenView.__struct_fields__)
WAITS = SpokenFor.confirmed_at.is_null() & SpokenFor.denied_at.is_null()


async def spoken(id: str) -> rules.SpokenView:
    found = await _found(SpokenFor.id == id, 1)
    if not found:
        raise rules.Unknown
    return found[0]


async def of_person(person: str, *, limit: int = 50) -> list[rules.SpokenView]:
    """The newest first."""
    return await _found(SpokenFor.person == person, limit)


async def waiting_of(person: str) -> list[rules.SpokenView]:
    return await _found((SpokenFor.person == person) & WAITS, rules.DEEDS_MAX)


async def waiting_in(groups: Collection[str]) -> list[rules.SpokenView]:
    return await _in(groups, WAITS)


async def denied_in(groups: Collection[str]) -> list[rules.SpokenView]:
    """ "This was not me": for the board to look into."""
    return await _in(groups, SpokenFor.denied_at.is_not_null())


async def _in(groups: Collection[str], condition: object) -> list[rules.SpokenView]:
    if not groups:
        return []
    return await _found(SpokenFor.group.is_in(list(groups)) & condition, 500)


async def _found(condition: object, limit: int) -> list[rules.SpokenView]:
    rows = (
        await SpokenFor.select(*VIEW)
        .where(condition)  # type: ignore[arg-type]  # Piccolo's conditions have no common type
        .order_by(SpokenFor.at, SpokenFor.id, ascending=False)
        .limit(limit)
    )
    return [rules.SpokenView(**row) for row in rows]
