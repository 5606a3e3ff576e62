"""Reading the vault, and who is related to whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import msgspec

from certification.basis import personal_numbers
from certification.basis.database import Row, in_use
from certification.people import refusals, rules, vault
from certification.people.tables import HouseholdMember, Person, RelationWord


async def particulars(person: str) -> rules.Particulars:
    """NobodyKnown where there is no such person, or no longer."""
    found = await _opened([person])
    if person not in found:
        raise refusals.NobodyKnown(person=person)
    return found[person]


async def names(ids: Iterable[str]) -> dict[str, str]:
    """By id; whoever is unknown or erased is left out."""
    return {person: of.name for person, of in (await _opened(set(ids))).items()}


async def particulars_of(ids: Iterable[str]) -> dict[str, rules.Particulars]:
    """By id; whoever is unknown or erased is left out."""
    return await _opened(set(ids))


async def by_phone(phone: str) -> list[str]:
    """The oldest first: a family, or several visits of one guest, may share a number."""
    index = vault.blind_index("phone", personal_numbers.phone(phone))
    rows = await in_use().query(
        "SELECT id FROM person WHERE phone_index = {} ORDER BY since, id", index
    )
    return [row["id"] for row in rows]


async def by_member_number(number: str) -> str | None:
    index = vault.blind_index("member_number", rules.member_number(number))
    rows = await in_use().query("SELECT id FROM person WHERE member_index = {}", index)
    return str(rows[0]["id"]) if rows else None


async def exist(ids: Iterable[str]) -> bool:
    """Whether each of them is a person who was not erased."""
    wanted = set(ids)
    found = Person.count().where(Person.id.is_in(list(wanted)), Person.erased_at.is_null())
    return bool(await found == len(wanted))


async def related(person: str, on: date) -> tuple[rules.Relative, ...]:
    """Kin, spouse, employer, buyer, veto and household on that day, whoever named whom."""
    rows = await in_use().query(
        "SELECT other AS person, kind, degree FROM relation"
        " WHERE person = {} AND since <= {} AND (until IS NULL OR until >= {})"
        " UNION SELECT person, kind, degree FROM relation"
        " WHERE other = {} AND since <= {} AND (until IS NULL OR until >= {})"
        " UNION SELECT them.person, 'household', 0 FROM household_member us"
        " JOIN household_member them ON them.household = us.household AND them.person <> us.person"
        " WHERE us.person = {} AND us.since <= {} AND (us.until IS NULL OR us.until >= {})"
        " AND them.since <= {} AND (them.until IS NULL OR them.until >= {})"
        " ORDER BY 1, 2, 3",
        person, on, on, person, on, on, person, on, on, on, on,
    )  # fmt: skip
    return tuple(rules.Relative(row["person"], row["kind"], row["degree"]) for row in rows)


async def relations(person: str, on: date) -> tuple[rules.RelationView, ...]:
    """Those that were told in either direction and hold on that day, with their ids."""
    rows = await in_use().query(
        "SELECT id, person, other, kind, degree, since, until, by FROM relation"
        " WHERE (person = {} OR other = {}) AND since <= {} AND (until IS NULL OR until >= {})"
        " ORDER BY since, id",
        person, person, on, on,
    )  # fmt: skip
    return await _told(rows)


async def relation(id: str) -> rules.RelationView:
    """NobodyKnown where there is none."""
    rows = await in_use().query(
        "SELECT id, person, other, kind, degree, since, until, by FROM relation WHERE id = {}", id
    )
    if not rows:
        raise refusals.NobodyKnown(relation=id)
    return (await _told(rows))[0]


async def _told(rows: Sequence[Row]) -> tuple[rules.RelationView, ...]:
    ids = [row["id"] for row in rows]
    words = (
        await RelationWord.select(RelationWord.relation, RelationWord.by).where(
            RelationWord.relation.is_in(ids), RelationWord.word == "confirmed"
        )
        if ids
        else []
    )
    found = []
    for row in rows:
        said = {word["by"] for word in words if word["relation"] == row["id"]} | {row["by"]}
        of_them = tuple(one for one in (row["person"], row["other"]) if one in said)
        found.append(rules.RelationView(**row, said=of_them))
    return tuple(found)


async def household(person: str, on: date) -> rules.HouseholdView | None:
    """Where this person lives on that day, and with whom."""
    rows = await in_use().query(
        "SELECT us.household, us.until, them.person FROM household_member us"
        " JOIN household_member them ON them.household = us.household"
        " WHERE us.person = {} AND us.since <= {} AND (us.until IS NULL OR us.until >= {})"
        " AND them.since <= {} AND (them.until IS NULL OR them.until >= {}) ORDER BY them.person",
        person, on, on, on, on,
    )  # fmt: skip
    if not rows:
        return None
    persons = tuple(row["person"] for row in rows)
    return rules.HouseholdView(rows[0]["household"], persons, rows[0]["until"])


async def households(persons: Iterable[str], on: date) -> int:
    """In how many houses they live on that day; who lives in none counts alone."""
    if not (persons := list(persons)):
        return 0
    rows = await HouseholdMember.select(HouseholdMember.person, HouseholdMember.household).where(
        HouseholdMember.person.is_in(persons),
        HouseholdMember.since <= on,
        HouseholdMember.until.is_null() | (HouseholdMember.until >= on),
    )
    lives = {row["person"]: row["household"] for row in rows}
    return len({lives.get(person, person) for person in persons})


async def consented(person: str, purpose: str) -> bool:
    """What was said last holds; who never said anything has not consented."""
    rows = await in_use().query(
        "SELECT given FROM consent WHERE person = {} AND purpose = {}"
        " ORDER BY at DESC, id DESC LIMIT 1",
        person, purpose,
    )  # fmt: skip
    return bool(rows and rows[0]["given"])


async def anybody_sealed() -> bool:
    return bool(await in_use().query("SELECT id FROM person WHERE sealed IS NOT NULL LIMIT 1"))


async def ensure_vault_fits() -> None:
    """VaultFault when the key file in use is not the one this database was sealed with."""
    newest = await in_use().query(
        "SELECT id, wrapped_key, sealed FROM person WHERE sealed IS NOT NULL"
        " ORDER BY id DESC LIMIT 1"
    )
    for row in newest:
        vault.unseal(row["id"], row["wrapped_key"], row["sealed"])


async def _opened(ids: Iterable[str]) -> dict[str, rules.Particulars]:
    if not (ids := list(ids)):
        return {}
    rows = await Person.select(Person.id, Person.wrapped_key, Person.sealed).where(
        Person.id.is_in(ids), Person.sealed.is_not_null()
    )
    return {row["id"]: opened(row["id"], row["wrapped_key"], row["sealed"]) for row in rows}


def opened(person: str, wrapped_key: bytes, sealed: bytes) -> rules.Particulars:
    return msgspec.json.decode(vault.unseal(person, wrapped_key, sealed), type=rules.Particulars)
