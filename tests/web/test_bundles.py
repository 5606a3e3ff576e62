"""Dao puts a box together on a page, Nok orders it there; by program too; Krit does neither."""

from html import unescape

from certification.basis.ids import new_id
from market.domain.bundles import queries
from market.domain.orders import queries as orders
from tests.cast import DAO, KRIT, NOK
from tests.doors import Doors
from tests.market.stall import harvest_and_offer, stall_in_village


async def test_a_box_is_put_together_and_ordered(doors: Doors) -> None:
    there, dao, nok = await stall_in_village(), await doors.as_(DAO), await doors.as_(NOK, "en")
    await harvest_and_offer(there, 3_000, 3_000)
    address = f"/bundles/{there.cycle}"
    shop = (await dao.get(f"/api/v1/cycles/{there.cycle}/shop")).json()
    assert len(shop) == 2
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
    wanted = {"id": new_id(), "bundle": box.id, "count": "1", "rail": "cash"}
    unknown = await doors.stranger().post(address, data=wanted)
    assert unknown.url.path.startswith("/sign-in/")
    for _ in range(2):
        said = await nok.post(address, data=wanted, follow_redirects=False)
        assert said.status_code == 303, said.text
    order = unescape((await nok.get(said.headers["location"])).text)
    assert "Part of: Greens" in order
    body = {"id": new_id(), "cycle": there.cycle, "rail": "cash", "lines": []}
    by_program = await nok.post("/api/v1/orders", json=body | {"bundles": [{"bundle": box.id}]})
    assert by_program.json()["satang"] == 7_500
    many = await nok.post(address, data=wanted | {"id": new_id(), "count": "50"})
    assert many.status_code == 409
    assert "Nothing is reserved" in unescape(many.text)
    gone = await krit.put(f"/api/v1/bundles/{box.id}/withdrawal")
    assert gone.status_code in (403, 404)
    assert (await dao.put(f"/api/v1/bundles/{box.id}/withdrawal")).is_success
    assert (await nok.get(f"/api/v1/cycles/{there.cycle}/bundles")).json() == []
    assert await orders.reservation_faults() == []
