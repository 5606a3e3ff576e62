"""What is said beside a signed sheet: it never changes, whoever corrects, remarks or comes late."""

import asyncio

import msgspec
import pytest

from certification.basis import blobs
from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.refusal import Refusal
from certification.basis.text import Text
from certification.basis.transaction import run
from certification.decisions import rules as decision_rules
from certification.inspections import (
    afterwards,
    answering,
    commands,
    layers,
    queries,
    refusals,
    reviewing,
    sheets,
)
from certification.inspections.afterwards import Correct, Review, Screen
from certification.inspections.answering import AnswerGiven, GiveAnswers
from certification.inspections.panel import Assigned
from certification.inspections.rules import AttachPhoto, FinishInspection, RefuseToSign
from certification.inspections.tables import Answer
from certification.organs import commands as organs
from certification.organs.rules import Appoint
from certification.people import commands as people
from certification.people.rules import Relate
from certification.schemes.queries import preset
from certification.schemes.rules import DecisionStage
from tests.cast import (
    ADMIN,
    CHAN,
    DAO,
    KRIT,
    LONG_AGO,
    MALEE,
    NETWORK,
    NOK,
    NOW,
    PRASERT,
    SOMCHAI,
    TODAY,
    WAN,
    YING,
    later,
    log_faults,
    village,
)
from tests.guarantee import (
    PANEL,
    accepted,
    answered,
    decided,
    inspected,
    meeting,
    planted,
    published,
    voted,
)

SGS = preset("sgs-pgs-small")
FOUR = (*PANEL, Assigned(YING, "producer"))


async def ready(db: Database, **changed: object) -> str:
    await village(db)
    await published(**changed)
    return await accepted(await planted())


def fix(visit: str, value: str = "no", item: str = "P22") -> Correct:
    return Correct(new_id(), visit, item, value, "เปิดดูถังพ่นอีกครั้งแล้วพบว่าใช้ร่วมกัน")


async def refused(no: type[Refusal], deed: object) -> Refusal:
    with pytest.raises(no) as said:
        await deed  # type: ignore[misc]
    return said.value


def test_evidence_is_asked_for_where_the_charter_says_so_and_a_word_stands_for_it() -> None:
    wants = {i.code: i.evidence for i in SGS.checklist if i.evidence}
    photo = next(code for code, of in wants.items() if "photo" in of)
    document = next(code for code, of in wants.items() if "document" in of)
    given = {photo: "yes", document: "yes", "N01": "yes"}
    bare = answering.without_evidence
    assert set(bare(SGS, given, [], [])) == {photo, document}
    assert bare(SGS, given, [photo], [document]) == []
    assert bare(SGS, {photo: "na", document: "no"}, [], []) == []
    assert bare(SGS, {photo: "no"}, [], []) == [photo]


async def test_a_sheet_without_its_photos_is_not_signed(db: Database) -> None:
    id = await answered(await ready(db))
    answer = AnswerGiven(new_id(), "P12", "2", NOW)
    await run(commands.answer, GiveAnswers(id, (answer,)), by=CHAN, at=NOW)
    no = await refused(refusals.EvidenceMissing, commands.sign(id, by=CHAN, at=NOW))
    assert no.facts["items"] == ["P12"]
    blob = await blobs.keep(b"\xff\xd8\xff" + bytes(20), by=CHAN, at=NOW)
    await run(commands.attach_photo, AttachPhoto(new_id(), id, blob, "P12"), by=CHAN, at=NOW)
    await run(commands.sign, id, by=CHAN, at=NOW)


