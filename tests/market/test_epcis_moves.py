"""Crates, dispatches and recalls as EPCIS events: told once, valid, and nobody in them."""

import json
from collections import Counter
from typing import Any

from certification.basis import log
from certification.basis.database import Database, in_use
from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.custody.moves import Counted
from market.domain.epcis import commands, document, queries, told
from market.domain.lots import queries as lots
from market.domain.recalls import commands as recalls
from market.domain.recalls.rules import Clear, Say
from market.jobs import readers
from tests.cast import DAO, NOW, WAN, YING
from tests.epcis import faults, judged
from tests.market.crates import crates
from tests.market.farm import farm
from tests.market.test_epcis import ORIGIN
from tests.market.test_recalls import mix, recall

Event = dict[str, Any]


async def events_of(lot: str) -> list[Event]:
    """Of the lot's chain, once they are told, valid and named as another generator names them."""
    await readers.tell_events()
    chain = await queries.chain((await lots.lot(lot)).code)
    assert chain.newest is not None
    whole = json.loads(document.document(chain.newest, chain.bodies))
    found: list[Event] = whole["epcisBody"]["eventList"]
    assert faults(whole) == []
    assert judged(whole) == [one["eventID"] for one in found]
    return found


async def tell_again() -> None:
    [before] = await in_use().query("SELECT count(*) AS many FROM epcis_event")
    for entry in await log.after(0):
        await commands.follow(entry)
    [after] = await in_use().query("SELECT count(*) AS many FROM epcis_event")
    assert before == after


def kilos(one: Event) -> list[float]:
    return [q["quantity"] for q in one.get("quantityList", one.get("childQuantityList"))]


async def test_crates_and_ways_are_told_with_what_came_otherwise(db: Database) -> None:
    told.use(ORIGIN)
    there = await crates(db)
    full, empty, _ = there.ids
    await there.fill(full, 3_000)
    sent = await there.sent(5_000, full, empty)
    await readers.tell_events()  # on the way: what comes later changes nothing of it
    some = there.counted(4_600, "shrunk"), there.counted(2_900, "spilt", full)
    await there.received(sent.id, *some, Counted(0, None, empty))
    await there.lend(full)
    await there.give_back(full)
    found = [one for one in await events_of(there.stall.lot) if one["bizStep"] != "destroying"]
    assert Counter((one["bizStep"], *kilos(one)) for one in found) == Counter([
        ("packing", 3), ("shipping", 8), ("receiving", 7.5), ("unpacking", 0.1), ("unpacking", 2.9),
    ])  # fmt: skip
    by_step = {one["bizStep"]: one for one in found}
    crate, place = f"{ORIGIN}/S/{there.codes[0]}", f"{ORIGIN}/stops#{there.stall.place}"
    packed, sending, came = (by_step[step] for step in ("packing", "shipping", "receiving"))
    assert (packed["type"], packed["action"], packed["parentID"]) == (
        "AggregationEvent", "ADD", crate,
    )  # fmt: skip
    assert by_step["unpacking"]["action"] == "DELETE"
    assert sending["epcList"] == came["epcList"] == [crate]
    assert sending["bizTransactionList"] == came["bizTransactionList"]
    assert (sending["disposition"], came["disposition"]) == ("in_transit", "mismatch_quantity")
    assert came["readPoint"] == {"id": place}
    [about] = [
        await queries.page(queries.Asked(names=(crate[len(ORIGIN) + 1 :],)), queries.After())
    ]
    assert len(about.bodies) == 5
    text = json.dumps(found)
    hidden = there.base, sent.id, DAO, YING, full
    assert [one for one in hidden if one in text] == []
    await tell_again()


async def test_what_came_before_its_dispatch_was_told_is_told_with_that(db: Database) -> None:
    told.use(ORIGIN)
    there, dispatch = await crates(db), new_id()
    await there.received(dispatch, there.counted(4_000), by=DAO)  # its sender: void
    await there.received(dispatch, there.counted(1_000))
    await readers.tell_events()
    assert await queries.newest(queries.Asked()) is None
    await there.sent(1_000, id=dispatch)
    found = await events_of(there.stall.lot)
    assert Counter((one["bizStep"], one["disposition"], *kilos(one)) for one in found) == Counter([
        ("shipping", "in_transit", 1), ("receiving", "in_progress", 1),
    ])  # fmt: skip
    await tell_again()


async def test_a_lot_is_recalled_until_the_last_recall_lets_it_go_and_a_drill_is_none(
    db: Database,
) -> None:
    told.use(ORIGIN)
    there = await farm(db)
    bad = await there.harvest(6_000)
    [mixed] = await mix({bad.lot: 2_000}, 1_000, kind="split")
    await recall(bad.lot, drill=True)
    first, second = await recall(bad.lot), await recall(bad.lot)
    await run(recalls.say, Say(first, yes=False, reason="ผลตรวจผิดตัวอย่าง"), by=WAN, at=NOW)
    found = [one for one in await events_of(mixed) if "persistentDisposition" in one]
    assert [one["persistentDisposition"] for one in found] == [{"set": ["recalled"]}] * 4
    assert {one["disposition"] for one in found} == {"recalled"}
    await run(recalls.clear, Clear(second, bad.lot, "ตรวจแล้วปลอดภัย"), by=WAN, at=NOW)
    *_, last = await events_of(mixed)
    assert last["persistentDisposition"] == {"unset": ["recalled"]}
    assert last["quantityList"] == [{"epcClass": f"{ORIGIN}/L/{bad.code}"}]
    assert (last["bizStep"], last["disposition"]) == ("inspecting", "conformant")
    text = json.dumps([*found, last], ensure_ascii=False)
    assert [one for one in (first, second, WAN, YING, "ตรวจ") if one in text] == []
    await tell_again()
