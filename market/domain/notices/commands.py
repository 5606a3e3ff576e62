"""A reader of the log: whoever an event concerns is told once, however often it is read."""

from __future__ import annotations

from datetime import datetime

import msgspec

from certification.areas import queries as areas
from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.log import Entry
from certification.basis.transaction import run
from certification.basis.units import local_day
from certification.groups import queries as groups
from market.domain.area_events import queries as area_events
from market.domain.broadcasts import queries as broadcasts
from market.domain.intake import queries as intake
from market.domain.lineage import queries as lineage
from market.domain.lots import queries as lots
from market.domain.notices import cut_offs, outbox, queries, ready, rules
from market.domain.offers import queries as offers
from market.domain.places import queries as places
from market.domain.recalls import balance
from market.domain.recalls import queries as recalls


async def tell(entry: Entry, *, at: datetime) -> None:
    """May be handed the same entry twice: (person, event, kind) is unique."""
    tag = str(entry.event["type"])
    if tag in rules.TELLINGS:
        await _tell(entry, tag, rules.TELLINGS[tag], at)
    for word, telling in rules.ALSO.get(tag, ()):
        await _tell(entry, f"{tag}.{word}", telling, at)
    if tag in rules.CORRECTED and rules.fell(entry.event):
        await _claim_fell(entry, at)
    if also := BY_TAG.get(tag):
        await also(entry, tag, at)


async def _tell(entry: Entry, kind: str, telling: rules.Telling, at: datetime) -> None:
    subject = str(entry.event.get(telling.about) or entry.subject)
    event = {**await queries.known(telling.about, subject), **entry.event}
    if not rules.concerns(telling, event):
        return
    told = set(rules.persons(telling, event))
    if group := event.get(telling.group_field):
        told |= set(await groups.holders_of(telling.role, str(group), at))
    told -= set() if kind in rules.TOLD_ONESELF else {entry.by}
    await run(_write, entry, kind, sorted(told), event, at)


async def _buyers(entry: Entry, tag: str, at: datetime) -> None:
    """With the codes of their own orders; that it holds again hears only who was told before."""
    about = str(entry.event["certificate"])
    barred = tag in rules.BARS
    for buyer, codes in (await queries.waiting(about, barred=barred)).items():
        if barred or await queries.was_told(buyer, about, [f"{one}.buyer" for one in rules.BARS]):
            known = await queries.known("certificate", about)
            event = {**known, **entry.event, "code": ", ".join(codes)}
            await run(_write, entry, f"{tag}.buyer", [buyer], event, at)


async def _claim_fell(entry: Entry, at: datetime) -> None:
    """Who grew what is in it, who leads the group, and buyers whose orders of it still wait."""
    lot = await lots.lot(str(entry.event["lot"]))
    grew = {*await lineage.farmers_of(lot.id), lot.farmer} - {None}
    told = {*map(str, grew), *await groups.holders_of("leader", lot.group, at)} - {entry.by}
    await run(_write, entry, rules.FELL, sorted(told), {"code": lot.code}, at)
    for buyer, codes in (await queries.ordered(lot.id)).items():
        event: dict[str, object] = {"code": ", ".join(codes)}
        await run(_write, entry, f"{rules.FELL}.buyer", [buyer], event, at)


async def _who_has_it(entry: Entry, tag: str, at: datetime) -> None:
    """Each buyer who ordered or took home some of it, with the codes of the own orders, of each
    order once; and who drives it about."""
    id = str(entry.event["recall"])
    if (await recalls.recall(id)).state != "in_force":
        return
    found = await recalls.who_has_it(id)
    before = await queries.told_codes(id, f"{rules.CALLED_BACK[0]}.buyer", entry.seq)
    before |= await queries.told_codes(id, f"{rules.CALLED_BACK[1]}.buyer", entry.seq)
    for buyer, orders in balance.buyers(found.orders).items():
        codes = [code for code in dict.fromkeys(one.code for one in orders) if code not in before]
        if codes:
            await run(_write, entry, f"{tag}.buyer", [buyer], {"code": ", ".join(codes)}, at)
    joined = entry.event.get("lot")
    there = [one.lot for one in await recalls.lots_of(id) if not one.cleared_at]
    await _on_trucks(entry, tag, [one for one in there if joined in (None, one)], at)


