"""Whose a prefix or a number of GS1's is: they stand where the group does that holds them."""

from __future__ import annotations

from certification.basis.ids import is_id
from certification.basis.refusal import Missing
from market.access import whose
from market.access.permit import Place
from market.access.refusals import NotThere
from market.domain.identifiers import queries
from market.domain.identifiers.rules import Given, Prefix


async def prefix(id: str) -> tuple[Prefix, Place]:
    if not is_id(id):
        raise NotThere
    try:
        found = await queries.prefix(id)
    except Missing:
        raise NotThere from None
    return found, await whose.of_group(found.organ)


async def given(id: str) -> tuple[Given, Place]:
    if not is_id(id):
        raise NotThere
    try:
        found = await queries.given(id)
    except Missing:
        raise NotThere from None
    return found, await whose.of_group(found.organ)
