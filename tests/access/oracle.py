"""Who may do what, written down a second time, in the words of the village.

`oracle.csv` is the list of deeds: one line each, a column for each role, and in a cell how far that
role reaches. It was written from docs/screens.md and what people of such a network do, never from
`access_policy.csv`; the two share no word and no code. `addresses.csv` says at which address each
deed is done, of what, and where in the question the thing is named.

    how far     own · sent to look · with its key · own group · own network · own area · anywhere
                (an empty cell: never; a role given for a network reaches all its groups)
    conditions  after the PIN · never in own cause

`foretold` answers what somebody who asks must get. A new address needs a line in `addresses.csv`.
"""

import csv
import re
from collections.abc import Iterable
from pathlib import Path

import msgspec

HERE = Path(__file__).parent
ANYBODY, SIGNED_IN = "anybody", "signed in"
ROLES = (
    "farmer", "inspector", "committee", "leader", "secretariat", "treasurer", "operator",
    "officer", "admin",
)  # fmt: skip
REACHES = frozenset({
    "own", "sent to look", "with its key", "own group", "own network", "own area", "anywhere",
})  # fmt: skip
AFTER_PIN, NOT_OWN_CAUSE = "after the PIN", "never in own cause"

YES, SIGN_IN, NO, PIN = "yes", "sign in first", "no", "PIN first"
NOT_THERE, OWN_CAUSE = "not there", "own cause"


class Cell(msgspec.Struct, frozen=True):
    reach: frozenset[str]
    pin: bool = False
    not_own: bool = False


class Deed(msgspec.Struct, frozen=True):
    name: str
    cells: dict[str, Cell]
    """By role; a role that never does it has none."""

    def reach(self, role: str) -> frozenset[str]:
        return self.cells[role].reach if role in self.cells else frozenset()

    @property
    def anywhere(self) -> bool:
        """Whether some role reaches all there is."""
        return any("anywhere" in cell.reach for cell in self.cells.values())


class Address(msgspec.Struct, frozen=True):
    deed: str
    method: str
    address: str
    object: str
    sent: str

    @property
    def name(self) -> str:
        return f"{self.method} {self.address}"

    @property
    def lists(self) -> bool:
        """A page of many things: who may open it sees those in reach, and not the others."""
        return self.sent.startswith("lists ")


class Held(msgspec.Struct, frozen=True):
    """A role as somebody holds it: for a group of a network, a whole network, an area, or all."""

    role: str
    group: str = ""
    network: str = ""
    area: str = ""


class Someone(msgspec.Struct, frozen=True):
    name: str
    person: str = ""
    """Empty: nobody is signed in."""
    holds: tuple[Held, ...] = ()
    pin: bool = True
    """Given again a moment ago."""


class Thing(msgspec.Struct, frozen=True):
    name: str
    owner: str = ""
    group: str = ""
    network: str = ""
    area: str = ""
    lookers: frozenset[str] = frozenset()


MISSING = Thing("missing")


def deeds() -> dict[str, Deed]:
    with (HERE / "oracle.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    columns = {ANYBODY, SIGNED_IN, *ROLES}
    read = {
        row["deed"]: Deed(row["deed"], {r: _cell(row[r]) for r in columns if row[r]})
        for row in rows
    }
    assert len(read) == len(rows), "a deed is written twice"
    return read


def addresses() -> list[Address]:
    with (HERE / "addresses.csv").open(encoding="utf-8", newline="") as file:
        return [Address(**row) for row in csv.DictReader(file, strict=True)]


def _cell(words: str) -> Cell:
    reach, *conditions = [word.strip() for word in words.split(";")]
    reaches = frozenset(re.split(r" or ", reach))
    assert reaches <= REACHES, words
    assert set(conditions) <= {AFTER_PIN, NOT_OWN_CAUSE}, words
    return Cell(reaches, AFTER_PIN in conditions, NOT_OWN_CAUSE in conditions)


def foretold(deed: Deed, who: Someone, thing: Thing | None) -> str:
    """What `who` gets; `thing` is None where the deed is done to nothing in particular."""
    if ANYBODY in deed.cells:
        return _to_anybody(deed.cells[ANYBODY], who, thing)
    if not who.person:
        return SIGN_IN
    held = [(one, deed.cells[one.role]) for one in who.holds if one.role in deed.cells]
    if SIGNED_IN in deed.cells:
        held.append((Held(SIGNED_IN), deed.cells[SIGNED_IN]))
    awake = [(one, cell) for one, cell in held if who.pin or not cell.pin]
    if not awake:
        return PIN if held else NO
    return YES if thing is None else _of_thing(awake, who, thing)


def _of_thing(held: list[tuple[Held, Cell]], who: Someone, thing: Thing) -> str:
    reaching = [cell for one, cell in held if thing != MISSING and _reaches(cell, one, who, thing)]
    if not reaching:
        return NOT_THERE
    own = thing.owner == who.person
    return OWN_CAUSE if own and all(cell.not_own for cell in reaching) else YES


def _to_anybody(cell: Cell, who: Someone, thing: Thing | None) -> str:
    if thing is None:
        return YES
    if thing == MISSING:
        return NOT_THERE
    owned = bool(who.person) and thing.owner == who.person
    return YES if "anywhere" in cell.reach or owned else NOT_THERE


def _reaches(cell: Cell, held: Held, who: Someone, thing: Thing) -> bool:
    given_for = held.group or held.network
    return any(
        {
            "own": thing.owner == who.person,
            "sent to look": who.person in thing.lookers,
            "own group": given_for != "" and given_for in (thing.group, thing.network),
            "own network": held.network != "" and held.network == thing.network,
            "own area": held.area != "" and thing.area.startswith(held.area),
            "anywhere": True,
        }[how]
        for how in cell.reach
    )


def told(wrong: Iterable[object]) -> str:
    """Each on its line: pytest shortens lists."""
    return "\n".join(["", *map(str, wrong)])
