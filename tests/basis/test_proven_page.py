"""docs/model/proven.md says of every Table whether it is proven, and says so truly."""

import re

from certification.basis.schema import PROVEN
from market.db import all_tables
from tests.basis.conftest import ROOT


def listed() -> tuple[list[str], list[str]]:
    page = (ROOT / "docs/model/proven.md").read_text()
    proven, not_proven = page.split("## Proven")[1].split("## Not proven")
    row = re.compile(r"^\| `(\w+)` \| \S.* \|$", re.MULTILINE)
    return row.findall(proven), row.findall(not_proven)


def test_every_table_is_in_exactly_one_list_and_the_right_one() -> None:
    tables = {table._meta.tablename: PROVEN in table._meta.tags for table in all_tables()}
    proven, not_proven = listed()
    assert sorted(proven) == sorted(name for name, is_proven in tables.items() if is_proven)
    assert sorted(not_proven) == sorted(name for name, is_proven in tables.items() if not is_proven)


def test_the_lists_are_in_order() -> None:
    for names in listed():
        assert names == sorted(names)
