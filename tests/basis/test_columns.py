"""A key of ours gives the same SQL as Piccolo's, and a row is written as Piccolo would write it."""

from typing import Any

import pytest
from piccolo import columns as column
from piccolo.columns import OnDelete, OnUpdate
from piccolo.table import Table

from certification.basis import columns
from certification.basis.database import Database, compiled, use
from certification.basis.inserting import insert
from certification.basis.schema import creation
from market.db import all_tables, engine_for
from tests.cast import NOW, TODAY

SAMPLES: dict[type[Any], Any] = {
    column.Varchar: "หลังบ้าน", column.Text: "x", columns.Link: "a", column.BigInt: 7,
    column.Integer: 7, column.Boolean: True, column.Bytea: b"x",
    column.Timestamptz: NOW, column.Date: TODAY,
}  # fmt: skip


class Well(Table, tablename="well"):
    id = columns.row_id()
    name = columns.word()


class Dug(Table, tablename="plot_of_well"):
    id = columns.row_id()
    well = columns.link(Well)
    once = columns.link(Well, null=True, unique=True)


class AsPiccolo(Table, tablename="plot_of_well"):
    id = columns.row_id()
    well = column.ForeignKey(
        Well, null=False, default=None, index=True,
        on_delete=OnDelete.restrict, on_update=OnUpdate.restrict,
    )  # fmt: skip
    once = column.ForeignKey(
        Well, null=True, default=None, unique=True,
        on_delete=OnDelete.restrict, on_update=OnUpdate.restrict,
    )  # fmt: skip


def questions(table: Any) -> list[Any]:
    some = (table.well == "a") & table.once.is_null() | table.well.is_in(["b", "c"])
    return [
        table.select().where(some).order_by(table.well, ascending=False),
        table.select(table.well.as_alias("water"), table.once).where(table.once != "a").limit(3),
        table.update({table.well: "d"}).where(table.well == "a").returning(table.once),
        table.delete().where(table.well == "a"),
        table.exists().where(some),
        table.count().where(table.once.is_not_null()),
        table.insert(table(id="x", well="a")),
    ]


def told(table: Any, engine: str) -> list[tuple[str, list[Any]]]:
    asked = [one.querystrings[0].compile_string(engine_type=engine) for one in questions(table)]
    return [*asked, *((statement, []) for statement in creation(table))]


def test_a_key_of_ours_asks_what_piccolos_asks(url: str) -> None:
    db = engine_for(url)
    use(db, [Well, Dug, AsPiccolo])
    ours = told(Dug, db.engine_type)
    assert len(ours) > 7
    assert ours == told(AsPiccolo, db.engine_type)


def test_who_joins_by_an_attribute_is_told_at_once() -> None:
    with pytest.raises(AttributeError, match="name"):
        _ = Dug.well.name
    assert AsPiccolo.well.name._meta.call_chain  # so Piccolo would have joined


async def test_a_row_of_every_table_is_written_as_piccolo_writes_it(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But for the key, which it asks back."""
    written: list[tuple[str, tuple[Any, ...]]] = []

    async def note(template: str, *args: Any) -> None:
        written.append((compiled(template, db.engine_type), args))

    monkeypatch.setattr(db, "query", note)
    for table in all_tables():
        row = table(**{one._meta.name: SAMPLES[type(one)] for one in table._meta.columns})
        await insert(row, row)
        sql, args = table.insert(row, row).querystrings[0].compile_string(db.engine_type)
        ours, values = written.pop()
        assert ours.replace(" ", "") == sql.partition("RETURNING")[0].replace(" ", "")
        assert values == tuple(args)
