"""One season of Malee's plot under each of the three presets: the same people come, look, find and
vote in the same order, and what comes of it differs where a setting does. Each column of `SEASONS`
is named by the setting that makes the difference."""

from typing import Any

import msgspec
import pytest

from certification.applications import commands as applications
from certification.applications import queries as asked_for
from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.certificates import commands as certificates
from certification.certificates import queries as papers
from certification.certificates.rules import IssueCertificate
from certification.decisions import commands as decisions
from certification.decisions.rules import Decide
from certification.decisions.votes import CastVote
from certification.inspections import assigning
from certification.inspections import commands as inspections
from certification.inspections.panel import Assigned
from certification.meetings import commands as meetings
from certification.meetings.rules import Attend, OpenMeeting
from certification.organs.rules import Body
from certification.schemes import commands as schemes
from certification.schemes.presets import preset
from certification.schemes.rules import FoundScheme, PublishScheme
from certification.trainings import commands as trainings
from certification.trainings.rules import RecordTraining
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
    RATTAPHUM,
    SOMCHAI,
    TODAY,
    WAN,
    YING,
    log_faults,
    village,
)
from tests.certification.test_presets import VISITS
from tests.guarantee import ON_PAPER, application, assignment, inspected, planted

NINE = tuple(Assigned(who, seat) for who, seat in (
    (WAN, "hospital"), (DAO, "health_office"), (PRASERT, "agri_office"), (ADMIN, "coop_office"),
    (KRIT, "research_centre"), (SOMCHAI, "producer"), (CHAN, "producer"), (YING, "producer"),
    (NOK, "consumer"),
))  # fmt: skip
PANELS = {**VISITS, "all nine seats": NINE}
PEERS, SUPPORTERS = (SOMCHAI, CHAN, YING), (WAN, DAO, PRASERT)
"""Four of these six are for it, two against: two thirds."""
MISSED = {"farmer_present": (MALEE, "producer"), "consumers_present": (NOK, "consumer")}
"""Who comes once the meeting says that it needs them."""
BODIES: tuple[Body, ...] = ("committee", "screening", "committee", "inter_group")
"""Wan calls one after the other until the plot is decided on."""

SEASONS: dict[str, dict[str, Any]] = {
    "training_hours_min": {  # of three hours that Malee was taught
        "sgs-pgs": "enough", "sdgspgs": "too few", "vietnam-like": "enough",
    },
    "panel_seats": {  # and min_inspectors, inspect_cross_group: who may look, the first that may
        "sgs-pgs": ["too_few_inspectors", "unknown_seat", "other_group", "all nine seats"],
        "sdgspgs": ["seat_not_filled", "two peers and an agency"],
        "vietnam-like": ["seat_not_filled", "unknown_seat", "three peers"],
    },
    "decision_stages": {  # what each meeting says that Wan calls
        "sgs-pgs": ["committee: approved"],
        "sdgspgs": ["committee: other_body", "screening: approved", "committee: approved"],
        "vietnam-like": [
            "committee: other_body", "screening: other_body", "committee: other_body",
            "inter_group: approved",
        ],
    },
    "farmer_present": {"sgs-pgs": True, "sdgspgs": False, "vietnam-like": False},
    "consumers_present": {"sgs-pgs": False, "sdgspgs": False, "vietnam-like": True},
    "number_format": {
        "sgs-pgs": "SGS-90-69-00001", "sdgspgs": "SDG-90-69-00001",
        "vietnam-like": "PGV-90-2569-0001",
    },
    # alike under all three, until a charter says otherwise:
    "conversion_months": dict.fromkeys(("sgs-pgs", "sdgspgs", "vietnam-like"), "organic"),
    "validity_months": dict.fromkeys(("sgs-pgs", "sdgspgs", "vietnam-like"), "2027-11-21"),
}  # fmt: skip