async def test_who_does_not_sign_says_why_and_is_neither_counted_nor_forgotten(
    db: Database,
) -> None:
    id = await answered(await ready(db), FOUR)
    no = RefuseToSign(id, "ยังไม่ได้ดูโรงเก็บ")
    await refused(
        refusals.NoteMissing, commands.refuse_to_sign(RefuseToSign(id, " "), by=NOK, at=NOW)
    )
    for _ in range(2):
        await run(commands.refuse_to_sign, no, by=SOMCHAI, at=NOW)
    await refused(refusals.Dissented, commands.sign(id, by=SOMCHAI, at=NOW))
    for person in (CHAN, NOK, YING):
        await run(commands.sign, id, by=person, at=NOW)
    await refused(refusals.SignedAlready, commands.refuse_to_sign(no, by=CHAN, at=NOW))
    gone = FinishInspection(id, "absent", NOW)
    await refused(refusals.NoteMissing, commands.finish(gone, by=CHAN, at=NOW))
    gone = msgspec.structs.replace(gone, reason="ไปโรงพยาบาล", statement="ไม่คัดค้าน")
    event = await run(commands.finish, gone, by=CHAN, at=NOW)
    assert event.signatures == 3
    record = await sheets.record(id)
    assert [(one.person, one.reason) for one in record.dissents] == [(SOMCHAI, no.reason)]
    assert record.farmer_said
    assert (record.farmer_said.reason, record.farmer_said.statement) == ("ไปโรงพยาบาล", "ไม่คัดค้าน")
    assert not await log_faults()


async def test_a_correction_holds_when_as_many_have_signed_as_the_sheet_needed(
    db: Database,
) -> None:
    visit = await inspected(await ready(db))
    signed = (await queries.inspection(visit)).sheet_digest
    unknown = reviewing.countersign(visit, new_id(), by=CHAN, at=NOW)
    await refused(afterwards.CorrectionMissing, unknown)
    await refused(afterwards.NotASigner, reviewing.correct(fix(visit), by=WAN, at=NOW))
    await refused(
        afterwards.NothingCorrected, reviewing.correct(fix(visit, "yes"), by=CHAN, at=NOW)
    )
    await refused(refusals.NotAnAnswer, reviewing.correct(fix(visit, "maybe"), by=CHAN, at=NOW))
    wanted = fix(visit)
    assert not (await run(reviewing.correct, wanted, by=CHAN, at=later(hours=1))).complete
    assert (await sheets.values(visit))["P22"] == "yes"
    again = reviewing.countersign(visit, wanted.id, by=CHAN, at=NOW)
    await refused(afterwards.CorrectionSignedAlready, again)
    both = [
        run(reviewing.countersign, visit, wanted.id, by=person, at=later(hours=2))
        for person in (SOMCHAI, NOK)
    ]
    assert sorted(event.complete for event in await asyncio.gather(*both)) == [False, True]
    assert (await sheets.values(visit))["P22"] == "no"
    held = next(a for a in await sheets.answers(visit) if a.item == "P22")
    assert held.signed_as == "yes"
    [found] = await queries.findings(visit)
    assert (found.item, found.severity) == ("P22", "major")
    record = await sheets.record(visit)
    assert record.as_signed
    assert record.inspection.sheet_digest == signed == await layers.sheet_digest(visit)
    assert not await log_faults()
    [first] = await Answer.select().where(Answer.inspection == visit, Answer.item == "P22")
    assert first["value"] == "yes"


async def test_after_the_decision_a_wrong_answer_asks_for_a_new_visit(db: Database) -> None:
    asked = await ready(db)
    visit = await inspected(asked)
    half = fix(visit)
    await run(reviewing.correct, half, by=CHAN, at=NOW)
    await decided(asked, await meeting())
    for deed in (
        reviewing.correct(fix(visit, "no", "N05"), by=CHAN, at=NOW),
        reviewing.countersign(visit, half.id, by=SOMCHAI, at=NOW),
        reviewing.review(Review(new_id(), visit, "P22", "เห็นต่าง"), by=WAN, at=NOW),
    ):
        await refused(afterwards.DecidedOn, deed)
    assert (await sheets.values(visit))["P22"] == "yes"


