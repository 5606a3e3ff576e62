"""The record's proofs at the doors: a lot's page, single entries, and a sceptic alone."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest

from certification.basis import checkpoints
from certification.basis.codes import PublicCode
from certification.basis.database import Database, in_use
from certification.basis.log import LogEntry
from certification.basis.transaction import run
from market.domain.accounts import pins
from tests import doors as doors_of
from tests.basis.test_tiles import ZEROS
from tests.cast import NOW
from tests.databases import edit_by_hand
from tests.doors import Doors
from tests.market import farm as farms


class Lot:
    def __init__(self, doors: Doors, farm: farms.Farm, code: str) -> None:
        self.doors, self.farm, self.code = doors, farm, code

    async def get(self, path: str, status: int = 200, language: str = "en"):
        said = await self.doors.stranger(language).get(path.replace("{L}", self.code))
        assert said.status_code == status, said.text
        return said


@pytest.fixture
async def lot(db: Database, tmp_path: Path) -> AsyncIterator[Lot]:
    doors = await doors_of.opened(db, tmp_path)
    farm = await run(farms._settled, "organic", "kale")
    yield Lot(doors, farm, (await farm.harvest(20_000)).code)
    pins.close()


def sceptic(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """The program as it is served, alone: no path to ours, no installed package."""
    return subprocess.run(
        [sys.executable, "-I", "-S", folder / "verify.py", *map(str, arguments)],
        capture_output=True, text=True, cwd=folder,
    )  # fmt: skip


async def test_before_anything_is_signed_each_door_says_so(lot: Lot) -> None:
    for path in ("/log/checkpoint", "/log/key", "/log/proof/1", "/L/{L}/proof.json"):
        assert "signed once an hour" in (await lot.get(path, 404)).text
    page = (await lot.get("/L/{L}/proof")).text
    assert "With the next signature" in page
    assert "not been signed yet" in page
    assert "not been signed yet" in (await lot.get("/log")).text


async def test_a_stranger_checks_a_lot_without_us(lot: Lot, tmp_path: Path) -> None:
    older = await checkpoints.sign(at=NOW)
    await lot.farm.harvest(1_000)
    newer = await checkpoints.sign(at=NOW + timedelta(hours=1))
    for name, path in {
        "verify.py": "/log/verify.py",
        "lot.json": "/L/{L}/proof.json",
        "one.json": f"/log/proof/{older.size}?size={older.size}",
        "older.txt": f"/log/checkpoint?size={older.size}",
        "since.json": f"/log/consistency?first={older.size}&second={newer.size}",
    }.items():
        (tmp_path / name).write_bytes((await lot.get(path)).content)
    key = (await lot.get("/log/key")).text.strip()
    assert (await lot.get("/log/checkpoint")).text == newer.note

    done = sceptic(tmp_path, "lot.json", key, "older.txt", "since.json")
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads((tmp_path / "lot.json").read_text())
    assert len(told["entries"]) == done.stdout.count("is in the record of") >= 2
    assert "are the beginning of" in done.stdout
    assert sceptic(tmp_path, "one.json", key).returncode == 0

    (tmp_path / "other.json").write_text(json.dumps({**told, "checkpoint": older.note}))
    assert sceptic(tmp_path, "other.json", key).returncode == 1
    told["entries"][0]["leaf"] = "00" * 32
    (tmp_path / "other.json").write_text(json.dumps(told))
    assert "NOT in the signed record" in sceptic(tmp_path, "other.json", key).stderr
    (tmp_path / "older.txt").write_text(older.note.replace("/log\n", "/lag\n", 1))
    assert "NOT signed" in sceptic(tmp_path, "lot.json", key, "older.txt", "since.json").stderr
    assert "NOT signed" in sceptic(tmp_path, "lot.json", key[:-4] + "AAA=").stderr


async def test_the_page_of_a_lot_in_both_languages(lot: Lot) -> None:
    signed = await checkpoints.sign(at=NOW)
    english = (await lot.get("/L/{L}/proof")).text
    assert "Proved</a>" in english
    assert signed.verifier in unescape(english)
    thai = (await lot.get("/L/{L}/proof", language="th")).text
    for word in ("พิสูจน์แล้ว", "ตรวจเองโดยไม่ต้องเชื่อเรา", "สิ่งที่พิสูจน์ไม่ได้"):
        assert word in thai
    assert "<script" not in thai
    assert f'href="/L/{lot.code}/proof"' in (await lot.get("/L/{L}")).text
    small = lot.code.lower()
    assert (await lot.get(f"/l/{small}/proof")).url.path == f"/L/{lot.code}/proof"
    await lot.get("/L/AAAAAAAA/proof", 404)
    await lot.get("/L/AAAAAAAA/proof.json", 404)
    assert "Save the signature" in (await lot.get("/log")).text


async def test_a_certificate_is_proved_the_same_way(lot: Lot, tmp_path: Path) -> None:
    row = await PublicCode.select().where(PublicCode.subject == lot.farm.certificate).first()
    assert row is not None
    signed, code = await checkpoints.sign(at=NOW), row["code"]
    assert f'href="/C/{code}/proof"' in (await lot.get(f"/C/{code}")).text
    page = (await lot.get(f"/c/{code.lower()}/proof")).text
    assert f"/C/{code}/proof.json" in page
    assert lot.farm.number in page
    (tmp_path / "paper.json").write_bytes((await lot.get(f"/C/{code}/proof.json")).content)
    (tmp_path / "verify.py").write_bytes((await lot.get("/log/verify.py")).content)
    assert sceptic(tmp_path, "paper.json", signed.verifier).returncode == 0
    await lot.get(f"/C/{lot.code}/proof.json", 404)
    assert (await lot.get(f"/C/{lot.code}/proof")).url.path == f"/L/{lot.code}"


async def test_what_is_asked_beyond_the_record_is_refused_in_words(lot: Lot) -> None:
    size = (await checkpoints.sign(at=NOW)).size
    await lot.farm.harvest(1_000)
    proof = (await lot.get(f"/log/proof/{size}/file")).text
    assert proof.startswith(f"c2sp.org/tlog-proof@v1\nindex {size - 1}\n")
    assert proof.endswith((await lot.get("/log/checkpoint")).text)
    for path, status, word in (
        ("/log/proof/0", 404, "There is no entry 0"),
        ("/log/proof/99999", 404, "There is no entry"),
        (f"/log/proof/{size + 1}", 404, "It comes with the next signature"),
        (f"/log/proof/{size}?size={size + 1}", 404, "signed once an hour"),
        (f"/log/consistency?first=1&second={size + 1}", 404, "more than were signed"),
        ("/log/consistency?first=5&second=4", 400, "the other way round"),
        ("/log/consistency?first=0&second=4", 400, "at least 1"),
        ("/log/proof/x", 404, ""),
        (f"/log/proof/{2**70}", 400, ""),
    ):
        assert word in (await lot.get(path, status)).text


async def test_what_was_altered_is_not_proved(lot: Lot, market_url: str) -> None:
    signed = await checkpoints.sign(at=NOW)
    row = await LogEntry.select(LogEntry.seq).where(LogEntry.tag == "lots.harvested").first()
    assert row is not None
    zeros = ZEROS[in_use().engine_type].format(32)
    await edit_by_hand(market_url, f"UPDATE log_entry SET leaf = {zeros} WHERE seq = {row['seq']}")
    assert "ALTERED since it was signed" in (await lot.get("/L/{L}/proof")).text
    for path in (f"/log/proof/{row['seq']}", "/L/{L}/proof.json"):
        assert "NO LONGER FITS" in (await lot.get(path, 409)).text
    await lot.get(f"/log/consistency?first={signed.size}&second={signed.size}", 409)
