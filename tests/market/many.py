"""A round with as many offers as one likes: Malee's lot, stock and offer copied by the database.

await offered(there, 10_000, kinds=60)        # at 20 to 59 baht, some alike
"""

from piccolo.table import Table

from certification.basis.database import in_use
from certification.basis.transaction import transaction
from market.domain.lots.tables import Lot, Stock
from market.domain.offers.tables import Offer
from market.domain.products.tables import Product
from tests.market.stall import Stall

TURNS = (
    "WITH RECURSIVE turn(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM turn"
    " WHERE n + 1 < {most})"
)
CROPS = "CASE WHEN n % 3 = 0 THEN 'mango' ELSE 'kale' END"


def id_of(kind: str, n: str = "n") -> str:
    """Of a copy, in SQL: an id as any other."""
    return f"'01930000-0000-7000-8{kind}00-' || CAST(100000000000 + {n} AS TEXT)"


async def offered(there: Stall, most: int, *, kinds: int = 60, first: int = 0) -> None:
    """`first`: so many were offered already."""
    crop = CROPS.replace("n %", f"(n % {kinds}) %")
    async with transaction():
        [[product]] = await in_use().look("SELECT product FROM offer WHERE id = {}", there.offer)
        if not first:
            name = f"{CROPS} || CAST(1000 + n AS TEXT)"
            await copied(Product, product, 0, kinds, id=id_of("a"), crop=CROPS, name_th=name)
        await copied(Lot, there.lot, first, most, id=id_of("b"), crop=crop,
                     code="CAST(10000000 + n AS TEXT)")  # fmt: skip
        await copied(Stock, there.stock, first, most, id=id_of("c"), source=id_of("b"))
        await copied(Offer, there.offer, first, most, id=id_of("d"), lot=id_of("b"),
                     stock=id_of("c"), product=id_of("a", f"(n % {kinds})"),
                     satang_per_kg="2000 + 100 * ((n * 7) % 40)")  # fmt: skip


async def copied(table: type[Table], row: str, first: int, most: int, **otherwise: str) -> None:
    names = [column._meta.db_column_name for column in table._meta.columns]
    values = [otherwise.get(name, f'"{name}"') for name in names]
    into = ", ".join(f'"{name}"' for name in names)
    name, turns = table._meta.tablename, TURNS.format(first=first, most=most)
    asked = f'{turns} SELECT {", ".join(values)} FROM "{name}" CROSS JOIN turn WHERE id = {{}}'
    await in_use().query(f'INSERT INTO "{name}" ({into}) {asked} RETURNING id', row)
