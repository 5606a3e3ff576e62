"""What the doctor finds, in words for whoever stands before the machine; and a clock set back."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from certification.basis import checkpoints, log
from certification.basis.transaction import run
from market import doctor
from market.app import opened
from market.backup.take import LAST, take
from market.cli import main
from market.demo.server import command
from market.domain.accounts import commands as accounts
from market.settings import Settings
from tests.cast import ADMIN, MALEE

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


async def said_of(said: Settings, at: datetime = NOW) -> list[str]:
    return [found.key.split(":")[0] for found in await doctor.findings(said, at)]


async def test_a_market_that_is_well(village: Settings, tmp_path: Path) -> None:
    at = datetime.now(UTC)
    found = await said_of(village, at)
    assert [key[:25] for key in found] == ["No backup was ever made f", "The record was not signed"]
    async with opened(village):
        await checkpoints.sign(at=at)
    await take(village, tmp_path / "kept", at=at)
    assert await said_of(village, at) == []
    [old] = await doctor.findings(village, at + timedelta(days=8))
    assert old.key.startswith("The newest backup is of")


async def test_each_thing_that_is_not(village: Settings, monkeypatch) -> None:
    at = datetime.now(UTC)
    (village.data / "keys" / "vault.key").chmod(0o644)
    assert [key[:20] for key in await said_of(village, at)] == [
        "{file} can be read b", "No backup was ever m", "The market cannot op",
    ]  # fmt: skip
    (village.data / "keys" / "vault.key").chmod(0o600)
    said = type(village)(**{
        **{name: getattr(village, name) for name in village.__struct_fields__},
        "origin": "https://market.example.org", "worker": "apart",
    })  # fmt: skip
    monkeypatch.setattr(doctor, "FREE_PERCENT_MIN", 101)
    keys = " ".join([found.key for found in await doctor.findings(said, at)])
    for word in ("MARKET_PROXY is empty", "The disk has", "The worker is not running"):
        assert word in keys
    (said.data / doctor.BEAT).touch()
    assert not any("worker" in found.key for found in await doctor.findings(said, at))


async def test_a_clock_that_was_set_back(village: Settings) -> None:
    """The dead battery of a village's machine: the market does not start in 1970."""
    async with opened(village):
        await run(accounts.issue_code, MALEE, by=ADMIN, at=NOW + timedelta(days=3650))
        seq, _ = await log.head()
    at = datetime.now(UTC)
    assert any("The clock says" in found.key for found in await doctor.findings(village, at))
    with pytest.raises(doctor.ClockBehind):
        await doctor.ensure_clock(village, at)
    done = command(village, ["serve", "--port", "1"])
    assert done.returncode == 1
    assert "นาฬิกา" in done.stderr
    assert "--clock-is-right" in done.stderr
    async with opened(village):
        assert (await log.head())[0] == seq
    await doctor.ensure_clock(village, NOW + timedelta(days=3650))


def test_it_speaks_both_languages(tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("MARKET_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert main(["migrate"]) == 0
    (tmp_path / "data" / LAST).write_text(json.dumps({"at": "2020-01-01T00:00:00Z", "to": "x"}))
    assert main(["doctor"]) == 1
    told = capsys.readouterr().out
    assert "ข้อมูลสำรองล่าสุดทำไว้เมื่อ 1\u00a0ม.ค.\u00a02563" in told
    assert "The newest backup is of 1\u00a0Jan\u00a02020" in told
