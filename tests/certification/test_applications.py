"""Malee asks to be certified; somebody else says whether her papers are complete."""

import asyncio
from datetime import timedelta

import pytest

from certification.applications import commands, queries, refusals, rules
from certification.applications.rules import Resubmit, ReturnApplication, Withdraw
from certification.applications.tables import Application, Pledge
from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.proof import verify
from certification.basis.transaction import run
from tests.cast import CHAN, DAO, KRIT, MALEE, NOK, NOW, RATTAPHUM, TODAY, WAN, YING, later, village
from tests.guarantee import LONG_CLEAN, ON_PAPER, accepted, application, applied, planted, published


async def plot(db: Database) -> str:
    await village(db)
    await published()
    return await planted()


async def test_malee_applies_with_her_pledge(db: Database) -> None:
    land = await plot(db)
    wanted = application(land)
    event = await commands.submit(wanted, by=MALEE, at=NOW)
    assert (event.applicant, event.group) == (MALEE, RATTAPHUM)
    seen = await queries.application(wanted.id)
    assert (seen.state, seen.no_prohibited_since) == ("submitted", LONG_CLEAN)
    pledge = await queries.pledge(wanted.id)
    assert (pledge.person, pledge.typed_by, pledge.text_digest) == (
        MALEE, MALEE, wanted.pledge_digest,
    )  # fmt: skip
    assert [a.id for a in await queries.of_plot(land)] == [wanted.id]
    assert [a.id for a in await queries.of_person(MALEE)] == [wanted.id]
    assert [a.id for a in await queries.of_group(RATTAPHUM, ["submitted"])] == [wanted.id]
    assert await queries.of_group(RATTAPHUM, ["accepted"]) == []
    assert not await verify([Application, Pledge])


async def test_a_helper_types_for_malee_and_it_is_seen(db: Database) -> None:
    land = await plot(db)
    for stranger in (KRIT, NOK):
        with pytest.raises(refusals.NotYourPlot):
            await commands.submit(application(land), by=stranger, at=NOW)
        with pytest.raises(refusals.NotYourPlot):
            await commands.submit(application(land, on_behalf_of=MALEE), by=stranger, at=NOW)
    with pytest.raises(refusals.NotYourPlot):
        await commands.submit(application(land, on_behalf_of=CHAN), by=CHAN, at=NOW)
    wanted = application(land, on_behalf_of=MALEE)
    event = await commands.submit(wanted, by=CHAN, at=NOW)
    pledge = await queries.pledge(wanted.id)
    assert (event.applicant, pledge.person, pledge.typed_by) == (MALEE, MALEE, CHAN)


async def test_the_networks_people_may_type_too(db: Database) -> None:
    land = await plot(db)
    event = await commands.submit(application(land, on_behalf_of=MALEE), by=DAO, at=NOW)
    assert event.applicant == MALEE


async def test_one_application_is_open_at_a_time_also_at_the_same_moment(db: Database) -> None:
    land = await plot(db)
    done = await asyncio.gather(
        *(run(commands.submit, application(land), by=MALEE, at=NOW) for _ in range(3)),
        return_exceptions=True,
    )
    assert sum(isinstance(d, rules.ApplicationSubmitted) for d in done) == 1
    assert sum(isinstance(d, refusals.AppliedAlready) for d in done) == 2
    [open_one] = await queries.of_plot(land)
    await commands.withdraw(Withdraw(open_one.id), by=MALEE, at=NOW)
    await commands.submit(application(land), by=MALEE, at=later(hours=1))
    assert [a.state for a in await queries.of_plot(land)] == ["submitted", "withdrawn"]


async def test_an_older_pledge_must_be_read_again(db: Database) -> None:
    land = await plot(db)
    with pytest.raises(refusals.PledgeChanged):
        await commands.submit(application(land, pledge_digest="0" * 64), by=MALEE, at=NOW)


async def test_no_plan_no_future_no_application(db: Database) -> None:
    land = await plot(db)
    with pytest.raises(refusals.PlanMissing):
        await commands.submit(application(land, farm_plan="  "), by=MALEE, at=NOW)
    with pytest.raises(refusals.DateInTheFuture):
        tomorrow = application(land, clean_since=TODAY + timedelta(days=1))
        await commands.submit(tomorrow, by=MALEE, at=NOW)


