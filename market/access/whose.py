"""Where an object stands, for `Permit.check`: whose it is, and of which group, network and tambon.

found, place = await whose.plot(id, at)
permit.check(place)                      # 404 out of reach, just as if it were not there
"""

from __future__ import annotations

from datetime import date, datetime

from certification.applications import queries as applications
from certification.applications.queries import ApplicationView
from certification.basis.ids import is_id
from certification.basis.refusal import Missing
from certification.basis.units import local_day
from certification.groups import queries as groups
from certification.inputs import queries as inputs
from certification.inputs.views import UseView
from certification.land import queries as land
from certification.plots import queries as plots
from certification.plots.queries import PlantingView, PlotView
from certification.schemes import queries as schemes
from certification.schemes.queries import SchemeView
from certification.schemes.rules import SchemeUnknown
from market.access.permit import Permit, Place
from market.access.refusals import NotThere
from market.domain.bundles import queries as bundles
from market.domain.bundles.queries import BundleView
from market.domain.cycles import templates as cycle_templates
from market.domain.cycles.dates import DefineTemplate
from market.domain.forecasts import queries as forecasts
from market.domain.forecasts.queries import ForecastView
from market.domain.lineage import queries as lineage
from market.domain.lineage.queries import DeedView
from market.domain.lots import queries as lots
from market.domain.lots.queries import Lot
from market.domain.offers import queries as offers
from market.domain.offers.queries import CycleView
from market.domain.products import queries as products
from market.domain.products.rules import Product


async def plot(id: str, at: datetime) -> tuple[PlotView, Place]:
    """Its owner is who farms it today."""
    _ensure_id(id)
    try:
        found = await plots.plot(id)
    except Missing:
        raise NotThere from None
    farmer = await plots.holder(id, local_day(at)) or found.farmer
    return found, await of_group(found.group, owner=farmer, area=found.tambon)


async def planting(id: str, at: datetime) -> tuple[PlantingView, Place]:
    """It stands where its plot does."""
    _ensure_id(id)
    try:
        found = await plots.planting(id)
    except Missing:
        raise NotThere from None
    return found, (await plot(found.plot, at))[1]


async def input_use(id: str) -> tuple[UseView, Place]:
    """Its owner is who wrote it into the own diary."""
    _ensure_id(id)
    try:
        found = await inputs.use(id)
    except Missing:
        raise NotThere from None
    return found, await of_group((await plots.plot(found.plot)).group, owner=found.farmer)


async def land_paper(id: str, at: datetime) -> tuple[str, Place]:
    """The id of its plot, and where that stands."""
    _ensure_id(id)
    try:
        found = await land.plot_of(id)
    except Missing:
        raise NotThere from None
    return found, (await plot(found, at))[1]


async def lot(id: str) -> tuple[Lot, Place]:
    _ensure_id(id)
    try:
        found = await lots.lot(id)
    except Missing:
        raise NotThere from None
    return found, await of_group(found.group, owner=found.farmer or "")


async def forecast(id: str) -> tuple[ForecastView, Place]:
    _ensure_id(id)
    try:
        found = await forecasts.forecast(id)
    except Missing:
        raise NotThere from None
    return found, await of_group(found.group, owner=found.farmer)


async def lot_deed(id: str) -> tuple[DeedView, Place]:
    """It stands where its group does."""
    _ensure_id(id)
    try:
        found = await lineage.deed(id)
    except Missing:
        raise NotThere from None
    return found, await of_group(found.group, owner=found.farmer or "")


async def application(id: str) -> tuple[ApplicationView, Place]:
    _ensure_id(id)
    try:
        found = await applications.application(id)
    except Missing:
        raise NotThere from None
    return found, await of_group(found.group, owner=found.applicant)


async def scheme(code: str) -> tuple[SchemeView, Place]:
    """It stands where the network does that owns it."""
    if not code.isascii() or not code.replace("-", "").isalnum():
        raise NotThere
    try:
        found = await schemes.scheme(code)
    except SchemeUnknown:
        raise NotThere from None
    return found, await of_group(found.owner)


async def cycle(id: str) -> tuple[CycleView, Place]:
    """It stands where its merchant does."""
    _ensure_id(id)
    try:
        found = await offers.cycle(id)
    except Missing:
        raise NotThere from None
    return found, await of_group(found.merchant)


async def cycle_of(id: str, merchant: str) -> CycleView:
    """NotThere where it is another seller's."""
    found, _ = await cycle(id)
    if found.merchant != merchant:
        raise NotThere
    return found


async def bundle(id: str) -> tuple[BundleView, Place]:
    """It stands where its cycle does."""
    _ensure_id(id)
    try:
        found = await bundles.bundle(id)
    except Missing:
        raise NotThere from None
    return found, (await cycle(found.cycle))[1]


async def cycle_template(id: str) -> tuple[DefineTemplate, Place]:
    """It stands where its merchant does."""
    _ensure_id(id)
    try:
        found = await cycle_templates.one(id)
    except Missing:
        raise NotThere from None
    return found, await of_group(found.merchant)


async def product(id: str) -> tuple[Product, Place]:
    """It stands where its network does."""
    _ensure_id(id)
    try:
        found = await products.product(id)
    except Missing:
        raise NotThere from None
    return found, await of_group(found.network)


async def of_group(group: str, *, owner: str = "", area: str = "") -> Place:
    """Of something that belongs to a group or a network; NotThere where there is no such group."""
    _ensure_id(group)
    try:
        found = await groups.group(group)
    except Missing:
        raise NotThere from None
    return Place(owner, group, found.network or group, area or found.area)


async def ensure_named(permit: Permit, said: str) -> None:
    """The group that a form names, alone or as `farmer|group`, before another field is judged.

    Where nothing was chosen the form says so, as of any field.
    """
    owner, _, group = said.rpartition("|")
    if said:
        permit.check(await of_group(group, owner=owner))


async def ensure_member(permit: Permit, person: str, on: date) -> tuple[str, ...]:
    """The groups in which that person may be acted for; NotThere where there is none."""
    belongs = await groups.groups_of(person, on) if is_id(person) else ()
    reached = tuple([g for g in belongs if permit.sees(await of_group(g, owner=person))])
    if not reached and person != permit.person:
        raise NotThere
    return reached


async def groups_reached(permit: Permit) -> tuple[str, ...]:
    """The producer groups that the operation reaches by a role: of a network all of its groups."""
    found: list[str] = []
    for reached in sorted(permit.groups()):
        below = await groups.networks_groups(reached)
        found += [group.id for group in below] or [reached]
    return tuple(dict.fromkeys(found))


def _ensure_id(id: str) -> None:
    """What is no id names nothing; and no database is asked for a text it cannot store."""
    if not is_id(id):
        raise NotThere
