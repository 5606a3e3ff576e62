"""Paying what is due by two people's hands: one makes the run, another approves it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.groups import queries as groups
from market.access import books, deeds
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.answers.language import words_for
from market.answers.words import Words
from market.domain.settlement import commands, queries
from market.domain.settlement.rules import (
    DUE,
    IN_CASH,
    DecideRun,
    Level,
    MakeRun,
    MarkPaid,
    PayoutView,
    RunView,
)
from market.domain.vouchers import queries as vouchers
from market.domain.vouchers.rules import Line, differences
from market.web import money
from market.web.form import Form
from market.web.money import Shelf
from market.web.page import onward, page
from market.web.sheets import Baht, Kilos, sheet, wanted

Ask = Request[Any, Any, Any]
At = NamedDependency[datetime]
Mine = NamedDependency[Permit]


@get("/payout", opt={"op": "payout.read"})
async def payout(request: Ask, permit: Mine) -> Response[bytes]:
    return await _due_shown(request, permit, await money.shelf(request, permit))


@post("/payout", opt={"op": "payout.make"})
async def make(request: Ask, permit: Mine, at: At) -> Response[bytes]:
    form = await Form.of(request)
    of = await money.shelf(request, permit, form.raw("of"))
    try:
        level = cast("Level", form.choice("level", list(DUE)))
        form.done()
        wished = MakeRun(form.id(), of.book.id, level)
        made = await run(commands.make_run, wished, by=permit.person, at=at)
    except Refusal as no:
        return await _due_shown(request, permit, of, no)
    return onward(f"/payout/{made.run}")


async def _due_shown(
    request: Ask, permit: Permit, of: Shelf, no: Refusal | None = None
) -> Response[bytes]:
    say = words_for(request)
    due = {level: await queries.due(of.book.id, level) for level in DUE}
    if wanted(request) and "runs" not in request.query_params:
        return await _due_csv(say, due)
    names = {}
    for level, owed in due.items():
        names.update(await _called(level, list(owed), say))
    runs = await queries.runs(of.book.id)
    hands = {hand for run in runs for hand in (run.made_by, run.decided_by) if hand}
    people = await money.people_called(hands, say)
    if wanted(request):
        return _runs_csv(say, runs, await queries.sums(of.book.id), people)
    return page(
        request, "payout.html", no=no, shelf=of, names=names, runs=runs, people=people,
        due=[(level, list(owed.items()), sum(owed.values())) for level, owed in due.items()],
        may_make=_is_treasurer(permit), sums=await queries.sums(of.book.id),
    )  # fmt: skip


async def _called(level: str, payees: list[str], say: Words) -> dict[str, str]:
    if level == "farmer":
        return await money.people_called(payees, say)
    return await money.groups_called(payees, say)


async def _due_csv(say: Words, due: dict[Level, dict[str, int]]) -> Response[bytes]:
    rows = []
    for level, owed in due.items():
        names = await _called(level, list(owed), say)
        rows += [(names[payee], Baht(satang)) for payee, satang in owed.items()]
    return sheet("due", [say("Paid to"), say("Amount due")], rows)


def _runs_csv(
    say: Words, runs: list[RunView], sums: dict[str, tuple[int, int]], people: dict[str, str]
) -> Response[bytes]:
    head = [say("Number"), say("Paid to"), say("State"), say("Amount due"), say("Still to pay"),
            say("Made by"), say("When"), say("Approved by"), say("When")]  # fmt: skip
    rows = [
        (run.number, say("Due to farmers" if run.level == "farmer" else "Due to groups"),
         say(f"payout.state.{run.state}"),
         Baht(sums[run.id][0]), Baht(sums[run.id][1]),
         people[run.made_by], say.moment(run.made_at),
         people[run.decided_by] if run.decided_by and run.state == "approved" else None,
         say.moment(run.decided_at) if run.decided_at else None)
        for run in runs
    ]  # fmt: skip
    return sheet("payout-runs", head, rows)


@get("/payout/{id:str}", opt={"op": "payout.read"})
async def one(request: Ask, id: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    found, place = await books.run(id)
    permit.check(place)
    return await _run_shown(request, permit, found, at)


@post("/payout/{id:str}/decision", opt={"op": "payout.decide"})
async def decide(request: Ask, id: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    found, place = await books.run(id)
    permit.check(place)
    form = await Form.of(request)
    try:
        said = form.choice("decision", ("approve", "reject"))
        form.done()
        decided = DecideRun(id, found.payer, approve=said == "approve")
        await run(commands.decide_run, decided, by=permit.person, at=at)
    except Refusal as no:
        again, _ = await books.run(id)
        return await _run_shown(request, permit, again, at, no)
    return onward(f"/payout/{id}")


async def _run_shown(
    request: Ask, permit: Permit, found: RunView, at: datetime, no: Refusal | None = None
) -> Response[bytes]:
    say, lines = words_for(request), await queries.payouts(found.id)
    names = await _called(found.level, [line.payee for line in lines], say)
    behind = await vouchers.lines(found)
    if wanted(request):
        return _run_csv(say, found, lines, names, behind)
    last = await vouchers.run_before(found)
    rows = differences(behind, await vouchers.lines(last) if last else {})
    names.update(await _called(found.level, [row.payee for row in rows if not row.now], say))
    hands = [found.made_by, *([found.decided_by] if found.decided_by else [])]
    others = set(await _deciders(found.payer, at)) - {found.made_by}
    people = await money.people_called([*hands, *others], say)
    return page(
        request, "payout_run.html", no=no, run=found, last=last, rows=rows,
        lines={line.payee: line for line in lines}, names=names, people=people,
        payer=await groups.group(found.payer), others=[people[id] for id in sorted(others)],
        mine=found.made_by == permit.person, sum=sum(line.satang for line in lines),
        left=sum(line.satang for line in lines if line.state != "paid"),
        may_pay=_is_treasurer(permit),
    )  # fmt: skip


async def _deciders(payer: str, at: datetime) -> tuple[str, ...]:
    treasurers = await groups.holders_of("treasurer", payer, at)
    return treasurers + await groups.holders_of("leader", payer, at)


def _run_csv(
    say: Words, found: RunView, lines: list[PayoutView], names: dict[str, str],
    behind: dict[str, Line],
) -> Response[bytes]:  # fmt: skip
    head = [say("Paid to"), say("Kilos"), say("Sales"), say("Taken off"), say("From before"),
            say("Amount due"), say("State"), say("Bank"), say("Reference"),
            say("Paid on")]  # fmt: skip
    rows = [
        (names[line.payee], Kilos(behind[line.payee].grams), Baht(behind[line.payee].gross_satang),
         Baht(-behind[line.payee].deducted_satang), Baht(behind[line.payee].carried_satang),
         Baht(line.satang), say(f"payout.line.{line.state}"), line.bank,
         line.trans_ref, say.day(line.paid_at))
        for line in lines
    ]  # fmt: skip
    return sheet(f"payout-{found.number}", head, rows)


@get("/payout/{id:str}/pay", opt={"op": "payout.pay"})
async def pay_page(request: Ask, id: FromPath[str], permit: Mine) -> Response[bytes]:
    found, place = await books.run(id)
    permit.check(place)
    return await _pay_shown(request, found)


@post("/payout/{id:str}/pay", opt={"op": "payout.pay"})
async def pay(request: Ask, id: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    found, place = await books.run(id)
    permit.check(place)
    form = await Form.of(request)
    line, whose = await books.payout(form.raw("payout"))
    if line.run != id:
        raise NotThere
    try:
        permit.check(whose)
        paid = _paid(form, line)
        deeds.ensure_storable(paid)
        await run(commands.mark_paid, paid, by=permit.person, at=at)
    except Refusal as no:
        return await _pay_shown(request, found, no, form.typed)
    return onward(f"/payout/{id}/pay#paid")


def _paid(form: Form, line: PayoutView) -> MarkPaid:
    """Each button of the form says how it was paid."""
    by_cash = form.raw("how") == IN_CASH
    bank = IN_CASH if by_cash else form.text("bank", most=10)
    ref = form.text("trans_ref", most=40)
    form.done()
    return MarkPaid(line.id, line.payer, bank, ref)


async def _pay_shown(
    request: Ask, found: RunView, no: Refusal | None = None, typed: dict[str, str] | None = None
) -> Response[bytes]:
    lines = await queries.payouts(found.id)
    names = await _called(found.level, [line.payee for line in lines], words_for(request))
    return page(
        request, "payout_pay.html", no=no, typed=typed or {}, run=found, names=names,
        due=[line for line in lines if line.state == "due"],
        paid=[line for line in lines if line.state == "paid"],
        left=sum(line.satang for line in lines if line.state == "due"),
    )  # fmt: skip


def _is_treasurer(permit: Permit) -> bool:
    return "treasurer" in {grant.role for grant in permit.grants}


DOORS = [payout, make, one, decide, pay_page, pay]
