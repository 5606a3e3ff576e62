"""`market schemes`: a charter's questions and inputs as tables, out of the draft and into it."""

import asyncio
import csv
from pathlib import Path

import pytest

from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.schemes import commands, queries
from certification.schemes.queries import Draft
from certification.schemes.rules import FoundScheme
from market.app import opened
from market.cli import main
from market.settings import Settings
from tests.cast import LONG_AGO, MALEE, NETWORK, PARTICULARS, WAN

SCHEME = "sgs-pgs"
WANS = PARTICULARS[WAN].member_number


def founded(village: Settings) -> None:
    async def done() -> None:
        async with opened(village):
            wanted = FoundScheme(new_id(), SCHEME, "SGS", NETWORK, "sgs-pgs-small")
            await run(commands.found, wanted, by=WAN, at=LONG_AGO)

    asyncio.run(done())


def draft(village: Settings) -> Draft:
    async def read() -> Draft:
        async with opened(village):
            return await queries.draft(SCHEME)

    return asyncio.run(read())


def test_a_charters_lists_go_out_as_tables_and_come_back_whole(
    village: Settings, monkeypatch: pytest.MonkeyPatch, capsys, tmp_path: Path
) -> None:
    monkeypatch.setenv("MARKET_DATA", str(village.data))
    monkeypatch.setenv("DATABASE_URL", village.database_url)

    def schemes(*arguments: object) -> tuple[int, str]:
        ended = main(["schemes", *map(str, arguments)])
        told = capsys.readouterr()
        return ended, told.out + told.err

    items, inputs = tmp_path / "items.csv", tmp_path / "inputs.csv"
    brought = ("import", SCHEME, "--items", items, "--inputs", inputs, "--by")
    assert schemes("export", SCHEME, tmp_path)[0] == 1  # nobody founded it yet
    founded(village)
    before = draft(village)
    assert schemes("export", SCHEME, tmp_path)[0] == 0
    assert "revision of the draft 1" in schemes("list")[1]
    ended, told = schemes(*brought, WANS)
    assert (ended, "Questions: 0 new, 0 changed, 0 moved, 0 taken out" in told) == (0, True)
    assert draft(village).content == before.content

    with items.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    rows[1][rows[0].index("en")] = "=Does a fence stand?"
    with items.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([*rows[:2], *rows[3:]])
    for who in (PARTICULARS[MALEE].member_number, "0899999999", "x"):
        assert schemes(*brought, who)[0] == 1  # Malee does not edit the charter
    ended, told = schemes(*brought, WANS, "--dry-run")
    assert "Questions: 0 new, 1 changed, 0 moved, 1 taken out" in told
    assert draft(village).content == before.content
    assert schemes(*brought, WANS)[0] == 0
    after = draft(village)
    assert after.content.checklist[0].en == "=Does a fence stand?"
    assert len(after.content.checklist) == len(before.content.checklist) - 1
    assert after.by == WAN

    inputs.write_bytes(b"code,nothing\n")
    ended, told = schemes(*brought, WANS)  # both lists or neither
    assert (ended, "row 1" in told) == (1, True)
    assert schemes("import", SCHEME, "--by", WANS)[0] == 2
    assert draft(village).revision == after.revision
