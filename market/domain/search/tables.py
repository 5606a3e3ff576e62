"""Names and their pairs of letters: an index, made anew from what is named at any time."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Unique
from piccolo.table import Table

from certification.basis import columns


class SearchName(Table, tablename="search_name"):
    id = columns.row_id()
    kind = columns.word(10)
    """crop, product, group, place"""
    subject = columns.word(40)
    """Its id; not a link, for it is of several tables."""
    name = column.Varchar(length=200, default=None)
    folded = column.Varchar(length=200, default=None)
    search_name_once = Unique([kind, subject, name])


class SearchPair(Table, tablename="search_pair"):
    id = columns.row_id()
    pair = columns.word(2)
    name = columns.link(SearchName)
    search_pair_once = Unique([pair, name])
