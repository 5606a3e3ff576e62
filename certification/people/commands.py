"""Registering, changing and forgetting people; saying who is related, and who agreed to what."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

import msgspec

from certification.basis import log
from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from certification.people import queries, refusals, rules, vault
from certification.people.tables import Consent, Household, HouseholdMember, Relation, RelationWord


async def open_vault(path: Path) -> None:
    """At start-up: use the key file, make it for a database without people, and try it.

    VaultFault where people are sealed and their key file is missing or another one.
    """
    if not vault.is_at(path) and not await queries.anybody_sealed():
        vault.create(path)
    vault.use(path)
    await queries.ensure_vault_fits()


async def register(
    id: str, said: rules.Particulars, *, by: str, at: datetime, sample: bool = False
) -> rules.Registered:
    """The same id with the same particulars again changes nothing."""
    particulars, event = rules.normalised(said), rules.Registered(id)
    wrapped = vault.new_key(id)
    phone, member = _indexes(particulars)
    async with transaction():
        new = await in_use().query(
            "INSERT INTO person (id, wrapped_key, sealed, phone_index, member_index, sample, since)"
            " VALUES ({}, {}, {}, {}, {}, {}, {}) ON CONFLICT DO NOTHING RETURNING id",
            id, wrapped, _sealed(id, wrapped, particulars), phone, member, sample, at,
        )  # fmt: skip
        if not new:
            await _ensure_registered_so(id, particulars)
            return event
        log.append(event, subject=id, by=by, at=at)
    return event


async def _ensure_registered_so(id: str, particulars: rules.Particulars) -> None:
    rows = await in_use().query("SELECT erased_at FROM person WHERE id = {}", id)
    if not rows:
        raise refusals.MemberNumberTaken(field="member_number")
    if rows[0]["erased_at"] is not None:
        raise refusals.Erased(person=id)
    if await queries.particulars(id) != particulars:
        raise refusals.RegisteredOtherwise(person=id)


async def change_particulars(
    person: str, said: rules.Particulars, *, by: str, at: datetime
) -> rules.ParticularsChanged:
    particulars, event = rules.normalised(said), rules.ParticularsChanged(person)
    phone, member = _indexes(particulars)
    async with transaction():
        rows = await in_use().query(
            "UPDATE person SET phone_index = {} WHERE id = {} AND erased_at IS NULL"
            " RETURNING wrapped_key",
            phone, person,
        )  # fmt: skip
        if not rows:
            raise refusals.NobodyKnown(person=person)
        changed = await in_use().query(
            "UPDATE person SET sealed = {}, member_index = {} WHERE id = {} AND NOT EXISTS"
            " (SELECT 1 FROM person other WHERE other.member_index = {} AND other.id <> {})"
            " RETURNING id",
            _sealed(person, rows[0]["wrapped_key"], particulars), member, person, member, person,
        )  # fmt: skip
        if not changed:
            raise refusals.MemberNumberTaken(field="member_number")
        log.append(event, subject=person, by=by, at=at)
    return event


async def erase(person: str, *, by: str, at: datetime) -> rules.PersonErased:
    """Their key goes, and with it every copy of what it sealed; the pseudonym stays in the log.

    PDPA s.33. Devices and sessions are closed by the market's accounts, above.
    """
    event = rules.PersonErased(person)
    async with transaction():
        erased = await in_use().query(
            "UPDATE person SET wrapped_key = NULL, sealed = NULL, phone_index = NULL,"
            " member_index = NULL, erased_at = {} WHERE id = {} AND erased_at IS NULL RETURNING id",
            at, person,
        )  # fmt: skip
        if not erased:
            raise refusals.NobodyKnown(person=person)
        log.append(event, subject=person, by=by, at=at)
    return event


async def relate(asked: rules.Relate, *, by: str, at: datetime) -> rules.Related:
    event = rules.relation(asked)
    async with transaction():
        await _ensure_known([asked.person, asked.other])
        new = await in_use().query(
            "INSERT INTO relation (id, person, other, kind, degree, since, by)"
            " VALUES ({}, {}, {}, {}, {}, {}, {}) ON CONFLICT DO NOTHING RETURNING id",
            asked.id, asked.person, asked.other, asked.kind, asked.degree, asked.since, by,
        )  # fmt: skip
        if not new:
            raise refusals.AlreadyRelated(kind=asked.kind)
        log.append(event, (Relation, asked.id), subject=asked.id, by=by, at=at)
    return event


async def confirm_relation(relation: str, *, by: str, at: datetime) -> rules.RelationConfirmed:
    """By one of the two of whom it was told; said twice is said once."""
    event = rules.RelationConfirmed(relation, new_id())
    async with transaction():
        told = await queries.relation(relation)
        rules.ensure_of_the_two(told, by)
        if by in told.said:
            return event
        written = await in_use().query(
            "INSERT INTO relation_word (id, relation, word, reason, by, at, salt)"
            " VALUES ({}, {}, 'confirmed', {}, {}, {}, {})"
            " ON CONFLICT (relation, by, word) DO NOTHING RETURNING id",
            event.word, relation, None, by, at, secrets.token_bytes(16),
        )  # fmt: skip
        if written:
            log.append(event, (RelationWord, event.word), subject=relation, by=by, at=at)
    return event


async def unrelate(
    relation: str, until: date, reason: str, *, by: str, at: datetime
) -> rules.Unrelated:
    """`until` is the last day; a relation that ended is ended only once, and says why."""
    rules.ensure_strike_reason(reason)
    event, word = rules.Unrelated(relation, str(until)), new_id()
    async with transaction():
        rows = await in_use().query(
            "UPDATE relation SET until = {} WHERE id = {} AND until IS NULL RETURNING since",
            until, relation,
        )  # fmt: skip
        if not rows:
            raise refusals.NobodyKnown(relation=relation)
        rules.ensure_ends_after(rows[0]["since"], until)
        await insert(RelationWord(
            id=word, relation=relation, word="struck", reason=reason.strip(), by=by, at=at,
            salt=secrets.token_bytes(16),
        ))  # fmt: skip
        both = (Relation, relation), (RelationWord, word)
        log.append(event, *both, subject=relation, by=by, at=at)
    return event


async def house(id: str, persons: list[str], *, since: date, by: str, at: datetime) -> rules.Housed:
    """Those who live under one roof from that day on: none of them may judge another."""
    rows = {new_id(): person for person in rules.household(persons)}
    event = rules.Housed(id, tuple(rows))
    async with transaction():
        await _take_turns(rows.values())
        await _ensure_nobody_lives_elsewhere(rows.values())
        await insert(Household(id=id, since=at))
        await insert(*(
            HouseholdMember(id=row, household=id, person=person, since=since, until=None)
            for row, person in rows.items()
        ))  # fmt: skip
        log.append(event, subject=id, by=by, at=at)
    return event


async def unhouse(
    household: str, person: str, until: date, *, by: str, at: datetime
) -> rules.Unhoused:
    async with transaction():
        rows = await in_use().query(
            "UPDATE household_member SET until = {} WHERE household = {} AND person = {}"
            " AND until IS NULL RETURNING id, since",
            until, household, person,
        )  # fmt: skip
        if not rows:
            raise refusals.NobodyKnown(person=person)
        rules.ensure_ends_after(rows[0]["since"], until)
        event = rules.Unhoused(household, rows[0]["id"], str(until))
        log.append(event, subject=household, by=by, at=at)
    return event


async def consent(
    id: str, person: str, purpose: str, text_digest: str, *, given: bool, by: str, at: datetime
) -> rules.Consented | rules.ConsentWithdrawn:
    """`text_digest`: SHA-256 of the words that were shown; `by` typed it, perhaps from paper."""
    event = rules.consent(id, person, purpose, given=given)
    async with transaction():
        await _ensure_known([person])
        await insert(Consent(
            id=id, person=person, purpose=purpose, given=given, text_digest=text_digest,
            by=by, at=at,
        ))  # fmt: skip
        log.append(event, (Consent, id), subject=person, by=by, at=at)
    return event


async def _ensure_known(persons: list[str]) -> None:
    if not await queries.exist(persons):
        raise refusals.NobodyKnown


async def _take_turns(persons: Iterable[str]) -> None:
    """Claims each row, in the order given: of two households at once the second waits."""
    for person in persons:
        if not await in_use().query(
            "UPDATE person SET since = since WHERE id = {} AND erased_at IS NULL RETURNING id",
            person,
        ):
            raise refusals.NobodyKnown(person=person)


async def _ensure_nobody_lives_elsewhere(persons: Iterable[str]) -> None:
    housed = HouseholdMember.person.is_in(list(persons)) & HouseholdMember.until.is_null()
    if await HouseholdMember.exists().where(housed):
        raise refusals.LivesElsewhere


def _sealed(person: str, wrapped_key: bytes, particulars: rules.Particulars) -> bytes:
    return vault.seal(person, wrapped_key, msgspec.json.encode(particulars))


def _indexes(of: rules.Particulars) -> tuple[str | None, str | None]:
    """For phone and member number."""
    return (
        vault.blind_index("phone", of.phone) if of.phone else None,
        vault.blind_index("member_number", of.member_number) if of.member_number else None,
    )
