"""QR codes as SVG, and sheets of labels as PDF with correct Thai.

The words reach Typst as JSON data and are shown as text: nothing in a name is ever read as markup.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import msgspec
import qrcode
import typst
from qrcode.constants import ERROR_CORRECT_M
from qrcode.util import MODE_ALPHA_NUM, QRData

from market.domain.labels import queries
from market.domain.labels.rules import LAYOUTS, Label, NoRun, Sheet

FONTS = Path(__file__).parents[2] / "web/static/fonts"
TEMPLATE = Path(__file__).with_name("sheet.typ")
QUIET = 4
"""Modules of white around the code (ISO/IEC 18004)."""
MASK = 3
"""Always the same: choosing the best mask costs ten times the drawing, and any mask reads well."""
MODULE_MM = 0.5
"""Four dots of a 203 dpi printer: the least that prints clean (Denso)."""


class _Drawn(msgspec.Struct, frozen=True):
    """A label and its code, as the template takes them."""

    label: Label
    qr: str
    qr_mm: float


def qr_svg(text: str) -> str:
    """Level M. Upper-case addresses take alphanumeric mode, everything else bytes."""
    modules = _modules(text)
    side = len(modules) + 2 * QUIET
    dark = "".join(_runs(modules))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}"'
        f' shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{side}v{side}H0z"/>'
        f'<path d="{dark}"/></svg>'
    )


async def file(lot: str, name: str, origin: str) -> bytes:
    """`{run}.pdf`, or `outlines-{sheet}.pdf` to try the printer with; NoRun."""
    stem = name.removesuffix(".pdf")
    if sheet := next((one for one in LAYOUTS if stem == f"outlines-{one}"), None):
        return await asyncio.to_thread(calibration_pdf, sheet)
    if stem not in {one.id for one in await queries.runs(lot)}:
        raise NoRun(run=stem[:36])
    printed = await queries.printed(stem, origin)
    return await asyncio.to_thread(sheet_pdf, printed.labels, printed.sheet, printed.start_at)


def sheet_pdf(labels: Sequence[Label], sheet: Sheet, start_at: int = 1) -> bytes:
    """An A4 PDF, the first label at place `start_at`. Takes CPU: call it in a thread."""
    drawn = [_drawn(label) for label in labels]
    return _compiled(
        {
            "layout": msgspec.to_builtins(LAYOUTS[sheet]),
            "skip": start_at - 1,
            "labels": msgspec.to_builtins(drawn),
        }
    )


def calibration_pdf(sheet: Sheet) -> bytes:
    """The outlines only, to lay over a sheet of labels against the light."""
    layout = msgspec.to_builtins(LAYOUTS[sheet])
    return _compiled({"layout": layout, "skip": 0, "labels": [None] * LAYOUTS[sheet].places})


def _drawn(label: Label) -> _Drawn:
    side = len(_modules(label.address)) + 2 * QUIET
    return _Drawn(label, qr_svg(label.address), side * MODULE_MM)


def _compiled(data: dict[str, object]) -> bytes:
    given = {"data": msgspec.json.encode(data).decode()}
    return typst.compile(TEMPLATE, font_paths=[FONTS], ignore_system_fonts=True, sys_inputs=given)


@lru_cache(maxsize=1_024)
def _modules(text: str) -> tuple[tuple[bool, ...], ...]:
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, mask_pattern=MASK, border=0)
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
