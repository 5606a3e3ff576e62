"""Returnable crates: kinds, terms, new ones, what is done with each, and with whom they are."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from certification.basis.transaction import run
from market.access import crates, deeds, whose
from market.access.permit import Permit
from market.domain.custody import commands, labelled, labelling, loans, queries
from market.domain.custody.labelled import CrateRun
from market.domain.custody.labelling import CratesLabelled, PrintCrates
from market.domain.custody.queries import CrateView, Inside, KindView, LoanView
from market.domain.custody.rules import (
    CrateMoved,
    CratesMade,
    DefineKind,
    Emptied,
    Fill,
    Filled,
    GiveBack,
    KindDefined,
    Lend,
    Lent,
    LoanEnded,
    MakeCrates,
    OfCrate,
    SetTerms,
    Swap,
    Swapped,
    TermsSet,
)
from market.domain.labels.layouts import Level, Sheet
from market.domain.labels.rules import Again

Mine = NamedDependency[Permit]
At = NamedDependency[datetime]
Baht = Annotated[int, msgspec.Meta(ge=0, le=10**7)]


class NewTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    deposit_satang: Baht
    kept_satang: Baht
    days: int


class NewCrates(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    count: int
    place: str | None = None


class NewContent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    lot: str
    grams: int


class NewLoan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """To the buyer of an order, to a person, to a place, or to a buyer whom nobody names."""

    id: str
    rail: str
    order: str | None = None
    person: str | None = None
    place: str | None = None


class Back(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    rail: str


class Deed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    deed: Literal["empty", "wash", "lose", "find", "retire", "forfeit"]


class NewSwap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`out` goes to who brings this one back."""

    id: str
    out: str
    rail: str


class CrateInside(msgspec.Struct, frozen=True):
    crate: CrateView
    inside: tuple[Inside, ...]
    loan: LoanView | None


@get(
    "/api/v1/crate-kinds", opt={"op": "crate.read"}, tags=["crates"],
    summary="Kinds of crates with the terms that hold now",
)  # fmt: skip
async def list_kinds(permit: Mine) -> list[KindView]:
    return await queries.kinds(permit.groups())


@post(
    "/api/v1/crate-kinds", opt={"op": "crate.manage"}, tags=["crates"],
    summary="Name a kind: what it holds and weighs, the deposit and what of it is kept on loss",
)  # fmt: skip
async def define_kind(data: JSONBody[DefineKind], permit: Mine, at: At) -> KindDefined:
    permit.check(await whose.of_group(data.owner))
    deeds.ensure_storable(data, data.id)
    return await run(commands.define_kind, data, by=permit.person, at=at)


@post(
    "/api/v1/crate-kinds/{id:str}/terms", opt={"op": "crate.manage"}, tags=["crates"],
    summary="Terms of what is lent from now on",
)  # fmt: skip
async def set_terms(id: FromPath[str], data: JSONBody[NewTerms], permit: Mine, at: At) -> TermsSet:
    _, place = await crates.kind(id)
    permit.check(place)
    asked = SetTerms(data.id, id, data.deposit_satang, data.kept_satang, data.days)
    deeds.ensure_storable(asked, asked.id)
    return await run(commands.set_terms, asked, by=permit.person, at=at)


@post(
    "/api/v1/crate-kinds/{id:str}/crates", opt={"op": "crate.work"}, tags=["crates"],
    summary="So many new crates, each with a code of sixteen characters",
)  # fmt: skip
async def make(id: FromPath[str], data: JSONBody[NewCrates], permit: Mine, at: At) -> CratesMade:
    _, place = await crates.kind(id)
    permit.check(place)
    asked = MakeCrates(data.id, id, data.count, data.place)
    deeds.ensure_storable(asked, asked.id)
    return await run(commands.make, asked, by=permit.person, at=at)


@get("/api/v1/crates", opt={"op": "crate.read"}, tags=["crates"], summary="All crates in reach")
async def list_crates(permit: Mine) -> list[CrateView]:
    return await queries.crates(permit.groups())


@get(
    "/api/v1/crates/{id:str}", opt={"op": "crate.read"}, tags=["crates"],
    summary="A crate, what is in it, and with whom it is",
)  # fmt: skip
async def read_crate(id: FromPath[str], permit: Mine) -> CrateInside:
    found, place = await crates.crate(id)
    permit.check(place)
    return CrateInside(found, tuple(await queries.inside(id)), await queries.loan_of(id))


@get(
    "/api/v1/crate-loans", opt={"op": "crate.read"}, tags=["crates"],
    summary="Crates that are with somebody, and the deposits owed for them",
)  # fmt: skip
async def list_loans(permit: Mine) -> list[LoanView]:
    return await queries.loans(permit.groups(), out=True)


