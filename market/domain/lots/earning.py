"""The claim that a harvest has earned; its grams are counted against what the planting can give."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.units import local_day
from certification.certificates import queries as certificates
from certification.conversion import queries as conversion
from certification.crops import queries as crops
from certification.crops import rules as crop_rules
from certification.groups import queries as groups
from certification.inputs import queries as inputs
from certification.inputs.rules import ripe_on
from certification.inspections import queries as inspections
from certification.plots import queries as plots
from certification.residues import queries as residues
from certification.schemes import queries as schemes
from market.domain.lots import refusals, rules
from market.domain.lots.rules import Claimed, HarvestLot
from market.domain.lots.uncertified import Paper

COUNT = "UPDATE lot_total SET claimed_grams = claimed_grams + {} WHERE id = {}"


async def earned(data: HarvestLot, group: str, farmer: str, *, at: datetime) -> tuple[Claimed, str]:
    """With the stage of other land beside it; other harvests of the planting now wait."""
    held = await held_for(data)
    beside = rules.beside(held, await _elsewhere(data, farmer))
    yields, total = await _yield(data, group, crops.crop(data.crop), at=at)
    critical = (await inspections.open_count(data.plot)).get("critical", 0) > 0
    waits = await residues.land_waits(data.plot, data.crop)
    claimed = rules.claim(data, held, yields, open_critical=critical, laboratory_awaited=waits)
    if claimed.claim != "plain":
        await in_use().query(COUNT, data.grams, total)
    return claimed, beside


async def foreseen(data: HarvestLot, group: str, *, at: datetime) -> tuple[Claimed, rules.Yield]:
    """What a harvest that is still to come would earn as things stand, and what its planting can
    give; nothing is counted, but others of the planting now wait."""
    held = await held_for(data)
    yields, _ = await _yield(data, group, crops.crop(data.crop), at=at)
    assert yields, "it names its planting"
    critical = (await inspections.open_count(data.plot)).get("critical", 0) > 0
    return rules.claim(data, held, yields, open_critical=critical), yields


async def given_back(planting: str | None, harvested_on: date, grams: int, claim: str) -> None:
    """What a lot with a claim was counted with, before it is told otherwise."""
    if planting is None or claim == "plain":
        return
    planted = await plots.planting(planting)
    crop = crops.crop(planted.crop)
    begins, _ = crop_rules.yield_period(crop, planted.sown_on, harvested_on)
    await in_use().query(
        "UPDATE lot_total SET claimed_grams = claimed_grams - {} WHERE planting = {}"
        " AND period_from = {}",
        grams, planting, begins,
    )  # fmt: skip


async def held_for(data: HarvestLot) -> list[rules.Held]:
    crop, held = crops.crop(data.crop), []
    manured = await inputs.manured_on(data.plot, data.crop, data.harvested_on)
    for one in await certificates.holding(data.plot, data.crop, data.harvested_on):
        version = await schemes.version(one.scheme_version)
        span = await conversion.stage(data.plot, version, crop.crop_class, data.harvested_on)
        charter = version.content.rules
        held.append(
            rules.Held(
                one.certificate, one.scheme, span.kind,
                charter.yield_tolerance, charter.in_conversion_label_allowed, one.stage,
                manured and ripe_on(manured, charter.manure_days, touches_soil=crop.touches_soil),
            )
        )  # fmt: skip
    return held


async def papers_beside(data: HarvestLot, claimed: Claimed) -> list[Paper]:
    """The plot's certificates, newest first, where none held: to say what stood against it."""
    if claimed.because != "no_certificate":
        return []
    found = []
    for one in await certificates.of_plot(data.plot):
        stood = await certificates.standing(one, None, data.harvested_on)
        covers = data.crop in one.crops
        found.append(Paper(one.number, stood.state, covers, stood.since))
    return found


async def _elsewhere(data: HarvestLot, farmer: str) -> list[list[rules.Held]]:
    """What held on other land of the farmer's on which the same crop grew that day."""
    return [
        await held_for(msgspec.structs.replace(data, plot=other.id))
        for other in await plots.of_farmer(farmer, data.harvested_on)
        if other.id != data.plot
        and not other.replaced_by
        and any(one.crop == data.crop for one in await plots.growing(other.id, data.harvested_on))
    ]


async def _yield(
    data: HarvestLot, group: str, crop: crop_rules.Crop, *, at: datetime
) -> tuple[rules.Yield | None, str | None]:
    """What the planting can give, and the row that other harvests of it now wait for."""
    if data.planting is None:
        return None, None
    planting = await plots.planting(data.planting)
    if (planting.plot, planting.crop) != (data.plot, data.crop):
        raise refusals.PlantingElsewhere(planting=planting.id)
    begins, _ = crop_rules.yield_period(crop, planting.sown_on, data.harvested_on)
    [total] = await in_use().query(
        "INSERT INTO lot_total (id, planting, period_from, claimed_grams) VALUES ({}, {}, {}, 0)"
        " ON CONFLICT (planting, period_from)"
        " DO UPDATE SET claimed_grams = lot_total.claimed_grams RETURNING id, claimed_grams",
        new_id(), planting.id, begins,
    )  # fmt: skip
    expected = await _expected_grams(planting, group, at=at)
    window = planting.harvest_from, planting.harvest_until
    return rules.Yield(*window, expected, total["claimed_grams"]), total["id"]


async def _expected_grams(planting: plots.PlantingView, group: str, *, at: datetime) -> int | None:
    """By the committee's figure of today where there is one: it may be set after the sowing."""
    network = (await groups.group(group)).network or group
    figure = await crops.figure(planting.crop, network, local_day(at))
    if figure is None:
        return planting.expected_grams
    crop = crops.crop(planting.crop)
    return crop_rules.expected_yield(crop, planting.area_m2, figure.kg_per_rai).grams
