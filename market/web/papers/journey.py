"""The papers of a truck's day on A4: with them alone the whole day can be done and written down."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from certification.basis.units import baht, english_date, kilos, local_day, thai_date
from market.answers.words import words
from market.domain.journeys import links, rules
from market.domain.journeys.rules import Goods, Journey, OrderLine, Pickup, Visit
from market.domain.labels.drawing import qr_svg
from market.domain.truck_day.rules import CASH_KINDS

PARTS = ("driver", "load", "packing", "pickup", "tally", "cash", "closing")
"""In the order in which they are needed; `all` is every one of them in one file."""


def content(of: Journey, part: str, origin: str, at: datetime) -> dict[str, object]:
    """`part` is one of PARTS, or `all`."""
    since = f"{origin}/truck/{of.id}/papers?version={of.version}"
    return {
        "parts": list(PARTS) if part == "all" else [part],
        "title": f"{of.name} {of.on} v{of.version}",
        "truck": of.name, "plate": of.plate or "", "cancelled": of.cancelled,
        "operator": of.operator_th, "operator_en": of.operator_en,
        "on": _long(of), "on_en": english_date(of.on), "day": thai_date(of.on),
        "version": str(of.version), "printed": f"{thai_date(local_day(at))} {_clock_of(at)}",
        "newer": qr_svg(since), "estimated": of.estimated,
        "base": {"name": of.base.name_th, "name_en": of.base.name_en, "where": of.base.where_th,
                 "leaves": clock(of.leaves_s), "back": clock(of.back_s)},
        "km": f"{of.metres / 1000:.1f}", "kg": kilos(of.grams), "due": baht(of.due_satang),
        "plots": str(sum(one.kind == "plot" for one in of.visits)), "count": str(len(of.stops)),
        "visits": [_visit(of, one, origin) for one in of.visits],
        "loads": _loads(of), "spare": [_spare(one) for one in of.spare],
        "lots": _lots(of),
        "money": [baht(kind) for kind in CASH_KINDS],
    }  # fmt: skip


def _long(of: Journey) -> str:
    return f"{words('th')(f'weekday.{of.on.isoweekday()}')} {thai_date(of.on)}"


def clock(second: int) -> str:
    """`09.05`: what is begun of a minute counts whole."""
    minute = -(-second // 60)
    return f"{minute // 60:02}.{minute % 60:02}"


def _clock_of(at: datetime) -> str:
    return f"{rules.bangkok(at):%H.%M} น."


def _visit(of: Journey, one: Visit, origin: str) -> dict[str, object]:
    stop = one.kind == "stop"
    page = f"{origin}/truck/{of.id}/stop/{one.id}"
    return {
        "seq": str(one.seq), "kind": one.kind, "cancelled": one.cancelled,
        "name": one.spot.name_th, "name_en": one.spot.name_en, "where": one.spot.where_th,
        "grower": one.grower, "arrive": clock(one.arrive_s), "leave": clock(one.leave_s),
        "windows": [f"{clock(a)}–{clock(b)}" for a, b in one.windows],
        "goods": [_goods(each) for each in one.goods], "kg": kilos(one.grams),
        "crates": str(one.crates), "due": _baht(one.due_satang),
        "host": " ".join(filter(None, (one.terms.host_name, _phone(one.terms.host_phone)))),
        "parking": one.terms.parking,
        "fee": baht(one.terms.fee_satang) if one.terms.fee_satang else "",
        "qr": qr_svg(page if stop else links.there(one.spot)),
        "since": kilos(one.since_grams) if one.since_grams else "",
        "orders": [_order(each) for each in one.pickups],
        "people": [_order(each) for each in rules.as_asked_for(one.pickups)],
    }  # fmt: skip


def _goods(one: Goods) -> dict[str, str]:
    return {
        "name": one.name_th, "name_en": one.name_en, "lot": _code(one.lot_code),
        "kg": kilos(one.grams), "crates": str(one.crates),
    }  # fmt: skip


def _lots(of: Journey) -> list[dict[str, str]]:
    """Each lot of the day once, with all that is loaded of it."""
    grams = Counter[str]()
    first: dict[str, Goods] = {}
    for one in (*(x for v in of.loadings for x in v.goods), *of.spare):
        first.setdefault(one.lot_code, one)
    for visit in of.loadings:
        for one in visit.goods:
            grams[one.lot_code] += one.grams
    return [
        {**_goods(one), "kg": kilos(grams[code] or one.grams) if grams[code] or one.grams else ""}
        for code, one in first.items()
    ]


def _spare(one: Goods) -> dict[str, str]:
    price = baht(one.satang_per_kg) if one.satang_per_kg else ""
    return {**_goods(one), "kg": kilos(one.grams) if one.grams else "", "price": price}


def _order(one: Pickup) -> dict[str, object]:
    due = _baht(one.due_satang)
    return {
        "code": _code(one.code), "initial": one.initial, "last4": one.last4, "due": due,
        "paid": one.paid, "done": one.done, "lines": [_line(line) for line in one.lines],
    }  # fmt: skip


def _line(one: OrderLine) -> dict[str, str]:
    return {"name": one.name_th, "lot": _code(one.lot_code), "kg": kilos(one.grams)}


def _loads(of: Journey) -> list[dict[str, object]]:
    """The last stop's goods go in first."""
    comes = {x.lot_code: v for v in of.loadings for x in v.goods}
    return [
        {
            "seq": str(stop.seq), "name": stop.spot.name_th, "kg": kilos(stop.grams),
            "goods": [{**_goods(x), "from": _from(comes.get(x.lot_code))} for x in stop.goods],
        }
        for stop in reversed(of.stops)
    ]  # fmt: skip


def _from(loading: Visit | None) -> str:
    if loading is None or loading.kind == "base":
        return "ฐาน"
    return loading.spot.name_th


def _code(code: str) -> str:
    return f"{code[:4]} {code[4:]}"


def _baht(satang: int) -> str:
    """Without its unit, which stands at the head."""
    return f"{satang / 100:,.2f}".removesuffix(".00") if satang else ""


def _phone(number: str) -> str:
    return f"{number[:3]} {number[3:6]} {number[6:]}".strip()
