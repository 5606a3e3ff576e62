"""A season's plan among the cast: proposed, changed, adopted, answered, swapped, and gone wrong."""

import asyncio
from typing import Any

import msgspec
import pytest

from certification.applications import commands as applications
from certification.applications.rules import Withdraw
from certification.assignment import (
    answers,
    commands,
    explain,
    gathered,
    looks,
    plans,
    queries,
    solve,
)
from certification.assignment.plans import Arrange, AskOverride, Decline, KeepPlan, Move, OfferSwap
from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.groups import commands as groups
from certification.inspections import commands as inspections
from certification.inspections import queries as visits
from certification.inspections.answering import GiveAnswers
from certification.inspections.rules import BeginInspection, FinishInspection, MakeFinding
from certification.people import commands as people
from certification.people.rules import Relate
from certification.schemes import queries as schemes
from certification.schemes.rules import PEER, PanelSeat
from certification.trainings import commands as trainings
from certification.trainings.rules import RecordTraining
from tests.cast import (
    ADMIN,
    CHAN,
    DAO,
    KRIT,
    MALEE,
    NETWORK,
    NOK,
    NOW,
    PRASERT,
    RATTAPHUM,
    SOMCHAI,
    TODAY,
    TOMORROW,
    WAN,
    YESTERDAY,
    YING,
    log_faults,
    village,
)
from tests.guarantee import (
    PANEL,
    accepted,
    begun,
    good_answers,
    nok_may_look,
    planted,
    published,
)

SEASON = TODAY.year


async def proposed(*, organ: str = NETWORK, by: str = WAN, **charter: Any) -> queries.PlanView:
    """Malee's and Chan's plots are due."""
    await nok_may_look()
    await published(**charter)
    for farmer in (MALEE, CHAN):
        await accepted(await planted(farmer=farmer), farmer=farmer)
    return await again(organ=organ, by=by)


async def again(*, organ: str = NETWORK, by: str = WAN, seed: int = 1) -> queries.PlanView:
    version = await schemes.in_force("sgs-pgs", TODAY)
    due = await gathered.due(organ, SEASON)
    season = await gathered.season(organ, SEASON, version, [*due], seed=seed, at=NOW)
    kept = KeepPlan(
        new_id(), organ, SEASON, version.id, seed, solve.fill(season).places,
        {plot: asked.id for plot, asked in due.items()},
    )  # fmt: skip
    event = await run(commands.keep, kept, by=by, at=NOW)
    return await queries.plan(event.plan)


async def adopted(**charter: Any) -> queries.PlanView:
    plan = await proposed(**charter)
    await run(commands.adopt, plan.id, plan.revision, by=WAN, at=NOW)
    return await queries.plan(plan.id)


def one_seat() -> tuple[PanelSeat, ...]:
    seats = schemes.preset("sgs-pgs-small").rules.panel_seats
    return tuple(msgspec.structs.replace(s, minimum=int(s.code == PEER)) for s in seats)


async def refused(code: str, command: Any, *asked: Any, by: str, **more: Any) -> dict[str, Any]:
    with pytest.raises(Refusal) as no:
        await run(command, *asked, by=by, at=NOW, **more)
    assert no.value.code == code
    return dict(no.value.facts)


async def seat_of(plan: queries.PlanView, person: str) -> queries.SeatView:
    return next(s for s in await queries.seats(plan.id) if s.person == person)


async def test_a_plan_is_proposed_anew_and_adopted_once_however_many_press(db: Database) -> None:
    await village(db)
    plan = await proposed()
    seats = await queries.seats(plan.id)
    assert {s.person for s in seats} <= {MALEE, SOMCHAI, CHAN, YING, NOK}
    assert sorted(s.seat for s in seats) == ["consumer", "consumer", *["producer"] * 4]
    malee = {s.person for s in seats if s.application == seats[0].application}
    assert len(malee) == 3
    newer = await again(seed=2)
    assert (newer.id, newer.revision) == (plan.id, plan.revision + 1)
    await refused("assignment.changed_meanwhile", commands.adopt, plan.id, plan.revision, by=WAN)
    both = await asyncio.gather(
        *[run(commands.adopt, newer.id, newer.revision, by=who, at=NOW) for who in (WAN, YING)],
        return_exceptions=True,
    )
    assert sum(isinstance(one, plans.Adopted) for one in both) == 1, both
    assert {s.state for s in await queries.seats(plan.id)} == {"asked"}
    with pytest.raises(plans.AdoptedAlready):
        await again(seed=3)
    assert await log_faults() == []


