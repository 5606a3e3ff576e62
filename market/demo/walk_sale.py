"""The second half of the walk: a harvest becomes a lot, an order, and money in Malee's hand."""

from __future__ import annotations

import importlib
import importlib.util
import io
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import msgspec

from certification.basis.ids import following, new_id
from certification.basis.units import baht, local_day
from market.demo import shop
from market.demo.actors import Actor, Tale, expect, now
from market.demo.people import NETWORK, RATTAPHUM, who
from market.demo.walk_field import CROP, Field

Cast = Mapping[str, Actor]
LOT_GRAMS, PACKET_GRAMS = 20_000, 500
SATANG_PER_KG = 6_000
ORDERED, WEIGHED = 2_000, 1_940
CASH_ORDERED = 1_000
OPEN_MINUTES = 10
"""Then the front page belongs to the demo's own round again."""
POINTS_PER_PIXEL = 72 / 300


class Sale(msgspec.Struct):
    lot: str = ""
    code: str = ""
    stock: str = ""
    cycle: str = ""
    offer: str = ""
    orders: tuple[str, ...] = ()
    sold: int = 0
    """Satang, by what the scales showed."""


async def walked(tale: Tale, cast: Cast, field: Field) -> None:
    sale = Sale()
    await _lot(tale, cast, field, sale)
    await _label(tale, cast, sale)
    await _scan(tale, cast, field, sale)
    await _cycle(tale, cast, sale)
    guest_key = await _guest_order(tale, cast, sale)
    await _cash_order(tale, cast, sale)
    await _payment(tale, cast, sale, guest_key)
    await _stall(tale, cast, sale)
    await _settlement(tale, cast, sale)
    await _payout(tale, cast, NETWORK, "group")
    await _payout(tale, cast, RATTAPHUM, "farmer")
    await _statement(tale, cast, sale)
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


async def _payment(tale: Tale, cast: Cast, sale: Sale, key: str) -> None:
    order, stranger, prasert = sale.orders[0], cast["stranger"], cast["prasert"]
    stranger.http.headers["x-order-key"] = key
    asked = await stranger.put(f"/api/v1/orders/{order}/payment-request")
    del stranger.http.headers["x-order-key"]
    tale.tell(
        "PromptPay asks for an amount that nobody else is asked for",
        baht(asked["satang"], "en"), f"{asked['discount_satang']} satang off", asked["payload"],
    )  # fmt: skip
    path = f"/api/v1/payments/{order}/confirmation"
    slip = {"kind": "slip", "bank": "004", "trans_ref": f"WALK{secrets.token_hex(8)}"}
    wrong = {"id": new_id(), "satang": asked["satang"] - 100, **slip}
    tale.tell(
        "Another amount than was asked is not this payment",
        await prasert.refused("payments.wrong_amount", "PUT", path, wrong),
    )
    right = {"id": new_id(), "satang": asked["satang"], **slip}
    paid = await prasert.put(path, right)
    await prasert.put(path, right)
    expect(paid["outcome"] == "confirmed", f"the payment came to {paid['outcome']}")
    tale.tell(
        "Prasert finds the money in the bank and confirms it, once",
        paid["outcome"], slip["trans_ref"],
    )  # fmt: skip


async def _stall(tale: Tale, cast: Cast, sale: Sale) -> None:
    dao = cast["dao"]
    for order, grams in zip(sale.orders, (WEIGHED, CASH_ORDERED), strict=True):
        path = f"/api/v1/orders/{order}/handover"
        [line] = (await dao.get(path))["lines"]
        given = {"id": new_id(), "lines": [{"line": line["id"], "grams": grams}]}
        done = await dao.put(path, given)
        final = grams * SATANG_PER_KG // 1_000
        expect(done["final_satang"] == final, f"{grams} g cost {done['final_satang']}")
        sale.sold += final
        tale.tell(
            "Dao weighs and hands over",
            f"{line['grams']} g ordered, {grams} g weighed", baht(final, "en"),
            f"{baht(done['credited_satang'], 'en')} to the buyer's credit",
            f"{baht(done['cash_satang'], 'en')} in cash",
        )  # fmt: skip
    again = {**given, "id": new_id()}
    no = await dao.refused("orders.already_handed_over", "PUT", path, again)
    tale.tell("Nothing is handed over twice", no)


async def _settlement(tale: Tale, cast: Cast, sale: Sale) -> None:
    wanted = {"id": new_id(), "cycle": sale.cycle}
    done = await cast["prasert"].post("/api/v1/settlements", wanted)
    expect(done["gross_satang"] == sale.sold, f"{done['gross_satang']} were settled")
    [settlement] = done["settlements"]
    shown = await cast["prasert"].get(f"/api/v1/settlements/{settlement}")
    parts = ("farmers", "group", "truck", "fund", "merchant")
    tale.tell(
        "The round is divided by the rule it froze",
        baht(sale.sold, "en") + ":",
        *(f"{name} {baht(shown['settlement'][f'{name}_satang'], 'en')}" for name in parts),
    )
    again = {"id": new_id(), "cycle": sale.cycle}
    no = await cast["prasert"].refused(
        "settlement.nothing_to_settle", "POST", "/api/v1/settlements", again
    )
    tale.tell("And only once", no)


async def _payout(tale: Tale, cast: Cast, payer: str, level: str) -> None:
    prasert, dao, run = cast["prasert"], cast["dao"], new_id()
    made = await prasert.post("/api/v1/payout-runs", {"id": run, "payer": payer, "level": level})
    path, yes = f"/api/v1/payout-runs/{run}", {"approve": True}
    await prasert.step_up()
    no = await prasert.refused("settlement.same_hands", "PUT", f"{path}/decision", yes)
    tale.tell(
        f"Prasert makes a run that pays each {level}, and may not approve it himself",
        baht(made["satang"], "en"), no,
    )  # fmt: skip
    await dao.step_up()
    approved = await dao.put(f"{path}/decision", yes)
    paid = []
    for payout in (await dao.get(path))["payouts"]:
        slip = {"bank": "004", "trans_ref": following(run, payout["id"])}
        done = await prasert.put(f"/api/v1/payouts/{payout['id']}/payment", slip)
        paid.append(baht(done["satang"], "en"))
    tale.tell("Dao approves it, and it is paid line by line", approved["type"], *paid)


async def _statement(tale: Tale, cast: Cast, sale: Sale) -> None:
    path = f"/api/v1/statements/{who('malee')}"
    mine = await cast["malee"].get(path)
    [share] = [share for share in mine["shares"] if share["cycle"] == sale.cycle]
    expect(mine["settled_satang"] == mine["paid_satang"], "Malee is still owed something")
    tale.tell(
        "Malee's statement: what she sold and that it was paid",
        f"{share['grams']} g", baht(share["satang"], "en"),
        f"of {baht(share['sales_satang'], 'en')}", f"paid in all {baht(mine['paid_satang'], 'en')}",
    )  # fmt: skip
    no = await cast["krit"].refused("access.not_there", "GET", path)
    tale.tell("It is not Krit's to read", no)


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
            ("/farm",), (f"/farm/plots/{field.plot}", field.code),
            (f"/farm/lots/{sale.lot}", sale.code), ("/farm/money",),
        )),
        ("Prasert", "prasert", (("/till",), ("/settle",), ("/payout",), ("/ledger",))),
        ("Dao", "dao", (("/stall",),)),
        ("Nok", "nok", (("/me",),)),
    ):  # fmt: skip
        seen = [await cast[key].page(path, *words) for path, *words in pages]
        tale.tell(f"{whose} reads the same on pages", "\n     ".join(seen))
