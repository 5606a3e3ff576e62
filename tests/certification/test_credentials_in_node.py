"""What ours signs, checked by others' programs: npm packages of Digital Bazaar and `jose`."""

import json
import random
import subprocess
from typing import Any

import pytest

from certification.basis import contexts
from certification.credentials import bitstring, certificate, did, multibase, sound, untp
from certification.credentials.did import Key
from certification.credentials.signing import Signer, as_jwt, secured
from tests import vectors
from tests.certification.credential_facts import FACTS
from tests.certification.test_signing import NOW, SEED, VENDOR, altered
from tests.certification.test_untp import MIXED
from tests.skips import program

NODE = VENDOR.parent / "node"
ORIGIN = "https://market.example.org:8443"
OURS = Signer(SEED, did.method(ORIGIN, 2))
CREATED = did.moment(NOW)
KEYS = [
    Key(1, multibase.multikey(Signer(bytes(range(32)), "").public), NOW, retired_at=NOW),
    Key(2, multibase.multikey(OURS.public), NOW),
]

BASE = {sound.BASE: json.loads((VENDOR / "w3c" / "credentials-v2.jsonld").read_text())}


def checked(told: dict[str, Any]) -> dict[str, Any]:
    """Answers of `check.mjs`, which fetches nothing."""
    node = program("node") or ""
    ended = subprocess.run(
        [node, NODE / "check.mjs"], input=json.dumps(told), capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    answer: dict[str, Any] = json.loads(ended.stdout)
    return answer


@pytest.mark.node_packages
def test_others_check_what_ours_signs() -> None:
    document = certificate.credential(FACTS, ORIGIN)
    vc = secured(document, OURS, CREATED)
    draw = random.Random(20261122)
    places = draw.sample(range(bitstring.BITS), 1_000)
    full = bitstring.encoded(places)
    asked = [*places, *draw.sample(range(bitstring.BITS), 1_000)]
    lists = [
        secured(certificate.status_list(ORIGIN, purpose, 1, bits, NOW), OURS, CREATED)
        for purpose, bits in (("revocation", full), ("suspension", bitstring.encoded([])))
    ]
    told = checked(
        {
            "did": did.document(ORIGIN, KEYS),
            "vc": vc,
            "altered": altered(vc),
            "jwt": as_jwt(document, OURS),
            "lists": lists,
            "asked": asked,
            "meant": [],
            "contexts": {
                **BASE,
                ORIGIN + contexts.PATH: json.loads(contexts.CONTENT),
            },
        }
    )
    assert told["verified"] == [True, True, True]
    assert told["believed"] == []
    assert told["jwt"] == document
    assert told["lists"][0]["length"] == bitstring.BITS
    assert {*told["lists"][0]["ones"]} == {*places}
    assert told["lists"][1]["ones"] == []
    assert "urn:talat-khiao:v1:certificateNumber" in json.dumps(told["expanded"])


@pytest.mark.node_packages
def test_others_know_each_word_of_untp() -> None:
    """By UNTP's own contexts of the version under way; nothing of ours stands in them."""
    folder = vectors.folder("untp")
    known = {
        f"{untp.VOCABULARY}/{kind}/{untp.VERSION}/": json.loads(
            (folder / f"untp-{kind}/artefacts/context.jsonld").read_text()
        )
        for kind in ("dcc", "dpp")
    }
    said = [untp.attestation(FACTS, ORIGIN), untp.passport(MIXED, ORIGIN)]
    signed = [secured(one, OURS, CREATED) for one in said]
    told = checked(
        {
            "did": did.document(ORIGIN, KEYS), "vc": signed[0], "altered": [],
            "jwt": as_jwt(said[0], OURS), "lists": [], "asked": [], "meant": signed,
            "contexts": {**BASE, **known},
        }
    )  # fmt: skip
    assert told["meant"] == [True, True]
