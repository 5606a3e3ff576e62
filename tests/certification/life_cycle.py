"""What may follow what in the life of a certificate: a deed, from where, to where.

Written from what PGS networks do and not from our rules, of which nothing is imported here; the
walks of `test_life_of_rules` and `test_life_of_deeds` hold the product against it.
"""

import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from certification.basis.refusal import Refusal

T = TypeVar("T")
TODAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 5, tzinfo=UTC)
PEOPLE = tuple("abcdefghij")
FARMER, COOK = "a", "z"
Told = tuple[set[str], Callable[[], object], Callable[[Any], None]]
"""What may refuse it by the book; the rules asked; what follows when they agree."""
Deed = Callable[["Life"], Told]

APPLICATION = {
    "returned": "submitted",
    "submitted": "returned",
    "accepted": "submitted",
    "inspected": "accepted",
    "reopened": "decided",
    "decided": "inspected",
    "lapsed": "returned accepted",
    "withdrawn": "submitted returned accepted inspected",
}
"""By each deed, from which states; reopened is what an upheld appeal brings back."""
STATES = ("submitted", "returned", "accepted", "inspected", "decided", "withdrawn", "lapsed")
AGAIN = {**APPLICATION, "inspected": "accepted decided"}
"""As it is seen from outside: what was reopened is inspected again."""

INSPECTION = {
    "under_way": "assigned",
    "signed": "under_way",
    "cancelled": "assigned under_way",
}
VISIT = {
    "initial": "accepted",
    "annual": "accepted decided",
    "random": "inspected decided",
    "complaint": "inspected decided",
    "follow_up": "inspected decided",
}
"""Each kind of visit, and the states of the application from which it is called."""

CERTIFICATE = {
    "suspended": "active",
    "reinstated": "suspended",
    "revoked": "active suspended",
    "surrendered": "active suspended",
    "superseded": "active suspended",
}
FINAL = ("revoked", "surrendered", "superseded")
REASONS = {
    "suspended": ("critical_finding", "complaint"),
    "reinstated": ("findings_closed", "mistake"),
    "revoked": ("fraud", "decision"),
    "surrendered": ("holder_wishes", "land_changed"),
    "superseded": ("renewal",),
}
"""Some that are reasons for it."""


def may(table: dict[str, str], to: str, now: str) -> bool:
    return now in table[to].split()


def after(event: str) -> str:
    """The state that an event leaves."""
    return "active" if event in ("issued", "reinstated") else event


class Calendar:
    """On which days a paper held, painted day by day with a pencil."""

    def __init__(self, first: date, last: date) -> None:
        self.first, self.last, self.events = first, last, list[tuple[str, date]]()

    def state(self) -> str:
        return after(self.events[-1][0] if self.events else "issued")

    def add(self, event: str, from_on: date) -> None:
        self.events.append((event, from_on))

    def held(self, on: date) -> bool:
        said = "issued"
        for event, from_on in self.events:
            if from_on <= on:
                said = event
        return self.first <= on <= self.last and after(said) == "active"

    def rests_since(self) -> date | None:
        return self.events[-1][1] if self.state() == "suspended" else None


class Life:
    """One plot's application, its visit, its meeting and its paper, as plain values."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.state = "submitted"
        self.outcomes: list[str] = []
        self.paper = Calendar(TODAY - timedelta(60), TODAY + timedelta(60))
        self.reached: Counter[str] = Counter()

    def step(self, deed: Deed) -> None:
        wrong, ask, then = deed(self)
        no, made = _asked(ask)
        if no is None:
            assert not wrong, f"{deed.__name__} was done, and {wrong} stood against it"
            then(made)
        else:
            assert no.code in wrong, f"{no} where only {wrong or 'nothing'} stands against it"
        self.reached[no.code if no else f"done {deed.__name__}"] += 1

    def slip(self, right: T, *wrong: T) -> T:
        """Mostly what one ought to say."""
        return self.dice.choice(wrong) if self.odds() else right

    def some(self, of: tuple[str, ...] = PEOPLE, least: int = 0) -> frozenset[str]:
        return frozenset(self.dice.sample(of, self.dice.randint(least, len(of))))

    def odds(self, one_in: int = 6) -> bool:
        return self.dice.randrange(one_in) == 0


def _asked(ask: Callable[[], object]) -> tuple[Refusal | None, object]:
    try:
        return None, ask()
    except Refusal as no:
        return no, None


def nothing(_: object) -> None:
    """Nothing follows."""
