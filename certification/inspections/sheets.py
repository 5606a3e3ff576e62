"""The sheet of a visit: what it asks, the answers that hold, and what is still open."""

from __future__ import annotations

from certification.applications import queries as applications
from certification.basis.rows import as_view
from certification.inspections import answering, kinds, layers
from certification.inspections.layers import (
    CorrectionView,
    RemarkView,
)
from certification.inspections.queries import (
    about,
    excuses,
    findings,
    findings_named,
    inspection,
    members,
    paper,
    photos,
)
from certification.inspections.tables import (
    Answer,
    Correction,
)
from certification.inspections.views import (
    AnswerView,
    InspectionView,
    Layered,
    Progress,
    Record,
)
from certification.schemes import queries as schemes
from certification.schemes.rules import Content


async def sheet(visit: InspectionView) -> Content:
    """Its frozen version, with the questions that this visit asks."""
    return await asked(visit, (await schemes.version(visit.scheme_version)).content)


async def asked(visit: InspectionView, content: Content) -> Content:
    if visit.kind not in kinds.NARROW:
        return content
    of = [one for one in await about(visit.id) if one.of]
    ids = [str(one.of) for one in of if one.what == "finding"]
    named = {str(one.of) for one in of if one.what == "item"}
    named |= {f.item for f in await findings_named(ids)}
    told = {one.item for one in await findings(visit.id)} | {*await values(visit.id)}
    return kinds.asked(content, visit.kind, named, told)


async def answers(inspection: str) -> tuple[AnswerView, ...]:
    """Those that hold: of each item the last that came, in the order in which they came; after
    signing the last correction that enough have signed."""
    rows = await Answer.select().where(Answer.inspection == inspection).order_by(Answer.seq)
    holding = {row["item"]: as_view(AnswerView, {**row, "signed_as": None}) for row in rows}
    for one in await _corrected(inspection):
        if one.holds_since is not None:
            was = holding.get(one.item)
            holding[one.item] = AnswerView(
                one.id, one.item, one.value, one.note or one.reason, one.by, one.at,
                one.holds_since, was.seq if was else len(rows) + 1,
                (was.signed_as or was.value) if was else "",
            )  # fmt: skip
    return tuple(sorted(holding.values(), key=lambda answer: answer.seq))


async def _corrected(id: str) -> list[CorrectionView]:
    none = not await Correction.exists().where(Correction.inspection == id)
    return [] if none else await corrections(await inspection(id))


async def corrections(visit: InspectionView) -> list[CorrectionView]:
    """By when they came to hold; those that do not yet last."""
    settings = (await schemes.version(visit.scheme_version)).content.rules
    found = await layers.corrections(visit.id, settings)
    return sorted(found, key=lambda c: (c.holds_since is None, c.holds_since or c.at, c.id))


async def bare(inspection: str, sheet: Content) -> list[str]:
    """Questions that ask for a photo or a paper and have neither that nor a word on why."""
    given = await answers(inspection)
    noted = {one.item for one in given if (one.note or "").strip()}
    shown = {one.item for one in await photos(inspection) if one.item}
    return answering.without_evidence(sheet, {a.item: a.value for a in given}, noted, shown)


async def layered(visit: InspectionView) -> tuple[Layered, ...]:
    """Farmer, inspector, reviewer side by side, in the order of the sheet."""
    own = {one.item: one for one in await applications.self_layer(visit.application)}
    given = {one.item: one for one in await answers(visit.id)}
    said: dict[str, list[RemarkView]] = {}
    for remark in await layers.remarks(visit.id):
        said.setdefault(remark.item, []).append(remark)
    content = (await schemes.version(visit.scheme_version)).content
    found = []
    for item in content.checklist:
        code, reviewers = item.code, said.get(item.code, [])
        if code not in own and code not in given and not reviewers:
            continue
        held = given.get(code)
        last = next((one.value for one in reversed(reviewers) if one.value is not None), None)
        differs = last is not None and last != (held.value if held else None)
        found.append(Layered(code, own.get(code), held, tuple(reviewers), differs))
    return tuple(found)


async def values(inspection: str) -> dict[str, str]:
    return {answer.item: answer.value for answer in await answers(inspection)}


async def record(id: str) -> Record:
    visit = await inspection(id)
    anew = await layers.sheet_digest(id) if visit.sheet_digest else None
    return Record(
        visit,
        await members(id),
        await answers(id),
        await findings(id),
        await photos(id),
        await about(id),
        await layers.dissents(id),
        await layers.farmer_said(id),
        tuple(await corrections(visit)),
        await layers.screenings(id),
        await layers.late(id),
        await excuses(id),
        await paper(id),
        await layered(visit),
        anew == visit.sheet_digest,
    )


async def progress(id: str) -> Progress:
    content = await sheet(await inspection(id))
    given, seats = await values(id), [m for m in await members(id) if m.left_at is None]
    told = [(finding.item, finding.severity) for finding in await findings(id)]
    return Progress(
        len(given),
        len(content.checklist),
        tuple(answering.unanswered(content, given)),
        tuple(answering.without_finding(content, given, told)),
        sum(member.signed_at is not None for member in seats),
        len(seats),
        tuple(await bare(id, content)),
    )
