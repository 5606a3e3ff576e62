"""The second part of the walk: a harvest becomes a lot with labels, and somebody orders it."""

from __future__ import annotations

import importlib
import importlib.util
import io
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from certification.basis.ids import new_id
from certification.basis.units import baht, local_day
from market.demo import shop, walk_money
from market.demo.actors import Actor, Tale, expect, now
from market.demo.people import NETWORK
from market.demo.walk_field import CROP, Field
from market.demo.walk_money import CASH_ORDERED, ORDERED, SATANG_PER_KG, Sale

Cast = Mapping[str, Actor]
LOT_GRAMS, PACKET_GRAMS = 20_000, 500
OPEN_MINUTES = 10
"""Then the front page belongs to the demo's own round again."""
POINTS_PER_PIXEL = 72 / 300


async def walked(tale: Tale, cast: Cast, field: Field) -> None:
    sale = Sale()
    await _lot(tale, cast, field, sale)
    await _label(tale, cast, sale)
    await _scan(tale, cast, field, sale)
    await _cycle(tale, cast, sale)
    guest_key = await _guest_order(tale, cast, sale)
    await _cash_order(tale, cast, sale)
    await walk_money.walked(tale, cast, sale, guest_key)
    await _pages(tale, cast, field, sale)


async def _lot(tale: Tale, cast: Cast, field: Field, sale: Sale) -> None:
    sale.lot = new_id()
    cut = {
        "id": sale.lot, "plot": field.plot, "crop": CROP, "harvested_on": str(local_day(now())),
        "grams": LOT_GRAMS, "planting": field.planting,
    }  # fmt: skip
    made = await cast["malee"].post("/api/v1/lots", cut)
    sale.code, sale.stock = made["code"], made["stock"]
    expect(made["claim"] == "organic", f"the lot is {made['claim']} because {made['because']}")
    tale.tell(
        "Malee cuts kale: the claim follows from certificate, day and yield",
        f"lot {sale.code}", f"{LOT_GRAMS // 1000} kg", made["claim"], made["because"],
        f"at most {made['ceiling_grams'] // 1000} kg of this planting",
    )  # fmt: skip
    early = {**cut, "id": new_id(), "harvested_on": str(local_day(now()) - timedelta(days=1))}
    no = await cast["malee"].refused("lots.before_certificate", "POST", "/api/v1/lots", early)
    tale.tell("Kale cut the day before the certificate began is not saved in silence", no)
    much = {**cut, "id": new_id(), "grams": made["ceiling_grams"]}
    over = await cast["malee"].post("/api/v1/lots", much)
    expect(over["claim"] == "plain", "more than the field bears was called organic")
    tale.tell(
        "More than the field can bear stays a plain lot, which no label calls organic",
        f"lot {over['code']}", over["claim"], over["because"],
    )  # fmt: skip


async def _label(tale: Tale, cast: Cast, sale: Sale) -> None:
    path = f"/api/v1/lots/{sale.lot}/labels"
    run = {
        "id": new_id(), "sheet": "a4-3x8", "packet_grams": PACKET_GRAMS,
        "labels": LOT_GRAMS // PACKET_GRAMS,
    }  # fmt: skip
    await cast["malee"].post(path, run)
    more = {**run, "id": new_id(), "labels": 1}
    no = await cast["malee"].refused("labels.too_many_packets", "POST", path, more)
    tale.tell("Not one label more than the lot has packets", no)
    sheet = await cast["malee"].file(f"{path}/{run['id']}.pdf")
    expect(sheet.startswith(b"%PDF"), "the sheet of labels is no PDF")
    wanted = f"{tale.origin}/L/{sale.code}".upper()
    read = _codes_on(sheet)
    if read is None:
        shown = f"{wanted} (zxing-cpp and pypdfium2 are not here to read it back)"
    else:
        expect(read and set(read) == {wanted}, f"the labels say {sorted(set(read))[:3]}")
        shown = f"{len(read)} codes on the first page read back: {wanted}"
    tale.tell("The sheet of labels as PDF", f"{len(sheet):,} bytes", shown)


def _codes_on(sheet: bytes) -> list[str] | None:
    """What a scanner reads on the first page; None where no scanner is installed."""
    if not all(importlib.util.find_spec(name) for name in ("zxingcpp", "pypdfium2")):
        return None
    pdfium: Any = importlib.import_module("pypdfium2")
    zxing: Any = importlib.import_module("zxingcpp")
    document = pdfium.PdfDocument(io.BytesIO(sheet))
    try:
        picture = document[0].render(scale=1 / POINTS_PER_PIXEL).to_pil()
        return [found.text for found in zxing.read_barcodes(picture)]
    finally:
        document.close()


