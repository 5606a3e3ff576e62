"""Malee's certificate as a signed file: what it tells, until when, and by whose key."""

import asyncio
import json
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from certification.basis import blobs
from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.log import consume
from certification.basis.proof import verify
from certification.basis.transaction import run
from certification.certificates import commands as certificates
from certification.certificates import queries as held
from certification.certificates.queries import CertificateView
from certification.certificates.rules import ChangeCertificate
from certification.credentials import (
    bitstring,
    commands,
    did,
    keys,
    multibase,
    queries,
    ring,
    rules,
)
from certification.credentials.signing import ensure_genuine, read_jwt
from certification.credentials.tables import IssuerKey, IssuerKeyEnded, StatusPlace
from certification.inspections import assigning
from certification.inspections import commands as inspections
from certification.inspections.rules import AssignInspection, BeginInspection, MakeFinding
from certification.people import commands as people
from certification.people import vault
from certification.schemes import queries as schemes
from market.db import all_tables, engine_for
from tests.cast import (
    CHAN,
    MALEE,
    NOW,
    PARTICULARS,
    SOMCHAI,
    TODAY,
    WAN,
    later,
    settle_village,
    village,
)
from tests.conftest import CopyOf
from tests.databases import build, built, opened
from tests.guarantee import LON, PANEL, certified, published

ORIGIN = "https://market.example.org:8443"
DID = "did:web:market.example.org%3A8443"
LISTS = ("revocation", "suspension")


async def two_are_certified(url: str) -> None:
    """Malee and Somchai; made once for each engine."""
    await built(url, partial(build, tables=all_tables()))
    async with opened(engine_for(url), all_tables()):
        await run(settle_village)
        await published()
        await certified()
        await certified(farmer=SOMCHAI, lon=LON + 0.01)


@asynccontextmanager
async def two_issued(copy_of: CopyOf, tmp_path: Path, vault_key: Path) -> AsyncIterator[None]:
    """Each with its place on the lists, and a key that is published."""
    blobs.use(tmp_path / "blobs")
    vault.use(vault_key)
    ring.use(tmp_path / "keys").create(1)
    async with opened(engine_for(copy_of("two_certified", two_are_certified)), all_tables()):
        await consume("credentials", lambda entry: commands.follow(entry, at=NOW), limit=500)
        await run(commands.publish, at=NOW)
        yield


@pytest.fixture
async def paper(copy_of: CopyOf, tmp_path: Path, vault_key: Path) -> AsyncIterator[CertificateView]:
    """Issued to Malee."""
    async with two_issued(copy_of, tmp_path, vault_key):
        [issued] = await held.of_holder(MALEE)
        yield issued


async def vc(paper: CertificateView) -> dict[str, Any]:
    return await queries.credential(paper.code, ORIGIN)


async def lets_be_named(*, given: bool, hours: int) -> None:
    said = (new_id(), MALEE, "public_name", "0" * 64)
    await run(people.consent, *said, given=given, by=MALEE, at=later(hours=hours))


async def bits(code: str, hours: int = 0, *, list: int = 1) -> tuple[bool, ...]:
    """Of the certificate, in the lists of revocation and of suspension."""
    entries = (await queries.credential(code, ORIGIN))["credentialStatus"]
    told = []
    for entry, purpose in zip(entries, LISTS, strict=True):
        assert entry["statusListCredential"] == f"{ORIGIN}/status/{purpose}/{list}"
        listed = await queries.status_list(purpose, list, ORIGIN, later(hours=hours))
        signed = ensure_genuine(listed, (await keys.current()).public)
        assert signed["validUntil"] == did.moment(later(hours=hours + 24))
        content = bitstring.decoded(signed["credentialSubject"]["encodedList"])
        told.append(bitstring.is_set(content, int(entry["statusListIndex"])))
    return tuple(told)


