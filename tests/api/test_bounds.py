"""Numbers, days and times as no honest program writes them: refused alike by both databases."""

from typing import Any

from certification.basis.ids import new_id
from tests.api.test_guarantee import answers, panel
from tests.api.test_lots import harvest, labels
from tests.api.test_plots import planting, plot
from tests.cast import (
    DAO,
    MALEE,
    NETWORK,
    PRASERT,
    SOMCHAI,
    TODAY,
    YING,
    later,
)
from tests.doors import Doors
from tests.guarantee import accepted, nok_may_look, planted, published
from tests.market.stall import CLOSES, OVER, PICKUP, stall_in_village

NUMBERS = (-1, 2**31, 2**62, 2**63, 2**64)
POINT = {"lat": 7.14, "lon": 100.27, "outline": None, "area_m2": 1_600}
NO_ZONE = "2026-11-22T09:00:00"
ENDS_OF_TIME = (
    "0001-01-01T00:00:00+07:00", "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00",
)  # fmt: skip


async def refused(client: Any, method: str, address: str, bodies: list[dict[str, Any]]) -> None:
    """Every one of them; all are tried, so that one failure tells the others too."""
    said = [await client.request(method, address, json=body) for body in bodies]
    wrong = [
        (body, one.status_code, one.text[:200])
        for body, one in zip(bodies, said, strict=True)
        if not 400 <= one.status_code < 500
    ]
    assert not wrong, wrong


def each(made: Any, *fields: str, values: tuple[Any, ...] = NUMBERS) -> list[dict[str, Any]]:
    return [made(**{field: value}) for field in fields for value in values]


def opening(place: str, **changed: Any) -> dict[str, Any]:
    body = {
        "id": new_id(), "merchant": NETWORK, "name_th": "รอบสอง", "name_en": "Second",
        "place": place, "opens_at": later(hours=1).isoformat(), "closes_at": CLOSES.isoformat(),
        "pickup_from": PICKUP.isoformat(), "pickup_until": OVER.isoformat(),
    }  # fmt: skip
    return {**body, **changed}


async def test_land_and_what_grows_on_it(doors: Doors) -> None:
    malee, land = await doors.as_(MALEE), await planted()
    bodies = each(plot, "moo", "area_m2", "lat", "lon") + each(plot, "moo", values=(0, 100))
    bodies += [plot(**{**POINT, "area_m2": number}) for number in NUMBERS]
    await refused(malee, "POST", "/api/v1/plots", bodies)
    await refused(malee, "POST", f"/api/v1/plots/{land}/plantings", each(planting, "area_m2"))
    last = await malee.post("/api/v1/plots", json=plot(moo=99))
    assert last.status_code == 201, last.text


async def test_harvests_and_labels(doors: Doors) -> None:
    malee, land = await doors.as_(MALEE), await planted()
    body = await harvest(land, as_plain=True)
    wrong = [{**body, "id": new_id(), "grams": number} for number in (0, *NUMBERS)]
    await refused(malee, "POST", "/api/v1/lots", wrong)
    assert (await malee.post("/api/v1/lots", json=body)).status_code == 201
    sheets = each(labels, "packet_grams", "labels", "start_at", values=(0, *NUMBERS))
    await refused(malee, "POST", f"/api/v1/lots/{body['id']}/labels", sheets)