async def test_returned_and_completed_and_accepted(db: Database) -> None:
    id = await applied(await plot(db))
    with pytest.raises(refusals.ReasonMissing):
        await commands.return_(ReturnApplication(id, " "), by=YING, at=NOW)
    await commands.return_(ReturnApplication(id, "ขอแผนปีหน้าด้วย"), by=YING, at=NOW)
    with pytest.raises(refusals.NotNow):
        await commands.accept(id, ON_PAPER, by=WAN, at=NOW)
    with pytest.raises(refusals.OnlyTheApplicant):
        await commands.resubmit(Resubmit(id, "แผนใหม่", LONG_CLEAN), by=YING, at=NOW)
    await commands.resubmit(Resubmit(id, "แผนใหม่", LONG_CLEAN), by=MALEE, at=later(hours=1))
    with pytest.raises(refusals.Incomplete) as no:
        await commands.accept(id, by=WAN, at=later(hours=2))
    assert "self_review" in no.value.facts["lacks"]
    await commands.accept(id, ON_PAPER, by=WAN, at=later(hours=2))
    check = await queries.check(id)
    assert check is not None
    assert (check.by, check.despite, "water" in check.missing) == (WAN, ON_PAPER, True)
    seen = await queries.application(id)
    assert (seen.state, seen.farm_plan, seen.return_reason) == (
        "accepted", "แผนใหม่", "ขอแผนปีหน้าด้วย",
    )  # fmt: skip
    assert not await verify([Application, Pledge])
    rows = await db.query("SELECT body FROM log_entry WHERE subject = {}", id)
    assert all("แผน" not in bytes(row["body"]).decode() for row in rows)


async def test_malee_neither_accepts_nor_returns_her_own(db: Database) -> None:
    id = await applied(await plot(db))
    with pytest.raises(refusals.NotByTheApplicant):
        await commands.accept(id, by=MALEE, at=NOW)
    with pytest.raises(refusals.NotByTheApplicant):
        await commands.return_(ReturnApplication(id, "x"), by=MALEE, at=NOW)
    for other in (KRIT, YING):
        with pytest.raises(refusals.OnlyTheApplicant):
            await commands.withdraw(Withdraw(id), by=other, at=NOW)


async def test_ying_of_the_group_types_for_malee_when_she_says_so_and_krit_never(
    db: Database,
) -> None:
    id = await applied(await plot(db))
    await commands.return_(ReturnApplication(id, "ขอแผนปีหน้าด้วย"), by=WAN, at=NOW)
    for nobody, whom in ((KRIT, MALEE), (YING, KRIT), (YING, None)):
        with pytest.raises(refusals.OnlyTheApplicant):
            mended = Resubmit(id, "แผนใหม่", LONG_CLEAN, whom)
            await commands.resubmit(mended, by=nobody, at=NOW)
        with pytest.raises(refusals.OnlyTheApplicant):
            await commands.withdraw(Withdraw(id, whom), by=nobody, at=NOW)
    await commands.resubmit(Resubmit(id, "แผนใหม่", LONG_CLEAN, MALEE), by=YING, at=NOW)
    await commands.withdraw(Withdraw(id, MALEE), by=YING, at=NOW)
    assert (await queries.application(id)).state == "withdrawn"


async def test_a_step_is_taken_once_and_none_is_skipped(db: Database) -> None:
    id = await accepted(await plot(db))
    with pytest.raises(refusals.NotNow) as no:
        await commands.accept(id, by=WAN, at=NOW)
    assert no.value.facts["state"] == "accepted"
    with pytest.raises(refusals.NotNow):
        await commands.mark_decided(id, by=WAN, at=NOW)
    await commands.mark_inspected(id, by=WAN, at=NOW)
    await commands.mark_decided(id, by=WAN, at=NOW)
    with pytest.raises(refusals.NotNow):
        await commands.withdraw(Withdraw(id), by=MALEE, at=NOW)


async def test_what_is_not_there_is_missing(db: Database) -> None:
    await village(db)
    with pytest.raises(refusals.ApplicationMissing):
        await commands.accept(new_id(), by=YING, at=NOW)
    with pytest.raises(refusals.ApplicationMissing):
        await queries.pledge(new_id())