async def test_it_says_what_the_page_says_and_is_signed(paper: CertificateView) -> None:
    told = await vc(paper)
    key = await keys.current()
    signed = ensure_genuine(told, key.public)
    assert told == await vc(paper), "asked for twice it is the same file"
    assert told["proof"]["verificationMethod"] == f"{DID}#key-1"
    assert signed["id"] == f"{ORIGIN}/C/{paper.code}"
    assert signed["issuer"]["id"] == DID
    assert signed["validFrom"] == f"{paper.valid_from}T00:00:00+07:00"
    assert signed["validUntil"] == f"{paper.valid_until}T23:59:59+07:00"
    subject = signed["credentialSubject"]
    assert subject["certificateNumber"] == paper.number
    assert [crop["en"] for crop in subject["crops"]] == ["Chinese kale"]
    assert "name" not in subject["holder"]
    assert read_jwt(await queries.credential_jwt(paper.code, ORIGIN), key.public) == signed
    document = await queries.did_document(ORIGIN)
    [method, jwk] = document["verificationMethod"]
    assert multibase.read_multikey(method["publicKeyMultibase"]) == key.public
    assert multibase.from_base64url(jwk["publicKeyJwk"]["x"]) == key.public
    await verify([IssuerKey, IssuerKeyEnded, StatusPlace])


async def test_who_takes_a_consent_back_is_not_named_any_more(paper: CertificateView) -> None:
    name = PARTICULARS[MALEE].name
    await _nobody_is_named(paper)
    never = await vc(paper)
    await lets_be_named(given=True, hours=1)
    named = await vc(paper)
    assert named["credentialSubject"]["holder"]["name"] == name
    assert named["proof"]["created"] == did.moment(later(hours=1))
    await lets_be_named(given=False, hours=2)
    await _nobody_is_named(paper)
    assert await vc(paper) == never, "as if it had never been given"
    await lets_be_named(given=True, hours=3)
    assert (await vc(paper))["credentialSubject"]["holder"]["name"] == name
    await run(people.erase, MALEE, by=WAN, at=later(hours=4))
    await _nobody_is_named(paper)


async def _nobody_is_named(paper: CertificateView) -> None:
    """In no form of it; what is inside a token is read too."""
    whole = PARTICULARS[MALEE]
    told = [getattr(whole, field) for field in whole.__struct_fields__]
    secrets = [MALEE, *(one for one in told if isinstance(one, str) and one)]
    said = [await vc(paper), await queries.attestation(paper.code, ORIGIN), await _claims(paper)]
    text = json.dumps(said, ensure_ascii=False)
    assert [one for one in secrets if one in text] == []


async def _claims(paper: CertificateView) -> dict[str, Any]:
    token = await queries.credential_jwt(paper.code, ORIGIN)
    return read_jwt(token, (await keys.current()).public)


async def test_each_criterion_is_told_as_the_meeting_found_it(paper: CertificateView) -> None:
    """A finding that comes after the decision is no part of what was decided."""
    before = await queries.attestation(paper.code, ORIGIN)
    signed = ensure_genuine(before, (await keys.current()).public)
    token = await queries.attestation_jwt(paper.code, ORIGIN)
    assert read_jwt(token, (await keys.current()).public) == signed
    assert signed["credentialStatus"] == (await vc(paper))["credentialStatus"]
    [whole, *criteria] = signed["credentialSubject"]["assessment"]
    charter = (await schemes.version(paper.scheme_version)).content
    asked = {item.code for item in charter.checklist if item.must_be_answered}
    assert {one["id"].rpartition("-")[2] for one in criteria} == asked
    assert all(one["conformance"] for one in (whole, *criteria))
    visit = AssignInspection(
        new_id(), await held.application_of(paper), tuple(PANEL), TODAY, "random"
    )  # fmt: skip
    await run(assigning.assign, visit, by=WAN, at=later(hours=1))
    await run(
        inspections.begin, BeginInspection(visit.id, later(hours=1)), by=CHAN, at=later(hours=1)
    )
    found = MakeFinding(new_id(), visit.id, "P12", "major", "ไถแนวกันชนทิ้ง")
    await run(inspections.find, found, by=CHAN, at=later(hours=2))
    assert await queries.attestation(paper.code, ORIGIN) == before