class Season:
    def __init__(self, name: str) -> None:
        self.name, self.told = name, dict[str, Any]()

    async def settle(self) -> None:
        """The preset as it ships, but for what the story does not tell of land and group."""
        content = preset(self.name)
        rules = msgspec.structs.replace(content.rules, history_years=0, group_min_members=1)
        content = msgspec.structs.replace(content, rules=rules)
        first = FoundScheme(new_id(), content.scheme, rules.number_prefix, NETWORK)
        await run(schemes.found, first, by=WAN, at=LONG_AGO)
        wanted = PublishScheme(new_id(), content, LONG_AGO.date(), "1/2566")
        await run(schemes.publish, wanted, by=WAN, at=LONG_AGO)
        self.scheme, self.pledge = content.scheme, content.pledge.digest

    async def applied(self) -> str:
        taught = RecordTraining(new_id(), RATTAPHUM, "ทำปุ๋ยหมัก", TODAY, 180, (MALEE,))
        await run(trainings.record, taught, by=YING, at=NOW)
        wanted = application(await planted(), scheme=self.scheme, pledge_digest=self.pledge)
        await run(applications.submit, wanted, by=MALEE, at=NOW)
        lacks = await asked_for.lacking(await asked_for.application(wanted.id), TODAY)
        missing = "training" in {one.what for one in lacks}
        self.told["training_hours_min"] = "too few" if missing else "enough"
        await run(applications.accept, wanted.id, ON_PAPER, by=WAN, at=NOW)
        return wanted.id

    async def looked(self, asked: str) -> None:
        said = self.told["panel_seats"] = list[str]()
        for name, panel in PANELS.items():
            visit = assignment(asked, panel)
            if no := await refused(assigning.assign, visit, by=YING):
                said.append(no)
                continue
            await run(inspections.cancel, visit.id, by=WAN, at=NOW)
            await inspected(asked, panel)
            said.append(name)
            return

    async def decided(self, asked: str) -> str:
        said = self.told["decision_stages"] = list[str]()
        self.told |= dict.fromkeys(MISSED, False)
        for body in BODIES:
            made, what = await self._met(asked, body)
            said.append(f"{body}: {what}")
            if (await asked_for.application(asked)).state == "decided":
                return made
        raise AssertionError(said)

    async def _met(self, asked: str, body: Body) -> tuple[str, str]:
        held = OpenMeeting(new_id(), NETWORK, TODAY, "ศาลา", body)
        await run(meetings.open_meeting, held, by=WAN, at=NOW)
        beside = preset(self.name).rules.panel_seats
        other = next(s.code for s in beside if s.code not in ("producer", "consumer"))
        for person, seat in [(one, "producer") for one in PEERS] + [
            (one, other) for one in SUPPORTERS
        ]:
            await run(meetings.attend, Attend(held.id, person, seat), by=WAN, at=NOW)
        for person in (*PEERS, *SUPPORTERS):
            vote = CastVote(held.id, asked, person, "against" if person in (YING, DAO) else "for")
            if no := await refused(decisions.vote, vote, by=WAN):
                return "", no
        wanted = Decide(new_id(), held.id, asked)
        no = await refused(decisions.decide, wanted, by=WAN)
        for missed, (who, seat) in MISSED.items():
            if no == f"{missed.partition('_')[0]}_absent":
                self.told[missed] = True
                await run(meetings.attend, Attend(held.id, who, seat), by=WAN, at=NOW)
                no = await refused(decisions.decide, wanted, by=WAN)
        return wanted.id, no or "approved"

    async def issued(self, decision: str) -> None:
        wanted = IssueCertificate(new_id(), decision)
        await run(certificates.issue, wanted, by=WAN, at=NOW)
        paper = await papers.certificate(wanted.id)
        self.told["number_format"] = paper.number.rpartition("-")[0]
        self.told["conversion_months"] = paper.stage
        self.told["validity_months"] = str(paper.valid_until)


async def refused(command: Any, *said: Any, by: str) -> str:
    """Empty where it was done."""
    try:
        await run(command, *said, by=by, at=NOW)
    except Refusal as no:
        return no.code.partition(".")[2]
    return ""


@pytest.mark.parametrize("name", ["sgs-pgs", "sdgspgs", "vietnam-like"])
async def test_the_same_season_comes_out_as_the_preset_says(db: Database, name: str) -> None:
    await village(db)
    season = Season(name)
    await season.settle()
    asked = await season.applied()
    await season.looked(asked)
    await season.issued(await season.decided(asked))
    assert season.told == {setting: by_preset[name] for setting, by_preset in SEASONS.items()}
    assert not await log_faults()


def test_every_setting_that_the_season_names_is_one() -> None:
    names = {*type(preset("sgs-pgs").rules).__struct_fields__}
    assert {*SEASONS} <= names
