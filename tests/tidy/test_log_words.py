"""The public record can be read: every event has its words in both languages."""

from functools import cache

import pytest

from market.answers.words import LANGUAGES, words
from tests.tidy.test_names import event_tags


@cache
def tags() -> list[str]:
    return sorted({tag for tag, _ in event_tags()})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_event_has_its_words(language: str) -> None:
    assert [tag for tag in tags() if not words(language).knows(f"event.{tag}")] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_words_are_left_of_an_event_that_is_no_more(language: str) -> None:
    told = {key.removeprefix("event.") for key in words(language)._known if key[:6] == "event."}
    assert told - set(tags()) == set()
