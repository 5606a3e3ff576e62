"""A lot that was made of others, as a scan shows it: every harvest in it, each on its two days."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import msgspec

from certification.basis.database import in_use
from certification.basis.text import Text
from certification.basis.units import THAILAND, local_day
from certification.crops import queries as crops
from certification.residues import queries as residues
from market.domain.lineage.rules import Kind
from market.domain.lots.refusals import NoLot
from market.domain.lots.rules import Claim
from market.domain.trace import past, queries, rows, rules
from market.domain.trace.alike import Trace, held_back

MADE = (
    "SELECT l.id, l.code, l.crop, l.claim, l.because, l.grams, s.available_grams AS grams_left,"  # noqa: S608
    f" {rows.GONE} AS gone, d.kind, d.at, g.name_th, g.name_en, g.code AS group_code FROM lot l"
    " JOIN lot_deed d ON d.id = l.deed JOIN stock s ON s.source = l.id"
    ' JOIN producer_group g ON g.id = l."group" WHERE l.code = {}'
)
IN_IT = (
    "SELECT h.code, x.grams FROM lot_origin x JOIN lot h ON h.id = x.origin WHERE x.lot = {}"
    " ORDER BY x.grams DESC, h.code"
)
OFFER = (
    "SELECT o.id AS offer, o.cycle, o.satang_per_kg, w.closes_at FROM offer o"
    " JOIN cycle w ON w.id = o.cycle WHERE o.lot = {} AND o.withdrawn_at IS NULL"
    " AND w.closes_at >= {} ORDER BY w.closes_at, o.id LIMIT 1"
)
RECALL = (
    "SELECT b.in_force_at AS since, b.because, b.advice FROM lot l CROSS JOIN"  # noqa: S608
    f" {rows.RECALL.replace('WHERE', 'WHERE l.id = {} AND')}"
)


class Harvest(msgspec.Struct, frozen=True):
    """One harvest in it, with a page of its own."""

    code: str
    grams: int
    """Of it in this lot."""
    harvested_on: date
    claim: str
    verdict: rules.Verdict
    place: rules.Somewhere
    plot_code: str
    tenths_of_a_rai: int
    farmer_name: str | None
    certificate: rules.Shown | None


class MadeTrace(msgspec.Struct, frozen=True):
    code: str
    kind: Kind
    made_on: date
    crop: str
    crop_name: Text
    claim: Claim
    because: str
    verdict: rules.Verdict
    """Over all that is in it: one that is suspended counts for all."""
    harvested_from: date
    harvested_until: date
    days_since: int
    """The oldest harvest in it."""
    grams: int
    grams_left: int
    group: Text
    group_code: str
    harvests: tuple[Harvest, ...]
    """The one with most of it first."""
    offered: rules.Offered | None
    timeline: tuple[rules.Happening, ...]
    proof: rules.Proof | None
    recalled: rules.Recalled | None
    gone: rules.Gone | None
    noted: rules.Noted | None


async def of_any(code: str, today: date) -> Trace | MadeTrace:
    """Misread, UnknownCode, NotYetReported."""
    try:
        return await queries.by_code(code, today)
    except NoLot as no:
        rows = await in_use().query(MADE, code)
        if not rows:
            raise no from None
        return await _made(rows[0], today)


async def _made(lot: dict[str, Any], today: date) -> MadeTrace:
    within = [
        (await queries.by_code(row["code"], today), int(row["grams"]))
        for row in await in_use().query(IN_IT, lot["id"])
    ]
    harvests = tuple(_harvest(trace, grams) for trace, grams in within)
    days = [one.harvested_on for one in harvests]
    recalls = await in_use().query(RECALL, lot["id"])
    offers = await in_use().query(OFFER, lot["id"], datetime.combine(today, time(), THAILAND))
    return MadeTrace(
        code=lot["code"], kind=lot["kind"], made_on=local_day(lot["at"]), crop=lot["crop"],
        crop_name=crops.crop(lot["crop"]).name, claim=lot["claim"], because=lot["because"],
        verdict=await _verdict(lot, within), harvested_from=min(days), harvested_until=max(days),
        days_since=(today - min(days)).days, grams=lot["grams"], grams_left=lot["grams_left"],
        group=Text(lot["name_th"], lot["name_en"]), group_code=lot["group_code"],
        harvests=harvests, offered=rules.Offered(**offers[0]) if offers else None,
        timeline=await past.timeline([lot["id"]]), proof=await past.proof(lot["id"]),
        recalled=msgspec.convert(recalls[0], rules.Recalled) if recalls else None,
        gone=lot["gone"],
        noted=await past.noted(lot["id"]),
    )  # fmt: skip


def _harvest(trace: Trace, grams: int) -> Harvest:
    return Harvest(
        trace.code, grams, trace.harvested_on, trace.claim, _of(trace), trace.place,
        trace.plot.code, trace.plot.tenths_of_a_rai, trace.farmer_name, trace.certificate,
    )  # fmt: skip


def _of(trace: Trace) -> rules.Verdict:
    why = held_back(trace.tests, trace.code)
    return rules.Verdict("bad", why) if why else trace.verdict


async def _verdict(lot: dict[str, Any], within: list[tuple[Trace, int]]) -> rules.Verdict:
    """Goods without a claim have none to lose, unless something was found in them."""
    found = [_of(trace) for trace, _ in within]
    tests = [residues.told(one) for one in await residues.of_lot(lot["id"])]
    if why := held_back(tests, lot["code"]):
        found.append(rules.Verdict("bad", why))
    if lot["claim"] == "plain":
        found = [one for one in found if one.reason in ("laboratory", "residue")]
    return rules.of_all(found)
