"""Why somebody gets less than was ordered, in one sentence with its numbers."""

from __future__ import annotations

from certification.basis.text import Text
from market.answers.words import Words
from market.domain.shortage.queries import Reason


def amount(say: Words, grams: int, piece_grams: int | None) -> str:
    if piece_grams:
        return say("{count} pieces", count=grams // piece_grams)
    return say.kilos(grams)


def why(say: Words, of: Reason) -> str:
    def much(grams: int) -> str:
        return amount(say, grams, of.step_grams)

    said = say(
        f"shortage.because.{of.because}", there=much(of.there_grams), all=much(of.all_grams),
        ordered=much(of.ordered_grams), given=much(of.given_grams),
    )  # fmt: skip
    if not of.instead_grams:
        return said
    other = Text(of.instead_th or "", of.instead_en or "").in_language(say.language)
    return say("shortage.instead", said=said, much=say.kilos(of.instead_grams), other=other)
