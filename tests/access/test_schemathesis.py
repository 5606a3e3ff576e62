"""The API as its own description tells it: everybody asks what schemathesis makes up of it."""

import logging
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator

import msgspec
import pytest
from httpx import Response

from tests.access import fuzzed, oracle
from tests.access.fuzzed import Operation
from tests.access.sown import STRANGER, Sown
from tests.cast import EVERYBODY
from tests.databases import only_sqlite

SEED = 20261125
ONE_IN = 1 if "MARKET_LONG" in os.environ else 3
EXAMPLES, LONG_EXAMPLES = 1, 6
"""Of what fits the description, and as many of what does not."""


class Walked(msgspec.Struct):
    answers: Counter[int] = msgspec.field(default_factory=Counter)
    wrong: dict[str, str] = {}
    done: list[str] = []
    """Operations that did for somebody what was asked."""
    never: list[str] = []
    """Operations that let nobody in."""

    def __str__(self) -> str:
        told = ", ".join(f"{count} × {status}" for status, count in sorted(self.answers.items()))
        return f"{self.answers.total()} requests: {told}; {len(self.done)} operations did it"


async def walk(sown: Sown, seed: int, examples: int) -> Walked:
    """First what is only read, last what ends sessions."""
    found = list(fuzzed.operations(sown, seed, examples))
    found.sort(key=lambda one: (one.door.method != "GET", ends(one), one.door.name))
    chance, walked = random.Random(seed), Walked()
    for person in EVERYBODY:
        await sown.doors.step_up(person)
    for at, one in enumerate(found):
        answers = Counter[int]()
        for person in askers(sown, one, at):
            for case in one.cases:
                asked = fuzzed.request(sown, case, chance)
                said = await ask(sown, one, person, asked.pop("url"), **asked)
                answers[said.status_code] += 1
                for fault in fuzzed.faults(case, said):
                    walked.wrong.setdefault(
                        f"{one.door.name} {fault[:60]}", f"{person[-4:]} {asked} {fault}"
                    )
        walked.answers += answers
        if not set(answers) - {401, 403}:
            walked.never.append(one.door.name)
        if min(answers) < 300:
            walked.done.append(one.door.name)
    return walked


def askers(sown: Sown, one: Operation, at: int) -> Iterator[str]:
    """Who has a role for it, and of all others, who are answered alike, one in so many by turns."""
    for turn, person in enumerate((STRANGER, *EVERYBODY), at):
        if turn % ONE_IN == 0 or (person and sown.may(one.door, person)):
            yield person


def ends(one: Operation) -> bool:
    return one.door.operation.startswith("sign_out.")


async def ask(sown: Sown, one: Operation, person: str, path: str, **sent: object) -> Response:
    """Who signs out signs in again before the next."""
    if not (person and ends(one)):
        return await sown.ask(one.door, person, path, **sent)
    sown.doors.forget(person)
    client = await sown.doors.as_(person)
    return await client.request(one.door.method, path, **sent)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)


def judge(walked: Walked, seed: int) -> None:
    print(f"schemathesis, seed {seed}: {walked}")
    wrong = [f"{what}: {how}" for what, how in walked.wrong.items()]
    assert not wrong, oracle.told([f"{len(wrong)} with seed {seed}", *wrong])
    assert not walked.never, oracle.told(walked.never)


@only_sqlite  # what is written reaches both in test_every_route
async def test_everybody_asks_what_the_description_allows_and_what_not(sown: Sown) -> None:
    walked = await walk(sown, SEED, EXAMPLES)
    judge(walked, SEED)
    assert walked.answers.total() > 2_000


@pytest.mark.long
@only_sqlite  # the same
async def test_everybody_asks_much_more(
    sown: Sown, record_property: Callable[[str, object], None]
) -> None:
    seed = int(os.environ.get("MARKET_LONG") or SEED)
    walked = await walk(sown, seed, LONG_EXAMPLES)
    record_property("figure", f"{walked}; {len(walked.wrong)} lies of the description")
    judge(walked, seed)
