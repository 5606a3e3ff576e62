"""Style sheet, fonts and pictures: read once, named by their content, kept by browsers for ever."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from pathlib import Path

from certification.basis.refusal import Missing

FOLDER = Path(__file__).parent / "static"
KINDS = {
    ".css": "text/css; charset=utf-8",
    ".woff2": "font/woff2",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".js": "text/javascript; charset=utf-8",
    ".webmanifest": "application/manifest+json",
}


NAMES = {
    ".css": [rb"(url\()([\w.-]+)(\))"],
    ".js": [rb'(?m)(^import .* from ")\./([\w.-]+)(";$)'],
}
"""Where a file names another one beside it."""


class NoSuchFile(Missing):
    code = "static_files.missing"


@lru_cache(maxsize=1)
def _all() -> dict[str, tuple[str, bytes]]:
    """By public name (`site.3f2a….css`): kind and bytes. Only what is here at the start exists."""
    found: dict[str, tuple[str, bytes]] = {}
    for file in sorted(FOLDER.rglob("*")):
        if file.suffix in KINDS:
            content = _content(file)
            found[_public(file.name, content)] = (KINDS[file.suffix], content)
    return found


@lru_cache(maxsize=256)
def address(name: str) -> str:
    """`site.css` -> `/static/site.<digest>.css`."""
    file = next(f for f in FOLDER.rglob(name) if f.is_file())
    return f"/static/{_public(file.name, _content(file))}"


def fetch(public: str) -> tuple[str, bytes]:
    if public not in _all():
        raise NoSuchFile(name=public[:80])
    return _all()[public]


def _content(file: Path) -> bytes:
    """A style sheet names its fonts by their content too, and a script the ones it imports."""
    content = file.read_bytes()
    for named in NAMES.get(file.suffix, ()):
        content = re.sub(
            named, lambda at: at[1] + address(at[2].decode()).encode() + at[3], content
        )
    return content


def _public(name: str, content: bytes) -> str:
    stem, dot, suffix = name.rpartition(".")
    return f"{stem}.{hashlib.sha256(content).hexdigest()[:12]}{dot}{suffix}"
