"""A certificate as UNTP's Digital Conformity Credential, a lot as its Digital Product Passport.

Pure, and the one place that knows UNTP 0.6: its next version is this file anew. Of people it is
told no more than `facts`. A `type` stands only where UNTP's context knows it. The words are English
where there are any: who reads such files expects them.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from certification.basis.text import Text
from certification.credentials import certificate, did, sound
from certification.credentials.certificate import address, composed
from certification.credentials.facts import Facts, Judged, Land, Party, Scheme

Document = dict[str, Any]
VERSION = "0.6.0"
VOCABULARY = "https://test.uncefact.org/vocabulary/untp"
LINK_TYPES = "https://test.uncefact.org/vocabulary/linkTypes"
COUNTRY = "TH"
TOPICS = {
    "buffer": "environment.biodiversity",
    "conduct": "governance.transparency",
    "harvest": "social.safety",
    "label": "governance.compliance",
    "membership": "governance.ethics",
    "plot_identity": "governance.compliance",
    "pollution": "environment.waste",
    "processing": "social.safety",
    "records": "governance.transparency",
    "residue": "social.safety",
    "soil_risk": "environment.waste",
    "water": "environment.water",
}
"""By section of the checklist, where UNTP has a word; the rest is how the land is farmed."""
FARMING = "environment.biodiversity"
CLAIMS = {
    "organic": "Organic by a participatory guarantee",
    "in_conversion": "In conversion to organic by a participatory guarantee",
}


class Part(msgspec.Struct, frozen=True):
    """A harvest that is in a lot of several."""

    code: str
    crop: Text
    grams: int


class Claimed(msgspec.Struct, frozen=True):
    certificate: str
    """By its code."""
    stage: str
    scheme: Text


class Batch(msgspec.Struct, frozen=True):
    """A lot, as its own page tells it."""

    code: str
    crop: Text
    harvested_on: date
    """Of several harvests the oldest."""
    grams: int
    group: Party
    network: Party
    lands: tuple[Land, ...]
    parts: tuple[Part, ...]
    """The harvests in it; none where it is one itself."""
    claims: tuple[Claimed, ...]


def attestation(of: Facts, origin: str) -> Document:
    """UNTP asks that `Membership` be said where peers assess: nobody here is a third party."""
    here = address(origin, of.code)
    return dict(
        composed(
            {
                "@context": _contexts("dcc"),
                "id": f"{here}/dcc.json",
                "type": ["DigitalConformityCredential", "VerifiableCredential"],
                "issuer": _issuer(of.network, origin),
                **certificate.validity(of),
                "credentialStatus": certificate.status(of, origin),
                "credentialSubject": {
                    "type": ["ConformityAttestation", "Attestation"],
                    "id": f"{here}#certificate",
                    "name": f"PGS certificate {of.number}",
                    "description": "A participatory guarantee: farmers of one network, eaters and"
                    " their neighbours inspect one another's land and decide together.",
                    "assessorLevel": "Membership",
                    "assessmentLevel": "Verified",
                    "attestationType": "certification",
                    "issuedToParty": {
                        "id": f"{here}#holder",
                        "name": of.holder_name or f"Holder of {of.number}",
                    },
                    "conformityCertificate": _link(here, "The certificate's page", "dcc"),
                    "auditableEvidence": _link(
                        f"{here}/proof", "Proof in the public record", "evidence"
                    ),
                    "scope": _scope(of.scheme, origin),
                    "assessment": [_whole(of, origin), *(_one(j, of, origin) for j in of.judged)],
                },
            }
        )
    )


def passport(of: Batch, origin: str) -> Document:
    here = f"{origin}/L/{of.code}"
    return dict(
        composed(
            {
                "@context": _contexts("dpp"),
                "id": f"{here}/dpp.json",
                "type": ["DigitalProductPassport", "VerifiableCredential"],
                "issuer": _issuer(of.network, origin),
                "validFrom": f"{of.harvested_on}T00:00:00+07:00",
                "credentialSubject": {
                    "type": ["ProductPassport"],
                    "id": f"{here}#passport",
                    "granularityLevel": "batch",
                    "product": _product(of, origin),
                    "conformityClaim": [_claim(one, of, origin) for one in of.claims],
                    "materialsProvenance": [_material(part) for part in of.parts],
                    "traceabilityInformation": [
                        {
                            "valueChainProcess": "Harvest",
                            "verifiedRatio": 1,
                            "traceabilityEvent": [
                                _link(f"{here}/proof", "Proof in the public record", "dte")
                            ],
                        }
                    ],
                },
            }
        )
    )


def _product(of: Batch, origin: str) -> Document:
    """Weight in grams: a fraction of a kilogram is not written alike by every program."""
    return {
        "type": ["Product"],
        "id": f"{origin}/L/{of.code}",
        "name": of.crop.in_language("en"),
        "registeredId": of.code,
        "idScheme": {"type": ["IdentifierScheme"], "id": f"{origin}/L/", "name": "Codes of lots"},
        "batchNumber": of.code,
        "description": f"{of.crop.th}, harvested on {of.harvested_on}",
        "productionDate": str(of.harvested_on),
        "countryOfProduction": COUNTRY,
        "producedByParty": _party(of.group, origin),
        "producedAtFacility": _facility(of.lands[0], origin) if len(of.lands) == 1 else None,
        "dimensions": {"weight": _grams(of.grams)},
        "furtherInformation": [_link(f"{origin}/L/{of.code}", "The lot's page", "idr")],
    }


def _material(of: Part) -> Document:
    return {
        "name": f"{of.crop.in_language('en')}, lot {of.code}",
        "originCountry": COUNTRY,
        "mass": _grams(of.grams),
    }


def _claim(one: Claimed, of: Batch, origin: str) -> Document:
    here = address(origin, one.certificate)
    return {
        "type": ["Claim", "Declaration"],
        "id": f"{origin}/L/{of.code}#claim-{one.certificate}",
        "description": f"{CLAIMS[one.stage]}: {one.scheme.in_language('en')}",
        "conformityTopic": FARMING,
        "assessmentDate": str(of.harvested_on),
        "conformityEvidence": _link(f"{here}/dcc.json", "The certificate, signed", "dcc"),
    }


def _whole(of: Facts, origin: str) -> Document:
    """What the meeting decided of all of it."""
    grows = [
        {
            "product": {"id": f"{address(origin, of.code)}#{crop}", "name": name.in_language("en")},
            "IDverifiedByCAB": True,
        }
        for crop, name in of.crops
    ]
    lands = [of.land] if of.land else []
    stands = [{"facility": _facility(land, origin), "IDverifiedByCAB": True} for land in lands]
    return {
        "type": ["ConformityAssessment", "Declaration"],
        "id": f"{address(origin, of.code)}#assessment",
        "assessmentDate": str(of.decided_on or ""),
        "name": of.scheme.name.in_language("en") if of.scheme.name else of.scheme.code,
        "description": CLAIMS.get(of.stage or "", ""),
        "conformityTopic": FARMING,
        "conformance": True,
        "assessedProduct": grows,
        "assessedFacility": stands,
        "referenceStandard": {
            "type": ["Standard"],
            "id": _charter(of.scheme, origin),
            "name": of.scheme.name.in_language("en") if of.scheme.name else of.scheme.code,
            "issuingParty": _party(of.scheme.owner, origin),
            "issueDate": str(of.scheme.effective_from),
        },
    }


def _one(judged: Judged, of: Facts, origin: str) -> Document:
    topic = TOPICS.get(judged.section, FARMING)
    criterion = {
        "type": ["Criterion"],
        "id": f"{_charter(of.scheme, origin)}#{judged.code}",
        "name": judged.criterion or judged.code,
        "description": judged.text.in_language("en"),
        "conformityTopic": topic,
        "status": "active",
    }
    return {
        "type": ["ConformityAssessment", "Declaration"],
        "id": f"{address(origin, of.code)}#assessment-{judged.code}",
        "assessmentDate": str(of.inspected_on or ""),
        "name": judged.criterion,
        "conformityTopic": topic,
        "conformance": judged.met,
        "assessmentCriteria": [criterion],
    }


def _scope(of: Scheme, origin: str) -> Document:
    return {
        "type": ["ConformityScheme"],
        "id": _charter(of, origin),
        "name": of.name.in_language("en") if of.name else of.code,
        "description": f"Charter {of.code}, version {of.version}; SHA-256 {of.digest}",
        "version": f"{of.version}.0.0",
        "validFrom": str(of.effective_from),
        "owner": _party(of.owner, origin),
    }


def _issuer(of: Party, origin: str) -> Document:
    return {
        "type": ["CredentialIssuer"],
        "id": did.of_origin(origin),
        "name": of.name.in_language("en"),
        "issuerAlsoKnownAs": [_party(of, origin)],
    }


def _party(of: Party, origin: str) -> Document:
    return {"id": f"{origin}/G/{of.code}", "name": of.name.in_language("en")}


def _facility(of: Land, origin: str) -> Document:
    return {"id": f"{origin}/P/{of.code}", "name": f"Plot {of.code}, {of.where.in_language('en')}"}


def _grams(grams: int) -> Document:
    return {"value": grams, "unit": "GRM"}


def _link(url: str, name: str, kind: str) -> Document:
    return {"linkURL": url, "linkName": name, "linkType": f"{LINK_TYPES}/{kind}"}


def _charter(of: Scheme, origin: str) -> str:
    return f"{origin}/charter/{of.id}"


def _contexts(kind: str) -> list[str]:
    return [sound.BASE, f"{VOCABULARY}/{kind}/{VERSION}/"]
