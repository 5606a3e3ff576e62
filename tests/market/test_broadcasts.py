"""A leader writes to her group once, whom it reaches is known before, and it can be stopped."""

import asyncio

import pytest

from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.broadcasts import commands, queries, rules
from market.domain.broadcasts.rules import WriteBroadcast
from market.domain.contacts import commands as contacts
from market.domain.notices import queries as notices
from market.jobs import clock
from tests.cast import CHAN, KRIT, MALEE, NETWORK, NOW, RATTAPHUM, SOMCHAI, YING, later, village
from tests.guarantee import planted
from tests.market.outbox import on_line, told, world
from tests.market.stall import stall

THAI, ENGLISH = "พรุ่งนี้น้ำสูง เก็บของก่อนเที่ยง", "High water tomorrow: harvest before noon"


def said(organ: str = RATTAPHUM, area: str = "", **other: str) -> WriteBroadcast:
    return WriteBroadcast(new_id(), other.get("th", THAI), other.get("en", ENGLISH), organ, area)


async def heard(person: str) -> list[str]:
    return [
        str(one.facts["text_en"])
        for one in await notices.of_person(person)
        if one.kind == "broadcasts.went"
    ]


async def test_it_reaches_each_once_and_nobody_else(db: Database) -> None:
    await stall(db)
    with world() as out:
        await on_line(MALEE)
        await run(contacts.choose, ["broadcasts"], by=SOMCHAI, at=NOW)
        reach = await queries.reach(RATTAPHUM, None, NOW)
        assert (reach.people, reach.channels, reach.declined) == (4, {"line": 1}, 1)
        assert (reach.page_only, reach.quiet_now) == (3, 0)
        assert (await queries.reach(RATTAPHUM, None, later(hours=14))).quiet_now == 1
        await run(commands.write, said(), by=YING, at=NOW)
        await clock.tick(NOW)
        await told(NOW)
        assert await heard(MALEE) == []
        soon = NOW + rules.STOPPABLE_FOR
        for _ in range(2):
            await asyncio.gather(commands.go(soon), commands.go(soon))
            await told(soon)
        for person in (MALEE, SOMCHAI, CHAN):
            assert await heard(person) == [ENGLISH]
        assert await heard(YING) == await heard(KRIT) == []
        assert len([one for one in out.line.arrived if ENGLISH in one.text]) == 1


async def test_stopped_in_time_it_never_goes_and_afterwards_it_is_too_late(db: Database) -> None:
    await stall(db)
    early, late = said(), said(NETWORK)
    for one in (early, late):
        await run(commands.write, one, by=YING, at=NOW)
    for _ in range(2):
        await run(commands.stop, early.id, by=YING, at=NOW)
    await commands.go(later(minutes=10))
    with pytest.raises(rules.OnItsWay):
        await run(commands.stop, late.id, by=YING, at=later(minutes=11))
    states = {one.id: one.state for one in await queries.of_places([RATTAPHUM, NETWORK], [])}
    assert states == {early.id: "stopped", late.id: "went"}


async def test_three_a_day_also_when_two_write_at_once(db: Database) -> None:
    await stall(db)
    wrote = await asyncio.gather(
        *(run(commands.write, said(), by=YING, at=NOW) for _ in range(rules.A_DAY_MAX + 1)),
        return_exceptions=True,
    )
    assert len([one for one in wrote if isinstance(one, rules.EnoughToday)]) == 1
    await run(commands.write, said(), by=YING, at=later(days=1))


async def test_of_an_area_hear_those_who_farm_there(db: Database) -> None:
    await village(db)
    await planted()
    tambon = (await queries.in_use().query("SELECT tambon FROM plot LIMIT 1"))[0]["tambon"]
    assert await queries.audience(None, tambon[:4], NOW) == [MALEE]
    for wrong in (said("", "9501"), said(th=" "), said(en="x" * 501), said("", ""), said(area="9")):
        with pytest.raises((rules.NobodyThere, rules.TextMissing, rules.NoPlace)):
            await run(commands.write, wrong, by=YING, at=NOW)
