"""What a word means among all that is public: produce, goods, groups, places; never people."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.params import QueryParameter

from market.domain.search import queries
from market.domain.search.rules import LETTERS_MAX, Hit

MOST = 40


@get("/api/v1/search", opt={"op": "shop.read"}, tags=["places"],
     summary="Crops, products, groups and places by a word, slips forgiven")  # fmt: skip
async def search(q: Annotated[str, QueryParameter(max_length=LETTERS_MAX)] = "") -> list[Hit]:
    return (await queries.meant(q))[:MOST]


DOORS = [search]
