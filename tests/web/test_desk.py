"""Dao at the desk: Malee's promise becomes lots, labels and slips; Krit sees nothing of it."""

import re

import pytest

from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.intake import queries
from market.domain.lots import queries as lots
from market.domain.spoken import queries as spoken
from tests.cast import DAO, KRIT, MALEE, NOK, PRASERT
from tests.doors import Doors
from tests.market.farm import planted
from tests.market.stall import stall_in_village
from tests.market.test_forecasts import Ahead
from tests.market.test_offers import a_product
from tests.web.test_papers import Paper


@pytest.fixture
async def there(doors: Doors) -> Ahead:
    found = Ahead(await stall_in_village(), await run(planted), await a_product())
    await found.offer(10_000)
    return found


async def test_the_desk_makes_the_lot_and_goes_on_to_label_and_slip(
    doors: Doors, there: Ahead
) -> None:
    placed = await there.stall.paid(6_000, rail="cash")
    desk, offer = f"/cycles/{there.stall.cycle}/intake", there.stall.offer
    dao, krit = await doors.as_(DAO, "en"), await doors.as_(KRIT, "en")
    typed = {"id": new_id(), "offer": offer, "weighed": "4.3", "accepted": "4",
             "because": "spoilt", "harvested_on": ""}  # fmt: skip
    for who, status in ((krit, 404), (await doors.as_(PRASERT, "en"), 403)):
        assert (await who.post(desk, data=typed)).status_code == status
    no = await dao.post(desk, data=typed)
    assert no.status_code == 409
    kept = {name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', no.text)
            for name in ("weighed", "accepted", "as_plain")}  # fmt: skip
    assert [kept[name] and kept[name][1] for name in ("weighed", "accepted")] == ["4.3", "4"]
    assert kept["as_plain"]
    assert f'name="id" value="{typed["id"]}"' in no.text
    typed["as_plain"] = "yes"
    other = await dao.post(desk, data={**typed, "weigher": NOK})  # typed under another's sign-in
    assert (other.status_code, "Nothing was saved" in other.text) == (409, True)
    for _ in range(2):
        slip = await dao.post(desk, data=typed)
        assert slip.is_success
    assert "Make the label of 4 kg" in slip.text
    first = await queries.intake(typed["id"])
    assert first.lot
    assert [(one.deed, one.subject) for one in await spoken.of_person(MALEE)] == [
        ("lots.harvested", first.lot)
    ]
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"',
                             slip.text[slip.text.index('id="label"'):]))  # fmt: skip
    for _ in range(2):
        made = await dao.post(f"/farm/lots/{first.lot}/labels", data={**fields, "sheet": "t58x40"})
        assert "-203.escpos" in made.text
    again = (await dao.get(slip.url.path)).text
    assert ("Make the sheet again" in again, "Make the label of" in again) == (True, False)
    api = {"id": new_id(), "weighed_grams": 2_500, "accepted_grams": 2_500, "last": True,
           "as_plain": True}  # fmt: skip
    for _ in range(2):
        done = (await dao.put(f"/api/v1/offers/{offer}/intake", json=api)).json()
    nok = await doors.as_(NOK, "en")
    shown = (await nok.get(f"/order/{placed.code}")).text
    for lot in (first.lot, done["lot"]):
        assert f"/L/{(await lots.lot(lot)).code}" in shown  # both, for the buyer


async def test_the_slip_is_a_paper_and_the_farmers_own(doors: Doors, there: Ahead) -> None:
    dao = await doors.as_(DAO, "en")
    typed = {"id": new_id(), "offer": there.stall.offer, "weighed": "4.3", "accepted": "4",
             "because": "spoilt", "as_plain": "yes"}  # fmt: skip
    await dao.post(f"/cycles/{there.stall.cycle}/intake", data=typed)
    known = await queries.intake(typed["id"])
    assert known.lot_code
    malee, krit = await doors.as_(MALEE, "en"), await doors.as_(KRIT, "en")
    for size, wide in (("a5", 148), ("80", 80), ("58", 58)):
        at = f"/intake/{known.id}/{size}.pdf"
        assert (await krit.get(at)).status_code == 404
        paper = Paper(await malee.get(at))
        paper.says("Slip of a weighing", known.id[-6:].upper(), known.lot_code[:4], "เน่าเสีย", "4.3")
        assert paper.codes == {f"HTTP://TESTSERVER.LOCAL/L/{known.lot_code}"}
        assert [round(one[0] / 72 * 25.4) for one in paper.sizes] == [wide]
    assert (await malee.get(f"/intake/{known.id}/a4.pdf")).status_code == 404
