"""Certificates that end soon, group by group: who has applied anew and who has not."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from certification.basis.units import local_day
from certification.certificates import endings
from certification.certificates.endings import Ending
from certification.groups import queries as groups
from certification.people import queries as people
from certification.plots import queries as plots
from market.access import whose
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.words import Words
from market.web import sheets
from market.web.page import page
from market.web.pages.farm_view import Ask, Shown, plot_name

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


@get("/certs/ending", opt={"op": "certificate.read"})
async def ending(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    """`?as=csv` and `?as=xlsx` are the same list; a farmer finds the own ones on the farm."""
    say, today = words_for(request), local_day(at)
    found = await endings.ending(await whose.groups_reached(permit), today)
    names = await people.names([one.certificate.holder for one in found])
    shown = [await _row(say, one, names) for one in found]
    if as_ := sheets.kind(request):
        return _list(say, as_, shown)
    return page(request, "certs_ending.html", by_group=_by_group(shown))


async def _row(say: Words, one: Ending, names: dict[str, str]) -> Shown:
    return {
        "of": one,
        "group": say.name(await groups.group(one.certificate.group)),
        "holder": names.get(one.certificate.holder, ""),
        "name": plot_name(say, await plots.plot(one.certificate.plot)),
        "state": say(f"farm.application.{one.state}") if one.state else "",
    }


def _by_group(shown: list[Shown]) -> list[Shown]:
    names = sorted({one["group"] for one in shown})
    return [
        {
            "name": name,
            "rows": [one for one in shown if one["group"] == name],
            "done": sum(one["group"] == name and bool(one["state"]) for one in shown),
        }
        for name in names
    ]


def _list(say: Words, kind: str, shown: list[Shown]) -> Response[bytes]:
    heads = ["Group", "Number", "Plot", "Holder", "Ends on", "Days left", "Applied anew"]
    rows: list[list[object]] = [
        [
            one["group"], one["of"].certificate.number, one["name"], one["holder"],
            one["of"].certificate.valid_until, one["of"].days_left, one["state"],
        ]
        for one in shown
    ]  # fmt: skip
    made = sheets.book if kind == "xlsx" else sheets.sheet
    return made("certificates-ending", [say(head) for head in heads], rows)


DOORS: list[Any] = [ending]
