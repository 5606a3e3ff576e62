"""A round is read a page at a time: nothing twice, nothing left out, however much there is."""

from certification.basis.database import Database
from certification.basis.transaction import run
from market.domain.offers import commands as offers
from market.domain.offers import queries, shelves
from market.domain.offers.shelves import PAGE
from tests.cast import DAO, NOW
from tests.market.many import offered
from tests.market.stall import stall


async def test_the_pages_of_a_round_are_its_whole_shop_in_order(db: Database) -> None:
    there = await stall(db)
    await offered(there, 130, kinds=30)
    kinds = await shelves.kinds(there.cycle)
    assert len(kinds) == 31
    pages = await read(there.cycle, kinds)
    assert [len(page) for page in pages] == [PAGE] * 5 + [131 - 5 * PAGE]
    seen = [line for page in pages for line in page]
    place = {kind.id: at for at, kind in enumerate(kinds)}
    assert seen == sorted(
        await queries.shop(there.cycle),
        key=lambda line: (place[line.product], line.satang_per_kg, line.offer),
    )
    await run(offers.withdraw, seen[PAGE].offer, by=DAO, at=NOW)
    assert seen[PAGE].offer not in {o.offer for p in await read(there.cycle, kinds) for o in p}
    trees = [kind for kind in kinds if kind.section == "perennial"]
    shown = {line.crop for page in await read(there.cycle, trees) for line in page}
    assert shown == {"mango"}
    anew = await shelves.shelf(there.cycle, kinds, after="no offer at all")
    assert anew.lines == seen[:PAGE]


async def read(cycle: str, kinds: list[shelves.Kind]) -> list[list[queries.ShopLine]]:
    pages, after = [], ""
    while not pages or after:
        found = await shelves.shelf(cycle, kinds, after=after)
        pages.append(found.lines)
        after = found.after
    return pages
