"""The proof of a lot as one file: it is opened from disk and checks itself, with nobody to ask."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from datetime import datetime
from functools import cache
from html import escape

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from market.web import lot_file, static_files
from market.web.page import Ask
from market.web.templating import templates

At = NamedDependency[datetime]
LANGUAGES = ("th", "en")
BYTES_MAX, TITLE_MAX = 200_000, 300
THAI = "unicode-range:U+E00-E7F,U+200B-200D,U+25CC"
SHELL = (
    '<!doctype html>\n<html lang="th"><head><meta charset="utf-8">\n'
    '<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    "<title>{title}</title>\n<style>{style}</style></head>\n<body>{pages}\n"
    '<script type="application/json" id="told">{told}</script>\n'
    '<script type="application/json" id="seal">{seal}</script>\n'
    "<script>{script}</script></body></html>\n"
)


@get(["/L/{typed:str}/proof.html", "/l/{typed:str}/proof.html"], opt={"op": "trace.read"})
async def lot_proof_page(request: Ask, typed: FromPath[str], at: At) -> Response[bytes]:
    of = await lot_file.sealed(typed, request.app.state.settings.origin, at, BYTES_MAX - _bare())
    policy = _policy()
    whole = _filled(escape(f"{of.name.th} {of.code}"), of.told, of.seal)
    return Response(
        whole.encode(),
        media_type="text/html; charset=utf-8",
        headers={
            "content-disposition": f'attachment; filename="lot-{of.code}-proof.html"',
            "content-security-policy": f"{policy}; frame-ancestors 'none'",
        },
    )


@cache
def _bare() -> int:
    """What the file weighs without contents; a title of some letters stands in it besides."""
    return len(_filled("", "", "").encode()) + TITLE_MAX


@cache
def bare_digest() -> str:
    """SHA-256 of the file without title and contents: the same for every lot."""
    return hashlib.sha256(_filled("", "", "").encode()).hexdigest()


def _filled(title: str, told: str, seal: str) -> str:
    return SHELL.format(
        policy=_policy(), title=title, style=_style(), told=told, seal=seal,
        script=static("check_lot.js").decode(), pages="\n".join(map(_page, LANGUAGES)),
    )  # fmt: skip


def _policy() -> str:
    return (
        f"default-src 'none'; script-src {hash_of(static('check_lot.js').decode())};"
        f" style-src {hash_of(_style())}; font-src data:; base-uri 'none'; form-action 'none'"
    )


def _page(language: str) -> str:
    """What is said, without a fact of the lot: those the file writes when it has checked them."""
    return templates(language).render_template("lot_file.html", checks=CHECKS)


@cache
def _style() -> str:
    """With the letters in it: a machine far from here may have none for Thai."""
    letters = b64encode(static("sarabun-thai-400.woff2")).decode()
    face = f"@font-face{{font-family:Sarabun;src:url(data:font/woff2;base64,{letters});{THAI}}}"
    return f"{face}\n{static('lot_file.css').decode()}"


def static(name: str) -> bytes:
    return static_files.fetch(static_files.address(name).rpartition("/")[2])[1]


def hash_of(content: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


CHECKS = ("seal", "lot", "certificate", "status", "record", "custody", "witness")
"""As `check_lot.js` names them."""

DOORS = [lot_proof_page]
