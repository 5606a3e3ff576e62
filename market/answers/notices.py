"""What a notice says, on the page and outside: the sentence, and outside where to look."""

from __future__ import annotations

from collections.abc import Mapping

from market.answers.words import Words


def said(say: Words, kind: str, facts: Mapping[str, str | int]) -> str:
    then = "even" if facts.get("credited_satang") == 0 else facts.get("then")
    return say(f"notice.{kind}{f'.{then}' if then else ''}", **facts)


def letter(say: Words, kind: str, facts: Mapping[str, str | int], origin: str) -> str:
    """Nothing in it but the sentence and the address of the reader's own page."""
    return f"{say('Talat Khiao')}: {said(say, kind, facts)}\n{origin}/me"
