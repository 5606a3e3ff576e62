"""What others wrote down of how a credential is signed, and ours held against it."""

import copy
import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import rfc8785

from certification.basis import contexts
from certification.credentials import bitstring, did, multibase, signing, sound
from certification.credentials.did import Key
from certification.credentials.signing import NotGenuine, Signer

VENDOR = Path(__file__).parents[1] / "vendor"
W3C = json.loads((VENDOR / "w3c" / "eddsa-jcs-2022.json").read_text())
SUITE = json.loads((VENDOR / "w3c" / "vcdm2-inputs.json").read_text())
JCS = json.loads((VENDOR / "jcs.json").read_text())

SEED = multibase.read_secret_multikey(W3C["keyPair"]["privateKeyMultibase"])
PROOF = W3C["signedJCS"]["proof"]
W3CS = Signer(SEED, PROOF["verificationMethod"])
NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)


def test_w3cs_signature_is_made_again_byte_for_byte() -> None:
    unsigned, options = W3C["unsigned"], {k: v for k, v in PROOF.items() if k != "proofValue"}
    assert rfc8785.dumps(unsigned).decode() == W3C["canonDocJCS"]
    assert rfc8785.dumps(options).decode() == W3C["proofCanonJCS"]
    assert signing.hashed(unsigned, options).hex() == W3C["combinedHashJCS"]
    assert signing.secured(unsigned, W3CS, PROOF["created"]) == W3C["signedJCS"]
    assert multibase.multikey(W3CS.public) == W3C["keyPair"]["publicKeyMultibase"]
    assert signing.ensure_genuine(W3C["signedJCS"], W3CS.public) == unsigned


def test_json_is_written_as_rfc_8785_says() -> None:
    for name, case in JCS.items():
        written = rfc8785.dumps(json.loads(case["input"]))
        assert written.hex(" ") == " ".join(case["outhex"].split()), name


def altered(whole: Any) -> list[tuple[str, Any]]:
    """The same with one thing changed: each text, number and name, one at a time."""
    found: list[tuple[str, Any]] = []

    def walk(at: list[Any]) -> None:
        here = whole
        for step in at:
            here = here[step]
        if isinstance(here, dict | list):
            for step in list(here) if isinstance(here, dict) else range(len(here)):
                walk([*at, step])
                for change in ("left out", "put twice"):
                    other = copy.deepcopy(whole)
                    place = other
                    for one in at:
                        place = place[one]
                    if change == "left out":
                        del place[step]
                    elif isinstance(place, dict):
                        place[f"{step}2"] = copy.deepcopy(place[step])
                    else:
                        place.append(copy.deepcopy(place[step]))
                    found.append((f"{at}{step} {change}", other))
            return
        other = copy.deepcopy(whole)
        place = other
        for one in at[:-1]:
            place = place[one]
        place[at[-1]] = here + 1 if isinstance(here, int) else f"{here[:-1]}~"
        found.append((f"{at} changed", other))

    walk([])
    return found


def test_whatever_is_altered_is_found_out() -> None:
    believed = []
    for what, other in altered(W3C["signedJCS"]):
        try:
            signing.ensure_genuine(other, W3CS.public)
            believed.append(what)
        except (NotGenuine, multibase.Unreadable):
            continue
    assert believed == []


def test_a_token_is_found_out_at_each_letter() -> None:
    token = signing.as_jwt(W3C["unsigned"], W3CS)
    assert signing.read_jwt(token, W3CS.public) == W3C["unsigned"]
    believed = []
    for place, letter in enumerate(token):
        for other in ("A" if letter != "A" else "B", ""):
            try:
                signing.read_jwt(token[:place] + other + token[place + 1 :], W3CS.public)
                believed.append((place, other))
            except (NotGenuine, multibase.Unreadable):
                continue
    assert believed == []
    with pytest.raises(NotGenuine):
        signing.read_jwt(token, Signer(bytes(range(32)), "").public)
    for end in ("=", "\n", "!"):
        with pytest.raises(NotGenuine):
            signing.read_jwt(token + end, W3CS.public)


def test_w3cs_own_inputs_are_signed_or_refused_as_its_suite_says() -> None:
    """The suite posts them to who issues, which fills in the issuer and the dates it speaks of."""
    for name, asked in SUITE.items():
        for word, when in (("validFrom", timedelta(days=9)), ("validUntil", timedelta(days=-9))):
            if word in asked:
                asked[word] = did.moment(NOW + when)
        no_issuer = name == "credential-no-issuer-fail.json"
        try:
            sound.ensure_sound(asked) if no_issuer else sound.issued(asked, "did:web:x.example")
            signed = True
        except sound.NotSound:
            signed = False
        assert signed == name.endswith("-ok.json"), name


