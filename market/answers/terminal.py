"""What a command says to whoever stands before the machine and may read the one or the other."""

from __future__ import annotations

import sys

from certification.basis.refusal import Refusal
from market.answers.words import LANGUAGES, words


def tell(key: str, **facts: object) -> None:
    for language in LANGUAGES:
        print(words(language)(key, **facts))


def refuse(no: Refusal) -> None:
    for language in LANGUAGES:
        print(words(language).refusal(no), file=sys.stderr)
