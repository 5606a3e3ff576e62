"""A certificate as a W3C Verifiable Credential in words of our own (`basis/contexts`). Pure."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime, time, timedelta
from typing import Any

from certification.basis import contexts
from certification.basis.text import Text
from certification.basis.units import THAILAND
from certification.credentials import did, sound
from certification.credentials.facts import Facts, Land, Party, Scheme
from certification.credentials.rules import PURPOSES

Document = dict[str, Any]
HOLDS = timedelta(days=1)
"""How long a status list is to be believed; a market that is gone says nothing new."""
TTL_SECONDS = 300


def address(origin: str, code: str) -> str:
    return f"{origin}/C/{code}"


def credential(of: Facts, origin: str) -> Document:
    context = origin + contexts.PATH
    here = address(origin, of.code)
    whole: Document = {
        "@context": [sound.BASE, context],
        "id": here,
        "type": ["VerifiableCredential", "PgsCertificate"],
        "issuer": {"id": did.of_origin(origin), "name": said(of.network.name)},
        "name": said(Text(f"ใบรับรอง PGS {of.number}", f"PGS certificate {of.number}")),
        **validity(of),
        "credentialSubject": subject(of, origin),
        "credentialStatus": status(of, origin),
        "relatedResource": [{"id": context, "digestSRI": contexts.DIGEST}],
    }
    return dict(composed(whole))


def subject(of: Facts, origin: str) -> Document:
    here = address(origin, of.code)
    holder = {"id": f"{here}#holder", "type": "CertificateHolder", "name": of.holder_name}
    return {
        "id": f"{here}#certificate",
        "type": "PgsCertificate",
        "certificateNumber": of.number,
        "stage": of.stage,
        "crops": [{"type": "Crop", "code": code, **both(name)} for code, name in of.crops],
        "holder": holder,
        "group": _party(of.group, origin) if of.group else None,
        "network": _party(of.network, origin),
        "plot": _plot(of.land, origin) if of.land else None,
        "scheme": _scheme(of.scheme, origin),
        "inspectedOn": str(of.inspected_on or ""),
        "decidedOn": str(of.decided_on or ""),
        "publicRecord": f"{here}/proof",
    }


def validity(of: Facts) -> Document:
    """From the first moment of the first day to the last second of the last, as the village counts
    days. Stays as it was granted: what ended it earlier stands in the status lists."""
    return {
        "validFrom": _stamp(of.valid_from, time(0, 0, 0)) if of.valid_from else None,
        "validUntil": _stamp(of.valid_until, time(23, 59, 59)) if of.valid_until else None,
    }


def status(of: Facts, origin: str) -> list[Document]:
    found = []
    for purpose in PURPOSES:
        at = list_address(origin, purpose, of.list)
        found.append(
            {
                "id": f"{at}#{of.place}",
                "type": "BitstringStatusListEntry",
                "statusPurpose": purpose,
                "statusListIndex": str(of.place),
                "statusListCredential": at,
            }
        )
    return found


def status_list(origin: str, purpose: str, number: int, bits: str, at: datetime) -> Document:
    """Holds for a day, and is asked for anew after five minutes."""
    here = list_address(origin, purpose, number)
    return {
        "@context": [sound.BASE],
        "id": here,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": did.of_origin(origin),
        "validFrom": did.moment(at),
        "validUntil": did.moment(at + HOLDS),
        "credentialSubject": {
            "id": f"{here}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": bits,
            "ttl": TTL_SECONDS * 1_000,
        },
    }


def list_address(origin: str, purpose: str, number: int) -> str:
    return f"{origin}/status/{purpose}/{number}"


def composed(said: Any) -> Any:
    """Texts in NFC, and nothing that is empty: what may not be told is not there at all."""
    match said:
        case str():
            return unicodedata.normalize("NFC", said)
        case dict():
            parts = {name: composed(value) for name, value in said.items()}
            return {name: value for name, value in parts.items() if value not in (None, "", [], {})}
        case list():
            return [composed(value) for value in said]
    return said


def said(name: Text) -> list[Document]:
    """A text with its languages, as VC Data Model 2.0 writes it."""
    return [
        {"@value": value, "@language": language}
        for language, value in (("th", name.th), ("en", name.en))
        if value
    ]


def both(name: Text) -> Document:
    return {"th": name.th, "en": name.en}


def _party(of: Party, origin: str) -> Document:
    return {"id": f"{origin}/G/{of.code}", "type": "ProducerGroup", **both(of.name)}


def _plot(of: Land, origin: str) -> Document:
    return {
        "id": f"{origin}/P/{of.code}",
        "type": "Plot",
        "areaTenthsOfRai": of.tenths_of_a_rai,
        **both(of.where),
    }


def _scheme(of: Scheme, origin: str) -> Document:
    return {
        "id": f"{origin}/charter/{of.id}",
        "type": "PgsScheme",
        "code": of.code,
        "version": of.version,
        "sha256": of.digest,
        "owner": _party(of.owner, origin),
        **(both(of.name) if of.name else {}),
    }


def _stamp(day: date, hour: time) -> str:
    return datetime.combine(day, hour, THAILAND).isoformat()
