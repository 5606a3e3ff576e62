"""Events as they stand, what lies in their tambons, and what was proposed; never written here."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta

import msgspec

from certification.basis.database import Row, in_use
from certification.groups import queries as groups
from certification.schemes import queries as schemes
from certification.schemes.rules import NotInForce
from market.domain.area_events.rules import (
    HARVEST_AFTER,
    EventMissing,
    EventView,
    ProposalMissing,
    ProposalView,
)

NEAR = timedelta(days=3)
"""The weather changes its mind by a day or two: that is no other storm."""
_EVENT = (
    "SELECT id, kind, from_on, until_on, less_percent, source, confirmed_at, struck_at"
    " FROM area_event"
)
_PROPOSAL = (
    "SELECT id, event, kind, subject, organ, person, grams, due_on, state FROM area_proposal"
)


class Hit(msgspec.Struct, frozen=True):
    """A plot in one of its tambons, and who farms it."""

    plot: str
    code: str
    name: str | None
    tambon: str
    group: str
    person: str


async def event(id: str) -> EventView:
    rows = await in_use().query(f"{_EVENT} WHERE id = {{}}", id)
    if not rows:
        raise EventMissing(event=id)
    return (await _events(rows))[0]


async def events(since: date) -> list[EventView]:
    """That had not ended before; the newest first."""
    rows = await in_use().query(
        f"{_EVENT} WHERE until_on IS NULL OR until_on >= {{}} ORDER BY from_on DESC, id DESC"
        " LIMIT 200",
        since,
    )
    return await _events(rows)


async def _events(rows: Sequence[Row]) -> list[EventView]:
    found = []
    for row in rows:
        tambons = await in_use().query(
            "SELECT tambon FROM area_event_tambon WHERE event = {} ORDER BY tambon", row["id"]
        )
        confirmed, struck = row["confirmed_at"] is not None, row["struck_at"] is not None
        kept = {k: v for k, v in row.items() if k not in ("confirmed_at", "struck_at")}
        of = tuple(one["tambon"] for one in tambons)
        found.append(EventView(**kept, confirmed=confirmed, struck=struck, tambons=of))
    return found


async def hit(event: EventView, today: date) -> list[Hit]:
    """Plots in its tambons as they are farmed today; none that another outline replaced."""
    found = []
    for tambon in event.tambons:
        rows = await in_use().query(
            'SELECT p.id AS plot, p.code, p.name, p.tambon, p."group", h.person FROM plot p'
            " JOIN plot_holder h ON h.plot = p.id AND h.since <= {}"
            " AND (h.until IS NULL OR h.until >= {}) WHERE p.tambon = {}"
            " AND NOT EXISTS (SELECT 1 FROM plot n WHERE n.replaces = p.id) ORDER BY p.code",
            today, today, tambon,
        )  # fmt: skip
        found += [Hit(**row) for row in rows]
    return found


async def promised(event: EventView) -> list[Row]:
    """Forecasts of its land that are ready in its days or soon after, and not given up."""
    last = (event.until_on or event.from_on) + HARVEST_AFTER
    found = list[Row]()
    for tambon in event.tambons:
        found += await in_use().query(
            'SELECT f.id, f.farmer, f."group", f.promised_grams FROM forecast f'
            " JOIN planting g ON g.id = f.planting JOIN plot p ON p.id = g.plot"
            " WHERE p.tambon = {} AND f.ready_on >= {} AND f.ready_on <= {}"
            " AND f.given_up_at IS NULL AND NOT EXISTS (SELECT 1 FROM forecast_delivery d"
            " WHERE d.forecast = f.id) ORDER BY f.id",
            tambon, event.from_on, last,
        )  # fmt: skip
    return found


async def stops(event: EventView) -> list[Row]:
    """Where a truck is to stand in its tambons on its days."""
    found = list[Row]()
    for tambon in event.tambons:
        found += await in_use().query(
            "SELECT s.id, t.operator FROM day_stop s JOIN truck_day t ON t.id = s.day"
            ' JOIN place p ON p.id = s.place WHERE p.tambon = {} AND t."on" >= {} AND t."on" <= {}'
            " AND s.state = 'planned' AND t.state IN ('planning', 'published') ORDER BY s.id",
            tambon, event.from_on, event.until_on or event.from_on,
        )  # fmt: skip
    return found


async def days_before_soil_test(group: str, on: date) -> int | None:
    """By the charter of the group's network; None where none is in force."""
    network = (await groups.group(group)).network or group
    found = list[int]()
    for scheme in await schemes.used_by(network):
        try:
            version = await schemes.in_force(scheme, on)
        except NotInForce:
            continue
        found.append(version.content.rules.flood_days_soil_test)
    return min(found, default=None)


async def proposal(id: str) -> ProposalView:
    rows = await in_use().query(f"{_PROPOSAL} WHERE id = {{}}", id)
    if not rows:
        raise ProposalMissing(proposal=id)
    return ProposalView(**rows[0])


async def proposals(person: str, organs: Collection[str]) -> list[ProposalView]:
    """One's own, and those of the groups where one may see them; the open first."""
    rows = await in_use().query(f"{_PROPOSAL} WHERE person = {{}}", person)
    for organ in organs:
        rows += await in_use().query(f"{_PROPOSAL} WHERE organ = {{}}", organ)
    found = {row["id"]: ProposalView(**row) for row in rows}
    return sorted(found.values(), key=lambda one: (one.state != "open", one.id))


async def of_event(id: str) -> list[ProposalView]:
    rows = await in_use().query(f"{_PROPOSAL} WHERE event = {{}} ORDER BY id", id)
    return [ProposalView(**row) for row in rows]


async def farmed_tambons() -> list[str]:
    rows = await in_use().query("SELECT DISTINCT tambon FROM plot ORDER BY tambon LIMIT 200")
    return [row["tambon"] for row in rows]


async def expected_already(kind: str, day: date) -> set[str]:
    """Tambons of which somebody, or the weather, said so already around that day, also in vain."""
    rows = await in_use().query(
        "SELECT t.tambon FROM area_event_tambon t JOIN area_event e ON e.id = t.event"
        " WHERE e.kind = {} AND e.from_on >= {} AND e.from_on <= {}",
        kind, day - NEAR, day + NEAR,
    )  # fmt: skip
    return {row["tambon"] for row in rows}
