"""Somchai, Chan and Nok look at Malee's plot; what they signed is never changed."""

import asyncio
import random
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.applications import commands as applications
from certification.applications import queries as application_queries
from certification.applications.refusals import NotNow
from certification.applications.rules import Withdraw
from certification.basis import blobs
from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.proof import verify
from certification.basis.transaction import run
from certification.inspections import answering, commands, panel, queries, refusals, sheets
from certification.inspections.answering import AnswerGiven, GiveAnswers
from certification.inspections.rules import AttachPhoto, CloseFinding, FinishInspection, MakeFinding
from certification.inspections.tables import (
    Answer,
    Finding,
    FindingClosed,
    Inspection,
    InspectionMember,
    Photo,
)
from certification.schemes.queries import preset
from certification.schemes.rules import Item
from tests.cast import CHAN, KRIT, MALEE, NOK, NOW, SOMCHAI, TODAY, WAN, YING, later, village
from tests.guarantee import (
    PANEL,
    accepted,
    answered,
    begun,
    good_answers,
    inspected,
    planted,
    published,
)

SGS = preset("sgs-pgs-small")
TABLES = [Inspection, InspectionMember, Answer, Finding, FindingClosed, Photo]


async def ready(db: Database) -> str:
    await village(db)
    await published()
    return await accepted(await planted())


def said(item: str, value: str, **also: object) -> AnswerGiven:
    return msgspec.structs.replace(AnswerGiven(new_id(), item, value, NOW), **also)


@pytest.mark.parametrize(
    ("item", "value"),
    [
        ("N05", "maybe"), ("N05", ""), ("E02", "3"), ("E04", "101"), ("P12", "1,5"), ("P12", "-1"),
        ("P05", "2020-02-30"), ("P05", "26/08/2563"), ("H11", "clean"), ("P16", "rain,rain"),
        ("P16", "rain,sea"), ("V06", "Nice farm"), ("E05", "99999999"), ("N05", "yes" * 40),
    ],
)  # fmt: skip
def test_what_an_item_does_not_ask_for_is_no_answer(item: str, value: str) -> None:
    with pytest.raises((refusals.NotAnAnswer, refusals.TooLong)):
        answering.ensure_answer(said(item, value, note="x"), SGS, at=NOW)


@pytest.mark.parametrize(
    ("item", "value"),
    [
        ("N05", "yes"), ("N05", "no"), ("E02", "0"), ("E04", "100"), ("P12", "1.25"),
        ("P05", "2020-02-29"), ("H11", "not_found"), ("P16", "rain,well"), ("V06", "noted"),
        ("N05", "na"),
    ],
)  # fmt: skip
def test_what_an_item_asks_for_is_an_answer(item: str, value: str) -> None:
    answering.ensure_answer(said(item, value, note="เห็นด้วยตา"), SGS, at=NOW)


def test_does_not_apply_needs_words_where_it_matters() -> None:
    with pytest.raises(refusals.NoteMissing):
        answering.ensure_answer(said("N05", "na"), SGS, at=NOW)
    answering.ensure_answer(said("N01", "na"), SGS, at=NOW)
    with pytest.raises(refusals.UnknownItem):
        answering.ensure_answer(said("X99", "yes"), SGS, at=NOW)
    with pytest.raises(refusals.TimesOutOfOrder):
        answering.ensure_answer(said("N05", "yes", answered_at=later(days=1)), SGS, at=NOW)


@given(st.sampled_from(SGS.checklist), st.text(max_size=90))
def test_no_text_is_too_strange_to_be_judged(item: Item, value: str) -> None:
    assert answering.is_answer(item, value) in (True, False)


@given(st.sets(st.sampled_from([i.code for i in SGS.checklist])))
def test_complete_is_when_every_important_item_is_answered(codes: set[str]) -> None:
    missing = answering.unanswered(SGS, dict.fromkeys(codes, "yes"))
    important = {i.code for i in SGS.checklist if i.severity != "minor" and i.applies_to == "all"}
    assert set(missing) == important - codes


