"""A group's or network's events of a period, to take along as one EPCIS file."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.refusal import Refusal
from certification.basis.units import THAILAND, local_day
from certification.groups import queries as groups
from market.access import whose
from market.access.guard import may
from market.access.permit import Permit
from market.answers.language import words_for
from market.domain.epcis import document, queries
from market.domain.epcis.queries import Asked
from market.web.form import Form
from market.web.packs.stream import Growing
from market.web.page import page
from market.web.pages.farm_view import Ask

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
USUAL_DAYS = 30


@get("/organs/{group:str}/events", opt={"op": "epcis.period"})
async def events_page(
    request: Ask, group: FromPath[str], permit: Mine, at: Now
) -> Response[bytes] | Growing:
    """With days, and `as=jsonld`, the file itself."""
    permit.check(await whose.of_group(group))
    today, form = local_day(at), Form({**_usual(at), **_given(request)}, {})
    since, until = form.day("since", near=today), form.day("until", near=today)
    found = await groups.group(group)
    try:
        form.done()
    except Refusal as no:
        return await _shown(request, form, group, words_for(request).name(found), 0, no)
    asked = Asked(groups=frozenset([found.code]), since=_begins(since), before=_ends(until))
    if request.query_params.get("as") == "jsonld":
        return await _file(asked, f"epcis-{found.code}-{since}-{until}.jsonld", at)
    many = await queries.count(asked)
    return await _shown(request, form, group, words_for(request).name(found), many, None)


async def may_take(request: Ask, group: str) -> bool:
    """Whether a page may lead its reader here."""
    return may(request, "epcis.period", await whose.of_group(group))


async def _file(asked: Asked, name: str, at: datetime) -> Growing:
    created = await queries.newest(asked) or at
    return Growing(
        document.streamed(created, queries.stream(asked)),
        media_type="application/ld+json",
        headers={
            "content-disposition": f'attachment; filename="{name}"',
            "cache-control": "no-store",
        },
    )


async def _shown(
    request: Ask, form: Form, group: str, name: str, many: int, no: Refusal | None
) -> Response[bytes]:
    """Back to the organ, or for the province's officer to the registry."""
    of_organ = may(request, "organ.read", await whose.of_group(group))
    return page(
        request, "events.html", no=no, typed=form.typed, name=name, many=many,
        back=f"/organs/{group}" if of_organ else "/registry#events",
        back_words=name if of_organ else words_for(request)("Registry of plots"),
    )  # fmt: skip


def _usual(at: datetime) -> dict[str, list[str]]:
    today = local_day(at)
    return {"since": [str(today - timedelta(days=USUAL_DAYS))], "until": [str(today)]}


def _given(request: Ask) -> dict[str, list[str]]:
    asked = request.query_params
    return {name: [asked[name]] for name in ("since", "until") if asked.get(name)}


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), THAILAND)


def _ends(day: date) -> datetime:
    return _begins(day + timedelta(days=1))


DOORS = [events_page]
