"""The keys go another way than the backup: on paper, or in a second place.

Who finds a backup without the keys reads no name; who has lost the keys has lost the names. The
same file is for the printer and for the program: lines of letters with a check at the end of each.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
from pathlib import Path

from certification.basis import keepings
from certification.credentials import ring
from market.backup.refusals import AlreadyThere, KeyMissing, KeyPaperWrong, KeyWrong
from market.backup.written import settle

PER_LINE, CHECK_LETTERS = 10, 4
HEAD = """\
Talat Khiao: the keys of this market / กุญแจของตลาดเขียวนี้
Keep this apart from the backups. Whoever has both reads every name and phone number.
เก็บแผ่นนี้แยกจากข้อมูลสำรอง ใครมีทั้งสองอย่างจะอ่านชื่อและเบอร์โทรของทุกคนได้
Without it no backup can be opened. / ถ้าไม่มีแผ่นนี้ จะเปิดข้อมูลสำรองไม่ได้
"""
SECTION = re.compile(r"\[([a-z0-9-]+\.key) ([0-9a-f]{16})\]")


def fingerprint(content: bytes) -> str:
    """Tells two key files apart; of 256 random bits it gives nothing away."""
    return hashlib.sha256(b"talat-khiao key fingerprint 1\0" + content).hexdigest()[:16]


def fingerprints(folder: Path) -> dict[str, str]:
    """Of those that a backup cannot be read without; what signs may be another by then."""
    return {
        file.name: fingerprint(file.read_bytes())
        for file in sorted(folder.glob("*.key"))
        if file.name != keepings.KEY and not file.name.startswith(ring.PREFIX)
    }


def write_paper(folder: Path, to: Path) -> list[str]:
    """Every key file as text, readable by its owner only; tells their names."""
    if to.exists():
        raise AlreadyThere(path=str(to))
    files = sorted(folder.glob("*.key"))
    text = HEAD + "".join(_section(file) for file in files)
    opened = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "w", encoding="utf-8") as paper:
        paper.write(text)
        settle(paper)
    return [file.name for file in files]


def read_paper(paper: Path) -> dict[str, bytes]:
    """Typed from paper or copied; capital or small letters, spaces as one likes."""
    found: dict[str, bytes] = {}
    name = said = ""
    for number, line in enumerate(paper.read_text(encoding="utf-8").splitlines(), start=1):
        if section := SECTION.fullmatch(" ".join(line.lower().split())):
            name, said = section.groups()
            found[name] = b""
        elif name and line.strip():
            found[name] += _read_line(line, number)
        if name and fingerprint(found[name]) == said:
            name = ""  # whole
    if name or not found:
        raise KeyPaperWrong(line=0, name=name or paper.name)
    return found


def needed(folder: Path, wanted: dict[str, str], paper: Path | None) -> dict[str, bytes]:
    """The keys a backup was sealed with, from folder or paper; and what else the paper holds."""
    told = read_paper(paper) if paper else {}
    found = {**told}
    for name, mark in wanted.items():
        file = folder / name
        content = file.read_bytes() if file.exists() else told.get(name)
        if content is None:
            raise KeyMissing(name=name, fingerprint=mark)
        if fingerprint(content) != mark:
            raise KeyWrong(name=name, fingerprint=mark, found=fingerprint(content))
        found[name] = content
    return found


def put(folder: Path, bundle: dict[str, bytes]) -> None:
    """One that is there stays as it is."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, content in bundle.items():
        if not (folder / name).exists():
            _write_key(folder / name, content)


def _write_key(path: Path, content: bytes) -> None:
    part = path.with_suffix(".part")
    opened = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(opened, "wb") as file:
        file.write(content)
        settle(file)
    part.replace(path)


def _section(file: Path) -> str:
    content = file.read_bytes()
    parts = [content[at : at + PER_LINE] for at in range(0, len(content), PER_LINE)]
    lines = "".join(f"{_line(part)}\n" for part in parts)
    return f"\n[{file.name} {fingerprint(content)}]\n{lines}"


def _line(part: bytes) -> str:
    letters = base64.b32encode(part).decode().rstrip("=")
    groups = [letters[at : at + 4] for at in range(0, len(letters), 4)]
    return " ".join([*groups, "-", _check(part)])


def _check(part: bytes) -> str:
    return base64.b32encode(hashlib.sha256(part).digest()).decode()[:CHECK_LETTERS]


def _read_line(line: str, number: int) -> bytes:
    letters, _, check = "".join(line.upper().split()).partition("-")
    try:
        part = base64.b32decode(letters + "=" * (-len(letters) % 8))
    except ValueError:
        part = b""
    if not part or _check(part) != check:
        raise KeyPaperWrong(line=number, name="")
    return part
