"""Slips are counted against what Levenshtein's distance says of each part of the name."""

from hypothesis import given
from hypothesis import strategies as st

from certification.areas.rules import slips
from certification.basis import spelling

words = st.text("กาขabc", max_size=7)


@given(words, words)
def test_the_slips_within_a_name_are_the_least_of_all_its_parts(asked: str, name: str) -> None:
    parts = {name[i:j] for i in range(len(name) + 1) for j in range(i, len(name) + 1)}
    assert spelling.slips_within(asked, name) == min(slips(asked, part) for part in parts)


@given(words, words)
def test_a_better_grade_is_a_closer_name(asked: str, name: str) -> None:
    found = spelling.grade(asked, name)
    if name == asked:
        assert found == 0
    elif asked in name:
        assert found in (1, 2)
    elif found is not None:
        assert spelling.slips_within(asked, name) <= 1 or slips(asked, name) <= 2
        assert len(asked) >= spelling.SLIP_LETTERS_MIN


def test_the_best_come_first_and_nothing_comes_of_nothing() -> None:
    names = ["ตลาดสีเขียว", "สีเขียว", "เขียว", "ตลาดนัด"]

    def search(text: str) -> list[str]:
        return spelling.search(text, names, lambda name: [name])

    assert search("เขียว") == ["เขียว", "ตลาดสีเขียว", "สีเขียว"]
    assert search("สีเคียว") == ["สีเขียว", "ตลาดสีเขียว"]
    assert search("  ") == search("ก" * 101) == []