async def test_rounds_shares_and_offers(doors: Doors) -> None:
    there = await stall_in_village()
    dao, ying = await doors.as_(DAO), await doors.as_(YING)

    def shares(**changed: Any) -> dict[str, Any]:
        bps = {"merchant_bp": 1, "truck_bp": 1, "fund_bp": 1, "group_bp": 1}
        days = {"decided_on": "2026-11-20", "holds_from": "2026-11-22"}
        return {"id": new_id(), "merchant": NETWORK, **bps, **days, **changed}

    def offer(**changed: Any) -> dict[str, Any]:
        known = {"stock": there.stock, "product": new_id(), "satang_per_kg": 1, "step_grams": 1}
        return {"id": new_id(), **known, **changed}

    def round(**changed: Any) -> dict[str, Any]:
        return opening(there.place, **changed)

    times = ("opens_at", "closes_at", "pickup_from", "pickup_until")
    bodies = each(round, "hold_minutes", values=(0, *NUMBERS))
    bodies += each(round, *times, values=(NO_ZONE,)) + each(round, times[0], values=ENDS_OF_TIME)
    bodies += each(round, times[3], values=ENDS_OF_TIME)
    await refused(dao, "POST", "/api/v1/cycles", bodies)
    bps = ("merchant_bp", "truck_bp", "fund_bp", "group_bp")
    await refused(ying, "POST", "/api/v1/split-proposals", each(shares, *bps))
    address = f"/api/v1/cycles/{there.cycle}/offers"
    await refused(dao, "POST", address, each(offer, "satang_per_kg", "step_grams"))
    made = await dao.post("/api/v1/cycles", json=round())
    assert made.status_code == 201, made.text


async def test_places_products_and_money(doors: Doors) -> None:
    dao, prasert = await doors.as_(DAO), await doors.as_(PRASERT)
    there = await stall_in_village()
    window = {"weekday": 1, "opens_minute": 1, "closes_minute": 2}

    def place(**changed: Any) -> dict[str, Any]:
        body = {
            "id": new_id(), "network": NETWORK, "kind": "market", "name_th": "ก", "name_en": "a",
            "tambon": "900901", "lat_e6": 7_000_000, "lon_e6": 100_000_000,
        }  # fmt: skip
        return {**body, **changed}

    bodies = each(place, "lat_e6", "lon_e6")
    bodies += [place(windows=[{**window, of: number}]) for of in window for number in NUMBERS]
    await refused(dao, "POST", "/api/v1/places", bodies)
    products = [
        {"id": new_id(), "product": {"network": NETWORK, "crop": "kale", **wrong}}
        for number in NUMBERS
        for wrong in ({"shelf_life_days": number}, {"unit": "piece", "piece_grams": number})
    ]
    await refused(dao, "POST", "/api/v1/products", products)
    order = await there.order(1_000)
    await doors.step_up(PRASERT)
    came = [{"id": new_id(), "satang": number} for number in NUMBERS]
    await refused(prasert, "PUT", f"/api/v1/payments/{order.order}/confirmation", came)


async def test_visits_are_planned_soon_and_told_with_their_zone(doors: Doors) -> None:
    await published()
    await nok_may_look()
    asked, ying = await accepted(await planted()), await doors.as_(YING)
    days = [f"{TODAY.year + years}-01-01" for years in (-3, 3)]
    bodies = [panel(asked, planned_on=day) for day in ("0001-01-01", "9999-12-31", *days)]
    await refused(ying, "POST", "/api/v1/inspections", bodies)
    far = await ying.post("/api/v1/inspections", json=bodies[0])
    assert far.json()["code"] == "inspections.planned_far_away"
    body = panel(asked)
    assert (await ying.post("/api/v1/inspections", json=body)).status_code == 201
    visit, somchai = f"/api/v1/inspections/{body['id']}", await doors.as_(SOMCHAI)
    times = (NO_ZONE, *ENDS_OF_TIME)
    await refused(somchai, "PUT", f"{visit}/beginning", [{"started_at": time} for time in times])
    assert (await somchai.put(f"{visit}/beginning", json={})).status_code == 200
    first = answers()[0]
    given = [{"answers": [{**first, "id": new_id(), "answered_at": time}]} for time in times]
    await refused(somchai, "PUT", f"{visit}/answers", given)
    ends = [{"farmer_signature": "signed", "ended_at": time} for time in times]
    await refused(somchai, "PUT", f"{visit}/completion", ends)
