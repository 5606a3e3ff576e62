"""The interface's words: gettext catalogues in Thai and English, one .po file per feature; and in
Malay, for the few pages that are read by who scans a label (`language.speaks`).

A page's English sentence is its own key; `refusal.…`, `notice.…` and other keys stand in both.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from pathlib import Path

from babel.messages import pofile

from certification.basis import units
from certification.basis.refusal import Refusal
from certification.basis.text import typeset, unbroken

LANGUAGES = ("th", "en")
"""Of every page."""
MALAY = "ms"
LOCALE = Path(__file__).parents[1] / "web" / "locale"
BANGKOK = timezone(timedelta(hours=7))
"""No summer time since 1920 (tz database: Asia/Bangkok)."""

ISO_DAY = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
PLACEHOLDER = re.compile(r"\{(\w+)\}")
Facts = Mapping[str, object]


def catalogue(language: str) -> dict[str, str]:
    return _read(language)[0]


def several(said: object) -> str:
    """Of a message with a plural, the plural: it is the key, and what is said of most numbers."""
    return str(said[-1] if isinstance(said, tuple | list) else said)


def of_one(language: str) -> dict[str, str]:
    """What is said instead where the number is one, in a language that has a singular."""
    return _read(language)[1]


@lru_cache(maxsize=4)
def _read(language: str) -> tuple[dict[str, str], dict[str, str]]:
    words: dict[str, str] = {**catalogue("en")} if language == MALAY else {}
    of_one: dict[str, str] = {}
    for file in sorted((LOCALE / language).glob("*.po")):
        with file.open("rb") as opened:
            for message in pofile.read_po(opened):
                id, said = (several(message.id), several(message.string))
                if id and said:
                    words[id] = typeset(said)
                if message.pluralizable and message.string:
                    of_one[id] = typeset(message.string[0])
    return words, of_one


class Words:
    """One language: called with a key or an English sentence, and the facts for its `{name}`s."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.names = "th" if language == "th" else "en"
        """The language of names that are kept in two."""
        self._known = catalogue(language)
        self._named = self._known if language == MALAY else {}
        self._of_one = of_one(language)

    def __call__(self, key: str, **facts: object) -> str:
        said = self._known.get(key) or typeset(key)
        if key in self._of_one and _is_one(said, facts):
            said = self._of_one[key]
        return said.format_map(_Told(self.facts(facts))) if "{" in said else said

    def knows(self, key: str) -> bool:
        return key in self._known

    def refusal(self, no: Refusal) -> str:
        return self(f"refusal.{no.code}", **no.facts)

    def facts(self, facts: Facts) -> dict[str, str]:
        return {name: self.shown(name, value) for name, value in facts.items()}

    def shown(self, name: str, value: object) -> str:
        """A fact as a person reads it: its name says the unit."""
        match value:
            case datetime():
                return self.moment(value)
            case date():
                return self.day(value)
            case bool() | None:
                return "" if value is None else str(value)
            case int():
                return self._counted(name, value)
            case list() | tuple():
                return ", ".join(str(part) for part in value)
        return self._written(name, str(value))

    def _written(self, name: str, text: str) -> str:
        """Days and moments travel as ISO texts."""
        if name.endswith("_at") and _instant(text):
            return self.moment(text)
        if _day(text):
            return self.day(text)
        return text

    def _counted(self, name: str, value: int) -> str:
        if "satang" in name:
            return self.baht(value)
        if "grams" in name:
            return self.kilos(value)
        return self.area(value) if name.endswith("m2") else f"{value:,}"

    def baht(self, satang: int) -> str:
        return unbroken(units.baht(satang, self.language))

    def kilos(self, grams: int) -> str:
        return unbroken(units.kilos(grams, self.language))

    def area(self, m2: int) -> str:
        said = units.thai_area(m2) if self.language == "th" else units.english_area(m2)
        return typeset(said)

    def day(self, on: date | datetime | str | None) -> str:
        if on is None:
            return ""
        if isinstance(on, str):
            on = datetime.fromisoformat(on)
        if isinstance(on, datetime):
            on = on.astimezone(BANGKOK).date() if on.tzinfo else on.date()
        return unbroken(DATES[self.language](on))

    def moment(self, at: datetime | str | None) -> str:
        """Day and time, Bangkok."""
        if at is None:
            return ""
        if isinstance(at, str):
            at = datetime.fromisoformat(at)
        local = at.astimezone(BANGKOK) if at.tzinfo else at.replace(tzinfo=UTC)
        if self.language == "th":
            return f"{self.day(local)} {unbroken(f'{local:%H.%M} น.')}"
        return f"{self.day(local)} {local:%H:%M}"

    def name(self, thing: object) -> str:
        """The name of anything with `name_th`/`name_en` or `th`/`en`, in this language.

        In Malay, crops and seats are looked up by their English name; what is not known keeps it.
        """
        for prefix in ("name_", ""):
            for language in (self.names, *LANGUAGES):
                found = _member(thing, f"{prefix}{language}")
                if found:
                    return self._named.get(str(found)) or typeset(str(found))
        return typeset(str(thing))


DATES = {"th": units.thai_date, "en": units.english_date, MALAY: units.malay_date}


class _Told(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return f"{{{key}}}"


@lru_cache(maxsize=4)
def words(language: str) -> Words:
    return Words(language if language in (*LANGUAGES, MALAY) else LANGUAGES[0])


def _is_one(said: str, facts: Facts) -> bool:
    """By the first number of the sentence."""
    first = PLACEHOLDER.search(said)
    return first is not None and facts.get(first[1]) == 1


def _member(thing: object, name: str) -> object:
    return thing.get(name) if isinstance(thing, Mapping) else getattr(thing, name, None)


def _instant(text: str) -> bool:
    return len(text) >= len("2026-11-22T00:00") and "T" in text


def _day(text: str) -> bool:
    return ISO_DAY.fullmatch(text) is not None
