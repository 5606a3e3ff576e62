"""The demo as a newcomer starts it, its people signed in, and every page that any of them may open.

    with site(folder) as demo:
        for page in demo.pages():        # of the app's routes, not of links
            demo.people[page.who]        # an HTTP client with that person's session

A route with a noun that `WHERE` does not know is a question: what of the demo stands there?
"""

from __future__ import annotations

import itertools
import os
import re
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx

from market.access import policy
from market.demo.people import BY_KEY, WITH_CARDS
from market.demo.server import MARKET
from tests.doors import known

PIN = "508294"
STRANGER = ""
ADMITTED = (STRANGER, *(person.key for person in WITH_CARDS))
NO_PAGE = re.compile(
    r"/api/(v1|openapi)|/static/|/(healthz|readyz)$|\.(csv|svg|ics|xml|pdf|zip|ico|txt|png)$|\{file\}|\{paper\}|/(slip|scan|photo)$|\.(json|py|html|js)$|/log/.+|^/epcis/|^/[Ll]/\{typed\}/events$"
    r"|^/01/|^/status/|^/\.well-known/|/printer/\{sheet\}$|\.jwt$|^/contexts/"
)
"""Of `/01/…` the demo shows nothing: nobody in it was licensed a number by GS1."""
TRIED_MOST = 400

NOKS = f"buyer = '{BY_KEY['nok'].id}'"
CODES = "SELECT code FROM public_code WHERE kind = '{}' ORDER BY bound_at DESC"
WHERE = {
    "L": CODES.format("lot"), "P": CODES.format("plot"),
    "C": CODES.format("certificate"), "G": CODES.format("group"),
    "people": "SELECT id FROM person ORDER BY id",
    "helped": "SELECT DISTINCT person FROM spoken_for WHERE confirmed_at IS NULL",
    "{buyer}": "SELECT buyer FROM preorder",
    "applications": "SELECT id FROM application ORDER BY submitted_at DESC",
    "assign": "SELECT id FROM application ORDER BY submitted_at DESC",
    "decide": "SELECT id FROM application ORDER BY state <> 'inspected', submitted_at",
    "certs": "SELECT id FROM certificate ORDER BY valid_until DESC",
    "hearings": "SELECT id FROM hearing ORDER BY open_for IS NULL, id",
    "{against}": "SELECT id FROM certificate_event WHERE kind = 'suspended' ORDER BY at DESC",
    "{decision}": "SELECT id FROM decision ORDER BY at DESC",
    "{change}": "SELECT 'suspend'", "{part}": "SELECT 'sides'",
    "printer": "SELECT 'l7160.pdf'", "{gtin}": "SELECT '09506000134352'",
    "{purpose}": "SELECT 'revocation'",
    "offer": "SELECT id FROM forecast ORDER BY id", "pick": "SELECT code FROM pickup_pass",
    "cycles": "SELECT id FROM cycle ORDER BY opens_at DESC",
    "cycle-templates": "SELECT id FROM cycle_template",
    "settle": "SELECT id FROM cycle ORDER BY opens_at",
    "shop": "SELECT id FROM cycle ORDER BY opens_at DESC", "bundles": "SELECT cycle FROM bundle",
    "{offer}": "SELECT o.id FROM offer o JOIN cycle c ON c.id = o.cycle"
    " WHERE o.withdrawn_at IS NULL ORDER BY c.opens_at DESC, o.id",
    "intake": "SELECT id FROM intake",
    "plots": "SELECT id FROM plot ORDER BY id", "lots": "SELECT id FROM lot ORDER BY id DESC",
    "packing": "SELECT id FROM lot_deed",
    "S": "SELECT code FROM crate ORDER BY state = 'filled' DESC",
    "crates": "SELECT id FROM crate ORDER BY state", "moves": "SELECT id FROM custody_dispatch",
    "inspect": "SELECT id FROM inspection ORDER BY state DESC, id DESC",
    "visits": "SELECT id FROM inspection ORDER BY state, id",
    "standard": "SELECT id FROM scheme_version",
    "charter": "SELECT id FROM scheme_version", "draft": "SELECT scheme FROM scheme_draft",
    "{which}": "SELECT 'items' UNION SELECT 'inputs'", "{key}": "SELECT 'E02'",
    "marks": "SELECT id FROM mark", "mark": "SELECT id FROM mark",
    "grievance": "SELECT code FROM grievance ORDER BY state",
    "grievances": "SELECT id FROM grievance ORDER BY state DESC",
    "residues": "SELECT id FROM residue_test", "recalls": "SELECT id FROM recall",
    "scans": "SELECT id FROM scan_signal",
    "findings": "SELECT id FROM finding", "{chapter}": "SELECT '1_ethics'",
    "ledger": "SELECT account FROM ledger_balance ORDER BY credits_satang DESC",
    "plot": "SELECT id FROM plot ORDER BY id",
    "organs": "SELECT id FROM producer_group ORDER BY network IS NOT NULL",
    "meetings": "SELECT id FROM meeting ORDER BY closed_at IS NOT NULL",
    "order": f"SELECT code FROM preorder WHERE {NOKS} ORDER BY placed_at DESC",
    "stall": "SELECT code FROM preorder ORDER BY placed_at DESC",
    "payout": "SELECT id FROM payout_run ORDER BY made_at DESC",
    "shares": "SELECT id FROM split_proposal ORDER BY state DESC", "draws": "SELECT id FROM draw",
    "settlements": "SELECT id FROM settlement", "statements": "SELECT farmer FROM settlement_share",
    "inspectors": "SELECT person AS id FROM role_grant WHERE role = 'inspector'",
    "panels": "SELECT id FROM season_plan", "panel-seats": "SELECT id FROM season_seat",
    "swaps": "SELECT id FROM season_seat_swap", "overrides": "SELECT id FROM season_seat_override",
    "trucks": "SELECT id FROM truck", "rounds": "SELECT id FROM route_template",
    "{place}": "SELECT place FROM stop_terms",
    "truck": 'SELECT id FROM truck_day ORDER BY "on" DESC',
    "stop": "SELECT place FROM day_stop", "leave": "SELECT place FROM day_stop",
    "pickup": "SELECT code FROM preorder ORDER BY placed_at DESC",
    "problems": "SELECT id FROM goods_complaint ORDER BY state",
    "slips": "SELECT id FROM payment_slip WHERE photo IS NOT NULL",
    "till": "SELECT \"order\" FROM payment_request ORDER BY paid_at IS NOT NULL, at DESC",
}  # fmt: skip
AFTER = {
    "decide": "SELECT '?meeting=' || id FROM meeting ORDER BY closed_at IS NOT NULL",
    "orders": f"SELECT '?of=' || code FROM preorder WHERE {NOKS} ORDER BY placed_at DESC",
}
"""What an address needs after a `?`, by the noun it begins with."""
ONE_IN_EACH_STATE = (
    "SELECT code FROM preorder WHERE id IN (SELECT min(id) FROM preorder GROUP BY state)"
)
ALSO = {
    "/order/{code}": f"SELECT code FROM preorder WHERE {NOKS} GROUP BY state",
    "/stall/{code}": ONE_IN_EACH_STATE,
    "/hearings/{id}": "SELECT min(id) FROM hearing GROUP BY matter",
    "/L/{typed}": "SELECT code FROM lot GROUP BY claim, deed IS NULL",
    "/crates/{crate}": "SELECT min(id) FROM crate GROUP BY state",
    "/payout/{id}": "SELECT min(id) FROM payout_run GROUP BY state",
    "/shares/{id}": "SELECT min(id) FROM split_proposal GROUP BY state",
}
"""Pages that look otherwise in another state: one of each."""
WHOSE = {"order.read": "nok", "inspection.do": "somchai"}
"""Of what every member may ask and only one is answered: who it is in the demo."""


