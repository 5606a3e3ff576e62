"""All that is kept of a plot or a group, to take along as one ZIP."""

from __future__ import annotations

from datetime import datetime

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.refusal import Refusal
from certification.groups import queries as groups
from certification.packs import commands, queries
from certification.packs.rules import FIRST_YEAR, LAST_YEAR, PackTaken, TakePack
from certification.people import queries as people
from certification.schemes import queries as schemes
from market.access import deeds, whose
from market.access.permit import Permit, Place
from market.access.refusals import NotThere
from market.answers.language import words_for
from market.answers.words import Words
from market.web import sheets
from market.web.form import Form
from market.web.packs.lists import BY_FILE, LISTS
from market.web.packs.parts import Taker, listed, parts
from market.web.packs.stream import Growing, zipped
from market.web.page import page
from market.web.pages.farm_view import Ask, plot_name
from market.web.pages.season import BUDDHIST

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
BUDDHIST_FROM = 2400


@get("/farm/plots/{id:str}/pack", opt={"op": "pack.take"})
async def plot_pack(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found, place = await whose.plot(id, at)
    permit.check(place)
    return await _asked(
        request, plot_name(words_for(request), found), f"/farm/plots/{id}", [id], [found.group]
    )


@post("/farm/plots/{id:str}/pack", opt={"op": "pack.take"})
async def take_plot(
    request: Ask, id: FromPath[str], permit: Mine, at: Now
) -> Response[bytes] | Growing:
    found, place = await whose.plot(id, at)
    permit.check(place)
    form = await Form.of(request)
    try:
        data = await _wanted(form, plot=id)
        return await sent(data, request, permit, place, at)
    except Refusal as no:
        name = plot_name(words_for(request), found)
        return await _asked(
            request, name, f"/farm/plots/{id}", [id], [found.group], form=form, no=no
        )


@get("/organs/{group:str}/pack", opt={"op": "pack.take"})
async def group_pack(request: Ask, group: FromPath[str], permit: Mine) -> Response[bytes]:
    permit.check(await whose.of_group(group))
    name = words_for(request).name(await groups.group(group))
    return await _asked(request, name, f"/organs/{group}", [], [group])


@post("/organs/{group:str}/pack", opt={"op": "pack.take"})
async def take_group(
    request: Ask, group: FromPath[str], permit: Mine, at: Now
) -> Response[bytes] | Growing:
    place = await whose.of_group(group)
    permit.check(place)
    form = await Form.of(request)
    try:
        data = await _wanted(form, organ=group)
        return await sent(data, request, permit, place, at)
    except Refusal as no:
        name = words_for(request).name(await groups.group(group))
        return await _asked(request, name, f"/organs/{group}", [], [group], form=form, no=no)


@get("/organs/{group:str}/pack/{file:str}", opt={"op": "pack.take"})
async def one_list(
    request: Ask, group: FromPath[str], file: FromPath[str], permit: Mine, at: Now
) -> Response[bytes]:
    """One of the tables alone: CSV, or with `?as=xlsx` a book."""
    permit.check(await whose.of_group(group))
    wanted = BY_FILE.get(file)
    if wanted is None:
        raise NotThere
    taker = Taker(words_for(request), str(request.app.state.settings.origin), at, None)
    scope = await queries.scope(TakePack(group, organ=group))
    rows = await listed(wanted, scope, taker) if scope.plots else ([], [])
    made = sheets.book if sheets.kind(request) == "xlsx" else sheets.sheet
    return made(wanted.file, *rows)


async def sent(data: TakePack, request: Ask, permit: Permit, place: Place, at: datetime) -> Growing:
    """Written down first, then sent as it is made. Whoever reaches it only as its farmer gets it
    without other people's names."""
    await deeds.once(commands.take, data, PackTaken, by=permit.person, at=at)
    others = permit.sees(Place(group=place.group, network=place.network, area=place.area))
    origin = str(request.app.state.settings.origin)
    taker = Taker(words_for(request), origin, at, None if others else permit.person)
    name = f"pack-{data.scheme or 'all'}-{data.year or 'all'}.zip"
    return Growing(
        zipped(parts(data, taker), at),
        media_type="application/zip",
        status_code=200,
        headers={
            "content-disposition": f'attachment; filename="{name}"',
            "cache-control": "no-store",
        },
    )


async def _wanted(form: Form, *, plot: str | None = None, organ: str | None = None) -> TakePack:
    scheme = form.choice("scheme", await schemes.schemes()) if form.raw("scheme") else None
    year = None
    if form.raw("year"):
        year = form.whole("year", least=FIRST_YEAR, most=LAST_YEAR + BUDDHIST)
        year = year - BUDDHIST if year and year > BUDDHIST_FROM else year
    form.done()
    return TakePack(form.id(), plot, organ, scheme, year)


async def _asked(
    request: Ask, name: str, back: str, lands: list[str], organs: list[str],
    *, form: Form | None = None, no: Refusal | None = None,
) -> Response[bytes]:  # fmt: skip
    say = words_for(request)
    before = await queries.taken(lands, organs)
    names = await people.names(one.by for one in before)
    return page(
        request,
        "pack.html",
        no=no,
        typed=form.typed if form else {},
        name=name,
        back=back,
        lists=[] if lands else [{"file": one.file, "name": say(one.name)} for one in LISTS],
        charters=[["", say("All charters")], *([one, one] for one in await schemes.schemes())],
        before=[
            {"name": names.get(one.by, "–"), "at": one.at, "whole": one.organ is not None,
             "year": _year(say, one.year), "scheme": one.scheme or ""}
            for one in before
        ],
    )  # fmt: skip


def _year(say: Words, year: int | None) -> str:
    return "" if year is None else str(year + (BUDDHIST if say.language == "th" else 0))


DOORS = [plot_pack, take_plot, group_pack, take_group, one_list]