async def _held_back(entry: Entry, tag: str, at: datetime) -> None:
    """Each buyer who waits for some of it or took it home, and who drives it about."""
    lots = await recalls.held_by(entry.subject)
    for buyer, orders in balance.buyers((await recalls.who_has(lots)).orders).items():
        codes = dict.fromkeys(one.code for one in orders)
        await run(_write, entry, f"{tag}.buyer", [buyer], {"code": ", ".join(codes)}, at)
    await _on_trucks(entry, tag, lots, at)


async def _let_go(entry: Entry, tag: str, at: datetime) -> None:
    """Those buyers who were told the last time that it is held."""
    for buyer, facts in await queries.told_last(entry.subject, f"{rules.HELD_BACK}.buyer"):
        await run(_write, entry, f"{tag}.buyer", [buyer], dict(facts), at)


async def _broadcast(entry: Entry, tag: str, at: datetime) -> None:
    """In the words of both languages; who wrote it has read it."""
    said = await broadcasts.broadcast(entry.subject)
    event: dict[str, object] = {"text_th": said.text_th, "text_en": said.text_en}
    if said.organ:
        group = await groups.group(said.organ)
        event |= {"from_th": group.name_th, "from_en": group.name_en}
    else:
        name = areas.area(said.area or "").name
        event |= {"from_th": name.th, "from_en": name.en}
    told = await broadcasts.audience(said.organ, said.area, at)
    for person in told:
        if person != said.by:
            await run(_write, entry, tag, [person], event, at)


async def _flooded(entry: Entry, tag: str, at: datetime) -> None:
    event = await area_events.event(entry.subject)
    told = {hit.person for hit in await area_events.hit(event, local_day(at))} - {entry.by}
    facts: dict[str, object] = {"from_on": event.from_on.isoformat()}
    await run(_write, entry, f"{tag}.{event.kind}", sorted(told), facts, at)


async def _closes_soon(entry: Entry, tag: str, at: datetime) -> None:
    cycle = await offers.cycle(entry.subject)
    event = {**entry.event, "name_th": cycle.name_th, "name_en": cycle.name_en}
    for buyer, codes in (await cut_offs.unpaid(cycle.id)).items():
        await run(_write, entry, f"{tag}.unpaid", [buyer], {**event, "code": ", ".join(codes)}, at)
    await run(_write, entry, tag, await cut_offs.regulars(cycle.id, at), event, at)


async def _to_harvest(entry: Entry, tag: str, at: datetime) -> None:
    """Each farmer with the sum of the own, each leader with that of the group; nobody any more once
    it is fetched. The list itself stands on pages of its own."""
    cycle = await offers.cycle(entry.subject)
    if at >= min(one.pickup_from for one in cycle.stops):
        return
    named = {"name_th": cycle.name_th, "name_en": cycle.name_en}
    for farmer, grams in (await cut_offs.to_harvest(cycle.id)).items():
        await run(_write, entry, tag, [farmer], {**named, "grams": grams}, at)
    sums = dict[str, int]()
    for group, grams in (await cut_offs.to_bring(cycle.id)).items():
        for leader in await groups.holders_of("leader", group, at):
            sums[leader] = sums.get(leader, 0) + grams
    for leader, grams in sorted(sums.items()):
        await run(_write, entry, f"{tag}.leader", [leader], {**named, "grams": grams}, at)


async def _packed(entry: Entry, tag: str, at: datetime) -> None:
    for buyer, facts in (await ready.packed(entry.subject, at)).items():
        await run(_write, entry, tag, [buyer], facts, at)


async def _fetched_from_now(entry: Entry, tag: str, at: datetime) -> None:
    for buyer, facts in (await ready.begun(entry.subject, at)).items():
        await run(_write, entry, tag, [buyer], facts, at)


