"""Two letters are enough, slips are forgiven, and a word always finds the same in one order."""

import unicodedata

import pytest

from certification.basis.database import Database, in_use
from certification.basis.transaction import run
from market.domain.search import commands, queries, rules
from tests.market.stall import stall


def test_letters_that_are_typed_in_two_ways_are_one() -> None:
    for one, other in (
        ("น้ำ", "นํ้า"),
        ("แตง", "เเตง"),
        ("ผักบุ้ง", "ผัก บุง"),
        ("Café", unicodedata.normalize("NFD", "café")),
        ("คะน้า", "คะ\u200bน้า"),
    ):
        assert rules.asked(one) == rules.asked(other)
    assert rules.asked(" '- ") == ""


@pytest.mark.parametrize(
    ("named", "slip", "found"),
    [
        ("ผักบุ้งจีน", "บงจีน", True),
        ("ผักบุ้งจีน", "ผกบุงจน", True),
        ("ผักบุ้งจีน", "คะน้า", False),
        ("Water spinach", "watr spinac", True),
        ("kale", "kole", True),
        ("kale", "kola", False),
    ],
)
def test_a_slip_is_forgiven_and_two_of_a_long_word(named: str, slip: str, found: bool) -> None:
    folded, name = rules.asked(slip), rules.asked(named)
    shared = set(rules.pairs(folded)) & set(rules.pairs(name))
    hits = rules.ranked(folded, [("crop", "x", name)])
    assert (bool(hits) and len(shared) >= rules.needed(folded)) is found


async def test_what_is_named_is_found_the_very_name_first_and_always_alike(db: Database) -> None:
    there = await stall(db)
    assert await run(commands.follow) > 100
    assert await run(commands.follow) == 0
    first = (await queries.meant("คะน้า"))[0]
    assert (first.kind, first.subject, first.grade) == ("crop", "kale", 0)
    for typed, kind, subject in (
        ("คะ", "crop", "kale"),
        ("คะณา", "crop", "kale"),
        ("chinese kael", "crop", "kale"),
        ("รพรัตภูม", "place", there.place),
        ("rataphum hospital", "place", there.place),
    ):
        assert (kind, subject) in [(hit.kind, hit.subject) for hit in await queries.meant(typed)]
    assert await queries.meant("ผัก") == await queries.meant("ผัก")
    assert await queries.meant("") == await queries.meant("%%") == []
    await in_use().query("UPDATE place SET name_th = 'ตลาดใหม่' WHERE id = {}", there.place)
    assert await run(commands.follow) == 2
    assert there.place in [hit.subject for hit in await queries.meant("ตลาดใหม")]
    assert await queries.meant("หลาดกรีน รพ.") == []
