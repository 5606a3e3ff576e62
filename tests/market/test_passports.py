"""A lot's passport: of one harvest and of several, and without a claim that was lost."""

import json
from typing import Any

from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.certificates import commands as certificates
from certification.certificates import queries as held
from certification.certificates.queries import CertificateView
from certification.certificates.rules import ChangeCertificate
from certification.credentials import keys
from certification.credentials.signing import ensure_genuine, read_jwt
from market.domain.lineage import commands as lineage
from market.domain.lineage.rules import MakeLots, Parcel, Pick
from market.domain.lots import commands as lots
from market.domain.lots.rules import HarvestLot, LotHarvested
from market.domain.passports import queries
from tests.cast import MALEE, NOW, PARTICULARS, SOMCHAI, TODAY, WAN, later
from tests.certification.test_credentials import ORIGIN, lets_be_named, paper  # noqa: F401

Paper = CertificateView


async def harvested(of: Paper) -> LotHarvested:
    [planting] = await in_use().query("SELECT id FROM planting WHERE plot = {}", of.plot)
    harvest = HarvestLot(of.plot, "kale", TODAY, 5_000, planting["id"])
    return await run(lots.harvest, new_id(), harvest, by=of.holder, at=NOW)


async def told(code: str) -> Any:
    passport = await queries.passport(code.lower(), ORIGIN)
    document = ensure_genuine(passport, (await keys.current()).public)
    token = await queries.passport_jwt(code, ORIGIN)
    assert read_jwt(token, (await keys.current()).public) == document
    text = json.dumps(document, ensure_ascii=False)
    assert not [one for one in (PARTICULARS[MALEE].name, MALEE, SOMCHAI) if one in text]
    return document["credentialSubject"]


async def test_what_a_lot_is_and_what_it_claims(paper: Paper) -> None:  # noqa: F811
    await lets_be_named(given=True, hours=1)
    [second] = await held.of_holder(SOMCHAI)
    one, other = await harvested(paper), await harvested(second)
    subject = await told(one.code)
    product = subject["product"]
    assert product["dimensions"]["weight"]["value"] == 5_000
    assert product["batchNumber"] == one.code
    assert product["producedAtFacility"]["id"].startswith(f"{ORIGIN}/P/")
    [claim] = subject["conformityClaim"]
    assert claim["conformityEvidence"]["linkURL"] == f"{ORIGIN}/C/{paper.code}/dcc.json"
    mix = MakeLots(
        new_id(), "mix", (Pick(one.lot, 3_000), Pick(other.lot, 1_000)), (Parcel(4_000),)
    )  # fmt: skip
    [mixed] = (await run(lineage.make_lots, mix, by=WAN, at=NOW)).lots
    subject = await told(mixed.code)
    assert "producedAtFacility" not in subject["product"], "it is of two plots"
    assert sorted(part["mass"]["value"] for part in subject["materialsProvenance"]) == [
        1_000, 3_000,
    ]  # fmt: skip
    assert len(subject["conformityClaim"]) == 2
    lost = ChangeCertificate(new_id(), second.id, "critical_finding", TODAY)
    await run(certificates.suspend, lost, by=WAN, at=later(hours=1))
    assert "conformityClaim" in await told(one.code)
    for code in (other.code, mixed.code):
        assert "conformityClaim" not in await told(code)
