"""Codes that people read aloud: any slip is noticed, none is used twice, none names two things."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.basis import codes
from certification.basis.codes import ALPHABET, CodeNotIssued, CodeTaken, PublicCode
from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.transaction import run, transaction
from tests.cast import NOW

bodies = st.text(alphabet=ALPHABET, min_size=7, max_size=7)
whole = bodies.map(lambda body: body + codes.check_character(body))


def test_the_check_character_is_luhn_over_the_alphabets_own_values() -> None:
    """Reckoned by hand: from the right, every second value doubled and its base-32 digits added."""
    assert codes.check_character("0000000") == "0"
    assert codes.check_character("0000001") == "Y"  # 2 * 1 = 2; 30 more make 32
    assert codes.check_character("000000Z") == "1"  # 2 * 31 = 62 = 1 * 32 + 30, digits 31; 1 more
    assert codes.check_character("0000010") == "Z"  # 1 * 1 = 1; 31 more make 32


@given(code=whole, place=st.integers(0, 7), letter=st.sampled_from(ALPHABET))
def test_one_wrong_letter_is_noticed(code: str, place: int, letter: str) -> None:
    slip = code[:place] + letter + code[place + 1 :]
    assert codes.well_formed(slip) == (slip == code)


@given(code=whole, place=st.integers(0, 6))
def test_two_neighbours_swapped_are_noticed_but_for_zero_and_z(code: str, place: int) -> None:
    """Luhn's one blind spot: the first and the last value of the alphabet."""
    first, second = code[place], code[place + 1]
    slip = code[:place] + second + first + code[place + 2 :]
    assert codes.well_formed(slip) == (first == second or {first, second} == {"0", "Z"})


@given(code=whole)
def test_a_code_is_read_as_people_write_it(code: str) -> None:
    hyphened = f" {code[:4].lower()}-{code[4:].lower()} "
    assert codes.read(hyphened) == code
    misread = code.replace("0", "O").replace("1", "l")
    assert codes.read(misread) == code


@given(text=st.text(max_size=40))
def test_anything_can_be_read_and_looked_at(text: str) -> None:
    assert codes.well_formed(codes.read(text)) in (True, False)


@pytest.mark.parametrize("length", [codes.SHORT, codes.LONG])
def test_a_made_code_is_well_formed(length: int) -> None:
    for _ in range(200):
        code = codes.make(length)
        assert len(code) == length
        assert codes.well_formed(code)


@pytest.mark.parametrize("text", ["", "0", "00000000000", "ILOU0000", "0000000๐", "0000 000"])
def test_other_lengths_and_letters_are_no_codes(text: str) -> None:
    assert not codes.well_formed(text)


async def issued(kind: str, subject: str) -> str:
    async with transaction():
        return await codes.issue(kind, subject, at=NOW)


async def bound(code: str, kind: str, subject: str) -> None:
    async with transaction():
        await codes.bind(code, kind, subject, at=NOW)


async def test_an_issued_code_names_its_subject(db: Database) -> None:
    lot = new_id()
    code = await run(issued, "lot", lot)
    [row] = await PublicCode.select().where(PublicCode.code == code)
    assert (row["kind"], row["subject"], row["bound_at"]) == ("lot", lot, NOW)


async def test_a_hundred_at_once_are_a_hundred(db: Database) -> None:
    given = await asyncio.gather(*(run(issued, "lot", new_id()) for _ in range(100)))
    assert len(set(given)) == 100
    assert await PublicCode.count() == 100


async def test_a_block_waits_unbound_for_its_device(db: Database) -> None:
    device = new_id()

    async def block() -> list[str]:
        async with transaction():
            return await codes.issue_block("lot", device, 20, at=NOW)

    block_of_20 = await run(block)
    assert len(set(block_of_20)) == 20
    rows = await PublicCode.select().where(PublicCode.issued_to == device)
    assert {row["subject"] for row in rows} == {None}


async def test_a_block_has_five_hundred_at_most(db: Database) -> None:
    async def block() -> list[str]:
        async with transaction():
            return await codes.issue_block("lot", new_id(), 10_000, at=NOW)

    assert len(await run(block)) == 500


async def test_a_code_is_bound_once_and_binding_again_changes_nothing(db: Database) -> None:
    async def block() -> list[str]:
        async with transaction():
            return await codes.issue_block("lot", new_id(), 1, at=NOW)

    [code] = await run(block)
    lot = new_id()
    await run(bound, code, "lot", lot)
    await run(bound, code, "lot", lot)
    for kind, subject in (("lot", new_id()), ("plot", lot)):
        with pytest.raises(CodeTaken):
            await run(bound, code, kind, subject)


async def test_a_code_that_was_never_issued_is_not_bound(db: Database) -> None:
    with pytest.raises(CodeNotIssued):
        await run(bound, codes.make(), "lot", new_id())


async def test_two_lots_reach_for_one_code_at_the_same_moment(db: Database) -> None:
    async def block() -> list[str]:
        async with transaction():
            return await codes.issue_block("lot", new_id(), 1, at=NOW)

    [code] = await run(block)
    answers = await asyncio.gather(
        *(run(bound, code, "lot", new_id()) for _ in range(10)), return_exceptions=True
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["CodeTaken"] * 9 + ["NoneType"]