async def _place_shut(entry: Entry, tag: str, at: datetime) -> None:
    """Whose orders still wait for it, with their codes, and the place that takes its place."""
    stop, instead = str(entry.event["stop"]), str(entry.event.get("instead") or "")
    of = {one.id: one.place for one in (await offers.cycle(entry.subject)).stops}
    place = await places.public_place(of[stop])
    named = {"place_th": place.name_th, "place_en": place.name_en}
    if instead:
        other = await places.public_place(of[instead])
        named |= {"instead_th": other.name_th, "instead_en": other.name_en, "then": "moved"}
    for buyer, codes in (await cut_offs.waiting_at(stop)).items():
        if buyer != entry.by:
            await run(_write, entry, tag, [buyer], {**named, "code": ", ".join(codes)}, at)


async def _weighed(entry: Entry, tag: str, at: datetime) -> None:
    of = await intake.intake(str(entry.event["intake"]))
    refused = of.weighed_grams - of.accepted_grams
    if of.farmer and of.farmer != entry.by:
        event: dict[str, object] = {"grams": refused or of.accepted_grams, "slip": of.id}
        event |= {"then": "refused"} if refused else {}
        await run(_write, entry, tag, [of.farmer], event, at)


async def _given_back(entry: Entry, tag: str, at: datetime) -> None:
    """By the buyer herself it is not told; by the clock with what it came from."""
    known = await queries.known("order", entry.subject)
    if (buyer := str(known["buyer"])) == entry.by:
        return
    if entry.by == cut_offs.CLOCK:
        tag = f"{tag}.{await cut_offs.why_given_back(entry.subject)}"
    elif entry.event.get("kept_satang"):
        tag = f"{tag}.kept"
    await run(_write, entry, tag, [buyer], {**known, **entry.event}, at)


async def _on_trucks(entry: Entry, tag: str, lots: list[str], at: datetime) -> None:
    """The drivers, and the operators of their trucks."""
    loads = dict[str, list[str]]()
    for one in await recalls.on_trucks(lots):
        told = {one.driver, *await groups.holders_of("operator", one.operator, at)}
        for person in told - {None, entry.by}:
            loads.setdefault(str(person), []).append(one.code)
    for person, codes in sorted(loads.items()):
        event: dict[str, object] = {"code": ", ".join(dict.fromkeys(codes))}
        await run(_write, entry, f"{tag}.aboard", [person], event, at)


async def _write(
    entry: Entry, tag: str, persons: list[str], event: dict[str, object], at: datetime
) -> None:
    facts = msgspec.json.encode(rules.facts(event)).decode()
    for person in persons:
        new = await in_use().query(
            "INSERT INTO notice (id, person, event_seq, kind, subject, facts, at)"
            " VALUES ({}, {}, {}, {}, {}, {}, {})"
            " ON CONFLICT (person, event_seq, kind) DO NOTHING RETURNING id",
            new_id(), person, entry.seq, tag, entry.subject, facts, at,
        )  # fmt: skip
        for row in new:
            await outbox.queue(row["id"], person, tag, event, at)


BY_TAG = {
    **dict.fromkeys(rules.BARS + rules.LIFTS, _buyers),
    **dict.fromkeys(rules.CALLED_BACK, _who_has_it),
    rules.HELD_BACK: _held_back,
    rules.LET_GO: _let_go,
    rules.WENT: _broadcast,
    rules.FLOODED: _flooded,
    rules.NEAR: _closes_soon,
    rules.CLOSED: _to_harvest,
    rules.PACKED: _packed,
    rules.READY: _fetched_from_now,
    rules.SHUT: _place_shut,
    rules.WEIGHED: _weighed,
    rules.CANCELLED: _given_back,
}
"""Whom it takes more than the event to find."""


async def mark_read(person: str, *, at: datetime) -> None:
    await in_use().query(
        "UPDATE notice SET read_at = {} WHERE person = {} AND read_at IS NULL", at, person
    )
