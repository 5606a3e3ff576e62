"""Tests for residues: many samples in a row at a market day, all of them, and one alone."""

from __future__ import annotations

from datetime import datetime

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec.structs import replace

from certification.basis import codes, pictures
from certification.basis.ids import is_id
from certification.basis.refusal import Missing, Refusal
from certification.basis.units import local_day
from certification.findings import retested
from certification.groups import queries as groups
from certification.plots import queries as plots
from certification.residues import queries, rules
from certification.residues.queries import TestView
from certification.residues.rules import CHEMICALS, LAB, WORST_LAST, NoteTest, Seen, TestNoted
from certification.schemes import queries as schemes
from certification.schemes.settings import ResidueKit
from market.access import deeds, residues, whose
from market.access.guard import may
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.words import Words
from market.domain.lots import queries as lots
from market.web import residue_words, sheets
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages.farm_view import Ask, Shown, plot_name

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
DAY = ("organ", "scheme", "means", "taken_on", "place_name", "sampled_by", "tested_by")
"""What is alike for all samples of a market day, and goes from one form to the next."""


@get("/residues", opt={"op": "residue.read"})
async def test_list(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    """`?as=csv` and `?as=xlsx`: one line a group of substances."""
    say, found = words_for(request), await residues.seen(permit, at)
    if kind := sheets.kind(request):
        made = sheets.book if kind == "xlsx" else sheets.sheet
        return made("residue-tests", *_rows(say, found))
    return page(
        request,
        "residues.html",
        tests=[_line(say, one) for one in found],
        waiting=[_line(say, one) for one in found if one.waits],
        notes=any(
            [may(request, "residue.note", await whose.of_group(one)) for one in permit.groups()]
        ),
    )


def _line(say: Words, one: TestView) -> Shown:
    return {**residue_words.line(say, queries.told(one)), "whole": one}


def _rows(say: Words, found: list[TestView]) -> tuple[list[str], list[tuple[object, ...]]]:
    head = [
        say("Taken on"), say("Plot or lot"), say("Tested by"), say("Group of substances"),
        say("Result"), say("It cannot see"), say("Report number"), say("Waits for a laboratory"),
        say("Corrected"),
    ]  # fmt: skip
    rows = list[tuple[object, ...]]()
    for one in found:
        of = _line(say, one)
        rows += [
            (
                one.taken_on,
                of["what"],
                of["how"],
                chemical,
                result,
                of["cannot_see"],
                one.report or "",
                say("yes") if one.waits else "",
                say("yes") if one.corrected_by else "",
            )
            for chemical, result in of["seen"]
        ]
    return head, rows


# ── one after another ────────────────────────────────────────────────────────────────────────


@get("/residues/new", opt={"op": "residue.note"})
async def new_page(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    """After a sample the next of the same day, place and kit."""
    after = request.query_params.get("after", "")
    if not is_id(after):
        return await _begin(request, permit, at)
    last, place = await residues.test(after, at)
    permit.check(place)
    say = words_for(request)
    typed = {name: str(getattr(last, name, "") or "") for name in DAY}
    scheme = (await schemes.version(last.scheme_version)).content.scheme
    typed |= {"scheme": scheme, "taken_on": say.day(last.taken_on)}
    if last.place_name is None:
        typed["place_name"] = ""
    return await _sample(request, typed, permit, at, after=last)


async def _begin(
    request: Ask, permit: Permit, at: datetime, *, typed: dict[str, str] | None = None,
    no: Refusal | None = None,
) -> Response[bytes]:  # fmt: skip
    say, today = words_for(request), local_day(at)
    charters = list[list[str]]()
    for code in await schemes.schemes():
        content = (await schemes.in_force(code, today)).content
        charters += [
            [f"{code} {kit.code}", f"{say.name(kit.name)} · {code}"]
            for kit in content.rules.residue_kits
        ] + [[f"{code} {LAB}", f"{say('Laboratory')} · {code}"]]
    return page(
        request,
        "residue_day.html",
        no=no,
        typed=typed or {},
        organs=[[one, say.name(await groups.group(one))] for one in sorted(permit.groups())],
        means=charters,
        today=say.day(today),
    )


@post("/residues/new", opt={"op": "residue.note"})
async def note(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    """First what is alike for all samples, then each sample."""
    form = await Form.of(request)
    if form.raw("how"):
        return await _day(request, form, permit, at)
    try:
        asked = await residues.noted(permit, await _asked(form, permit, at), at)
        done = await deeds.once(retested.note, asked, TestNoted, by=permit.person, at=at)
    except Refusal as no:
        return await _sample(request, form.typed, permit, at, no=no)
    return onward(f"/residues/new?after={done.test}")


async def _day(request: Ask, form: Form, permit: Permit, at: datetime) -> Response[bytes]:
    scheme, _, means = form.text("how", most=60).partition(" ")
    form.day("taken_on", near=local_day(at))
    for name in ("sampled_by", "tested_by"):
        form.text(name, most=rules.LETTERS_MAX)
    try:
        form.done()
        typed = {**form.typed, "scheme": scheme, "means": means}
        return await _sample(request, typed, permit, at)
    except Refusal as no:
        return await _begin(request, permit, at, typed=form.typed, no=no)


async def _sample(
    request: Ask, typed: dict[str, str], permit: Permit, at: datetime, *,
    after: TestView | None = None, no: Refusal | None = None,
) -> Response[bytes]:  # fmt: skip
    say = words_for(request)
    kit = await _kit(typed.get("scheme", ""), typed.get("means", ""), at)
    lab = typed.get("means") == LAB
    groups = kit.sees if kit else CHEMICALS
    today = [one for one in await residues.seen(permit, at) if one.at.date() == at.date()]
    return page(
        request,
        "residue_new.html",
        no=no,
        typed={} if after else typed,
        kept={name: typed.get(name, "") for name in DAY},
        after=_line(say, after) if after else None,
        count=len(today),
        how=say.name(kit.name) if kit else say("Laboratory"),
        lab=lab,
        chemicals=[[one, say(f"setting.chemical.{one}")] for one in groups],
        options=_options(say, lab=lab),
        blind=", ".join(say(f"setting.chemical.{one}") for one in kit.cannot_see) if kit else "",
    )


def _options(say: Words, *, lab: bool) -> list[list[str]]:
    found = [[one, say(f"residues.{one}")] for one in WORST_LAST]
    return [["", say("not looked for")], *found] if lab else found


async def _kit(scheme: str, means: str, at: datetime) -> ResidueKit | None:
    """Refused where the charter knows neither."""
    if scheme not in await schemes.schemes():
        raise rules.UnknownKit(field="how")
    charter = (await schemes.in_force(scheme, local_day(at))).content.rules
    found = rules.kit(means, charter)
    if found is None and means != LAB:
        raise rules.UnknownKit(field="how")
    return found


async def _asked(form: Form, permit: Permit, at: datetime) -> NoteTest:
    said = form.raw("code")
    taken_on = form.day("taken_on", near=local_day(at))
    asked = NoteTest(
        form.id(), form.raw("organ"), form.raw("scheme"), form.raw("means"), taken_on,
        results(form), form.text("sampled_by", most=rules.LETTERS_MAX),
        form.text("tested_by", most=rules.LETTERS_MAX),
        place_name=form.text("place_name", most=rules.LETTERS_MAX, required=not said),
        report=form.text("report", most=rules.LETTERS_MAX, required=False),
        scan=await _scan(form, permit, at),
    )  # fmt: skip
    form.done()
    return await _of_code(asked, said) if said else asked


def results(form: Form) -> tuple[Seen, ...]:
    said = {one: form.raw(f"see.{one}") for one in CHEMICALS}
    return tuple(Seen(one, word) for one in CHEMICALS for word in WORST_LAST if said[one] == word)


async def _scan(form: Form, permit: Permit, at: datetime) -> str:
    file = form.file("scan")
    return await pictures.keep(file, by=permit.person, at=at) if file else ""


async def _of_code(asked: NoteTest, said: str) -> NoteTest:
    """Of what bears the code: a lot or a plot."""
    code = codes.read(said)
    try:
        if await codes.kind_of(code) == "lot":
            return replace(asked, lot=(await lots.by_code(code)).id)
        return replace(asked, plot=(await plots.by_code(code)).id)
    except Missing:
        raise rules.SubjectMissing(field="code") from None


# ── one of them ──────────────────────────────────────────────────────────────────────────────


@get("/residues/{id:str}", opt={"op": "residue.read"})
async def test_page(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found, place = await residues.test(id, at)
    permit.check(place)
    return await _one(request, found, may(request, "residue.note", place))


@post("/residues/{id:str}/answer", opt={"op": "residue.note"})
async def answer(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    """What the laboratory says to a positive kit."""
    return await _follow(request, id, permit, at, "confirms")


@post("/residues/{id:str}/correct", opt={"op": "residue.note"})
async def correct(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    return await _follow(request, id, permit, at, "corrects")


async def _follow(request: Ask, id: str, permit: Permit, at: datetime, how: str) -> Response[bytes]:
    found, place = await residues.test(id, at)
    permit.check(place)
    form, confirms = await Form.of(request), how == "confirms"
    scheme = (await schemes.version(found.scheme_version)).content.scheme
    taken_on = form.day("taken_on", near=local_day(at)) if confirms else found.taken_on
    try:
        asked = NoteTest(
            form.id(), found.organ, scheme, LAB if confirms else found.means, taken_on,
            results(form),
            found.sampled_by,
            form.text("tested_by", most=rules.LETTERS_MAX) if confirms else found.tested_by,
            report=form.text("report", most=rules.LETTERS_MAX) if confirms else found.report or "",
            scan=await _scan(form, permit, at),
            confirms=id if confirms else "",
            corrects="" if confirms else id,
            reason="" if confirms else form.text("reason", most=rules.LETTERS_MAX),
        )  # fmt: skip
        form.done()
        await deeds.once(retested.note, asked, TestNoted, by=permit.person, at=at)
    except Refusal as no:
        notes = may(request, "residue.note", place)
        return await _one(request, found, notes, no=no, typed={**form.typed, "doing": how})
    return onward(f"/residues/{asked.id}")


async def _one(
    request: Ask, found: TestView, notes: bool, *,  # noqa: FBT001
    no: Refusal | None = None, typed: dict[str, str] | None = None,
) -> Response[bytes]:  # fmt: skip
    say = words_for(request)
    plot = await plots.plot(found.plot) if found.plot else None
    by = [await queries.test(id) for id in (found.confirmed_by, found.corrected_by) if id]
    return page(
        request,
        "residue_test.html",
        no=no,
        typed=typed or {},
        test=_line(say, found),
        plot=plot_name(say, plot) if plot else "",
        later=[_line(say, one) for one in by],
        notes=notes,
        lab=found.means == LAB,
        chemicals=[
            [one.chemical, say(f"setting.chemical.{one.chemical}")] for one in found.results
        ],
        options=_options(say, lab=False),
        all=[[one, say(f"setting.chemical.{one}")] for one in CHEMICALS],
        lab_options=_options(say, lab=True),
    )


DOORS = [test_list, new_page, note, test_page, answer, correct]
