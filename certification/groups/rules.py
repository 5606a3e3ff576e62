"""What a group is, who belongs to it, and which role may stand where."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from certification.basis.refusal import Forbidden, Invalid, Missing, Refusal

GROUP, NETWORK = "group", "network"
AREA_DIGITS = {GROUP: (6, 8), NETWORK: (2,)}
"""A group stands in a tambon (or its village: tambon and moo), a network in a province."""
NAME_LETTERS_MAX = 120

PLACES: dict[str, frozenset[str]] = {
    "farmer": frozenset({GROUP}),
    **dict.fromkeys(
        ("inspector", "committee", "leader", "treasurer", "secretariat", "operator"),
        frozenset({GROUP, NETWORK}),
    ),
    "officer": frozenset({"area"}),
    "admin": frozenset({"nowhere"}),
}
"""Where each role may be granted. Nobody is granted `buyer`: whoever is signed in may buy."""


class NoSuchGroup(Missing):
    code = "groups.unknown"


class NotInGroup(Missing):
    """No membership under way that could end."""

    code = "groups.not_a_member"


class NoSuchGrant(Missing):
    """No such grant, or it has ended already."""

    code = "groups.grant_unknown"


class UnknownGroupKind(Invalid):
    code = "groups.unknown_kind"


class GroupNameMissing(Invalid):
    code = "groups.name_missing"


class WrongArea(Invalid):
    """A group needs the code of its tambon, a network that of its province."""

    code = "groups.wrong_area"


class NotANetwork(Invalid):
    """A group belongs to a network; a network belongs to nothing."""

    code = "groups.not_a_network"


class FoundedOtherwise(Refusal):
    code = "groups.founded_otherwise"


class OnlyGroupsHaveMembers(Refusal):
    """One joins a producer group, and through it the network."""

    code = "groups.only_groups_have_members"


class AlreadyMember(Refusal):
    code = "groups.already_member"


class RolesHeld(Refusal):
    """Who leaves keeps no role behind: each is ended first, by name."""

    code = "groups.roles_held"


class EndsBeforeItBegan(Invalid):
    code = "groups.ends_before_it_began"


class UnknownRole(Invalid):
    code = "groups.unknown_role"


class WrongPlace(Invalid):
    """This role needs another place: see PLACES."""

    code = "groups.wrong_place"


class NotToOneself(Forbidden):
    code = "groups.not_to_oneself"


class MembershipNeeded(Refusal):
    code = "groups.membership_needed"


class AlreadyGranted(Refusal):
    code = "groups.already_granted"


class AdminExists(Refusal):
    """The first administrator is named once; each further one by another administrator."""

    code = "groups.admin_exists"


class Found(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    kind: str
    name_th: str
    name_en: str
    area: str
    network: str | None = None


class Admit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new person; with a `group` a member of it, and its farmer unless said otherwise."""

    id: str
    name: str
    group: str | None = None
    phone: str | None = None
    member_number: str | None = None
    address: str | None = None
    since: date | None = None
    farmer: bool = True


class Grants(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A role to be granted; `group` names a group or a network."""

    id: str
    person: str
    role: str
    group: str | None = None
    area: str | None = None


class GroupView(msgspec.Struct, frozen=True):
    id: str
    code: str
    kind: str
    name_th: str
    name_en: str
    area: str
    network: str | None


class RoleView(msgspec.Struct, frozen=True):
    """A role that somebody holds; `group` and `area` are empty where it has none."""

    id: str
    person: str
    role: str
    group: str
    area: str
    since: datetime


class Founded(msgspec.Struct, frozen=True, tag="groups.founded"):
    group: str
    code: str
    kind: str


class Joined(msgspec.Struct, frozen=True, tag="groups.joined"):
    membership: str
    group: str
    person: str
    since: str


class Left(msgspec.Struct, frozen=True, tag="groups.left"):
    membership: str
    group: str
    person: str
    until: str


class RoleGranted(msgspec.Struct, frozen=True, tag="groups.role_granted"):
    grant: str
    person: str
    role: str
    group: str
    area: str


class RoleEnded(msgspec.Struct, frozen=True, tag="groups.role_ended"):
    grant: str
    person: str
    role: str


def ensure_can_be_founded(asked: Found, network_kind: str | None) -> None:
    """`network_kind`: the kind of what `asked.network` names; None where it names nothing."""
    if asked.kind not in AREA_DIGITS:
        raise UnknownGroupKind(field="kind", kind=asked.kind)
    for field, name in (("name_th", asked.name_th), ("name_en", asked.name_en)):
        if not name.strip() or len(name) > NAME_LETTERS_MAX:
            raise GroupNameMissing(field=field, most=NAME_LETTERS_MAX)
    if not asked.area.isdecimal() or len(asked.area) not in AREA_DIGITS[asked.kind]:
        raise WrongArea(field="area", area=asked.area)
    if asked.network is not None and (asked.kind, network_kind) != (GROUP, NETWORK):
        raise NotANetwork(field="network")


def ensure_ends_after(since: date, until: date) -> None:
    """`until` is the last day, so both may be the same."""
    if until < since:
        raise EndsBeforeItBegan(field="until", since=str(since))


def grant(asked: Grants, kind: str | None, *, by: str) -> RoleGranted:
    """`kind`: of what `asked.group` names; None where it names nothing."""
    if asked.role not in PLACES:
        raise UnknownRole(field="role", role=asked.role)
    if asked.group is not None and kind is None:
        raise NoSuchGroup(group=asked.group)
    if place(asked, kind) not in PLACES[asked.role]:
        raise WrongPlace(field="group", role=asked.role)
    if asked.person == by:
        raise NotToOneself(role=asked.role)
    return RoleGranted(asked.id, asked.person, asked.role, asked.group or "", asked.area or "")


def place(asked: Grants, kind: str | None) -> str:
    """`group`, `network`, `area`, `nowhere`, or `both` where a grant names group and area."""
    if kind is not None:
        return "both" if asked.area else kind
    if asked.area is None:
        return "nowhere"
    return "area" if asked.area.isdecimal() and len(asked.area) in (2, 4, 6, 8) else "unclear"


def ensure_member(asked: Grants, *, member: bool) -> None:
    if asked.role == "farmer" and not member:
        raise MembershipNeeded(role=asked.role)
