"""The chain recomputed by another language's JSON and SHA-256."""

import json
import subprocess
from pathlib import Path

import pytest

from certification.basis.database import Database
from certification.basis.log import LogEntry, head
from tests.cast import village
from tests.skips import program

SCRIPT = Path(__file__).with_name("chain.mjs")


async def entries() -> list[dict[str, object]]:
    rows = await LogEntry.select().order_by(LogEntry.seq)
    return [
        {"seq": row["seq"], "body": row["body"].decode(), "leaf": row["leaf"].hex()} for row in rows
    ]


def checked(told: list[dict[str, object]]) -> subprocess.CompletedProcess[str]:
    node = program("node") or ""
    return subprocess.run(
        [node, SCRIPT], input=json.dumps(told), capture_output=True, text=True, check=False
    )


@pytest.mark.node
async def test_node_finds_the_chain_whole_and_every_break(db: Database) -> None:
    await village(db)
    told = await entries()
    seq, leaf = await head()
    assert checked(told).stdout.strip() == f"{seq} {leaf.hex()}"
    assert checked(told[:3] + told[4:]).returncode == 1
    changed = {**told[5], "body": str(told[5]["body"]).replace('"by":"0193', '"by":"0194', 1)}
    assert "entry 6: leaf" in checked([*told[:5], changed, *told[6:]]).stdout
