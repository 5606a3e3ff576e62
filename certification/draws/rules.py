"""A draw that anybody can repeat: which plots are visited unannounced.

Pure. *Prepared*: the list, how many are drawn and the digest of a secret are told to the log.
*Drawn*: with the first checkpoint that is signed over that entry. Nobody who knows the secret can
choose that checkpoint, and nobody who could bend it knows the secret; the seed is the digest of
both and of the list. *Open*, when every drawn visit is done or the season is over: list, secret and
plots are public, and the draw can be repeated. The drawing is that of RFC 3797: each turn takes the
item whose place is the digest of seed and turn, modulo what is left.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date

import msgspec

from certification.basis.refusal import Invalid, Missing, Refusal
from certification.inspections.panel import Assigned
from certification.schemes.rules import Part

SECRET_BYTES = 32
REASON_LETTERS_MAX = 500


class DrawMissing(Missing):
    code = "draws.missing"


class NothingToDraw(Refusal):
    """No certified plot is left that was not drawn this season."""

    code = "draws.nothing_to_draw"


class PreparedAlready(Refusal):
    """One draw at a time: what is prepared is drawn, so that nobody prepares until one pleases."""

    code = "draws.prepared_already"


class ReasonMissing(Invalid):
    """A second draw of a season says why, in public."""

    code = "draws.reason_missing"


class CountOutOfRange(Invalid):
    """Fewer than the charter asks, or more than there are."""

    code = "draws.count_out_of_range"


class CheckpointAwaited(Refusal):
    """No checkpoint was signed since the list was fixed."""

    code = "draws.checkpoint_awaited"


class NotDrawn(Refusal):
    """That plot did not come out of this draw, nothing did yet, or it is one's own: whoever asks
    about the own land learns no more than about any other."""

    code = "draws.not_drawn"


class SentAlready(Refusal):
    code = "draws.sent_already"


class StillCertified(Refusal):
    """Only what no longer bears a certificate is let go; a suspended one is visited."""

    code = "draws.still_certified"


class LetGoAlready(Refusal):
    code = "draws.let_go_already"


class PrepareDraw(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    organ: str
    """The group or network whose certified plots are drawn from."""
    scheme: str
    count: int | None = None
    """As the charter asks, where nobody says more."""
    reason: str = ""


class SendInspectors(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`id` becomes the visit's."""

    id: str
    draw: str
    plot: str
    """Its code."""
    members: tuple[Assigned, ...]
    planned_on: date


class LetGo(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    draw: str
    plot: str
    """Its code."""
    reason: str


class DrawPrepared(msgspec.Struct, frozen=True, tag="draws.prepared"):
    draw: str
    organ: str
    scheme: str
    season: int
    number: int
    listed: int
    count: int
    list_digest: str
    commitment: str


class Drawn(msgspec.Struct, frozen=True, tag="draws.drawn"):
    """Not which: the log is read before the visit."""

    draw: str
    size: int
    root: str
    count: int


class PlotLetGo(msgspec.Struct, frozen=True, tag="draws.let_go"):
    """Not which: in its turn of the draw."""

    draw: str
    turn: int


def commitment(secret: bytes) -> str:
    return hashlib.sha256(secret).hexdigest()


def listed(items: Sequence[str]) -> str:
    """Digest of the list, each on a line, as it was drawn from."""
    return hashlib.sha256("".join(f"{item}\n" for item in items).encode()).hexdigest()


def seed(secret: bytes, number: str, list_digest: str) -> bytes:
    """SHA-256 of three lines: the secret in hexadecimal, what nobody could choose, the list's
    digest."""
    return hashlib.sha256(f"{secret.hex()}\n{number}\n{list_digest}\n".encode()).digest()


def unchosen(size: int, root: str) -> str:
    """A checkpoint's number of entries and root, in hexadecimal, as they go into the seed."""
    return f"{size} {root}"


def drawn(items: Sequence[str], count: int, seed: bytes) -> tuple[str, ...]:
    """In the order in which they came. Of 2^256 places modulo a few thousand none is favoured."""
    left, found = list(items), []
    for turn in range(min(count, len(left))):
        digest = hashlib.sha256(seed + turn.to_bytes(2)).digest()
        found.append(left.pop(int.from_bytes(digest) % len(left)))
    return tuple(found)


def how_many(plots: int, share: Part, least: int) -> int:
    """The share of the charter, rounded up, at least so many, at most all."""
    return min(plots, max(least, share.of_count(plots)))


def ensure_reason(number: int, reason: str) -> None:
    if (number > 1 and not reason.strip()) or len(reason) > REASON_LETTERS_MAX:
        raise ReasonMissing(field="reason", most=REASON_LETTERS_MAX)


def counted(wanted: int | None, asked: int, left: int) -> int:
    """`asked`: what the charter asks and was not drawn yet; `left`: plots that may be drawn."""
    if not left:
        raise NothingToDraw
    least, count = max(1, min(asked, left)), asked if wanted is None else wanted
    if not least <= count <= left:
        raise CountOutOfRange(field="count", least=least, most=left)
    return count


def ensure_let_go(state: str, reason: str, *, ended: bool) -> None:
    """`state` of the visit, as in `is_open`: who is on the way is called back first."""
    if state == "let_go":
        raise LetGoAlready
    if state:
        raise SentAlready
    if not ended:
        raise StillCertified
    if not reason.strip() or len(reason) > REASON_LETTERS_MAX:
        raise ReasonMissing(field="reason", most=REASON_LETTERS_MAX)


def is_open(season: int, visits: Sequence[str], *, today: date) -> bool:
    """`visits`: the state of each drawn plot's visit, empty where there is none, `let_go` where
    none is owed any more."""
    done = bool(visits) and all(one in ("signed", "let_go") for one in visits)
    return today.year > season or done
