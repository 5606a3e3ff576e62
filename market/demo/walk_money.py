"""The third part of the walk: an order is paid, weighed, divided, and ends in Malee's hand."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

import msgspec

from certification.basis.ids import following, new_id
from certification.basis.units import baht
from market.demo.actors import Actor, Tale, expect
from market.demo.people import NETWORK, RATTAPHUM, who

Cast = Mapping[str, Actor]
SATANG_PER_KG = 6_000
ORDERED, WEIGHED = 2_000, 1_940
CASH_ORDERED = 1_000
BROUGHT, SPOILT = ORDERED + CASH_ORDERED, 100


class Sale(msgspec.Struct):
    lot: str = ""
    code: str = ""
    stock: str = ""
    cycle: str = ""
    offer: str = ""
    orders: tuple[str, ...] = ()
    sold: int = 0
    """Satang, by what the scales showed."""


async def walked(tale: Tale, cast: Cast, sale: Sale, guest_key: str) -> None:
    await _payment(tale, cast, sale, guest_key)
    await _desk(tale, cast, sale)
    await _stall(tale, cast, sale)
    await _settlement(tale, cast, sale)
    await _payout(tale, cast, NETWORK, "group")
    await _payout(tale, cast, RATTAPHUM, "farmer")
    await _statement(tale, cast, sale)


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


async def _desk(tale: Tale, cast: Cast, sale: Sale) -> None:
    dao, path = cast["dao"], f"/api/v1/offers/{sale.offer}/intake"
    load = {"id": new_id(), "weighed_grams": BROUGHT + SPOILT, "accepted_grams": BROUGHT}
    no = await dao.refused("intake.reason_missing", "PUT", path, load)
    for _ in range(2):
        done = await dao.put(path, {**load, "because": "spoilt"})
    expect(done["accepted_in_all"] == BROUGHT, f"{done['accepted_in_all']} g were weighed in")
    slip = await cast["malee"].get(f"/api/v1/intake/{done['intake']}")
    tale.tell(
        "Dao weighs in what Malee brings, once, and says why some of it is refused",
        no, f"{slip['accepted_grams']} g of {slip['weighed_grams']} g", slip["because"],
        f"lot {slip['lot_code']} on Malee's slip",
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
