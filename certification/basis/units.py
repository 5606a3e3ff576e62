"""What people write, in whole numbers: land, money, weight and days.

Thai digits, Thai and English words and พ.ศ. are read; area becomes whole square metres, money
whole satang, weight whole grams. What can be read in two ways is refused, never guessed; every
function takes the name of the input `field`. Units: 1 rai = 4 ngan = 400 sq wah = 1,600 m2
(Weights and Measures Act B.E. 2542); ขีด = 100 g.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from fractions import Fraction
from typing import Annotated

import msgspec

from certification.basis.refusal import Invalid

LETTERS_MAX = 80
LARGEST = 10**14
"""Of square metres, satang or grams; sums of thousands of such still fit in 64 bits."""
RAI_M2, NGAN_M2, WAH_M2, HECTARE_M2 = 1_600, 400, 4, 10_000
YEARS_BACK, YEARS_AHEAD = 30, 5
BUDDHIST = 543
THAILAND = timezone(timedelta(hours=7))
Instant = Annotated[datetime, msgspec.Meta(tz=True)]
"""As a program writes it: with its zone, or it is malformed."""


class NotAnArea(Invalid):
    code = "units.not_an_area"


class NotMoney(Invalid):
    code = "units.not_money"


class NotAWeight(Invalid):
    code = "units.not_a_weight"


class NotADate(Invalid):
    code = "units.not_a_date"


class YearUnclear(Invalid):
    """A year that two calendars, or two centuries, would read differently."""

    code = "units.year_unclear"


class UnitMissing(Invalid):
    """A bare number, in a field that does not say what it counts."""

    code = "units.unit_missing"


class TooManyDecimals(Invalid):
    """Finer than a satang or a gram."""

    code = "units.too_many_decimals"


class Negative(Invalid):
    code = "units.negative"


class TooLarge(Invalid):
    code = "units.too_large"


_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_NUMBER = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?"
_RAI_NGAN_WAH = re.compile(r"([0-9]+)-([0-9]+)-([0-9]+(?:\.[0-9]+)?)(?:ไร่|rai)?")

_AREA_UNITS = {
    **dict.fromkeys(("เฮกตาร์", "เฮกแตร์", "hectares", "hectare", "ha"), HECTARE_M2),
    **dict.fromkeys(("ไร่", "rai"), RAI_M2),
    **dict.fromkeys(("งาน", "ngan"), NGAN_M2),
    **dict.fromkeys(("ตารางวา", "ตรว", "วา", "sqwah", "wah", "sqwa"), WAH_M2),
    **dict.fromkeys(("ตารางเมตร", "ตรม", "m2", "m²", "sqm"), 1),
}
_WEIGHT_UNITS = {
    **dict.fromkeys(("ตัน", "tonnes", "tonne"), 1_000_000),
    **dict.fromkeys(("กิโลกรัม", "กิโล", "กก", "โล", "kilograms", "kilogram", "kilos", "kilo",
                     "kgs", "kg"), 1_000),
    **dict.fromkeys(("ขีด", "khit"), 100),
    **dict.fromkeys(("กรัม", "ก", "grams", "gram", "g"), 1),
}  # fmt: skip


def arabic(text: str) -> str:
    """๐-๙ as 0-9."""
    return text.translate(_THAI_DIGITS)


def area_m2(text: str, *, field: str = "area", unit: str | None = None) -> int:
    """`2-1-50`, `2 ไร่ 1 งาน 50 ตร.ว.`, `2.5 ไร่`, `2 ไร่ครึ่ง`, `3,600 ตร.ม.`, `0.36 ha`.

    `unit` (`"rai"`, `"m2"` ...) is what a bare number counts. 4 ngan and more are carried over;
    less than a square metre is rounded, half up: land papers give tenths of a square wah.
    """
    written = _closed_up(text, field, NotAnArea)
    if parts := _RAI_NGAN_WAH.fullmatch(written):
        rai, ngan, wah = (Fraction(part) for part in parts.groups())
        return _bounded(_rounded(rai * RAI_M2 + ngan * NGAN_M2 + wah * WAH_M2), field)
    return _bounded(_rounded(_sum(written, _AREA_UNITS, unit, field, NotAnArea)), field)


def weight_grams(text: str, *, field: str = "weight", unit: str | None = None) -> int:
    """`1.5 กก.`, `15 ขีด`, `1 กิโล 2 ขีด`, `ครึ่งกิโล`, `500 g`; a bare number counts `unit`."""
    written = _closed_up(text, field, NotAWeight)
    grams = _sum(written, _WEIGHT_UNITS, unit, field, NotAWeight)
    if grams.denominator != 1:
        raise TooManyDecimals(field=field)
    return _bounded(int(grams), field)


def money_satang(text: str, *, field: str = "money") -> int:
    """`1,234.50`, `๑๒๓.๕`, `฿80`, `80 บาท`, `80.-`."""
    written = _closed_up(text, field, NotMoney)
    amount = re.fullmatch(rf"(?:฿|thb)?({_NUMBER})(?:\.?-)?(?:บาท|บ|baht|thb|฿)?", written)
    if amount is None:
        raise NotMoney(field=field, given=text[:LETTERS_MAX])
    satang = _fraction(amount[1]) * 100
    if satang.denominator != 1 or len(amount[1].partition(".")[2]) > 2:
        raise TooManyDecimals(field=field)
    return _bounded(int(satang), field)


def _closed_up(text: str, field: str, wrong: type[Invalid]) -> str:
    """Arabic digits, lower case, no spaces, no dots of abbreviations (`ตร.ว.` is `ตรว`)."""
    written = arabic(text).strip().lower()
    if re.match(r"[-−–]\s*[฿0-9]", written):
        raise Negative(field=field)
    if len(written) > LETTERS_MAX or re.search(r"[0-9]\s+[0-9]", written):
        raise wrong(field=field, given=text[:LETTERS_MAX])
    return re.sub(r"(?<=[^\s0-9.])\.(?![0-9])|\s+", "", written)


def _sum(
    written: str, units: dict[str, int], unit: str | None, field: str, wrong: type[Invalid]
) -> Fraction:
    """Parts from the larger unit to the smaller, each unit once."""
    if re.fullmatch(_NUMBER, written):
        if unit is None:
            raise UnitMissing(field=field)
        return _fraction(written) * units[unit]
    names = "|".join(sorted(map(re.escape, units), key=len, reverse=True))
    part = rf"({_NUMBER}|ครึ่ง)({names})(ครึ่ง)?"
    found = re.findall(part, written)
    sizes = [units[name] for _, name, _ in found]
    if not re.fullmatch(f"(?:{part})+", written) or sizes != sorted(set(sizes), reverse=True):
        raise wrong(field=field, given=written)
    return sum(
        ((_fraction(many) + Fraction(1 if half else 0, 2)) * units[name]
         for many, name, half in found),
        start=Fraction(0),
    )  # fmt: skip


def _fraction(number: str) -> Fraction:
    return Fraction(1, 2) if number == "ครึ่ง" else Fraction(number.replace(",", ""))


def _rounded(value: Fraction) -> int:
    return (value + Fraction(1, 2)).__floor__()


def _bounded(value: int, field: str) -> int:
    if value > LARGEST:
        raise TooLarge(field=field)
    return value


# fmt: off
_MONTHS_TH = ["มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน",
              "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม"]
_SHORT_MS = ("Jan", "Feb", "Mac", "Apr", "Mei", "Jun", "Jul", "Ogos", "Sep", "Okt", "Nov", "Dis")
_SHORT_TH = ["ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.",
             "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค."]
_MONTHS_EN = ["January", "February", "March", "April", "May", "June", "July", "August",
              "September", "October", "November", "December"]
# fmt: on
_ENDING = re.compile("(คม|ยน|พันธ์)$")
_MONTH = {
    name: number
    for number, (th, short, en) in enumerate(
        zip(_MONTHS_TH, _SHORT_TH, _MONTHS_EN, strict=True), start=1
    )
    for name in (th, _ENDING.sub("", th), short.replace(".", ""), en.lower(), en[:3].lower())
}
_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_FIGURES = re.compile(r"([0-9]{1,2})\s*([/.-])\s*([0-9]{1,2})\s*\2\s*([0-9]{4}|[0-9]{2})")
_WORDS = re.compile(r"([0-9]{1,2})([^0-9]+)([0-9]{4}|[0-9]{2})")
_ERA = {"พศ": "be", "be": "be", "คศ": "ce", "ce": "ce", "ad": "ce"}


def day(text: str, *, near: date, field: str = "date") -> date:
    """`2020-08-26`, `26/08/2563`, `26/8/63`, `26 ส.ค. 63`, `26 สิงหาคม พ.ศ. 2563`, `26 Aug 2020`.

    Always the day before the month. A year of four digits from 2400 on is พ.ศ., 1900 to 2199 ค.ศ.
    A year of two digits is read as พ.ศ. 25yy or ค.ศ. 20yy, whichever lies from 30 years before to
    5 years after `near` (the two are 43 years apart, so at most one does), and refused otherwise.
    January to March of a พ.ศ. before 2484 are refused: until then the year began in April.
    """
    figure, month, year, era = _day_month_year(text, field)
    gregorian = _gregorian(year, era, near)
    if gregorian is None or (month <= 3 and gregorian < 1941 and int(year) >= 2400):
        raise YearUnclear(field=field, year=year)
    try:
        return date(gregorian, month, figure)
    except ValueError:
        raise NotADate(field=field, given=text[:LETTERS_MAX]) from None


def _day_month_year(text: str, field: str) -> tuple[int, int, str, str | None]:
    written = re.sub(r"^วัน[^0-9]*", "", arabic(text).strip().lower())
    if iso := _ISO.fullmatch(written):
        return int(iso[3]), int(iso[2]), iso[1], None
    if figures := _FIGURES.fullmatch(written):
        return int(figures[1]), int(figures[3]), figures[4], None
    words = _WORDS.fullmatch(written)
    between = re.sub(r"[\s.,/-]", "", words[2]) if words else ""
    era = _ERA.get(between[-2:])
    month = _MONTH.get(between[:-2] if era else between)
    if words is None or month is None:
        raise NotADate(field=field, given=text[:LETTERS_MAX])
    return int(words[1]), month, words[3], era


def _gregorian(year: str, era: str | None, near: date) -> int | None:
    number = int(year)
    if len(year) == 2:
        readings = {"be": 2500 + number - BUDDHIST, "ce": 2000 + number}
        first, last = near.year - YEARS_BACK, near.year + YEARS_AHEAD
        fitting = [y for of, y in readings.items() if era in (None, of) and first <= y <= last]
        return fitting[0] if len(fitting) == 1 else None
    if 2400 <= number <= 2199 + BUDDHIST and era != "ce":
        return number - BUDDHIST
    return number if 1900 <= number <= 2199 and era != "be" else None


def local_day(at: datetime) -> date:
    """The day in Thailand (UTC+7 all year, since 1920)."""
    return at.astimezone(THAILAND).date()


def thai_area(m2: int) -> str:
    """`4 ไร่ 2 งาน 58.5 ตร.ว.`: exact, as a square metre is a quarter of a square wah."""
    return _area(m2, ("ไร่", "งาน", "ตร.ว."))


def english_area(m2: int) -> str:
    return _area(m2, ("rai", "ngan", "sq wah"))


def _area(m2: int, names: tuple[str, str, str]) -> str:
    parts = rai_ngan_wah(m2)
    shown = [f"{part} {name}" for part, name in zip(parts, names, strict=True) if part != "0"]
    return " ".join(shown) or f"0 {names[0]}"


def rai_ngan_wah(m2: int) -> tuple[str, str, str]:
    """For three boxes, or joined with dashes: `("4", "2", "58.5")`."""
    rai, rest = divmod(m2, RAI_M2)
    ngan, rest = divmod(rest, NGAN_M2)
    return str(rai), str(ngan), _plain(rest * 25, 2)


def baht(satang: int, language: str = "th") -> str:
    """`1,234.50 บาท`; no decimals when whole."""
    whole, rest = divmod(abs(satang), 100)
    amount = f"{'-' if satang < 0 else ''}{whole:,}{f'.{rest:02}' if rest else ''}"
    return f"{amount} {'บาท' if language == 'th' else 'baht'}"


def kilos(grams: int, language: str = "th") -> str:
    """`1.5 กก.`, exact to the gram."""
    amount = f"{'-' if grams < 0 else ''}{_plain(abs(grams), 3)}"
    return f"{amount} {'กก.' if language == 'th' else 'kg'}"


def _plain(value: int, decimals: int) -> str:
    """`value` / 10 ** `decimals`, without the zeros at its end."""
    whole, rest = divmod(value, 10**decimals)
    return f"{whole:,}.{rest:0{decimals}}".rstrip("0").rstrip(".") if rest else f"{whole:,}"


def thai_date(on: date) -> str:
    """`22 พ.ย. 2569`; until 1940 the พ.ศ. changed in April."""
    late = on.year <= 1940 and on.month <= 3
    return f"{on.day} {_SHORT_TH[on.month - 1]} {on.year + BUDDHIST - late}"


def english_date(on: date) -> str:
    """`22 Nov 2026`."""
    return f"{on.day} {_MONTHS_EN[on.month - 1][:3]} {on.year}"


def malay_date(on: date) -> str:
    """`22 Nov 2026`, `1 Ogos 2026`."""
    return f"{on.day} {_SHORT_MS[on.month - 1]} {on.year}"
