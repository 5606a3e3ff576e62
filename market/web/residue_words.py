"""What a test for residues says in words: what was looked for, what was seen, what it cannot see.

It never says "free of chemicals": a clean kit is silent about what it does not see.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from certification.residues.queries import TestTold
from certification.residues.rules import LAB
from market.answers.words import Words

LOOKS = {"not_found": "ok", "safe": "warn", "unsafe": "bad"}


def line(say: Words, one: TestTold) -> dict[str, Any]:
    seen = [
        (say(f"setting.chemical.{each.chemical}"), say(f"residues.{each.result}"))
        for each in one.results
    ]
    return {
        "of": one,
        "how": say.name(one.means_name) if one.means != LAB else say("in a laboratory"),
        "looked_for": ", ".join(name for name, _ in seen),
        "seen": seen,
        "worst": say(f"residues.{one.worst}"),
        "look": LOOKS[one.worst],
        "cannot_see": ", ".join(say(f"setting.chemical.{each}") for each in one.cannot_see),
        "what": one.lot_code or one.place_name or "",
    }


def lines(say: Words, found: Iterable[TestTold]) -> list[dict[str, Any]]:
    """Those that hold, for pages that everybody reads: not what was corrected."""
    return [line(say, one) for one in found if not one.corrected]
