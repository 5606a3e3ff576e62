"""The picture that a chat shows beside a link to a public page, drawn when first asked for.

It says what the page says to a stranger and names no person: whoever shows it keeps it for days.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from io import BytesIO
from threading import Lock

import msgspec
from PIL import Image

from market.web.drawings import drawing
from market.web.papers import press

WIDE, HIGH = 1200, 630
LONGEST = 80
COLOURS = (64, 32, 16, 8)
MOST_BYTES = 60_000
SVG = '<svg xmlns="http://www.w3.org/2000/svg" '


class Card(msgspec.Struct, frozen=True):
    title: str
    level: str = "ok"
    """The colour of its lowest line: ok, wait, bad, off; the words say the same."""
    above: str = ""
    lines: tuple[str, ...] = ()
    says: str = ""
    on: str = ""
    """The day on which that was so."""
    look: str = ""
    market: str = ""
    host: str = ""


def digest(card: Card) -> str:
    """Known without drawing it."""
    return hashlib.sha256(_template() + msgspec.msgpack.encode(card)).hexdigest()


_one_at_a_time = Lock()


def png(card: Card) -> bytes:
    """Takes CPU: call it in a thread. A crowd of crawlers waits for one another, not everybody
    else for them."""
    with _one_at_a_time:
        return _drawn(card)


@lru_cache(maxsize=256)
def _drawn(card: Card) -> bytes:
    short = {
        name: value[:LONGEST] if isinstance(value, str) else [one[:LONGEST] for one in value]
        for name, value in msgspec.structs.asdict(card).items()
    }
    picture = drawing(card.look).replace("<svg ", SVG, 1) if card.look else ""
    drawn = press.compiled("card", {**short, "picture": picture}, format="png", ppi=72.0)
    with Image.open(BytesIO(drawn)) as image:
        whole = image.convert("RGB")
    tries = (_written(whole, colours) for colours in COLOURS)
    return next((made for made in tries if len(made) <= MOST_BYTES), b"")


def _written(whole: Image.Image, colours: int) -> bytes:
    made = BytesIO()
    whole.quantize(colours, Image.Quantize.MAXCOVERAGE, kmeans=2, dither=Image.Dither.NONE).save(
        made, "PNG", optimize=True
    )
    return made.getvalue()


@lru_cache(maxsize=1)
def _template() -> bytes:
    return (press.HERE / "card.typ").read_bytes()
