"""Through whose hands a lot came: on its page, and in the file that proves it, nothing left out."""

import json
import re
from html import unescape

import pytest
from msgspec.structs import replace

from certification.basis import checkpoints
from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.credentials import commands as credentials
from market.domain.custody import moving
from market.domain.custody.recorded import line
from market.domain.custody.tables import CrateContent
from market.domain.lineage import commands as lineage
from market.domain.lineage.rules import MakeLots, Parcel, Pick
from market.domain.lots import queries as lots
from market.web.pages import lot_file
from tests.access import canaries
from tests.cast import CHAN, DAO, MALEE, NOW, PARTICULARS, YING
from tests.doors import Doors
from tests.market import farm as farms
from tests.market.crates import Crates, crates_of
from tests.market.stall import stall_in_village
from tests.market.test_lineage import beside
from tests.web.test_lot_file import judged, parts


async def travelled(doors: Doors) -> Crates:
    """In and out of crates, sent, lost in part, counted before it was known to be sent."""
    there = await crates_of(await stall_in_village(), 3)
    farm = await run(farms._settled, "organic", "kale")
    lot = (await farm.harvest(20_000)).lot
    there = replace(there, stall=replace(there.stall, lot=lot))
    first, second, third = there.ids
    await there.fill(first, 1_000)
    await there.lend(first)
    await there.give_back(first)  # what was in it is out of it
    await there.fill(second, 2_000)
    sent = await there.sent(500, second)
    counted = (there.counted(500), there.counted(2_000, crate=second))
    await there.received(sent.id, *counted)
    await there.fill(third, 1_500)
    later = there.send(300, third)
    less = (there.counted(300), there.counted(1_200, "spoilt", third))
    await there.received(later.id, *less)
    await run(moving.send, later, by=DAO, at=NOW)
    return there


async def test_each_step_is_told_with_its_entry_and_nobody_by_name(doors: Doors) -> None:
    there = await travelled(doors)
    part = await made(there.stall.lot, 1_000, 900)
    packed = await made(part.lots[0].lot, 800, 500, 300)
    lot = packed.lots[0].lot
    steps = await line(there.stall.lot)
    assert [one.step.kind for one in steps].count("emptied") == 2
    assert [one.step.kind for one in steps].count("received") == 4
    assert not [one.step.kind for one in (*steps, *await line(lot)) if one.seq is None]
    codes = [one.code for one in await line(lot)]
    assert len(dict.fromkeys(codes)) == 3, "the lots between are told too"
    assert "used" in [one.step.kind for one in await line(lot)]

    stranger = doors.stranger("en")
    page = await stranger.get(f"/L/{packed.lots[0].code}/way")
    told = unescape(page.text)
    for said in ("Harvested", "Packed into this lot", "Sent", codes[0][:4], "Entry"):
        assert said in told, said
    assert "The yard" not in told, "a truck's yard may be somebody's home"
    assert canaries.heard(told) == {}
    assert not [one for one in (MALEE, DAO, YING) if PARTICULARS[one].name in told]
    assert "จากมือสู่มือ" in (await doors.stranger().get(page.url.path)).text
    links = (await stranger.get(f"/S/{there.codes[1]}?linkType=linkset")).json()
    assert f"/L/{codes[0]}" in json.dumps(links)
    assert "gs1:" not in json.dumps(links)
    facts = await stranger.get(f"/S/{there.codes[1]}", headers={"accept": "application/json"})
    assert [one["grams"] for one in facts.json()["lots"]] == [2_000]


async def made(lot: str, grams: int, *out: int) -> lineage.LotsMade:
    asked = MakeLots(new_id(), "split", (Pick(lot, grams),), tuple(map(Parcel, out)))
    return await run(lineage.make_lots, asked, by=YING, at=NOW)


@pytest.mark.node
async def test_a_step_that_nothing_records_is_said_and_not_left_out(doors: Doors) -> None:
    there = await travelled(doors)
    lot = await lots.lot(there.stall.lot)
    await run(credentials.publish, at=NOW)
    for paper in (await lineage.queries.source(lot.id)).certificates:
        await run(credentials.place, paper, at=NOW)
    await checkpoints.sign(at=NOW)
    stranger = doors.stranger("en")
    told, seal, script = parts((await stranger.get(f"/L/{lot.code}/proof.html")).text)
    await CrateContent.insert(
        CrateContent(
            id=new_id(), crate=there.ids[0], lot=lot.id, grams=700, place=there.base, by=DAO, at=NOW
        )
    )
    after = parts((await stranger.get(f"/L/{lot.code}/proof.html")).text)
    before, unsaid = judged(script, (told, seal), after[:2])
    assert (before["states"]["custody"], unsaid["states"]["custody"]) == ("ok", "warn"), before
    bare = [one for one in json.loads(after[0])["custody"] if one["entry"] is None]
    assert [(one["kind"], one["grams"]) for one in bare] == [("crated", 700)]
    assert "none in the record" in after[0]
    page = (await stranger.get(f"/L/{lot.code}/way")).text
    assert page.count("The record has no entry of this step") == 1


@pytest.mark.node
async def test_a_file_of_many_harvests_stays_small_or_is_refused(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is left out is said in it, and never a step of custody or a paper."""
    malee = await run(farms._settled, "organic", "kale")
    chan = await beside(CHAN, number="SGS-90-69-00002-5")
    picks = [Pick((await malee.harvest(1_000)).lot, 500) for _ in range(6)]
    picks += [Pick((await chan.harvest(1_000, by=CHAN)).lot, 500) for _ in range(6)]
    mixed = MakeLots(new_id(), "mix", tuple(picks), (Parcel(6_000),))
    code = (await run(lineage.make_lots, mixed, by=YING, at=NOW)).lots[0].code
    await run(credentials.publish, at=NOW)
    for farm in (malee, chan):
        await run(credentials.place, farm.certificate, at=NOW)
    await checkpoints.sign(at=NOW)
    stranger = doors.stranger("en")

    async def file(most: int) -> tuple[int, str]:
        monkeypatch.setattr(lot_file, "BYTES_MAX", most)
        said = await stranger.get(f"/L/{code}/proof.html")
        assert len(said.content) <= most or said.status_code != 200
        return said.status_code, said.text

    status, whole = await file(200_000)
    assert (status, json.loads(parts(whole)[0])["left_out"]) == (200, [])
    told, seal, script = parts(whole)
    seen, files = list[list[str]](), list[tuple[str, str]]()
    while status == 200:
        status, html = await file(lot_file._bare() + len(told) + len(seal) - 1)
        if status == 200:
            told, seal, script = parts(html)
            files.append((told, seal))
            seen.append(json.loads(told)["left_out"])
            assert len(json.loads(told)["custody"]) == 25
            assert "Left out" in told
    assert seen == [["land"], ["land", "papers"]]
    assert status == 409
    assert re.search(r"weighs \d+ kB.*own page", unescape(html), re.DOTALL)
    assert [one["all"] for one in judged(script, *files)] == ["ok", "ok"]
