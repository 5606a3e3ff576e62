"""The sheet on paper: printed with the questions of this visit, and typed in when back home."""

from __future__ import annotations

from datetime import datetime, timedelta

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis import pictures
from certification.basis.refusal import Refusal
from certification.basis.units import THAILAND, local_day
from certification.inspections import papers
from certification.inspections.papers import TypedFromPaper, TypeFromPaper
from certification.inspections.views import InspectionView
from market.access import deeds, guarantee
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.refusals import FieldMissing
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages import inspect_view as view
from market.web.pages.farm_view import Ask
from market.web.papers import press, sheet

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


@get("/inspect/{id:str}/sheet.pdf", opt={"op": "inspection.read"})
async def sheet_paper(id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found = await guarantee.visit_seen(id, permit)
    return await press.pdf("sheet", f"sheet-{id[-6:]}", await sheet.content(found, local_day(at)))


@get("/inspect/{id:str}/paper", opt={"op": "inspection.do"})
async def paper_page(request: Ask, id: FromPath[str], permit: Mine) -> Response[bytes]:
    return await _paper(request, await guarantee.visit_done(id, permit))


@post("/inspect/{id:str}/paper", opt={"op": "inspection.do"})
async def typed(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found, form = await guarantee.visit_done(id, permit), await Form.of(request)
    on = form.day("on", near=local_day(at))
    first, last = form.minutes("from"), form.minutes("until")
    try:
        if not form.file("photo"):
            form.wrong_is("photo", FieldMissing(field="photo"))
        form.done()
        day = datetime(on.year, on.month, on.day, tzinfo=THAILAND)
        blob = await pictures.keep(form.file("photo"), by=permit.person, at=at)
        began, ended = day + timedelta(minutes=first), day + timedelta(minutes=last)
        wanted = TypeFromPaper(form.id(), id, began, ended, blob)
        await deeds.once(papers.typed, wanted, TypedFromPaper, by=permit.person, at=at)
    except Refusal as no:
        return await _paper(request, found, no=no, typed=form.typed)
    return onward(f"/inspect/{id}?saved=paper")


async def _paper(
    request: Ask,
    found: InspectionView,
    *,
    no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:
    head = await view.visit(words_for(request), found)
    return page(request, "inspect_paper.html", no=no, typed=typed or {}, **head)


DOORS = [sheet_paper, paper_page, typed]
