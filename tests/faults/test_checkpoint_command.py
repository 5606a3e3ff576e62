"""`market checkpoint` and `market verify --checkpoint`, for whoever keeps a copy elsewhere."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from certification.basis import notes
from certification.basis.transaction import run
from market import doctor
from market.app import opened
from market.backup import keys
from market.backup.take import take
from market.cli import main
from market.demo.server import command
from market.domain.accounts import commands as accounts
from market.settings import Settings
from tests.cast import ADMIN, MALEE

Market = Callable[..., tuple[int, str]]


@pytest.fixture
def market(village: Settings, monkeypatch, capsys) -> Market:
    monkeypatch.setenv("MARKET_DATA", str(village.data))
    monkeypatch.setenv("DATABASE_URL", village.database_url)

    def called(*arguments: object) -> tuple[int, str]:
        ended = main([str(one) for one in arguments])
        told = capsys.readouterr()
        return ended, told.out + told.err

    return called


def deed(village: Settings) -> None:
    async def done() -> None:
        async with opened(village):
            await run(accounts.issue_code, MALEE, by=ADMIN, at=datetime.now(UTC))

    asyncio.run(done())


def test_what_was_saved_elsewhere_shows_what_became_of_the_record(
    village: Settings, market: Market, tmp_path: Path
) -> None:
    saved, older = tmp_path / "saved.txt", tmp_path / "older"
    asyncio.run(take(village, older, at=datetime.now(UTC)))
    deed(village)
    ended, told = market("checkpoint")
    assert ended == 0
    key, _, note = told.partition("\n\n")
    key = key.splitlines()[-1]
    assert notes.signed_text(note, [notes.read_verifier(key)])
    saved.write_text(note)
    deed(village)
    ended, told = market("verify", "log", "--checkpoint", saved, "--key", key)
    assert (ended, "The checkpoint fits" in told, "ลายเซ็นตรงกัน" in told) == (0, True, True)

    garbage = tmp_path / "garbage.txt"
    garbage.write_text("not this")
    (tmp_path / "key.txt").write_text(key + "\n")
    other = notes.Signer("other", bytes(32)).verifier.text
    for given, code, word in (
        ([garbage], 3, "no signed checkpoint"),
        ([tmp_path / "nowhere"], 3, "no signed checkpoint"),
        ([saved, "--key", other], 4, "Either another key"),
        ([saved, "--key", "nonsense"], 4, "is no key"),
        ([saved, "--key", tmp_path / "key.txt"], 0, "The checkpoint fits"),
    ):
        ended, told = market("verify", "log", "--checkpoint", *given)
        assert (ended, word in told) == (code, True), told

    ended, told = market("restore", older, "--replace")
    assert (ended, "NOT SIGNED" in told, "--another-record" in told) == (0, True, True)
    ended, told = market("verify", "log", "--checkpoint", saved)
    assert (ended, "ENTRIES ARE MISSING" in told) == (5, True)
    ended, told = market("verify")
    assert (ended, "was signed over" in told) == (1, True)
    assert "NOT SIGNED" in market("checkpoint")[1]
    keys_found = asyncio.run(doctor.findings(village, datetime.now(UTC)))
    assert "refusal.checkpoints.record_shorter" in {found.key for found in keys_found}
    deed(village)
    deed(village)
    ended, told = market("verify", "log", "--checkpoint", saved)
    assert (ended, "WENT ON OTHERWISE" in told) == (1, True)
    assert market("checkpoint")[0] == 1
    ended, told = market("checkpoint", "--another-record")
    assert (ended, "/log/2\n" in told) == (0, True)
    ended, told = market("verify")
    assert ended == 0, told
    assert market("verify", "log", "--checkpoint", saved)[0] == 4  # its key went with the backup
    ended, told = market("verify", "log", "--checkpoint", saved, "--key", key)
    assert (ended, "is of the record" in told) == (1, True)


def test_a_market_whose_signing_key_is_lost_says_so_before_it_starts(
    village: Settings, market: Market, tmp_path: Path
) -> None:
    assert market("checkpoint")[0] == 0
    paper, key = tmp_path / "paper.txt", village.data / "keys" / "log.key"
    content = key.read_text()
    keys.write_paper(key.parent, paper)
    key.unlink()
    done = command(village, ["serve", "--port", "1"])
    assert done.returncode == 1
    assert "market checkpoint --new-key" in done.stderr
    assert market("restore", "--keys", paper)[0] == 0
    assert key.read_text() == content
    key.unlink()
    assert market("checkpoint", "--new-key")[0] == 0
    assert key.read_text() != content
    assert market("verify", "log")[0] == 0


def test_a_backup_is_read_without_the_key_that_signed_the_log(
    village: Settings, market: Market, tmp_path: Path
) -> None:
    assert market("checkpoint")[0] == 0
    asyncio.run(take(village, tmp_path / "kept", at=datetime.now(UTC)))
    assert market("checkpoint", "--new-key")[0] == 0
    assert market("restore", tmp_path / "kept", "--replace")[0] == 0
    assert market("verify", "log")[0] == 0
    assert market("checkpoint")[0] == 0
