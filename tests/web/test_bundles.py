"""Dao puts a box together on a page, Nok orders it there; by program too; Krit does neither."""

from html import unescape

from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.bundles import commands, queries
from market.domain.bundles.rules import MakeBundle, Part
from market.domain.offers import commands as offers
from market.domain.offers import queries as shop
from market.domain.offers.rules import MakeOffer
from market.domain.orders import queries as orders
from market.domain.products.tables import Product
from market.jobs import readers
from tests.cast import DAO, KRIT, MALEE, NETWORK, NOK, NOW, RATTAPHUM
from tests.doors import Doors
from tests.market.stall import faults, harvest_and_offer, harvested, stall_in_village
from tests.web.test_order import PREECHA


async def test_a_box_is_put_together_and_ordered(doors: Doors) -> None:
    there, dao, nok = await stall_in_village(), await doors.as_(DAO), await doors.as_(NOK, "en")
    await harvest_and_offer(there, 3_000, 3_000)
    address = f"/bundles/{there.cycle}"
    assert len((await dao.get(f"/api/v1/cycles/{there.cycle}/shop")).json()) == 2
    page = (await dao.get(address)).text
    products = [part.split('"')[0] for part in page.split('<option value="')[1:]]
    one, other = sorted({one for one in products if one})[:2]
    form = {
        "id": new_id(), "name_th": "ชุดผัก", "name_en": "Greens", "price": "75", "a0": one,
        "weight0": "1", "a1": other, "b1": one, "weight1": "๐.๕",
    }  # fmt: skip
    make = f"/cycles/{there.cycle}/bundles"
    lone = await dao.post(make, data={**form, "a1": "", "b1": ""})
    assert (lone.status_code, 'value="75"' in lone.text) == (400, True)
    krit = await doors.as_(KRIT)
    assert (await krit.post(make, data=form)).status_code == 404
    for _ in range(2):
        assert (await dao.post(make, data=form)).status_code == 200
    [box] = await queries.of_cycle(there.cycle)
    assert (box.satang, len(box.parts)) == (7_500, 2)
    assert "ชุดผัก" in (await doors.stranger().get(address)).text
    wanted = {"id": new_id(), f"n-{box.id}": "1", "rail": "cash"}
    guest, key = doors.stranger(), {"key": "k" * 43}
    nameless = await guest.post(address, data=wanted | key | {"name": "", "phone": "12"})
    assert (nameless.status_code, nameless.text.count('class="why"')) == (400, 2)
    named = wanted | key | PREECHA | {"id": new_id(), "rail": "promptpay"}
    paying = await guest.post(address, data=named, follow_redirects=False)
    assert paying.headers["location"].endswith(f"/pay?key={'k' * 43}")
    assert (await guest.get(paying.headers["location"])).status_code == 200
    assert (await nok.post(address, data=wanted | {f"n-{box.id}": "0"})).status_code == 400
    for _ in range(2):
        said = await nok.post(address, data=wanted, follow_redirects=False)
        assert said.status_code == 303, said.text
    order = unescape((await nok.get(said.headers["location"])).text)
    assert "Part of: Greens" in order
    body = {"id": new_id(), "cycle": there.cycle, "rail": "cash", "lines": []}
    by_program = await nok.post("/api/v1/orders", json=body | {"bundles": [{"bundle": box.id}]})
    assert by_program.json()["satang"] == 7_500
    many = await nok.post(address, data=wanted | {"id": new_id(), f"n-{box.id}": "50"})
    assert many.status_code == 409
    assert "Nothing is reserved" in unescape(many.text)
    gone = await krit.put(f"/api/v1/bundles/{box.id}/withdrawal")
    assert gone.status_code in (403, 404)
    assert (await dao.put(f"/api/v1/bundles/{box.id}/withdrawal")).is_success
    assert (await nok.get(f"/api/v1/cycles/{there.cycle}/bundles")).json() == []
    assert await orders.reservation_faults() == []


