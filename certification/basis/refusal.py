"""The one base of every "no": a stable code for programs, the facts for people.

    Refusal 409
      Missing 404     not there, or not for you: nobody learns which
      Forbidden 403   a role that can never do this
      Invalid 400     a value that no rule could accept; `field` names the input

The sentence is made at the door in the reader's language: each code stands in both catalogues
(`refusal.<code>`), with the facts as `{name}`.
"""

from __future__ import annotations

from collections.abc import Iterator

Fact = str | int | bool | None | list[str]


class Refusal(Exception):
    code = "refused"
    status = 409

    def __init__(self, **facts: Fact) -> None:
        super().__init__(f"{self.code} {facts or ''}".strip())
        self.facts = facts
        self.deed: object = None
        """To what it was given, where that has an id (`basis.asked`)."""
        self.kept = False
        """Remembered under that id, which is answered so for ever."""


def as_told(code: str, facts: dict[str, Fact]) -> Refusal:
    """The same "no" once more, of the same kind."""
    [kind] = [one for one in _kinds(Refusal) if one.code == code]
    no = kind.__new__(kind)
    Refusal.__init__(no, **facts)
    return no


def _kinds(of: type[Refusal]) -> Iterator[type[Refusal]]:
    yield of
    for kind in of.__subclasses__():
        yield from _kinds(kind)


class Missing(Refusal):
    code, status = "missing", 404


class Forbidden(Refusal):
    code, status = "forbidden", 403


class Invalid(Refusal):
    code, status = "invalid", 400
