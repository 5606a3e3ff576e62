"""A village in which each address has something to show, all of it of Malee's group or network.

    sown = await sow(doors)
    for door in sown.routes():
        await sown.ask(door, KRIT)

A route with a noun that `NOUNS` does not know is a question: what of Malee's would stand there?
"""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import msgspec
from httpx import Response
from litestar.handlers import BaseRouteHandler
from litestar.routes import HTTPRoute

from certification.basis import blobs, checkpoints
from certification.basis.codes import PublicCode
from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.credentials import commands as credentials
from certification.groups import commands as groups
from certification.groups.rules import Grants
from certification.schemes import commands as charters
from market.access import policy
from market.domain.labels import commands as labels
from market.domain.labels.rules import PrintLabels
from market.domain.lineage import commands as lineage
from market.domain.lineage.rules import MakeLots, Parcel, Pick
from market.domain.lots import commands as lots
from market.domain.lots.rules import HarvestLot
from market.domain.receipts import commands as receipts
from market.domain.receipts import queries as issued
from market.domain.recovery import commands as recovery
from market.domain.settlement import commands as settlement
from market.domain.settlement.rules import MakeRun, Settle
from market.domain.spoken import commands as spoken
from market.domain.spoken.rules import Speak
from market.domain.trips import commands as trips
from market.domain.trips import rows, solve, versions, weeks
from market.domain.trips.rules import KeepVersion
from market.jobs import readers
from market.web import static_files
from tests.access import left_behind
from tests.cast import (
    ADMIN,
    CHAN,
    DAO,
    EVERYBODY,
    LONG_AGO,
    MALEE,
    NETWORK,
    NOK,
    NOW,
    PRASERT,
    RATTAPHUM,
    ROLES,
    SOMCHAI,
    TODAY,
    YING,
    later,
)  # fmt: skip
from tests.doors import ORIGIN, Doors
from tests.guarantee import certified, published
from tests.market.fleet import set_stop, set_truck, with_a_truck
from tests.market.stall import Stall, stall_in_village

POLICY = policy.read()
STRANGER = ""


class Door(msgspec.Struct, frozen=True):
    method: str
    path: str
    operation: str
    handler: BaseRouteHandler

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def public(self) -> bool:
        return POLICY.is_public(self.operation)

    @property
    def api(self) -> bool:
        return self.path.startswith("/api/")


class Sown:
    def __init__(self, doors: Doors, things: dict[str, str]) -> None:
        self.doors = doors
        self.things = things
        self.roles: dict[str, set[str]] = {person: {policy.MEMBER} for person in EVERYBODY}
        for person, role, _ in (*ROLES, (ADMIN, "admin", ""), (CHAN, "officer", "")):
            self.roles[person].add(role)

    def routes(self) -> Iterator[Door]:
        for route in self.doors.app.routes:
            assert isinstance(route, HTTPRoute)
            for handler in route.route_handlers:
                for method in sorted(handler.http_methods - {"OPTIONS"}):
                    yield Door(method, route.path_format, handler.opt["op"], handler)

    def address(self, path: str) -> str:
        """The path with the things of Malee's side in it, and what it needs after a `?`."""
        parts = path.split("/")
        for place, part in enumerate(parts):
            if part.startswith("{"):
                noun = parts[place - 1] if place < 2 else _noun(parts[place - 2], parts[place - 1])
                parts[place] = self.thing(noun, part.strip("{}"))
        return "/".join(parts) + self.things.get(f"?{path}", "")

    def thing(self, noun: str, name: str) -> str:
        known = self.things.get(f"{noun}/{{{name}}}") or self.things.get(noun)
        return known or self.things.get(f"{{{name}}}") or new_id()

    def unknown_nouns(self) -> set[str]:
        found = set()
        for door in self.routes():
            for noun, name in re.findall(r"([^/]+)/\{(\w+)\}", door.path):
                if noun not in self.things and f"{{{name}}}" not in self.things:
                    found.add(f"{noun} in {door.name}")
        return found

    def may(self, door: Door, person: str) -> bool:
        """By a role, wherever it reaches."""
        return bool(self.roles[person] & set(POLICY.by_operation[door.operation]))

    def somebody(self, door: Door) -> str:
        """One whose role opens the door; who keeps money or papers first, Malee for the rest."""
        order = (MALEE, *(p for p in EVERYBODY if p != MALEE))
        return next((p for p in order if self.may(door, p)), MALEE)

    async def ask(self, door: Door, person: str, path: str = "", **sent: Any) -> Response:
        """Signing out is asked by a stranger only: everybody stays signed in to the end."""
        stays = person and not door.operation.startswith("sign_out.")
        client = await self.doors.as_(person) if stays else self.doors.stranger()
        address = path or self.address(door.path)
        return await client.request(door.method, address, follow_redirects=False, **sent)


