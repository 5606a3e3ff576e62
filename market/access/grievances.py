"""What a scanned code names, and who reads a complaint: never whom it is about, nor their kin.

found = await grievances.read(id, permit, at)       # 404 out of reach, 403 in one's own cause
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import msgspec

from certification.basis import codes
from certification.basis.ids import is_id
from certification.basis.refusal import Missing
from certification.basis.units import local_day
from certification.certificates import queries as certificates
from certification.grievances import queries
from certification.grievances.queries import DESK, GrievanceView, StepView
from certification.grievances.rules import COMPLAINANTS, GROUPS, Concern, TooOften
from certification.groups import queries as groups
from certification.plots import queries as plots
from certification.schemes import queries as schemes
from certification.schemes.rules import NotInForce
from market.access import whose
from market.access.permit import Permit, Place
from market.access.refusals import NotThere, OwnCause
from market.domain.accounts import pins, tries
from market.domain.accounts.rules import TooManyTries
from market.domain.custody import queries as crates
from market.domain.lots import queries as lots

LETTERS = {
    "lot": "L", "certificate": "C", "plot": "P", "group": "G", "network": "G", "crate": "S",
}  # fmt: skip


class About(msgspec.Struct, frozen=True):
    """All empty but `scanned` where nobody issued the code, or nothing bears it yet."""

    scanned: str = ""
    letter: str = ""
    plot: str | None = None
    organ: str | None = None
    scheme_version: str | None = None
    farmer: str | None = None


async def about(typed: str, at: datetime) -> About:
    code = codes.read(typed)[:40]
    letter = LETTERS.get(await codes.kind_of(code) or "", "") if codes.well_formed(code) else ""
    try:
        found = await _found(letter, code, at)
    except Missing:
        return About(code, letter)
    version = found.scheme_version or await _promised(found.organ, at)
    return msgspec.structs.replace(found, scheme_version=version)


async def _found(letter: str, code: str, at: datetime) -> About:
    match letter:
        case "L":
            lot = await lots.by_code(code)
            paper = await certificates.certificate(lot.certificate) if lot.certificate else None
            version = paper.scheme_version if paper else None
            return About(code, letter, lot.plot, lot.group, version, lot.farmer)
        case "C":
            of = await certificates.by_code(code)
            return About(code, letter, of.plot, of.group, of.scheme_version, of.holder)
        case "P":
            plot = await plots.by_code(code)
            farmer = await plots.holder(plot.id, local_day(at)) or plot.farmer
            return About(code, letter, plot.id, plot.group, None, farmer)
        case "G":
            group = await groups.by_code(code)
            return About(code, letter, organ=group.id if group else None)
        case "S":
            return About(code, letter, organ=(await crates.by_code(code)).owner)
    return About(code)


async def _promised(organ: str | None, at: datetime) -> str | None:
    """By the charter of its network; none is in force where nothing is promised yet."""
    if organ is None:
        return None
    network = (await groups.group(organ)).network or organ
    for code in sorted(await schemes.used_by(network)):
        try:
            return (await schemes.in_force(code, local_day(at))).id
        except NotInForce:
            continue
    return None


async def concerned(found: About, conduct_of: str | None, at: datetime) -> tuple[Concern, ...]:
    """The farmer whose land or paper it is; the group's leaders where it is about them."""
    whom = [Concern(found.farmer, "farmer")] if found.farmer else []
    if conduct_of == "leader" and found.organ:
        leaders = await groups.holders_of("leader", found.organ, at)
        whom += [Concern(one, "leader") for one in leaders if one != found.farmer]
    return tuple(whom)


async def ensure_not_too_often(address: str, code: str, at: datetime) -> None:
    """Counted before a picture is drawn: no captcha, and no more than people have to say."""
    keys = (("grievance", pins.pseudonym(address)), ("grievance_code", code or "none"))
    try:
        await tries.claim(keys, at)
    except TooManyTries as no:
        raise TooOften(**no.facts) from None


async def read(id: str, permit: Permit, at: datetime) -> GrievanceView:
    """For committee and secretariat; for a leader once it was sent to the group."""
    found = await _there(id)
    places = await _places(found)
    for place in places:
        if found.organ or not _at_desk(permit, place):
            permit.check(place)
    if permit.person in await queries.kept_out(id, local_day(at)):
        raise OwnCause
    if not _at_desk(permit, places[0]) and not await _sent(id):
        raise NotThere
    return found


async def listed(
    permit: Permit, at: datetime, wanted: Callable[[GrievanceView], bool] | None = None
) -> list[GrievanceView]:
    """Of those `wanted`, so that who may read is asked of no more than are shown."""
    reached = [*await whose.groups_reached(permit), *permit.groups()]
    desk = any(grant.role in DESK for grant in permit.grants)
    shown = []
    for one in filter(wanted, await queries.at_desk(reached, unclaimed=desk)):
        try:
            shown.append(await read(one.id, permit, at))
        except (Missing, OwnCause):
            continue
    return shown


def faceless(found: GrievanceView) -> GrievanceView:
    """Without the code, by which one would speak as the complainant, and without who that is."""
    return msgspec.structs.replace(found, code=found.code[:4], complainant=None)


async def steps(id: str) -> list[StepView]:
    """What the complainant added bears nobody's name."""
    return [
        msgspec.structs.replace(one, by="") if one.kind in COMPLAINANTS else one
        for one in await queries.steps(id)
    ]


def ensure_of_the_desk(kind: str) -> None:
    """What only the complainant says, or the group, is not said for them."""
    if kind in COMPLAINANTS | GROUPS:
        raise NotThere


def own_network(permit: Permit) -> str | None:
    """Of whoever takes on what names nobody."""
    held = [grant for grant in permit.grants if grant.role in DESK and grant.group]
    return next((grant.network or grant.group for grant in held), None)


async def _places(found: GrievanceView) -> list[Place]:
    """Where it stands, once for each whom it is about; nowhere where nobody took it on yet."""
    owners = [one.person for one in await queries.concerns(found.id)] or [""]
    return [
        await whose.of_group(found.organ, owner=one) if found.organ else Place(owner=one)
        for one in owners
    ]


def _at_desk(permit: Permit, place: Place) -> bool:
    return any(
        grant.role in DESK and (not place.group or grant.covers(place.group, place.network))
        for grant in permit.grants
    )


async def _sent(id: str) -> bool:
    return any(step.kind == "group" for step in await queries.steps(id))


async def _there(id: str) -> GrievanceView:
    if not is_id(id):
        raise NotThere
    try:
        return await queries.grievance(id)
    except Missing:
        raise NotThere from None
