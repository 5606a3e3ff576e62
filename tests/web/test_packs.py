"""Malee takes along what is kept of her plot, Wan what is kept of the group; a stranger nothing."""

import io
import zipfile
from collections.abc import Mapping
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

from httpx import AsyncClient

from certification.basis import blobs
from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.inspections import commands as inspections
from certification.inspections.rules import AttachPhoto
from certification.packs import rules
from market.web.packs.lists import LISTS
from tests.cast import KRIT, MALEE, NOW, PARTICULARS, RATTAPHUM, SOMCHAI, WAN
from tests.doors import Doors
from tests.guarantee import accepted, answered, certified, nok_may_look, planted, published
from tests.pictures import tiny

CELLS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


async def taken(client: AsyncClient, address: str, **said: str) -> dict[str, bytes]:
    answer = await client.post(address, data={"id": new_id()} | said)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
        assert file.testzip() is None
        return {name: file.read(name) for name in file.namelist()}


def cells(book: bytes) -> list[str]:
    """Every text of the first sheet, read without the program that wrote it."""
    with zipfile.ZipFile(io.BytesIO(book)) as file:
        shared = ElementTree.fromstring(file.read("xl/sharedStrings.xml"))
    return ["".join(part.text or "" for part in one.iter(f"{CELLS}t")) for one in shared]


def everything(pack: Mapping[str, bytes]) -> str:
    return "\n".join(t for name, b in pack.items() if name.endswith(".xlsx") for t in cells(b))


async def settled() -> str:
    await nok_may_look()
    await published()
    return (await certified()).plot


async def test_a_pack_has_every_list_each_paper_and_says_what_it_is(doors: Doors) -> None:
    plot, wan = await settled(), await doors.as_(WAN, "en")
    await doors.step_up(WAN)
    assert (await wan.get(f"/organs/{RATTAPHUM}/pack")).status_code == 200
    pack = await taken(wan, f"/organs/{RATTAPHUM}/pack", scheme="sgs-pgs", year="2569")
    whole = everything(pack)
    for person in (MALEE, SOMCHAI):
        assert PARTICULARS[person].name in whole, "the committee reads who it was"
        assert PARTICULARS[person].phone not in whole
    [number] = await in_use().query("SELECT number FROM certificate WHERE plot = {}", plot)
    assert number["number"] in cells(pack["lists/certificates.xlsx"])
    assert pack[f"certificates/{number['number']}.pdf"].startswith(b"%PDF")
    assert len([name for name in pack if name.startswith("minutes/")]) == 1
    assert pack["charter/sgs-pgs-1.json"].startswith(b"{")
    readme = pack["README.txt"].decode()
    assert "ชุดเอกสารการรับรอง" in readme
    assert "Certification pack of a group: charter sgs-pgs, 2026" in readme
    [visits] = await in_use().query("SELECT count(*) AS n FROM inspection_answer")
    assert f"answers.xlsx: The inspectors' answers ({visits['n']})" in readme
    empty = await taken(wan, f"/organs/{RATTAPHUM}/pack", year="2550")
    assert "Visits (0)" in empty["README.txt"].decode()


async def test_malee_gets_her_plot_without_other_peoples_names(doors: Doors) -> None:
    plot, malee = await settled(), await doors.as_(MALEE)
    there = f"/farm/plots/{plot}/pack"
    assert (await malee.post(there, data={"id": new_id()})).headers["content-type"] != (
        "application/zip"
    ), "the PIN first"
    await doors.step_up(MALEE)
    pack = await taken(malee, there)
    whole = everything(pack)
    assert PARTICULARS[MALEE].name in whole
    assert PARTICULARS[SOMCHAI].name not in whole
    assert not [name for name in pack if name.startswith("minutes/")]
    assert "รายงานประชุม" in pack["README.txt"].decode()


async def test_who_took_a_pack_is_written_down_once_and_told_to_the_farmer(doors: Doors) -> None:
    plot, wan = await settled(), await doors.as_(WAN)
    await doors.step_up(WAN)
    there, id = f"/farm/plots/{plot}/pack", new_id()
    first, again = [await taken(wan, there, id=id) for _ in "ab"]
    for pack in (first, again):  # a PDF bears the second in which it was set
        pack.update({name: b"" for name in pack if name.endswith(".pdf")})
    assert first == again, "the same facts are the same bytes"
    other = await wan.post(there, data={"id": id, "year": "2569"})
    assert (other.status_code, rules.PackDiffers.code) == (409, "packs.differs")
    late = await wan.post(there, data={"id": new_id(), "year": "1200"})
    assert late.status_code == 400
    [row] = await in_use().query("SELECT count(*) AS n FROM pack")
    assert row["n"] == 1
    malee = await doors.as_(MALEE)
    await doors.step_up(MALEE)
    assert PARTICULARS[WAN].name in (await malee.get(there)).text
    krit = await doors.as_(KRIT)
    await doors.step_up(KRIT)
    assert (await krit.post(there, data={"id": new_id()})).status_code == 404


async def test_photos_are_in_it_and_a_lost_one_is_named(doors: Doors, tmp_path: Path) -> None:
    await nok_may_look()
    await published()
    plot = await planted()
    visit = await answered(await accepted(plot))
    blobs.use(tmp_path / "blobs")
    digests = [await blobs.keep(tiny(colour), by=SOMCHAI, at=NOW) for colour in ("red", "blue")]
    for digest in digests:
        photo = AttachPhoto(new_id(), visit, digest, None)
        await run(inspections.attach_photo, photo, by=SOMCHAI, at=NOW)
    next((tmp_path / "blobs").rglob(digests[1])).unlink()
    wan = await doors.as_(WAN)
    await doors.step_up(WAN)
    pack = await taken(wan, f"/farm/plots/{plot}/pack")
    [name] = [name for name in pack if name.startswith("photos/")]
    assert pack[name] == tiny("red")
    assert f"damaged: photos/{name.split('/')[1]}/visit-{digests[1][:12]}" in (
        pack["README.txt"].decode()
    )


async def test_each_list_of_a_group_can_be_had_alone_as_csv_and_as_a_book(doors: Doors) -> None:
    await settled()
    wan = await doors.as_(WAN, "en")
    await doors.step_up(WAN)
    there = f"/organs/{RATTAPHUM}/pack"
    page, wrong = unescape((await wan.get(there)).text), []
    for one in LISTS:
        csv, book = [await wan.get(f"{there}/{one.file}?as={kind}") for kind in ("csv", "xlsx")]
        good = csv.status_code == 200 and book.content.startswith(b"PK")
        if not (good and f"{there}/{one.file}?as=csv" in page):
            wrong.append(one.file)
    assert not wrong
    members = await wan.get(f"{there}/members?as=csv")
    assert PARTICULARS[MALEE].name in members.text
    assert (await wan.get(f"{there}/nothing")).status_code == 404
