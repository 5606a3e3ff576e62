"""What we put our name to: the shape that W3C's VC Data Model 2.0 asks for. Pure.

Whoever asks for a signature gives a document without issuer or with one that has no id yet; what it
says is not judged here, only that every verifier will read it in the same way.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from certification.basis.refusal import Invalid

Document = Mapping[str, Any]
BASE = "https://www.w3.org/ns/credentials/v2"
URL = re.compile(r"[a-z][a-z0-9+.-]*:[^\s<>\"{}|\\^`]+", re.IGNORECASE)
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
EXACT_MAX = 2**53 - 1
WITH_TYPE = ("credentialStatus", "termsOfUse", "evidence", "proof")
WITH_BOTH = ("credentialSchema", "refreshService")
OF_BASE = frozenset({
    "BitstringStatusListCredential", "EnvelopedVerifiableCredential", "JsonSchemaCredential",
    "VerifiableCredential",
})  # fmt: skip
"""Kinds of credentials that the base context knows."""
LANGUAGE = frozenset(["@value", "@language", "@direction"])


class NotSound(Invalid):
    """`what` names the property that a verifier could not read."""

    code = "credentials.not_sound"


def issued(asked: Document, issuer: str) -> dict[str, Any]:
    """With the issuer in it, ready to be signed; NotSound."""
    said = asked.get("issuer", {})
    whole = {**asked, "issuer": {**said, "id": issuer} if isinstance(said, Mapping) else said}
    if whole["issuer"] == {"id": issuer}:
        whole["issuer"] = issuer
    ensure_sound(whole)
    return whole


def ensure_sound(of: Document) -> None:
    faults = sorted(set(unsound(of)))
    if faults:
        raise NotSound(field="credential", what=", ".join(faults))


def unsound(of: Document) -> Iterator[str]:
    yield from _contexts(of.get("@context"))
    yield from _types(_listed(of.get("type")), _listed(of.get("@context")))
    if "id" in of and not _is_url(of["id"]):
        yield "id"
    yield from _issuer(of.get("issuer"))
    yield from _subjects(of.get("credentialSubject"))
    yield from _dates(of)
    for name in ("name", "description"):
        if name in of and not _is_said(of[name]):
            yield name
    for name in (*WITH_TYPE, *WITH_BOTH):
        yield from _parts(name, of.get(name, []))
    yield from _values("credential", of)


def _contexts(said: Any) -> Iterator[str]:
    listed = isinstance(said, list) and said[:1] == [BASE]
    if not listed or not all(isinstance(one, Mapping) or _is_url(one) for one in said):
        yield "@context"


def _types(types: list[Any], contexts: list[Any]) -> Iterator[str]:
    """A kind that no context knows means something else to each reader. What the contexts of others
    know is not asked here: none is fetched."""
    if "VerifiableCredential" not in types or not all(map(_is_name, types)):
        yield "type"
        return
    own = [one for one in contexts if isinstance(one, Mapping)]
    meant = {name: value for one in own for name, value in one.items()}
    all_here = len(own) + contexts.count(BASE) == len(contexts)
    known = all(one in OF_BASE or _is_url(one) or _is_url(meant.get(one)) for one in types)
    if OF_BASE & set(meant) or (all_here and not known):
        yield "type"


def _issuer(said: Any) -> Iterator[str]:
    id = said.get("id") if isinstance(said, Mapping) else said
    if not _is_url(id):
        yield "issuer"
    if isinstance(said, Mapping):
        for name in ("name", "description"):
            if name in said and not _is_said(said[name]):
                yield f"issuer.{name}"


def _subjects(said: Any) -> Iterator[str]:
    subjects = _listed(said)
    if not subjects or not all(isinstance(one, Mapping) and one for one in subjects):
        yield "credentialSubject"
        return
    if not all(_is_url(one["id"]) for one in subjects if "id" in one):
        yield "credentialSubject.id"


def _dates(of: Document) -> Iterator[str]:
    read: dict[str, datetime] = {}
    for name in ("validFrom", "validUntil"):
        if name in of:
            said = of[name]
            try:
                assert isinstance(said, str)
                assert STAMP.fullmatch(said)
                read[name] = datetime.fromisoformat(said)
            except (AssertionError, ValueError):
                yield name
    if len(read) == 2 and read["validFrom"] > read["validUntil"]:
        yield "validUntil"


def _parts(name: str, said: Any) -> Iterator[str]:
    for one in _listed(said):
        if not isinstance(one, Mapping) or not _listed(one.get("type")):
            yield name
            continue
        needed = name in WITH_BOTH or "id" in one
        if needed and not _is_url(one.get("id")):
            yield name


def _values(name: str, said: Any) -> Iterator[str]:
    """Texts in NFC and whole numbers: JCS canonicalises neither accents nor fractions for us."""
    match said:
        case bool():
            return
        case int() if abs(said) <= EXACT_MAX:
            return
        case str() if unicodedata.is_normalized("NFC", said):
            return
        case Mapping():
            for key, value in said.items():
                yield from _values(str(key), value)
        case list():
            for value in said:
                yield from _values(name, value)
        case _:
            yield name


def _is_said(said: Any) -> bool:
    """A text, one with its language, or several of these."""
    if isinstance(said, list):
        return bool(said) and all(isinstance(one, Mapping) and _is_said(one) for one in said)
    if isinstance(said, Mapping):
        return isinstance(said.get("@value"), str) and set(said) <= LANGUAGE
    return isinstance(said, str)


def _is_name(said: Any) -> bool:
    return isinstance(said, str) and bool(said) and not re.search(r"\s", said)


def _is_url(said: Any) -> bool:
    return isinstance(said, str) and bool(URL.fullmatch(said))


def _listed(said: Any) -> list[Any]:
    return said if isinstance(said, list) else [] if said is None else [said]
