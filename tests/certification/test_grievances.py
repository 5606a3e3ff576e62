"""Somebody complains of Malee's kale, and Wan's committee deals with it."""

import asyncio
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from certification.applications import queries as applications
from certification.basis.database import Database, in_use
from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.grievances import commands, queries, rules
from certification.grievances.rules import (
    FLOW,
    STATES,
    AboutTheLeader,
    ChangedMeanwhile,
    Complain,
    Concern,
    NotInThisState,
    OutcomeMissing,
    TakeStep,
)
from certification.inspections import assigning
from certification.inspections import queries as visits
from certification.meetings import queries as agendas
from certification.people import commands as people
from certification.people.rules import Relate
from tests.cast import (
    ADMIN,
    DAO,
    KRIT,
    MALEE,
    NOK,
    NOW,
    RATTAPHUM,
    TODAY,
    WAN,
    YING,
    later,
    log_faults,
    village,
)
from tests.guarantee import assignment, certified, meeting, published

REACH = "LINE zz-reach-zz"


def complaint(**also: Any) -> Complain:
    plain = Complain(
        id=new_id(), kind="not_organic", words="เห็นถังยาในแปลง", language="th", organ=RATTAPHUM,
        concerns=(Concern(MALEE, "farmer"),),
    )  # fmt: skip
    return msgspec.structs.replace(plain, **also)


async def complained(**also: Any) -> str:
    wanted = complaint(**also)
    await run(commands.complain, wanted, by=wanted.person or "stranger", at=NOW)
    return wanted.id


async def taken(id: str, kind: rules.Step, *, by: str = WAN, at: Any = NOW, **also: Any) -> None:
    seen = None if kind in rules.COMPLAINANTS else (await queries.grievance(id)).steps
    data = TakeStep(id=new_id(), grievance=id, kind=kind, seen=seen, **also)
    await run(commands.take, data, by=by, at=at)


async def state(id: str) -> str:
    return (await queries.grievance(id)).state


async def test_the_days_promised_are_the_charters(db: Database) -> None:
    await village(db)
    version = await published(complaint_days=7)
    promised = await queries.grievance(await complained(scheme_version=version))
    assert promised.due_on == TODAY + timedelta(days=7)
    assert (await queries.grievance(await complained())).due_on is None, "no charter, no promise"


def test_a_step_is_taken_only_from_where_it_leads_on() -> None:
    """Every step from every state: as the flow says, or refused with the state it stands in."""
    wrong = []
    for kind, (before, then) in FLOW.items():
        for one in STATES:
            outcome: Any = "dismissed" if one == "dismissed" else "confirmed"
            data = TakeStep(id="", grievance="", kind=kind, words="คำ", outcome=outcome)
            try:
                came = rules.after(one, data)
            except NotInThisState as no:
                came = None
                wrong += [] if no.facts["state"] == one else [(kind, one)]
            if came != ((then or one) if one in before else None):
                wrong.append((kind, one))
    assert not wrong
    for one, outcome in (
        ("dismissed", "confirmed"),
        ("looked_at", "dismissed"),
        ("answered", None),
    ):
        data = TakeStep(id="", grievance="", kind="answer", words="คำ", outcome=outcome)  # type: ignore[arg-type]
        with pytest.raises(OutcomeMissing):
            rules.after(one, data)  # type: ignore[arg-type]


async def test_from_the_scan_to_the_answer(db: Database) -> None:
    await village(db)
    await published()
    paper = await certified()
    asked = (await visits.of_plot(paper.plot))[0].application
    version = (await applications.application(asked)).scheme_version
    id = await complained(plot=paper.plot, scheme_version=version, reach=REACH, name="ผู้ร้อง")
    with pytest.raises(NotInThisState):
        await taken(id, "answer", words="ไม่จริง", outcome="not_confirmed")
    await taken(id, "look", words="ดูน่าเชื่อ")
    ordinary = (await visits.of_plot(paper.plot))[0].id
    with pytest.raises(rules.NotOfIt):
        await taken(id, "visit", about=ordinary)
    visit = msgspec.structs.replace(assignment(asked), kind="complaint", reason="มีคนร้อง")
    await run(assigning.assign, visit, by=YING, at=NOW)
    await taken(id, "visit", about=visit.id)
    there = await meeting(held_on=TODAY)
    await taken(id, "agenda", about=there)
    [item] = await agendas.items(there)
    assert item.title == f"เรื่องร้องเรียน {(await queries.grievance(id)).code[:4]}"
    await taken(id, "tell", words="มีคนเห็นถังใกล้แปลง")
    with pytest.raises(rules.NotOfIt):
        await taken(id, "find", words="ถังยาในแปลง")
    await taken(id, "find", words="ถังยาในแปลง", item="N14", severity="major")
    [finding] = await visits.open_findings(paper.plot)
    assert (finding.source, finding.about, finding.what) == ("complaint", id, "ถังยาในแปลง")
    await taken(id, "answer", words="ไปดูแล้ว", outcome="confirmed", at=later(days=4))
    await taken(id, "close")
    [told] = await queries.told_to(MALEE)
    assert (told.words, told.by_whom) == ("มีคนเห็นถังใกล้แปลง", "")
    assert await queries.told_to(NOK) == []
    for kind in ("add", "withdraw"):
        with pytest.raises(NotInThisState):
            await taken(id, kind, words="อีกอย่าง")
    assert not await log_faults()


