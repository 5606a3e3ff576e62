"""What a person may allow to be shown, in the words that are shown when it is asked.

The log keeps SHA-256 of the words as they stood, so that nobody can say later they were others.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

import msgspec

from certification.basis import asked
from certification.basis.transaction import run
from certification.people import commands, refusals, rules
from market.access import deeds

TEXTS = {
    "public_name": "Show my name on the trace pages of my produce, certificates and plots, where"
    " everybody can read it. I can take this back at any time.",
    "vote_name": "Show my name among those who voted, on the page of a certificate, where the"
    " network's charter lets the public read who voted. I can take this back at any time.",
}
"""By purpose; the words are translated at the door. Only what a page really does is asked."""


class Agree(msgspec.Struct, frozen=True):
    id: str
    purpose: str
    given: bool
    text_digest: str


def text(purpose: str) -> str:
    """UnknownPurpose where nothing is done with it."""
    if purpose not in TEXTS:
        raise refusals.UnknownPurpose(field="purpose", purpose=purpose)
    return TEXTS[purpose]


async def say(
    id: str, purpose: str, shown: str, *, given: bool, by: str, at: datetime, person: str = ""
) -> rules.Consented | rules.ConsentWithdrawn:
    """`shown`: the words as they were read, in the reader's language.

    For oneself; for another `person` only as `helping.consent` does it, with that person's word.
    """
    said = Agree(id, purpose, given, hashlib.sha256(shown.encode()).hexdigest())
    deeds.ensure_storable(said, id)

    async def do() -> rules.Consented | rules.ConsentWithdrawn:
        return await commands.consent(
            id, person or by, purpose, said.text_digest, given=given, by=by, at=at
        )  # fmt: skip

    answer: type[rules.Consented | rules.ConsentWithdrawn]
    answer = rules.Consented if given else rules.ConsentWithdrawn

    async def once() -> rules.Consented | rules.ConsentWithdrawn:
        return await asked.once(id, "people.consent", said, do, answer, by=by, at=at)

    return await run(once)
