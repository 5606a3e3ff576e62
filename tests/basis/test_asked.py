"""Asking twice is asking once: also at the same moment, also when the first attempt failed."""

import asyncio
from datetime import date

import msgspec
import pytest

from certification.basis.asked import Asked, AskedOtherwise, for_good, once
from certification.basis.database import Database, in_use
from certification.basis.ids import new_id
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from tests.cast import KRIT, MALEE, NOW


class Pick(msgspec.Struct, frozen=True):
    crop: str
    grams: int
    on: date


class Picked(msgspec.Struct, frozen=True):
    pick: str
    grams: int


class Rain(Refusal):
    code = "asked.rain_of_a_test"


BASKET = Pick("kale", 500, date(2026, 11, 22))


async def pick(
    id: str, data: Pick, *, by: str | None = MALEE, fails: bool = False, pause: float = 0
) -> Picked:
    """A deed that leaves a trace in the database: one line per doing."""

    async def do() -> Picked:
        await in_use().query(
            "INSERT INTO log_cursor (reader, seq) VALUES ({}, {})", new_id(), data.grams
        )
        await asyncio.sleep(pause)
        if fails:
            raise Rain(on=str(data.on))
        return Picked(id, data.grams)

    return await once(id, "tests.pick", data, do, Picked, by=by, at=NOW)


async def done() -> int:
    [row] = await in_use().query("SELECT count(*) AS n FROM log_cursor")
    return int(row["n"])


async def test_the_second_time_answers_as_the_first(db: Database) -> None:
    id = new_id()
    first = await run(pick, id, BASKET)
    assert await run(pick, id, BASKET) == first == Picked(id, 500)
    assert await done() == 1


@pytest.mark.parametrize(
    "other", [Pick("kale", 501, BASKET.on), Pick("okra", 500, BASKET.on)], ids=repr
)
async def test_the_same_id_with_other_words_is_refused(other: Pick, db: Database) -> None:
    id = new_id()
    await run(pick, id, BASKET)
    with pytest.raises(AskedOtherwise) as refused:
        await run(pick, id, other)
    assert refused.value.facts == {"id": id}
    assert await done() == 1


@pytest.mark.parametrize("other", [KRIT, None])
async def test_somebody_else_with_the_same_id_learns_nothing(
    other: str | None, db: Database
) -> None:
    id = new_id()
    await run(pick, id, BASKET)
    with pytest.raises(AskedOtherwise):
        await run(pick, id, BASKET, by=other)


async def test_the_same_id_for_another_deed_is_refused(db: Database) -> None:
    id = new_id()
    await run(pick, id, BASKET)

    async def sell() -> Picked:
        raise AssertionError("never done")

    with pytest.raises(AskedOtherwise):
        await run(once, id, "tests.sell", BASKET, sell, Picked, by=MALEE, at=NOW)


async def test_a_refused_deed_may_be_asked_again(db: Database) -> None:
    id = new_id()
    with pytest.raises(Rain):
        await run(pick, id, BASKET, fails=True)
    assert await Asked.count() == 0
    assert await run(pick, id, BASKET) == Picked(id, 500)
    assert await done() == 1


async def test_twenty_taps_at_the_same_moment_are_one_deed(db: Database) -> None:
    id = new_id()
    answers = await asyncio.gather(*(run(pick, id, BASKET, pause=0.02) for _ in range(20)))
    assert set(answers) == {Picked(id, 500)}
    assert await done() == 1


async def test_of_two_bodies_at_the_same_moment_one_wins(db: Database) -> None:
    id = new_id()
    bodies = [Pick("kale", 500 + turn % 2, BASKET.on) for turn in range(10)]
    answers = await asyncio.gather(
        *(run(pick, id, body, pause=0.02) for body in bodies), return_exceptions=True
    )
    won = [answer for answer in answers if isinstance(answer, Picked)]
    lost = [answer for answer in answers if isinstance(answer, AskedOtherwise)]
    assert (len(won), len(lost), len(set(won))) == (5, 5, 1)
    assert await done() == 1


async def test_who_waited_for_one_that_failed_does_it(db: Database) -> None:
    id = new_id()

    async def late() -> Picked:
        await asyncio.sleep(0.02)
        return await run(pick, id, BASKET)

    failed, did = await asyncio.gather(
        run(pick, id, BASKET, fails=True, pause=0.1), late(), return_exceptions=True
    )
    assert isinstance(failed, Rain)
    assert did == Picked(id, 500)
    assert await done() == 1


async def test_a_no_that_was_asked_for_good_stays_a_no(db: Database) -> None:
    """Also when the rain is over; what is malformed, or only `run`, is not remembered."""
    id, plain = new_id(), new_id()
    with pytest.raises(Rain) as first:
        await for_good(pick, id, BASKET, fails=True)
    with pytest.raises(Rain) as again:
        await for_good(pick, id, BASKET)
    assert (again.value.facts, again.value.kept) == (first.value.facts, True)
    with pytest.raises(Rain):
        await run(pick, id, BASKET)
    with pytest.raises(AskedOtherwise):
        await for_good(pick, id, Pick("okra", 500, BASKET.on))
    with pytest.raises(Rain):
        await run(pick, plain, BASKET, fails=True)
    assert await for_good(pick, plain, BASKET) == Picked(plain, 500)
    assert await done() == 1


async def test_duplicates_at_once_hear_one_answer_whatever_comes_first(db: Database) -> None:
    """Some meet the rain and some do not; whichever is stored first is the answer of all."""
    for _ in range(4):
        id = new_id()
        some = [
            for_good(pick, id, BASKET, fails=number % 2 == 0, pause=number % 3 / 500)
            for number in range(8)
        ]
        answers = await asyncio.gather(*some, return_exceptions=True)
        assert len({str(one) for one in answers}) == 1, answers
        before = await done()
        for fails in (True, False):
            [again] = await asyncio.gather(
                for_good(pick, id, BASKET, fails=fails), return_exceptions=True
            )
            assert str(again) == str(answers[0])
        assert await done() == before
