"""Tests for residues at the doors: sample after sample, what is held back, what strangers read."""

import re
from html import unescape

import pytest
from httpx import Response

from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.residues import queries
from market.domain.labels import commands as labels
from market.domain.labels.rules import LaboratoryAwaited, PrintLabels
from tests.cast import KRIT, MALEE, PARTICULARS, RATTAPHUM, SOMCHAI
from tests.doors import Doors
from tests.market import farm as farms

NURSE = "พี่พยาบาลสมใจ"


def hidden(page: Response) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text)
    return {name: unescape(value) for name, value in found}


async def test_a_lot_found_unsafe_bears_no_label_until_the_laboratory_has_answered(
    doors: Doors,
) -> None:
    farm = await run(farms._settled, "organic", "kale")
    lot, other = await farm.harvest(20_000), await farm.harvest(10_000)
    somchai, krit = [await doors.as_(who, "en") for who in (SOMCHAI, KRIT)]
    stranger = doors.stranger("en")
    day = {
        "organ": RATTAPHUM, "how": "sgs-pgs gt", "taken_on": "22/11/69", "place_name": "ตลาดเช้า",
        "sampled_by": NURSE, "tested_by": "",
    }  # fmt: skip
    again = await somchai.post("/residues/new", data=day)
    assert (again.status_code, NURSE in again.text) == (400, True), "what was typed stays"
    form = await somchai.post("/residues/new", data=day | {"tested_by": NURSE})
    assert "It says nothing of: organochlorines" in unescape(form.text)
    clean = {"see.organophosphate": "not_found", "see.carbamate": "not_found"}
    wrong = await somchai.post("/residues/new", data={**hidden(form), **clean, "code": "ZZZZ"})
    assert wrong.status_code == 400
    first = hidden(form) | clean | {"code": other.code}
    for _ in range(2):
        form = await somchai.post("/residues/new", data=first)
        assert "1 samples today" in form.text, "the second press is the same sample"
    bad = hidden(form) | clean | {"see.carbamate": "unsafe", "code": lot.code.lower()}
    form = await somchai.post("/residues/new", data=bad)
    assert "Send a sample to a laboratory" in form.text
    crowd = hidden(form) | clean | {"code": ""}
    assert "3 samples today" in (await somchai.post("/residues/new", data=crowd)).text

    page = unescape((await stranger.get(f"/L/{lot.code}")).text)
    assert "Waits for the laboratory" in page
    assert "Organic, checked" not in page
    kin = unescape((await stranger.get(f"/L/{other.code}")).text)
    assert "Organic, checked" in kin
    assert "It says nothing of: organochlorines, pyrethroids" in kin
    assert "Waits for the laboratory" not in kin
    told = page + kin + unescape((await stranger.get(f"/P/{farm.plot_code}")).text)
    told += (await stranger.get(f"/api/v1/lots/by-code/{lot.code}")).text
    for name in (NURSE, PARTICULARS[SOMCHAI].name, "free of"):
        assert name not in told
    sheet = PrintLabels(lot.lot, "a4-3x8", 500, 2)
    with pytest.raises(LaboratoryAwaited):
        await run(labels.print_run, new_id(), sheet, by=MALEE, at=doors.now)
    await run(labels.print_run, new_id(), PrintLabels(other.lot, "a4-3x8", 500, 2), by=MALEE,
              at=doors.now)  # fmt: skip

    [kit] = [one for one in await queries.of_lot(lot.lot) if one.waits]
    assert (await krit.get(f"/residues/{kit.id}")).status_code == 404
    assert NURSE in (await somchai.get(f"/residues/{kit.id}")).text
    malee = await doors.as_(MALEE, "en")
    assert lot.code in (await malee.get("/residues")).text
    assert (await malee.post("/residues/new", data=bad)).status_code == 403
    answer = {
        "id": new_id(), "taken_on": "22/11/69", "tested_by": "ศูนย์วิทย์ 12", "report": "",
        "see.carbamate": "not_found", "see.organophosphate": "",
    }  # fmt: skip
    assert (await somchai.post(f"/residues/{kit.id}/answer", data=answer)).status_code == 400
    answer["report"] = "A-17"
    for _ in range(2):
        said = await somchai.post(f"/residues/{kit.id}/answer", data=answer)
        assert "A-17" in said.text
    assert "Organic, checked" in unescape((await stranger.get(f"/L/{lot.code}")).text)
    await run(labels.print_run, new_id(), sheet, by=MALEE, at=doors.now)
    csv = await somchai.get("/residues?as=csv")
    assert csv.text.count(lot.code) == 3
    assert (await somchai.get("/residues?as=xlsx")).content[:2] == b"PK"
    correct = {"id": new_id(), **clean, "reason": "อ่านแถบสีผิด"}
    said = await somchai.post(f"/residues/{kit.id}/correct", data=correct)
    assert "อ่านแถบสีผิด" in said.text
