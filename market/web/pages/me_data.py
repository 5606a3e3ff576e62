"""What is held about whoever asks, to look at and to take away."""

from __future__ import annotations

from datetime import datetime

from litestar import Response, get
from litestar.di import NamedDependency

from market.access import own_data
from market.access.permit import Permit, Place
from market.answers.language import words_for
from market.answers.words import Words
from market.web.page import page
from market.web.pages.farm_view import Ask, Shown

Mine = NamedDependency[Permit]
ABOUT = (
    "This is all that Talat Khiao holds about you, as it is stored on {at}.",
    "everything.json has all of it; each table stands in a file of its own as well.",
    "Money is in satang, weight in grams, land in square metres, time in UTC.",
    "Other people appear as numbers only, but for names that you wrote on papers of your land."
    " Pictures of your plots can be asked for at the group.",
    "Who looked at your data is not written down. Who changed something is: the columns by and at.",
)


@get("/me/data", opt={"op": "me.read"})
async def my_data(request: Ask, permit: Mine) -> Response[bytes]:
    permit.check(Place(owner=permit.person))
    say, found = words_for(request), await own_data.gathered(permit.person)
    [particulars] = found.pop("particulars")
    return page(
        request,
        "me_data.html",
        particulars=[(say(f"own.{name}"), value) for name, value in particulars.items() if value],
        kinds=_kinds(say, found),
    )


def _kinds(say: Words, found: dict[str, own_data.Rows]) -> list[Shown]:
    """The most first."""
    listed = [{"words": say(f"own.{name}"), "count": len(rows)} for name, rows in found.items()]
    return sorted(listed, key=lambda one: (-one["count"], one["words"]))


@get("/me/data.zip", opt={"op": "me.export"})
async def download(request: Ask, permit: Mine, at: NamedDependency[datetime]) -> Response[bytes]:
    permit.check(Place(owner=permit.person))
    say = words_for(request)
    about = "\n".join(say(line, at=at) for line in ABOUT)
    return Response(
        own_data.packed(await own_data.gathered(permit.person), about),
        media_type="application/zip",
        headers={"content-disposition": 'attachment; filename="my-data.zip"'},
    )


DOORS = [my_data, download]