def _noun(before: str, noun: str) -> str:
    """`/lots/by-code/…` is a lot's code."""
    return (
        {"lots": "L", "certificates": "C", "groups": "G", "grievances": "grievance"}.get(
            before, noun
        )
        if noun == "by-code"
        else noun
    )


async def sow(doors: Doors) -> Sown:
    """Through the product's own commands, as far as the certificate, the order and the payout."""
    await published()
    await run(charters.begin_draft, "sgs-pgs", by=YING, at=NOW)
    paper = await certified()
    await run(
        groups.grant_role, Grants(new_id(), CHAN, "officer", area="9009"), by=ADMIN, at=LONG_AGO
    )
    stall = await stall_in_village()
    placed, there = await stall.paid(), doors.village
    waits = await stall.order()
    await stall.hand_over(placed.order)
    things = await _guaranteed() | await _sold(stall.cycle, placed.order)
    [planting] = await in_use().query("SELECT id FROM planting WHERE plot = {}", things["plots"])
    harvest = HarvestLot(things["plots"], "kale", TODAY, 5_000, planting["id"])
    lot = await run(lots.harvest, new_id(), harvest, by=MALEE, at=NOW)
    parcels = MakeLots(new_id(), "split", (Pick(lot.lot, 500),), (Parcel(500),))
    split = await run(lineage.make_lots, parcels, by=MALEE, at=NOW)
    sheet = PrintLabels(lot.lot, "a4-3x8", 500, 2)
    printed = await run(labels.print_run, new_id(), sheet, by=MALEE, at=NOW)
    things |= {
        "labels": f"{printed.run}.pdf", "certs": paper.certificate, "{change}": "suspend",
        "{chapter}": "1_ethics", "printer": "l7160.pdf",
        "lots": lot.lot, "lot-deeds": split.deed, "packing": split.deed, "L": lot.code,
        "l": lot.code, "certificates": paper.certificate,
        "cycles": stall.cycle, "settle": stall.cycle, "shop": stall.cycle, "offers": stall.offer,
        "{offer}": stall.offer, "payments": placed.order, "till": placed.order,
        "orders": placed.order, "order": placed.code, "stall": placed.code,
        "?/orders": f"?of={placed.code}",
        "static": static_files.address("site.css").removeprefix("/static/"),
        "places": stall.place, "{place}": stall.place, "recoveries": await _forgotten(doors),
        "stops": stall.place, "receipts": await _receipt(placed.order), "{file}": "a5.pdf",
        "{stock}": stall.stock, "{neighbour}": SOMCHAI,
        "roles": there.grants[SOMCHAI, "farmer"],
        "typed": await _typed(str(things["plots"])),
    }  # fmt: skip
    things |= await _on_the_road(stall)
    things |= await left_behind.visit_under_way() | await left_behind.kin()
    things |= await left_behind.land(things["plots"]) | await left_behind.seat()
    things |= await left_behind.season() | await left_behind.draw()
    things |= await left_behind.called()
    things |= await left_behind.shares() | await left_behind.suspended()
    things |= await left_behind.shortened(things["meetings"], things["applications"])
    things |= await left_behind.mark(str(things["plots"]))
    things |= await left_behind.numbers(things["products"], lot.code)
    things |= await left_behind.recall(lot.lot)
    things |= await left_behind.broadcast() | await left_behind.flood()
    things |= await left_behind.partner()
    things |= await left_behind.complaint(str(things["plots"]))
    things |= await left_behind.residue_test(str(things["plots"]))
    things |= await left_behind.on_the_agenda(str(things["meetings"]))
    things |= await left_behind.paid_to_malee() | await left_behind.phone()
    things |= await left_behind.ahead(str(planting["id"]), stall.cycle)
    things |= await left_behind.standing(stall)
    things |= await left_behind.crates(stall) | await left_behind.scanned(lot.code)
    things |= await left_behind.coming_again(stall)
    things |= await left_behind.bundle(stall.cycle, stall.offer)
    await left_behind.credit(placed.order)
    things |= await left_behind.slip(waits.order)
    things |= await left_behind.provider(placed.order)
    things |= await left_behind.problem(placed.order)
    things |= await left_behind.intake(stall.offer)
    things |= await left_behind.truck_under_way(stall, placed.code)
    things |= await _told(lot.code)
    await checkpoints.sign(at=NOW)
    await run(credentials.place, paper.certificate, at=NOW)
    await run(credentials.publish, at=NOW)
    return Sown(doors, {**FIXED, **things})


