"""What ours signs, checked by others' programs: npm packages of Digital Bazaar and `jose`."""

import json
import random
import subprocess
from typing import Any

import pytest

from certification.basis import contexts
from certification.credentials import bitstring, certificate, did, multibase
from certification.credentials.did import Key
from certification.credentials.signing import Signer, as_jwt, secured
from tests.certification.credential_facts import FACTS
from tests.certification.test_signing import NOW, SEED, VENDOR, altered
from tests.skips import program

NODE = VENDOR.parent / "node"
ORIGIN = "https://market.example.org:8443"
OURS = Signer(SEED, did.method(ORIGIN, 2))
CREATED = did.moment(NOW)
KEYS = [
    Key(1, multibase.multikey(Signer(bytes(range(32)), "").public), NOW, retired_at=NOW),
    Key(2, multibase.multikey(OURS.public), NOW),
]


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
            "contexts": {
                "https://www.w3.org/ns/credentials/v2": json.loads(
                    (VENDOR / "w3c" / "credentials-v2.jsonld").read_text()
                ),
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