GOOD: dict[str, Any] = SUITE["credential-ok.json"]
CROOKED: dict[str, dict[str, Any]] = {
    "no context": {"@context": []},
    "another context first": {"@context": ["https://x.example/1", sound.BASE]},
    "a context that is no address": {"@context": [sound.BASE, "not one"]},
    "no type": {"type": []},
    "not a credential": {"type": ["AlumniCredential"]},
    "a kind that no context knows": {"type": ["VerifiableCredential", "Alumni"]},
    "a kind that means no address": {
        "@context": [sound.BASE, {"Alumni": "https ://x.example"}],
        "type": ["VerifiableCredential", "Alumni"],
    },
    "another meaning of credential": {
        "@context": [sound.BASE, {"VerifiableCredential": "https://x.example/1"}]
    },
    "a way to refresh without an id": {"refreshService": {"type": "T"}},
    "a kind that is no word": {"type": ["VerifiableCredential", {"id": "did:a:1"}]},
    "an id that is no address": {"id": "no address"},
    "two ids": {"id": ["did:example:1", "did:example:2"]},
    "an issuer that is no address": {"issuer": "somebody"},
    "an issuer of nothing": {"issuer": None},
    "no subject": {"credentialSubject": []},
    "a subject of which nothing is said": {"credentialSubject": [{}]},
    "a subject with two ids": {"credentialSubject": {"id": ["did:a:1", "did:a:2"]}},
    "a day without its hour": {"validFrom": "2026-11-22"},
    "a moment without its zone": {"validFrom": "2026-11-22T00:00:00"},
    "a status without a type": {"credentialStatus": {"id": "did:example:1"}},
    "a status whose id is no address": {"credentialStatus": {"id": "one", "type": "T"}},
    "a schema without an id": {"credentialSchema": {"type": "T"}},
    "evidence without a type": {"evidence": [{"id": "did:example:1"}]},
    "terms without a type": {"termsOfUse": {"id": "did:example:1"}},
    "a name that is a number": {"name": 5},
    "a name with more than its language": {"name": {"@value": "x", "url": "did:a:1"}},
    "a fraction": {"credentialSubject": {"grams": 0.5}},
    "nothing as a value": {"credentialSubject": {"grams": None}},
    "a number no other program reads exactly": {"credentialSubject": {"grams": 2**53}},
    "letters that another program would compose": {"name": "cafe\u0301"},
}


def test_what_a_verifier_could_not_read_is_not_signed() -> None:
    signed = []
    for name, change in CROOKED.items():
        try:
            sound.issued({**GOOD, **change}, "did:web:x.example")
            signed.append(name)
        except sound.NotSound:
            continue
    assert signed == []
    mapped = {"@context": [sound.BASE, {"Alumni": "https://x.example/1"}]}
    kinds = ["VerifiableCredential", "Alumni", "https://x.example/2"]
    assert sound.issued({**GOOD, **mapped, "type": kinds}, "did:web:x.example")
    assert sound.issued({**GOOD, "name": "ใบรับรอง"}, "did:web:x.example")["issuer"]


def test_keys_and_bits_as_letters() -> None:
    draw = random.Random(7)
    for length in (0, 1, 31, 32, 64, 65):
        content = bytes(2) + draw.randbytes(length)
        assert multibase.from_base58(multibase.base58(content)) == content
        assert multibase.from_base64url(multibase.base64url(content)) == content
    for text in ("", "z", "z6Mk", W3C["keyPair"]["publicKeyMultibase"][:-1], "z0OIl", "z" * 999):
        with pytest.raises(multibase.Unreadable):
            multibase.read_multikey(text)
    places = sorted(draw.sample(range(bitstring.BITS), 1_000))
    bits = bitstring.decoded(bitstring.encoded(places))
    assert len(bits) * 8 == bitstring.BITS
    assert [place for place in range(bitstring.BITS) if bitstring.is_set(bits, place)] == places
    for text in ("", "u", "uAAAA", "z" + bitstring.encoded([1])[1:], bitstring.encoded([1])[:-9]):
        with pytest.raises(bitstring.Unreadable):
            bitstring.decoded(text)


def test_a_domain_and_its_port_are_a_did() -> None:
    assert did.of_origin("https://Market.example.org") == "did:web:market.example.org"
    assert did.of_origin("http://127.0.0.1:8000") == "did:web:127.0.0.1%3A8000"
    assert did.of_origin("https://[::1]:8443") == "did:web:%5B%3A%3A1%5D%3A8443"
    assert did.of_origin("https://München.example:8443") == "did:web:xn--mnchen-3ya.example%3A8443"
    first = Key(1, multibase.multikey(W3CS.public), NOW, retired_at=NOW)
    stolen = Key(2, multibase.multikey(W3CS.public), NOW, revoked_at=NOW)
    third = Key(3, multibase.multikey(W3CS.public), NOW)
    told = did.document("https://x.example", [first, stolen, third])
    assert told["assertionMethod"] == ["did:web:x.example#key-3", "did:web:x.example#key-3-jwk"]
    assert [one.get("revoked") for one in told["verificationMethod"]] == [
        None, None, "2026-11-22T03:00:00Z", "2026-11-22T03:00:00Z", None, None,
    ]  # fmt: skip


def test_the_words_of_our_own_stay_what_they_are() -> None:
    """Credentials that others keep name this digest: a word more is another version."""
    told = json.loads(contexts.CONTENT)["@context"]
    assert "@vocab" not in contexts.CONTENT.decode()
    assert {"PgsCertificate", "Crop", "Plot", "ProducerGroup", "PgsScheme"} <= set(told)
    paper = (VENDOR.parents[1] / "docs/model/credentials.md").read_text()
    assert contexts.DIGEST in paper