async def test_all_agree_and_the_plan_becomes_visits(db: Database) -> None:
    await village(db)
    plan = await adopted()
    panel = await queries.seats(plan.id)
    plot = panel[0].plot
    arrange = Arrange(new_id(), plan.id, plot, TOMORROW, "initial")
    await refused("assignment.not_all_agreed", commands.arrange, arrange, by=WAN)
    for seat in panel:
        await refused("assignment.not_asked", answers.accept, seat.id, by=KRIT)
        for _ in range(2):
            await run(answers.accept, seat.id, by=str(seat.person), at=NOW)
    await run(commands.arrange, arrange, by=WAN, at=NOW)
    there = await visits.seats(arrange.id)
    assert {m.person for m in there} == {s.person for s in panel if s.plot == plot}
    await refused("assignment.not_all_agreed", commands.arrange, arrange, by=WAN)
    mine = next(s for s in panel if s.plot == plot)
    late = Decline(mine.id, "ไม่ว่าง")
    await refused("assignment.not_asked", answers.decline, late, by=str(mine.person))
    assert (await queries.standing(plan, NOW)).against == {}, "a visit is not its own history"
    await run(inspections.cancel, arrange.id, by=WAN, at=NOW)
    other = msgspec.structs.replace(arrange, id=new_id())
    await run(commands.arrange, other, by=WAN, at=NOW)
    assert await log_faults() == []


async def test_who_declines_is_replaced_and_a_person_told_to_be_too_near_is_refused(
    db: Database,
) -> None:
    await village(db)
    plan = await adopted()
    seats = await queries.seats(plan.id)
    seat = next(s for s in seats if s.seat == "producer" and s.person != MALEE)
    silent = Decline(seat.id, " ")
    await refused("assignment.reason_missing", answers.decline, silent, by=str(seat.person))
    declined = Decline(seat.id, "ไปดูแลแม่ที่โรงพยาบาล")
    event = await run(answers.decline, declined, by=str(seat.person), at=NOW)
    assert event.organ == NETWORK
    on_plot = {s.person for s in seats if s.plot == seat.plot}
    free = next(p for p in (SOMCHAI, YING, CHAN) if p not in on_plot)
    farmer = (await gathered.due(NETWORK, SEASON))[seat.plot].applicant
    said = Relate(new_id(), free, farmer, "veto", TODAY)
    now = await queries.plan(plan.id)
    move = Move(seat.id, free, now.revision)
    stale = Move(seat.id, free, now.revision - 1)
    await refused("assignment.changed_meanwhile", commands.move, stale, by=WAN)
    if said.person != said.other:
        await run(people.relate, said, by=WAN, at=NOW)
    why = await refused("assignment.barred", commands.move, move, by=WAN)
    assert {*why["why"]} & {"veto", "own_plot"}
    ask = AskOverride(new_id(), seat.id, free, "ไม่มีใครอื่น", DAO)
    await refused("assignment.never_overridden", commands.ask_override, ask, by=WAN)


async def test_an_override_needs_a_reason_a_second_signature_and_an_observer(db: Database) -> None:
    """Kin of the farmer: two sign, one stands by, and the visit can be held."""
    await village(db)
    plan = await adopted()
    seats = await queries.seats(plan.id)
    seat = next(s for s in seats if s.seat == "producer" and s.person in (SOMCHAI, YING))
    farmer = (await gathered.due(NETWORK, SEASON))[seat.plot].applicant
    kin = Relate(new_id(), str(seat.person), farmer, "kin", TODAY, 2)
    await run(people.relate, kin, by=ADMIN, at=NOW)
    standing = await queries.standing(plan, NOW)
    assert {**standing.against}[seat.id].why == ("kin",), "told since: the board sees it"
    await refused("assignment.barred", answers.accept, seat.id, by=str(seat.person))
    ask = AskOverride(new_id(), seat.id, str(seat.person), "", PRASERT)
    await refused("assignment.reason_missing", commands.ask_override, ask, by=WAN)
    ask = msgspec.structs.replace(ask, reason="ไม่มีผู้ตรวจคนอื่นในกลุ่มนี้", observer=seat.person)
    await refused("assignment.observer_too", commands.ask_override, ask, by=WAN)
    ask = msgspec.structs.replace(ask, observer=PRASERT)
    await run(commands.ask_override, ask, by=WAN, at=NOW)
    for who in (WAN, PRASERT, str(seat.person)):
        await refused("assignment.second_signature", commands.sign_override, ask.id, by=who)
    assert await queries.signed_on_plot(seat.plot) == []
    await run(commands.sign_override, ask.id, by=DAO, at=NOW)
    await refused("assignment.signed_already", commands.sign_override, ask.id, by=DAO)
    [public] = await queries.signed_on_plot(seat.plot)
    assert (public.why, public.observer) == ("kin", PRASERT)
    for one in await queries.seats(plan.id):
        if one.plot == seat.plot:
            await run(answers.accept, one.id, by=str(one.person), at=NOW)
    arrange = Arrange(new_id(), plan.id, seat.plot, TODAY, "initial")
    await run(commands.arrange, arrange, by=WAN, at=NOW)
    assert await visits.excused(arrange.id) == {seat.person}
    await run(inspections.begin, BeginInspection(arrange.id, NOW), by=str(seat.person), at=NOW)
    assert await log_faults() == []


