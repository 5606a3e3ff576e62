"""Where crates, their kinds and goods on their way stand: with the group or network whose they are.

found, place = await crates.crate(id)
permit.check(place)                      # 404 out of reach, just as if it were not there
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from typing import TypeVar

from certification.basis.ids import is_id
from certification.basis.refusal import Missing
from market.access.permit import Permit, Place
from market.access.refusals import NotThere
from market.access.whose import of_group
from market.domain.custody import labelled, queries, under_way
from market.domain.custody.labelled import CrateRun
from market.domain.custody.queries import CrateView, KindView
from market.domain.custody.under_way import DifferenceView, DispatchView
from market.domain.labels import files
from market.domain.places import queries as places

T = TypeVar("T")


async def crate(id: str) -> tuple[CrateView, Place]:
    found = await _there(queries.crate, id)
    return found, await of_group(found.owner)


async def kind(id: str) -> tuple[KindView, Place]:
    found = await _there(queries.kind, id)
    return found, await of_group(found.owner)


async def all_of(permit: Permit, ids: Collection[str]) -> list[CrateView]:
    """Of one's own, by code; 404 where one of them is not."""
    found = await queries.of_ids(ids) if all(map(is_id, ids)) else []
    if len(found) != len(set(ids)):
        raise NotThere
    for owner in {one.owner for one in found}:
        permit.check(await of_group(owner))
    return sorted(found, key=lambda one: one.code)


async def label_run(permit: Permit, file: str) -> CrateRun:
    """Whose file it is."""
    if (asked := files.RUN.fullmatch(file)) is None:
        raise NotThere
    found = await _there(labelled.run, asked[1])
    permit.check(await of_group(found.owner))
    return found


async def dispatch(id: str) -> tuple[DispatchView, Place]:
    found = await _there(under_way.dispatch, id)
    return found, await of_group(found.owner)


async def difference(id: str) -> tuple[DifferenceView, Place]:
    found = await _there(under_way.difference, id)
    return found, await of_group(found.owner)


async def ensure_place(permit: Permit, id: str) -> None:
    """One at which this person may count what comes."""
    permit.check(await of_group((await _there(places.place, id)).network))


async def _there(find: Callable[[str], Awaitable[T]], id: str) -> T:
    if not is_id(id):
        raise NotThere
    try:
        return await find(id)
    except Missing:
        raise NotThere from None
