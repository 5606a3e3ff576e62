"""What one actor may reach with one operation. Pure: values in, a Permit or a refusal out."""

from __future__ import annotations

import msgspec

from certification.people.rules import Actor, Grant
from market.access.policy import ANYONE, MEMBER, Policy, Rule
from market.access.refusals import NotAllowed, NotSignedIn, NotThere, OwnCause, StepUpNeeded


class Place(msgspec.Struct, frozen=True):
    """Where an object stands: what the scopes speak about. Empty where it has no such thing."""

    owner: str = ""
    group: str = ""
    network: str = ""
    area: str = ""


class Reach(msgspec.Struct, frozen=True):
    scope: str
    value: str
    conditions: frozenset[str]

    def covers(self, place: Place) -> bool:
        match self.scope:
            case "everywhere":
                return True
            case "own":
                return bool(self.value) and place.owner == self.value
            case "group":
                return bool(self.value) and self.value in (place.group, place.network)
            case "network":
                return bool(self.value) and self.value in (place.network, place.group)
            case "area":
                return bool(self.value) and place.area.startswith(self.value)
        return False


class Permit(msgspec.Struct, frozen=True):
    """`person` is empty for a stranger."""

    person: str
    reaches: tuple[Reach, ...]
    grants: tuple[Grant, ...] = ()

    def sees(self, place: Place) -> bool:
        return any(reach.covers(place) for reach in self.reaches)

    def check(self, place: Place) -> None:
        """Out of reach and not there are the same answer; then the conditions on the object."""
        covering = [reach for reach in self.reaches if reach.covers(place)]
        if not covering:
            raise NotThere
        if place.owner == self.person and all("not_own" in r.conditions for r in covering):
            raise OwnCause

    def groups(self) -> frozenset[str]:
        """The groups and networks this operation reaches, for lists."""
        return frozenset(r.value for r in self.reaches if r.scope in ("group", "network"))

    def everywhere(self) -> bool:
        return any(reach.scope == "everywhere" for reach in self.reaches)


def permit(policy: Policy, operation: str, actor: Actor | None) -> Permit:
    rules = policy.by_operation[operation]
    if ANYONE in rules:
        who = actor.person if actor else ""
        reach = Reach("everywhere", "", frozenset())
        return Permit(who, (reach,), actor.grants if actor else ())
    if actor is None:
        raise NotSignedIn
    granted = [(grant, rules[grant.role]) for grant in actor.grants if grant.role in rules]
    if MEMBER in rules:
        granted.append((Grant(MEMBER), rules[MEMBER]))
    if not granted:
        raise NotAllowed
    usable = [
        (grant, rule)
        for grant, rule in granted
        if actor.stepped_up or "step_up" not in rule.conditions
    ]
    if not usable:
        raise StepUpNeeded
    reaches = tuple(
        Reach(rule.scope, _value(rule, grant, actor), rule.conditions) for grant, rule in usable
    )
    return Permit(actor.person, reaches, actor.grants)


def _value(rule: Rule, grant: Grant, actor: Actor) -> str:
    reach = {"own": actor.person, "group": grant.group, "area": grant.area}
    reach["network"] = grant.network or grant.group
    return reach.get(rule.scope, "")