async def test_a_charter_that_tells_less_signs_less(db: Database, tmp_path: Path) -> None:
    ring.use(tmp_path / "keys").create(1)
    await village(db)
    await published(public_fields=("crops",))
    issued = await certified()
    [paper] = await held.of_holder(MALEE)
    await lets_be_named(given=True, hours=1)
    with pytest.raises(rules.NotYet):
        await vc(paper)
    await run(commands.place, issued.certificate, at=NOW)
    with pytest.raises(rules.NoneYet):
        await vc(paper)
    await run(commands.publish, at=NOW)
    told = await vc(paper)
    assert not {"validFrom", "validUntil"} & set(told)
    assert set(told["credentialSubject"]) == {
        "id", "type", "certificateNumber", "crops", "holder", "network", "scheme", "publicRecord",
    }  # fmt: skip
    assert PARTICULARS[MALEE].name not in json.dumps(told, ensure_ascii=False)


async def test_its_bit_turns_with_its_state_and_the_file_stays(paper: CertificateView) -> None:
    before, id = await vc(paper), paper.id
    assert await bits(paper.code) == (False, False)
    rests = ChangeCertificate(new_id(), id, "complaint", TODAY)
    await run(certificates.suspend, rests, by=WAN, at=later(hours=1))
    assert await bits(paper.code, 1) == (False, True)
    goes_on = ChangeCertificate(new_id(), id, "mistake", TODAY, note="โทรคุยกันแล้ว")
    await run(certificates.reinstate, goes_on, by=WAN, at=later(hours=2))
    assert await bits(paper.code, 2) == (False, False)
    await run(certificates.drawn_anew, paper.plot, new_id(), TODAY, by=WAN, at=later(hours=3))
    assert await bits(paper.code, 3) == (False, False), "today it still holds"
    assert await bits(paper.code, 27) == (True, False), "from tomorrow another takes its place"
    assert await bits(paper.code, 24 * 800) == (True, False)
    assert await vc(paper) == before
    for purpose, number in (("revocation", 2), ("mood", 1)):
        with pytest.raises(rules.NoSuchList):
            await queries.status_list(purpose, number, ORIGIN, NOW)


async def test_revoked_and_given_back_are_both_an_end(paper: CertificateView) -> None:
    gone = ChangeCertificate(new_id(), paper.id, "fraud", TODAY, ruling=new_id())
    await run(certificates.revoke, gone, by=WAN, at=later(hours=1))
    assert await bits(paper.code, 1) == (True, False)
    [other] = await held.of_holder(SOMCHAI)
    assert await bits(other.code, 1) == (False, False)
    back = ChangeCertificate(new_id(), other.id, "holder_wishes", TODAY)
    await run(certificates.surrender, back, by=SOMCHAI, at=later(hours=2))
    assert await bits(other.code, 2) == (True, False)


async def test_a_key_is_changed_and_the_old_one_still_checks(paper: CertificateView) -> None:
    old, before = await keys.current(), await vc(paper)
    await run(commands.rotate, by=WAN, at=later(hours=1))
    after, new = await vc(paper), await keys.current()
    assert after["proof"]["verificationMethod"] == f"{DID}#key-2"
    assert after["proof"]["created"] == did.moment(later(hours=1))
    assert ensure_genuine(after, new.public) == ensure_genuine(before, old.public)
    document = await queries.did_document(ORIGIN)
    assert [one["id"].partition("#")[2] for one in document["verificationMethod"]] == [
        "key-1", "key-1-jwk", "key-2", "key-2-jwk",
    ]  # fmt: skip
    assert document["assertionMethod"] == [f"{DID}#key-2", f"{DID}#key-2-jwk"]
    assert ring.ring().seed(1) == "missing", "what nobody has nobody can steal"
    await verify([IssuerKey, IssuerKeyEnded])


async def test_a_stolen_key_is_marked_and_another_signs(paper: CertificateView) -> None:
    stolen_at = later(hours=1)
    for number, since, no in (
        (7, stolen_at, rules.NoSuchKey),
        (1, later(hours=-1), rules.SinceOutOfRange),
        (1, later(hours=3), rules.SinceOutOfRange),
    ):
        with pytest.raises(no):
            await run(commands.revoke, number, since, by=WAN, at=later(hours=2))
    await run(commands.revoke, 1, stolen_at, by=WAN, at=later(hours=2))
    with pytest.raises(rules.RevokedAlready):
        await run(commands.revoke, 1, stolen_at, by=WAN, at=later(hours=2))
    told = (await queries.did_document(ORIGIN))["verificationMethod"]
    assert [one.get("revoked") for one in told] == [did.moment(later(hours=1))] * 2 + [None] * 2
    assert (await vc(paper))["proof"]["verificationMethod"] == f"{DID}#key-2"


