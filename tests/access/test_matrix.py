"""Everybody at every door, for the thing and for what is not there, as the oracle foretells it."""

import os
import random
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest
import typst

from market.access.policy import Policy
from tests.access import canaries, oracle
from tests.access.doorbell import Bell, Said, hang
from tests.access.everybody import (
    BUYER,
    HAS_LEFT,
    LOOKER,
    NEAREST,
    SHUT_OUT,
    STRANGER,
    THINGS,
    TIME_IS_OVER,
    everybody,
    stands_outside,
)
from tests.access.oracle import ANYBODY, MISSING, NO, NOT_THERE, YES, Address, Someone, foretold
from tests.access.sown import Sown
from tests.access.test_oracle import OPERATIONS, Turn, mattering, unnoticed
from tests.databases import only_sqlite

DEEDS, ADDRESSES = oracle.deeds(), oracle.addresses()
READ = [one for one in ADDRESSES if one.method == "GET"]
PEOPLE = sorted(everybody(), key=lambda one: "herself" in one.name)
"""Those who hold a role for a moment come last: their moments are later."""

ONE_IN, MISSING_ONE_IN = (1, 1) if "MARKET_LONG" in os.environ else (8, 8)
"""At the first door of each operation and thing all ask; at the others, which ask the policy the
same, one in so many, at the next door the next ones. Of those who get as far as the thing one in so
many asks for what is not there as well."""

ALONE = tuple(one.name for one in (STRANGER, BUYER, LOOKER, TIME_IS_OVER, HAS_LEFT, SHUT_OUT))


def askers(one: Address) -> Iterator[Someone]:
    """Everybody; of those who get the same wherever they stand only who stands nearest."""
    deed = DEEDS[one.deed]
    pin = any(cell.pin for cell in deed.cells.values())
    for who in PEOPLE:
        never = ANYBODY in deed.cells or foretold(deed, who, None) == NO
        same = never or not (who.pin or pin)
        if (not same or _near(who)) and not (never and not who.pin):
            yield who


def by_turns(one: Address) -> list[Someone]:
    first = next(other for other in ADDRESSES if _asks_the_policy(other) == _asks_the_policy(one))
    every = [*askers(one)]
    return every if one is first else every[ADDRESSES.index(one) % ONE_IN :: ONE_IN]


def who_may(one: Address) -> Someone:
    """Who is answered, if anybody is."""
    every, thing = [*askers(one)], THINGS.get(one.object)
    return next((who for who in every if foretold(DEEDS[one.deed], who, thing) == YES), every[0])


def _asks_the_policy(one: Address) -> tuple[str, str, bool]:
    return OPERATIONS[one.name], one.object, one.lists


def _near(who: Someone) -> bool:
    return who.name.removesuffix(", without PIN").endswith((*NEAREST, "herself", *ALONE))


async def test_everybody_gets_what_the_oracle_foretells(
    sown: Sown, caplog: pytest.LogCaptureFixture
) -> None:
    """And nobody outside hears anything personal, in no answer of whatever kind.

    All of it on SQLite; on PostgreSQL each page and answer that changes nothing is asked for by one
    who may, and one in six by everybody.
    """
    caplog.set_level("INFO")
    bell, tried, who_asked, wrong = await hang(sown), 0, set[str](), list[str]()
    for at, one in enumerate(ADDRESSES if bell.puts_back else READ):
        asking = by_turns(one) if bell.puts_back or at % 6 == 0 else [who_may(one)]
        count, names, found = await at_the_door(bell, one, asking)
        tried, wrong = tried + count, wrong + found
        who_asked |= names
    sung = canaries.heard(caplog.text)
    wrong += [f"the log tells the {what} {word}" for word, what in sung.items()]
    print(f"{tried} cells, {len(who_asked)} principals, {len(wrong)} otherwise than foretold")
    assert not wrong, oracle.told([f"{len(wrong)} of {tried}", *wrong])
    assert tried > (8_000 if bell.puts_back else 1_000)
    assert len(who_asked) >= 14


async def at_the_door(
    bell: Bell, one: Address, asking: list[Someone], *, first: bool = False
) -> tuple[int, set[str], list[str]]:
    """How many were tried, who asked, what was otherwise; with `first` no more than that."""
    tried, names, wrong = 0, set[str](), list[str]()
    for turn, who in enumerate(asking, ADDRESSES.index(one)):
        found, said = await judged(bell, one, who)
        wrong += found
        tried += 1
        names.add(who.name)
        if one.object and who.pin and not one.lists and (first or turn % MISSING_ONE_IN == 0):
            found, gone = await judged(bell, one, who, missing=True)
            wrong += found + differing(bell, one, who, said, gone)
            tried += 1
        if first and wrong:
            break
    return tried, names, wrong


