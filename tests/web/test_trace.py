"""Nok scans a packet: the page, those behind other codes, and what becomes of codes that err."""

import gzip
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from certification.basis import codes
from certification.basis.codes import PublicCode
from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.transaction import run, transaction
from certification.people import commands as people
from market.domain.accounts import pins
from market.domain.lineage import commands as lineage
from market.domain.lineage.rules import MakeLots, Parcel, Pick
from market.domain.lots import commands as lots_done
from market.domain.lots import queries as lots
from market.domain.lots.rules import Spoil
from tests import doors as doors_of
from tests.cast import MALEE, NOW, PARTICULARS, RATTAPHUM, TOMORROW, YESTERDAY, YING
from tests.doors import Doors
from tests.market import farm as farms

TRACE_BYTES_MAX = 60_000
FONTS = Path(__file__).parents[2] / "market/web/static"


class Scanned:
    def __init__(self, doors: Doors, farm: farms.Farm, lot: str, certificate: str) -> None:
        self.doors = doors
        self.farm = farm
        self.lot = lot
        self.certificate = certificate

    async def page(self, path: str, language: str = "th") -> str:
        said = await self.doors.stranger(language).get(path)
        assert said.status_code == 200, said.text
        assert "<script" not in said.text
        return said.text


@pytest.fixture
async def there(db: Database, tmp_path: Path) -> AsyncIterator[Scanned]:
    doors = await doors_of.opened(db, tmp_path)
    farm = await run(farms._settled, "organic", "kale")
    lot = (await farm.harvest(20_000)).code
    row = await PublicCode.select().where(PublicCode.subject == farm.certificate).first()
    assert row is not None
    yield Scanned(doors, farm, lot, row["code"])
    pins.close()


async def test_a_scan_tells_what_where_and_how_it_stands(there: Scanned) -> None:
    told = await there.page(f"/L/{there.lot}")
    for said in ("คะน้า", "อินทรีย์ ตรวจแล้ว", "เก็บวันนี้", "รับรองอยู่", "กำแพงเพชร", there.farm.number):
        assert said in told
    assert "กลุ่มเกษตรอินทรีย์รัตภูมิ" in told
    assert 'stroke-dasharray="4 4"' in told  # the blurred mark
    assert "/log?before=" in told
    english = await there.page(f"/L/{there.lot}?lang=en")
    for said in (
        "Chinese kale",
        "Organic, checked",
        "Harvested today",
        "Rattaphum Organic Farmers",
    ):
        assert said in english


async def test_the_name_of_malee_is_told_by_consent_only(there: Scanned) -> None:
    name = PARTICULARS[MALEE].name
    assert name not in await there.page(f"/L/{there.lot}")
    await run(
        people.consent, new_id(), MALEE, "public_name", "0" * 64, given=True, by=MALEE, at=NOW
    )
    for path in (f"/L/{there.lot}", f"/C/{there.certificate}", f"/P/{there.farm.plot_code}"):
        assert name in await there.page(path)


@pytest.mark.parametrize("kind", ["suspended", "revoked"])
async def test_what_befell_the_certificate_is_said_in_red_and_with_200(
    there: Scanned, kind: str
) -> None:
    await there.farm.happened(kind, TOMORROW)
    there.doors.later(days=3)
    told = await there.page(f"/L/{there.lot}")
    assert 'class="verdict is-bad"' in told
    assert 'role="alert"' in told
    assert "อินทรีย์ ตรวจแล้ว" not in told
    assert 'class="banner bad"' in await there.page(f"/C/{there.certificate}")


async def test_a_certificate_taken_back_for_the_day_of_harvest(there: Scanned) -> None:
    await there.farm.happened("revoked", YESTERDAY)
    told = await there.page(f"/L/{there.lot}", "en")
    assert "Not certified on the day of harvest" in told
    assert "Organic, checked" not in told


async def test_plain_goods_are_clearly_not_organic(there: Scanned) -> None:
    plain = await there.farm.harvest(1_000, wish="plain")
    told = await there.page(f"/L/{plain.code}", "en")
    assert "Ordinary goods, not organic" in told
    assert "Organic, checked" not in told
    assert 'verdict is-off"' in told


