"""Telephone and national identity numbers, as people write them: one form each, or refused.

The numbers are personal: no refusal tells them back.
"""

from __future__ import annotations

import re

from certification.basis.refusal import Invalid
from certification.basis.units import arabic


class NotAPhone(Invalid):
    code = "personal_numbers.not_a_phone"


class NotANationalId(Invalid):
    code = "personal_numbers.not_a_national_id"


def phone(text: str, *, field: str = "phone") -> str:
    """A Thai number as `0XXXXXXXXX`: mobile 10 digits (06, 08, 09), landline 9 (02 to 05, 07)."""
    digits = re.sub(r"[\s().-]", "", arabic(text))
    digits = re.sub(r"^(?:\+66|0066|66(?=[0-9]{8,9}$))0?", "0", digits)
    if not re.fullmatch(r"0[689][0-9]{8}|0[23457][0-9]{7}", digits):
        raise NotAPhone(field=field)
    return digits


def national_id(text: str, *, field: str = "national_id") -> str:
    """13 digits; the last is (11 - sum of digit x weight 13..2 mod 11) mod 10."""
    digits = re.sub(r"[\s-]", "", arabic(text))
    if not re.fullmatch(r"[0-8][0-9]{12}", digits):
        raise NotANationalId(field=field)
    total = sum(int(digit) * (13 - place) for place, digit in enumerate(digits[:12]))
    if (11 - total % 11) % 10 != int(digits[12]):
        raise NotANationalId(field=field)
    return digits
