"""Less came than was ordered: what of a round is short, how it would be shared, and sharing it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.people import queries as people
from market.access import deeds, shortages, whose
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.answers.language import words_for
from market.answers.refusals import FieldWrong
from market.answers.words import Words
from market.domain.offers import queries as offers
from market.domain.shortage import commands, queries
from market.domain.shortage.queries import Line, Preview, Reason, Short
from market.domain.shortage.rules import KINDS, ServeFirst, ShareOut, TellShort
from market.web import short_words
from market.web.form import Form
from market.web.page import onward, page
from market.web.sheets import Baht, Kilos, kind, saved

Ask = Request[Any, Any, Any]
At = NamedDependency[datetime]
Mine = NamedDependency[Permit]
HEADS = ("Order code", "Buyer", "Ordered", "Gets", "Instead", "Back as credit", "Why")


@get("/cycles/{id:str}/short", opt={"op": "shortage.read"})
async def all_short(request: Ask, id: FromPath[str], permit: Mine) -> Response[bytes]:
    cycle, place = await whose.cycle(id)
    permit.check(place)
    return page(request, "short.html", cycle=cycle, offers=await queries.of_cycle(id))


@get("/cycles/{id:str}/short/{offer:str}", opt={"op": "shortage.read"})
async def one(
    request: Ask, id: FromPath[str], offer: FromPath[str], permit: Mine
) -> Response[bytes]:
    of = await _of(id, offer, permit)
    asked = dict(request.query_params)
    if not asked.get("there"):
        return await _shown(request, of)
    try:
        form = Form({name: [said] for name, said in asked.items()}, {})
        grams = _there(form, of)
        form.done()
        looked = await queries.preview(of.offer, grams)
    except Refusal as no:
        return await _shown(request, of, no=no, typed=asked)
    if kind(request):
        rows = await _rows(words_for(request), of, looked)
        return saved(request, "shared-out", HEADS, rows)
    return await _shown(request, of, typed=asked, looked=looked)


@post("/cycles/{id:str}/short/{offer:str}", opt={"op": "shortage.share"})
async def share_out(
    request: Ask, id: FromPath[str], offer: FromPath[str], permit: Mine, at: At
) -> Response[bytes]:
    of = await _of(id, offer, permit)
    form = await Form.of(request)
    try:
        asked = ShareOut(form.id(), offer, _there(form, of), form.raw("seen")[:64])
        form.done()
        deeds.ensure_storable(asked, asked.id)
        await run(commands.share_out, asked, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, of, no=no, typed=form.typed)
    return onward(f"/cycles/{id}/short/{offer}")


@post("/cycles/{id:str}/short/{offer:str}/first", opt={"op": "shortage.share"})
async def serve_first(
    request: Ask, id: FromPath[str], offer: FromPath[str], permit: Mine, at: At
) -> Response[bytes]:
    of = await _of(id, offer, permit)
    form = await Form.of(request)
    try:
        said = form.choice("kind", (*KINDS, "no"))
        chosen = next((one for one in KINDS if one == said), None)
        asked = ServeFirst(form.id(), of.merchant, form.text("order"), chosen)
        form.done()
        deeds.ensure_storable(asked, asked.id)
        await run(commands.serve_first, asked, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, of, no=no, typed=form.typed)
    return onward(f"/cycles/{id}/short/{offer}")


@get("/less/{offer:str}", opt={"op": "shortage.tell"})
async def tell_page(request: Ask, offer: FromPath[str], permit: Mine) -> Response[bytes]:
    of, place = await shortages.grown(offer)
    permit.check(place)
    return page(request, "short_tell.html", of=of, told="told" in request.query_params)


@post("/less/{offer:str}", opt={"op": "shortage.tell"})
async def tell(request: Ask, offer: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    """Who grows it says how much comes; the seller shares it out."""
    of, place = await shortages.grown(offer)
    permit.check(place)
    form = await Form.of(request)
    try:
        asked = TellShort(form.id(), offer, _there(form, of))
        form.done()
        deeds.ensure_storable(asked, asked.id)
        await run(commands.tell, asked, by=permit.person, at=at)
    except Refusal as no:
        return page(request, "short_tell.html", no=no, typed=form.typed, of=of)
    return onward(f"/less/{offer}?told=1")


async def _of(cycle: str, offer: str, permit: Permit) -> Short:
    of, place = await shortages.offer(offer)
    if of.cycle != cycle:
        raise NotThere
    permit.check(place)
    return of


def _there(form: Form, of: Short) -> int:
    """Kilos, or pieces of what is sold so."""
    if of.piece_grams_max:
        return form.whole("there", most=100_000) * of.piece_grams_max
    if form.raw("there").strip().strip("0.,"):
        return form.grams("there")
    if not form.raw("there").strip():
        form.wrong_is("there", FieldWrong(field="there"))
    return 0


async def _shown(
    request: Ask, of: Short, *, no: Refusal | None = None, typed: dict[str, str] | None = None,
    looked: Preview | None = None,
) -> Response[bytes]:  # fmt: skip
    say = words_for(request)
    lines = await _lines(say, of, looked) if looked else []
    first = await queries.served_first(of.merchant)
    names = await people.names(first)
    told = short_words.amount(say, of.told_grams or 0, of.piece_grams_max)
    return page(
        request, "short_one.html", no=no, typed=typed or {}, of=of, looked=looked, lines=lines,
        cycle=await offers.cycle(of.cycle), done=await _done(say, of), kinds=KINDS,
        ordered=short_words.amount(say, of.ordered_grams, of.piece_grams_max),
        told=told if of.told_grams is not None else "",
        first=[[names.get(buyer, say("Name removed")), kind] for buyer, kind in first.items()],
    )  # fmt: skip


async def _lines(say: Words, of: Short, looked: Preview) -> list[dict[str, object]]:
    names = await people.names(line.buyer for line in looked.lines)
    others = await _names_of(say, looked.lines)
    return [
        {
            "line": line,
            "buyer": names.get(line.buyer, say("Name removed")),
            "ordered": short_words.amount(say, line.ordered_grams, of.piece_grams_max),
            "given": short_words.amount(say, line.given_grams, of.piece_grams_max),
            "instead": others.get(line.instead or "", ""),
            "why": short_words.why(say, _reason(of, looked, line)),
        }
        for line in looked.lines
    ]


async def _rows(say: Words, of: Short, looked: Preview) -> list[Sequence[object]]:
    return [
        (line.order_code, one["buyer"], Kilos(line.ordered_grams), Kilos(line.given_grams),
         Kilos(line.instead_grams), Baht(line.credited_satang), one["why"])
        for line, one in zip(looked.lines, await _lines(say, of, looked), strict=True)
    ]  # fmt: skip


async def _names_of(say: Words, lines: Sequence[Line]) -> dict[str, str]:
    wanted = sorted({line.instead for line in lines if line.instead})
    return {id: say.name(await queries.short(id)) for id in wanted}


def _reason(of: Short, looked: Preview, line: Line) -> Reason:
    return Reason(
        line.line, line.because, of.name_th, of.name_en, looked.there_grams,
        looked.ordered_grams, line.ordered_grams, line.given_grams, of.piece_grams_max or 0,
        None, None, 0,
    )  # fmt: skip


async def _done(say: Words, of: Short) -> list[dict[str, object]]:
    found = await queries.shared(of.offer)
    names = await people.names(one.by for one in found)
    return [
        {
            "of": one,
            "by": names.get(one.by, say("Name removed")),
            "there": short_words.amount(say, one.there_grams, of.piece_grams_max),
            "ordered": short_words.amount(say, one.ordered_grams, of.piece_grams_max),
        }
        for one in found
    ]


DOORS = [all_short, one, share_out, serve_first, tell_page, tell]