async def _scan(tale: Tale, cast: Cast, field: Field, sale: Sale) -> None:
    stranger = cast["stranger"]
    trace = await stranger.get(f"/api/v1/lots/by-code/{sale.code.lower()}")
    expect(trace["verdict"]["level"] == "ok", f"the verdict is {trace['verdict']}")
    expect(trace["certificate"]["number"] == field.number, "another certificate is shown")
    page = await stranger.page(f"/L/{sale.code}", field.number)
    tale.tell(
        "Whoever scans it sees the verdict, the certificate and the proof",
        trace["verdict"]["reason"], field.number, f"log entry {trace['proof']['seq']}",
        f"leaf {trace['proof']['leaf'][:16]}…", page,
    )  # fmt: skip


async def _cycle(tale: Tale, cast: Cast, sale: Sale) -> None:
    sale.cycle, sale.offer, at = new_id(), new_id(), now()
    opening = {
        "id": sale.cycle, "merchant": NETWORK, "name_th": "รอบสาธิต", "name_en": "The walk's round",
        "place": shop.PLACE, "opens_at": at - timedelta(minutes=1),
        "closes_at": at + timedelta(minutes=OPEN_MINUTES), "pickup_from": at,
        "pickup_until": at + timedelta(hours=6),
    }  # fmt: skip
    await cast["wan"].post("/api/v1/cycles", opening)
    offered = {
        "id": sale.offer, "stock": sale.stock, "product": shop.product(CROP),
        "satang_per_kg": SATANG_PER_KG, "step_grams": 500,
    }  # fmt: skip
    await cast["wan"].post(f"/api/v1/cycles/{sale.cycle}/offers", offered)
    [line] = await cast["stranger"].get(f"/api/v1/cycles/{sale.cycle}/shop")
    parts = line["parts"]
    tale.tell(
        "A round opens at the hospital's green market; the shop shows where each baht goes",
        f"{baht(SATANG_PER_KG, 'en')} a kilo:",
        *(f"{name} {baht(satang, 'en')}" for name, satang in parts.items()),
    )
    expect(sum(parts.values()) == SATANG_PER_KG, "the parts are not the price")


async def _guest_order(tale: Tale, cast: Cast, sale: Sale) -> str:
    order, key = new_id(), secrets.token_urlsafe(24)
    wanted = {
        "id": order, "cycle": sale.cycle, "rail": "promptpay",
        "lines": [{"offer": sale.offer, "grams": ORDERED}],
        "guest": {"name": "ลูกค้าสาธิต (ตัวอย่าง)", "phone": "0800000098", "key": key},
    }  # fmt: skip
    placed = await cast["stranger"].post("/api/v1/orders", wanted)
    again = await cast["stranger"].post("/api/v1/orders", wanted)
    expect(again["code"] == placed["code"], "pressed twice it became two orders")
    sale.orders = (order,)
    tale.tell(
        "A guest orders without an account; pressed twice it is one order",
        f"order {placed['code']}", baht(placed["satang"], "en"),
    )  # fmt: skip
    path = f"/api/v1/orders/{order}"
    no = await cast["nok"].refused("orders.no_such_order", "GET", path)
    tale.tell("It is nobody else's to see", no)
    return key


async def _cash_order(tale: Tale, cast: Cast, sale: Sale) -> None:
    wanted = {
        "id": new_id(), "cycle": sale.cycle, "rail": "cash",
        "lines": [{"offer": sale.offer, "grams": LOT_GRAMS}],
    }  # fmt: skip
    no = await cast["nok"].refused("lots.sold_out", "POST", "/api/v1/orders", wanted)
    tale.tell("What is not there is not sold", no)
    wanted = {**wanted, "id": new_id(), "lines": [{"offer": sale.offer, "grams": CASH_ORDERED}]}
    placed = await cast["nok"].post("/api/v1/orders", wanted)
    sale.orders += (placed["order"],)
    tale.tell(
        "Nok orders and will pay at the stall",
        f"order {placed['code']}", baht(placed["satang"], "en"),
    )  # fmt: skip


async def _pages(tale: Tale, cast: Cast, field: Field, sale: Sale) -> None:
    """The same things on the pages that people use."""
    number = field.number
    for whose, key, pages in (
        ("Anybody", "stranger", (
            ("/",), (f"/shop/{sale.cycle}",), (f"/L/{sale.code}", number),
            (f"/C/{field.certificate_code}", number), (f"/P/{field.code}",),
            ("/registry/public",), ("/log",),
        )),
        ("Malee", "malee", (
            ("/farm",), (f"/farm/plots/{field.plot}", "แปลงสาธิต"),
            (f"/farm/lots/{sale.lot}", sale.code), ("/farm/money",),
        )),
        ("Somchai", "somchai", (("/inspect",), (f"/inspect/{field.inspection}",))),
        ("Wan", "wan", (
            ("/board",), (f"/meetings/{field.meeting}",), (f"/certs/{field.certificate}", number),
        )),
        ("Prasert", "prasert", (("/till",), ("/settle",), ("/payout",), ("/ledger",))),
        ("Dao", "dao", (("/stall",),)),
        ("Nok", "nok", (("/me",),)),
    ):  # fmt: skip
        seen = [await cast[key].page(path, *words) for path, *words in pages]
        tale.tell(f"{whose} reads the same on pages", "\n     ".join(seen))
