"""Who may judge whose land, and whether a panel is enough.

Pure. Every way in which somebody is too near is a refusal with a name of its own; the meeting that
decides (`decisions`) asks the same of its voters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

import msgspec

from certification.basis.refusal import Invalid, Refusal
from certification.people.rules import HOUSEHOLD, Relative
from certification.people.rules import too_near as too_near
from certification.schemes.rules import PEER, RuleSet


class TooFewInspectors(Refusal):
    code = "inspections.too_few_inspectors"


class SeatNotFilled(Refusal):
    code = "inspections.seat_not_filled"


class UnknownSeat(Invalid):
    """The version's panel has no such seat."""

    code = "inspections.unknown_seat"


class InspectorTwice(Invalid):
    code = "inspections.inspector_twice"


class OwnPlot(Refusal):
    code = "inspections.own_plot"


class SameHousehold(Refusal):
    code = "inspections.same_household"


class KinOfTheFarmer(Refusal):
    code = "inspections.kin_of_the_farmer"


class WorksTogether(Refusal):
    """Employer of the farmer, or employed by the farmer."""

    code = "inspections.works_together"


class BuysFromTheFarmer(Refusal):
    code = "inspections.buys_from_the_farmer"


class Vetoed(Refusal):
    """One of the two has said not to judge the other."""

    code = "inspections.vetoed"


class InspectedByTheFarmer(Refusal):
    """The farmer looked at this person's plot not long ago: inspections are not traded."""

    code = "inspections.inspected_by_the_farmer"


class RoleLost(Refusal):
    """Held the role of inspector when the visit was assigned, and holds it no more."""

    code = "inspections.role_lost"


class OtherGroup(Refusal):
    """A producer's seat is for producers of the plot's own group, or network where allowed."""

    code = "inspections.other_group"


class Assigned(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    person: str
    seat: str
    """Code of one of the version's `panel_seats`."""


class Ties(msgspec.Struct, frozen=True):
    """What binds the farmer of a plot to others, on the day of the visit."""

    farmer: str
    relatives: tuple[Relative, ...]
    inspected: frozenset[str]
    """Whose plots the farmer looked at within the scheme's `reciprocity_years`."""
    neighbours: frozenset[str]
    """Members of the groups whose producers may look."""


class Candidate(msgspec.Struct, frozen=True):
    """`against`: what stands against this inspector, if anything; `seat`: which would fit."""

    person: str
    seat: str
    against: Refusal | None


def candidate(person: str, ties: Ties, rules: RuleSet) -> Candidate:
    others = (seat.code for seat in rules.panel_seats if seat.code != PEER)
    seat = PEER if person in ties.neighbours else next(others, PEER)
    against = None
    try:
        ensure_independent(Assigned(person, seat), ties, kin_degree=rules.kin_degree)
    except Refusal as no:
        against = no
    return Candidate(person, seat, against)


def ensure_panel(
    members: Sequence[Assigned],
    ties: Ties,
    rules: RuleSet,
    excused: frozenset[str] = frozenset(),
) -> None:
    """Each of them may judge, and together they are enough. For the `excused` two have signed in
    public that they go all the same; never for the farmer's own household."""
    twice = [person for person, count in Counter(m.person for m in members).items() if count > 1]
    if twice:
        raise InspectorTwice(person=twice[0])
    for member in members:
        if rules.seat(member.seat) is None:
            raise UnknownSeat(field="seat", seat=member.seat[:20])
    for member in members:
        if member.person not in excused or member.person == ties.farmer:
            ensure_independent(member, ties, kin_degree=rules.kin_degree)
    ensure_enough([member.seat for member in members], rules)


def ensure_enough(seats: Sequence[str], rules: RuleSet) -> None:
    if len(seats) < rules.min_inspectors:
        raise TooFewInspectors(needed=rules.min_inspectors, given=len(seats))
    for seat in rules.panel_seats:
        if (given := seats.count(seat.code)) < seat.minimum:
            raise SeatNotFilled(seat=seat.code, needed=seat.minimum, given=given)


def ensure_independent(member: Assigned, ties: Ties, *, kin_degree: int) -> None:
    person = member.person
    if person == ties.farmer:
        raise OwnPlot(person=person)
    for relative in ties.relatives:
        if relative.person == person:
            _ensure_far_enough(relative, kin_degree)
    if person in ties.inspected:
        raise InspectedByTheFarmer(person=person)
    if member.seat == PEER and person not in ties.neighbours:
        raise OtherGroup(person=person)


def _ensure_far_enough(relative: Relative, kin_degree: int) -> None:
    person = relative.person
    match relative.kind:
        case "kin" if relative.degree > kin_degree:
            return
        case "kin" | "spouse":
            raise KinOfTheFarmer(person=person, degree=relative.degree)
        case kind if kind == HOUSEHOLD:
            raise SameHousehold(person=person)
        case "employer":
            raise WorksTogether(person=person)
        case "buyer":
            raise BuysFromTheFarmer(person=person)
    raise Vetoed(person=person)


def years_before(on: date, years: int) -> date:
    """The same day `years` earlier; 29 February becomes 28."""
    last = 28 if (on.month, on.day) == (2, 29) else on.day
    return on.replace(year=on.year - years, day=last)