class Visit(NamedTuple):
    route: str
    path: str
    who: str
    status: int = 200


class Site(NamedTuple):
    origin: str
    people: dict[str, httpx.Client]
    database: Path
    asked: sqlite3.Connection
    """Of it: to open another is to read seventeen hundred definitions."""

    def pages(self) -> tuple[list[Visit], list[str]]:
        """One visit of each page at least, and the routes that answered nobody."""
        found: list[Visit] = []
        closed: list[str] = []
        for route, operation in page_routes():
            tries = itertools.islice(self._tries(route, operation), TRIED_MOST)
            first = next((visit for visit in tries if self.opens(visit)), None)
            if first is None:
                closed.append(route)
                continue
            found += dict.fromkeys([first, *self._others(first)])
        return found, closed

    def many(self, most: int) -> list[Visit]:
        """Up to `most` things of each kind, each as everybody who may open it."""
        return [
            visit
            for route, operation in page_routes()
            for who in dict.fromkeys(may(operation))
            for visit in itertools.islice(
                filter(
                    self.opens, (Visit(route, path, who) for path in self.addresses(route)[:99])
                ),
                most,
            )
        ]

    def _tries(self, route: str, operation: str) -> Iterator[Visit]:
        for who, path in itertools.product(may(operation), self.addresses(route)):
            yield Visit(route, path, who)

    def _others(self, first: Visit) -> list[Visit]:
        rows = self.rows(ALSO[first.route]) if first.route in ALSO else []
        tries = (
            first._replace(path=re.sub(r"\{\w+\}", row, first.route), who=who)
            for row in rows
            for who in dict.fromkeys([first.who, *ADMITTED])
        )
        opened: dict[str, Visit] = {}
        for visit in tries:
            if visit.path not in opened and self.opens(visit):
                opened[visit.path] = visit
        return list(opened.values())

    def opens(self, visit: Visit) -> bool:
        said = self.people[visit.who].get(visit.path)
        return said.status_code == 200 and said.headers["content-type"].startswith("text/html")

    def addresses(self, route: str) -> list[str]:
        """With what stands in the demo in the place of each `{…}`."""
        parts = route.split("/")
        choices = [
            self._known(parts[at - 1], part) if part.startswith("{") else [part]
            for at, part in enumerate(parts)
        ]
        after = self.rows(AFTER[parts[1]]) if parts[1] in AFTER else [""]
        made = ("/".join(one) for one in itertools.product(*choices))
        return [address + more for address in made for more in after]

    def _known(self, noun: str, name: str) -> list[str]:
        """By the name of the parameter, or by the noun before it."""
        asked = WHERE.get(name) or WHERE.get(noun) or WHERE.get(noun.upper())
        assert asked, f"what of the demo stands at {noun}/{name}?"
        return self.rows(asked)

    def rows(self, query: str) -> list[str]:
        return [row[0] for row in self.asked.execute(query).fetchall()]


