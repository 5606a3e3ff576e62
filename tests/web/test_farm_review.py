"""Malee answers the checklist herself, step by step; a year later she changes what is different."""

import asyncio
from datetime import timedelta

import pytest

from certification.applications import commands, queries, rules
from certification.applications.rules import Said, SaveDraft
from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.certificates import commands as certificates
from certification.certificates import renewals
from certification.certificates.refusals import TooEarlyToRenew
from certification.certificates.rules import IssueCertificate
from certification.schemes import queries as schemes
from tests.cast import KRIT, MALEE, NOW, SOMCHAI, TODAY, WAN, YING, log_faults, village
from tests.doors import Doors
from tests.guarantee import (
    LONG_CLEAN,
    accepted,
    application,
    applied,
    decided,
    inspected,
    meeting,
    planted,
    published,
)
from tests.web.test_farm import read, sent

CONTENT = schemes.preset("sgs-pgs-small")
FIRST = CONTENT.checklist[0].chapter
YES_NO = [i for i in CONTENT.checklist if i.chapter == FIRST and i.answer_type == "yes_no_na"]


async def test_a_chapter_is_saved_and_what_is_wrong_is_marked(doors: Doors) -> None:
    await published()
    plot, malee = await planted(), await doors.as_(MALEE)
    apply, review = f"/farm/plots/{plot}/apply", f"/farm/plots/{plot}/review/{FIRST}"
    assert f'href="{review}?scheme=sgs-pgs"' in await read(malee, apply)
    one, other = YES_NO[:2]
    form = {"scheme": "sgs-pgs", f"v.{one.code}": "no", f"n.{one.code}": "ยังทำไม่ครบ",
            f"v.{other.code}": "na"}  # fmt: skip
    status, page = await sent(malee, review, form)
    assert (status, f'id="w-{other.code}"' in page) == (400, True), "a note is needed"
    draft = await queries.draft(plot, "sgs-pgs")
    assert draft.answers == {one.code: Said("no", "ยังทำไม่ครบ")}
    form[f"v.{other.code}"] = "yes"
    status, there = await sent(malee, review, form)
    assert (status, there.endswith(f"saved={FIRST}")) == (303, True)
    assert "ยังทำไม่ครบ" in await read(malee, review)
    later = {"scheme": "sgs-pgs", "farm_plan": "ปลูกถั่วสลับ", "later": "yes"}
    assert (await sent(malee, apply, later))[0] == 303
    page = await read(malee, apply)
    assert "ปลูกถั่วสลับ" in page
    assert "2/" in page.partition('id="review"')[2]
    for person in (KRIT, SOMCHAI):
        assert (await (await doors.as_(person)).get(review)).status_code == 404
    assert (await (await doors.as_(YING)).get(review)).status_code == 200, "she may help"


async def test_it_goes_with_the_application_and_is_read_by_who_takes_it_on(doors: Doors) -> None:
    await published()
    plot = await planted()
    said = {YES_NO[0].code: Said("no", "ยังทำไม่ครบ"), YES_NO[1].code: Said("yes")}
    saved = SaveDraft(plot=plot, scheme="sgs-pgs", answers=said)
    await run(commands.save_draft, saved, by=MALEE, at=NOW)
    asked = await applied(plot)
    assert await queries.self_answers(asked) == said
    page = await read(await doors.as_(YING), f"/board/applications/{asked}")
    assert "ยังทำไม่ครบ" in page
    assert "ตอบแล้ว 2 จาก" in page
    shown = (await (await doors.as_(MALEE)).get(f"/api/v1/applications/{asked}")).json()
    assert shown["self_review"][YES_NO[0].code]["value"] == "no"
    assert {one["what"] for one in shown["lacking"]} == {"side", "water", "self_review"}
    assert not await log_faults()


async def test_programs_save_steps_too_and_are_told_what_is_no_answer(doors: Doors) -> None:
    await published()
    plot, malee = await planted(), await doors.as_(MALEE)
    there, one = f"/api/v1/plots/{plot}/draft", YES_NO[0].code
    for wrong, code in (
        ({one: {"value": "perhaps"}}, "inspections.not_an_answer"),
        ({"Z99": {"value": "yes"}}, "inspections.unknown_item"),
    ):
        no = await malee.put(there, json={"scheme": "sgs-pgs", "answers": wrong})
        assert (no.status_code, no.json()["code"]) == (400, code)
    body = {"scheme": "sgs-pgs", "answers": {one: {"value": "yes"}}}
    assert (await malee.put(there, json=body)).status_code == 200
    more = {"scheme": "sgs-pgs", "farm_plan": "ถั่ว"}
    kept = (await malee.put(there, json=more)).json()["answers"]
    assert kept == {one: {"value": "yes", "note": ""}}
    taken = {"scheme": "sgs-pgs", "answers": {one: {"value": ""}}}
    assert (await malee.put(there, json=taken)).json()["answers"] == {}
    assert (await (await doors.as_(KRIT)).put(there, json=body)).status_code == 404


async def test_a_renewal_begins_with_last_year_and_marks_what_changed(db: Database) -> None:
    await village(db)
    await published(renewal_window_days=60)
    said = {YES_NO[0].code: Said("yes"), YES_NO[1].code: Said("yes")}
    plot = await planted()
    saved = SaveDraft(plot=plot, scheme="sgs-pgs", answers=said)
    await run(commands.save_draft, saved, by=MALEE, at=NOW)
    asked = await accepted(plot)
    await inspected(asked)
    decision = await decided(asked, await meeting())
    wanted = IssueCertificate(new_id(), decision)
    paper = await run(certificates.issue, wanted, by=WAN, at=NOW)
    old = await queries.application(asked)
    draft = await queries.draft(paper.plot, "sgs-pgs")
    assert (draft.copied, draft.answers, draft.farm_plan) == (True, said, old.farm_plan)
    again = application(paper.plot, id=new_id())
    with pytest.raises(TooEarlyToRenew) as no:
        await run(renewals.apply, again, by=MALEE, at=NOW)
    first = TODAY.fromisoformat(paper.valid_until) - timedelta(days=60)
    assert no.value.facts["from_on"] == str(first)
    later = NOW + timedelta(days=(first - TODAY).days)
    changed = SaveDraft(plot=paper.plot, scheme="sgs-pgs", answers={YES_NO[1].code: Said("no")})
    await run(commands.save_draft, changed, by=MALEE, at=later)
    await run(renewals.apply, again, by=MALEE, at=later)
    now = await queries.application(again.id)
    last = await queries.last_time(now)
    assert last == said
    assert rules.changed(await queries.self_answers(now.id), last) == [YES_NO[1].code]
    assert now.no_prohibited_since == LONG_CLEAN
    assert not await log_faults()


async def test_two_phones_that_save_at_once_forget_nothing_of_one_another(db: Database) -> None:
    await village(db)
    await published()
    plot = await planted()

    async def save(item: str) -> None:
        step = SaveDraft(plot=plot, scheme="sgs-pgs", answers={item: Said("yes")})
        await run(commands.save_draft, step, by=MALEE, at=NOW)

    codes = [item.code for item in YES_NO[:4]]
    await asyncio.gather(*map(save, codes))
    assert sorted((await queries.draft(plot, "sgs-pgs")).answers) == sorted(codes)
