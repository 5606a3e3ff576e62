"""The policy table against the oracle, cell by cell; and each cell of it turned in its place.

Without the doors: `test_matrix.py` asks at each of them. Here the question is put to the permit.
"""

from collections.abc import Iterator
from functools import cache

import msgspec

from certification.basis.refusal import Refusal
from certification.people.rules import ROLES, Actor, Grant
from market.access import policy
from market.access.guard import operations
from market.access.permit import Place, permit
from market.access.policy import ANYONE, CONDITIONS, MEMBER, SCOPES, Policy, PolicyIsWrong, Rule
from tests.access import oracle
from tests.access.everybody import AREAS, PLACES, THINGS, everybody
from tests.access.oracle import ANYBODY, MISSING, NOT_THERE, YES, Address, Someone, Thing, foretold
from tests.cast import MALEE, NOK
from tests.doors import known

POLICY = policy.read()
DEEDS, ADDRESSES = oracle.deeds(), oracle.addresses()
ANSWERS = {
    "access.not_signed_in": oracle.SIGN_IN, "access.not_allowed": oracle.NO,
    "access.step_up_needed": oracle.PIN, "access.not_there": NOT_THERE,
    "access.own_cause": oracle.OWN_CAUSE,
}  # fmt: skip
EVERYBODY = everybody()


def of_routes() -> dict[str, str]:
    """The operation of each route, by its name."""
    return {f"{m} {path}": str(op) for m, path, op in operations(known()) if m != "OPTIONS"}


OPERATIONS = of_routes()


def test_each_address_is_in_the_oracle_once_and_each_deed_has_one() -> None:
    """A new route needs a line in tests/access/addresses.csv, and its deed one in oracle.csv."""
    written = [one.name for one in ADDRESSES]
    assert not set(OPERATIONS) - set(written), sorted(set(OPERATIONS) - set(written))
    assert not set(written) - set(OPERATIONS), sorted(set(written) - set(OPERATIONS))
    assert len(written) == len(set(written))
    assert {one.deed for one in ADDRESSES} == set(DEEDS)
    assert {one.object for one in ADDRESSES} - {""} <= set(THINGS)


def test_the_oracle_and_the_policy_speak_different_languages() -> None:
    """A deed is a sentence; no operation, scope or condition of the policy stands in the oracle."""
    words = {word for deed in DEEDS for word in deed.split()}
    assert not words & set(POLICY.by_operation)
    assert not oracle.REACHES & (SCOPES - {"own"})
    assert set(oracle.ROLES) == ROLES - {"buyer"}


class Question(msgspec.Struct, frozen=True):
    """What is put to a permit, and what must come of it."""

    who: Someone
    place: Place | None
    expected: str


NOWHERE = Place("nobody", "nowhere", "nowhere", "nowhere")


def answer(table: Policy, operation: str, who: Someone, place: Place | None) -> str:
    """What the permit says, in the oracle's words."""
    try:
        granted = permit(table, operation, _actor(who))
        if place is not None:
            granted.check(place)
    except Refusal as no:
        return ANSWERS[no.code]
    return YES


@cache
def _actor(who: Someone) -> Actor | None:
    held = tuple(Grant(h.role, h.group, h.network, h.area) for h in who.holds)
    return Actor(who.person, held, who.pin) if who.person else None


@cache
def questions(operation: str) -> tuple[Question, ...]:
    """The cells of the matrix: everybody, with the thing and with what is missing."""
    found = [q for one in ADDRESSES if OPERATIONS[one.name] == operation for q in _cells(one)]
    return tuple(dict.fromkeys(found))


def _cells(one: Address) -> Iterator[Question]:
    deed = DEEDS[one.deed]
    for who in EVERYBODY:
        yield Question(who, None, foretold(deed, who, None))
        if one.object and ANYBODY not in deed.cells:
            thing = THINGS[one.object]
            if not (who.person in thing.lookers and "own" in deed.reach(oracle.SIGNED_IN)):
                yield Question(who, stands(one, who, thing), foretold(deed, who, thing))
            if not deed.anywhere:  # a permit for everything is no proof that there is something
                yield Question(who, NOWHERE, foretold(deed, who, MISSING))


def stands(one: Address, who: Someone, thing: Thing) -> Place:
    """A visit that is filled in is found by who was sent, whosever land it is."""
    if sent_only(one):
        return Place(owner=who.person if who.person in thing.lookers else "")
    return Place(thing.owner, thing.group, thing.network, thing.area)


