"""Crates: all of them, the kinds with their terms, new ones, and the deposits that are owed."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis import codes
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.basis.units import local_day
from certification.groups import queries as groups
from certification.people import queries as people
from market.access import crates, whose
from market.access.guard import may
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.words import Words
from market.domain.custody import commands, queries
from market.domain.custody.queries import CrateView, LoanView
from market.domain.custody.refusals import NoSuchCrate
from market.domain.custody.rules import COUNT_MAX, STATES, DefineKind, MakeCrates, SetTerms
from market.domain.places import queries as places
from market.web import sheets
from market.web.form import Form
from market.web.page import Ask, onward, page
from market.web.sheets import Baht, Kilos

At = NamedDependency[datetime]
Mine = NamedDependency[Permit]
SHOWN_MAX = 200


class LoanShown(msgspec.Struct, frozen=True):
    loan: LoanView
    who: str
    late: bool


def shown_code(code: str) -> str:
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


@get("/crates", opt={"op": "crate.read"})
async def listed(request: Ask, permit: Mine) -> Response[bytes]:
    """`?code=` leads to a crate; `?state=` filters; `?as=csv`, `?as=xlsx`."""
    if said := request.query_params.get("code", "").strip():
        return await _found(request, permit, said)
    return await _listed(request, permit)


async def _found(request: Ask, permit: Permit, said: str) -> Response[bytes]:
    """By its code as typed, or by the whole address that a scanner gives."""
    code = codes.read(said.rstrip("/").rpartition("/")[2])
    try:
        found = await queries.by_code(code)
        permit.check(await whose.of_group(found.owner))
    except Refusal:
        return await _listed(request, permit, no=NoSuchCrate(field="code"), code=said[:80])
    return onward(f"/crates/{found.id}")


async def _listed(
    request: Ask, permit: Permit, *, no: Refusal | None = None, code: str = ""
) -> Response[bytes]:
    say, found = words_for(request), await queries.crates(permit.groups())
    counts = Counter(one.state for one in found)
    wished = request.query_params.get("state", "")
    chosen = [one for one in found if wished in ("", one.state)]
    if kind := sheets.kind(request):
        made = sheets.book if kind == "xlsx" else sheets.sheet
        return made("crates", *await _rows(say, chosen))
    return page(
        request, "crates.html", no=no, code=code, crates=chosen[:SHOWN_MAX],
        more=len(chosen) - SHOWN_MAX, counts=[[one, counts[one]] for one in STATES if counts[one]],
        wished=wished if wished in STATES else "", owed=await _owed(permit),
        works=await _may(request, permit, "crate.work"),
        moves=await _may(request, permit, "custody.read"),
        codes={one.id: shown_code(one.code) for one in chosen[:SHOWN_MAX]},
    )  # fmt: skip


async def _may(request: Ask, permit: Permit, operation: str) -> bool:
    return any([may(request, operation, await whose.of_group(one)) for one in permit.groups()])


async def _owed(permit: Permit) -> int:
    return sum(one.deposit_satang for one in await queries.loans(permit.groups(), out=True))


async def _rows(say: Words, found: list[CrateView]) -> tuple[list[str], list[tuple[object, ...]]]:
    head = [say("Code"), say("Kind of crate"), say("Whose"), say("State"), say("In it (kg)"),
            say("Where"), say("Since")]  # fmt: skip
    owners = {one: say.name(await groups.group(one)) for one in {c.owner for c in found}}
    where = {one: say.name(await places.place(one)) for one in {c.place for c in found if c.place}}
    rows = list[tuple[object, ...]]()
    for one in found:
        rows.append((
            one.code, say.name(one), owners[one.owner], say(f"custody.state.{one.state}"),
            Kilos(one.grams), where.get(one.place or "", ""), say.moment(one.at),
        ))  # fmt: skip
    return head, rows


# ── kinds, terms and new crates ──────────────────────────────────────────────────────────────


@get("/crates/new", opt={"op": "crate.read"})
async def kinds(request: Ask, permit: Mine) -> Response[bytes]:
    return await _kinds(request, permit)


@post("/crates/new", opt={"op": "crate.manage"})
async def define(request: Ask, permit: Mine, at: At) -> Response[bytes]:
    """A new kind with its terms."""
    form = await Form.of(request)
    await whose.ensure_named(permit, form.raw("owner"))
    try:
        asked = DefineKind(
            form.id(), form.text("owner"), form.text("name_th", most=60),
            form.text("name_en", most=60), form.grams("holds"), form.grams("tare"),
            _baht(form, "deposit"), _baht(form, "kept"), form.whole("days", least=1),
        )  # fmt: skip
        form.done()
        await run(commands.define_kind, asked, by=permit.person, at=at)
    except Refusal as no:
        return await _kinds(request, permit, no=no, typed=form.typed)
    return onward("/crates/new")


def _baht(form: Form, name: str) -> int:
    """Nothing may be asked for a crate."""
    return 0 if form.raw(name) in ("0", "๐") else form.satang(name)


@post("/crates/kinds/{kind:str}/terms", opt={"op": "crate.manage"})
async def terms(request: Ask, kind: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    found, place = await crates.kind(kind)
    permit.check(place)
    form = await Form.of(request)
    try:
        asked = SetTerms(
            form.id(), found.id, _baht(form, "deposit"), _baht(form, "kept"),
            form.whole("days", least=1),
        )  # fmt: skip
        form.done()
        await run(commands.set_terms, asked, by=permit.person, at=at)
    except Refusal as no:
        return await _kinds(request, permit, no=no, typed={**form.typed, "kind": kind})
    return onward("/crates/new")


@post("/crates/kinds/{kind:str}/crates", opt={"op": "crate.work"})
async def make(request: Ask, kind: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    found, place = await crates.kind(kind)
    permit.check(place)
    form = await Form.of(request)
    try:
        asked = MakeCrates(form.id(), found.id, form.whole("count", least=1, most=COUNT_MAX))
        form.done()
        await run(commands.make, asked, by=permit.person, at=at)
    except Refusal as no:
        return await _kinds(request, permit, no=no, typed={**form.typed, "kind": kind})
    return onward("/crates/labels")


async def _kinds(
    request: Ask, permit: Permit, *, no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:  # fmt: skip
    say = words_for(request)
    owners = [await groups.group(one) for one in sorted(permit.groups())]
    found = [
        {
            "of": one,
            "makes": may(request, "crate.work", await whose.of_group(one.owner)),
            "sets": may(request, "crate.manage", await whose.of_group(one.owner)),
        }
        for one in await queries.kinds(permit.groups())
    ]
    return page(
        request, "crates_new.html", no=no, typed=typed or {}, kinds=found,
        owners=[[one.id, say.name(one)] for one in owners],
        manages=await _may(request, permit, "crate.manage"),
    )  # fmt: skip


# ── what is owed for those that are out ──────────────────────────────────────────────────────


@get("/crates/deposits", opt={"op": "crate.read"})
async def deposits(request: Ask, permit: Mine, at: At) -> Response[bytes]:
    say = words_for(request)
    out = [
        await loan_shown(say, one, local_day(at))
        for one in await queries.loans(permit.groups(), out=True)
    ]
    if kind := sheets.kind(request):
        made = sheets.book if kind == "xlsx" else sheets.sheet
        head = [say("Code"), say("Kind of crate"), say("With whom"), say("Lent on"),
                say("Back by"), say("Late"), say("Deposit")]  # fmt: skip
        return made("deposits", head, [_owed_row(say, one) for one in out])
    return page(
        request, "crates_deposits.html", loans=out, owed=await _owed(permit),
        codes={one.loan.crate: shown_code(one.loan.code) for one in out},
    )  # fmt: skip


def _owed_row(say: Words, one: LoanShown) -> tuple[object, ...]:
    loan = one.loan
    return (
        loan.code, say.name(loan), one.who, local_day(loan.at), loan.due_on,
        say("yes") if one.late else "", Baht(loan.deposit_satang),
    )  # fmt: skip


async def loan_shown(say: Words, loan: LoanView, today: date) -> LoanShown:
    return LoanShown(loan, await _who(say, loan), loan.state == "out" and loan.due_on < today)


async def _who(say: Words, loan: LoanView) -> str:
    if loan.order_code:
        return f"{say('Order')} {loan.order_code}"
    if loan.place:
        return say.name(await places.place(loan.place))
    if loan.person:
        names = await people.names([loan.person])
        return names.get(loan.person, say("Name removed"))
    return say("A buyer, not named")


DOORS: list[Any] = [listed, kinds, define, terms, make, deposits]
