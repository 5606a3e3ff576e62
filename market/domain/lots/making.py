"""A lot that was not harvested but made of others; `lineage` says of which, and why this claim."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from certification.basis import codes, log
from certification.basis.ids import following
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from market.domain.lots.commands import open_stock
from market.domain.lots.rules import Claim
from market.domain.lots.tables import Lot, LotAlso


class MakeLot(msgspec.Struct, frozen=True):
    """What its sources have in common, none where they differ."""

    id: str
    deed: str
    grams: int
    group: str
    crop: str
    harvested_on: date
    claim: Claim
    because: str
    plot: str | None = None
    farmer: str | None = None
    planting: str | None = None
    scheme: str | None = None
    certificate: str | None = None
    also: tuple[str, ...] = ()
    code: str | None = None
    """One issued to the device beforehand; without it a fresh one is given."""


class LotMade(msgspec.Struct, frozen=True, tag="lots.made"):
    lot: str
    code: str
    deed: str
    grams: int
    claim: str
    because: str
    stock: str


async def make(data: MakeLot, *, by: str, at: datetime) -> LotMade:
    async with transaction():
        code = await _code(data, at=at)
        await insert(
            Lot(
                id=data.id, code=code, group=data.group, plot=data.plot, farmer=data.farmer,
                crop=data.crop, planting=data.planting, harvested_on=data.harvested_on,
                grams=data.grams, claim=data.claim, because=data.because, scheme=data.scheme,
                certificate=data.certificate, beside=None, deed=data.deed, by=by, at=at,
            )
        )  # fmt: skip
        also = [
            LotAlso(id=following(data.id, f"also {other}"), lot=data.id, certificate=other)
            for other in data.also
        ]
        if also:
            await insert(*also)
        stock = following(data.id, "stock")
        event = LotMade(data.id, code, data.deed, data.grams, data.claim, data.because, stock)
        rows = (Lot, data.id), *((LotAlso, row.id) for row in also)
        log.append(event, *rows, subject=data.id, by=by, at=at)
        await open_stock(stock, "lot", data.id, data.grams, by=by, at=at)
    return event


async def _code(data: MakeLot, *, at: datetime) -> str:
    if data.code is None:
        return await codes.issue("lot", data.id, at=at)
    code = codes.read(data.code)
    await codes.bind(code, "lot", data.id, at=at)
    return code
