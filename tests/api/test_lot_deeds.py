"""Lots that come out of lots, asked for by a program."""

from typing import Any

from certification.basis.ids import new_id
from certification.plots import queries as plots
from tests.cast import CHAN, KRIT, MALEE, TODAY, YESTERDAY, YING, log_faults
from tests.doors import Doors
from tests.guarantee import LON, certified, planted, published


async def harvested(doors: Doors, plot: str, grams: int, who: str = MALEE) -> dict[str, Any]:
    [planting, *_] = await plots.plantings(plot)
    body = {
        "id": new_id(), "plot": plot, "crop": "kale", "harvested_on": TODAY.isoformat(),
        "grams": grams, "planting": planting.id, "as_plain": True,
    }  # fmt: skip
    made = await (await doors.as_(who)).post("/api/v1/lots", json=body)
    assert made.status_code == 201, made.text
    return made.json() | {"planting": planting.id}


def deed(inputs: dict[str, int], *outputs: int, **more: Any) -> dict[str, Any]:
    weighed = [{"lot": lot, "grams": grams} for lot, grams in inputs.items()]
    return {
        "id": new_id(), "inputs": weighed, "outputs": [{"grams": grams} for grams in outputs],
    } | more  # fmt: skip


async def test_ying_packs_what_malee_may_only_split_and_krit_may_not_touch(doors: Doors) -> None:
    await published()
    paper = await certified()
    kale = await harvested(doors, paper.plot, 10_000)
    plain = await harvested(doors, await planted(lon=LON + 0.05), 4_000)
    malee, ying, krit = [await doors.as_(who) for who in (MALEE, YING, KRIT)]
    split = await malee.post("/api/v1/lot-deeds", json=deed({kale["lot"]: 2_000}, 900, 1_000))
    assert split.status_code == 201, split.text
    assert (split.json()["kind"], split.json()["loss_grams"]) == ("split", 100)
    both = deed({kale["lot"]: 1_000, plain["lot"]: 1_000}, 2_000)
    chan = await doors.as_(CHAN)
    for who in (krit, chan):
        refused = await who.post("/api/v1/lot-deeds", json=both)
        assert (refused.status_code, refused.json()["code"]) == (404, "access.not_there")
    silent = await ying.post("/api/v1/lot-deeds", json=both)
    assert (silent.status_code, silent.json()["code"]) == (409, "lineage.makes_plain")
    assert (silent.json()["clause"], silent.json()["facts"]["lot"]) == (
        "model/lineage", plain["code"],
    )  # fmt: skip
    mixed = (await ying.post("/api/v1/lot-deeds", json=both | {"lower": True})).json()
    assert (mixed["kind"], mixed["claim"]) == ("mix", "plain")
    shown = (await malee.get(f"/api/v1/lot-deeds/{mixed['deed']}")).json()
    assert {one["code"] for one in shown["inputs"]} == {kale["code"], plain["code"]}
    of = (await ying.get(f"/api/v1/lots/{mixed['lots'][0]['lot']}/lineage")).json()
    assert {part["grams"] for part in of["harvests"]} == {1_000}
    assert [kin["depth"] for kin in of["ancestors"]] == [1, 1]
    assert (await krit.get(f"/api/v1/lots/{kale['lot']}/lineage")).status_code == 404
    assert await log_faults() == []


async def test_a_wrong_weight_is_corrected_and_both_stand_there(doors: Doors) -> None:
    await published()
    kale = await harvested(doors, (await certified()).plot, 10_000)
    malee, krit = await doors.as_(MALEE), await doors.as_(KRIT)
    told = {
        "id": new_id(), "crop": "kale", "harvested_on": YESTERDAY.isoformat(), "grams": 8_000,
        "planting": kale["planting"], "reason": "อ่านตาชั่งผิด",
    }  # fmt: skip
    there = f"/api/v1/lots/{kale['lot']}/corrections"
    assert (await krit.post(there, json=told)).status_code == 404
    done = await malee.post(there, json=told)
    assert (done.status_code, done.json()["grams"]) == (201, [10_000, 8_000]), done.text
    assert (await malee.post(there, json=told)).json() == done.json()
    late = await malee.post(there, json=told | {"id": new_id(), "grams": 7_000})
    assert (late.status_code, late.json()["code"]) == (409, "lineage.corrected_meanwhile")
    assert late.json()["clause"] == "model/lineage"
    [one] = (await malee.get(f"/api/v1/lots/{kale['lot']}/lineage")).json()["corrections"]
    assert (one["old"]["grams"], one["new"]["grams"], one["reason"]) == (
        10_000, 8_000, "อ่านตาชั่งผิด",
    )  # fmt: skip
    assert one["by"] == MALEE
