"""What a word means: names that share most pairs of letters with it, then judged by slips."""

from __future__ import annotations

from certification.basis.database import in_use
from market.domain.search import rules
from market.domain.search.rules import Hit

FOUND = (
    "SELECT n.kind, n.subject, n.folded FROM search_name n JOIN (SELECT name, count(*) AS shared"
    " FROM search_pair WHERE pair IN ({}) GROUP BY name HAVING count(*) >= {{}}) AS p"
    " ON p.name = n.id ORDER BY p.shared DESC, length(n.folded), n.folded, n.kind, n.subject"
    " LIMIT {{}}"
)
LOOKED_AT = 80
"""Names that share most; the others are further off than any that is forgiven."""


async def meant(text: str) -> list[Hit]:
    """The best first, always in the same order; nothing for nothing."""
    folded = rules.asked(text)
    if not folded:
        return []
    wanted = rules.pairs(folded)
    marks = ", ".join(["{}"] * len(wanted))
    rows = await in_use().query(FOUND.format(marks), *wanted, rules.needed(folded), LOOKED_AT)
    return rules.ranked(folded, [(row["kind"], row["subject"], row["folded"]) for row in rows])
