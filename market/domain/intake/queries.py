"""What was promised for a round, and what of it was weighed in."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from certification.basis.database import in_use
from certification.basis.ids import following
from market.domain.forecasts import queries as forecasts
from market.domain.intake.rules import AHEAD_MOST, NoSuchIntake
from market.domain.lots import queries as lots
from market.domain.shortage import queries as shortages
from market.domain.shortage.queries import Short


class IntakeView(msgspec.Struct, frozen=True):
    id: str
    offer: str
    """Of its lot, where that has one in the round; else as it was weighed for."""
    weighed_for: str
    cycle: str
    group: str
    farmer: str | None
    lot: str | None
    lot_code: str | None
    name_th: str
    name_en: str
    weighed_grams: int
    accepted_grams: int
    because: str | None
    photo: str | None
    corrects: str | None
    corrected_by: str | None
    weighed_at: datetime | None
    by: str
    at: datetime

    @property
    def brought_at(self) -> datetime:
        return self.weighed_at or self.at

    @property
    def sent_later(self) -> bool:
        """And not merely a moment: the desk had no signal."""
        return self.at - self.brought_at > AHEAD_MOST


class CutAlready(msgspec.Struct, frozen=True):
    """A lot that came of the promise and that nobody has weighed in."""

    lot: str
    code: str
    grams: int
    harvested_on: date


class Promised(msgspec.Struct, frozen=True):
    """What of an offer is ordered, and what has come."""

    offer: str
    farmer: str | None
    name_th: str
    name_en: str
    ordered_grams: int
    accepted_grams: int
    refused_grams: int
    weighings: list[IntakeView]
    makes_lot: bool
    """What is weighed in becomes a lot: nobody has written down its harvest."""
    cut: list[CutAlready]


OFFER = "COALESCE((SELECT o.id FROM offer o WHERE o.lot = i.lot AND o.cycle = f.cycle), i.offer)"
VIEW = (
    f"SELECT i.id, {OFFER} AS offer, i.offer AS weighed_for, f.cycle,"  # noqa: S608  (constants)
    ' f."group" AS group_id, i.farmer, i.lot, l.code AS lot_code,'
    " p.name_th, p.name_en, i.weighed_grams, i.accepted_grams, i.because, i.photo, i.corrects,"
    ' n.id AS corrected_by, i.weighed_at, i."by", i.at FROM intake i JOIN offer f ON f.id = i.offer'
    " JOIN product p ON p.id = f.product LEFT JOIN lot l ON l.id = i.lot"
    " LEFT JOIN intake n ON n.corrects = i.id"
)


async def intake(id: str) -> IntakeView:
    """NoSuchIntake."""
    found = await _where("i.id = {}", id)
    if not found:
        raise NoSuchIntake()
    return found[0]


def lot_of(intake: str) -> str:
    """The lot that is made of a weighing."""
    return following(intake, "lot")


async def made_here(lot: str) -> bool:
    """It was made of what was weighed in, and nothing else of it can be brought."""
    rows = await in_use().query("SELECT id FROM intake WHERE lot = {}", lot)
    return any(lot_of(row["id"]) == lot for row in rows)


async def lot_of_offer(offer: str) -> str | None:
    [row] = await in_use().query("SELECT lot FROM offer WHERE id = {}", offer)
    return row["lot"] and str(row["lot"])


async def promise(of: Short) -> str | None:
    """The forecast that is offered, or that its lot came of."""
    stock = await lots.stock(of.stock)
    return stock.source if stock.kind == "forecast" else await forecasts.kept_by(stock.source)


async def ordered_and_accepted(cycle: str, id: str) -> tuple[int, int]:
    """Of the offer that a weighing counts for."""
    offer = (await intake(id)).offer
    here = [one for one in await _of_cycle(cycle) if one.offer == offer and not one.corrected_by]
    ordered = (await shortages.short(offer)).ordered_grams
    return ordered, sum(one.accepted_grams for one in here)


async def told_here(offer: str) -> bool:
    """That less comes was said at the desk, and nothing is shared out since."""
    of = await shortages.short(offer)
    if of.told_grams is None:
        return False
    here = [following(one.id, "short") for one in await _of_cycle(of.cycle) if one.offer == offer]
    marks = ", ".join(["{}"] * len(here))
    told = await in_use().query(f"SELECT id FROM shortage_told WHERE id IN ({marks})", *here)  # noqa: S608  (marks)
    return bool(told)


async def late(of: IntakeView) -> bool:
    """It came in after what there was had been shared out."""
    if of.weighed_at is None:
        return False
    return any(of.weighed_at <= one.at <= of.at for one in await shortages.shared(of.weighed_for))


async def of_farmer(farmer: str, limit: int) -> list[IntakeView]:
    """The newest first."""
    return await _where("i.farmer = {} ORDER BY i.at DESC, i.id LIMIT {}", farmer, limit)


async def desk(cycle: str) -> list[Promised]:
    """By product: what is ordered or was brought."""
    weighed = dict[str, list[IntakeView]]()
    for one in await _of_cycle(cycle):
        weighed.setdefault(one.offer, []).append(one)
    found = []
    for of in await shortages.every(cycle):
        here = weighed.get(of.offer, [])
        if not of.ordered_grams and not here:
            continue
        counted = [one for one in here if not one.corrected_by]
        accepted = sum(one.accepted_grams for one in counted)
        refused = sum(one.weighed_grams for one in counted) - accepted
        found.append(
            Promised(of.offer, of.farmer, of.name_th, of.name_en, of.ordered_grams, accepted,
                     refused, here, *await _still_to_cut(of))
        )  # fmt: skip
    return found


async def _still_to_cut(of: Short) -> tuple[bool, list[CutAlready]]:
    promised, own = await promise(of), await lot_of_offer(of.offer)
    if promised is None or (own and not await made_here(own)):
        return False, []
    rows = await in_use().query(
        "SELECT l.id AS lot, l.code, l.grams, l.harvested_on FROM forecast_delivery d"
        " JOIN lot l ON l.id = d.lot WHERE d.forecast = {} AND NOT EXISTS"
        " (SELECT 1 FROM intake i WHERE i.lot = l.id) ORDER BY l.harvested_on, d.at, l.id",
        promised,
    )
    return True, [CutAlready(**row) for row in rows]


async def _of_cycle(cycle: str) -> list[IntakeView]:
    return await _where("f.cycle = {} ORDER BY i.at, i.id", cycle)


async def _where(condition: str, *values: object) -> list[IntakeView]:
    rows = await in_use().query(f"{VIEW} WHERE {condition}", *values)
    return [IntakeView(group=row.pop("group_id"), **row) for row in rows]
