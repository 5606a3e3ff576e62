"""The index follows the names: what is new is added, what is gone is taken out."""

from __future__ import annotations

from collections.abc import Iterable

from certification.areas import queries as areas
from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.inserting import insert
from certification.basis.spelling import folded
from certification.basis.transaction import transaction
from certification.crops import queries as crops
from market.domain.search.rules import Kind, Named, pairs
from market.domain.search.tables import SearchName, SearchPair

NAME_LETTERS_MAX = 200
ROWS_AT_ONCE = 100


async def follow() -> int:
    """How many names were added or taken out; again it is none."""
    async with transaction():
        known = {
            Named(row["kind"], row["subject"], row["name"], row["folded"]): row["id"]
            for row in await in_use().query(
                "SELECT id, kind, subject, name, folded FROM search_name"
            )
        }
        true = set(await _named())
        for name in sorted(known.keys() - true):
            await in_use().query("DELETE FROM search_pair WHERE name = {}", known[name])
            await in_use().query("DELETE FROM search_name WHERE id = {}", known[name])
        await _add(sorted(true - known.keys()))
    return len(known.keys() ^ true)


async def _add(names: list[Named]) -> None:
    rows = [
        SearchName(id=new_id(), kind=one.kind, subject=one.subject, name=one.name,
                   folded=one.folded)
        for one in names
    ]  # fmt: skip
    found = [
        SearchPair(id=new_id(), pair=pair, name=row.id)
        for row in rows
        for pair in pairs(str(row.folded))
    ]
    for at in range(0, len(rows), ROWS_AT_ONCE):
        await insert(*rows[at : at + ROWS_AT_ONCE])
    for at in range(0, len(found), ROWS_AT_ONCE):
        await insert(*found[at : at + ROWS_AT_ONCE])


async def _named() -> Iterable[Named]:
    names: list[Named] = []
    for crop in crops.crops():
        names += _of("crop", crop.id, crop.name.th, crop.name.en, crop.scientific, *crop.also)
    for row in await in_use().query("SELECT id, name_th, name_en FROM product"):
        names += _of("product", row["id"], row["name_th"], row["name_en"])
    for row in await in_use().query("SELECT id, code, name_th, name_en FROM producer_group"):
        names += _of("group", row["id"], row["name_th"], row["name_en"], row["code"])
    for row in await in_use().query("SELECT id, tambon, name_th, name_en FROM place"):
        tambon = areas.area(row["tambon"]).name
        names += _of("place", row["id"], row["name_th"], row["name_en"], tambon.th, tambon.en)
    return names


def _of(kind: Kind, subject: str, *names: str | None) -> list[Named]:
    said = [name[:NAME_LETTERS_MAX] for name in names if name and folded(name)]
    return [Named(kind, subject, name, folded(name)) for name in dict.fromkeys(said)]
