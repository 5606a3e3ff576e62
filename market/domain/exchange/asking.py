"""Statements that say by name what is put in («groups», «today»), asked page after page."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from typing import Any

from certification.basis.database import in_use
from market.domain.exchange.rules import Scope

AT_ONCE = 300
"""Rows that are held at one time, however many there are."""
MARK = re.compile("«([a-z_]+)»")
Rows = list[dict[str, Any]]


def filled(sql: str, given: Mapping[str, object]) -> tuple[str, list[object]]:
    """A list becomes as many marks as it is long; an empty one finds nothing."""
    values: list[object] = []

    def place(found: re.Match[str]) -> str:
        value = given[found[1]]
        if not isinstance(value, list | tuple):
            values.append(value)
            return "{}"
        values.extend(value)
        return ", ".join(["{}"] * len(value)) or "NULL"

    return MARK.sub(place, sql), values


async def asked(sql: str, **given: object) -> Rows:
    said, values = filled(sql, given)
    return await in_use().query(said, *values)


async def pages(sql: str, scope: Scope, **given: object) -> AsyncIterator[Rows]:
    """`sql` finds rows whose `at_key` is after «after»; it is given the scope's names as well.

    Where one thing has several rows, it chooses «most» things itself and all rows of each.
    """
    known = {
        "groups": scope.groups, "networks": scope.networks, "all": scope.groups + scope.networks,
        "today": scope.today, "since": scope.since, "until": scope.until, "most": AT_ONCE, **given,
    }  # fmt: skip
    after: object = ""
    sorted_sql = f"{sql} ORDER BY 1" + ("" if "«most»" in sql else " LIMIT «most»")
    while rows := await asked(sorted_sql, **known, after=after):
        yield rows
        after = rows[-1]["at_key"]
