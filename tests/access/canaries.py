"""What is personal in the village of the tests, and where an answer of the service sings of it.

Names, phones, member numbers, national ids, addresses, the exact corners of plots, what people
wrote, where money came from, what a phone hides in a picture, and the pseudonyms themselves.
"""

from html import unescape

import pypdfium2

from certification.basis.transaction import run
from certification.people import commands as people
from certification.people.rules import Particulars
from tests.access import left_behind
from tests.cast import ADMIN, EVERYBODY, KRIT, MALEE, NOK, NOW, PARTICULARS
from tests.guarantee import LAT, LON

SIDE = 0.0008
CORNERS = (LAT + SIDE, LON + SIDE, LON + 0.01, LON + 0.01 + SIDE)
"""The first corner is the example that the form shows."""
VAULT = {
    MALEE: Particulars("มาลี ศรีสุข", "0812345601", "สข-0001", "3900700123454", "77/7 ZZADDRESS"),
    NOK: Particulars("นก รักสุขภาพ", "0812345604", None, "3900700765430", "88/8 ZZADDRESS"),
}
WRITTEN = ("ผักใบ หมุนเวียนกับถั่ว", "ถังน้ำมันใกล้แปลง", "เห็นด้วยตา", left_behind.SLIP,
           left_behind.SENT_BACK, "ZZEXIF", "ZZCOMPLAINS", "ZZREACH")  # fmt: skip
"""A farm plan, a finding, a note on a sheet, a bank's reference, a picture's hidden words, who
complained and how to reach them."""


async def put() -> None:
    """What the cast does not have yet."""
    for person, told in VAULT.items():
        await run(people.change_particulars, person, told, by=ADMIN, at=NOW)


def all_of_them() -> dict[str, str]:
    """By what is sought, what it is."""
    found = dict.fromkeys(set(EVERYBODY) - {KRIT}, "pseudonym")
    for person, plain in PARTICULARS.items():
        if person == KRIT:  # some who stand outside are of his group
            continue
        of = VAULT.get(person, plain)
        for field in ("name", "phone", "member_number", "national_id", "address"):
            if said := getattr(of, field):
                found[said] = field
                if field == "phone":
                    found[f"{said[:3]}-{said[3:6]}-{said[6:]}"] = field
                    found[f"+66{said[1:]}"] = field
    found |= {f"{corner:.4f}": "corner" for corner in CORNERS}
    return found | dict.fromkeys(WRITTEN, "written")


SOUGHT = all_of_them()


def heard(text: str) -> dict[str, str]:
    return {word: what for word, what in SOUGHT.items() if word in text}


def text_of(kind: str, body: bytes) -> str:
    """What stands in an answer: a page's letters, a PDF's, an image's bytes, a file's."""
    if kind.startswith("application/pdf"):
        pages = pypdfium2.PdfDocument(body)
        return "\n".join(page.get_textpage().get_text_range() for page in pages)
    return unescape(body.decode("utf-8", "replace"))