@pytest.mark.parametrize(
    ("found", "missing"),
    [
        ([], ["P22"]),
        ([("P22", "minor")], ["P22"]),
        ([("P22", "major")], []),
        ([("P22", "critical"), ("P22", "minor")], []),
        ([("P21", "critical")], ["P22"]),
    ],
)
def test_inspectors_may_take_a_no_harder_than_the_scheme_not_lighter(
    found: list[tuple[str, str]], missing: list[str]
) -> None:
    assert (
        answering.without_finding(SGS, {"P22": "no", "N01": "no", "N05": "yes"}, found) == missing
    )


async def test_the_whole_visit(db: Database) -> None:
    application = await ready(db)
    id = await begun(application)
    some = good_answers()
    await run(commands.answer, GiveAnswers(id, tuple(some[:10])), by=SOMCHAI, at=NOW)
    progress = await sheets.progress(id)
    assert (progress.answered, progress.items, progress.signatures) == (10, 76, 0)
    assert progress.missing[0] == some[10].item
    with pytest.raises(refusals.NotAnsweredYet) as no:
        await commands.sign(id, by=SOMCHAI, at=NOW)
    assert no.value.facts["items"] == [a.item for a in some[10:]]
    await run(commands.answer, GiveAnswers(id, tuple(some[10:])), by=NOK, at=NOW)
    for member in PANEL:
        await run(commands.sign, id, by=member.person, at=NOW)
    await run(commands.finish, FinishInspection(id, "signed", NOW), by=CHAN, at=NOW)
    record = await sheets.record(id)
    assert record.inspection.state == "signed"
    assert [m.signed_at for m in record.members] == [NOW] * 3
    assert len(record.answers) == len(some)
    assert (await application_queries.application(application)).state == "inspected"
    assert (await queries.finished(application)) == record.inspection
    assert [i.id for i in await queries.of_inspector(NOK)] == [id]
    assert [i.id for i in await queries.of_plot(record.inspection.plot)] == [id]
    assert not await verify(TABLES)
    rows = await db.query("SELECT body FROM log_entry WHERE subject = {}", id)
    assert all("เห็นด้วยตา" not in bytes(row["body"]).decode() for row in rows)


async def test_an_answer_sent_twice_is_one_and_a_changed_one_is_refused(db: Database) -> None:
    id = await begun(await ready(db))
    first = said("N05", "yes")
    batch = GiveAnswers(id, (first, said("N03", "yes")))
    await run(commands.answer, batch, by=SOMCHAI, at=NOW)
    again = await run(commands.answer, batch, by=SOMCHAI, at=later(hours=5))
    assert again.items == ()
    with pytest.raises(refusals.AnswerDiffers):
        other = msgspec.structs.replace(first, value="no")
        await commands.answer(GiveAnswers(id, (other,)), by=SOMCHAI, at=NOW)
    assert (await sheets.values(id)) == {"N05": "yes", "N03": "yes"}


async def test_a_later_answer_corrects_and_the_earlier_stays_on_record(db: Database) -> None:
    id = await begun(await ready(db))
    for value in ("yes", "no"):
        await run(commands.answer, GiveAnswers(id, (said("N05", value),)), by=SOMCHAI, at=NOW)
    assert await sheets.values(id) == {"N05": "no"}
    assert await Answer.count().where(Answer.inspection == id) == 2


async def test_two_phones_come_back_at_the_same_moment(db: Database) -> None:
    """Each twice, in any order: every answer is there once, and numbered without a gap."""
    id = await begun(await ready(db))
    items = [i.code for i in SGS.checklist if i.answer_type == "yes_no_na"][:12]
    phones = {
        person: [GiveAnswers(id, (said(item, "yes"),)) for item in items]
        for person in (SOMCHAI, CHAN)
    }
    sent = [(person, batch) for person, outbox in phones.items() for batch in outbox * 2]
    random.Random(7).shuffle(sent)
    await asyncio.gather(
        *(run(commands.answer, batch, by=person, at=NOW) for person, batch in sent)
    )
    rows = await Answer.select(Answer.seq).where(Answer.inspection == id).order_by(Answer.seq)
    assert [row["seq"] for row in rows] == list(range(1, 25))


