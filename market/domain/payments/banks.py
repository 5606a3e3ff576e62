"""Thai banks: the three digits of a slip's small code, and the names people type for them."""

from __future__ import annotations

from certification.basis.units import arabic

IN_CASH = "cash"
CODES = {
    "002": ("BBL", "BANGKOK", "กรุงเทพ"), "004": ("KBANK", "KASIKORN", "กสิกร", "กสิกรไทย"),
    "006": ("KTB", "KRUNGTHAI", "กรุงไทย"), "011": ("TTB", "TMB", "ทหารไทย", "ทีทีบี"),
    "014": ("SCB", "ไทยพาณิชย์"), "022": ("CIMB", "CIMBT", "ซีไอเอ็มบี"), "024": ("UOB", "ยูโอบี"),
    "025": ("BAY", "KRUNGSRI", "กรุงศรี", "กรุงศรีอยุธยา"), "030": ("GSB", "ออมสิน"),
    "033": ("GHB", "ธอส", "ธอส."), "034": ("BAAC", "ธกส", "ธ.ก.ส.", "ธ.ก.ส"),
    "066": ("ISBT", "IBANK", "อิสลาม"), "067": ("TISCO", "ทิสโก้"),
    "069": ("KKP", "เกียรตินาคิน"), "073": ("LHB", "LHBANK"),
}  # fmt: skip
"""By the Bank of Thailand's numbers of payment systems (ISO 20022 member ids)."""
NAMED = {name: code for code, names in CODES.items() for name in names}


def bank_code(said: str) -> str:
    """One bank written one way, so that a slip typed by hand is the slip that was scanned."""
    name = arabic(said).strip().upper().removeprefix("ธนาคาร").strip()
    return IN_CASH if name.lower() == IN_CASH else NAMED.get(name, name)


def bank_name(code: str) -> str:
    """As people say it: KBANK, not 004."""
    return CODES[code][0] if code in CODES else code