async def judged(
    bell: Bell, one: Address, who: Someone, *, missing: bool = False
) -> tuple[list[str], Said]:
    """What is otherwise than foretold, and the answer itself."""
    said = await bell.ask(one, who, missing=missing)
    thing = MISSING if missing else THINGS.get(one.object)
    expected = foretold(DEEDS[one.deed], who, thing)
    got = said.answer
    if one.lists and got == YES:
        got = YES if bell.lists(one, said) else NOT_THERE
    told = leaks(bell, one, who, said, missing=missing, refused=expected != YES)
    if got == expected:
        return told, said
    what = thing.name if thing else "nothing"
    wrong = f"{one.name}: {who.name}, {what}: {got} {said.status} {said.code}, not {expected}"
    return [wrong, *told], said


def leaks(
    bell: Bell, one: Address, who: Someone, said: Said, *, missing: bool, refused: bool
) -> list[str]:
    """Personal things in an answer to somebody outside, or in a refusal to anybody else."""
    if not stands_outside(who) and not refused:
        return []
    found = canaries.heard(plain(bell, one, said.told, missing=missing))
    if one.address == "/api/v1/log/bodies":  # who recomputes the record reads pseudonyms, no more
        found = {word: what for word, what in found.items() if what != "pseudonym"}
    return [f"{one.name} tells {who.name} the {what} {word}" for word, what in found.items()]


def test_the_canaries_are_heard_wherever_they_sing() -> None:
    """In a page's escapes, in a PDF, in a header, in the bytes of a picture."""
    page = Said(200, {"content-type": "text/html"}, b"<p>77&#x2f;7 ZZADDRESS</p>")
    header = Said(303, {"location": "/people/0812345601"})
    picture = Said(200, {"content-type": "image/jpeg"}, b"\xff\xd8 ZZEXIF of the field")
    paper = Said(200, {"content-type": "application/pdf"}, typst.compile(b"3900700123454"))
    for said in (page, header, picture, paper):
        assert canaries.heard(said.told), said
    assert not canaries.heard(Said(200, {}, b"nothing").told)


def differing(bell: Bell, one: Address, who: Someone, there: Said, gone: Said) -> list[str]:
    """Nobody learns from a 404 whether there is something: but for the address they are equal."""
    if there.answer != NOT_THERE or gone.answer != NOT_THERE:
        return []
    if plain(bell, one, there.text, missing=False) == plain(bell, one, gone.text, missing=True):
        return []
    return [f"{one.name}: {who.name} learns what is there: {there.body!r} {gone.body!r}"]


def plain(bell: Bell, one: Address, text: str, *, missing: bool) -> str:
    """Without the question itself, which an answer may repeat."""
    path, fields = bell.addressed(one, missing=missing)
    spelt = (path, quote(path), quote(path, safe=""), path.partition("?")[0])
    for known in (*spelt, *fields.values()):
        text = text.replace(known, "…")
    return text


async def noticed(bell: Bell, turns: list[Turn]) -> list[str]:
    """Which turned cells of the policy nobody notices at the doors."""
    guard = bell.sown.doors.guard
    kept, missed = guard.policy, []
    try:
        for turn in turns:
            guard.policy = Policy.of(turn.rules)
            doors = [one for one in ADDRESSES if OPERATIONS[one.name] == turn.operation]
            if not [
                1 for one in doors if (await at_the_door(bell, one, by_turns(one), first=True))[2]
            ]:
                missed.append(turn.name)
    finally:
        guard.policy = kept
    return missed


@only_sqlite  # what a question changed is put back there
async def test_a_turned_cell_is_noticed_at_the_doors(sown: Sown) -> None:
    """One may be: a door may ask more than the table does, such as whose phone it is."""
    turns = random.Random(7).sample(mattering(), 6)
    missed = await noticed(await hang(sown), turns)
    assert len(missed) <= 1, missed


@pytest.mark.long
@only_sqlite  # the same
async def test_turned_cells_are_noticed_at_the_doors(
    sown: Sown, record_property: Callable[[str, object], None]
) -> None:
    seed = os.environ.get("MARKET_LONG", "7")
    count, unseen = unnoticed()
    turns = random.Random(seed).sample(mattering(), 400)
    missed = await noticed(await hang(sown), turns)
    caught = 100 * (len(turns) - len(missed)) / len(turns)
    record_property("figure", f"{count} single cells of the policy turned, {len(unseen)} unnoticed")
    record_property("figure", f"{len(turns)} of them at the doors, {caught:.1f} % noticed")
    assert caught >= 99, oracle.told(missed)
