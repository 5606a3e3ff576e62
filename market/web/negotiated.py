"""What is asked for at the address of a code: its page, its facts or its links (RFC 9110 12, 9264).

`?linkType=` says more than `Accept`: `linkset` all links, `gs1:pip` the way to one of them.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, Literal

from litestar import Response

from certification.basis.refusal import Missing
from market.web.page import Ask

Kind = Literal["text/html", "application/json", "application/linkset+json"]
PAGE: Final = "text/html"
FACTS: Final = "application/json"
LINKSET: Final = "application/linkset+json"
OFFERED: tuple[Kind, ...] = (PAGE, FACTS, LINKSET)
"""The first of those that are as welcome."""

VOCABULARY = "https://ref.gs1.org/voc/"
WRITTEN = re.compile(r"(?:gs1:|https?://(?:ref\.)?gs1\.org/voc/)?([A-Za-z]{2,40})")
RANGE = re.compile(
    r"\s*([\w*.+-]+/[\w*.+-]+)\s*(?:;[^,]*?\bq=([01](?:\.[0-9]{0,3})?))?[^,]*(?:,|$)"
)
TO_THE_LINKS = '<?linkType=linkset>; rel="linkset"; type="application/linkset+json"'
"""Told with each page; relative, so that it is the same for all (RFC 9264 4)."""


class NoSuchLink(Missing):
    """The code is known; nothing of that kind is told of it."""

    code = "negotiated.no_such_link"


def kind(request: Ask) -> Kind:
    """What the reader would rather have; browsers take anything, and get the page."""
    if link_type(request) == "linkset":
        return LINKSET
    return preferred(request.headers.get("accept", ""))


def link_type(request: Ask) -> str:
    """`linkset`, or the name of a GS1 link type, however it was written; as it was, where not so.

    Empty where none is asked for.
    """
    asked = request.query_params.get("linkType", "")
    found = WRITTEN.fullmatch(asked)
    return found[1] if found else asked[:60]


@lru_cache(maxsize=256)
def preferred(accept: str) -> Kind:
    weights = {found[1].lower(): float(found[2] or 1) for found in RANGE.finditer(accept[:1_000])}
    return max(OFFERED, key=lambda ours: _weight(ours, weights))


def _weight(ours: Kind, weights: dict[str, float]) -> float:
    """By the most exact of what was said of it."""
    for said in (ours, f"{ours.split('/')[0]}/*", "*/*"):
        if said in weights:
            return weights[said]
    return 0.0


def negotiable(answer: Response[bytes]) -> Response[bytes]:
    """A page that stands beside other forms of itself: caches must not mistake one for another."""
    vary = answer.headers.get("vary", "")
    answer.headers["vary"] = ", ".join(filter(None, ["accept", vary]))
    answer.headers["link"] = TO_THE_LINKS
    return answer
