"""What a lot's page rests on, decoded from the database's rows, and what each part of it says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec

from certification.areas import queries as areas
from certification.basis.text import Text
from certification.basis.units import local_day
from certification.certificates import history as certificates_history
from certification.decisions.rules import Stage
from certification.people import queries as people
from certification.plots.queries import PublicPlot
from certification.plots.rules import blurred, tenths_of_a_rai
from certification.schemes import queries as schemes
from market.domain.trace import rules
from market.domain.trace.rows import Row

IN_ORDER = attrgetter("seq")


class Lot(msgspec.Struct, frozen=True, array_like=True):
    """What lots that are alike have in common."""

    crop: str
    claim: str
    because: str
    farmer: str
    certificate: str | None
    planted_on: date | None
    wrapped_key: str | None
    """With `sealed`, only where the farmer consents to the name being shown."""
    sealed: str | None
    beside: str | None
    """Another stage of land on which the same farmer grew the same crop that day."""


class Land(msgspec.Struct, frozen=True, array_like=True):
    code: str
    tambon: str
    kind: str
    area_m2: int
    lat_e7: int
    lon_e7: int
    group_th: str
    group_en: str
    group_code: str


class Meeting(msgspec.Struct, frozen=True, array_like=True):
    """All null where there was none."""

    held_on: date | None
    present: int | None
    quorum_needed: int | None
    votes_for: int | None
    votes_against: int | None
    abstained: int | None
    recused: int | None
    body: str | None


class Visit(msgspec.Struct, frozen=True, array_like=True):
    planned_on: date | None
    ended_at: datetime | None


class Offer(msgspec.Struct, frozen=True, array_like=True):
    """The first round to close, today or later, in which the lot is offered."""

    offer: str
    cycle: str
    satang_per_kg: int
    closes_at: datetime


class Held(msgspec.Struct, frozen=True, array_like=True):
    id: str
    code: str
    number: str
    scheme: str
    version: str
    digest: str
    stage: Stage
    valid_from: date
    valid_until: date
    covers: int
    """1 where the lot's crop is one of its crops."""


class Changed(msgspec.Struct, frozen=True, array_like=True):
    certificate: str
    seq: int
    kind: certificates_history.Kind
    from_on: date
    because: str


class Logged(msgspec.Struct, frozen=True, array_like=True):
    seq: int
    at: datetime
    tag: str
    leaf: str = ""
    """Empty where the entry is not about the lot itself."""


class Recall(msgspec.Struct, frozen=True, array_like=True):
    since: datetime
    because: str
    advice: str


class Own(msgspec.Struct, frozen=True, array_like=True):
    """What a lot has to itself."""

    code: str
    harvested_on: date
    grams: int
    grams_left: int | None
    """None where only the page was asked for, which does not say it."""
    offer: Offer | None
    logged: list[Logged] | None
    recall: Recall | None
    gone: rules.Gone | None


class Lone(msgspec.Struct, frozen=True):
    """What is told of one lot alone."""

    code: str
    grams: int
    offered: rules.Offered | None
    timeline: tuple[rules.Happening, ...]
    proof: rules.Proof | None
    recalled: rules.Recalled | None
    noted: rules.Noted | None = None
    gone: rules.Gone | None = None


class Shared(msgspec.Struct, frozen=True):
    lot: Lot
    land: Land
    meeting: Meeting
    visit: Visit
    crops: list[str]
    """Growing on the plot, or soon."""
    seats: list[str]
    """Who signed the visit."""
    later: list[datetime]
    """Visits since the decision."""
    held: list[Held]
    changed: list[Changed]
    tests: list[str]
    """For residues, of the plot and of its lots."""
    logged: list[Logged]


COLUMNS = (
    Lot, Land, Meeting, Visit, list[str], list[str], list[datetime], list[Held], list[Changed],
    list[str], list[Logged],
)  # fmt: skip

own = msgspec.json.Decoder(Own).decode


def lone(lot: Own) -> Lone:
    logged = lot.logged or []
    if len(logged) > 1:
        logged = sorted(logged, key=IN_ORDER)
    return Lone(
        lot.code, lot.grams, offered(lot.offer), timeline(logged), proof(logged),
        recalled(lot.recall), noted(logged),
        lot.gone,
    )  # fmt: skip


def recalled(of: Recall | None) -> rules.Recalled | None:
    return rules.Recalled(**msgspec.structs.asdict(of)) if of else None


