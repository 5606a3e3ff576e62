"""Ying calls Malee's kale back on the pages: drilled first, confirmed by another, cleared."""

from html import unescape

from msgspec.structs import replace

from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.residues import commands as residues
from market.app import in_front_of
from market.domain.lineage import commands as lineage
from market.domain.lineage.rules import MakeLots, Parcel, Pick
from market.domain.lots import queries as lots
from market.domain.notices import queries as notices
from market.domain.recalls import commands as recalls
from market.domain.recalls import queries
from market.domain.recalls.rules import Clear, Open
from market.domain.recalls.tables import Recall
from market.jobs import readers
from tests.cast import KRIT, MALEE, NOK, NOW, PARTICULARS, PRASERT, RATTAPHUM, WAN, YING
from tests.certification.test_residues import UNSAFE, by_kit, by_lab
from tests.doors import Doors
from tests.guarantee import certified, published
from tests.market import farm as farms
from tests.market.stall import stall_in_village
from tests.raw import ask
from tests.web.test_barred import ordered
from tests.web.test_farm import read, sent

LIFT = "ผลตรวจไม่พบสาร ZZCLEAR"


def form(code: str, **changed: str) -> dict[str, str]:
    usual = {
        "id": new_id(), "kind": "lot", "subject": code.lower(), "organ": RATTAPHUM,
        "because": "residue", "advice": "do_not_eat", "note": "",
    }  # fmt: skip
    return usual | changed


async def test_a_recall_is_drilled_opened_confirmed_by_another_and_its_lot_cleared(
    doors: Doors,
) -> None:
    await published()
    there = await stall_in_village()
    code, order = await ordered(there, (await certified()).certificate, NOW)
    [stock] = await in_use().query(
        "SELECT s.id, l.id AS lot FROM stock s JOIN lot l ON l.id = s.source WHERE l.code = {}",
        code,
    )
    ying, wan, krit = [await doors.as_(one) for one in (YING, WAN, KRIT)]
    nok = PARTICULARS[NOK]

    async def frozen() -> int:
        [row] = await in_use().query("SELECT frozen FROM stock WHERE id = {}", stock["id"])
        return int(row["frozen"])

    for kind in ("lot", "plot", "farmer", "input", "stop"):
        assert 'name="subject"' in await read(ying, f"/recalls/new?kind={kind}")
    status, said = await sent(ying, "/recalls/drills", form(code, because=""))
    assert (status, code.lower() in said) == (400, True), "what was typed is kept"
    drill = form(code)
    for _ in range(2):
        assert await sent(ying, "/recalls/drills", drill) == (303, f"/recalls/{drill['id']}")
    assert await Recall.count() == 1
    assert await frozen() == 0, "a drill freezes nothing"
    seen = await read(ying, f"/recalls/{drill['id']}")
    assert "ซ้อม" in seen
    assert order in seen
    assert "พบครบทุกกรัม" in seen
    assert nok.name not in seen, "a drill calls nobody"

    real = form(code)
    assert (await sent(ying, "/recalls", real))[1].startswith("/step-up"), "grave: the PIN first"
    assert await frozen() == 0
    await doors.step_up(YING)
    for _ in range(2):
        assert await sent(ying, "/recalls", real) == (303, f"/recalls/{real['id']}")
    at = f"/recalls/{real['id']}"
    assert await frozen() == 1
    seen = await read(ying, at)
    assert nok.name in seen
    assert (nok.phone or "-") in seen
    assert f"{at}/word" not in seen
    table = (await ying.get(f"{at}?as=csv")).text
    assert all(word in table for word in (code, order, nok.name))
    assert (await ying.get(f"{at}?as=xlsx")).content.startswith(b"PK")
    api = (await wan.get(f"/api/v1{at}")).json()
    assert api["totals"]["unexplained"] == 0
    assert nok.name not in str(api)

    asked = form(code, subject=stock["lot"], drill="yes")
    assert (await ying.post("/api/v1/recalls", json=asked)).status_code == 400, "no drill by half"
    for who in (MALEE, PRASERT, NOK):
        assert (await (await doors.as_(who)).get(at)).status_code in (403, 404), who
    await doors.step_up(KRIT)
    for path in (at, f"/api/v1{at}"):
        assert (await krit.get(path)).status_code == 404, "out of reach is not there"
    for path, typed in ((f"{at}/word", {"yes": "yes"}), ("/recalls", form(code))):
        assert (await sent(krit, path, typed))[0] == 404
    status, said = await sent(krit, "/recalls", form(code, organ=doors.village.krits))
    assert (status, code.lower() in said) == (409, True), "of another group no lot is found"
    for _ in range(2):
        await readers.read_on(NOW)
    [told] = [one for one in await notices.of_person(NOK) if one.kind == "recalls.begun.buyer"]
    assert told.facts == {"code": order}, "once, with the own order"
    shown = await read(await doors.as_(NOK), f"/order/{order}")
    assert "จะไม่ส่งมอบของนี้" in shown
    clear = {"lot": stock["lot"], "because": LIFT}
    for path, typed in ((f"{at}/word", {"yes": "yes"}), (f"{at}/cleared-lots", clear)):
        status, said = await sent(ying, path, typed)
        assert (status, "คนที่สอง" in said) == (403, True), "who opened it is not the second"

    await doors.step_up(WAN)
    assert f"{at}/word" in await read(wan, at)
    assert (await sent(wan, f"{at}/word", {"yes": "no", "reason": ""}))[0] == 400
    for _ in range(2):
        assert await sent(wan, f"{at}/word", {"yes": "yes"}) == (303, at)
    assert (await sent(wan, f"{at}/word", {"yes": "no", "reason": "ช้าไป"}))[0] == 409
    status, said = await sent(wan, f"{at}/cleared-lots", {**clear, "because": " "})
    assert (status, await frozen()) == (400, 1)
    for _ in range(2):
        assert await sent(wan, f"{at}/cleared-lots", clear) == (303, at)
    assert await frozen() == 0
    assert (await queries.recall(real["id"])).state == "over"
    seen = unescape(await read(wan, at))
    assert "จะไม่ส่งมอบของนี้" not in await read(await doors.as_(NOK), f"/order/{order}")
    assert LIFT in seen
    assert nok.name not in seen, "over: nobody is to be called any more"


