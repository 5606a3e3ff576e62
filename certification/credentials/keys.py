"""Which keys are published, and whether the one that signs now is at hand and sound."""

from __future__ import annotations

from certification.basis.database import in_use
from certification.basis.refusal import Refusal
from certification.credentials import did, rules
from certification.credentials.did import Key
from certification.credentials.ring import Fault, ring
from certification.credentials.signing import Signer

REFUSED: dict[Fault, type[Refusal]] = {
    "missing": rules.KeyMissing,
    "open": rules.KeyOpen,
    "damaged": rules.KeyDamaged,
    "weak": rules.KeyWeak,
}


async def published() -> list[Key]:
    """All that ever signed, the oldest first; in one question, as of one moment."""
    rows = await in_use().query(
        "SELECT k.number, k.verifier, k.at, old.since AS retired_at, bad.since AS revoked_at"
        " FROM issuer_key k"
        " LEFT JOIN issuer_key_ended old ON old.signer = k.id AND old.how = 'retired'"
        " LEFT JOIN issuer_key_ended bad ON bad.signer = k.id AND bad.how = 'revoked'"
        " ORDER BY k.number"
    )
    return [
        Key(row["number"], row["verifier"], row["at"], row["retired_at"], row["revoked_at"])
        for row in rows
    ]


async def current() -> Key:
    """The one that signs now; NoneYet."""
    found = [key for key in await published() if key.signs]
    if not found:
        raise rules.NoneYet()
    return found[-1]


async def signer(origin: str) -> tuple[Signer, Key]:
    """Refuses a key that is missing, open, damaged, weak or not the published one."""
    key = await current()
    return Signer(_seed(key), did.method(origin, key.number)), key


async def ensure_can_sign() -> None:
    """At the start: what is published must be what signs. Before the first, any sound key does."""
    known = await published()
    if known:
        _seed(await current())
    else:
        sound(ring().first)


def sound(number: int) -> bytes:
    """The seed of that number."""
    seed = ring().seed(number)
    if isinstance(seed, str):
        raise REFUSED[seed](file=ring().file(number), number=number)
    return seed


def _seed(key: Key) -> bytes:
    seed = sound(key.number)
    if Signer(seed, "").public != key.public:
        raise rules.KeyOther(file=ring().file(key.number), number=key.number)
    return seed
