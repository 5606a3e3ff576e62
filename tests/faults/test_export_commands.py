"""`market export`: what the pages hand out, as files."""

import asyncio
import csv
import json
import zipfile
from pathlib import Path

import pytest

from certification.basis.database import in_use
from market.app import opened
from market.cli import main
from market.settings import Settings
from tests.cast import MALEE, PARTICULARS, RATTAPHUM


def test_a_groups_tables_sheet_and_goods_are_written_to_files(
    village: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MARKET_DATA", str(village.data))
    monkeypatch.setenv("DATABASE_URL", village.database_url)

    async def code_of() -> str:
        async with opened(village):
            [row] = await in_use().query("SELECT code FROM producer_group WHERE id = {}", RATTAPHUM)
            return str(row["code"])

    group = asyncio.run(code_of())

    def export(kind: str, name: str, *more: str) -> Path:
        to = tmp_path / name
        assert main(["export", kind, *more, "--to", str(to)]) == 0
        return to

    name = PARTICULARS[MALEE].name
    for more, told in ((), False), (("--names",), True):
        with zipfile.ZipFile(export("acfs", "acfs.zip", "--group", group, *more)) as file:
            assert (name in file.read("farmer.csv").decode()) is told
    with export("fsma204", "f.csv", "--group", group).open(encoding="utf-8-sig") as file:
        assert next(csv.reader(file))[0] == "Critical tracking event"
    assert zipfile.is_zipfile(
        export("fsma204", "f.xlsx", "--group", group, "--until", "2026-11-30")
    )
    assert "@graph" in json.loads(export("catalogue", "c.jsonld").read_text())
    assert main(["export", "acfs", "--group", "22222222", "--to", str(tmp_path / "no")]) == 1