async def test_after_a_signature_late_answers_are_refused_by_name(db: Database) -> None:
    id = await answered(await ready(db))
    await run(commands.sign, id, by=SOMCHAI, at=NOW)
    late = GiveAnswers(id, (said("N05", "no"),))
    with pytest.raises(refusals.SignedAlready) as no:
        await commands.answer(late, by=CHAN, at=later(hours=1))
    assert no.value.facts["late"] == ["N05"]
    with pytest.raises(refusals.SignedAlready):
        await commands.find(MakeFinding(new_id(), id, "N05", "minor", "x"), by=CHAN, at=NOW)


async def test_after_the_end_known_answers_are_known_and_new_ones_refused(db: Database) -> None:
    application = await ready(db)
    id = await begun(application)
    sheet = GiveAnswers(id, tuple(good_answers()))
    await run(commands.answer, sheet, by=SOMCHAI, at=NOW)
    for member in PANEL:
        await run(commands.sign, id, by=member.person, at=NOW)
    end = FinishInspection(id, "refused", NOW, "ไม่เห็นด้วยกับข้อ P22")
    await run(commands.finish, end, by=CHAN, at=NOW)
    assert (await commands.answer(sheet, by=SOMCHAI, at=later(days=3))).items == ()
    with pytest.raises(refusals.SignedAlready):
        await commands.answer(GiveAnswers(id, (said("N05", "no"),)), by=SOMCHAI, at=later(days=3))
    for deed in (
        commands.finish(end, by=CHAN, at=NOW),
        commands.sign(id, by=CHAN, at=NOW),
        commands.attach_photo(AttachPhoto(new_id(), id, "0" * 64), by=CHAN, at=NOW),
    ):
        with pytest.raises(refusals.SignedAlready):
            await deed
    with pytest.raises(refusals.NotUnderWay):
        await commands.cancel(id, by=YING, at=NOW)


async def test_too_few_signatures_do_not_finish_and_times_must_be_in_order(db: Database) -> None:
    id = await answered(await ready(db))
    for person in (SOMCHAI, NOK, SOMCHAI):
        await run(commands.sign, id, by=person, at=NOW)
    with pytest.raises(panel.TooFewInspectors):
        await commands.finish(FinishInspection(id, "signed", NOW), by=NOK, at=NOW)
    await run(commands.sign, id, by=CHAN, at=NOW)
    for wrong in (NOW - timedelta(hours=1), NOW + timedelta(hours=1)):
        with pytest.raises(refusals.TimesOutOfOrder):
            await commands.finish(FinishInspection(id, "signed", wrong), by=NOK, at=NOW)


async def test_a_denied_item_is_a_finding_with_a_day_to_mend_it(db: Database) -> None:
    id = await begun(await ready(db))
    sheet = GiveAnswers(id, tuple(good_answers(P22="no")))
    await run(commands.answer, sheet, by=SOMCHAI, at=NOW)
    with pytest.raises(refusals.FindingMissing) as no:
        await commands.sign(id, by=SOMCHAI, at=NOW)
    assert no.value.facts["items"] == ["P22"]
    late = TODAY + timedelta(days=31)
    finding = MakeFinding(new_id(), id, "P22", "major", "ใช้ถังพ่นร่วมกับเพื่อนบ้าน", due_on=late)
    with pytest.raises(refusals.DueTooLate):
        await commands.find(finding, by=SOMCHAI, at=NOW)
    finding = msgspec.structs.replace(finding, due_on=None)
    event = await run(commands.find, finding, by=SOMCHAI, at=NOW)
    assert event.due_on == str(TODAY + timedelta(days=30))
    await run(commands.sign, id, by=SOMCHAI, at=NOW)
    [open_one] = await queries.open_findings((await queries.inspection(id)).plot)
    assert open_one.id == finding.id
    assert not await verify(TABLES)


