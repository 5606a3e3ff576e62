"""Navigation: a desk is a job of somebody, with at most four words for its bar.

Who has several jobs changes desks; the browser remembers the last. A buyer has none: the basket
is the shop's bar.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

COOKIE = "desk"


class Word(NamedTuple):
    href: str
    words: str
    """A key of the catalogues."""
    icon: str
    below: tuple[str, ...] = ()
    """Pages that belong to this word although their address does not begin with it."""


class Desk(NamedTuple):
    name: str
    words: str
    roles: frozenset[str]
    bar: tuple[Word, ...]
    parts: frozenset[str]
    """First parts of the addresses where one works at this desk."""

    def here(self, path: str) -> Word | None:
        """The word under which `path` stands: the one that says most of it."""
        said = [
            (len(start), word)
            for word in self.bar
            for start in (word.href, *word.below)
            if path == start or path.startswith(f"{start}/")
        ]
        return max(said, key=lambda pair: pair[0])[1] if said else None


def of(roles: Collection[str]) -> list[Desk]:
    return [desk for desk in DESKS if desk.roles & set(roles)]


def sits_at(path: str, mine: list[Desk], remembered: str) -> Desk | None:
    """The desk that the page belongs to, the remembered one first; else the remembered one."""
    part = path.split("/")[1] if path.startswith("/") else ""
    last = [desk for desk in mine if desk.name == remembered]
    here = [desk for desk in last + mine if part in desk.parts]
    return next(iter(here + last + mine), None)


def _desk(name: str, words: str, roles: str, parts: str, *bar: Word) -> Desk:
    return Desk(name, words, frozenset(roles.split()), bar, frozenset(parts.split()))


BOARD = (
    "board inputs trainings meetings organs decide hearings certs findings rounds season grievances"
    " marks residues gs1 recalls partners scans"
)
AT_THE_BOARD = (
    "/decide", "/inputs", "/trainings", "/meetings", "/organs", "/rounds", "/season",
    "/grievances", "/marks", "/residues", "/gs1", "/recalls", "/partners", "/scans",
)  # fmt: skip
DESKS = (
    _desk(
        "farmer", "Farmer", "farmer", "farm packing residues",
        Word("/farm", "Today", "home"),
        Word(
            "/farm/plots", "Plots", "map",
            (
                "/farm/applications", "/farm/findings", "/farm/holding", "/farm/inputs",
                "/farm/trainings", "/farm/grievances", "/farm/marks",
                "/farm/trainings", "/farm/grievances", "/residues",
            ),
        ),
        Word("/farm/lots", "Sell", "basket", ("/farm/harvest", "/farm/offer", "/packing")),
        Word("/farm/money", "Money", "money"),
    ),
    _desk(
        "inspector", "Inspector", "inspector", "inspect findings season residues",
        Word("/inspect", "Today", "home", ("/season", "/residues")),
        Word("/findings", "To mend", "warn"),
    ),
    _desk(
        "committee", "Committee", "committee", f"{BOARD} ledger settle payout",
        Word("/board", "What waits", "home", AT_THE_BOARD),
        Word("/certs", "Certificates", "shield"),
        Word("/findings", "To mend", "warn"),
        Word("/ledger", "Accounts", "money", ("/settle", "/settlements", "/payout")),
    ),
    _desk(
        "secretariat", "Secretariat", "secretariat", f"{BOARD} admin recoveries",
        Word("/board", "What waits", "home", AT_THE_BOARD),
        Word("/certs", "Certificates", "shield"),
        Word("/findings", "To mend", "warn"),
        Word("/admin", "Members", "people", ("/recoveries",)),
    ),
    _desk(
        "leader", "Group leader", "leader",
        f"{BOARD} admin recoveries payout statements crates moves broadcasts",
        Word("/board", "What waits", "home", (*AT_THE_BOARD, "/crates", "/moves", "/broadcasts")),
        Word("/findings", "To mend", "warn"),
        Word("/admin", "Members", "people", ("/recoveries",)),
        Word("/payout", "Payouts", "money", ("/settle", "/settlements", "/ledger", "/statements")),
    ),
    _desk(
        "organiser", "Order rounds", "leader secretariat treasurer",
        "cycles packing places products shares unfetched bundles intake",
        Word(
            "/cycles", "Order rounds", "basket", ("/unfetched", "/packing", "/bundles", "/intake")
        ),
        Word("/places/new", "Pick-up places", "pin"),
        Word("/products/new", "Products", "leaf"),
        Word("/shares", "Shares", "scale"),
    ),
    _desk(
        "treasurer", "Treasurer", "treasurer",
        "till problems settle settlements payout ledger receipts statements recoveries"
        " crates",
        Word("/till", "Money in", "money", ("/problems",)),
        Word("/settle", "Divide", "scale", ("/settlements",)),
        Word("/payout", "Payouts", "people", ("/statements",)),
        Word("/ledger", "Accounts", "menu", ("/receipts", "/crates")),
    ),
    _desk(
        "truck", "Green truck", "operator", "truck crates moves",
        Word("/truck", "Days", "truck", ("/crates", "/moves")),
        Word("/truck/rounds", "Usual rounds", "flag"),
        Word("/truck/places", "Stops", "pin"),
        Word("/truck/trucks", "Trucks", "menu"),
    ),
    _desk(
        "stall", "Stall", "operator treasurer", "stall",
        Word("/stall", "Hand over", "truck"),
        Word("/cycles", "Order rounds", "basket"),
    ),
    _desk(
        "officer", "Officer", "officer", "registry scans broadcasts area-events",
        Word("/registry", "Registry", "map", ("/broadcasts", "/area-events")),
        Word("/registry/public", "Figures", "menu"),
        Word("/scans", "Scans", "warn"),
        Word("/log", "Public record", "search"),
    ),
    _desk(
        "admin", "Administrator", "admin", "admin recoveries",
        Word("/admin", "Members", "people", ("/recoveries",)),
        Word("/log", "Public record", "search"),
    ),
)  # fmt: skip
