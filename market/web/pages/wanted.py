"""Ask for it: what nobody offers yet, how much of it people want, where and when."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency

from certification.basis.ids import is_id
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.basis.units import local_day
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.answers.language import words_for
from market.answers.words import Words
from market.domain.demand import commands, queries, rules
from market.domain.demand.queries import Wanted
from market.domain.places import queries as places
from market.web import sheets
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages import farm_view as view
from market.web.sheets import Kilos

Ask = Request[Any, Any, Any]
Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
COOKIE, KEPT_S = "asked", 200 * 24 * 3600
WEEKS_SHOWN = 12


@get("/wanted", opt={"op": "demand.read"})
async def board(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    """`?as=csv`, `?as=xlsx`: a line for each crop, place and week; `?crop=`: looked for in vain;
    `?key=`: a guest on another phone."""
    if sheets.kind(request):
        found = await queries.wanted(local_day(at))
        return _table(request, words_for(request), found)
    return await _shown(request, permit, at)


@post("/wanted", opt={"op": "demand.ask"})
async def ask(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    """Who is not signed in is known by a secret in the browser, for taking it back."""
    form = await Form.of(request)
    secret = request.cookies.get(COOKIE, "") or form.raw("key")
    if not permit.person and len(secret) < rules.GUEST_KEY_LETTERS:
        secret = secrets.token_urlsafe(24)
    asker = permit.person or commands.guest(secret)
    try:
        if take_back := form.raw("withdraw"):
            if not is_id(take_back):
                raise NotThere
            await run(commands.withdraw, take_back, asker, by=asker, at=at)
        else:
            await run(commands.ask, _read(form), asker, is_guest=not permit.person, by=asker, at=at)
    except Refusal as no:
        return await _shown(request, permit, at, no=no, form=form)
    answer = onward("/wanted#mine")
    if not permit.person:
        _keep(request, answer, secret)
    return answer


def _read(form: Form) -> rules.Ask:
    crop, place = form.text("crop", most=40), form.text("place", most=36)
    week, grams = form.text("week", most=10), form.grams("weight")
    form.done()
    try:
        day = date.fromisoformat(week)
    except ValueError:
        raise rules.WeekWrong(field="week", weeks=rules.WEEKS_AHEAD_MAX) from None
    return rules.Ask(form.id(), crop, place, day, grams)


def _keep(request: Ask, answer: Response[bytes], secret: str) -> None:
    secure = request.app.state.settings.secure
    answer.set_cookie(
        Cookie(
            key=COOKIE, value=secret, path="/wanted", httponly=True, secure=secure,
            samesite="lax", max_age=KEPT_S,
        )
    )  # fmt: skip


async def _shown(
    request: Ask, permit: Permit, at: datetime, *, no: Refusal | None = None,
    form: Form | None = None,
) -> Response[bytes]:  # fmt: skip
    say, today = words_for(request), local_day(at)
    secret = request.query_params.get("key", "") or request.cookies.get(COOKIE, "")
    asker = permit.person or (commands.guest(secret) if secret else "")
    mine = await queries.of_asker(asker, today) if asker else []
    first = rules.monday(today)
    return page(
        request, "wanted.html", no=no, typed=form.typed if form else request.query_params,
        link=f"{request.app.state.settings.origin}/wanted?key={quote(secret)}#mine"
        if mine and not permit.person else "", key="" if permit.person else secret,
        wanted=[{"of": one, "crop": view.crop_name(say, one.crop)}
                for one in await queries.wanted(today)],
        mine=[{"of": one, "crop": view.crop_name(say, one.crop)} for one in mine],
        crops=[["", say("Choose a crop")], *view.crop_options(say)],
        places=[[one.id, say.name(one)] for one in await places.all_places()],
        weeks=[[(first + timedelta(weeks=n)).isoformat(), say.day(first + timedelta(weeks=n))]
               for n in range(WEEKS_SHOWN)],
    )  # fmt: skip


def _table(request: Ask, say: Words, found: list[Wanted]) -> Response[bytes]:
    heads = ["Week of", "Crop", "Pick-up place", "People", "Weight"]
    rows = [
        (one.week, view.crop_name(say, one.crop),
         say.name({"th": one.place_th, "en": one.place_en}), one.asked, Kilos(one.grams))
        for one in found
    ]  # fmt: skip
    return sheets.saved(request, "asked-for", heads, rows)


DOORS = [board, ask]
