"""Whoever does at a door what may not follow is told so with 409, the rule and its clause; and the
log keeps a line of it that names nobody."""

import logging
from typing import Any

import pytest

from certification.applications import commands as applications
from certification.applications import queries as asked_for
from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.certificates import commands as certificates
from certification.certificates.rules import ChangeCertificate, IssueCertificate
from certification.hearings import commands as hearings
from certification.inspections import assigning
from certification.inspections import commands as inspections
from certification.inspections.answering import GiveAnswers
from certification.inspections.rules import BeginInspection, FinishInspection
from certification.meetings import commands as meetings
from certification.schemes.queries import preset
from tests.api.test_guarantee import panel
from tests.cast import (
    CHAN,
    DAO,
    MALEE,
    NOK,
    NOW,
    PARTICULARS,
    PRASERT,
    SOMCHAI,
    TODAY,
    WAN,
    YING,
)
from tests.doors import Doors
from tests.guarantee import (
    ON_PAPER,
    PANEL,
    applied,
    assignment,
    decided,
    good_answers,
    meeting,
    nok_may_look,
    planted,
    published,
    voted,
)
from tests.tidy.sources import told

SMALL = preset("sgs-pgs-small")
Line = tuple[str, str, str, Any, str, str]
"""Who, by what, where, with what; which code and which clause."""


class Tried:
    def __init__(self, doors: Doors, log: pytest.LogCaptureFixture) -> None:
        self.doors, self.log, self.wrong, self.count = doors, log, list[str](), 0

    async def all(self, *lines: Line) -> None:
        for line in lines:
            await self.one(*line)

    async def one(
        self, who: str, method: str, path: str, body: Any, code: str, clause: str
    ) -> None:
        self.log.clear()
        self.count += 1
        door, by_page = await self.doors.as_(who), not path.startswith("/api")
        said = await door.request(method, path, **{"data" if by_page else "json": body})
        lines = [one.getMessage() for one in self.log.records if one.name == "market.refused"]
        kept = len(lines) == 1 and lines[0].startswith(f"refused {code} by {clause} at ")
        shown = said.status_code == 409 and kept
        if not by_page and shown:
            problem = said.json()
            shown = (problem["code"], problem["clause"]) == (code, clause)
        if by_page and clause.startswith("charter/"):
            shown = shown and "ธรรมนูญ:" in said.text
        if not shown:
            self.wrong.append(f"{method} {path}: {said.status_code} {lines} for {code} {clause}")
        names = [one for who in PARTICULARS.values() for one in (who.name, who.phone) if one]
        assert not [one for one in (*names, *PARTICULARS) if one in "".join(lines)], lines


