"""Sheets of labels, what a printer is off by, and the least that a reader needs."""

from __future__ import annotations

import math
from typing import Literal, get_args

import msgspec

Sheet = Literal["a4-3x8", "l7160", "t50x30", "t58x40"]
Level = Literal["M", "Q"]
"""How much of the code may be lost and it still reads: 15 %, or 25 % for wet crates."""

LEVELS: tuple[Level, ...] = get_args(Level)
MM_PER_INCH = 25.4
MODULE_MM = 4 * MM_PER_INCH / 203
"""Four dots of a 203 dpi printer, a trace above 0.5 mm: the least that prints clean (Denso)."""

SHIFT_MOST = 100
"""Tenths of a millimetre: a printer that is off by more is broken."""


class Layout(msgspec.Struct, frozen=True):
    """A sheet of labels; tenths of millimetres, from the upper left of its page."""

    columns: int
    rows: int
    left: int
    top: int
    step_x: int
    step_y: int
    width: int
    height: int
    page_width: int = 2100
    page_height: int = 2970
    """A4; a roll has a page for each label."""

    @property
    def places(self) -> int:
        return self.columns * self.rows


LAYOUTS: dict[Sheet, Layout] = {
    "a4-3x8": Layout(3, 8, 0, 5, 700, 370, 700, 370),
    "l7160": Layout(3, 7, 75, 155, 660, 381, 635, 381),
    "t50x30": Layout(1, 1, 0, 0, 500, 300, 500, 300, page_width=500, page_height=300),
    "t58x40": Layout(1, 1, 50, 0, 580, 400, 480, 400, page_width=580, page_height=400),
}
"""70 × 37 mm is what Thai stationers sell as "A4 3×8"; L7160 after the glabels templates (MIT).
Thermal: the commonest die-cut label, and a length of the stall's 58 mm roll, of which a head burns
the middle 48 mm."""


class Shift(msgspec.Struct, frozen=True):
    """What a printer is off by is taken back: tenths of a millimetre to the right and down."""

    right: int = 0
    down: int = 0


NO_SHIFT = Shift()
TRIAL_WORDS = (
    "พิมพ์หน้านี้ที่ขนาด 100% แล้ววัดด้วยไม้บรรทัด กากบาทใหญ่ต้องห่างจากขอบซ้าย 30 มม. และขอบบน 30 มม."
    " ถ้าวัดได้ 28 มม. ให้เพิ่มค่าที่ตั้งไว้อีก 2 มม. ถ้าวัดได้ 32 มม. ให้ลดลง 2 มม.",
    "Print at 100 % and measure: the large cross is meant to be 30 mm from the left edge and 30 mm"
    " from the top. At 28 mm add 2 mm to what is set, at 32 mm take 2 mm away.",
    "ไม้บรรทัด 100 มม. ต้องวัดได้ 100 มม. ถ้าไม่ใช่ ให้ปิดการย่อขยายของเครื่องพิมพ์"
    " · 100 mm must measure 100 mm, or the printer scales.",
    "ระยะเลื่อนที่ตั้งไว้ในหน้านี้ · moved on this page by:",
)


def is_paper(sheet: Sheet) -> bool:
    """And not a thermal roll."""
    return LAYOUTS[sheet].places > 1


def module_dots(dpi: int) -> int:
    """The fewest whole dots that are not below 0.5 mm."""
    return math.ceil(0.5 * dpi / MM_PER_INCH)
