"""Labels of crates: for those that bear none yet, and again for those that lost theirs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import convert

from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from market.access import crates
from market.access.permit import Permit
from market.answers.language import words_for
from market.domain.custody import labelled, labelling, queries
from market.domain.custody.labelling import PrintCrates
from market.domain.custody.queries import CrateView
from market.domain.custody.rules import COUNT_MAX
from market.domain.labels.layouts import LAYOUTS, LEVELS, is_paper
from market.domain.labels.rules import AGAIN
from market.web.form import Form
from market.web.page import Ask, onward, page
from market.web.pages.crates import shown_code

At = NamedDependency[datetime]
Mine = NamedDependency[Permit]
SHEETS = tuple(LAYOUTS)
Piles = list[list[CrateView]]


@get("/crates/labels", opt={"op": "crate.work"})
async def labels_page(request: Ask, permit: Mine) -> Response[bytes]:
    """`?crate=` asks for the label of one, `?run=` leads back from a sheet that was just made."""
    alone = request.query_params.get("crate", "")
    chosen = [(await _in_reach(permit, alone))] if alone else []
    return await _shown(request, permit, chosen)


@post("/crates/labels", opt={"op": "crate.work"})
async def print_labels(request: Ask, permit: Mine, at: At) -> Response[bytes]:
    form = await Form.of(request)
    chosen = await crates.all_of(permit, form.all("crate"))
    try:
        wanted = _wanted(form, chosen)
        made = await run(labelling.print_labels, wanted, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, permit, chosen, no=no, typed=form.typed)
    return onward(f"/crates/labels?run={made.run}#printed")


@get("/crates/sheets/{file:str}", opt={"op": "crate.work"})
async def sheet(request: Ask, file: FromPath[str], permit: Mine) -> Response[bytes]:
    of = await crates.label_run(permit, file)
    made = await labelled.file(of, file, request.app.state.settings.origin, reader=permit.person)
    ending = file.rpartition(".")[2]
    shown = "inline" if ending in ("pdf", "png") else "attachment"
    headers = {"content-disposition": f'{shown}; filename="crates.{ending}"'}
    return Response(made.content, media_type=made.media_type, headers=headers)


async def _in_reach(permit: Permit, id: str) -> CrateView:
    found, place = await crates.crate(id)
    permit.check(place)
    return found


def _wanted(form: Form, chosen: Sequence[CrateView]) -> PrintCrates:
    sheet, level = form.choice("sheet", SHEETS), form.choice("level", LEVELS)
    start = form.whole("start_at", least=1, most=100)
    reason = form.choice("reason", AGAIN) if form.raw("again") else None
    form.done()
    return convert(
        {"id": form.id(), "owner": chosen[0].owner if chosen else "", "sheet": sheet,
         "crates": [one.id for one in chosen], "start_at": start, "level": level,
         "reason": reason}, PrintCrates,
    )  # fmt: skip


async def _shown(
    request: Ask, permit: Permit, chosen: Sequence[CrateView], *, no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:  # fmt: skip
    say = words_for(request)
    before = await labelled.times([one.id for one in chosen])
    runs = [] if chosen else await labelled.runs(permit.groups())
    waiting = [] if chosen else await labelled.waiting(permit.groups())
    printed = await queries.of_ids({one for made in runs for one in made.crates})
    return page(
        request, "crate_labels.html", no=no, typed=typed or {}, chosen=chosen,
        again=bool(before), printed=request.query_params.get("run", ""),
        waiting=_piles(waiting), runs=runs,
        names={one.id: shown_code(one.code) for one in (*chosen, *waiting, *printed)},
        sheets=[[one, say(f"farm.sheet.{one}")] for one in SHEETS],
        levels=[[one, say(f"farm.level.{one}")] for one in LEVELS],
        reasons=[[why, say(f"farm.again.{why}")] for why in AGAIN],
        rolls=[one for one in SHEETS if not is_paper(one)],
    )  # fmt: skip


def _piles(found: Sequence[CrateView]) -> Piles:
    """By owner and kind, each no larger than one sheet's request takes."""
    piles: dict[tuple[str, str], list[CrateView]] = {}
    for one in found:
        pile = piles.setdefault((one.owner, one.kind), [])
        if len(pile) < COUNT_MAX:
            pile.append(one)
    return list(piles.values())


DOORS: list[Any] = [labels_page, print_labels, sheet]
