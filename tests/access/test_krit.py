"""Krit is from another group: no name of it stands on what he sees, nor on a public page."""

from html import unescape
from urllib.parse import quote

from tests.access.sown import STRANGER, Sown
from tests.cast import KRIT, MALEE, PARTICULARS, WAN
from tests.databases import only_sqlite

pytestmark = only_sqlite  # whom a page tells what is no matter of the engine


def canaries(person: str) -> list[str]:
    """What the vault holds of everybody else."""
    known = [of for one, of in PARTICULARS.items() if one != person]
    return [w for of in known for w in (of.name, of.phone, of.member_number) if w]


DECIDES_FOR_KRIT = ("/me/kin", PARTICULARS[WAN].name)
"""Of the network's secretariat: he must be able to say that she is his sister."""


async def test_nobodys_name_or_number_is_told_to_a_stranger_or_to_krit(sown: Sown) -> None:
    """In no answer to a GET, of whatever status; in the address with Malee's things in it."""
    wrong = []
    for person in (STRANGER, KRIT):
        secrets = canaries(person)
        for door in sown.routes():
            if door.method != "GET":
                continue
            said = await sown.ask(door, person)
            text = said.content.decode("utf-8", "replace")
            wrong += [
                f"{door.name} tells {s} to {person}"
                for s in secrets
                if s in text and (door.path, s) != DECIDES_FOR_KRIT
            ]
    assert not wrong, "\n".join(["", *wrong])


async def test_malees_pseudonym_is_told_to_nobody_who_may_not_see_her(sown: Sown) -> None:
    """Who has it joins all that she ever did. It stands in the address of some doors."""
    wrong = []
    for person in (STRANGER, KRIT):
        for door in sown.routes():
            if door.method != "GET":
                continue
            said = await sown.ask(door, person)
            address, text = sown.address(door.path), unescape(said.content.decode(errors="replace"))
            if MALEE in text.replace(address, "").replace(quote(address, safe=""), ""):
                wrong.append(f"{door.name} tells it to {person or 'a stranger'}")
    assert not wrong, "\n".join(["", *wrong])


async def test_the_canaries_sing_where_they_should(sown: Sown) -> None:
    """The search above would find a name: those who may see names do see some."""
    heard, known = set(), [*canaries(""), MALEE]
    for door in sown.routes():
        if door.method != "GET" or door.public:
            continue
        said = await sown.ask(door, sown.somebody(door))
        if said.status_code == 200:
            heard |= {s for s in known if s in said.content.decode("utf-8", "replace")}
    assert {PARTICULARS[MALEE].name, MALEE} <= heard
