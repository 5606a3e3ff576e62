"""Where goods change hands."""

from __future__ import annotations

from certification.areas import queries as areas
from certification.basis import spelling
from certification.basis.database import Row, in_use
from market.domain.places.rules import NoSuchPlace, PlaceView, Window

PLACE = "SELECT id, network, kind, name_th, name_en, tambon, lat_e6, lon_e6 FROM place"


async def place(id: str) -> PlaceView:
    """NoSuchPlace."""
    rows = await in_use().query(f"{PLACE} WHERE id = {{}}", id)
    if not rows:
        raise NoSuchPlace()
    return await _view(rows[0])


async def public_place(id: str) -> PlaceView:
    """NoSuchPlace, for a base too: a truck's base may be somebody's home."""
    found = await place(id)
    if found.kind == "base":
        raise NoSuchPlace()
    return found


async def places(network: str) -> list[PlaceView]:
    return await _where("network = {} AND kind <> 'base' ORDER BY at, id", network)


async def bases(network: str) -> list[PlaceView]:
    """Where its trucks stand at night; for operators alone."""
    return await _where("network = {} AND kind = 'base' ORDER BY at, id", network)


async def all_places() -> list[PlaceView]:
    return await _where("kind <> 'base' ORDER BY tambon, at, id")


async def search(text: str, limit: int = 10) -> list[PlaceView]:
    """By a part of the name or of its tambon's, one slip forgiven; the best first."""

    def names(of: PlaceView) -> tuple[str, ...]:
        tambon = areas.area(of.tambon).name
        return (of.name_th, of.name_en, tambon.th, tambon.en)

    return spelling.search(text, await all_places(), names)[:limit]


async def _where(condition: str, *values: object) -> list[PlaceView]:
    rows = await in_use().query(f"{PLACE} WHERE {condition}", *values)
    return [await _view(row) for row in rows]


async def _view(row: Row) -> PlaceView:
    windows = await in_use().query(
        "SELECT weekday, opens_minute, closes_minute FROM place_window WHERE place = {}"
        " ORDER BY weekday, opens_minute, closes_minute",
        row["id"],
    )
    return PlaceView(**row, windows=tuple(Window(**window) for window in windows))
