"""QR codes: as SVG, and dot by dot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

import qrcode
from PIL import Image
from qrcode.constants import ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.util import MODE_ALPHA_NUM, QRData

from market.domain.labels.layouts import Level

QUIET = 4
"""Modules of white around the code (ISO/IEC 18004)."""
MASK = 3
"""Always the same: choosing the best mask costs ten times the drawing, and any mask reads well."""
LEVELS = {"M": ERROR_CORRECT_M, "Q": ERROR_CORRECT_Q}


def qr_svg(text: str, level: Level = "M") -> str:
    """Upper-case addresses take alphanumeric mode, everything else bytes."""
    modules = _modules(text, level)
    side = len(modules) + 2 * QUIET
    dark = "".join(_runs(modules))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}"'
        f' shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{side}v{side}H0z"/>'
        f'<path d="{dark}"/></svg>'
    )


def side(text: str, level: Level = "M") -> int:
    """In modules, with the white around it."""
    return len(_modules(text, level)) + 2 * QUIET


def square(text: str, level: Level, dots: int) -> Image.Image:
    """Each module `dots` wide, with the white around it."""
    modules = _modules(text, level)
    size = len(modules) + 2 * QUIET
    picture = Image.new("L", (size, size), 255)
    for y, row in enumerate(modules, start=QUIET):
        for x, dark in enumerate(row, start=QUIET):
            if dark:
                picture.putpixel((x, y), 0)
    return picture.resize((size * dots, size * dots), Image.Resampling.NEAREST)


@lru_cache(maxsize=1_024)
def _modules(text: str, level: Level = "M") -> tuple[tuple[bool, ...], ...]:
    code = qrcode.QRCode(error_correction=LEVELS[level], mask_pattern=MASK, border=0)
    code.add_data(QRData(text, mode=MODE_ALPHA_NUM) if _alphanumeric(text) else text)
    code.make(fit=True)
    return tuple(tuple(bool(module) for module in row) for row in code.get_matrix())


def _alphanumeric(text: str) -> bool:
    return not set(text) - set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")


def _runs(modules: Sequence[Sequence[bool]]) -> Iterator[str]:
    """One subpath for every unbroken run of dark modules in a row."""
    for y, row in enumerate(modules, start=QUIET):
        x = 0
        while x < len(row):
            begin = x
            while x < len(row) and row[x]:
                x += 1
            if x > begin:
                yield f"M{begin + QUIET} {y}h{x - begin}v1h-{x - begin}z"
            x += 1
