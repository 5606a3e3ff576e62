"""Scans are summed up without anybody in them, and what is more than usual is noted once."""

import asyncio
import math
from datetime import timedelta

import pytest

from certification.basis.database import Database, in_use
from certification.basis.ids import new_id
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.people import commands as people
from certification.people.rules import Relate
from market.domain.labels import commands as labels
from market.domain.labels.rules import PrintLabels
from market.domain.scans import commands, queries, rules
from market.domain.scans.rules import End, Look
from market.domain.scans.tables import ScanCount
from market.domain.trace.rules import Noted, noted
from tests.cast import MALEE, NOW, SOMCHAI, TODAY, WAN, YESTERDAY, later
from tests.market.farm import farm

MONTHS = 60


def exactly(scans: int, readers: float, opens: float) -> float:
    """The chance of so many or more, by Panjer's recursion: no bound and none of our formulas."""
    p = 1 / opens
    jump = [0.0] + [p * (1 - p) ** (n - 1) for n in range(1, scans)]
    chance = [math.exp(-readers)]
    for s in range(1, scans):
        chance.append(readers / s * sum(n * jump[n] * chance[s - n] for n in range(1, s + 1)))
    return 1 - math.fsum(chance)


def test_the_bound_is_above_the_chance_and_not_far_above() -> None:
    for readers, opens in ((0.25, 2.0), (10.0, 2.0), (25.0, 1.5), (25.0, 3.0)):
        for scans in (30, 60, 90, 120):
            true = exactly(scans, readers, opens)
            bound = math.exp(rules.log_chance(scans, readers, opens))
            if 1e-12 < true < 0.1:
                assert true <= bound <= 40 * true, (readers, opens, scans, true, bound)
    assert rules.log_chance(20, 10.0, 2.0) == 0, "what is expected is never unusual"


def test_over_all_days_an_honest_lot_is_noted_once_in_a_thousand_at_most() -> None:
    """Of the chances of each day, exactly, the sum: dependent days make it only smaller."""
    for packets in (40, 200):
        days = [rules.most(packets, day) + 1 for day in range(1, MONTHS)]
        wrong = sum(exactly(least, packets * rules.READERS, rules.OPENS) for least in days)
        assert 0 < wrong <= rules.FALSE_ALARMS, (packets, wrong)
        assert days == sorted(days), "it never grows more suspicious by itself"
    assert not rules.is_unusual(rules.LEAST - 1, 1, 1), "a family around one packet"
    assert rules.packets(12, 1_001) == 15
    assert rules.packets(12, -5) == 12


def test_what_was_explained_is_told_no_more_and_what_was_copied_is() -> None:
    days = [TODAY + timedelta(days=one) for one in range(4)]
    for words, told in (
        ("unusual", (0, False)), ("unusual explained", None), ("unusual copied", (1, True)),
        ("unusual explained unusual", (2, False)), ("unusual copied unusual explained", (1, True)),
    ):  # fmt: skip
        tags = [f"scans.{word}" for word in words.split()]
        found = noted([("lots.harvested", days[0]), *zip(tags, days, strict=False)])
        assert found == (told and Noted(days[told[0]], told[1])), words


async def refused(kind: type[Refusal], deed: object) -> None:
    with pytest.raises(kind):
        await deed  # type: ignore[misc]


async def test_what_is_counted_adds_up_and_is_noted_once_and_closed_by_another(
    db: Database,
) -> None:
    there = await farm(db)
    lot, another = [await there.harvest(20_000) for _ in range(2)]
    await run(labels.print_run, new_id(), PrintLabels(lot.lot, "l7160", 500, 30), by=MALEE, at=NOW)

    async def scanned(times: int) -> None:
        await run(commands.add, {lot.code: times, another.code: 5, "0000000A": 5}, on=TODAY)

    await asyncio.gather(*(scanned(one) for one in (10, 7, 13)))
    seen = await queries.seen(lot.lot)
    assert seen is not None
    assert (seen.scans, seen.packets, seen.day(NOW)) == (30, 40, 1), "30 labels, and 5 kg more"
    await scanned(rules.most(40, 1) - 30)
    assert await commands.judge(NOW) == 0
    await scanned(1)
    assert sum(await asyncio.gather(*(commands.judge(NOW) for _ in range(3)))) == 1
    [signal] = await queries.signals()
    assert (signal.scans, signal.packets, signal.day) == (rules.most(40, 1) + 1, 40, 1)

    await run(commands.tell_area, lot.code, "9001", at=NOW)
    await run(commands.tell_area, lot.code, "50", at=NOW)
    for nowhere in ("900101", "9101", "90", "x"):
        await refused(rules.NoArea, run(commands.tell_area, lot.code, nowhere, at=NOW))
    assert (await queries.places(lot.lot))[0].times == 1
    assert await queries.total(lot.lot) == signal.scans, "what is told is not scanned"
    columns = {column._meta.name for column in ScanCount._meta.columns}
    assert columns == {"id", "lot", "on_day", "area", "times"}, "nothing of who, whence or when"

    look, end = Look(new_id(), signal.id), End(new_id(), signal.id, "shared")
    await refused(rules.OwnLot, run(commands.look, look, by=MALEE, at=NOW))
    kin = Relate(new_id(), SOMCHAI, MALEE, "kin", YESTERDAY, 2)
    await run(people.relate, kin, by=SOMCHAI, at=NOW)
    await refused(rules.OwnLot, run(commands.look, look, by=SOMCHAI, at=NOW))
    await refused(rules.LookFirst, run(commands.end, end, by=WAN, at=NOW))
    for _ in range(2):
        await run(commands.look, look, by=WAN, at=NOW)
    silent = End(new_id(), signal.id, "other")
    await refused(rules.WordsWrong, run(commands.end, silent, by=WAN, at=NOW))
    both = [end, End(new_id(), signal.id, "copied")]
    done = await asyncio.gather(
        *(run(commands.end, one, by=WAN, at=NOW) for one in both), return_exceptions=True
    )
    assert sum(isinstance(one, rules.Ended) for one in done) == 1, done

    tomorrow = later(days=1)
    assert await commands.judge(tomorrow) == 0, "what was explained is not noted again"
    await run(commands.add, {lot.code: 200}, on=TODAY + timedelta(days=1))
    assert await commands.judge(tomorrow) == 1, "what came later is"
    tags = await in_use().query(
        "SELECT tag FROM log_entry WHERE tag LIKE 'scans.%' AND tag <> {} ORDER BY seq",
        "scans.looked_into",
    )
    assert [row["tag"] for row in tags][::2] == ["scans.unusual", "scans.unusual"]
