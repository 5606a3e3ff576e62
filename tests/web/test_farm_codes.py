"""Codes beforehand: taken with signal, stuck to crates without, bound when the harvest is told."""

import asyncio

import pypdfium2
import pytest
import zxingcpp
from httpx import AsyncClient

from certification.basis.ids import new_id
from certification.plots import queries as plots
from market.domain.labels.rules import CODES_MAX
from market.domain.lots import queries as lots
from tests.cast import KRIT, MALEE, NOK
from tests.doors import Doors
from tests.guarantee import planted, published


async def take(client: AsyncClient, count: str, id: str = "") -> int:
    form = {"id": id or new_id(), "count": count}
    said = await client.post("/farm/codes", data=form, follow_redirects=False)
    return said.status_code


async def waiting(client: AsyncClient) -> list[str]:
    said: list[str] = (await client.get("/api/v1/codes")).json()
    return said


async def test_malee_takes_codes_and_reports_the_harvest_of_one(doors: Doors) -> None:
    await published()
    malee, land = await doors.as_(MALEE), await planted()
    id = new_id()
    assert [await take(malee, "๓", id) for _ in range(2)] == [303, 303]
    first, *others = await waiting(malee)
    assert len(others) == 2  # asked twice is once
    assert f"{first[:4]}-{first[4:]}" in (await malee.get("/farm/codes")).text
    assert "ยังไม่" in (await malee.get(f"/L/{first}")).text
    [planting, *_] = await plots.plantings(land)
    form = {"id": new_id(), "what": planting.id, "day": "today", "weight": "8"}
    form["as_plain"] = "yes"
    typed = f"{first[:4]} {first[4:].lower()}"
    refused = await malee.post(
        "/farm/harvest/new", data={**form, "weight": "", "label_code": typed}
    )
    assert f'value="{typed}"' in refused.text  # nothing typed is lost
    assert (await malee.post("/farm/harvest/new", data={**form, "label_code": typed})).is_success
    [lot] = await lots.of_farmer(MALEE)
    assert lot.code == first
    assert await waiting(malee) == others
    again = {**form, "id": new_id(), "label_code": first}
    assert (await malee.post("/farm/harvest/new", data=again)).status_code == 409


async def test_the_blank_sheet_bears_every_code_and_claims_nothing(doors: Doors) -> None:
    malee = await doors.as_(MALEE)
    await take(malee, "5")
    sheet = await malee.get("/farm/codes/sheet.pdf")
    [page] = pypdfium2.PdfDocument(sheet.content)
    read = {
        one.text.rsplit("/", 1)[1] for one in zxingcpp.read_barcodes(page.render(scale=4).to_pil())
    }
    assert read == set(await waiting(malee))
    words = page.get_textpage().get_text_bounded()
    assert "not yet reported" in words
    assert not any(claim in words for claim in ("อินทรีย์", "PGS", "rganic"))


@pytest.mark.parametrize("count", ["0", "-1", "241", "ten", ""])
async def test_no_code_or_too_many_are_refused_with_the_number_kept(
    doors: Doors, count: str
) -> None:
    malee = await doors.as_(MALEE)
    assert await take(malee, count) == 400
    assert await waiting(malee) == []


async def test_a_phone_that_has_enough_uses_those_first(doors: Doors) -> None:
    malee = await doors.as_(MALEE)
    assert await take(malee, str(CODES_MAX - 1)) == 303
    assert await take(malee, "2") == 409
    assert await take(malee, "1") == 303
    page = (await malee.get("/farm/codes")).text
    assert 'name="count"' not in page


async def test_krit_has_codes_of_his_own_and_nok_none(doors: Doors) -> None:
    malee, krit, nok = [await doors.as_(who) for who in (MALEE, KRIT, NOK)]
    await asyncio.gather(take(malee, "2"), take(krit, "2"))
    assert not set(await waiting(malee)) & set(await waiting(krit))
    assert await take(nok, "1") == 403
