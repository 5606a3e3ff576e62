"""`market demo`: a network of invented people on real land, written by the doors' own commands.

    await when_empty(settings, at=now)     an empty database is filled, any other is left alone
    print(welcome(settings))               addresses, a lot to scan, and how to sign in

See docs/model/chain.md for what it holds.
"""

from __future__ import annotations

import asyncio
from datetime import date, datetime

import msgspec

from certification.basis.database import in_use
from certification.basis.transaction import run
from certification.people import queries as people
from market.access.guard import system_clock
from market.app import opened
from market.demo import (
    ahead,
    bodies,
    complaints,
    crates,
    diary,
    guarantee,
    helped,
    land_told,
    learnt,
    meetings,
    money,
    others,
    payouts,
    problems,
    residues,
    scanned,
    season,
    self_review,
    shop,
    short,
    small,
    told,
    tour,
    truck,
    truck_ride,
    village,
    visits,
    weekly,
    weighed,
)  # fmt: skip
from market.demo import days as calendar
from market.demo.goods import NEXT_ORDERS
from market.demo.people import ADMIN, PEOPLE, WITH_CARDS, Person, member_number, who
from market.demo.rounds import harvested
from market.demo.sowing import sow
from market.demo.story import tell
from market.domain.accounts import commands as accounts
from market.domain.notices import commands as notices
from market.domain.orders import queries as orders
from market.domain.orders.refusals import NoSuchOrder
from market.jobs import issuer, readers
from market.settings import NonsenseInEnvironment, Settings


class Unfinished(NonsenseInEnvironment):
    """What the settings name holds a demo whose seeding was interrupted."""


class Card(msgspec.Struct, frozen=True):
    """What is printed for one of the cast."""

    person: Person
    code: str
    """Works once, for fourteen days; the next start of the demo prints another."""


READING = (-1_083, -2, 30)
"""Days on whose evening the notices of a month are told; on the last of them all were read."""
NOT_THE_DEMO = "the people here are not the demo's: it is left alone"


async def is_demo() -> bool:
    """Whether the cast is in the database in use, all of it or the first of it."""
    return await people.exist([ADMIN])


async def when_empty(settings: Settings, *, at: datetime) -> None:
    if not await is_demo():
        if not await people.anybody_sealed():
            await fill(settings.demo_today, at)
        return
    try:
        await orders.stored(money.order_id(NEXT_ORDERS[-1]))
    except NoSuchOrder:
        raise Unfinished("MARKET_DATA or DATABASE_URL holds half a demo: remove it") from None


async def fill(today: date | None, at: datetime) -> None:
    in_use().hasten()
    days = calendar.days(today, at)
    await village.settle(days)
    deeds = [
        *guarantee.vouch(days), *land_told.tell_of_land(days),
        *learnt.train(days), *self_review.answer_oneself(days), *sow(days, harvested(days)),
        *diary.keep_diaries(days), *complaints.complain(days),
        *others.lay_open(days), *residues.sample(days),
        *visits.look(days), *meetings.decide(days), *bodies.sit(days),
        *season.propose_inspectors(days),
        *shop.lay_out(days), *shop.hold(days), *shop.to_decide(days), *ahead.promise(days),
        *money.trade(days), *weighed.weigh(days), *problems.complain(days), *payouts.settle(days),
        *helped.help_them(days), *truck.lay_out(days),
        *truck.go(days), *truck_ride.drive(days),
        *crates.lend_and_fill(days), *scanned.open_a_page(days),
        *told.tell_many(days), *told.flood(days), *short.fall_short(days), *small.cut_twice(days),
        *weekly.wish(days),
    ]  # fmt: skip
    since = days.at(village.FOUNDED)
    for day in range(*READING):
        evening = days.at(day, 23)
        await tell(deed for deed in deeds if since <= deed.at < evening)
        await readers.read_on(evening)
        since = evening
    await run(_read_by_all, since)
    await tell(deed for deed in deeds if since <= deed.at)
    last = max(deed.at for deed in deeds)
    await issuer.read_on(last)
    await issuer.tick(last)


async def _read_by_all(at: datetime) -> None:
    for person in PEOPLE:
        await notices.mark_read(person.id, at=at)


def welcome(settings: Settings) -> str:
    return asyncio.run(_welcome(settings))


async def _welcome(settings: Settings) -> str:
    async with opened(settings):
        if not await is_demo():
            return f"{settings.origin} - {NOT_THE_DEMO}"
        cards = await printed(WITH_CARDS)
        everybody = await tour.stops(settings.origin)
        stall = await tour.at_the_stall(settings.origin)
        chain = await tour.of_the_chain(settings.origin)
    return "\n".join([
        "",
        "Talat Khiao, the demo: every person, number and field in it is invented (ตัวอย่าง).",
        "",
        *_listed(everybody),
        "",
        f"Sign in at {settings.origin}/sign-in with a printed code; choose any six digits as PIN.",
        "",
        *(f"  {card.code}  {_shown(card.person)}" for card in cards),
        "",
        "Orders in every state; sign in as Dao, or as Nok for her own:",
        "",
        *_listed(stall),
        "",
        "What was packed, filled and called back for practice; sign in as who is named:",
        "",
        *_listed(chain),
        "",
    ])  # fmt: skip


def _listed(stops: list[tour.Stop]) -> list[str]:
    wide = max(len(address) for address, _ in stops if "?" not in address)
    return [f"  {address:<{wide}}  {what}" for address, what in stops]


def _shown(person: Person) -> str:
    english = person.key.capitalize()
    return f"{english:<8} {member_number(person)}  {person.name} - {person.card}"


async def printed(persons: tuple[Person, ...]) -> list[Card]:
    """Fresh codes, for whoever has a PIN too: the cast is invented. An older one stops working."""
    at = system_clock()
    return [
        Card(person, await run(accounts.issue_anew, person.id, by=_issuer(person), at=at))
        for person in persons
    ]


def _issuer(person: Person) -> str:
    """Nobody lets himself in."""
    return who("wan") if person.id == ADMIN else ADMIN
