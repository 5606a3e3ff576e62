"""`/verify`: what the market signed, judged by the reader's own browser, also without the internet.

One script, whose hash is all that the page's policy lets run; one worker, which keeps the page and
answers for nothing else. Neither sends anything of what is opened.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import Any

from litestar import Response, get

from certification.basis import checkpoints, cosignatures
from certification.credentials import queries as credentials
from certification.credentials.rules import PURPOSES, NoneYet
from market.answers.words import LANGUAGES
from market.web import static_files
from market.web.kept import kept
from market.web.page import Ask, page
from market.web.pages import lot_file

SCRIPTS = ("check_lot.js", "judge.js", "verify.js")
"""In this order: the first is what a lot's own file runs."""
FILES = (
    "site.css", "verify.css", "sign.svg", "site.webmanifest", "sarabun-thai-400.woff2",
    "sarabun-thai-600.woff2", "sarabun-latin-400.woff2", "sarabun-latin-600.woff2",
)  # fmt: skip
POLICY = (
    "default-src 'none'; script-src {hash}; style-src 'self'; font-src 'self';"
    " img-src 'self' data:; connect-src 'self'; worker-src 'self'; manifest-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
WORKERS = "default-src 'none'; connect-src 'self'"

HEADLINES = ("ok", "warn", "unable", "ended", "bad", "unread", "blind", "away", "missing")
KINDS = (
    "PgsCertificate", "DigitalConformityCredential", "DigitalProductPassport",
    "BitstringStatusListCredential", "checkpoint", "entry", "entries", "file", "unread",
)  # fmt: skip
SAID = {
    "signature": ("ok", "retired", "foreign", "bad"),
    "dates": ("ok", "early", "expired"),
    "status": (
        "ok",
        "suspended",
        "revoked",
        "since_suspended",
        "since_revoked",
        "stale",
        "away",
        "bad",
    ),
    "today": ("ok", "warn", "fallen", "recalled", "away", "bad"),
    "entries": ("away",),
    "words": ("ok", "away", "bad"),
    "witness": ("ok", "unknown"),
    "since": ("ok", "away", "bad"),
    "keys": ("ok", "retired", "foreign", "unknown", "bad"),
    "program": ("ok", "warn", "bad"),
}
"""What `judge.js` may say of each thing that it checks."""
SENTENCES = {
    **{f"{of}.{one}": f"verify.{of}.{one}" for of, all in SAID.items() for one in all},
    "entries.ok": "lot_file.record.ok", "entries.waiting": "lot_file.record.warn",
    "entries.bad": "lot_file.record.bad", "witness.none": "lot_file.witness.none",
    "witness.bad": "lot_file.witness.bad", "file.witness.none": "lot_file.witness.none",
    **{f"file.{of}.{one}": f"lot_file.{of}.{one}"
       for of in lot_file.CHECKS[1:] for one in ("ok", "warn", "bad")
       if (of, one) != ("witness", "warn")},
}  # fmt: skip
LABELS = {
    "name": "What", "number": "Certificate number", "lot": "Lot", "seq": "No.",
    "crops": "For these crops", "group": "Group",
    "harvested": "Harvested", "weight": "Weight", "from": "Valid from", "until": "Valid until",
    "issuer": "Who issued it", "did": "Its name for programs", "code": "Code",
    "size": "Entries it covers", "root": "Fingerprint", "asOf": "The list is of",
}  # fmt: skip


@get("/verify", opt={"op": "trace.read"})
async def verify_page(request: Ask) -> Response[bytes]:
    known = await _known(str(request.app.state.settings.origin))
    shown = page(
        request, "verify.html", can=known is not None, keys=_keys(known), market=_inlined(known),
        script=script(), headlines=HEADLINES, kinds=KINDS, sentences=SENTENCES, labels=LABELS,
    )  # fmt: skip
    shown.headers["content-security-policy"] = POLICY.format(hash=lot_file.hash_of(script()))
    return kept(request, shown)


@get("/verify/worker.js", opt={"op": "trace.read"})
async def verify_worker() -> Response[str]:
    files = [static_files.address(name) for name in FILES]
    numbers = range(1, await credentials.last_list() + 1)
    shelf = {
        "pages": [f"/verify?lang={language}" for language in LANGUAGES],
        "files": files,
        "lists": [f"/status/{purpose}/{number}" for purpose in PURPOSES for number in numbers],
        "name": f"verify-{_digest(script(), *files)}",
    }
    code = lot_file.static("verify_worker.js").decode()
    return Response(
        f'"use strict";\nconst SHELF = {json.dumps(shelf)};\n{code}',
        media_type="text/javascript; charset=utf-8",
        headers={"service-worker-allowed": "/verify", "content-security-policy": WORKERS},
    )


@cache
def script() -> str:
    return "\n".join(lot_file.static(name).decode() for name in SCRIPTS)


async def _known(origin: str) -> dict[str, Any] | None:
    """What the page believes; nothing before the first key was published."""
    try:
        did = await credentials.did_document(origin)
    except NoneYet:
        return None
    return {
        "origin": origin, "did": did, "verifiers": await checkpoints.verifiers(),
        "witnesses": await cosignatures.known(), "file": lot_file.bare_digest(),
    }  # fmt: skip


def _keys(known: dict[str, Any] | None) -> list[str]:
    if known is None:
        return []
    methods = known["did"]["verificationMethod"]
    own = [
        f"{one['id']} {one['publicKeyMultibase']}" for one in methods if one["type"] == "Multikey"
    ]
    return [*own, *known["verifiers"], *known["witnesses"]]


def _inlined(known: dict[str, Any] | None) -> str:
    return json.dumps(known, separators=(",", ":")).replace("<", "\\u003c")


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


DOORS = [verify_page, verify_worker]