async def test_a_code_is_read_in_any_case_and_has_one_address(there: Scanned) -> None:
    stranger = there.doors.stranger()
    for typed in (f"/L/{there.lot.lower()}", f"/l/{there.lot[:4]}-{there.lot[4:]}?lang=en"):
        said = await stranger.get(typed, follow_redirects=False)
        assert said.status_code == 303
        assert said.headers["location"].split("?")[0] == f"/L/{there.lot}"
    assert said.headers["location"].endswith("?lang=en")


async def test_a_code_of_another_kind_leads_to_its_own_page(there: Scanned) -> None:
    stranger = there.doors.stranger()
    group = there.doors.village.codes[RATTAPHUM]
    for code, letter in (
        (there.farm.plot_code, "P"), (there.certificate, "C"), (group, "G"), (there.lot, "L"),
    ):  # fmt: skip
        for wrong in set("LCPG") - {letter}:
            said = await stranger.get(f"/{wrong}/{code}", follow_redirects=False)
            assert said.headers["location"] == f"/{letter}/{code}"


@pytest.mark.parametrize("language", ["th", "en"])
async def test_the_pages_of_certificate_plot_and_group(there: Scanned, language: str) -> None:
    paper = await there.page(f"/C/{there.certificate}", language)
    assert there.farm.number in paper
    land = await there.page(f"/P/{there.farm.plot_code}", language)
    assert there.farm.number in land
    assert f"/L/{there.lot}" in land
    for code in there.doors.village.codes.values():
        group = await there.page(f"/G/{code}", language)
        assert "trace." not in group
    for told in (paper, land):
        assert "trace." not in told  # every key has its words


async def test_an_unknown_code_gets_help_and_a_box_to_type(there: Scanned) -> None:
    for path in (f"/L/{codes.make()}", "/L/nothing", "/C/0", "/G/%E0%B8%81"):
        said = await there.doors.stranger().get(path)
        assert said.status_code == 404
        assert 'action="/find"' in said.text


async def test_one_slip_is_answered_with_what_was_meant(there: Scanned) -> None:
    lot = there.lot
    wrong = lot[:3] + ("2" if lot[3] != "2" else "3") + lot[4:]
    said = await there.doors.stranger().get(f"/L/{wrong}")
    assert said.status_code == 404
    assert f'href="/L/{lot}"' in said.text


async def test_a_printed_code_answers_before_its_harvest_is_reported(there: Scanned) -> None:
    async def block() -> list[str]:
        async with transaction():
            return await codes.issue_block("lot", new_id(), 1, at=NOW)

    [waiting] = await run(block)
    assert "ยังไม่ได้แจ้งข้อมูล" in await there.page(f"/L/{waiting}")
    drawn = await there.doors.stranger().get(f"/L/{waiting}/qr.svg")
    assert drawn.status_code == 200
    assert (await there.doors.stranger().get(f"/api/v1/lots/by-code/{waiting}")).json()[
        "code"
    ] == "trace.not_yet_reported"


async def test_the_code_image_is_drawn_for_lots_only(there: Scanned) -> None:
    stranger = there.doors.stranger()
    said = await stranger.get(f"/L/{there.lot}/qr.svg")
    assert said.headers["content-type"].startswith("image/svg+xml")
    assert said.text.startswith("<svg")
    for other in (there.farm.plot_code, codes.make(), "x"):
        assert (await stranger.get(f"/L/{other}/qr.svg")).status_code == 404