async def test_of_two_who_answer_at_once_the_second_is_told(db: Database) -> None:
    await village(db)
    id = await complained()
    await taken(id, "look")
    answers = [
        TakeStep(id=new_id(), grievance=id, kind="answer", seen=1, words=words, outcome=outcome)
        for words, outcome in (("จริง", "confirmed"), ("ไม่จริง", "not_confirmed"))
    ]
    deeds = [
        run(commands.take, one, by=by, at=NOW) for one, by in zip(answers, (WAN, DAO), strict=True)
    ]
    done = await asyncio.gather(*deeds, return_exceptions=True)
    [no] = [one for one in done if isinstance(one, Exception)]
    assert isinstance(no, ChangedMeanwhile)
    assert no.facts == {"state": "answered"}
    assert [one.kind for one in await queries.steps(id)] == ["look", "answer"]
    assert not await log_faults()


async def test_taken_back_while_it_is_answered_it_is_one_or_the_other(db: Database) -> None:
    await village(db)
    id = await complained()
    await taken(id, "look")
    answer = TakeStep(
        id=new_id(), grievance=id, kind="answer", seen=1, words="จริง", outcome="confirmed"
    )
    back = TakeStep(id=new_id(), grievance=id, kind="withdraw")
    both = (
        run(commands.take, answer, by=WAN, at=NOW),
        run(commands.take, back, by="stranger", at=NOW),
    )
    done = await asyncio.gather(*both, return_exceptions=True)
    [no] = [one for one in done if isinstance(one, Exception)]
    won = await state(id)
    assert (won, type(no)) in (("answered", NotInThisState), ("withdrawn", ChangedMeanwhile))
    assert len(await queries.steps(id)) == 2


async def test_how_to_reach_somebody_lies_in_the_vault_and_goes_with_them(db: Database) -> None:
    await village(db)
    id = await complained(reach=REACH, name="สมศรี ZZNAME")
    of = await queries.grievance(id)
    assert (await queries.reach(id), await queries.complainants_name(of)) == (REACH, "สมศรี ZZNAME")
    tables = [row["name"] for row in await _tables(db)]
    for table in tables:
        rows = str(await in_use().query(f'SELECT * FROM "{table}"'))
        assert not [word for word in ("zz-reach-zz", "ZZNAME") if word in rows], table
    assert of.complainant is not None
    await run(people.erase, of.complainant, by=ADMIN, at=NOW)
    assert (await queries.reach(id), await queries.complainants_name(of)) == ("", "")
    assert not await log_faults()
    nameless = await queries.grievance(await complained())
    assert (nameless.complainant, nameless.may_name) == (None, False)


async def _tables(db: Database) -> list[dict[str, Any]]:
    if db.engine_type == "sqlite":
        return await in_use().query("SELECT name FROM sqlite_master WHERE type = 'table'")
    return await in_use().query(
        "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'"
    )


async def test_whom_it_is_about_and_their_kin_are_kept_out(db: Database) -> None:
    await village(db)
    await run(people.relate, Relate(new_id(), MALEE, WAN, "kin", TODAY, 2), by=ADMIN, at=NOW)
    near = await complained()
    assert {MALEE, WAN} <= await queries.kept_out(near, TODAY)
    assert await queries.desk(near, NOW, TODAY) == frozenset()
    far = await complained(concerns=(Concern(YING, "leader"),), kind="conduct", conduct_of="leader")
    assert await queries.desk(far, NOW, TODAY) == {WAN}
    await taken(far, "look")
    with pytest.raises(AboutTheLeader):
        await taken(far, "group", words="ชี้แจงด้วย")
    await taken(far, "concern", about=KRIT)
    assert KRIT in await queries.kept_out(far, TODAY)
    own = await complained(person=WAN)
    assert WAN in await queries.kept_out(own, TODAY), "nobody answers their own complaint"


async def test_what_names_nobody_is_taken_on_by_whom_reads_it(db: Database) -> None:
    there = await village(db)
    id = await complained(organ=None, concerns=(), scanned="ZZZZZZZZ", kind="label")
    await taken(id, "look", organ=there.network)
    assert (await queries.grievance(id)).organ == there.network
    with pytest.raises(rules.NoGroup):
        await taken(id, "tell", words="คำ")


async def test_figures_of_a_group_in_a_year(db: Database) -> None:
    await village(db)
    for days, outcome in ((2, "confirmed"), (4, "not_confirmed"), (9, "not_confirmed")):
        id = await complained()
        await taken(id, "look")
        await taken(id, "answer", words="คำ", outcome=outcome, at=later(days=days))
    back = await complained()
    await taken(back, "withdraw")
    found = await queries.figures(RATTAPHUM, 2026)
    assert found == queries.Figures(received=4, answered=3, confirmed=1, median_days=4)
    assert (await queries.figures(RATTAPHUM, 2025)).received == 0


async def test_what_cannot_be_read_is_refused_and_a_full_desk_says_so(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await village(db)
    for wrong, why in (
        (complaint(words=" "), rules.WordsMissing),
        (complaint(words="ก" * 4_001), rules.TooLong),
        (complaint(reach="0" * 121), rules.TooLong),
        (complaint(kind="conduct"), rules.WhoseConduct),
        (complaint(bought_on=TODAY + timedelta(days=1)), rules.BoughtOutOfTime),
        (complaint(photos=("a", "b", "c", "d")), rules.TooManyPhotos),
    ):
        with pytest.raises(why):
            await run(commands.complain, wrong, by="stranger", at=NOW)
    monkeypatch.setattr(rules, "QUEUE_MAX", 1)
    id = await complained()
    with pytest.raises(rules.QueueFull):
        await complained()
    await taken(id, "look")
    await complained()
