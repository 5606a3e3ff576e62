"""The committee says where somebody looks and why; who goes is chosen as always."""

import asyncio
from collections.abc import Awaitable
from typing import Any

import pytest

from certification.applications import commands as requests
from certification.applications import queries as applications
from certification.applications.rules import Withdraw
from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.calls import commands, queries
from certification.calls.rules import CallVisit, Kind, SendCalled, TakeBack
from certification.certificates import commands as certificates
from certification.certificates import queries as papers
from certification.certificates.rules import ChangeCertificate
from certification.inspections import commands as inspections
from certification.inspections import queries as visits
from certification.inspections.panel import Assigned
from certification.people import commands as people
from certification.people.rules import Relate
from market.jobs import readers
from tests.cast import (
    ADMIN,
    CHAN,
    MALEE,
    NOK,
    NOW,
    RATTAPHUM,
    SOMCHAI,
    TODAY,
    TOMORROW,
    WAN,
    YING,
    log_faults,
    village,
)
from tests.guarantee import accepted, certified, nok_may_look, planted, published

PANEL = (Assigned(SOMCHAI, "producer"), Assigned(CHAN, "producer"), Assigned(NOK, "consumer"))


async def refused(code: str, deed: Awaitable[Any]) -> None:
    with pytest.raises(Refusal) as no:
        await deed
    assert no.value.code == code


def wanted(application: str, kind: Kind = "complaint", reason: str = "ถุงไม่มีป้าย") -> CallVisit:
    return CallVisit(new_id(), application, kind, reason)


async def test_the_committee_calls_a_visit_and_others_say_who_goes(db: Database) -> None:
    await village(db)
    await nok_may_look()
    await published()
    fresh, gone = [await accepted(await planted(lon=lon)) for lon in (100.3, 100.6)]
    await run(requests.withdraw, Withdraw(gone), by=MALEE, at=NOW)
    paper = await certified()
    [asked] = [a.id for a in await applications.of_plot(paper.plot)]
    for code, data, by in (
        ("calls.own_land", wanted(asked), MALEE),
        ("calls.reason_missing", wanted(asked, reason=" "), WAN),
        ("inspections.application_not_ready", wanted(fresh), WAN),
        ("inspections.application_not_ready", wanted(gone), WAN),
        ("inspections.nothing_to_follow", wanted(asked, "follow_up"), WAN),
    ):  # fmt: skip
        await refused(code, run(commands.call, data, by=by, at=NOW))
    two = [wanted(asked, "random"), wanted(asked, "random")]
    done = await asyncio.gather(
        *[run(commands.call, one, by=WAN, at=NOW) for one in two], return_exceptions=True
    )
    assert [one.code for one in done if isinstance(one, Refusal)] == ["calls.called_already"]
    [hidden] = await queries.of_groups([RATTAPHUM])
    near = Relate(new_id(), MALEE, YING, "kin", TODAY, 1)
    await run(people.relate, near, by=ADMIN, at=NOW)
    for person, seen in ((MALEE, []), (YING, []), (WAN, [hidden])):
        assert await queries.shown([hidden], person, TODAY) == seen
    [told] = await db.query("SELECT body FROM log_entry WHERE tag = 'calls.made'")
    assert not any(id in bytes(told["body"]).decode() for id in (asked, paper.plot))

    await refused("calls.missing", run(commands.take_back, TakeBack(gone, "x"), by=WAN, at=NOW))
    sent = SendCalled(new_id(), hidden.id, PANEL, TOMORROW)
    kin = SendCalled(new_id(), hidden.id, (Assigned(YING, "producer"), *PANEL[1:]), TOMORROW)
    await refused("inspections.kin_of_the_farmer", run(commands.send, kin, by=WAN, at=NOW))
    again = SendCalled(new_id(), hidden.id, PANEL, TOMORROW)
    done = await asyncio.gather(
        *[run(commands.send, one, by=WAN, at=NOW) for one in (sent, again)], return_exceptions=True
    )
    assert [one.code for one in done if isinstance(one, Refusal)] == ["calls.over"]
    sent, again = (sent, again) if not isinstance(done[0], Refusal) else (again, sent)
    visit = await visits.inspection(sent.id)
    assert (visit.kind, visit.application) == ("random", asked)
    back = TakeBack(hidden.id, "เข้าใจผิด")
    await refused("calls.over", run(commands.send, again, by=WAN, at=NOW))
    await refused("calls.over", run(commands.take_back, back, by=WAN, at=NOW))
    await run(inspections.cancel, sent.id, by=WAN, at=NOW)  # then it waits again
    await refused(
        "calls.reason_missing", run(commands.take_back, TakeBack(hidden.id, " "), by=WAN, at=NOW)
    )
    await run(commands.take_back, back, by=WAN, at=NOW)
    await refused("calls.over", run(commands.send, again, by=WAN, at=NOW))
    complaint = wanted(asked)
    await refused("calls.own_land", run(commands.call, complaint, by=YING, at=NOW))
    await run(commands.call, complaint, by=WAN, at=NOW)
    away = TakeBack(complaint.id, "ไม่ต้อง")
    for near_or_own in (MALEE, YING):
        await refused("calls.own_land", run(commands.take_back, away, by=near_or_own, at=NOW))
    answered = SendCalled(new_id(), complaint.id, PANEL, TOMORROW)
    await run(commands.send, answered, by=WAN, at=NOW)
    assert [one.words for one in await visits.about(answered.id)] == ["ถุงไม่มีป้าย"]
    await readers.read_on(NOW)
    assert await log_faults() == []


async def test_land_whose_certificate_has_ended_may_be_looked_at_too(db: Database) -> None:
    """Its goods may still be on sale; nothing of it is given back by a visit."""
    await village(db)
    await nok_may_look()
    await published()
    paper = await certified()
    [asked] = [a.id for a in await applications.of_plot(paper.plot)]
    kept = wanted(asked, "random")
    await run(commands.call, kept, by=WAN, at=NOW)
    ends = ChangeCertificate(new_id(), paper.certificate, "holder_wishes", TODAY)
    await run(certificates.surrender, ends, by=MALEE, at=NOW)
    new = wanted(asked)
    await run(commands.call, new, by=WAN, at=NOW)
    for one in (kept, new):
        sent = SendCalled(new_id(), one.id, PANEL, TOMORROW)
        await run(commands.send, sent, by=WAN, at=NOW)
        assert (await visits.inspection(sent.id)).kind == one.kind
    assert [one.waits for one in await queries.of_groups([RATTAPHUM])] == [False, False]
    [known] = await papers.of_plot(paper.plot)
    assert (await papers.standing(known, None, TOMORROW)).state == "surrendered"
    assert await log_faults() == []
