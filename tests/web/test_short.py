"""On the pages: Malee says that 12 of 20 kilos come, Dao shares them out, Nok reads why."""

import re

import pytest

from certification.basis.database import in_use
from certification.basis.ids import new_id
from market.domain.orders import queries as orders
from tests.cast import DAO, KRIT, MALEE, NOK
from tests.doors import Doors
from tests.market.stall import Stall, stall_in_village
from tests.market.test_shortage import the_offer, wants

API = "/api/v1"


@pytest.fixture
async def there(doors: Doors) -> Stall:
    return await stall_in_village()


async def test_malee_says_it_dao_shares_it_out_and_nok_reads_why(
    doors: Doors, there: Stall
) -> None:
    offer = await the_offer(there, "priority")
    nok, krit = await wants(there, 12_000, "promptpay"), await wants(there, 8_000, buyer=KRIT)
    dao, malee = await doors.as_(DAO, "en"), await doors.as_(MALEE, "en")
    page, less = f"/cycles/{there.cycle}/short/{offer}", f"/less/{offer}"
    stranger = await doors.as_(KRIT, "en")
    assert [(await stranger.get(at)).status_code for at in (page, less)] == [404, 404]
    assert (await malee.post(less, data={"id": new_id(), "there": "many"})).status_code == 400
    told = {"id": new_id(), "there": "12"}
    for _ in range(2):
        assert "Saved." in (await malee.post(less, data=told)).text
    assert "Only 12 kg comes" in (await dao.get(f"/cycles/{there.cycle}/short")).text
    assert (await dao.get(f"{page}?there=20")).status_code == 409
    desk = f"/cycles/{there.cycle}/intake"
    brought = {"id": new_id(), "offer": offer, "weighed": "13", "accepted": "12", "last": "yes"}
    assert (await dao.post(desk, data=brought)).status_code == 400  # not said why
    for _ in range(2):
        slip = await dao.post(desk, data={**brought, "because": "spoilt"})
    assert "spoilt" in slip.text
    at = slip.url.path
    read = [(await who.get(at)).status_code for who in (malee, stranger)]
    assert read == [200, 404]
    for kind in ("csv", "xlsx"):
        assert (await dao.get(f"{desk}?as={kind}")).is_success
    looked = (await dao.get(f"{page}?there=12")).text
    assert "Nothing has changed yet" in looked
    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', looked)
    assert seen
    table = await dao.get(f"{page}?there=12&as=csv")
    assert table.headers["content-type"].startswith("text/csv")
    confirm = {"id": new_id(), "there": "12", "seen": seen[1]}
    code = (await orders.stored(krit)).code
    first = {"id": new_id(), "order": code, "kind": "hospital"}
    assert (await dao.post(f"{page}/first", data=first)).is_success
    stale = await dao.post(page, data=confirm)
    assert (stale.status_code, "Nothing was changed" in stale.text) == (409, True)
    again = re.search(
        r'name="seen" value="([0-9a-f]{64})"', (await dao.get(f"{page}?there=12")).text
    )
    assert again
    for _ in range(2):
        assert (await dao.post(page, data={**confirm, "seen": again[1]})).is_success
    buyer = await doors.as_(NOK, "en")
    shown = " ".join((await buyer.get(f"/order/{(await orders.stored(nok)).code}")).text.split())
    assert "12 kg of 20 kg came; hospitals, schools" in shown
    assert "you get 4 kg of 12 kg" in shown
    assert "is credit already" in shown
    [why] = (await buyer.get(f"{API}/orders/{nok}/shortages")).json()
    assert (why["because"], why["given_grams"]) == ("priority", 4_000)
    no = await dao.put(
        f"{API}/offers/{offer}/shortage", json={"id": new_id(), "grams": 99_000, "seen": ""}
    )
    assert (no.status_code, no.json()["code"]) == (409, "shortage.nothing_short")


async def test_nok_says_in_the_basket_what_is_wanted_then(doors: Doors, there: Stall) -> None:
    cheaper, offer = there.offer, await the_offer(there)
    nok = await doors.as_(NOK, "en")
    await nok.post(f"/shop/{there.cycle}", data={f"kg-{offer}": "2"})
    shown = (await nok.get("/basket")).text
    assert f'<option value="{cheaper}">' in shown
    asked = {"id": new_id(), "cycle": there.cycle, "rail": "cash", "key": "", f"kg-{offer}": "2"}
    wrong = await nok.post("/order", data={**asked, f"least-{offer}": "3"})
    assert wrong.status_code == 400
    done = await nok.post(
        "/order", data={**asked, f"short-{offer}": cheaper, f"least-{offer}": "1"}
    )
    assert done.is_success
    [row] = await orders.orders_in(there.cycle)
    [line] = await orders.ordered_lines(row.id)
    [kept] = await in_use().query("SELECT * FROM preorder_line WHERE id = {}", line.id)
    assert (kept["if_short"], kept["least_grams"], kept["instead"]) == (
        "substitute", 1_000, cheaper,
    )  # fmt: skip
