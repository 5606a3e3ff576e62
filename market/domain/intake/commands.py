"""What a farmer brings is weighed, accepted or refused; the last of it says what is short."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from certification.basis import asked as deeds
from certification.basis import log
from certification.basis.database import in_use
from certification.basis.ids import following
from certification.basis.transaction import transaction
from market.domain.intake import queries, rules
from market.domain.intake.rules import WeighedIn, WeighIn
from market.domain.intake.tables import Intake
from market.domain.offers import commands as offers
from market.domain.shortage import commands as shortage
from market.domain.shortage import queries as shortages
from market.domain.shortage.rules import TellShort


async def weigh_in(asked: WeighIn, *, by: str, at: datetime) -> WeighedIn:
    """Of goods offered in a round; `by` is who stood at the scales.

    Where it was the last and less than is ordered, the shortage waits to be shared out.
    """
    do = partial(_weigh_in, asked, by=by, at=at)
    return await deeds.once(asked.id, "intake.weigh_in", asked, do, WeighedIn, by=by, at=at)


async def _weigh_in(asked: WeighIn, *, by: str, at: datetime) -> WeighedIn:
    rules.ensure_weighed(asked)
    async with transaction():
        of = await shortages.short(asked.offer)
        await offers.claim(of.cycle)
        if asked.corrects:
            await _ensure_corrects(asked.corrects, asked.offer)
        [row] = await in_use().query("SELECT lot FROM offer WHERE id = {}", asked.offer)
        await Intake.insert(
            Intake(
                id=asked.id, offer=asked.offer, farmer=of.farmer, lot=row["lot"],
                weighed_grams=asked.weighed_grams, accepted_grams=asked.accepted_grams,
                because=asked.because, photo=asked.photo, corrects=asked.corrects, by=by, at=at,
            )
        )  # fmt: skip
        in_all = await queries.accepted(asked.offer)
        event = WeighedIn(
            asked.id, asked.offer, asked.weighed_grams, asked.accepted_grams,
            asked.because or "", in_all, asked.corrects or "",
        )  # fmt: skip
        log.append(event, (Intake, asked.id), subject=asked.offer, by=by, at=at)
        if asked.last and in_all < of.ordered_grams:
            short = TellShort(following(asked.id, "short"), asked.offer, in_all)
            await shortage.tell(short, by=by, at=at)
    return event


async def _ensure_corrects(wrong: str, offer: str) -> None:
    found = await queries.intake(wrong)
    if found.offer != offer:
        raise rules.OtherOffer()
    if found.corrected_by:
        raise rules.CorrectedAlready()
