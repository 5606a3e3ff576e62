"""Crates at the doors: made, filled, lent, back again, sent, counted, and what strangers see."""

import re
from html import unescape

from httpx import AsyncClient, Response

from certification.basis.ids import new_id
from market.domain.custody import queries, under_way
from market.domain.ledger.queries import balance
from market.domain.ledger.rules import own
from market.domain.orders import queries as orders
from tests.cast import DAO, KRIT, MALEE, NETWORK, NOK, PARTICULARS, PRASERT, YING
from tests.doors import Doors
from tests.market.crates import Crates, crates_of
from tests.market.stall import stall_in_village

KIND = {
    "owner": NETWORK, "name_th": "ตะกร้า", "name_en": "Basket", "holds": "10", "tare": "0.8",
    "deposit": "50", "kept": "50", "days": "7",
}  # fmt: skip


async def do(who: AsyncClient, crate: str, deed: str, **said: str) -> Response:
    return await who.post(f"/crates/{crate}", data={"id": new_id(), "deed": deed, **said})


async def test_a_crate_goes_round_and_its_deposit_with_it(doors: Doors) -> None:
    there = await crates_of(await stall_in_village(), 2)
    crate, other = there.ids
    dao, krit = await doors.as_(DAO, "en"), await doors.as_(KRIT, "en")
    stranger = doors.stranger("en")
    placed = await there.stall.paid(2_000)
    lot = await lot_of(placed.order)

    wrong = await do(dao, crate, "fill", lot=lot, grams="lots")
    assert (wrong.status_code, f'value="{lot}"' in wrong.text) == (400, True), "typed stays"
    assert (await do(dao, crate, "fill", lot=lot, grams="2")).status_code == 200
    found = await dao.get("/crates", params={"code": there.codes[0].lower()})
    assert (found.url.path, lot in found.text) == (f"/crates/{crate}", True)
    missing = await dao.get("/crates", params={"code": "0" * 16})
    assert (missing.status_code, "no such crate" in missing.text) == (404, True)
    lent = await do(dao, crate, "lend", rail="cash", order=placed.code)
    assert f"Order {placed.code}" in unescape(lent.text)
    again = await do(dao, crate, "lend", rail="cash")
    assert (again.status_code, "Nothing was changed" in again.text) == (409, True)

    seen = unescape((await stranger.get(f"/S/{there.codes[0]}")).text)
    assert f'href="/L/{lot}"' in seen
    assert "Rattaphum Organic Farmers" in seen
    told = await stranger.get(f"/grievance/new?code={there.codes[0]}&kind=label")
    assert ("not one of ours" in told.text, f"/S/{there.codes[0]}" in told.text) == (False, True)
    for hidden in (placed.code, PARTICULARS[NOK].name, PARTICULARS[DAO].name):
        assert hidden not in seen
    slip = there.codes[0][:-1] + ("0" if there.codes[0][-1] != "0" else "1")
    nearest = await stranger.get(f"/S/{slip}")
    assert (nearest.status_code, f'href="/S/{there.codes[0]}"' in nearest.text) == (404, True)
    assert (await stranger.get(f"/find?code={there.codes[0]}")).url.path == f"/S/{there.codes[0]}"

    prasert = await doors.as_(PRASERT, "en")
    sheet = (await prasert.get("/crates/deposits?as=csv")).text
    assert f"{there.codes[0]},Green crate,Order {placed.code}" in sheet
    assert (await prasert.get("/crates/deposits?as=xlsx")).content[:2] == b"PK"
    assert (await do(prasert, crate, "return", rail="cash")).status_code == 403, "only looks"
    assert (await krit.get(f"/crates/{crate}")).status_code in (403, 404)
    order = unescape((await (await doors.as_(NOK, "en")).get(f"/order/{placed.code}")).text)
    assert "Deposit for crate" in order

    swapped = await do(dao, crate, "swap", out=there.codes[1], rail="cash")
    assert swapped.status_code == 200
    id = new_id()
    for _ in range(2):
        back = await do(dao, other, "return", rail="cash", id=id)
        assert back.status_code == 200
    assert await balance(own("cash", NETWORK)) == 0
    assert [await there.state(one) for one in there.ids] == ["back", "back"]


async def lot_of(order: str) -> str:
    [code] = {line.lot_code for line in (await orders.merchants(order, NETWORK)).lines}
    return code


