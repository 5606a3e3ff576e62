"""Labels as the files that printers take.

{run}.pdf                a run, on its sheet
{run}-203.escpos  -300   a thermal run, for 58 mm receipt and label printers
{run}-203.zpl     -300   the same for printers that speak ZPL
{run}-203.png     -300   its first label, dot by dot as it is printed
outlines-{sheet}.pdf     to try the printer with
look-{sheet}-{M|Q}-{grams}.png   how a label would look; nothing is counted
"""

from __future__ import annotations

import asyncio
import re
from io import BytesIO
from typing import cast

import msgspec

from market.domain.labels import layouts, printers, queries, sheets
from market.domain.labels.layouts import LAYOUTS, Level, Sheet
from market.domain.labels.rules import Label, NoRun, Printed

DPI = (203, 300)
KINDS = {
    "pdf": "application/pdf", "png": "image/png", "escpos": "application/octet-stream",
    "zpl": "text/plain",
}  # fmt: skip
RUN = re.compile(r"([0-9a-f-]{36})(?:-(203|300))?\.(pdf|png|escpos|zpl)")
LOOK = re.compile(r"look-([a-z0-9-]+)-([MQ])-([1-9][0-9]{0,8})\.png")
OUTLINES = re.compile(r"outlines-([a-z0-9-]+)\.pdf")


class File(msgspec.Struct, frozen=True):
    content: bytes
    media_type: str


async def file(lot: str, name: str, origin: str, *, reader: str) -> File:
    """As named above; NoRun. Sheets are moved as the `reader` has set it."""
    if (asked := OUTLINES.fullmatch(name)) and asked[1] in LAYOUTS:
        sheet = cast("Sheet", asked[1])
        shift = await queries.shift(reader, sheet)
        return File(await asyncio.to_thread(sheets.trial_pdf, sheet, shift), KINDS["pdf"])
    if (asked := LOOK.fullmatch(name)) and asked[1] in LAYOUTS:
        label = await queries.label(lot, int(asked[3]), origin)
        sheet, level = cast("tuple[Sheet, Level]", asked.groups()[:2])
        return File(await asyncio.to_thread(_look, label, sheet, level, 203), KINDS["png"])
    asked = RUN.fullmatch(name)
    if asked is None or asked[1] not in {one.id for one in await queries.runs(lot)}:
        raise NoRun(run=name[:36])
    printed = await queries.printed(asked[1], origin)
    content = await of_run(printed, asked[2], asked[3], reader)
    return File(content, KINDS[asked[3]])


async def of_run(printed: Printed, dpi: str | None, kind: str, reader: str) -> bytes:
    """`dpi` 203 or 300, for all but `pdf`; NoRun where a sheet of paper is asked for as dots."""
    if kind == "pdf":
        shift = await queries.shift(reader, printed.sheet)
        return await asyncio.to_thread(
            sheets.pdf, printed.labels, printed.sheet, printed.start_at, level=printed.level,
            shift=shift,
        )  # fmt: skip
    dots = int(dpi or DPI[0])
    if kind == "png":
        return await asyncio.to_thread(_look, printed.labels[0], printed.sheet, printed.level, dots)
    if layouts.is_paper(printed.sheet):
        raise NoRun(run=kind)
    return await asyncio.to_thread(thermal, printed, dots, kind)


def thermal(printed: Printed, dpi: int, kind: str) -> bytes:
    """`escpos` or `zpl`. Labels that are alike are drawn once."""
    alike = dict.fromkeys(printed.labels)
    grey = sheets.pictures(list(alike), LAYOUTS[printed.sheet], dpi, printed.level)
    drawn = dict(zip(alike, map(sheets.black_and_white, grey), strict=True))
    if kind == "escpos":
        in_turn = [drawn[one] for one in printed.labels]
        return printers.escpos(in_turn, dpi, gaps=printed.sheet == "t50x30")
    copies = len(printed.labels) if len(drawn) == 1 else 1
    return printers.zpl(list(drawn.values()), copies)


def _look(label: Label, sheet: Sheet, level: Level, dpi: int) -> bytes:
    kept = BytesIO()
    sheets.look(label, sheet, level, dpi).save(kept, "png", optimize=True, dpi=(dpi, dpi))
    return kept.getvalue()