async def test_a_browser_that_has_the_page_is_told_so(there: Scanned) -> None:
    stranger = there.doors.stranger()
    first = await stranger.get(f"/L/{there.lot}")
    assert first.headers["cache-control"] == "no-cache"
    tag = first.headers["etag"]
    again = await stranger.get(f"/L/{there.lot}", headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    await there.farm.happened("suspended", YESTERDAY)
    changed = await stranger.get(f"/L/{there.lot}", headers={"if-none-match": tag})
    assert changed.status_code == 200
    other = await there.doors.stranger("en").get(f"/L/{there.lot}", headers={"if-none-match": tag})
    assert other.status_code == 200


async def test_the_page_is_light_with_its_style_and_fonts(there: Scanned) -> None:
    said = await there.doors.stranger().get(f"/L/{there.lot}")
    assert said.headers["content-encoding"] == "gzip"
    sent = len(gzip.compress(said.content, 6))
    files = [FONTS / "site.css", *(FONTS / "fonts").glob("*.woff2")]
    assert len(files) == 5
    style, *fonts = [file.read_bytes() for file in files]
    sent += len(gzip.compress(style, 6)) + sum(map(len, fonts))
    assert sent <= TRACE_BYTES_MAX


async def test_programs_get_the_same(there: Scanned) -> None:
    stranger = there.doors.stranger()
    lot = (await stranger.get(f"/api/v1/lots/by-code/{there.lot.lower()}")).json()
    assert lot["verdict"] == {"level": "ok", "reason": "held_then_and_now"}
    assert lot["farmer_name"] is None
    paper = (await stranger.get(f"/api/v1/certificates/by-code/{there.certificate}")).json()
    assert paper["number"] == there.farm.number
    land = (await stranger.get(f"/api/v1/plots/by-code/{there.farm.plot_code}")).json()
    assert land["plot"]["tenths_of_a_rai"] == 20
    group = there.doors.village.codes[RATTAPHUM]
    assert (await stranger.get(f"/api/v1/groups/by-code/{group}")).json()["plots"] == 1
    said = await stranger.get(f"/api/v1/lots/by-code/{codes.make()}")
    assert (said.status_code, said.json()["code"]) == (404, "trace.unknown_code")


async def test_goods_harvested_yesterday_and_before_say_so(there: Scanned) -> None:
    for days, said in ((1, "เก็บเมื่อวานนี้"), (5, "เก็บเมื่อ 5 วันก่อน")):
        there.doors.later(NOW + timedelta(days=days))
        assert said in await there.page(f"/L/{there.lot}")


async def test_what_is_gone_is_said_to_be_gone(there: Scanned) -> None:
    """Wholly wasted, and used up in another lot; while something is left nothing is said of it."""
    left, wasted = "Nothing of this lot is left to order", "all of it went to waste"
    for _ in range(2):
        told = await there.page(f"/L/{there.lot}?lang=en")
        assert left not in told
        assert wasted not in told
        known = await lots.by_code(there.lot)
        await run(lots_done.spoil, Spoil(new_id(), known.id, 10_000), by=MALEE, at=NOW)
    assert wasted in await there.page(f"/L/{there.lot}?lang=en")
    other = await there.farm.harvest(5_000)
    split = MakeLots(new_id(), "split", (Pick(other.lot, 5_000),), (Parcel(5_000),))
    made = (await run(lineage.make_lots, split, by=YING, at=NOW)).lots[0]
    assert left in await there.page(f"/L/{other.code}?lang=en")
    assert left not in await there.page(f"/L/{made.code}?lang=en")
    await run(lots_done.spoil, Spoil(new_id(), made.lot, 5_000), by=YING, at=NOW)
    assert wasted in await there.page(f"/L/{made.code}?lang=en")


async def test_how_strong_the_guarantee_is_can_be_read_by_anybody(there: Scanned) -> None:
    row = await PublicCode.select().where(PublicCode.kind == "group").first()
    assert row is not None
    code = row["code"]
    assert f"/G/{code}/strength" in await there.page(f"/G/{code}")
    told = await there.page(f"/G/{code}/strength")
    for said in ("การตรวจที่ไม่แจ้งล่วงหน้า", "ยังไม่มีการตรวจ", "จะรู้ว่าเป็นของใคร"):
        assert said in told
    assert PARTICULARS[MALEE].name not in told
    assert "No visit" in await there.page(f"/G/{code}/strength?lang=en")
    for path in (f"/api/v1/groups/by-code/{code}/strength", f"/G/{code}/strength?as=csv"):
        said = await there.doors.stranger().get(path)
        assert said.status_code == 200
        assert MALEE not in said.text
    book = await there.doors.stranger().get(f"/G/{code}/strength?as=xlsx")
    assert book.content.startswith(b"PK")
