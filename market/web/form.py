"""A form without script: what was typed stays, and each wrong field says what is wrong with it.

form = await Form.of(request)
grams = form.grams("weight")
on = form.day("harvested_on", near=at.date())
form.done()                         # raises Mistyped with all that was wrong at once
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from litestar import Request
from litestar.datastructures import UploadFile

from certification.basis import units
from certification.basis.ids import is_id, new_id
from certification.basis.refusal import Invalid, Refusal
from market.answers.refusals import FieldMissing, FieldWrong, Mistyped, NotANumber

T = TypeVar("T")
SECRET = frozenset(["pin", "new_pin", "code"])
"""Never sent back to the page."""

LETTERS_MAX = 20_000
TENTHS = re.compile(r"([+-]?)([0-9]{1,4})(?:[.,]([0-9]))?")
CLOCK = re.compile(r"([01]?[0-9]|2[0-4])[.:]([0-5][0-9])(?:\s*น\.?)?")


class Form:
    def __init__(self, texts: Mapping[str, Sequence[str]], files: Mapping[str, bytes]) -> None:
        self._texts = texts
        self._files = files
        self.wrong: dict[str, Refusal] = {}

    @classmethod
    async def of(cls, request: Request[Any, Any, Any]) -> Form:
        texts: dict[str, list[str]] = {}
        files: dict[str, bytes] = {}
        for name, value in (await request.form()).multi_items():
            if isinstance(value, UploadFile):
                files[name] = await value.read()
            else:
                texts.setdefault(name, []).append(_text(str(value)))
        return cls(texts, files)

    @property
    def typed(self) -> dict[str, str]:
        """For the page that comes back; secrets are left out."""
        return {name: said[0] for name, said in self._texts.items() if name not in SECRET}

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """All of it, by name."""
        return [(name, one) for name, said in self._texts.items() for one in said]

    @property
    def has_file(self) -> bool:
        return any(self._files.values())

    def raw(self, name: str) -> str:
        return (self._texts.get(name) or [""])[0]

    def all(self, name: str) -> list[str]:
        """Every value of a group of checkboxes."""
        return [said for said in self._texts.get(name, []) if said]

    def file(self, name: str) -> bytes:
        return self._files.get(name, b"")

    def id(self, name: str = "id") -> str:
        """The deed's id as the page was given it, so that a second press is the same deed."""
        said = self.raw(name)
        return said if is_id(said) else new_id()

    def text(self, name: str, *, most: int = 2_000, required: bool = True) -> str:
        said = self.raw(name)
        if required and not said:
            self.wrong[name] = FieldMissing(field=name)
        elif len(said) > most:
            self.wrong[name] = FieldWrong(field=name)
        return said

    def choice(self, name: str, among: Sequence[str]) -> str:
        said = self.text(name)
        if said and said not in among:
            self.wrong[name] = FieldWrong(field=name)
        return said

    def ticked(self, name: str) -> bool:
        return bool(self.raw(name))

    def whole(self, name: str, *, least: int = 0, most: int = 10**12) -> int:
        def read(said: str) -> int:
            number = int(units.arabic(said).replace(",", ""))
            if not least <= number <= most:
                raise ValueError(said)
            return number

        return self._read(name, read, 0)

    def grams(self, name: str, *, unit: str | None = "kg") -> int:
        return self._read(name, lambda said: units.weight_grams(said, field=name, unit=unit), 0)

    def satang(self, name: str) -> int:
        return self._read(name, lambda said: units.money_satang(said, field=name), 0)

    def area_m2(self, name: str, *, unit: str | None = "rai") -> int:
        return self._read(name, lambda said: units.area_m2(said, field=name, unit=unit), 0)

    def day(self, name: str, *, near: date) -> date:
        return self._read(name, lambda said: units.day(said, near=near, field=name), near)

    def degrees(self, name: str) -> float:
        return self._read(name, lambda said: float(units.arabic(said)), 0.0)

    def tenths(self, name: str, *, most: int) -> int:
        """Of what is typed with at most one decimal: `-1.5`, `+2`, `๐.๕`; up to `most` tenths."""

        def read(said: str) -> int:
            typed = TENTHS.fullmatch(units.arabic(said).replace("−", "-"))
            if typed is None or abs(tenths := int(f"{typed[1]}{typed[2]}{typed[3] or 0}")) > most:
                raise ValueError(said)
            return tenths

        return self._read(name, read, 0)

    def minutes(self, name: str) -> int:
        """After midnight: `9.30`, `09:30 น.`, `24.00`."""

        def read(said: str) -> int:
            clock = CLOCK.fullmatch(units.arabic(said))
            if clock is None or int(clock[1]) * 60 + int(clock[2]) > 1440:
                raise ValueError(said)
            return int(clock[1]) * 60 + int(clock[2])

        return self._read(name, read, 0)

    def wrong_is(self, name: str, why: Refusal) -> None:
        self.wrong[name] = why

    def done(self) -> None:
        if self.wrong:
            raise Mistyped(self.wrong)

    def _read(self, name: str, read: Callable[[str], T], nothing: T) -> T:
        said = self.text(name)
        if not said:
            return nothing
        try:
            return read(said)
        except Invalid as why:
            self.wrong[name] = why
        except ValueError:
            self.wrong[name] = NotANumber(field=name, given=said)
        return nothing


def _text(said: str) -> str:
    """Without NUL, which no keyboard types and PostgreSQL does not store."""
    return said.replace("\0", "").strip()[:LETTERS_MAX]