async def test_two_swap_where_both_may_go_and_not_where_one_has_come_too_near(db: Database) -> None:
    await village(db)
    plan = await adopted(panel_seats=one_seat(), min_inspectors=1)
    mine, theirs = await queries.seats(plan.id)
    if mine.person in (None, CHAN) or theirs.person in (None, MALEE):
        mine, theirs = theirs, mine
    offer = OfferSwap(new_id(), mine.id, theirs.id)
    await refused("assignment.not_asked", answers.offer, offer, by=KRIT)
    for person, seat in ((SOMCHAI, mine), (YING, theirs)):
        now = await queries.plan(plan.id)
        await run(commands.move, Move(seat.id, person, now.revision), by=WAN, at=NOW)
    await run(answers.offer, offer, by=SOMCHAI, at=NOW)
    await refused("assignment.not_asked", answers.answer, offer.id, by=NOK, agreed=True)
    farmer = (await gathered.due(NETWORK, SEASON))[theirs.plot].applicant
    veto = Relate(new_id(), SOMCHAI, farmer, "veto", TODAY)
    await run(people.relate, veto, by=WAN, at=NOW)
    await refused("assignment.barred", answers.answer, offer.id, by=YING, agreed=True)
    await run(people.unrelate, veto.id, TODAY, "พูดคุยกันแล้ว", by=WAN, at=NOW)
    later = NOW.replace(day=24)
    await run(answers.answer, offer.id, agreed=True, by=YING, at=later)
    assert (await queries.seat(mine.id)).person == YING
    assert (await queries.seat(theirs.id)).state == "accepted"
    with pytest.raises(plans.SwapGone):
        await run(answers.answer, offer.id, agreed=True, by=YING, at=later)
    assert await log_faults() == []


async def test_who_leaves_the_role_and_a_plot_that_is_withdrawn_are_named(db: Database) -> None:
    there = await village(db)
    plan = await adopted()
    seats = await queries.seats(plan.id)
    for seat in seats:
        await run(answers.accept, seat.id, by=str(seat.person), at=NOW)
    gone = next(s for s in seats if s.person in (SOMCHAI, YING))
    await run(groups.end_role, there.grants[str(gone.person), "inspector"], by=ADMIN, at=NOW)
    standing = await queries.standing(plan, NOW.replace(hour=9))
    assert standing.against[gone.id].why == ("left",)
    arrange = Arrange(new_id(), plan.id, gone.plot, TODAY, "initial")
    with pytest.raises(plans.Barred):
        await run(commands.arrange, arrange, by=WAN, at=NOW.replace(hour=9))
    other = next(s for s in seats if s.plot != gone.plot)
    farmer = (await gathered.due(NETWORK, SEASON))[other.plot].applicant
    await run(applications.withdraw, Withdraw(other.application), by=farmer, at=NOW)
    assert other.plot not in await gathered.due(NETWORK, SEASON)
    arrange = Arrange(new_id(), plan.id, other.plot, TODAY, "initial")
    with pytest.raises(Refusal) as no:
        await run(commands.arrange, arrange, by=WAN, at=NOW)
    assert no.value.code in ("inspections.application_not_ready", "assignment.barred")