def sent_only(one: Address) -> bool:
    return DEEDS[one.deed].reach(oracle.SIGNED_IN) == {"sent to look"}


def differing(table: Policy, operation: str) -> Iterator[str]:
    """Where the table and the oracle disagree about one operation."""
    for q in questions(operation):
        got = answer(table, operation, q.who, q.place)
        if got != q.expected:
            yield f"{operation}: {q.who.name}, {q.place}: {got}, not {q.expected}"


def test_the_policy_is_what_the_oracle_says() -> None:
    wrong = [line for operation in POLICY.by_operation for line in differing(POLICY, operation)]
    assert not wrong, oracle.told(wrong)
    assert sum(len(questions(operation)) for operation in POLICY.by_operation) > 8_000


class Turn(msgspec.Struct, frozen=True):
    """The policy with one cell changed."""

    name: str
    operation: str
    rules: tuple[Rule, ...]

    def table(self) -> Policy:
        """Its operation alone."""
        return Policy.of(rule for rule in self.rules if rule.operation == self.operation)


def turned(table: Policy) -> Iterator[Turn]:
    """A row gone, one more, another scope, a condition; not those that do not start."""
    for name, operation, rules in _turned(table):
        turn = Turn(name, operation, tuple(rules))
        try:
            started = turn.table()
        except PolicyIsWrong:
            continue
        if started.rules:  # else its routes name what no row knows
            yield turn


def _turned(table: Policy) -> Iterator[tuple[str, str, list[Rule]]]:
    rules = list(table.rules)
    for place, rule in enumerate(rules):
        rest = rules[:place] + rules[place + 1 :]
        yield f"- {rule}", rule.operation, rest
        others = [
            msgspec.structs.replace(rule, scope=scope) for scope in sorted(SCOPES - {rule.scope})
        ]
        others += [
            msgspec.structs.replace(rule, conditions=rule.conditions ^ {c})
            for c in sorted(CONDITIONS)
        ]
        for other in others:
            yield f"{rule} -> {other}", rule.operation, [*rest, other]
    for operation, roles in table.by_operation.items():
        for role in sorted({*ROLES, ANYONE, MEMBER} - set(roles) - {"buyer"}):
            for scope in sorted(SCOPES):
                more = Rule(operation, role, scope)
                yield f"+ {more}", operation, [*rules, more]


def unnoticed() -> tuple[int, list[str]]:
    """How many turns matter, and which of them the cells of the matrix do not tell apart."""
    known = mattering()
    return len(known), [turn.name for turn in known if not _seen(turn)]


def mattering() -> list[Turn]:
    return [t for t in turned(POLICY) if _seen(t) or matters(t.table(), t.operation)]


def _seen(turn: Turn) -> bool:
    return next(differing(turn.table(), turn.operation), None) is not None


def matters(table: Policy, operation: str) -> bool:
    """Whether it changes the answer to any question that a door can put, wherever things stand."""
    return any(
        answer(table, operation, who, place) != before for who, place, before in askable(operation)
    )


@cache
def askable(operation: str) -> tuple[tuple[Someone, Place | None, str], ...]:
    """Everybody, and as many places as things of these kinds may have, in this world or another."""
    found = {
        (who, place)
        for one in ADDRESSES
        if OPERATIONS[one.name] == operation
        for who in EVERYBODY
        for place in _places(one, who)
    }
    return tuple((who, place, answer(POLICY, operation, who, place)) for who, place in found)


def _places(one: Address, who: Someone) -> list[Place | None]:
    if not one.object:
        return [None]
    if sent_only(one):
        return [Place(owner=who.person), Place()]
    thing = THINGS[one.object]
    owners = {MALEE, NOK, who.person} if thing.owner else {""}
    grounds = PLACES.values() if thing.group else [("", "")]
    areas = AREAS.values() if thing.area else [""]
    return [Place(o, *ground, area) for o in owners for ground in grounds for area in areas]


def test_nearly_every_turned_cell_is_noticed() -> None:
    count, found = unnoticed()
    caught = 100 * (count - len(found)) / count
    print(f"{count} turns of a cell, {caught:.2f} % noticed")
    assert count > 3_000
    assert caught >= 99, oracle.told([f"{count} turned, {caught:.2f} %", *found])
