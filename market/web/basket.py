"""The basket: a small cookie of offers and grams, so that it needs neither script nor account.

It is believed in nothing: offers, prices and what is left are looked up each time it is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response
from litestar.datastructures import Cookie

from certification.basis.ids import is_id
from market.web.form import Form

COOKIE = "basket"
LINES_MAX = 40
"""About 2 kB; browsers keep 4."""
GRAMS_MAX = 10**9
WEEK_S = 7 * 24 * 3600


def carried(request: Request[Any, Any, Any]) -> dict[str, int]:
    """Grams by offer; what is not readable is left out."""
    lines: dict[str, int] = {}
    for pair in request.cookies.get(COOKIE, "").split(".")[:LINES_MAX]:
        offer, _, grams = pair.partition(":")
        if is_id(offer) and grams.isascii() and grams.isdecimal() and 0 < int(grams) < GRAMS_MAX:
            lines[offer] = int(grams)
    return lines


def named(form: Form) -> list[str]:
    """The offers whose amounts a form brings."""
    fields = [field.removeprefix("kg-") for field in form.typed if field.startswith("kg-")]
    return [offer for offer in fields if is_id(offer)]


def carry(
    request: Request[Any, Any, Any], answer: Response[bytes], lines: Mapping[str, int]
) -> None:
    kept = [f"{offer}:{grams}" for offer, grams in lines.items() if grams > 0]
    answer.set_cookie(
        Cookie(
            key=COOKIE,
            value=".".join(kept[:LINES_MAX]),
            path="/",
            httponly=True,
            secure=request.app.state.settings.secure,
            samesite="lax",
            max_age=WEEK_S if kept else 0,
        )
    )
