"""The bundles of a round, and what each would be packed of now."""

from __future__ import annotations

from datetime import datetime

import msgspec

from certification.basis.database import Row, in_use
from market.domain.bundles import rules
from market.domain.bundles.rules import Choice, Filled, Fitting, NoSuchBundle, Taken, Wanted

BUNDLE = "SELECT id, cycle, name_th, name_en, satang, withdrawn_at FROM bundle"
PARTS = (
    "SELECT b.id, b.number, b.grams, b.pieces, p.id AS product, p.name_th, p.name_en"
    " FROM bundle_part b JOIN bundle_choice c ON c.part = b.id JOIN product p ON p.id = c.product"
    " WHERE b.bundle = {} ORDER BY b.number, p.name_th, p.id"
)
CHOICES = (
    "SELECT b.id AS part, o.id AS offer, o.stock, o.satang_per_kg, o.piece_grams_max,"
    " s.available_grams AS grams_left FROM bundle_part b JOIN bundle_choice c ON c.part = b.id"
    " JOIN offer o ON o.product = c.product AND o.cycle = {} JOIN stock s ON s.id = o.stock"
    " WHERE b.bundle = {} AND o.withdrawn_at IS NULL AND s.frozen = 0"
    " ORDER BY b.number, o.satang_per_kg, o.id"
)

FITTING = (
    "SELECT b.id AS part, b.grams AS of_grams, b.pieces AS of_pieces, o.id AS offer, o.stock,"
    " o.product, o.piece_grams_max, s.available_grams AS left_, p.name_th, p.name_en"
    " FROM bundle_part b JOIN bundle_choice c ON c.part = b.id JOIN product p ON p.id = c.product"
    " JOIN offer o ON o.product = c.product AND o.cycle = {} JOIN stock s ON s.id = o.stock"
    " WHERE b.bundle = {} AND o.withdrawn_at IS NULL AND s.frozen = 0"
    " ORDER BY b.number, p.name_th, o.satang_per_kg, o.id"
)
"""Each part with every offer of the round that it allows."""


class PartView(msgspec.Struct, frozen=True):
    grams: int | None
    pieces: int | None
    names_th: list[str]
    names_en: list[str]


class BundleView(msgspec.Struct, frozen=True):
    id: str
    cycle: str
    name_th: str
    name_en: str
    satang: int
    withdrawn_at: datetime | None
    parts: list[PartView]
    sold_out: str
    """The part of which there is not enough for one; empty where it can be had."""


async def bundle(id: str) -> BundleView:
    """NoSuchBundle."""
    rows = await in_use().query(f"{BUNDLE} WHERE id = {{}}", id)
    if not rows:
        raise NoSuchBundle()
    return await _view(rows[0])


async def of_cycle(cycle: str) -> list[BundleView]:
    """Those that may be ordered, sold out ones too."""
    rows = await in_use().query(
        f"{BUNDLE} WHERE cycle = {{}} AND withdrawn_at IS NULL ORDER BY satang, id", cycle
    )
    return [await _view(row) for row in rows]


async def resolved(wanted: Wanted, cycle: str) -> list[Taken]:
    """What it is packed of, at its price; SoldOut names the part."""
    rows = await in_use().query(f"{BUNDLE} WHERE id = {{}}", wanted.bundle)
    if not rows:
        raise NoSuchBundle()
    if rows[0]["cycle"] != cycle:
        raise rules.AnotherCycle(bundle=wanted.bundle)
    if rows[0]["withdrawn_at"] is not None:
        raise rules.Withdrawn()
    return rules.packed(rows[0]["satang"], await filled(wanted.bundle, cycle), wanted.count)


async def filled(bundle: str, cycle: str) -> list[Filled]:
    choices: dict[str, list[Choice]] = {}
    for row in await in_use().query(CHOICES, cycle, bundle):
        choices.setdefault(row.pop("part"), []).append(Choice(**row))
    parts: dict[str, list[Row]] = {}
    for row in await in_use().query(PARTS, bundle):
        parts.setdefault(row["id"], []).append(row)
    return [
        Filled(
            " / ".join(row["name_th"] for row in rows), rows[0]["grams"], rows[0]["pieces"],
            tuple(choices.get(id, [])),
        )
        for id, rows in parts.items()
    ]  # fmt: skip


async def in_place_of(
    bundle: str, cycle: str, product: str, grams: int, pieces: int, count: int
) -> list[Fitting]:
    """What else may be in its part, of which there is enough. Where two parts are alike, only what
    both allow."""
    rows = await in_use().query(FITTING, cycle, bundle)
    amount = ("of_pieces", pieces) if pieces else ("of_grams", grams)
    mine = {
        row["part"] for row in rows if (row["product"], row[amount[0]]) == (product, amount[1])
    }  # fmt: skip
    found: dict[str, list[Fitting]] = {}
    for row in rows:
        each = row["of_grams"] or row["of_pieces"] * (row["piece_grams_max"] or 0)
        if row["part"] in mine and row["product"] != product and 0 < each * count <= row["left_"]:
            found.setdefault(row["offer"], []).append(
                Fitting(
                    row["part"], row["offer"], row["stock"], each * count,
                    row["of_pieces"] and row["of_pieces"] * count, row["name_th"], row["name_en"],
                )
            )  # fmt: skip
    return [fits[0] for fits in found.values() if len(fits) == len(mine)]


async def _view(row: Row) -> BundleView:
    parts: dict[str, list[Row]] = {}
    for one in await in_use().query(PARTS, row["id"]):
        parts.setdefault(one["id"], []).append(one)
    seen = [
        PartView(
            rows[0]["grams"], rows[0]["pieces"], [r["name_th"] for r in rows],
            [r["name_en"] for r in rows],
        )
        for rows in parts.values()
    ]  # fmt: skip
    return BundleView(**row, parts=seen, sold_out=await _sold_out(row))


async def _sold_out(row: Row) -> str:
    try:
        rules.packed(row["satang"], await filled(row["id"], row["cycle"]), 1)
    except rules.SoldOut as no:
        return str(no.facts["part"])
    return ""
