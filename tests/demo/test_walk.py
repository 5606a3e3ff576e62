"""`market demo --walk` as a stranger types it.

Over the demo that was seeded before, as at the second start; `.ci/run` and `--long` begin with
nothing too, and walk on PostgreSQL.
"""

import os
import re
import subprocess
import sys

import pytest

from tests.databases import mostly_sqlite, only_sqlite

MARKET = "from market.cli import main; raise SystemExit(main())"


def market(folder, url, *words):
    environment = {
        **os.environ, "MARKET_DATA": str(folder), "DATABASE_URL": url, "MARKET_ORIGIN": "",
    }  # fmt: skip
    return subprocess.run(
        [sys.executable, "-c", MARKET, *words], env=environment, capture_output=True, text=True,
        timeout=300, check=False,
    )  # fmt: skip


@mostly_sqlite
def test_the_cast_walks_the_whole_chain_and_the_rows_are_true(demo):
    walk(demo.data, demo.database_url)


@pytest.mark.long
@only_sqlite  # as `./run` does
def test_the_cast_walks_from_an_empty_folder(url, tmp_path):
    walk(tmp_path, url)


def walk(folder, url):
    walked = market(folder, url, "demo", "--walk")
    assert walked.returncode == 0, walked.stdout[-3_000:] + walked.stderr[-3_000:]
    for shown in (
        "inspections.own_plot", "inspections.kin_of_the_farmer", "decisions.no_quorum",
        "settlement.same_hands", "trips.day_there", "lots.sold_out",
        "codes on the first page read back",
        "each as it should be",
    ):  # fmt: skip
        assert shown in walked.stdout
    numbers = [int(n) for n in re.findall(r"^ *(\d+)\. ", walked.stdout, re.MULTILINE)]
    assert numbers == [*range(1, len(numbers) + 1)]
    assert len(numbers) > 40
    verified = market(folder, url, "verify", "log", "ledger", "stock")
    assert (verified.returncode, verified.stdout[:5]) == (0, "clean"), verified.stdout


def test_a_real_network_is_not_walked_through(url, tmp_path):
    assert market(tmp_path, url, "migrate").returncode == 0
    somying = ("init", "--name", "สมหญิง", "--phone", "0812345678")
    first = market(tmp_path, url, *somying)
    assert first.returncode == 0, first.stderr
    assert re.search(r"/sign-in\?code=[0-9A-Z]{5}-[0-9A-Z]{5} ", first.stdout), first.stdout
    again = market(tmp_path, url, *somying)
    assert (again.returncode, again.stdout) == (1, "")
    assert "administrator" in again.stderr
    walked = market(tmp_path, url, "demo", "--walk")
    assert walked.returncode == 1
    assert "it is left alone" in walked.stdout