async def test_a_member_without_training_is_left_out_and_said_so(db: Database) -> None:
    await village(db)
    there = (MALEE, CHAN, SOMCHAI)
    held = RecordTraining(new_id(), RATTAPHUM, "ตรวจแปลงเพื่อน", YESTERDAY, 180, there)
    await run(trainings.record, held, by=YING, at=NOW)
    plan = await proposed(training_hours_min=3)
    assert YING not in {seat.person for seat in await queries.seats(plan.id)}
    season = (await queries.standing(plan, NOW)).seating
    for empty in explain.empty(season):
        why = {one.person: one.why for one in empty.excluded}
        assert "untrained" in why[YING]
    assert [place.place.seat for place in explain.empty(season)] == ["producer"], "Chan's second"


async def test_a_charter_may_ask_training_of_guests_too_who_can_then_be_taught(
    db: Database,
) -> None:
    await village(db)
    seats = tuple(
        msgspec.structs.replace(s, training="everybody") if s.code != PEER else s
        for s in schemes.preset("sgs-pgs-small").rules.panel_seats
    )
    there = (MALEE, CHAN, SOMCHAI, YING)
    held = RecordTraining(new_id(), RATTAPHUM, "ตรวจแปลงเพื่อน", YESTERDAY, 180, there)
    await run(trainings.record, held, by=YING, at=NOW)
    plan = await proposed(training_hours_min=3, panel_seats=seats)
    assert NOK not in {seat.person for seat in await queries.seats(plan.id)}
    nok = RecordTraining(new_id(), NETWORK, "ผู้บริโภคตรวจแปลง", YESTERDAY, 180, (NOK,))
    await run(trainings.record, nok, by=WAN, at=NOW)
    plan = await again(seed=2)
    assert NOK in {seat.person for seat in await queries.seats(plan.id)}


async def test_who_was_taught_or_has_looked_at_such_land_goes_first(db: Database) -> None:
    await village(db)
    plan = await proposed(panel_seats=one_seat(), min_inspectors=1)
    [land, *_] = (await queries.standing(plan, NOW)).seating.lands
    assert land.skills == {"field", "annual"}
    for person in (SOMCHAI, YING):
        held = RecordTraining(
            new_id(), RATTAPHUM, "ตรวจแปลงผัก", YESTERDAY, 180, (person,), ("field", "annual")
        )
        await run(trainings.record, held, by=YING, at=NOW)
        plan = await again()
        seats = await queries.seats(plan.id)
        mine = next(s for s in seats if s.application == seats[0].application)
        season = (await queries.standing(plan, NOW)).seating
        knows = {who.person for who in season.people if who.skills}
        assert mine.person in knows, "a soft rule: somebody who knows, where somebody may"


async def test_all_who_signed_stand_for_what_was_found(db: Database) -> None:
    await village(db)
    await nok_may_look()
    await published()
    visit = await begun(await accepted(await planted()))
    item = schemes.preset("sgs-pgs-small").checklist[0].code
    finding = MakeFinding(new_id(), visit, item, "minor", "ถังน้ำมัน", "ย้าย", TOMORROW)
    await run(inspections.find, finding, by=SOMCHAI, at=NOW)
    await run(inspections.answer, GiveAnswers(visit, tuple(good_answers())), by=SOMCHAI, at=NOW)
    for member in PANEL:
        await run(inspections.sign, visit, by=member.person, at=NOW)
    await run(inspections.finish, FinishInspection(visit, "signed", NOW), by=SOMCHAI, at=NOW)
    assert {one.person: one.found for one in await looks.seen(NETWORK, TODAY)} == {
        member.person: 1 for member in PANEL
    }


async def test_a_new_charter_in_the_season_does_not_move_the_plan_and_visits_keep_theirs(
    db: Database,
) -> None:
    await village(db)
    plan = await adopted()
    await published(min_inspectors=4)
    held = await queries.plan(plan.id)
    assert held.scheme_version == plan.scheme_version
    seats = await queries.seats(plan.id)
    for seat in seats:
        await run(answers.accept, seat.id, by=str(seat.person), at=NOW)
    arrange = Arrange(new_id(), plan.id, seats[0].plot, TODAY, "initial")
    await run(commands.arrange, arrange, by=WAN, at=NOW)
    assert (await visits.inspection(arrange.id)).scheme_version == plan.scheme_version


async def test_a_day_is_set_only_in_a_plan_that_was_adopted(db: Database) -> None:
    await village(db)
    plan = await proposed()
    seat = (await queries.seats(plan.id))[0]
    wanted = Arrange(new_id(), plan.id, seat.plot, TOMORROW, "initial")
    with pytest.raises(plans.NotAdopted):
        await commands.arrange(wanted, by=WAN, at=NOW)
