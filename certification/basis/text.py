"""A sentence of the content (criteria, names, pledges) in Thai and English, and how it is set.

Words of the interface are in the gettext catalogues instead.
"""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

NBSP = "\u00a0"
UNITS = (
    "กก|กรัม|บาท|สตางค์|ไร่|งาน|ตร\\.|น\\.|วัน|เดือน|ปี|นาที|ชั่วโมง|คน|แปลง|กลุ่ม|ชนิด|รุ่น|ข้อ|ตัว|ดวง|ใบ|รายการ"
    "|ชิ้น|เสียง|หน้า|kg|g|baht|rai|ngan|sq|km|กม"
)
_UNIT = re.compile(rf"(?<=[0-9}}]) (?={UNITS})")
_OTHER_LETTERS = str.maketrans(
    {"−": "-", "‑": "-", "\u200b": "", "\ufeff": "", "\u2009": NBSP, "\u202f": NBSP}
)
"""What the fonts that we send do not hold would be drawn in another."""


@lru_cache(maxsize=8_192)
def typeset(said: str) -> str:
    """As it stands on a page or a paper: ๆ never begins a line, nor does the unit of a number.

    A placeholder counts as a number. Twice is once.
    """
    said = said.translate(_OTHER_LETTERS).replace(" ๆ", f"{NBSP}ๆ")
    return _UNIT.sub(NBSP, said)


def unbroken(said: str) -> str:
    """A date, a sum, a number with its unit: all on one line."""
    return said.replace(" ", NBSP)


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    th: str
    en: str

    def in_language(self, language: str) -> str:
        """The other language where this one is empty."""
        first, second = (self.en, self.th) if language == "en" else (self.th, self.en)
        return first or second
