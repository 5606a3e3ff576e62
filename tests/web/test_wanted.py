"""Anybody asks for what is not there, and takes it back; minimum prices and who allowed less."""

import re
from html import unescape

from certification.basis.ids import new_id
from market.domain.floors import queries as floors
from market.jobs import readers
from tests.cast import KRIT, MALEE, NOK, TODAY, WAN, YING
from tests.doors import Doors
from tests.market.stall import PICKUP, harvest_and_offer, stall_in_village


async def test_a_guest_and_nok_ask_and_see_what_came_of_it(doors: Doors) -> None:
    there, guest, nok = await stall_in_village(), doors.stranger(), await doors.as_(NOK, "en")
    await readers.read_on(doors.now)  # what was offered before
    wish = {"id": new_id(), "crop": "kale", "place": there.place, "weight": "๒"}
    wish |= {"week": PICKUP.date().isoformat()}
    empty = await guest.post("/wanted", data=wish | {"weight": ""})
    assert empty.status_code == 400
    asked = await guest.post("/wanted", data=wish)
    assert "2 กก." in asked.text.replace("\xa0", " ")
    assert "Set-Cookie" not in asked.headers
    [link] = re.findall(r'href="[^"]*(/wanted\?key=[^"#]+)', unescape(asked.text))
    elsewhere = await doors.stranger("en").get(link)
    assert "What you asked for" in elsewhere.text
    assert "What you asked for" not in (await doors.stranger("en").get(f"{link}x")).text
    nothing = unescape((await doors.stranger("en").get("/search?q=durian")).text)
    assert "Nobody offers it now: ask for it" in nothing
    assert 'href="/wanted"' in (await guest.get(f"/shop/{there.cycle}")).text
    body = {"id": new_id(), "crop": "kale", "place": there.place, "grams": 3_000}
    said = await nok.post("/api/v1/wishes", json=body | {"week": wish["week"]})
    assert said.is_success, said.text
    [one] = (await guest.get("/api/v1/wishes")).json()
    assert (one["grams"], one["asked"], one["guests"]) == (5_000, 2, 1)
    assert b"5" in (await guest.get("/wanted?as=csv")).content
    assert (await guest.get("/wanted?as=xlsx")).content[:2] == b"PK"
    assert NOK not in (await guest.get("/wanted")).text
    krit = await doors.as_(KRIT)
    taken = await krit.put(f"/api/v1/wishes/{said.json()['wish']}/withdrawal", json={})
    assert taken.status_code == 404
    await harvest_and_offer(there, 5_000, 4_000)
    await readers.read_on(doors.now)
    page = unescape((await nok.get("/wanted")).text)
    assert f"/shop/{there.cycle}/{there.offer}" in page
    assert "What you asked for is offered now" in unescape((await nok.get("/me")).text)


async def test_malee_sets_a_minimum_and_wan_allows_less(doors: Doors) -> None:
    malee, wan, krit = await doors.as_(MALEE), await doors.as_(WAN, "en"), await doors.as_(KRIT)
    floor = {"id": new_id(), "crop": "kale", "price": "50"}
    for _ in range(2):
        assert (await malee.post("/farm/prices", data=floor)).status_code == 200
    assert "50 บาท" in (await malee.get("/farm/prices")).text.replace("\xa0", " ")
    less = {"id": new_id(), "of": MALEE, "crop": "kale", "price": "35", "until": "30/11/2569"}
    assert (await wan.post("/farm/prices/less", data=less)).status_code == 400  # which decision?
    shown = await wan.post("/farm/prices/less", data=less | {"decided_on": "20/11/2569"})
    assert "the committee's decision of" in unescape(shown.text)
    assert await floors.least([MALEE], "kale", TODAY) == 3_500
    ying = await doors.as_(YING)
    assert (await ying.post("/farm/prices/less", data=less)).status_code == 404
    assert (await krit.get(f"/farm/prices?of={MALEE}")).status_code == 404
    assert (await krit.post("/farm/prices", data=floor | {"of": MALEE})).status_code == 404
    refused = await krit.post("/api/v1/price-floors/consents", json={
        "id": new_id(), "farmer": MALEE, "crop": "kale", "satang_per_kg": 100,
        "until": "2026-11-30",
    })  # fmt: skip
    assert refused.status_code == 404
