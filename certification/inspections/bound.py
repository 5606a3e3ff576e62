"""Who is bound to whom: whose land a visit looks at, who may look, and what has come to stand
against one of the panel."""

from __future__ import annotations

from datetime import date, datetime

from certification.applications import queries as applications
from certification.applications.queries import ApplicationView
from certification.basis.database import in_use
from certification.basis.refusal import Refusal
from certification.basis.units import local_day
from certification.groups import queries as groups
from certification.inspections import kinds, panel
from certification.inspections.panel import Ties
from certification.inspections.queries import excused, seats
from certification.inspections.views import (
    InspectionView,
)
from certification.people import queries as people
from certification.plots import queries as plots
from certification.schemes import queries as schemes
from certification.schemes.rules import RuleSet


async def farmer(asked: ApplicationView, *, carries: bool, on: date) -> str:
    """Whose land is looked at: who applied; in a visit to certified land who farms it now."""
    return asked.applicant if carries else (await plots.holder(asked.plot, on) or asked.applicant)


async def farmers(visit: InspectionView) -> frozenset[str]:
    """Who applied, and who farms it on the planned day."""
    asked = await applications.application(visit.application)
    return frozenset({asked.applicant, await farmer(asked, carries=False, on=visit.planned_on)})


async def kept_from(visit: InspectionView) -> frozenset[str]:
    """Who must learn nothing of it yet: of an unannounced visit that has not begun the farmer, and
    whoever may not judge the farmer because of living or working too near."""
    if not kinds.hidden(visit.kind, visit.started_at):
        return frozenset()
    return await near(visit, visit.planned_on)


async def near(visit: InspectionView, on: date) -> frozenset[str]:
    """The farmers, and whoever is too near to judge them on that day."""
    farms = await farmers(visit)
    degree = (await schemes.version(visit.scheme_version)).content.rules.kin_degree
    bound = [panel.too_near(await people.related(p, on), kin_degree=degree) for p in farms]
    return farms.union(*bound)


async def ties(farmer: str, group: str, settings: RuleSet, *, on: date) -> Ties:
    """What binds a farmer of this group to others on that day."""
    near = await _near(group, settings)
    neighbours = [person for one in near for person in await groups.members(one, on)]
    return Ties(
        farmer,
        await people.related(farmer, on),
        await _inspected_by(farmer, settings.reciprocity_years, on),
        frozenset(neighbours),
    )


async def _near(group: str, settings: RuleSet) -> list[str]:
    """The groups whose producers may look."""
    found = {group}
    if settings.inspect_cross_group and (network := (await groups.group(group)).network):
        found |= {other.id for other in await groups.networks_groups(network)}
    return sorted(found)


async def tied(plot: str, farmer: str, settings: RuleSet, *, on: date) -> Ties:
    return await ties(farmer, (await plots.plot(plot)).group, settings, on=on)


async def candidates(
    group: str, bound: Ties, settings: RuleSet, *, at: datetime
) -> list[panel.Candidate]:
    """Who holds the role of inspector in the group, its network, or a group that may look too."""
    near = await _near(group, settings)
    held = [p for one in near for p in await groups.holders_of("inspector", one, at)]
    return [panel.candidate(person, bound, settings) for person in dict.fromkeys(held)]


async def _inspected_by(farmer: str, years: int, on: date) -> frozenset[str]:
    """Who farms the land that this farmer looked at, or is to look at, within these years; of an
    unannounced visit nothing is told before it begins."""
    rows = await in_use().query(
        "SELECT DISTINCT h.person FROM inspection_member m"
        " JOIN inspection i ON i.id = m.inspection JOIN plot_holder h ON h.plot = i.plot"
        " WHERE m.person = {} AND i.state <> 'cancelled' AND i.planned_on > {}"
        " AND NOT (i.kind = 'random' AND i.state = 'assigned')"
        " AND h.since <= i.planned_on AND (h.until IS NULL OR h.until >= i.planned_on)",
        farmer, panel.years_before(on, years),
    )  # fmt: skip
    return frozenset(row["person"] for row in rows) if years else frozenset()


async def standing(visit: InspectionView, at: datetime) -> dict[str, Refusal]:
    """What has come to stand against each of the panel since they were asked, but for those whom
    two have excused in public; never for the farmer."""
    on = local_day(at)
    asked = await applications.application(visit.application)
    farms = await farmer(asked, carries=visit.carries, on=on)
    settings = (await schemes.version(visit.scheme_version)).content.rules
    bound = await tied(visit.plot, farms, settings, on=on)
    lost, let = await _lost_role(visit, settings, at), await excused(visit.id)
    found: dict[str, Refusal] = {}
    for one in await seats(visit.id):
        if one.person in let and one.person != farms:
            continue
        try:
            panel.ensure_independent(one, bound, kin_degree=settings.kin_degree)
        except Refusal as no:
            found[one.person] = no
        else:
            if one.person in lost:
                found[one.person] = panel.RoleLost(person=one.person)
    return found


async def _lost_role(visit: InspectionView, settings: RuleSet, at: datetime) -> frozenset[str]:
    """Who was an inspector there when the visit was assigned, and is none any more."""
    near = await _near((await plots.plot(visit.plot)).group, settings)
    was = {p for one in near for p in await groups.holders_of("inspector", one, visit.at)}
    now = {p for one in near for p in await groups.holders_of("inspector", one, at)}
    return frozenset(was - now)


async def changed(visit: InspectionView, on: date) -> list[str]:
    """What of the plot is not as it was at the visit: `shape`, `hands`."""
    seen_on = local_day(visit.ended_at or visit.started_at or visit.at)
    found = ["shape"] if (await plots.plot(visit.plot)).replaced_by else []
    was, now = await plots.holder(visit.plot, seen_on), await plots.holder(visit.plot, on)
    return [*found, "hands"] if was != now and visit.started_at else found
