"""The packing table and the sheet for corrections, with every slip of the hand."""

import re
from html import unescape

from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.lineage import queries
from market.domain.lots import queries as lots
from tests.cast import CHAN, KRIT, MALEE, NOK, YING
from tests.doors import Doors
from tests.market import farm as farms
from tests.market.test_lineage import beside, faults


async def test_ying_sees_loss_and_claim_before_she_saves_and_is_asked_before_it_is_lowered(
    doors: Doors,
) -> None:
    malee = await run(farms._settled, "organic", "kale")
    plain = await beside(CHAN, None)
    first, second = await malee.harvest(9_000), await plain.harvest(4_000, by=CHAN)
    ying, krit = await doors.as_(YING), await doors.as_(KRIT)
    table = unescape((await ying.get(f"/packing?lot={first.lot}&lang=en")).text)
    assert first.code[:4] in table
    assert f'name="in_{second.lot}"' in table
    assert (await krit.get(f"/packing?lot={first.lot}")).status_code == 404
    assert first.lot not in (await krit.get("/packing")).text
    assert (await (await doors.as_(NOK)).get("/packing")).status_code == 403
    id = new_id()
    typed = {
        "id": id, "lot": [first.lot, second.lot], f"in_{first.lot}": "6", f"in_{second.lot}": "2",
        "out": "3.5 4", "note": "ตัดใบเสีย", "step": "look",
    }  # fmt: skip
    no = await ying.post("/packing?lang=en", data=typed)
    assert no.status_code == 409
    assert 'name="lower"' in no.text
    assert 'value="3.5 4"' in no.text
    looked = await ying.post("/packing", data=typed | {"lower": "yes"})
    said = unescape(looked.text)
    assert (looked.status_code, await queries.outputs_of(first.lot)) == (200, [])
    for seen in ("Plain", "0.5 kg (6\u00a0%)", f"Because of lot {second.code}"):
        assert seen in said, seen
    saved = typed | {"lower": "yes", "step": "save"}
    done = await ying.post("/packing", data=saved)
    assert done.url.path == f"/packing/{id}"
    assert (await ying.post("/packing", data=saved)).url == done.url
    shown = unescape(done.text)
    for seen in ("Lots were packed", "ตัดใบเสีย", first.code[:4], "0.5 kg"):
        assert seen in shown, seen
    assert (await krit.get(f"/packing/{id}")).status_code == 404
    assert (await krit.post("/packing", data=saved | {"id": new_id()})).status_code == 404
    for out, why in (("9", "cannot come out"), ("ห้า", "out"), ("", "out")):
        wrong = await ying.post("/packing", data=typed | {"lower": "yes", "out": out})
        assert wrong.status_code in (400, 409), out
        assert why in wrong.text
    assert (await lots.stock_of(first.lot)).used_grams == 6_000
    assert await faults() == []


async def test_malee_corrects_her_harvest_and_ying_says_yes_to_more(doors: Doors) -> None:
    there = await run(farms._settled, "organic", "kale")
    kale = await there.harvest(farms.CEILING * 2)
    malee, ying, krit = [await doors.as_(who) for who in (MALEE, YING, KRIT)]
    page = f"/farm/lots/{kale.lot}/correct"
    assert (await krit.get(page)).status_code == 404
    form = unescape((await malee.get(f"{page}?lang=en")).text)
    typed = dict(re.findall(r'<input[^>]* name="(\w+)"[^>]* value="([^"]*)"', form))
    typed |= {
        "weight": "20", "crop": "kale", "planting": there.planting, "reason": "เลขศูนย์เกิน",
    }  # fmt: skip
    nothing = await malee.post(page, data=typed | {"reason": "", "step": "save"})
    assert nothing.status_code == 400
    assert 'value="20"' in nothing.text
    looked = unescape((await malee.post(page, data=typed | {"step": "look"})).text)
    assert "It has earned more" in looked
    assert 'name="higher"' not in looked
    assert await queries.corrections(kale.lot) == []
    done = await malee.post(page, data=typed | {"step": "save"})
    assert done.url.path == f"/farm/lots/{kale.lot}"
    assert (await lots.lot(kale.lot)).because == "kept_lower"
    again = typed | {"id": new_id(), "after": "1", "step": "look"}
    assert 'name="higher"' in (await ying.get(page)).text
    await ying.post(page, data=again | {"higher": "yes", "step": "save"})
    assert (await lots.lot(kale.lot)).claim == "organic"
    shown = unescape((await malee.get(f"/farm/lots/{kale.lot}")).text)
    assert "เลขศูนย์เกิน" in shown
    assert (await malee.post(page, data=again | {"id": new_id()})).status_code == 409
    assert await faults() == []