async def test_kinds_terms_and_new_crates_are_made_by_who_keeps_them(doors: Doors) -> None:
    prasert, dao = await doors.as_(PRASERT, "en"), await doors.as_(DAO, "en")
    wrong = await prasert.post("/crates/new", data={**KIND, "kept": "60"})
    assert (wrong.status_code, 'value="Basket"' in wrong.text) == (400, True)
    asked = {**KIND, "id": new_id()}
    for _ in range(2):
        assert (await prasert.post("/crates/new", data=asked)).status_code == 200
    [kind] = await queries.kinds([NETWORK])
    made = await dao.post(f"/crates/kinds/{kind.id}/crates", data={"id": new_id(), "count": "3"})
    assert "3 without a label" in made.text, "what comes next"
    terms = {"id": new_id(), "deposit": "80", "kept": "40", "days": "14"}
    assert (await prasert.post(f"/crates/kinds/{kind.id}/terms", data=terms)).status_code == 200
    assert (await queries.kind(kind.id)).deposit_satang == 8_000
    table = (await dao.get("/crates?as=csv")).text
    assert len(re.findall("Basket", table)) == 3
    krit = await doors.as_(KRIT, "en")
    assert "Basket" not in (await krit.get("/crates")).text


async def test_goods_are_sent_by_one_and_counted_by_another(doors: Doors) -> None:
    there: Crates = await crates_of(await stall_in_village(), 1)
    dao, ying = await doors.as_(DAO, "en"), await doors.as_(YING, "en")
    await there.fill(there.ids[0], 1_000)
    placed = await there.stall.order(rail="cash")
    lot = await lot_of(placed.order)
    form = {
        "id": new_id(), "from_place": there.base, "to_place": there.stall.place,
        "due_on": "22/11/69", "due_at": "15.00", "crates": there.codes[0], "lot-0": lot,
        "grams-0": "2",
    }  # fmt: skip
    sent = await dao.post("/moves/new", data=form)
    assert "somebody else counts it" in sent.text
    [move] = await under_way.dispatches([NETWORK])
    page = unescape((await ying.get(f"/moves/{move.id}")).text)
    lines = await under_way.sent(move.id)
    loose = next(n for n, line in enumerate(lines) if line.crate is None)
    count = {f"g-{loose}": "1.8", f"g-{1 - loose}": "1"}
    assert "in crate" in page
    no = await ying.post(f"/moves/{move.id}", data=count)
    assert (no.status_code, "Say why" in no.text, 'value="1.8"' in no.text) == (400, True, True)
    counted = await ying.post(f"/moves/{move.id}", data={**count, f"r-{loose}": "spilt"})
    assert "lost" in counted.text
    late = await ying.post(f"/moves/{move.id}", data={**count, "id": new_id()})
    assert late.status_code in (400, 409)
    assert "counted" in (await dao.get("/moves?as=csv")).text
    assert "The yard" not in page, "only operators know where a truck stands at night"
    chain = await (await doors.as_(MALEE)).get(f"/api/v1/lots/{there.stall.lot}/chain")
    kinds = [step["kind"] for step in chain.json()]
    assert {"harvested", "crated", "dispatched", "received", "wasted"} <= set(kinds)


async def test_labels_of_crates_are_made_at_the_door_and_again_with_a_reason(
    doors: Doors,
) -> None:
    there = await crates_of(await stall_in_village(), 2)
    dao, krit = await doors.as_(DAO, "en"), await doors.as_(KRIT, "en")
    asked = {"id": new_id(), "crate": there.ids, "sheet": "l7160", "level": "Q", "start_at": "3"}
    page = unescape((await dao.get("/crates/labels")).text)
    assert ("Green crate: 2 without a label" in page, there.ids[1] in page) == (True, True)
    wrong = await dao.post("/crates/labels", data={**asked, "start_at": "40"})
    assert (wrong.status_code, 'value="40"' in wrong.text) == (400, True), "typed stays"
    made = await dao.post("/crates/labels", data=asked)
    assert "2 labels" in unescape(made.text), made.text
    twice = await dao.post("/crates/labels", data={**asked, "id": new_id()})
    assert (twice.status_code, "say why" in twice.text) == (409, True)
    again = {**asked, "id": new_id(), "crate": there.ids[0], "again": "yes", "reason": "faded"}
    made = await dao.post("/crates/labels", data={**again, "sheet": "t50x30", "start_at": "1"})
    assert "reprint" in made.text
    file = f"/crates/sheets/{asked['id']}.pdf"
    assert (await dao.get(file)).content[:4] == b"%PDF"
    listed = (await dao.get("/api/v1/crate-labels")).json()
    assert [(one["reason"], len(one["crates"])) for one in listed] == [("faded", 1), (None, 2)]
    strip = await dao.get(f"/api/v1/crate-labels/{again['id']}-203.escpos")
    assert (strip.status_code, strip.content[:2]) == (200, b"\x1b@")
    assert (await dao.get(f"/crates/sheets/{asked['id']}-203.zpl")).status_code == 404, "paper"
    body = {"id": new_id(), "crates": [there.ids[0]], "sheet": "l7160"}
    for way in (krit.get(file), krit.post("/api/v1/crate-labels", json=body)):
        assert (await way).status_code in (403, 404)
