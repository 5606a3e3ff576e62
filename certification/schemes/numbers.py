"""How a certificate's number is written: a format of five fields, each of them once.

    format    = "{scheme}" sep field sep field sep field sep? "{chk}"
    field     = "{prov}" | year | running           each once, in any order
    year      = "{be2}" | "{be4}"                   of the Buddhist era
    running   = "{seq:03d}" … "{seq:07d}"
    sep       = "-" | "/" | "."

The check digit comes last, so a number can be doubted without knowing whose it is. Nothing in it
says the certificate's state.
"""

from __future__ import annotations

import re
from datetime import date

BUDDHIST = 543
PLAIN = "{scheme}-{prov}-{be2}-{seq:05d}-{chk}"
_FIELD = r"\{(?:prov|be2|be4|seq:0[3-7]d)\}"
_FORMAT = re.compile(rf"\{{scheme\}}[-/.]{_FIELD}[-/.]{_FIELD}[-/.]{_FIELD}[-/.]?\{{chk\}}")
_DIGITS = re.compile(r"\{(prov|be2|be4|seq):?(?:0([3-7])d)?\}")

# Damm, H. M.: totally anti-symmetric quasigroup of order 10 (2004); finds every single wrong digit
# and every exchange of neighbours.
_DAMM = (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
)  # fmt: skip


def is_format(wanted: str) -> bool:
    if not _FORMAT.fullmatch(wanted):
        return False
    fields = sorted(found[0][:2] for found in _DIGITS.findall(wanted))
    return fields == ["be", "pr", "se"]


def number(form: str, prefix: str, province: str, on: date, running: int) -> str:
    """`SGS-90-69-00025-1` in the plain form: scheme, province (DOPA), Buddhist year, running
    number, check digit."""
    year = on.year + BUDDHIST
    values = {"prov": province, "be2": f"{year % 100:02}", "be4": f"{year:04}"}
    digits: list[str] = []

    def written(found: re.Match[str]) -> str:
        field, width = found.groups()
        digits.append(values.get(field) or f"{running:0{width}}")
        return digits[-1]

    body = _DIGITS.sub(written, form)
    return body.replace("{scheme}", prefix).replace("{chk}", check_digit("".join(digits)))


def check_digit(digits: str) -> str:
    interim = 0
    for digit in digits:
        interim = int(_DAMM[interim][int(digit)])
    return str(interim)


def well_formed(number: str) -> bool:
    """Whatever its format: the digits behind the scheme's letters bear out their check digit."""
    behind = re.split(r"[-/.]", number, maxsplit=1)[1:]
    digits = re.sub(r"[-/.]", "", behind[0]) if behind else ""
    return digits.isascii() and digits.isdigit() and check_digit(digits) == "0"
