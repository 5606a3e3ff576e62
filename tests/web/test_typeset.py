"""How Thai is set: what keeps together on a line, and no letter that our fonts do not hold."""

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from certification.basis.text import NBSP, typeset, unbroken
from market.answers.words import LANGUAGES, catalogue, words
from tests.cast import TODAY
from tests.doors import Doors

SITE = Path(__file__).parents[2] / "market/web/static/site.css"
HELD = re.compile(r"[\x20-\x7e\u00a0\u00b7\u00d7\u2013-\u2026\u0e00-\u0e7f\n]*")
"""What `unicode-range` in the style sheet says that the subset of Sarabun holds."""


def test_the_repetition_mark_and_units_never_begin_a_line() -> None:
    assert typeset("ครั้งอื่น ๆ ก็ได้") == f"ครั้งอื่น{NBSP}ๆ ก็ได้"
    assert typeset("ผู้ตรวจ 3 คน 1.5 กก. {count} แปลง") == (
        f"ผู้ตรวจ 3{NBSP}คน 1.5{NBSP}กก. {{count}}{NBSP}แปลง"
    )
    assert typeset("เลขที่ 12 ออกวันนี้") == "เลขที่ 12 ออกวันนี้"


def test_letters_of_other_fonts_are_replaced() -> None:
    assert typeset("−5 ก‑ข\u200b") == "-5 ก-ข"


@given(st.text())
def test_to_set_twice_is_to_set_once(said: str) -> None:
    once = typeset(said)
    assert typeset(once) == once
    assert " ๆ" not in once


def test_sums_weights_and_days_stay_on_one_line() -> None:
    for language in LANGUAGES:
        say = words(language)
        shown = (say.baht(123_450), say.kilos(1_500), say.day(TODAY))
        assert not [one for one in shown if " " in one]
        assert unbroken(shown[0]) == shown[0]


def test_every_word_of_the_interface_stands_in_the_fonts_we_send() -> None:
    strange = {
        key: said
        for language in LANGUAGES
        for key, said in catalogue(language).items()
        if not HELD.fullmatch(said)
    }
    assert not strange
    assert SITE.read_text().count("ascent-override:127%;descent-override:54%") == 4


async def test_a_page_is_sent_as_it_is_set(doors: Doors) -> None:
    client = doors.stranger()
    client.event_hooks = {}
    told = (await client.get("/about")).content.decode()
    assert " ๆ" not in told
    assert "U+2011" not in told