async def test_parts_are_counted_in_pieces_on_the_page(doors: Doors) -> None:
    there, dao = await stall_in_village(), await doors.as_(DAO, "en")
    await harvest_and_offer(there, 3_000, 3_000)
    _, stock = await run(harvested, 6_000, MALEE, RATTAPHUM)
    pumpkin, offer = new_id(), new_id()
    await Product.insert(Product(
        id=pumpkin, network=NETWORK, crop="kale", name_th="ฟักทอง", name_en="Pumpkin", unit="kg",
        piece_grams=1_000, vat_class="exempt", by=DAO, at=NOW,
    ))  # fmt: skip
    made = MakeOffer(offer, there.cycle, stock, pumpkin, 2_000, 1_200, 1_000, 1_200)
    await run(offers.offer, made, by=DAO, at=NOW)
    kale = next(one.product for one in await shop.shop(there.cycle) if one.offer == there.offer)
    form = {
        "id": new_id(), "name_th": "ชุด", "name_en": "Box", "price": "90", "a0": pumpkin,
        "pieces0": "๒", "a1": kale, "weight1": "1",
    }  # fmt: skip
    make = f"/cycles/{there.cycle}/bundles"
    both = await dao.post(make, data=form | {"weight0": "1"})
    assert (both.status_code, 'value="๒"' in both.text) == (400, True)
    page = (await dao.post(make, data=form)).text
    assert "2 pieces" in page.replace("\xa0", " ")
    [box] = await queries.of_cycle(there.cycle)
    nok = await doors.as_(NOK, "en")
    said = await nok.post(
        f"/bundles/{there.cycle}", data={"id": new_id(), f"n-{box.id}": "1", "rail": "cash"}
    )
    assert "2 pieces (at most 2.4 kg)" in said.text.replace("\xa0", " ")


async def test_at_packing_another_good_of_its_part_is_given_and_the_buyer_told(
    doors: Doors,
) -> None:
    """For the same money, once, of what the part allows and of nothing else; Krit may not."""
    there, dao = await stall_in_village(), await doors.as_(DAO, "en")
    nok = await doors.as_(NOK, "en")
    first = there.offer
    second = await harvest_and_offer(there, 1_500, 3_000)
    third = await harvest_and_offer(there, 3_000, 3_500)
    product = {one.offer: one.product for one in await shop.shop(there.cycle)}
    parts = (
        Part((product[first], product[second]), grams=1_000),
        Part((product[third],), grams=500),
    )
    box = MakeBundle(new_id(), there.cycle, "ชุดผัก", "Greens", 7_500, parts)
    await run(commands.make, box, by=DAO, at=NOW)
    id = new_id()
    body = {"id": id, "cycle": there.cycle, "rail": "cash", "lines": []}
    placed = await nok.post("/api/v1/orders", json=body | {"bundles": [{"bundle": box.id}]})
    code, before = placed.json()["code"], (await orders.own(id, NOK)).lines
    line = next(one for one in before if one.offer == second)  # the cheaper of the two
    page = (await dao.get(f"/stall/{code}")).text
    assert f'value="{first}"' in page
    assert f'value="{third}"' not in page
    wrong = {"id": new_id(), "line": line.id, "offer": third}
    refused = await dao.put(f"/api/v1/orders/{id}/exchange", json=wrong)
    assert (refused.status_code, refused.json()["code"]) == (409, "orders.not_in_place")
    taken = await there.order(10_000, rail="cash", offer=first)
    wished = {"id": new_id(), "line": line.id, "offer": first}
    noes = [await dao.put(f"/api/v1/orders/{id}/exchange", json=wished)]
    await there.cancel(taken.order)
    noes.append(await dao.put(f"/api/v1/orders/{id}/exchange", json=wished))
    assert [one.status_code for one in noes] == [409, 409], "the no stays, though it is there now"
    assert noes[0].content == noes[1].content
    krit = await doors.as_(KRIT)
    assert (await krit.put(f"/api/v1/orders/{id}/exchange", json=wrong)).status_code in (403, 404)
    step = f"instead-{line.id}"
    form = {"id": new_id(), "step": step, step: first}
    for _ in range(2):
        assert (await dao.post(f"/stall/{code}", data=form)).status_code == 200
    after = await orders.own(id, NOK)
    now = {one.offer: (one.grams, one.satang) for one in after.lines}
    assert now[second] == (0, 0)
    assert now[first] == (1_000, line.satang)
    assert (after.order.total_satang, len(after.lines)) == (7_500, 3)
    await readers.read_on(doors.now)
    assert "which the bundle allows in its place" in unescape((await nok.get("/me")).text)
    assert "Given instead" in (await nok.get(f"/order/{code}")).text
    weights = {f"g-{one.id}": f"{one.grams / 1_000:g}" for one in after.lines if one.grams}
    given = await dao.post(f"/stall/{code}", data={"id": new_id(), "step": "give"} | weights)
    assert "Handed over" in given.text
    assert (await orders.own(id, NOK)).order.final_satang == 7_500
    assert await faults() == []
