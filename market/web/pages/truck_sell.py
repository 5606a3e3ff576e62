"""To who comes by: tap what and how much, take the money, and undo what was none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.ids import is_id
from certification.basis.refusal import Invalid, Refusal
from certification.basis.transaction import run
from certification.basis.units import arabic, weight_grams
from certification.people import queries as people
from market.access import books, deeds, rides
from market.access.permit import Permit
from market.answers.refusals import FieldWrong, Mistyped
from market.domain.labels.drawing import qr_svg
from market.domain.payments import queries as payments
from market.domain.payments import rules as rails
from market.domain.payments.rules import NoAccount
from market.domain.truck_day import closing, manifest, queries, stops
from market.domain.truck_day.queries import TruckView
from market.domain.walkup import queries as walked
from market.domain.walkup import rules
from market.domain.walkup.rules import Priced, Sell, SoldLine
from market.web import money
from market.web.form import Form
from market.web.page import Ask, onward, page

At = NamedDependency[datetime]
Mine = NamedDependency[Permit]
RAILS = ("cash", "promptpay", "credit")
LATE_RAILS = ("counted", "cash", "promptpay")


class Holder(msgspec.Struct, frozen=True):
    """A buyer with credit, as much of whom as the seller needs to know the right one."""

    id: str
    name: str
    last4: str
    satang: int


class Chosen(msgspec.Struct, frozen=True):
    """What was tapped: lines, and the fields as they were typed, to be carried on."""

    lines: tuple[SoldLine, ...]
    typed: dict[str, str]


@get("/truck/{day:str}/sell", opt={"op": "truck_day.read"})
async def sell_page(request: Ask, day: FromPath[str], permit: Mine) -> Response[bytes]:
    return await _tiles(request, await rides.ride(day, permit))


async def _tiles(
    request: Ask, ride: TruckView, *, no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:  # fmt: skip
    aboard = await walked.aboard(ride.id)
    suspended = set(await manifest.suspended([one.lot for one in aboard]))
    sales = await walked.sales(ride.id)
    return page(
        request, "truck_sell.html", no=no, typed=typed or {}, ride=ride, suspended=suspended,
        goods=[one for one in aboard if one.left_grams],
        gone=[one for one in aboard if not one.left_grams],
        sales=sales[::-1][:20], more=max(len(sales) - 20, 0),
        taken=sum(one.satang for one in sales if not one.void),
    )  # fmt: skip


@get("/truck/{day:str}/pay", opt={"op": "truck_day.read"})
async def pay_page(request: Ask, day: FromPath[str], permit: Mine) -> Response[bytes]:
    """What it comes to, with change, the PromptPay code, and whose credit."""
    ride = await rides.ride(day, permit)
    said = {name: str(value) for name, value in request.query_params.items()}
    if not any(name.startswith(("kg-", "pack-")) for name in said):
        return await _tiles(request, ride)
    try:
        return await _pay(request, ride, await _chosen(said, ride))
    except Refusal as no:
        return await _tiles(request, ride, no=no, typed=said)


@post("/truck/{day:str}/pay", opt={"op": "truck_day.work"})
async def pay(request: Ask, day: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    ride, form = await rides.ride(day, permit), await Form.of(request)
    try:
        chosen = await _chosen(form.typed, ride)
    except Refusal as no:
        return await _tiles(request, ride, no=no, typed=form.typed)
    try:
        sale = Sell(
            form.id(), ride.operator, ride.id, chosen.lines, form.choice("rail", RAILS),  # type: ignore[arg-type]
            await _here(ride), form.raw("buyer")[:36] or None,
        )  # fmt: skip
        form.done()
        deeds.ensure_storable(sale, sale.id)
        sold = await run(stops.sell, sale, by=permit.person, at=at)
    except Refusal as no:
        return await _pay(request, ride, chosen, no=no)
    return onward(f"/truck/{ride.id}/sell?sold={sold.sale}")


async def _here(ride: TruckView) -> str | None:
    return next((stop.place for stop in await queries.stops(ride) if stop.is_here), None)


async def _chosen(said: dict[str, str], ride: TruckView) -> Chosen:
    """`kg-{lease}`: kilos; `pack-{lease}`: bags or bunches."""
    wrong: dict[str, Refusal] = {}
    lines = []
    for lease, of in (await walked.leased(ride.id)).items():
        if grams := _read(said, f"kg-{lease}", _grams, wrong):
            lines.append(SoldLine(lease, "kg", grams))
        if of.pack and (count := _read(said, f"pack-{lease}", _count, wrong)):
            lines.append(SoldLine(lease, of.pack, 0, count))  # type: ignore[arg-type]
    if wrong:
        raise Mistyped(wrong)
    if not lines:
        raise rules.NothingSold(field="lines")
    kept = {name: value for name, value in said.items() if name.startswith(("kg-", "pack-"))}
    return Chosen(tuple(lines), {name: value for name, value in kept.items() if value})


def _read(
    said: dict[str, str], name: str, read: Callable[[str], int], wrong: dict[str, Refusal]
) -> int:
    text = said.get(name, "").strip()[:80]
    if not text:
        return 0
    try:
        return read(text)
    except Invalid as why:
        wrong[name] = why
    except ValueError:
        wrong[name] = FieldWrong(field=name)
    return 0


def _grams(text: str) -> int:
    return weight_grams(text, unit="kg")


def _count(text: str) -> int:
    number = int(arabic(text))
    if not 0 <= number <= rules.COUNT_MAX:
        raise ValueError(text)
    return number


async def _pay(
    request: Ask, ride: TruckView, chosen: Chosen, *, no: Refusal | None = None
) -> Response[bytes]:
    goods = {one.id: one for one in await walked.aboard(ride.id)}
    lines: list[Priced] = rules.priced(chosen.lines, dict(goods))
    sum_ = sum(line.satang for line in lines)
    return page(
        request, "truck_pay.html", no=no, ride=ride, chosen=chosen.typed, sum=sum_,
        lines=[(goods[line.lease.id], line) for line in lines], change=money.change(sum_),
        qr=await _qr(ride.operator, sum_), account=await _account(ride.operator),
        holders=await _holders(ride.operator, sum_),
        short=[line.lease.id for line in lines if line.grams > line.lease.left_grams],
    )  # fmt: skip


async def _account(merchant: str) -> str:
    try:
        return (await payments.account(merchant)).number
    except NoAccount:
        return ""


async def _qr(merchant: str, satang: int) -> str:
    try:
        account = await payments.account(merchant)
    except NoAccount:
        return ""
    ref = "TRUCK" if account.kind == "biller" else ""
    return qr_svg(rails.payload(account.kind, account.number, satang, ref1=ref))


async def _holders(merchant: str, satang: int) -> list[Holder]:
    """Who has as much credit; by name."""
    enough = {of: left for of, left in (await books.credits(merchant)).items() if left >= satang}
    known = await people.particulars_of(list(enough))
    found = [
        Holder(id, of.name, (of.phone or "")[-4:], enough[id]) for id, of in known.items()
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.name, one.id))


@post("/truck/{day:str}/void", opt={"op": "truck_day.work"})
async def void(request: Ask, day: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    ride, form = await rides.ride(day, permit), await Form.of(request)
    try:
        sale = form.raw("sale")
        if not is_id(sale):
            raise rules.NoSuchSale()
        await run(stops.void, form.id(), sale, ride.id, by=permit.person, at=at)
    except Refusal as no:
        return await _tiles(request, ride, no=no)
    return onward(f"/truck/{ride.id}/sell")


@get("/truck/{day:str}/late", opt={"op": "truck_day.read"})
async def late_page(request: Ask, day: FromPath[str], permit: Mine) -> Response[bytes]:
    return await _late(request, await rides.ride(day, permit))


@post("/truck/{day:str}/late", opt={"op": "truck_day.work"})
async def late(request: Ask, day: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    """A sale that stood on paper and was forgotten, entered after the day was closed."""
    ride, form = await rides.ride(day, permit), await Form.of(request)
    try:
        chosen = await _chosen(form.typed, ride)
        sale = Sell(
            form.id(),
            ride.operator,
            ride.id,
            chosen.lines,
            form.choice("rail", LATE_RAILS),  # type: ignore[arg-type]
        )
        form.done()
        deeds.ensure_storable(sale, sale.id)
        await run(closing.enter_late, sale, by=permit.person, at=at)
    except Refusal as no:
        return await _late(request, ride, no=no, typed=form.typed)
    return onward(f"/truck/{ride.id}/close")


async def _late(
    request: Ask, ride: TruckView, *, no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:  # fmt: skip
    return page(
        request, "truck_late.html", no=no, typed=typed or {}, ride=ride,
        goods=await walked.aboard(ride.id),
    )  # fmt: skip


DOORS: list[Any] = [sell_page, pay_page, pay, void, late_page, late]
