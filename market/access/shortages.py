"""Where an offer stands that came short: with its round's seller, and with who grows it."""

from __future__ import annotations

from certification.basis.ids import is_id
from certification.basis.refusal import Missing
from market.access import whose
from market.access.permit import Place
from market.access.refusals import NotThere
from market.domain.shortage import queries
from market.domain.shortage.queries import Short


async def offer(id: str) -> tuple[Short, Place]:
    """Of the seller."""
    if not is_id(id):
        raise NotThere
    try:
        found = await queries.short(id)
    except Missing:
        raise NotThere from None
    return found, (await whose.cycle(found.cycle))[1]


async def grown(id: str) -> tuple[Short, Place]:
    """Its owner is who grows it; its group is theirs."""
    found, _ = await offer(id)
    return found, await whose.of_group(found.group, owner=found.farmer or "")
