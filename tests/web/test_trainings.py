"""Ying writes down who was trained; whoever takes an application on sees who was not."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from certification.applications import queries as applications
from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.trainings import commands, queries, rules
from certification.trainings.rules import RecordTraining
from tests.cast import (
    CHAN,
    KRIT,
    MALEE,
    NETWORK,
    NOW,
    RATTAPHUM,
    SOMCHAI,
    TODAY,
    WAN,
    YING,
    log_faults,
    village,
)
from tests.doors import Doors
from tests.guarantee import applied, planted, published
from tests.web.test_farm import read, sent


def training(**also: Any) -> RecordTraining:
    plain = RecordTraining(new_id(), RATTAPHUM, "ทำปุ๋ยหมัก", TODAY, 90, (MALEE, SOMCHAI))
    return msgspec.structs.replace(plain, **also)


async def test_hours_of_twelve_months_are_counted(db: Database) -> None:
    await village(db)
    for told in (training(), training(), training(held_on=TODAY - timedelta(days=366))):
        await run(commands.record, told, by=YING, at=NOW)
    network = training(organ=NETWORK, persons=(CHAN, KRIT), minutes=60)
    await run(commands.record, network, by=WAN, at=NOW)
    assert [await queries.hours(one, TODAY) for one in (MALEE, CHAN, YING)] == [3, 1, 0]
    assert await queries.hours(MALEE, TODAY + timedelta(days=365)) == 0
    [seen] = await queries.of_person(CHAN)
    assert seen.persons == (CHAN,), "of others who were there nothing is told"
    assert not await log_faults()


async def test_what_cannot_have_been_is_refused(db: Database) -> None:
    await village(db)
    for wrong, why in (
        (training(topic=" "), rules.TopicMissing),
        (training(minutes=0), rules.LengthOutOfRange),
        (training(minutes=24 * 60 * 6), rules.LengthOutOfRange),
        (training(held_on=TODAY + timedelta(days=1)), rules.DayOutOfRange),
        (training(persons=()), rules.NobodyThere),
        (training(persons=(MALEE, KRIT)), rules.NobodyThere),
    ):
        with pytest.raises(why):
            await run(commands.record, wrong, by=YING, at=NOW)
    assert await queries.of_organ(RATTAPHUM) == []


async def test_ying_writes_it_down_and_who_takes_on_sees_who_was_not(doors: Doors) -> None:
    await published(training_hours_min=3)
    asked, ying, malee = (
        await applied(await planted()),
        await doors.as_(YING),
        await doors.as_(MALEE),
    )
    assert "อบรมแล้ว 0 ชั่วโมง" in await read(ying, f"/board/applications/{asked}")
    form = {"id": new_id(), "organ": RATTAPHUM, "topic": "ทำปุ๋ยหมัก", "held_on": "22/11/69",
            "hours": "๓"}  # fmt: skip
    status, page = await sent(ying, "/trainings", form)
    assert (status, "ทำปุ๋ยหมัก" in page, "อย่างน้อย 1 คน" in page) == (400, True, True)
    for _ in range(2):
        assert (await sent(ying, "/trainings", {**form, "persons": MALEE}))[0] == 303
    view = await applications.application(asked)
    assert "training" not in [one.what for one in await applications.lacking(view, TODAY)]
    assert "12 เดือนที่ผ่านมา 3 ชั่วโมง" in await read(malee, "/farm/trainings")
    assert (await malee.get("/trainings")).status_code == 403
    krit = await doors.as_(KRIT)
    assert (await krit.get(f"/farm/trainings?of={MALEE}")).status_code == 404
    assert (await sent(krit, "/trainings", {**form, "persons": MALEE}))[0] == 404
