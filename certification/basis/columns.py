"""The few kinds of column the tables are made of, alike on both engines.

Money is whole satang, weight whole grams, area whole square metres, time UTC; nothing is Numeric.
"""

from __future__ import annotations

from typing import Any

from piccolo import columns as column
from piccolo.columns import OnDelete, OnUpdate
from piccolo.table import Table

from certification.basis.schema import AT_WORK

ID_LETTERS = 36


class Link(column.ForeignKey[Any]):
    """A foreign key that is a column and no more.

    Piccolo's also stands for the columns of the other table (`Lot.plot.name` joins), for which it
    looks at its whole `dir()` whenever anything is asked of it: of a SELECT with seven keys that
    was two thirds of the time to build it. Here a join is written as SQL, as everywhere.
    """

    __getattribute__ = object.__getattribute__

    def set_proxy_columns(self) -> None:
        """None: who asks for `Lot.plot.name` is told that there is no such attribute."""


def row_id() -> column.Varchar:
    """A UUIDv7 made by the asker (`basis.ids.new_id`)."""
    return column.Varchar(length=ID_LETTERS, primary_key=True)


def person(*, null: bool = False) -> column.Varchar:
    """The id of a person: a pseudonym; names and numbers are in the vault."""
    return _varchar(ID_LETTERS, null=null, index=True)


def link(to: type[Table], *, null: bool = False, unique: bool = False) -> Any:
    """A foreign key that refuses to leave a row pointing nowhere; always indexed."""
    return Link(
        to,
        null=null,
        default=None,
        unique=unique,
        index=not unique,
        on_delete=OnDelete.restrict,
        on_update=OnUpdate.restrict,
    )


def earlier(*, unique: bool = False) -> Any:
    """A foreign key to another row of the same table, or to none."""
    return Link(
        "self",
        null=True,
        default=None,
        unique=unique,
        index=not unique,
        on_delete=OnDelete.restrict,
        on_update=OnUpdate.restrict,
    )


def word(length: int = 40, *, null: bool = False, index: bool = False) -> column.Varchar:
    """A code, a state, a short name from a closed list."""
    return _varchar(length, null=null, index=index)


def code(length: int = 8) -> column.Varchar:
    """A public Crockford code (`basis.codes`), never reused."""
    return column.Varchar(length=length, unique=True, default=None)


def private(*, null: bool = True) -> column.Text:
    """Personal or free text: the log holds a salted commitment of it only."""
    return column.Text(null=null, default=None, secret=True)


def salt() -> column.Bytea:
    """16 random bytes per row; needed beside every `private` column (`basis.log.SALT`)."""
    return column.Bytea(null=True, default=None)


def number(*, null: bool = False, index: bool = False) -> column.BigInt:
    """A whole number; its unit ends the column's name (`_satang`, `_grams`, `_m2`)."""
    return column.BigInt(null=null, default=None, index=index)


def day(*, null: bool = False, index: bool = False) -> column.Date:
    return column.Date(null=null, default=None, index=index)


def instant(*, null: bool = False, index: bool = False) -> column.Timestamptz:
    return column.Timestamptz(null=null, default=None, index=index)


def _varchar(length: int, *, null: bool, index: bool) -> column.Varchar:
    return column.Varchar(length=length, null=null, default=None, index=index)


def at_work() -> column.Timestamptz:
    """Since when somebody is at it, or when it is looked at again: not held against the log."""
    return column.Timestamptz(null=True, default=None, help_text=AT_WORK)