async def _on_the_road(stall: Stall) -> dict[str, str]:
    """A truck, a usual round, and a day whose plan is published."""
    there = await run(with_a_truck, stall)
    day = await there.day(later(days=3).date(), template=False)
    await run(trips.set_truck, set_truck(day, there.truck), by=DAO, at=NOW)
    await run(trips.set_stop, set_stop(day, stall.place), by=DAO, at=NOW)
    problem = await rows.problem(day.id)
    kept = KeepVersion(new_id(), day.id, 0, "planned")
    plan = solve.by_iterations(problem, 10, 0)
    await run(versions.keep, kept, problem, plan, by=DAO, at=NOW)
    await run(versions.publish, kept.id, by=DAO, at=NOW)
    begun = new_id()
    await run(versions.begin_run, begun, day.id, 10**8, by=DAO, at=NOW)  # and nobody else may
    week = new_id()
    await run(weeks.begin, week, NETWORK, TODAY, 10**8, 1, by=DAO, at=NOW)  # nor another week
    return {
        "week": week, "truck-weeks": week, "run": begun,
        "papers/{file}": "journey.gpx", "journeys/{file}": "journey.gpx",
        "trucks": there.truck, "rounds": there.template, "truck-rounds": there.template,
        "truck": day.id, "truck-days": day.id, "{version}": "1",
    }  # fmt: skip


async def _forgotten(doors: Doors) -> str:
    """Stopped already: confirmed by one test, it would sign Malee out of all others."""
    await doors.as_(MALEE)
    id = new_id()
    await run(recovery.begin, id, MALEE, RATTAPHUM, by=YING, at=NOW)
    await run(recovery.stop, id, by=MALEE, at=NOW)
    return id


async def _receipt(order: str) -> str:
    await run(receipts.issue, order, at=later(days=3))
    return (await issued.of_order(order)).id


async def _told(lot: str) -> dict[str, str]:
    """To other systems: the chain of the lot and one event of it."""
    await readers.tell_events()
    row, *_ = await in_use().query(
        "SELECT e.event FROM epcis_event e JOIN epcis_name n ON n.event = e.seq"
        " WHERE n.name = {} ORDER BY e.seq",
        f"L/{lot}",
    )
    epc = quote(f"{ORIGIN}/L/{lot}", safe="")
    return {
        "epcs": f"{epc}/events", "events": quote(row["event"], safe=""),
        "?/epcis/events": f"?MATCH_epc={epc}",
    }  # fmt: skip