def shared(columns: Row) -> Shared:
    parts: list[Any] = [
        msgspec.json.decode(column or "[]", type=of)
        for column, of in zip(columns, COLUMNS, strict=True)
    ]
    return Shared(*parts)


async def shown(found: Shared, harvested_on: date, today: date) -> list[rules.Shown]:
    """The certificate of the claim first, then the others by id."""
    lot, names = found.lot, {one.digest: (await _said(one)).name for one in found.held}
    return [
        rules.Shown(
            one.code, one.number, one.scheme, names[one.digest],
            one.stage, one.valid_from, one.valid_until,
            _state(found, one, harvested_on), _state(found, one, today),
        )
        for one in sorted(found.held, key=lambda one: (one.id != lot.certificate, one.id))
    ]  # fmt: skip


def _state(found: Shared, one: Held, on: date) -> rules.State:
    crop = found.lot.crop
    terms = certificates_history.Certificate(
        one.stage, one.valid_from, one.valid_until, frozenset({crop} if one.covers else ())
    )
    changes = sorted((c for c in found.changed if c.certificate == one.id), key=lambda c: c.seq)
    history = [certificates_history.Event(c.kind, c.from_on, c.because) for c in changes]
    standing = certificates_history.standing(terms, history, crop, on)
    return rules.State(on, standing.held, standing.state, standing.since)


class Said(NamedTuple):
    """By a version of a scheme: its own name, what it calls the seats of a visit, and whether it
    lets a farmer be named who consents."""

    name: Text
    seats: dict[str, Text]
    names: bool


_known: dict[str, Said] = {}
"""By digest: what a digest stands for never changes."""


async def _said(of: Held) -> Said:
    if of.digest not in _known:
        content = (await schemes.version(of.version)).content
        seats = {seat.code: seat.name for seat in content.rules.panel_seats}
        names = "display_name" in content.rules.public_fields
        _known[of.digest] = Said(content.name, seats, names)
    return _known[of.digest]


async def may_name(found: Shared) -> bool:
    return all([(await _said(one)).names for one in found.held])


def decided(meeting: Meeting) -> rules.Decided | None:
    return (
        None
        if meeting.held_on is None
        else msgspec.convert(
            msgspec.structs.asdict(meeting) | {"on": meeting.held_on}, rules.Decided
        )
    )


def offered(offer: Offer | None) -> rules.Offered | None:
    return rules.Offered(**msgspec.structs.asdict(offer)) if offer else None


async def inspected(found: Shared) -> rules.Inspected | None:
    visit = found.visit
    if visit.planned_on is None:
        return None
    on = local_day(visit.ended_at) if visit.ended_at else visit.planned_on
    seats, later = dict(sorted(Counter(found.seats).items())), sorted(found.later)
    days = tuple(local_day(one) for one in later)
    claimed = [await _said(one) for one in found.held if one.id == found.lot.certificate]
    called = rules.called(seats, claimed[0].seats if claimed else {})
    return rules.Inspected(on, len(found.seats), seats, days, called)


def place(land: Land) -> rules.Somewhere:
    province, amphoe, tambon = areas.path(land.tambon)
    group = Text(land.group_th, land.group_en)
    return rules.Somewhere(tambon.name, amphoe.name, province.name, group, land.group_code)


def plot(found: Shared) -> PublicPlot:
    land = found.land
    return PublicPlot(
        land.code, Text(land.group_th, land.group_en), land.group_code, land.tambon, land.kind,
        tenths_of_a_rai(land.area_m2), tuple(sorted({*found.crops})),
        *blurred(land.lat_e7, land.lon_e7),
    )  # fmt: skip


def farmer_name(lot: Lot) -> str | None:
    if lot.wrapped_key is None or lot.sealed is None:
        return None
    key, sealed = bytes.fromhex(lot.wrapped_key), bytes.fromhex(lot.sealed)
    return people.opened(lot.farmer, key, sealed).name


def timeline(logged: Iterable[Logged]) -> tuple[rules.Happening, ...]:
    return tuple([
        rules.Happening(one.seq, local_day(one.at), one.tag)
        for one in logged
        if one.tag in rules.SHOWN
    ])  # fmt: skip


def noted(logged: Iterable[Logged]) -> rules.Noted | None:
    about = [(one.tag, local_day(one.at)) for one in logged if one.tag in rules.NOTED]
    return rules.noted(about) if about else None


def proof(logged: Iterable[Logged]) -> rules.Proof | None:
    """The first entry about the lot: the one that told of its making."""
    for one in logged:
        if one.leaf:
            return rules.Proof(one.seq, one.leaf.lower())
    return None
