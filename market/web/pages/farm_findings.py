"""What a farmer has to mend: read it, say that it is done with a photo, or say that it is wrong."""

from __future__ import annotations

from datetime import datetime

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis import pictures
from certification.basis.blobs import Blob
from certification.basis.refusal import Refusal
from certification.basis.units import local_day
from certification.findings import commands, queries, rules
from certification.findings.rules import Answer, Answered
from market.access import deeds, guarantee
from market.access.permit import Permit
from market.answers.language import words_for
from market.web import sheets
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages import farm_view, findings
from market.web.pages import finding_view as view
from market.web.pages.farm_view import Ask

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


@get("/farm/findings", opt={"op": "finding.answer"})
async def my_findings(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    person = await farm_view.acting_for(request, permit, at)
    say, today = words_for(request), local_day(at)
    found = await queries.of_farmer(person, today, closed=True)
    ready = [one for one in found if one.standing.state == "verified_closed"]
    left = [one for one in found if one.standing.state != "verified_closed"]
    if sheets.kind(request):
        rows = [await findings.row(say, one, today) for one in [*left, *reversed(ready)]]
        return sheets.saved(request, "my-findings", findings.HEADS, rows)
    return page(
        request,
        "farm_findings.html",
        of="" if person == permit.person else person,
        helped=await farm_view.helped(permit, person),
        findings=[await view.shown(say, one, today) for one in left],
        mended=[await view.shown(say, one, today) for one in reversed(ready)],
    )


@get("/farm/findings/{id:str}", opt={"op": "finding.answer"})
async def my_finding(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    whom = await guarantee.finding_answered(id, permit, at)
    return await _one(request, id, whom, permit, at)


@post("/farm/findings/{id:str}", opt={"op": "finding.answer"})
async def answer(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    whom = await guarantee.finding_answered(id, permit, at)
    form = await Form.of(request)
    kept = await _kept(form.raw("kept"), permit.person)
    try:
        if form.file("photo"):
            kept = await pictures.keep(form.file("photo"), by=permit.person, at=at)
        kind = form.choice("kind", rules.SAID)
        words = form.text("words", most=rules.WORDS_MAX, required=False)
        form.done()
        said = Answer(form.id(), id, kind, words, kept, whom.person)  # type: ignore[arg-type]  # among SAID
        await deeds.once(commands.answer, said, Answered, by=permit.person, at=at, whom=whom)
    except Refusal as no:
        typed = {**form.typed, "kept": kept or ""}
        return await _one(request, id, whom, permit, at, no=no, typed=typed)
    return onward(f"/farm/findings/{id}?said={kind}")


async def _kept(digest: str, person: str) -> str | None:
    """The photo of a form that was refused; only of one's own."""
    mine = (Blob.digest == digest) & (Blob.by == person)
    return digest if digest and await Blob.exists().where(mine) else None


@get("/farm/findings/{id:str}/steps/{step:str}/photo", opt={"op": "finding.answer"})
async def photo(id: FromPath[str], step: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    await guarantee.finding_answered(id, permit, at)
    return await findings.seen(id, step, at)


async def _one(
    request: Ask,
    id: str,
    whom: deeds.For,
    permit: Permit,
    at: datetime,
    *,
    no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:
    say, today = words_for(request), local_day(at)
    told = await queries.story(id, today)
    return page(
        request,
        "farm_finding.html",
        no=no,
        typed=typed or {},
        of="" if whom.person == permit.person else whom.person,
        helped=await farm_view.helped(permit, whom.person),
        finding=await view.shown(say, told, today),
        steps=await view.history(say, told, f"/farm/findings/{id}/steps"),
        done=request.query_params.get("said", "") if no is None else "",
    )


DOORS = [my_findings, my_finding, answer, photo]