async def test_a_finding_is_closed_once_and_never_by_malee(db: Database) -> None:
    id = await begun(await ready(db))
    finding = MakeFinding(new_id(), id, "P22", "major", "ใช้ถังพ่นร่วมกับเพื่อนบ้าน")
    await run(commands.find, finding, by=SOMCHAI, at=NOW)
    plot = (await queries.inspection(id)).plot
    assert await queries.open_count(plot) == {"major": 1}
    with pytest.raises(refusals.NotByTheFarmer):
        await commands.close_finding(CloseFinding(new_id(), finding.id, "แล้ว"), by=MALEE, at=NOW)
    with pytest.raises(refusals.NoteMissing):
        await commands.close_finding(CloseFinding(new_id(), finding.id, " "), by=CHAN, at=NOW)
    done = CloseFinding(new_id(), finding.id, "ซื้อถังใหม่แล้ว")
    await run(commands.close_finding, done, by=CHAN, at=NOW)
    assert await queries.open_count(plot) == {}
    with pytest.raises(refusals.FindingClosedAlready):
        twice = msgspec.structs.replace(done, id=new_id())
        await commands.close_finding(twice, by=SOMCHAI, at=NOW)
    with pytest.raises(refusals.NoSuchFinding):
        await commands.close_finding(CloseFinding(new_id(), new_id(), "x"), by=CHAN, at=NOW)
    assert not await verify(TABLES)


async def test_a_photo_is_kept_once_for_an_item(db: Database) -> None:
    id = await begun(await ready(db))
    blob = await blobs.keep(b"\xff\xd8\xff" + bytes(20), by=CHAN, at=NOW)
    for item in (None, "P22", None, "P22"):
        await run(commands.attach_photo, AttachPhoto(new_id(), id, blob, item), by=CHAN, at=NOW)
    assert [p.item for p in await queries.photos(id)] in ([None, "P22"], ["P22", None])
    with pytest.raises(blobs.BlobMissing):
        await commands.attach_photo(AttachPhoto(new_id(), id, "0" * 64), by=CHAN, at=NOW)
    with pytest.raises(refusals.UnknownItem):
        await commands.attach_photo(AttachPhoto(new_id(), id, blob, "X"), by=CHAN, at=NOW)


async def test_only_those_on_the_plot_write_and_sign(db: Database) -> None:
    id = await answered(await ready(db))
    for other in (MALEE, KRIT, WAN, YING):
        for deed in (
            commands.answer(GiveAnswers(id, (said("N05", "yes"),)), by=other, at=NOW),
            commands.sign(id, by=other, at=NOW),
            commands.finish(FinishInspection(id, "signed", NOW), by=other, at=NOW),
            commands.find(MakeFinding(new_id(), id, "N05", "minor", "x"), by=other, at=NOW),
        ):
            with pytest.raises(refusals.NotAnInspector):
                await deed
    with pytest.raises(refusals.InspectionMissing):
        await commands.sign(new_id(), by=SOMCHAI, at=NOW)


async def test_a_withdrawn_application_is_not_carried_on(db: Database) -> None:
    application = await ready(db)
    id = await answered(application)
    for member in PANEL:
        await run(commands.sign, id, by=member.person, at=NOW)
    await run(applications.withdraw, Withdraw(application), by=MALEE, at=NOW)
    with pytest.raises(NotNow):
        await commands.finish(FinishInspection(id, "signed", NOW), by=CHAN, at=NOW)
    assert (await queries.inspection(id)).state == "under_way"


async def test_signed_by_all_at_the_same_moment(db: Database) -> None:
    id = await answered(await ready(db))
    await asyncio.gather(*(run(commands.sign, id, by=m.person, at=NOW) for m in PANEL * 2))
    assert (await sheets.progress(id)).signatures == 3
    rows = await db.query("SELECT seq FROM log_entry WHERE tag = 'inspections.signed'")
    assert len(rows) == 3
    assert await inspected_twice_is_refused(id)


async def inspected_twice_is_refused(id: str) -> bool:
    ends = [
        run(commands.finish, FinishInspection(id, "signed", NOW), by=m.person, at=NOW)
        for m in PANEL
    ]
    done = await asyncio.gather(*ends, return_exceptions=True)
    return sum(isinstance(d, refusals.SignedAlready) for d in done) == 2


async def test_the_builder_of_the_other_tests_walks_this_way(db: Database) -> None:
    assert (await queries.inspection(await inspected(await ready(db)))).state == "signed"