@post(
    "/api/v1/crates/{id:str}/contents", opt={"op": "crate.work"}, tags=["crates"],
    summary="Put grams of a lot into it",
)  # fmt: skip
async def fill(id: FromPath[str], data: JSONBody[NewContent], permit: Mine, at: At) -> Filled:
    await _ensure(id, permit)
    asked = Fill(data.id, id, data.lot, data.grams)
    deeds.ensure_storable(asked, asked.id)
    return await run(commands.fill, asked, by=permit.person, at=at)


@post(
    "/api/v1/crates/{id:str}/loans", opt={"op": "crate.work"}, tags=["crates"],
    summary="Lend it for the deposit of its kind",
)  # fmt: skip
async def lend(id: FromPath[str], data: JSONBody[NewLoan], permit: Mine, at: At) -> Lent:
    await _ensure(id, permit)
    asked = Lend(data.id, id, data.rail, data.order, data.person, data.place)
    deeds.ensure_storable(asked, *(x for x in (data.id, data.person) if x is not None))
    return await run(loans.lend, asked, by=permit.person, at=at)


@post(
    "/api/v1/crates/{id:str}/return", opt={"op": "crate.work"}, tags=["crates"],
    summary="It is here again; the deposit goes back, once",
)  # fmt: skip
async def give_back(id: FromPath[str], data: JSONBody[Back], permit: Mine, at: At) -> LoanEnded:
    await _ensure(id, permit)
    asked = GiveBack(data.id, id, data.rail)
    deeds.ensure_storable(asked, asked.id)
    return await run(loans.give_back, asked, by=permit.person, at=at)


@post(
    "/api/v1/crates/{id:str}/swap", opt={"op": "crate.work"}, tags=["crates"],
    summary="This one comes back, another goes out",
)  # fmt: skip
async def swap(id: FromPath[str], data: JSONBody[NewSwap], permit: Mine, at: At) -> Swapped:
    await _ensure(id, permit)
    await _ensure(data.out, permit)
    asked = Swap(data.id, id, data.out, data.rail)
    deeds.ensure_storable(asked, asked.id)
    return await run(loans.swap, asked, by=permit.person, at=at)


@post(
    "/api/v1/crates/{id:str}/deeds", opt={"op": "crate.work"}, tags=["crates"],
    summary="Empty, wash, lose, find, retire it; forfeit: overdue, the terms keep their part",
)  # fmt: skip
async def do(
    id: FromPath[str], data: JSONBody[Deed], permit: Mine, at: At
) -> Emptied | CrateMoved | LoanEnded:
    await _ensure(id, permit)
    asked = OfCrate(data.id, id)
    deeds.ensure_storable(asked, asked.id)
    if data.deed == "empty":
        return await run(commands.empty, asked, by=permit.person, at=at)
    if data.deed == "forfeit":
        return await run(loans.lose, asked, by=permit.person, at=at)
    return await run(commands.change, data.deed, asked, by=permit.person, at=at)


class NewCrateLabels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`start_at`: the first free place of the first sheet; `reason`: of a reprint."""

    id: str
    crates: list[str]
    sheet: Sheet
    start_at: int = 1
    level: Level = "Q"
    reason: Again | None = None


@post(
    "/api/v1/crate-labels", opt={"op": "crate.work"}, tags=["crates"],
    summary="Labels for crates of one owner; for those that bear one, with a reason",
)  # fmt: skip
async def print_labels(data: JSONBody[NewCrateLabels], permit: Mine, at: At) -> CratesLabelled:
    found = await crates.all_of(permit, data.crates)
    asked = PrintCrates(
        data.id, found[0].owner if found else "", tuple(one.id for one in found), data.sheet,
        data.start_at, data.level, data.reason,
    )  # fmt: skip
    deeds.ensure_storable(asked, asked.id)
    return await run(labelling.print_labels, asked, by=permit.person, at=at)


@get(
    "/api/v1/crate-labels", opt={"op": "crate.work"}, tags=["crates"],
    summary="Labels of crates that were printed together, the newest first",
)  # fmt: skip
async def list_labels(permit: Mine) -> list[CrateRun]:
    return await labelled.runs(permit.groups())


@get(
    "/api/v1/crate-labels/{file:str}", opt={"op": "crate.work"}, tags=["crates"],
    summary="As a file: `{run}.pdf`; thermal ones as `{run}-203.escpos`, `.zpl` or `.png`, and at"
    " 300 dpi",
    media_type="application/pdf",
)  # fmt: skip
async def read_labels(
    request: Request[Any, Any, Any], file: FromPath[str], permit: Mine
) -> Response[bytes]:
    of = await crates.label_run(permit, file)
    made = await labelled.file(of, file, request.app.state.settings.origin, reader=permit.person)
    return Response(made.content, media_type=made.media_type)


async def _ensure(id: str, permit: Permit) -> None:
    _, place = await crates.crate(id)
    permit.check(place)


DOORS = [
    list_kinds, define_kind, set_terms, make, list_crates, read_crate, list_loans, fill, lend,
    give_back, swap, do, print_labels, list_labels, read_labels,
]  # fmt: skip
