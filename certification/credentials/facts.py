"""What a credential may say of a certificate: what its charter and its holder make public, no more.

Whoever maps it to a standard (`certificate`, `untp`) sees nothing else.
"""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from certification.areas import queries as areas
from certification.basis.database import in_use
from certification.basis.text import Text
from certification.basis.units import local_day
from certification.certificates import queries as certificates
from certification.certificates.queries import CertificateView
from certification.credentials import rules
from certification.crops import queries as crops
from certification.decisions import queries as decisions
from certification.findings import queries as findings
from certification.groups import queries as groups
from certification.groups.rules import GroupView
from certification.inspections import queries as inspections
from certification.inspections import sheets
from certification.people import queries as people
from certification.plots import queries as plots
from certification.plots.rules import tenths_of_a_rai
from certification.schemes import queries as schemes
from certification.schemes.rules import Item, Version

NOT_ASKED = frozenset({"", "na"})
LAND = frozenset({"group", "tambon", "area"})
"""What has to be public before the plot is named."""


class Party(msgspec.Struct, frozen=True):
    """A group or network, by its public code."""

    code: str
    name: Text


class Land(msgspec.Struct, frozen=True):
    """The plot, as its own public page tells it: by tambon, to a tenth of a rai."""

    code: str
    tenths_of_a_rai: int
    where: Text


class Scheme(msgspec.Struct, frozen=True):
    code: str
    version: int
    id: str
    """Of the version: `/charter/{id}`."""
    name: Text | None
    effective_from: date
    digest: str
    owner: Party


class Judged(msgspec.Struct, frozen=True):
    """One criterion that the visit asked for: was anything open against it when it was decided?"""

    code: str
    chapter: str
    section: str
    criterion: str
    text: Text
    met: bool


class Facts(msgspec.Struct, frozen=True):
    code: str
    number: str
    stage: str | None
    crops: tuple[tuple[str, Text], ...]
    valid_from: date | None
    valid_until: date | None
    scheme: Scheme
    network: Party
    """In whose name it is signed."""
    group: Party | None
    land: Land | None
    holder_name: str | None
    decided_on: date | None
    inspected_on: date | None
    judged: tuple[Judged, ...]
    list: int
    place: int
    said_at: datetime
    """Since when all of it is so."""


async def of_code(typed: str) -> Facts:
    return await of(await certificates.by_code(typed))


async def of(view: CertificateView) -> Facts:
    """NotYet, where it has no place on the status lists."""
    version = await schemes.version(view.scheme_version)
    told = frozenset(version.content.rules.public_fields)
    group = await groups.group(view.group)
    name, named_at = await _holder(view) if "display_name" in told else (None, view.at)
    list, place = await _place(view.id)
    inspected, judged = await _inspected(view, version) if "organ" in told else (None, ())
    return Facts(
        code=view.code,
        number=view.number,
        stage=view.stage if "stage" in told else None,
        crops=tuple((crop, crops.crop(crop).name) for crop in view.crops if "crops" in told),
        valid_from=view.valid_from if "valid_from" in told else None,
        valid_until=view.valid_until if "valid_until" in told else None,
        scheme=await _scheme(version, named="standard" in told),
        network=await network(group),
        group=party(group) if "group" in told else None,
        land=await land(view.plot) if told >= LAND else None,
        holder_name=name,
        decided_on=view.valid_from if "organ" in told and view.turn == 1 else None,
        inspected_on=inspected,
        judged=judged,
        list=list,
        place=place,
        said_at=max(view.at, named_at),
    )


async def _holder(view: CertificateView) -> tuple[str | None, datetime]:
    """The name where it may be told, and since when. Taken back, it is as if it had never been."""
    rows = await in_use().query(
        "SELECT given, at FROM consent WHERE person = {} AND purpose = 'public_name'"
        " ORDER BY at DESC, id DESC LIMIT 1",
        view.holder,
    )
    if not rows or not rows[0]["given"]:
        return None, view.at
    return (await people.names([view.holder])).get(view.holder), rows[0]["at"]


async def _scheme(version: Version, *, named: bool) -> Scheme:
    owner = await groups.group((await schemes.scheme(version.scheme)).owner)
    return Scheme(
        version.scheme, version.version, version.id, version.content.name if named else None,
        version.effective_from, version.digest, party(owner),
    )  # fmt: skip


async def land(id: str) -> Land:
    plot = await plots.plot(id)
    where = Text(areas.address(plot.tambon), areas.address(plot.tambon, "en"))
    return Land(plot.code, tenths_of_a_rai(plot.area_m2), where)


async def _inspected(
    view: CertificateView, version: Version
) -> tuple[date | None, tuple[Judged, ...]]:
    """What the visit asked that the decision rested on, and how the meeting found it: whether a
    finding was open against it. What is only minor is told neither way; no value, note or name."""
    decision = await decisions.decision(view.decision)
    visit, _ = await decisions.visits(decision.application)
    if visit is None:
        return None, ()
    made = await findings.that_stand(await inspections.findings_of(view.plot))
    open_then = {
        one.item
        for one in made
        if one.at <= decision.at and (one.closed_at is None or one.closed_at > decision.at)
    }
    asked = await sheets.values(visit.id)
    return local_day(visit.ended_at or visit.at), tuple(
        _judged(item, met=item.code not in open_then)
        for item in version.content.checklist
        if item.severity != "minor" and asked.get(item.code, "") not in NOT_ASKED
    )


def _judged(item: Item, *, met: bool) -> Judged:
    return Judged(item.code, item.chapter, item.section, item.criterion, item.text, met)


async def network(of: GroupView) -> Party:
    """Of the group; one that belongs to none speaks for itself."""
    return party(await groups.group(of.network) if of.network else of)


def party(of: GroupView) -> Party:
    return Party(of.code, Text(of.name_th, of.name_en))


async def _place(certificate: str) -> tuple[int, int]:
    rows = await in_use().query(
        "SELECT list, place FROM status_place WHERE certificate = {}", certificate
    )
    if not rows:
        raise rules.NotYet()
    return rows[0]["list"], rows[0]["place"]
