"""A certificate and a lot in UNTP's words, held against UNTP's own schemas."""

import json
from datetime import date
from typing import Any

import jsonschema_rs
from msgspec.structs import replace

from certification.basis.text import Text
from certification.credentials import sound, untp
from certification.credentials.untp import Batch, Claimed, Part
from tests import vectors
from tests.certification.credential_facts import FACTS, GROUP, NETWORK

ORIGIN = "https://market.example.org"
assert FACTS.land
KALE = FACTS.crops[0][1]
BATCH = Batch(
    "7K2M9QXD", KALE, date(2026, 11, 24), 12_500, GROUP, NETWORK, (FACTS.land,), (),
    (Claimed(FACTS.code, "organic", Text("สงขลากรีนสไมล์", "Songkhla Green Smile")),),
)  # fmt: skip
MIXED = replace(
    BATCH, lands=(FACTS.land, FACTS.land), parts=(Part("A", KALE, 500), Part("B", KALE, 12_000)),
)  # fmt: skip
HIDDEN = replace(
    FACTS, stage=None, crops=(), valid_from=None, valid_until=None, group=None, land=None,
    holder_name=None, decided_on=None, inspected_on=None, judged=(),
    scheme=replace(FACTS.scheme, name=None),
)  # fmt: skip
DCC = {"all": untp.attestation(FACTS, ORIGIN), "least": untp.attestation(HIDDEN, ORIGIN)}
DPP = {
    "claimed": untp.passport(BATCH, ORIGIN),
    "mixed": untp.passport(MIXED, ORIGIN),
    "plain": untp.passport(replace(BATCH, claims=()), ORIGIN),
}


def faults(kind: str, said: dict[str, Any]) -> list[str]:
    """The schema is of the version under way; ours names the one that is published."""
    text = (vectors.folder("untp") / f"untp-{kind}/artefacts/untp-{kind}-schema.json").read_text()
    schema = json.loads(text.replace("/working/", f"/{untp.VERSION}/"))
    found = jsonschema_rs.validator_for(schema).iter_errors(said)
    return [f"{list(one.instance_path)}: {one.message}" for one in found]


def test_the_certificate_fits_untps_schema() -> None:
    for name, said in DCC.items():
        assert faults("dcc", said) == [], name
        sound.ensure_sound(said)
    wrong = json.loads(json.dumps(DCC["all"]))
    wrong["credentialSubject"]["assessorLevel"] = "Neighbours"
    assert faults("dcc", wrong)


def test_the_lot_fits_untps_schema() -> None:
    for name, said in DPP.items():
        assert faults("dpp", said) == [], name
        sound.ensure_sound(said)
    wrong = json.loads(json.dumps(DPP["claimed"]))
    wrong["credentialSubject"]["granularityLevel"] = "heap"
    assert faults("dpp", wrong)


def test_peers_are_called_peers() -> None:
    for said in DCC.values():
        told = said["credentialSubject"]
        assert told["assessorLevel"] == "Membership"
        assert "3rdParty" not in json.dumps(said)
        assert "authorisation" not in told, "nobody has recognised the group for the state"
    [whole, *criteria] = DCC["all"]["credentialSubject"]["assessment"]
    assert whole["conformance"] is True
    assert [one["conformance"] for one in criteria] == [True, True, False]
    assert {one["conformityTopic"] for one in criteria} == {
        "governance.ethics", "environment.biodiversity",
    }  # fmt: skip
    assert len(DCC["least"]["credentialSubject"]["assessment"]) == 1
    assert "conformityClaim" not in DPP["plain"]["credentialSubject"]
