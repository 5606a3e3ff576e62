"""The one base of every "no": a stable code for programs, the facts for people.

    Refusal 409
      Missing 404     not there, or not for you: nobody learns which
      Forbidden 403   a role that can never do this
      Invalid 400     a value that no rule could accept; `field` names the input

The sentence is made at the door in the reader's language: each code stands in both catalogues
(`refusal.<code>`), with the facts as `{name}`.
"""

from __future__ import annotations

Fact = str | int | bool | None | list[str]


class Refusal(Exception):
    code = "refused"
    status = 409

    def __init__(self, **facts: Fact) -> None:
        super().__init__(f"{self.code} {facts or ''}".strip())
        self.facts = facts


class Missing(Refusal):
    code, status = "missing", 404


class Forbidden(Refusal):
    code, status = "forbidden", 403


class Invalid(Refusal):
    code, status = "invalid", 400
