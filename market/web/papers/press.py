"""Papers as PDF by Typst, in Thai and English beside one another, fonts inside.

The words reach Typst as JSON data and are shown as text: nothing in a name is ever read as markup.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec
import typst
from litestar import Response

from certification.basis.text import typeset
from market.web.drawings import SIGN

HERE = Path(__file__).parent
FONTS = HERE.parent / "static/fonts"
SIGN_SVG = SIGN.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)


async def pdf(paper: str, name: str, content: Mapping[str, object]) -> Response[bytes]:
    """`paper` is a template of this folder; shown in the browser, saved as `name`.pdf."""
    made = await asyncio.to_thread(printed, paper, content)
    headers = {"content-disposition": f'inline; filename="{name}.pdf"', "cache-control": "no-store"}
    return Response(made, media_type="application/pdf", headers=headers)


def printed(paper: str, content: Mapping[str, object]) -> bytes:
    """Takes CPU: call it in a thread."""
    return compiled(paper, content, format="pdf")


def compiled(
    paper: str, content: Mapping[str, object], *, format: Literal["pdf", "png"],
    ppi: float | None = None,
) -> bytes:  # fmt: skip
    """Of one page where it is a picture."""
    given = {"data": msgspec.json.encode(_set({**content, "sign": SIGN_SVG})).decode()}
    made = typst.compile(
        HERE / f"{paper}.typ", font_paths=[FONTS], ignore_system_fonts=True, sys_inputs=given,
        format=format, ppi=ppi,
    )  # fmt: skip
    assert isinstance(made, bytes), "a picture of more than one page"
    return made


def _set(value: object) -> object:
    match value:
        case str():
            return value if value.startswith("<svg") else typeset(value)
        case Mapping():
            return {name: _set(each) for name, each in value.items()}
        case list() | tuple():
            return [_set(each) for each in value]
    return value
