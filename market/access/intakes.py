"""Where a weighing at the collection point stands, and what is weighed for who grew it."""

from __future__ import annotations

from datetime import datetime

from certification.basis.ids import is_id
from certification.basis.refusal import Missing
from certification.basis.transaction import transaction
from market.access import deeds, whose
from market.access.permit import Place
from market.access.refusals import NotThere
from market.domain.intake import commands, queries
from market.domain.intake.queries import IntakeView
from market.domain.intake.rules import WeighedIn, WeighIn
from market.domain.lineage import queries as lineage
from market.domain.shortage.queries import Short
from market.domain.spoken import commands as spoken
from market.domain.spoken.rules import Speak


async def intake(id: str) -> tuple[IntakeView, Place]:
    """Its owner is who brought it."""
    if not is_id(id):
        raise NotThere
    try:
        found = await queries.intake(id)
    except Missing:
        raise NotThere from None
    return found, await whose.of_group(found.group, owner=found.farmer or "")


async def weigh_in(asked: WeighIn, of: Short, *, by: str, at: datetime) -> WeighedIn:
    """The lot that is made of it, or corrected, waits for the word of who grew it."""
    deeds.ensure_storable(asked, asked.id, *(one for one in (asked.corrects, asked.lot) if one))
    async with transaction():
        done = await commands.weigh_in(asked, by=by, at=at)
        told = queries.lot_of(done.intake)
        if of.farmer and done.lot:
            deed = "lots.harvested" if done.lot == told else "lineage.corrected"
            if done.lot == told or any(
                one.deed == told for one in await lineage.corrections(done.lot)
            ):
                said = Speak(told, of.farmer, deed, done.lot, of.group)
                await spoken.say(said, by=by, at=at)
    return done
