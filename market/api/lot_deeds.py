"""Lots that come out of lots: split, mixed, packed, corrected; and which came out of which."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from market.access import deeds, whose
from market.access.permit import Permit
from market.domain.lineage import commands, correcting, queries
from market.domain.lineage.corrections import CorrectLot
from market.domain.lineage.queries import Correction, DeedView, Kin, Link
from market.domain.lineage.rules import (
    LOTS_MAX,
    NOTE_LETTERS_MAX,
    LotCorrected,
    LotsMade,
    MakeLots,
    Parcel,
    Part,
    Pick,
)
from market.domain.lots.rules import GRAMS_MAX

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
Grams = Annotated[int, msgspec.Meta(ge=1, le=GRAMS_MAX)]
Several = msgspec.Meta(min_length=1, max_length=LOTS_MAX)
Note = Annotated[str, msgspec.Meta(max_length=NOTE_LETTERS_MAX)]


class In(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    lot: str
    grams: Grams


class Out(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`code` is one issued to the device beforehand."""

    grams: Grams
    code: str | None = None


class NewDeed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One lot in is a split, several in and one out a mix, the rest a packing. `lower`: yes, all
    of it may carry the lowest claim that goes in."""

    id: str
    inputs: Annotated[list[In], Several]
    outputs: Annotated[list[Out], Several]
    lower: bool = False
    note: Note | None = None


class NewCorrection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of it as it truly was. `after`: how many corrections you have seen; `higher`: yes, it
    may bear the higher claim that it has earned."""

    id: str
    crop: str
    harvested_on: date
    grams: Grams
    reason: Note
    planting: str | None = None
    after: int = 0
    higher: bool = False


class DeedShown(msgspec.Struct, frozen=True):
    deed: DeedView
    inputs: list[Link]
    outputs: list[Link]


class Lineage(msgspec.Struct, frozen=True):
    inputs: list[Link]
    outputs: list[Link]
    harvests: list[Part]
    """To the gram, of a lot that was made."""
    ancestors: list[Kin]
    descendants: list[Kin]
    corrections: list[Correction]
    """The first one's `old` is what was told at first."""


@post(
    "/api/v1/lot-deeds",
    opt={"op": "lot.make"},
    tags=["lots"],
    summary="Split, mix or pack lots; answers with the claim of what comes out and the loss",
)
async def make(data: JSONBody[NewDeed], permit: Mine, at: Now) -> LotsMade:
    for one in data.inputs:
        permit.check((await whose.lot(one.lot))[1])
    inputs = tuple(Pick(one.lot, one.grams) for one in data.inputs)
    outputs = tuple(Parcel(one.grams, one.code) for one in data.outputs)
    kind = MakeLots.kind_of(len(inputs), len(outputs))
    wanted = MakeLots(data.id, kind, inputs, outputs, data.lower, data.note)
    return await deeds.done(commands.make_lots, wanted, by=permit.person, at=at)


@get(
    "/api/v1/lot-deeds/{id:str}",
    opt={"op": "lot.read"},
    tags=["lots"],
    summary="One split, mix, packing or correction: what went in and what came out",
)
async def read_deed(id: FromPath[str], permit: Mine) -> DeedShown:
    deed, place = await whose.lot_deed(id)
    permit.check(place)
    return DeedShown(deed, await queries.went_in(id), await queries.came_out(id))


@get(
    "/api/v1/lots/{id:str}/lineage",
    opt={"op": "lot.read"},
    tags=["lots"],
    summary="What a lot was made of, what was made of it, and how it was corrected",
)
async def read_lineage(id: FromPath[str], permit: Mine) -> Lineage:
    _, place = await whose.lot(id)
    permit.check(place)
    return Lineage(
        await queries.inputs_of(id), await queries.outputs_of(id), [*await queries.parts(id)],
        await queries.ancestors(id), await queries.descendants(id), await queries.corrections(id),
    )  # fmt: skip


@post(
    "/api/v1/lots/{id:str}/corrections",
    opt={"op": "lot.correct"},
    tags=["lots"],
    summary="Say what a harvest truly was; what was told stays beside it",
)
async def correct(
    id: FromPath[str], data: JSONBody[NewCorrection], permit: Mine, at: Now
) -> LotCorrected:
    _, place = await whose.lot(id)
    permit.check(place)
    told = CorrectLot(
        data.id, id, data.crop, data.harvested_on, data.grams, data.planting, data.reason,
        data.after, data.higher,
    )  # fmt: skip
    whom = deeds.For(place.owner, place.group, id)
    return await deeds.done(correcting.correct, told, by=permit.person, at=at, whom=whom)


DOORS = [make, read_deed, read_lineage, correct]