async def test_two_who_change_the_key_at_once_change_it_soundly(paper: CertificateView) -> None:
    both = (run(commands.rotate, by=WAN, at=later(hours=1)) for _ in range(2))
    ended = await asyncio.gather(*both, return_exceptions=True)
    done = [one for one in ended if not isinstance(one, BaseException)]
    refused = [one for one in ended if isinstance(one, BaseException)]
    assert done
    assert {type(one) for one in refused} <= {rules.PublishedMeanwhile}, refused
    assert [key.number for key in await keys.published() if key.signs] == [len(done) + 1]
    await keys.ensure_can_sign()
    assert await vc(paper)


async def test_with_a_bad_key_nothing_starts_and_nothing_is_signed(
    paper: CertificateView, tmp_path: Path
) -> None:
    file = tmp_path / "keys" / "issuer-1.key"
    good = file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    for content, mode, no in (
        (good, 0o644, rules.KeyOpen),
        (multibase.secret_multikey(bytes(32)), 0o600, rules.KeyWeak),
        (multibase.secret_multikey(b"ab" * 16), 0o600, rules.KeyWeak),
        (good[:-9], 0o600, rules.KeyDamaged),
        ("", 0o600, rules.KeyDamaged),
        (multibase.secret_multikey(bytes(range(32))), 0o600, rules.KeyOther),
    ):
        file.write_text(content)
        file.chmod(mode)
        for asked in (keys.ensure_can_sign(), vc(paper)):
            with pytest.raises(no):
                await asked
    file.unlink()
    with pytest.raises(rules.KeyMissing):
        await keys.ensure_can_sign()


async def test_a_database_put_back_to_before_the_change_says_what_to_do(
    paper: CertificateView,
) -> None:
    """The first key's file is forgotten, the second one lies there, and no row knows of it."""
    ring.ring().create(2)
    ring.ring().forget(1)
    with pytest.raises(rules.KeyMissing):
        await keys.ensure_can_sign()
    kept = ring.ring().seed(2)
    await run(commands.rotate, by=WAN, at=later(hours=1))
    assert ring.ring().seed(2) == kept
    await keys.ensure_can_sign()
    assert (await vc(paper))["proof"]["verificationMethod"] == f"{DID}#key-2"


async def test_it_has_one_place_however_often_it_is_told(paper: CertificateView) -> None:
    before = await StatusPlace.select()
    again = (run(commands.place, paper.id, at=later(hours=1)) for _ in range(3))
    await asyncio.gather(*again)
    assert await StatusPlace.select() == before


async def test_when_a_list_is_full_the_next_one_tells_the_same(
    copy_of: CopyOf, tmp_path: Path, vault_key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list that is full after one certificate: the second stands on the second list, and is told
    there when it ends; the first list stays as it was."""
    monkeypatch.setattr(commands, "LIST_FULL", 1)
    async with two_issued(copy_of, tmp_path, vault_key):
        papers = [*await held.of_holder(MALEE), *await held.of_holder(SOMCHAI)]
        on = {row["certificate"]: row["list"] for row in await StatusPlace.select()}
        first, second = sorted(papers, key=lambda one: on[one.id])
        assert [on[first.id], on[second.id], await queries.last_list()] == [1, 2, 2]
        before = await queries.status_list("revocation", 1, ORIGIN, NOW)
        back = ChangeCertificate(new_id(), second.id, "holder_wishes", TODAY)
        await run(certificates.surrender, back, by=second.holder, at=later(hours=2))
        assert await bits(second.code, 3, list=2) == (True, False)
        assert await bits(first.code, 3) == (False, False)
        after = await queries.status_list("revocation", 1, ORIGIN, NOW)
        assert after["credentialSubject"] == before["credentialSubject"]
        with pytest.raises(rules.NoSuchList):
            await queries.status_list("revocation", 3, ORIGIN, NOW)