async def test_the_reviewers_layer_stands_beside_and_changes_no_answer(db: Database) -> None:
    asked = await ready(db)
    early = Review(new_id(), await answered(asked), "P12", "รอดู")
    await refused(afterwards.NotSignedYet, reviewing.review(early, by=WAN, at=NOW))
    visit = await inspected(asked)
    kin = Relate(new_id(), MALEE, PRASERT, "kin", LONG_AGO.date(), 1)
    await run(people.relate, kin, by=ADMIN, at=NOW)
    say = Review(new_id(), visit, "P12", "ในรูปกว้างไม่ถึง", "0.5")
    for person in (SOMCHAI, NOK):
        await refused(afterwards.ReviewerWasThere, reviewing.review(say, by=person, at=NOW))
    for person in (MALEE, PRASERT):
        await refused(afterwards.ReviewerTooNear, reviewing.review(say, by=person, at=NOW))
    await refused(
        refusals.NotAnAnswer,
        reviewing.review(msgspec.structs.replace(say, value="wide"), by=WAN, at=NOW),
    )
    assert (await run(reviewing.review, say, by=WAN, at=NOW)).differs
    plain = Review(new_id(), visit, "P22", "ดีมาก")
    assert not (await run(reviewing.review, plain, by=WAN, at=NOW)).differs
    sheet = {one.item: one for one in await sheets.layered(await queries.inspection(visit))}
    seen = sheet["P12"]
    assert seen.inspector
    assert (seen.inspector.value, seen.reviewer[0].value, seen.reviewer[0].by) == (
        "1.5", "0.5", WAN,
    )  # fmt: skip
    assert seen.differs
    assert not sheet["P22"].differs
    assert (await sheets.record(visit)).as_signed


async def test_the_screening_team_sends_a_sheet_back_and_nobody_decides_on_it(
    db: Database,
) -> None:
    stages = (DecisionStage("screening", Text("กลั่นกรอง", "Screening")),
              DecisionStage("committee", Text("คณะ", "Committee")))  # fmt: skip
    asked = await ready(db, decision_stages=stages)
    visit = await inspected(asked)
    for person in (DAO, WAN):
        seat = Appoint(new_id(), NETWORK, "screening", person, "member", "citizens", TODAY, "1/1")
        await run(organs.appoint, seat, by=ADMIN, at=NOW)
    back = Screen(new_id(), visit, "sent_back", "ข้อ P22 ไม่ตรงกับรูป")
    await refused(afterwards.NotOfScreening, reviewing.screen(back, by=KRIT, at=NOW))
    await refused(
        refusals.NoteMissing,
        reviewing.screen(msgspec.structs.replace(back, reason=None), by=DAO, at=NOW),
    )
    await run(reviewing.screen, back, by=DAO, at=NOW)
    twice = msgspec.structs.replace(back, id=new_id())
    await refused(afterwards.ScreenedAlready, reviewing.screen(twice, by=WAN, at=NOW))
    sits = await meeting(body="screening")
    await refused(decision_rules.SheetSentBack, voted(sits, asked))
    wanted = fix(visit)
    await run(reviewing.correct, wanted, by=CHAN, at=NOW)
    for person in (SOMCHAI, NOK):
        await run(reviewing.countersign, visit, wanted.id, by=person, at=NOW)
    taken = Screen(new_id(), visit, "accepted")
    await run(reviewing.screen, taken, by=WAN, at=later(hours=1))
    assert await layers.screened(visit) == "accepted"
    await voted(sits, asked)
    assert not await log_faults()


async def test_where_the_charter_has_no_screening_nobody_sends_back(db: Database) -> None:
    visit = await inspected(await ready(db))
    back = Screen(new_id(), visit, "sent_back", "x")
    await refused(afterwards.NoScreening, reviewing.screen(back, by=WAN, at=NOW))


async def test_what_a_phone_brings_too_late_is_kept_and_said(db: Database) -> None:
    asked = await ready(db)
    visit = await answered(asked)
    await run(commands.sign, visit, by=SOMCHAI, at=NOW)
    batch = GiveAnswers(visit, (AnswerGiven(new_id(), "N05", "no", NOW, "กระสอบปุ๋ยเคมี"),))
    for _ in range(2):
        no = await refused(
            refusals.CameTooLate, reviewing.receive(batch, by=CHAN, at=later(hours=3))
        )
        assert no.facts["late"] == ["N05"]
    kept = await layers.late(visit)
    assert [(one.item, one.value, one.note, one.by) for one in kept] == [
        ("N05", "no", "กระสอบปุ๋ยเคมี", CHAN)
    ]
    assert (await sheets.values(visit))["N05"] == "yes"
    await run(commands.cancel, visit, by=YING, at=NOW)
    more = GiveAnswers(visit, (AnswerGiven(new_id(), "N03", "yes", NOW),))
    await refused(refusals.CameTooLate, reviewing.receive(more, by=NOK, at=later(hours=4)))
    assert len(await layers.late(visit)) == 2
    await refused(refusals.NotAnInspector, reviewing.receive(more, by=KRIT, at=NOW))
    assert not await log_faults()
