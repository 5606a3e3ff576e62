"""The few tables and deeds that the tests speak of."""

from datetime import UTC, datetime
from functools import partial

import msgspec
from piccolo import columns as column
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from certification.basis import log
from certification.basis.database import Database, in_use
from certification.basis.schema import APPEND_ONLY
from certification.basis.transaction import run
from tests import databases

TODAY = datetime(2026, 11, 22, 7, 30, 15, 123456, tzinfo=UTC)


class Plot(Table, tablename="plot"):
    """A proven table with a column of every kind."""

    id = column.Varchar(length=40, primary_key=True)
    code = column.Varchar(length=8, unique=True)
    area_m2 = column.BigInt(index=True)
    organic = column.Boolean()
    since = column.Date(null=True, default=None)
    seen_at = column.Timestamptz(null=True, default=None)
    photo = column.Bytea(null=True, default=None)
    farmer = column.Varchar(null=True, default=None, secret=True)
    note = column.Text(null=True, default=None, secret=True)
    salt = column.Bytea(null=True, default=None)
    plot_area_positive = Check(area_m2 > 0)
    plot_one_code_per_area = Unique([code, area_m2])


class Visit(Table, tablename="visit"):
    id = column.Varchar(length=40, primary_key=True)
    plot = column.ForeignKey(Plot, index=True)


class Stock(Table, tablename="stock"):
    id = column.Integer(primary_key=True)
    grams = column.BigInt()
    stock_not_below_zero = Check(grams >= 0)


class Vow(Table, tablename="vow", tags=[APPEND_ONLY]):
    id = column.Integer(primary_key=True)
    words = column.Varchar(length=20)


TABLES: list[type[Table]] = [*log.TABLES, Plot, Visit, Stock, Vow]

opened = partial(databases.opened, tables=TABLES)


async def build(db: Database) -> None:
    await databases.build(db, TABLES)
    await Stock.insert(Stock(id=1, grams=10_000))


class PlotMapped(msgspec.Struct, frozen=True, tag="plots.mapped"):
    plot: str
    area_m2: int


def plot(id: str, **more: object) -> Plot:
    values = {"code": id[-8:], "area_m2": 1600, "organic": True, "since": TODAY.date(),
              "seen_at": TODAY, "photo": b"\x01\x02", "farmer": "มาลี", "note": "ใกล้ห้วย",
              "salt": b"0123456789abcdef"}  # fmt: skip
    return Plot(id=id, **{**values, **more})


async def map_plot(id: str, **more: object) -> None:
    """A deed: one row, one entry."""
    await Plot.insert(plot(id, **more))
    tell(id)


def tell(id: str) -> None:
    log.append(PlotMapped(id, 1600), (Plot, id), subject=id, by="p-malee", at=TODAY)


async def take(grams: int) -> None:
    found = await in_use().query(
        "UPDATE stock SET grams = grams - {} WHERE id = 1 AND grams >= {} RETURNING grams",
        grams, grams,
    )  # fmt: skip
    assert found, "sold out"


PROVEN: list[type[Table]] = [Plot, Vow]


async def story(count: int = 3) -> None:
    for number in range(count):
        await run(map_plot, f"plot-{number}")


async def remap(id: str, **values: object) -> None:
    await Plot.update({getattr(Plot, name): value for name, value in values.items()}).where(
        Plot.id == id
    )
    tell(id)


def in_words_of(url: str, sql: str) -> str:
    postgres = url.startswith("postgres")
    return sql.replace("{false}", "false" if postgres else "0").replace(
        "{bytes}", "'\\x0909'" if postgres else "x'0909'"
    )
