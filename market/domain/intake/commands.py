"""What a farmer brings is weighed, accepted or refused; the last of it says what is short."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from certification.basis import asked as deeds
from certification.basis import log
from certification.basis.ids import following
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from market.domain.intake import queries, rules
from market.domain.intake.cutting import of_which_lot
from market.domain.intake.rules import WeighedIn, WeighIn
from market.domain.intake.tables import Intake
from market.domain.offers import commands as offers
from market.domain.shortage import commands as shortage
from market.domain.shortage import queries as shortages
from market.domain.shortage.rules import TellShort


async def weigh_in(asked: WeighIn, *, by: str, at: datetime) -> WeighedIn:
    """Of goods offered in a round; `by` is who stood at the scales.

    Of an expected harvest the lot is made here, and what is ordered of it moves to its lots once
    they hold it. Where it was the last and less than is ordered, the shortage waits to be shared
    out; a load that comes in after the last says anew what is there.
    """
    do = partial(_weigh_in, asked, by=by, at=at)
    return await deeds.once(asked.id, "intake.weigh_in", asked, do, WeighedIn, by=by, at=at)


async def _weigh_in(asked: WeighIn, *, by: str, at: datetime) -> WeighedIn:
    rules.ensure_weighed(asked)
    rules.ensure_in_time(asked.weighed_at, at)
    async with transaction():
        of = await shortages.short(asked.offer)
        await offers.claim(of.cycle)
        wrong = await _corrected(asked)
        lot = await of_which_lot(asked, of, wrong, by=by, at=at)
        await insert(
            Intake(
                id=asked.id, offer=asked.offer, farmer=of.farmer, lot=lot,
                weighed_grams=asked.weighed_grams, accepted_grams=asked.accepted_grams,
                because=asked.because, photo=asked.photo, corrects=asked.corrects,
                weighed_at=asked.weighed_at, by=by, at=at,
            )
        )  # fmt: skip
        [ordered, in_all] = await queries.ordered_and_accepted(of.cycle, asked.id)
        event = WeighedIn(
            asked.id, asked.offer, asked.weighed_grams, asked.accepted_grams,
            asked.because or "", in_all, asked.corrects or "", lot or "",
        )  # fmt: skip
        log.append(event, (Intake, asked.id), subject=asked.offer, by=by, at=at)
        offer = (await queries.intake(asked.id)).offer
        if (asked.last and in_all < ordered) or await queries.told_here(offer):
            short = TellShort(following(asked.id, "short"), offer, in_all)
            await shortage.tell(short, by=by, at=at)
    return event


async def _corrected(asked: WeighIn) -> queries.IntakeView | None:
    if not asked.corrects:
        return None
    found = await queries.intake(asked.corrects)
    if asked.offer not in (found.offer, found.weighed_for):
        raise rules.OtherOffer()
    if found.corrected_by:
        raise rules.CorrectedAlready()
    return found