async def test_what_may_not_follow_is_409_with_its_rule_and_clause_and_is_logged(
    doors: Doors, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    tried = Tried(doors, caplog)
    await published()
    await nok_may_look()
    plot = await planted()
    asked = await applied(plot)
    await doors.step_up(WAN)
    await _before_the_visit(tried, plot, asked)
    await _on_the_visit(tried, asked)
    await _in_the_meeting(tried, asked)
    await _with_the_paper(tried, asked)
    assert not tried.wrong, told(tried.wrong)
    assert tried.count >= 25


async def _before_the_visit(tried: Tried, plot: str, asked: str) -> None:
    visit, board = panel(asked), f"/board/applications/{asked}"
    again = {
        "id": new_id(), "plot": plot, "scheme": "sgs-pgs", "farm_plan": "ผัก",
        "no_prohibited_since": "2023-01-01", "pledge_digest": SMALL.pledge.digest,
    }  # fmt: skip
    met = await meeting()
    one = f"/api/v1/applications/{asked}"
    await tried.all(
        (MALEE, "POST", "/api/v1/applications", again, "applications.applied_already",
         "model/application"),
        (YING, "POST", "/api/v1/inspections", visit, "inspections.application_not_ready",
         "model/inspection"),
        (WAN, "PUT", f"/api/v1/meetings/{met}/votes/{asked}", {"value": "for"},
         "decisions.not_inspected", "model/decision"),
        (WAN, "POST", f"{board}/accept", {}, "applications.incomplete",
         "charter/training_hours_min"),
        (YING, "POST", f"{board}/accept", {"despite": "x"}, "applications.not_the_tier_above",
         "charter/decision_stages"),
    )  # fmt: skip
    await run(meetings.close_meeting, met, by=WAN, at=NOW)
    await run(applications.accept, asked, ON_PAPER, by=WAN, at=NOW)
    own = panel(asked, (MALEE, "producer"), (CHAN, "producer"), (NOK, "consumer"))
    few = panel(asked, (CHAN, "producer"))
    seats = panel(asked, (CHAN, "producer"), (SOMCHAI, "producer"), (YING, "producer"))
    await tried.all(
        (WAN, "POST", f"{board}/accept", {"despite": "x"}, "applications.not_now",
         "model/application"),
        (WAN, "PUT", f"{one}/return", {"reason": "x"}, "applications.not_now",
         "model/application"),
        (YING, "POST", "/api/v1/inspections", own, "inspections.own_plot", "model/inspection"),
        (YING, "POST", "/api/v1/inspections", few, "inspections.too_few_inspectors",
         "charter/min_inspectors"),
        (YING, "POST", "/api/v1/inspections", seats, "inspections.seat_not_filled",
         "charter/panel_seats"),
    )  # fmt: skip


async def _on_the_visit(tried: Tried, asked: str) -> None:
    visit = assignment(asked)
    await run(assigning.assign, visit, by=YING, at=NOW)
    one, end = f"/api/v1/inspections/{visit.id}", {"farmer_signature": "signed"}
    await tried.all(
        (SOMCHAI, "PUT", f"{one}/completion", end, "inspections.not_under_way",
         "model/inspection"),
    )  # fmt: skip
    await run(inspections.begin, BeginInspection(visit.id, NOW), by=SOMCHAI, at=NOW)
    await tried.all(
        (CHAN, "PUT", f"{one}/beginning", {}, "inspections.not_under_way", "model/inspection"),
        (CHAN, "PUT", f"{one}/signature", {}, "inspections.not_answered_yet", "model/inspection"),
    )  # fmt: skip
    given = GiveAnswers(visit.id, tuple(good_answers()))
    await run(inspections.answer, given, by=SOMCHAI, at=NOW)
    await run(inspections.sign, visit.id, by=SOMCHAI, at=NOW)
    late = {"id": new_id(), "item": "E01", "value": "no", "answered_at": NOW.isoformat(),
            "note": "เห็นเอง"}  # fmt: skip
    await tried.all(
        (SOMCHAI, "PUT", f"{one}/completion", end, "inspections.too_few_inspectors",
         "charter/min_inspectors"),
        (CHAN, "PUT", f"{one}/answers", {"answers": [late]}, "inspections.came_too_late",
         "model/inspection"),
    )  # fmt: skip
    for member in PANEL[1:]:
        await run(inspections.sign, visit.id, by=member.person, at=NOW)
    done = FinishInspection(visit.id, "signed", NOW)
    await run(inspections.finish, done, by=SOMCHAI, at=NOW)
    await tried.all(
        (YING, "PUT", f"{one}/cancellation", {}, "inspections.not_under_way", "model/inspection"),
    )


async def _in_the_meeting(tried: Tried, asked: str) -> None:
    met = await meeting()
    there, made = f"/api/v1/meetings/{met}", {"id": new_id(), "application": asked}
    page = {"id": new_id(), "meeting": met}
    await tried.all(
        (WAN, "POST", f"{there}/decisions", made, "decisions.no_votes", "charter/pass_share"),
    )
    await voted(met, asked)
    await tried.all(
        (WAN, "PUT", f"{there}/votes/{asked}", {"value": "against"}, "decisions.voted_already",
         "model/decision"),
    )  # fmt: skip
    few = await meeting(farmers=())
    body = {**made, "id": new_id()}
    await tried.all(
        (WAN, "POST", f"/api/v1/meetings/{few}/decisions", body, "decisions.farmer_absent",
         "charter/farmer_present"),
        (WAN, "POST", f"/decide/{asked}", {**page, "meeting": few}, "decisions.farmer_absent",
         "charter/farmer_present"),
    )  # fmt: skip
    group = await meeting(organ=(await asked_for.application(asked)).group)
    await tried.all(
        (WAN, "POST", f"/decide/{asked}", {**page, "meeting": group}, "decisions.other_body",
         "charter/decision_stages"),
    )  # fmt: skip
    for other in (few, group):
        await run(meetings.close_meeting, other, by=WAN, at=NOW)
    await run(meetings.close_meeting, met, by=WAN, at=NOW)
    await tried.all(
        (WAN, "POST", f"{there}/decisions", {**made, "id": new_id()}, "meetings.closed",
         "model/decision"),
        (WAN, "PUT", f"{there}/end", {}, "meetings.closed", "model/decision"),
    )  # fmt: skip


async def _with_the_paper(tried: Tried, asked: str) -> None:
    met = await meeting(farmers=[MALEE, DAO, PRASERT])
    decision = await decided(asked, met)
    again = {"id": new_id(), "application": asked}
    await tried.all(
        (WAN, "POST", f"/api/v1/meetings/{met}/decisions", again, "decisions.decided_already",
         "model/decision"),
    )  # fmt: skip
    wanted = IssueCertificate(new_id(), decision)
    await run(certificates.issue, wanted, by=WAN, at=NOW)
    one, today = f"/api/v1/certificates/{wanted.id}", TODAY.isoformat()
    twice, because = {"id": new_id(), "decision": decision}, {"id": new_id(), "from_on": today}
    lift = {**because, "because": "mistake", "note": "บันทึก 4/69"}
    await tried.all(
        (WAN, "POST", "/api/v1/certificates", twice, "certificates.issued_already",
         "model/certificate"),
        (WAN, "POST", f"/certs/new/{decision}", {"id": new_id()}, "certificates.issued_already",
         "model/certificate"),
        (WAN, "POST", f"{one}/reinstatement", lift, "certificates.not_from_this_state",
         "model/certificate"),
    )  # fmt: skip
    stop = ChangeCertificate(new_id(), wanted.id, "complaint", TODAY)
    await run(hearings.suspend, stop, by=WAN, at=NOW)
    await tried.all(
        (WAN, "POST", f"{one}/suspension", {**because, "because": "complaint"},
         "certificates.not_from_this_state", "model/certificate"),
        (WAN, "POST", f"/certs/{wanted.id}/suspend",
         {"id": new_id(), "because": "complaint", "from_on": today},
         "certificates.not_from_this_state", "model/certificate"),
    )  # fmt: skip
