"""A lot's chain as EPCIS is everybody's to read; a group's and a period's, of who has a role."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import quote

from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.certificates import commands as certificates
from certification.certificates.rules import ChangeCertificate
from certification.groups import commands as groups
from certification.groups.rules import Grants
from market.domain.lots import commands as lots
from market.domain.lots.rules import HarvestLot, Spoil
from market.domain.settlement import commands as settlement
from market.domain.settlement.rules import Settle
from market.jobs import readers
from tests.cast import (
    ADMIN,
    CHAN,
    KRIT,
    KRITS_GROUP,
    LONG_AGO,
    MALEE,
    NETWORK,
    NOK,
    NOW,
    PARTICULARS,
    PRASERT,
    RATTAPHUM,
    TODAY,
    WAN,
    YING,
    later,
)  # fmt: skip
from tests.doors import ORIGIN, Doors
from tests.epcis import faults, judged
from tests.guarantee import certified, published
from tests.market.stall import stall_in_village


async def season(doors: Doors) -> tuple[str, str]:
    """Malee's plot is looked at, certified and harvested; Nok orders and fetches, some is spoilt.

    Codes of the lot and of the plot.
    """
    await published()
    await certified()
    stall = await stall_in_village()
    placed = await stall.paid(2_000)
    await stall.hand_over(placed.order)
    gone = await stall.paid(1_000)
    await stall.cancel(gone.order)
    [plot] = await in_use().query("SELECT plot FROM application LIMIT 1")
    [row] = await in_use().query("SELECT id FROM planting WHERE plot = {}", plot["plot"])
    harvest = HarvestLot(plot["plot"], "kale", TODAY, 5_000, row["id"])
    lot = await run(lots.harvest, new_id(), harvest, by=MALEE, at=NOW)
    await run(lots.spoil, Spoil(new_id(), stall.lot, 500), by=MALEE, at=NOW)
    done = Settle(new_id(), stall.cycle, NETWORK)
    await run(settlement.settle, done, by=PRASERT, at=later(days=5))
    await readers.read_on(NOW)
    [found] = await in_use().query("SELECT code FROM plot WHERE id = {}", plot["plot"])
    return lot.code, found["code"]


async def test_anybody_reads_the_chain_of_one_lot_and_nobody_in_it(doors: Doors):
    code, plot = await season(doors)
    nok = doors.stranger()
    answer = await nok.get(f"/L/{code.lower()}/events")
    assert answer.headers["content-type"] == "application/ld+json"
    assert answer.headers["gs1-epcis-version"] == "2.0.0"
    chain = answer.json()
    events = chain["epcisBody"]["eventList"]
    by_step = {one["bizStep"]: one for one in events}
    assert set(by_step) == {"commissioning", "inspecting"}
    assert by_step["inspecting"]["epcList"] == [f"{ORIGIN}/P/{plot}"]
    harvest = by_step["commissioning"]
    assert harvest["ilmd"]["tk:harvestDate"] == str(TODAY)
    assert harvest["ilmd"]["tk:certificate"].startswith(f"{ORIGIN}/C/")
    assert judged(chain) == [one["eventID"] for one in events]
    assert faults(chain) == []
    await readers.read_on(NOW)
    assert (await nok.get(f"/L/{code}/events")).content == answer.content
    entry = int(harvest["tk:entry"].removeprefix(f"{ORIGIN}/log/proof/"))
    [row] = await in_use().query("SELECT tag FROM log_entry WHERE seq = {}", entry)
    assert row["tag"] == "lots.harvested"
    words = (await nok.get("/contexts/v1.jsonld")).json()["@context"]
    ours = {name for one in events for name in (*one, *one.get("ilmd", {})) if ":" in name}
    assert {f"tk:{name}" for name in words} >= ours >= {"tk:harvestDate", "tk:entry"}
    assert chain["@context"][1] == {"tk": words["tk"]}
    wrong = await nok.get("/L/77777777/events")
    assert (wrong.status_code, wrong.json()["type"]) == (
        404, "epcisException:NoSuchResourceException",
    )  # fmt: skip
    await no_event_knows_anybody()
    await an_entry_handed_over_twice_is_told_once()
    await a_suspension_stands_in_the_chain_of_what_was_harvested_before(doors, code)


async def no_event_knows_anybody() -> None:
    """Names, phones, ids of persons, codes and ids of orders, addresses of houses: canaries."""
    rows = await in_use().query("SELECT body FROM epcis_event")
    whole = "\n".join(row["body"] for row in rows)
    orders = await in_use().query("SELECT id, code, buyer FROM preorder")
    assert len(orders) == 2
    assert whole.count('"TransactionEvent"') == 4
    told_of = [
        *(value for one in PARTICULARS.values() for value in (one.name, one.phone) if value),
        *PARTICULARS, *(value for order in orders for value in order.values()),
    ]  # fmt: skip
    assert [canary for canary in told_of if canary in whole] == []


async def test_a_group_and_a_period_are_for_who_has_a_role_there(doors: Doors):
    code, _ = await season(doors)
    await run(
        groups.grant_role, Grants(new_id(), CHAN, "officer", area="9009"), by=ADMIN, at=LONG_AGO
    )
    everything = "/epcis/events?perPage=1000"
    nobody = await doors.stranger().get(everything)
    assert (nobody.status_code, nobody.json()["type"]) == (401, "epcisException:SecurityException")
    assert (await (await doors.as_(NOK)).get(everything)).status_code == 403
    krit = await (await doors.as_(KRIT)).get(everything)
    assert events_of(krit) == []  # his own group has done nothing
    [kept] = await in_use().query("SELECT count(*) AS many FROM epcis_event")
    for person in (YING, WAN, CHAN):  # leader, the network's secretary, the district's officer
        found = await (await doors.as_(person)).get(everything)
        assert len(events_of(found)) == kept["many"]
        assert faults(found.json()) == []
    for group, many in ((RATTAPHUM, kept["many"]), (NETWORK, kept["many"]), (KRITS_GROUP, 0)):
        [row] = await in_use().query("SELECT code FROM producer_group WHERE id = {}", group)
        within = f"{everything}&WD_readPoint={quote(ORIGIN)}/G/{row['code']}"
        assert len(events_of(await (await doors.as_(CHAN)).get(within))) == many
        assert (await doors.stranger().get(within)).status_code == 401
    secret = next(one for one in events_of(found) if one["type"] == "TransactionEvent")
    for address, sees in (
        (f"/epcis/events/{quote(secret['eventID'], safe='')}", {YING: 200, KRIT: 404, "": 404}),
        (f"/epcis/events/{secret['eventID'][14:78]}", {YING: 200, KRIT: 404, "": 404}),
    ):
        for person, status in sees.items():
            client = await doors.as_(person) if person else doors.stranger()
            assert (await client.get(address)).status_code == status
    of_lot = f"/epcis/epcs/{quote(f'{ORIGIN}/L/{code}', safe='')}/events"
    by_match = await doors.stranger().get(f"/epcis/events?MATCH_epc={quote(f'{ORIGIN}/L/{code}')}")
    assert events_of(await doors.stranger().get(of_lot)) == events_of(by_match) != []
    elsewhere = quote(f"https://elsewhere.example/L/{code}")
    assert events_of(await doors.stranger().get(f"/epcis/events?MATCH_epc={elsewhere}")) == []
    ying = await doors.as_(YING)
    since = quote((NOW + timedelta(days=4)).isoformat())
    late = await ying.get(f"/epcis/events?GE_eventTime={since}")
    assert {one["bizStep"] for one in events_of(late)} == {"retail_selling"}
    for wrong in ("GE_eventTime=yesterday", "LT_eventTime=2026-01-01T00:00:00", "EQ_colour=red",
                  "perPage=0", "perPage=9999999999", "nextPageToken=%2E%2E"):  # fmt: skip
        no = await ying.get(f"/epcis/events?{wrong}")
        assert (no.status_code, no.json()["facts"]["field"]) == (400, wrong.partition("=")[0])
        assert no.json()["type"] == "epcisException:QueryParameterException"
    await each_is_led_to_the_file(doors)


async def each_is_led_to_the_file(doors: Doors) -> None:
    """From the page on which the day of each begins, and back."""
    for person, begins, back in (
        (YING, "/board", "/organs/"), (WAN, "/board", "/organs/"), (CHAN, "/registry", "/registry"),
    ):  # fmt: skip
        client = await doors.as_(person)
        links = re.findall(r'href="(/organs/[^/"]+/events)"', (await client.get(begins)).text)
        assert links, person
        pages = [await client.get(link) for link in links]
        assert {one.status_code for one in pages} == {200}
        assert all(f'"back" href="{back}' in unescape(one.text) for one in pages)
        files = [(await client.get(f"{link}?as=jsonld")).json() for link in links]
        assert [found for one in files if (found := faults(one))] == []
        assert max(len(one["epcisBody"]["eventList"]) for one in files) > 0


def events_of(answer) -> list[dict]:
    assert answer.status_code == 200, answer.text
    return answer.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]


async def test_every_page_comes_once_though_others_are_told_meanwhile(doors: Doors):
    await season(doors)
    [before] = await in_use().query("SELECT count(*) AS many FROM epcis_event")
    ying = await doors.as_(YING)
    found, address = [], "/epcis/events?perPage=3"
    while address:
        answer = await ying.get(address)
        found += [one["eventID"] for one in events_of(answer)]
        link = answer.headers.get("link", "")
        address = link[1:].partition(">")[0].removeprefix(ORIGIN)
        [stock] = await in_use().query("SELECT id FROM stock WHERE available_grams > 0 LIMIT 1")
        await run(lots.waste, stock["id"], 1, subject=new_id(), by=MALEE, at=NOW)
        await readers.read_on(NOW)
    assert len(found) == len(set(found)) == before["many"]


async def an_entry_handed_over_twice_is_told_once() -> None:
    before = await in_use().query("SELECT seq, event, body FROM epcis_event ORDER BY seq")
    await in_use().query("UPDATE log_cursor SET seq = 0 WHERE reader = 'epcis'")
    await readers.read_on(later(days=9))
    assert await in_use().query("SELECT seq, event, body FROM epcis_event ORDER BY seq") == before


async def a_suspension_stands_in_the_chain_of_what_was_harvested_before(
    doors: Doors, code: str
) -> None:
    [paper] = await in_use().query("SELECT id, code FROM certificate LIMIT 1")
    rest = ChangeCertificate(new_id(), paper["id"], "critical_finding", TODAY)
    await run(certificates.suspend, rest, by=WAN, at=NOW)
    await readers.read_on(NOW)
    chain = (await doors.stranger().get(f"/L/{code}/events")).json()
    [held] = [one for one in chain["epcisBody"]["eventList"] if one["bizStep"] == "holding"]
    assert held["certificationInfo"] == f"{ORIGIN}/C/{paper['code']}"
    assert held["persistentDisposition"] == {"set": ["non_sellable_other"]}
    assert faults(chain) == []
