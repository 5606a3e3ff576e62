"""Public codes: Crockford base32, any case, the last character a check, never used twice.

Eight characters name a lot, certificate, plot or group (they may be guessed and say nothing
private), sixteen a crate or unit. A code may be issued to a device before anything bears it; until
then it answers "not yet reported".
"""

from __future__ import annotations

import secrets
from datetime import datetime

from piccolo.table import Table

from certification.basis import columns
from certification.basis.database import in_use
from certification.basis.refusal import Missing, Refusal

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: without I, L, O, U. All of it lies in the QR alphanumeric set."""

LETTERS = frozenset(ALPHABET)
ONCE = {letter: value for value, letter in enumerate(ALPHABET)}
TWICE = {letter: 2 * value // 32 + 2 * value % 32 for letter, value in ONCE.items()}
"""What a letter adds to the check: from the last on, every other one counts twice."""

SHORT, LONG = 8, 16
READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0", "-": None, " ": None})


class CodeTaken(Refusal):
    """This code already names something else; a printed code is never used twice."""

    code = "codes.taken"


class CodeNotIssued(Missing):
    """Misread from the label, or never ours."""

    code = "codes.not_issued"


class PublicCode(Table, tablename="public_code"):
    code = columns.row_id()
    kind = columns.word(20)
    """lot, certificate, plot, group, order, crate, grievance"""
    subject = columns.word(36, null=True, index=True)
    """The id of what bears it; null while it is only issued."""
    issued_to = columns.word(36, null=True, index=True)
    """The device that holds it in its block."""
    issued_at = columns.instant()
    bound_at = columns.instant(null=True)


def check_character(body: str) -> str:
    """Luhn mod N (ISO/IEC 7812-1 annex B carried to base 32) over the alphabet's own values."""
    last_first = body[::-1]
    total = sum(map(TWICE.__getitem__, last_first[::2])) + sum(
        map(ONCE.__getitem__, last_first[1::2])
    )
    return ALPHABET[-total % 32]


def well_formed(code: str) -> bool:
    if len(code) not in (SHORT, LONG) or not LETTERS.issuperset(code):
        return False
    return check_character(code[:-1]) == code[-1]


def read(typed: str) -> str:
    """As typed by a person: any case, blanks and hyphens, I and L for 1, O for 0."""
    return typed.strip().upper().translate(READ_AS)


def make(length: int = SHORT) -> str:
    body = "".join(secrets.choice(ALPHABET) for _ in range(length - 1))
    return body + check_character(body)


async def kind_of(code: str) -> str | None:
    """What sort of thing bears it, bound or not yet; None for a code nobody issued."""
    rows = await in_use().query("SELECT kind FROM public_code WHERE code = {}", code)
    return str(rows[0]["kind"]) if rows else None


async def issue(kind: str, subject: str, *, at: datetime, length: int = SHORT) -> str:
    """A fresh code for `subject`, inside the transaction under way."""
    while True:
        code = make(length)
        if await in_use().query(
            "INSERT INTO public_code (code, kind, subject, issued_at, bound_at)"
            " VALUES ({}, {}, {}, {}, {}) ON CONFLICT (code) DO NOTHING RETURNING code",
            code, kind, subject, at, at,
        ):  # fmt: skip
            return code


async def issue_block(kind: str, device: str, count: int, *, at: datetime) -> list[str]:
    """Codes that a device may bind while it has no signal; at most 500 at once."""
    codes: list[str] = []
    while len(codes) < min(count, 500):
        code = make()
        codes += [row["code"] for row in await in_use().query(
            "INSERT INTO public_code (code, kind, issued_to, issued_at)"
            " VALUES ({}, {}, {}, {}) ON CONFLICT (code) DO NOTHING RETURNING code",
            code, kind, device, at,
        )]  # fmt: skip
    return codes


async def waiting(kind: str, device: str) -> list[str]:
    """What a device holds that nothing bears yet, in the order of issue."""
    rows = await in_use().query(
        "SELECT code FROM public_code WHERE issued_to = {} AND kind = {} AND subject IS NULL"
        " ORDER BY issued_at, code",
        device, kind,
    )  # fmt: skip
    return [str(row["code"]) for row in rows]


async def bind(code: str, kind: str, subject: str, *, at: datetime) -> None:
    """Give an issued code to `subject`; binding it to the same again changes nothing."""
    bound = await in_use().query(
        "UPDATE public_code SET subject = {}, bound_at = {} WHERE code = {} AND kind = {}"
        " AND subject IS NULL RETURNING code",
        subject, at, code, kind,
    )  # fmt: skip
    if bound:
        return
    held = await PublicCode.select().where(PublicCode.code == code).first()
    if held is None:
        raise CodeNotIssued(code=code)
    if (held["kind"], held["subject"]) != (kind, subject):
        raise CodeTaken(code=code)
