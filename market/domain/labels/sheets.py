"""Labels laid out with correct Thai: sheets as PDF, and pictures in the dots of a printer.

One template draws both. The words reach Typst as JSON data and are shown as text: nothing in a name
is ever read as markup. In a picture the code is put in dot by dot, each module so many whole dots.
All of it takes CPU: call it in a thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import typst
from msgspec import json
from msgspec.structs import asdict, replace
from PIL import Image

from market.domain.labels import drawing
from market.domain.labels.layouts import (
    LAYOUTS,
    MM_PER_INCH,
    MODULE_MM,
    NO_SHIFT,
    TRIAL_WORDS,
    Layout,
    Level,
    Sheet,
    Shift,
    is_paper,
    module_dots,
)
from market.domain.labels.rules import Label

FONTS = Path(__file__).parents[2] / "web/static/fonts"
TEMPLATE = Path(__file__).with_name("sheet.typ")
RIGHT_MM, DOWN_MM = 1.5, 2.0
"""Where the template leaves the code's square, from the label's upper right."""

BLACK_BELOW = 150
"""Of 255. Thin strokes of small Thai letters come out of the smoothing grey: they are to burn."""


def pdf(
    labels: Sequence[Label], sheet: Sheet, start_at: int = 1, *, level: Level = "M",
    shift: Shift = NO_SHIFT,
) -> bytes:  # fmt: skip
    """The first label at place `start_at`; each place moved by `shift`.

    The words are set once, on a page of a label's size, and laid down as often as there are labels:
    setting is what costs, and the file stays small for a slow printer.
    """
    layout = LAYOUTS[sheet]
    side_mm = _side(labels, level) * MODULE_MM
    words, placed = _told_once(labels)
    squares = [drawing.qr_svg(one.address, level) for one in labels]
    once = _compiled(_asked(_alone(layout), side_mm, words))
    whole = [{**of, "qr": qr} for of, qr in zip(placed, squares, strict=True)]
    shifted = asdict(shift)
    asked = _asked(
        layout, side_mm, words, labels=whole, skip=start_at - 1, shift=shifted, set=list(once)
    )
    return _compiled(asked)


def trial_pdf(sheet: Sheet, shift: Shift = NO_SHIFT) -> bytes:
    """To try the printer with: outlines of the places; on paper crosses and rulers too."""
    scale = [*TRIAL_WORDS, f"{shift.right / 10:+.1f} mm →   {shift.down / 10:+.1f} mm ↓"]
    told = scale if is_paper(sheet) else []
    return _compiled(_asked(LAYOUTS[sheet], 0, [], shift=asdict(shift), scale=told, trial=True))


def pictures(labels: Sequence[Label], layout: Layout, dpi: int, level: Level) -> list[Image.Image]:
    """A page for each of `labels`, grey, in the dots of a printer."""
    dots = module_dots(dpi)
    side_mm = _side(labels, level) * dots * MM_PER_INCH / dpi
    words, placed = _told_once(labels)
    drawn = _typeset(_asked(layout, side_mm, words, labels=placed), dpi)
    right = (layout.left + layout.width) / 10 - RIGHT_MM
    x, y = (round(mm * dpi / MM_PER_INCH) for mm in (right - side_mm, layout.top / 10 + DOWN_MM))
    for picture, label in zip(drawn, labels, strict=True):
        picture.paste(drawing.square(label.address, level, dots), (x, y))
    return drawn


def look(label: Label, sheet: Sheet, level: Level, dpi: int) -> Image.Image:
    """One label alone: as the printer burns it, or grey where it is for paper."""
    if is_paper(sheet):
        return pictures([label], _alone(LAYOUTS[sheet]), dpi, level)[0]
    return black_and_white(pictures([label], LAYOUTS[sheet], dpi, level)[0])


def black_and_white(picture: Image.Image) -> Image.Image:
    """As a thermal head burns it."""
    burnt = picture.point(lambda grey: 255 if grey >= BLACK_BELOW else 0)
    return burnt.convert("1", dither=Image.Dither.NONE)


def _side(labels: Sequence[Label], level: Level) -> int:
    """Of the largest square, in modules."""
    return max((drawing.side(one.address, level) for one in labels), default=0)


def _alone(of: Layout) -> Layout:
    page = {"page_width": of.width, "page_height": of.height}
    return Layout(1, 1, 0, 0, of.width, of.height, of.width, of.height, **page)


def _told_once(labels: Sequence[Label]) -> tuple[list[Label], list[dict[str, Any]]]:
    """The words that labels have in common, and of each label which."""
    words: dict[Label, int] = {}
    placed = []
    for label in labels:
        number = words.setdefault(replace(label, code="", address=""), len(words))
        placed.append({"words": number, "code": label.code, "qr": ""})
    return list(words), placed


def _asked(layout: Layout, qr_mm: float, words: Sequence[Label], **more: Any) -> dict[str, str]:
    data = {
        "layout": asdict(layout), "qr_mm": qr_mm, "words": [asdict(one) for one in words],
        "labels": [], "skip": 0, "shift": asdict(NO_SHIFT), "set": [], "scale": [], "trial": False,
    }  # fmt: skip
    return {"data": json.encode(data | more).decode()}


def _compiled(asked: dict[str, str]) -> bytes:
    """Without tags: it is printed, not read aloud."""
    made: bytes = typst.compile(
        TEMPLATE, font_paths=[FONTS], ignore_system_fonts=True, sys_inputs=asked, pdf_tags=False
    )
    return made


def _typeset(asked: dict[str, str], dpi: int) -> list[Image.Image]:
    made = typst.compile(
        TEMPLATE, font_paths=[FONTS], ignore_system_fonts=True, sys_inputs=asked, format="png",
        ppi=float(dpi),
    )  # fmt: skip
    pages = made if isinstance(made, list) else [made]
    return [Image.open(BytesIO(page)).convert("L") for page in pages]
