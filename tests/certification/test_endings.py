"""A certificate ends: Malee hears of it at 60, 30 and 7 days, once each, until she has applied."""

from datetime import timedelta

from certification.basis.database import Database
from certification.basis.transaction import run
from certification.certificates import endings, renewals, rules
from certification.certificates.rules import CertificateIssued
from certification.schemes.queries import preset
from market.domain.notices import queries as notices
from market.jobs import readers
from tests.cast import MALEE, RATTAPHUM, TODAY, later, log_faults, village
from tests.guarantee import application as asked
from tests.guarantee import certified, published

LAST = 364
"""The last day of a year's certificate, counted from the day it was issued."""


def test_the_marks_leave_no_day_out() -> None:
    settings = preset("sgs-pgs").rules
    marks = rules.reminded_at(settings)
    assert marks == [(30, 60), (7, 30), (-1, 7)]
    days = [day for over, until in marks for day in range(until, over, -1)]
    assert days == list(range(settings.renewal_window_days, -1, -1))


async def heard() -> list[int]:
    await readers.read_on(later(days=LAST))
    told = [one for one in await notices.of_person(MALEE) if one.kind == "certificates.ends"]
    return [int(one.facts["days"]) for one in reversed(told)]


async def issued(db: Database) -> CertificateIssued:
    await village(db)
    await published()
    return await certified()


async def test_she_is_told_once_at_each_mark_also_by_a_clock_that_slept(db: Database) -> None:
    await issued(db)
    for left in (61, 60, 60, 59, 31, 30, 29, 5, 5, 0, -1):
        await endings.remind(at=later(days=LAST - left))
    assert await heard() == [60, 30, 5]
    assert await log_faults() == []


async def test_who_has_applied_is_not_told_and_stands_apart(db: Database) -> None:
    paper, on = await issued(db), TODAY + timedelta(days=LAST - 40)
    [one] = await endings.ending([RATTAPHUM], on)
    assert (one.days_left, one.state) == (40, "")
    await run(renewals.apply, asked(paper.plot), by=MALEE, at=later(days=LAST - 40))
    [one] = await endings.ending([RATTAPHUM], on)
    assert one.state == "submitted"
    await endings.remind(at=later(days=LAST - 20))
    assert await heard() == []
    assert await endings.ending([RATTAPHUM], TODAY) == []