def page_routes() -> list[tuple[str, str]]:
    """Each address for people, and its operation; of two for the same page the upper-case one."""
    found = {
        handler.fn: (route.path_format, handler.opt["op"])
        for route in sorted(known().routes, key=lambda route: route.path_format, reverse=True)
        for handler in getattr(route, "route_handlers", [])
        if "GET" in handler.http_methods and not NO_PAGE.search(route.path_format)
    }
    return list(found.values())[::-1]


def may(operation: str) -> list[str]:
    """Who of those with a card has a role that opens it; whose work it is stands first."""
    table = policy.read()
    whose = [WHOSE[operation]] if operation in WHOSE else []
    if table.is_public(operation):
        return [*whose, *ADMITTED]
    roles = set(table.by_operation[operation])
    named = [
        person.key
        for person in sorted(WITH_CARDS, key=lambda person: len(person.roles))
        if {role for role, _ in person.roles} & roles or person.key in roles
    ]
    return whose + named + (["nok", *ADMITTED[1:]] if policy.MEMBER in roles else [])


@contextmanager
def site(folder: Path) -> Iterator[Site]:
    port = 18_000 + os.getpid() % 10_000
    said = folder / "said.txt"
    environment = {**os.environ, "MARKET_DATA": str(folder), "PYTHONUNBUFFERED": "1"}
    environment.pop("DATABASE_URL", None)
    with said.open("w") as out:
        server = subprocess.Popen(
            [*MARKET, "demo", "--port", str(port)], env=environment, stdout=out, stderr=out
        )
    origin = f"http://127.0.0.1:{port}"
    with ExitStack() as open_until_the_end:
        open_until_the_end.callback(_stop, server)
        _wait(origin, said, server)
        codes = {STRANGER: "", **_codes(said.read_text())}
        people = {
            who: open_until_the_end.enter_context(closing(_client(origin, code)))
            for who, code in codes.items()
        }
        _fill_a_basket(people)
        database = folder / "market.sqlite"
        asked = open_until_the_end.enter_context(closing(sqlite3.connect(database)))
        yield Site(origin, people, database, asked)


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    server.wait(20)


def _wait(origin: str, said: Path, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert server.poll() is None, said.read_text()
        try:
            if httpx.get(f"{origin}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise AssertionError(said.read_text())


def _codes(said: str) -> dict[str, str]:
    """By whom: the codes of the printed cards."""
    cards = re.findall(r"^  (\w{5}-\w{5})  (\w+)", said, re.MULTILINE)
    codes = {who.lower(): code for code, who in cards}
    assert set(codes) <= set(BY_KEY)
    return codes


def _client(origin: str, code: str) -> httpx.Client:
    """Signed in by the code; money and certificates may be looked at: the PIN was given again."""
    client = httpx.Client(base_url=origin, timeout=30, headers={"origin": origin})
    forms = (
        ("/enrol", {"code": code, "new_pin": PIN, "next": "/"}),
        ("/step-up", {"pin": PIN, "next": "/"}),
    )
    for address, typed in forms if code else ():
        answer = client.post(address, data=typed)
        assert answer.status_code == 303, answer.text
    return client


def _fill_a_basket(people: dict[str, httpx.Client]) -> None:
    """A stranger's is empty, Nok's is not."""
    shop = people["nok"].get("/").text
    action, field = (
        re.search(r'action="(/shop/[^"]+)"', shop),
        re.search(r'name="(kg-[^"]+)"', shop),
    )
    assert action
    assert field
    people["nok"].post(action[1], data={field[1]: "1"})