async def _typed(plot: str) -> str:
    """For Malee by Ying, with a signed paper, so that Malee may still say yes or no."""
    said = Speak(new_id(), MALEE, "plots.registered", plot, RATTAPHUM)
    await run(spoken.say, said, by=YING, at=NOW)
    paper = await blobs.keep(b"\xff\xd8\xff signed by hand", by=YING, at=NOW)
    await run(spoken.confirm_on_paper, [said.id], MALEE, paper, by=YING, at=NOW)
    return said.id


FIXED = {
    "people": MALEE, "inspectors": MALEE,
    "helped": MALEE, "members": MALEE, "attendance": MALEE, "movements": MALEE,
    "statements": MALEE,
    "groups": RATTAPHUM, "networks": NETWORK, "organs": NETWORK, "crops": "kale", "areas": "900901",
    "scheme-presets": "sgs-pgs", "proof": "1", "?/log/consistency": "?first=1&second=2",
    "pack/{file}": "members", "exchange/{file}": "farmer.csv", "draft": "sgs-pgs",
    "scheme-drafts": "sgs-pgs", "lists": "items",
    "{key}": "E01",
    "{channel}": "email",
    "{purpose}": "public_name", "status/{purpose}": "revocation", "revocation": "1",
    "{person}": MALEE, "{farmer}": MALEE, "{group}": RATTAPHUM, "{network}": NETWORK,
}  # fmt: skip
BY_TABLE = {
    "plots": "plot", "applications": "application", "inspections": "inspection",
    "meetings": "meeting", "schemes": "scheme_version",
    "products": "product",
    "settlements": "settlement", "payout-runs": "payout_run", "payout": "payout_run",
    "payouts": "payout_line",
}  # fmt: skip
"""The newest row there is, of tables that hold nothing but Malee's side."""


async def _guaranteed() -> dict[str, str]:
    found = {}
    for noun, table in BY_TABLE.items():
        if noun in ("plots", "applications", "inspections", "meetings", "schemes"):
            [row] = await in_use().query(f"SELECT id FROM {table} ORDER BY id LIMIT 1")
            found[noun] = str(row["id"])
    [row] = await in_use().query("SELECT plot FROM application LIMIT 1")
    found["plots"] = str(row["plot"])
    found["counts"] = found["hands"] = found["votes"] = found["{application}"] = found[
        "applications"
    ]
    for kind, letters in (("certificate", "Cc"), ("plot", "Pp"), ("group", "Gg")):
        code = await PublicCode.select().where(PublicCode.kind == kind).first()
        assert code is not None
        found.update(dict.fromkeys(letters, code["code"]))
    [row] = await in_use().query("SELECT id FROM decision LIMIT 1")
    found["{decision}"] = str(row["id"])
    found["standard"] = found["charter"] = found["schemes"]
    found["inspect"] = found["visits"] = found["inspections"]
    found["decide"] = found["assign"] = found["applications"]
    found["?/decide/{id}"] = f"?meeting={found['meetings']}"
    return found | {"by-code": found["P"], "decisions": found["{decision}"]}


async def _sold(cycle: str, order: str) -> dict[str, str]:
    """Settled, and a run of payouts made; the account is what Nok is owed or owes."""
    at = later(days=5)
    await run(settlement.settle, Settle(new_id(), cycle, NETWORK), by=PRASERT, at=at)
    await run(settlement.make_run, MakeRun(new_id(), NETWORK, "group"), by=PRASERT, at=at)
    found = {}
    for noun in ("products", "settlements", "payout-runs", "payout", "payouts"):
        [row] = await in_use().query(f"SELECT id FROM {BY_TABLE[noun]} ORDER BY id LIMIT 1")
        found[noun] = str(row["id"])
    [row] = await in_use().query("SELECT id FROM ledger_account ORDER BY id LIMIT 1")
    return found | {
        "accounts": row["id"], "ledger": row["id"], "{account}": row["id"],
        "{buyer}": NOK,
    }  # fmt: skip
