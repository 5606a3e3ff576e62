"""What to open to see each state: addresses whose codes are drawn anew for each demo."""

from __future__ import annotations

from certification.certificates import queries as certificates
from market.demo.crates import crate
from market.demo.days import named
from market.demo.goods import BEFORE_SUSPENSION, NEXT
from market.demo.ground import FIRST, PILOT, SECOND, Season
from market.demo.land import BY_KEY
from market.demo.meetings import certificate
from market.demo.rounds import BEFORE
from market.demo.shop import BOX, DRILL, guest_key
from market.domain.custody import queries as crates
from market.domain.lots import queries as lots
from market.domain.orders import queries as orders

Stop = tuple[str, str]
"""An address and what it shows."""
PACKETS = (
    (NEXT[0].id("lot", "next"), "a packet: Malee's kale, organic"),
    (BEFORE_SUSPENSION.id("lot", BEFORE), "a packet whose certificate was suspended later"),
    (NEXT[11].id("lot", "next"), "kale from a plot in conversion"),
    (NEXT[3].id("lot", "next"), "bananas without a certificate: plain"),
    (
        BOX,
        "a family box packed of two harvests: the lesser claim counts",
    ),
)
CERTIFICATES: tuple[tuple[str, Season, str], ...] = (
    ("malee-home", SECOND, "it holds"),
    ("boonma-field", SECOND, "in conversion"),
    ("prani-field", FIRST, "expires within 60 days"),
    ("lamai-field", SECOND, "suspended: nobody was there for the visit"),
    ("yusof-field", SECOND, "suspended: a grave finding is overdue"),
    ("chalaem-palm", PILOT, "expired, not renewed"),
    ("sulaiman-orchard", PILOT, "expired, renewed later"),
)
ORDERS = (
    ("next-4", True, "a guest's order that waits for its money"),
    ("last-4", True, "a guest's order that was fetched"),
    ("today-3", True, "a guest's order that can be fetched today"),
    ("next-1", False, "Nok's: waits for its money"),
    ("today-1", False, "Nok's: paid, to be fetched today"),
    ("today-2", False, "the canteen's: a deposit is paid, the rest is due today"),
    ("last-1", False, "Nok's: fetched, weighed less, the rest is credit"),
    ("next-5", False, "Nok's: cancelled by her"),
    ("last-7", False, "Nop's: never paid, expired"),
    ("next-7", False, "Ton's: called off by the stall"),
    ("last-9", False, "Ton's: paid and not fetched"),
    ("last-10", False, "Yam's: called off, the money paid back"),
    ("last-11", False, "the canteen's: paid late, while the goods were there"),
    ("last-12", False, "Da's: paid too late, so it is credit"),
    ("next-6", False, "Da's: paid with that credit"),
)
"""Whether the demo's key opens it; the others open for who ordered, Dao at `/stall/<code>`."""


async def stops(origin: str) -> list[Stop]:
    """For everybody, without signing in."""
    return [
        (f"{origin}/", "the shop of the next round"),
        *[(f"{origin}/L/{(await lots.lot(lot)).code}", what) for lot, what in PACKETS],
        *[await _certificate(origin, *each) for each in CERTIFICATES],
        *[await _order(origin, key, what) for key, open_, what in ORDERS if open_],
        (f"{origin}/registry/public", "what the province sees"),
        (f"{origin}/log", "the public record"),
        (f"{origin}/api/docs", "the API"),
    ]


async def at_the_stall(origin: str) -> list[Stop]:
    """For Dao, who hands over and may look at every order."""
    return [
        (f"{origin}/stall/{(await orders.stored(named('order', key))).code}", what)
        for key, open_, what in ORDERS
        if not open_
    ]


async def of_the_chain(origin: str) -> list[Stop]:
    """For those who pack, fill and call back; the public side is among the first."""
    filled = await crates.crate(crate(2))
    return [
        (f"{origin}/recalls/{DRILL}", "Ying: a drill found who has one harvest, in boxes too"),
        (f"{origin}/recalls/new", "Ying: drill one yourself, by any code from a packet"),
        (f"{origin}/crates/{filled.id}", f"Dao: crate {filled.code}, filled with a lot"),
        (f"{origin}/crates", "Dao: all crates, at a stop, with a buyer, under way, overdue"),
    ]


async def _certificate(origin: str, land: str, season: Season, what: str) -> Stop:
    code = (await certificates.certificate(certificate(BY_KEY[land], season))).code
    return f"{origin}/C/{code}", f"a certificate: {what}"


async def _order(origin: str, key: str, what: str) -> Stop:
    code = (await orders.stored(named("order", key))).code
    return f"{origin}/order/{code}?key={guest_key(key)}", what