async def test_a_scan_says_so_from_the_commit_on_until_the_lot_is_cleared(doors: Doors) -> None:
    """Also from what a process keeps ready, of the lot and of the boxes packed from it."""
    there = await run(farms._settled, "organic", "kale")
    bad, good = await there.harvest(5_000), await there.harvest(5_000)
    box = MakeLots(new_id(), "pack", (Pick(bad.lot, 500), Pick(good.lot, 500)), (Parcel(1_000),))
    [packed] = (await run(lineage.make_lots, box, by=YING, at=NOW)).lots
    packs = (await lots.lot(packed.lot)).code
    hot = in_front_of(doors.app, lambda: doors.now)
    word = "หยุดขายรุ่นนี้แล้ว"

    async def said(code: str) -> set[bool]:
        """By what is kept ready, by the slow way, by the facts and by the links."""
        ways = {word in (await ask(one, "GET", f"/L/{code}"))[2].decode()
                for one in (hot, hot.inner)}  # fmt: skip
        facts = (await doors.stranger().get(f"/api/v1/lots/by-code/{code}")).json()
        links = await doors.stranger().get(f"/L/{code}?linkType=linkset")
        return ways | {bool(facts["recalled"]), "recallStatus" in links.text}

    assert [await said(one) for one in (bad.code, packs, good.code)] == [{False}] * 3
    drill = Open(new_id(), RATTAPHUM, "lot", bad.lot, "illness", drill=True)
    await run(recalls.open_recall, drill, by=YING, at=NOW)
    assert await said(bad.code) == {False}, "a drill shows nothing"
    real = replace(drill, id=new_id(), drill=False)
    await run(recalls.open_recall, real, by=YING, at=NOW)
    assert [await said(one) for one in (bad.code, packs, good.code)] == [{True}, {True}, {False}]
    page = (await ask(hot, "GET", f"/en/L/{bad.code}"))[2].decode()
    assert "Somebody fell ill" in page
    assert "Do not eat it" in page
    await run(recalls.clear, Clear(real.id, packed.lot, LIFT), by=WAN, at=NOW)
    assert [await said(one) for one in (bad.code, packs)] == [{True}, {False}]
    assert LIFT not in (await ask(hot, "GET", f"/L/{packs}"))[2].decode()


async def test_what_a_sample_holds_is_listed_with_whom_to_call(doors: Doors) -> None:
    there = await stall_in_village()
    await published()
    placed = await there.paid(1_000)
    lot = await lots.lot(there.lot)
    bad = by_kit(UNSAFE, plot=lot.plot, lot=lot.id, lot_code=lot.code)
    await run(residues.note, bad, by=WAN, at=NOW)
    await readers.read_on(NOW)
    name = PARTICULARS[NOK].name
    shown = {who: await read(await doors.as_(who), "/recalls") for who in (YING, WAN, KRIT)}
    for who in (YING, WAN):
        assert all(word in shown[who] for word in (lot.code, placed.code, name)), who
    assert not [word for word in (lot.code, placed.code, name) if word in shown[KRIT]]
    ying = await doors.as_(YING)
    assert lot.code in await read(ying, f"/recalls/new?kind=lot&subject={lot.code}")
    await run(residues.note, by_lab(confirms=bad.id), by=WAN, at=NOW)
    await readers.read_on(NOW)
    assert placed.code not in await read(ying, "/recalls")
