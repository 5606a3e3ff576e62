"""A name in what somebody told, sealed under the key of that person, and gone with it."""

from __future__ import annotations

from collections.abc import Mapping

from certification.people import refusals, vault
from certification.people.tables import Person


async def seal(person: str, text: str) -> bytes:
    """NobodyKnown where there is no such person, or no longer."""
    key = (await _keys([person])).get(person)
    if key is None:
        raise refusals.NobodyKnown(person=person)
    return vault.seal(person, key, text.encode(), "told")


async def unseal(sealed: Mapping[str, tuple[str, bytes]]) -> dict[str, str]:
    """By what one likes: person and ciphertext. What an erased person told is left out."""
    keys = await _keys([person for person, _ in sealed.values()])
    return {
        id: vault.unseal(person, keys[person], content, "told").decode()
        for id, (person, content) in sealed.items()
        if person in keys
    }


async def _keys(persons: list[str]) -> dict[str, bytes]:
    if not persons:
        return {}
    rows = await Person.select(Person.id, Person.wrapped_key).where(
        Person.id.is_in(list(dict.fromkeys(persons))), Person.wrapped_key.is_not_null()
    )
    return {row["id"]: row["wrapped_key"] for row in rows}
