"""Harvests and labels, asked for by a program."""

from typing import Any

import pypdfium2

from certification.basis.ids import new_id
from certification.plots import queries as plots
from market.answers.words import words
from tests.cast import CHAN, KRIT, MALEE, NOK, RATTAPHUM, TODAY, YESTERDAY, YING
from tests.doors import Doors
from tests.guarantee import LON, certified, planted, published

OFFERS_A_YES = ("lots.before_certificate", "lots.crop_out_of_scope", "lots.never_certified")


async def harvest(plot: str, **changed: Any) -> dict[str, Any]:
    [planting, *_] = await plots.plantings(plot)
    body = {
        "id": new_id(), "plot": plot, "crop": "kale", "harvested_on": TODAY.isoformat(),
        "grams": 12_500, "planting": planting.id,
    }  # fmt: skip
    return {**body, **changed}


def labels(**changed: Any) -> dict[str, Any]:
    body = {"id": new_id(), "sheet": "a4-3x8", "packet_grams": 500, "labels": 25, "start_at": 1}
    return {**body, **changed}


async def test_certified_kale_is_an_organic_lot_with_labels(doors: Doors) -> None:
    await published()
    paper, malee = await certified(), await doors.as_(MALEE)
    body = await harvest(paper.plot)
    made = await malee.post("/api/v1/lots", json=body)
    assert made.status_code == 201, made.text
    assert (made.json()["claim"], made.json()["because"]) == ("organic", "certificate_held")
    assert (await malee.post("/api/v1/lots", json=body)).json() == made.json()
    shown = (await malee.get(f"/api/v1/lots/{body['id']}")).json()
    assert shown["stock"]["available_grams"] == 12_500
    run = labels()
    printed = await malee.post(f"/api/v1/lots/{body['id']}/labels", json=run)
    assert printed.status_code == 201, printed.text
    sheet = await malee.get(f"/api/v1/lots/{body['id']}/labels/{run['id']}.pdf")
    assert (sheet.status_code, sheet.headers["content-type"]) == (200, "application/pdf")
    assert len(pypdfium2.PdfDocument(sheet.content)) == 2  # 24 places, 25 labels
    more = await malee.post(f"/api/v1/lots/{body['id']}/labels", json=labels(labels=1))
    assert (more.status_code, more.json()["code"]) == (409, "labels.too_many_packets")
    stolen = await malee.get(f"/api/v1/lots/{body['id']}/labels/{new_id()}.pdf")
    assert stolen.status_code == 404


async def test_what_is_wrong_with_a_harvest_is_refused_with_reasons(doors: Doors) -> None:
    """Wrong mass balance, backdated, before the certificate, out of its scope, without any."""
    await published()
    paper, malee = await certified(), await doors.as_(MALEE)
    bare, good = await planted(lon=LON + 0.05), await harvest(paper.plot)
    assert (await malee.post("/api/v1/lots", json=good)).status_code == 201
    more = {"id": new_id(), "inputs": [{"lot": good["id"], "grams": 1_000}]}
    ways = [
        ("lineage.mass_balance", "lineage", more | {"outputs": [{"grams": 1_001}]}),
        ("lots.harvest_too_long_ago", "lot", await harvest(paper.plot, harvested_on="2026-10-22")),
        ("lots.harvest_in_future", "lot", await harvest(paper.plot, harvested_on="2026-11-23")),
        ("lots.before_certificate", "lot",
         await harvest(paper.plot, harvested_on=str(YESTERDAY), as_plain=False)),
        ("lots.crop_out_of_scope", "lot", await harvest(paper.plot, crop="okra", planting=None)),
        ("lots.never_certified", "lot", await harvest(bare)),
    ]  # fmt: skip
    thai, english = words("th"), words("en")
    for code, page, body in ways:
        there = "/api/v1/lot-deeds" if "outputs" in body else "/api/v1/lots"
        no = await malee.post(there, json=body)
        assert (no.status_code, no.json()["code"]) == (409, code), no.text
        assert no.json()["clause"] == f"model/{page}"
        for say in (thai, english):
            assert "{" not in say(f"refusal.{code}", **no.json()["facts"]), code
        if code in OFFERS_A_YES:
            assert "โทรหาฝ่ายเลขานุการ" in no.json()["title"]
            yes = await malee.post(there, json=body | {"as_plain": True})
            assert (yes.json()["claim"], yes.json()["because"]) == ("plain", "no_certificate")
    assert len((await malee.get("/api/v1/lots")).json()) == 1 + len(OFFERS_A_YES)


async def test_krit_gets_nothing_of_malees_lot(doors: Doors) -> None:
    malee, land, krit = await doors.as_(MALEE), await planted(), await doors.as_(KRIT)
    body, run = await harvest(land, as_plain=True), labels(labels=2)
    assert (await krit.post("/api/v1/lots", json=body)).status_code == 404
    assert (await malee.post("/api/v1/lots", json=body)).status_code == 201
    one = f"/api/v1/lots/{body['id']}"
    assert (await malee.post(f"{one}/labels", json=run)).status_code == 201
    for refused in (
        await krit.get(one),
        await krit.get(f"{one}/labels"),
        await krit.post(f"{one}/labels", json=labels(labels=2)),
        await krit.get(f"{one}/labels/{run['id']}.pdf"),
        await krit.get(f"/api/v1/lots?group={RATTAPHUM}"),
    ):
        assert (refused.status_code, refused.json()["code"]) == (404, "access.not_there")
    nok = await doors.as_(NOK)
    assert (await nok.post("/api/v1/lots", json=body)).status_code == 403
    assert (await doors.stranger().get(one)).status_code == 401


async def test_a_helper_types_for_malee_and_a_neighbour_may_not(doors: Doors) -> None:
    land, ying, chan = await planted(), await doors.as_(YING), await doors.as_(CHAN)
    body = await harvest(land, as_plain=True)
    assert (await chan.post("/api/v1/lots", json=body)).status_code == 404
    alone = await ying.post("/api/v1/lots", json=body)
    assert (alone.status_code, alone.json()["code"]) == (403, "lots.not_the_holder")
    helped = await ying.post("/api/v1/lots", json={**body, "on_behalf_of": MALEE})
    assert helped.status_code == 201, helped.text
    mine = await (await doors.as_(MALEE)).get("/api/v1/lots")
    assert [(one["id"], one["farmer"]) for one in mine.json()] == [(body["id"], MALEE)]


async def test_what_cannot_be_a_lot_or_a_label_is_refused(doors: Doors) -> None:
    malee, land = await doors.as_(MALEE), await planted()
    for changed in ({"grams": 0}, {"grams": 10**20}, {"id": "7"}, {"harvested_on": "20-11-2569"}):
        said = await malee.post("/api/v1/lots", json=await harvest(land, **changed))
        assert said.status_code == 400, said.text
    body = await harvest(land, as_plain=True)
    await malee.post("/api/v1/lots", json=body)
    there = f"/api/v1/lots/{body['id']}/labels"
    for changed in ({"sheet": "a3"}, {"packet_grams": 10**20}, {"labels": 0}, {"start_at": 99}):
        said = await malee.post(there, json=labels(**changed))
        assert said.status_code == 400, said.text
