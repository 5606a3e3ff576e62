"""The way from the field to the certificate, walked by the cast through the product's commands.

    await village(db)
    land = await planted()              # Malee's plot with kale on it
    paper = await certified()           # all of it, up to an organic certificate

Each step takes the id the step before it gave. Three look at Malee's plot: Somchai and Chan, who
farm beside her, and Nok, who eats what she grows. The network meets on TODAY.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import msgspec

from certification.applications import commands as applications
from certification.applications import queries as application_queries
from certification.applications.rules import SubmitApplication
from certification.basis.ids import new_id
from certification.basis.text import Text
from certification.basis.transaction import run
from certification.certificates import commands as certificates
from certification.certificates.rules import CertificateIssued, IssueCertificate
from certification.decisions import commands as decisions
from certification.decisions.rules import Decide
from certification.decisions.votes import CastVote, Value
from certification.groups import commands as groups
from certification.groups.rules import Grants
from certification.inspections import assigning
from certification.inspections import commands as inspections
from certification.inspections.answering import AnswerGiven, GiveAnswers
from certification.inspections.panel import Assigned
from certification.inspections.rules import AssignInspection, BeginInspection, FinishInspection
from certification.land import commands as land
from certification.land.rules import DeclareHolding, NotePaper
from certification.meetings import commands as meetings
from certification.meetings.rules import Attend, OpenMeeting
from certification.organs import queries as organs
from certification.organs.rules import Body
from certification.plots import commands as plots
from certification.plots.rules import PlantCrop, RegisterPlot
from certification.schemes import commands as schemes
from certification.schemes import queries as scheme_queries
from certification.schemes.rules import (
    Content,
    DecisionStage,
    FoundScheme,
    OrganKind,
    PublishScheme,
)
from tests.cast import (
    ADMIN,
    CHAN,
    DAO,
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
)


async def nok_may_look() -> None:
    """The network asked Nok to inspect as a consumer: at the doors only who is of it is named."""
    await run(groups.grant_role, Grants(new_id(), NOK, "inspector", NETWORK), by=ADMIN, at=LONG_AGO)


LAT, LON = 7.0761, 100.2838
"""In Kamphaeng Phet, Rattaphum (900901)."""
LONG_CLEAN = TODAY - timedelta(days=1_000)
"""Nothing prohibited since: longer than any time of conversion."""
JUST_CLEAN = TODAY - timedelta(days=100)


def square(lat: float = LAT, lon: float = LON, side: float = 0.0008) -> dict[str, Any]:
    ring = [[lon, lat], [lon + side, lat], [lon + side, lat + side], [lon, lat + side], [lon, lat]]
    return {"type": "Polygon", "coordinates": [ring]}


async def published(**changed: Any) -> str:
    """The id of a version of SGS-PGS in force since LONG_AGO, with some settings changed. Of the
    land's past, of trainings and of the group's size it asks nothing: few stories tell of them."""
    content: Content = scheme_queries.preset("sgs-pgs-small")
    few = {"history_years": 0, "training_hours_min": 0, "group_min_members": 1}
    changed = few | changed
    content = msgspec.structs.replace(
        content, rules=msgspec.structs.replace(content.rules, **changed)
    )
    if content.scheme not in [one.code for one in await scheme_queries.founded()]:
        prefix = content.rules.number_prefix
        first = FoundScheme(new_id(), content.scheme, prefix, NETWORK)
        await run(schemes.found, first, by=WAN, at=LONG_AGO)
    wanted = PublishScheme(new_id(), content, LONG_AGO.date(), "1/2566")
    return (await run(schemes.publish, wanted, by=WAN, at=LONG_AGO)).version_id


def stages(*kinds: OrganKind) -> tuple[DecisionStage, ...]:
    """Who decides, in this order: for `published(decision_stages=…)`."""
    return tuple(DecisionStage(kind, Text(kind, kind)) for kind in kinds)


async def planted(
    crops: Sequence[str] = ("kale",),
    *,
    farmer: str = MALEE,
    group: str = RATTAPHUM,
    lat: float = LAT,
    lon: float = LON,
    sown_on: date = TODAY - timedelta(days=40),
    told: bool = True,
) -> str:
    """A plot of about five rai, an even part of it for each crop; answers with its id. `told`: its
    paper and all land of its farmer, so that one may apply."""
    wanted = RegisterPlot(
        id=new_id(), group=group, farmer=farmer, name="หลังบ้าน", kind="field",
        outline=square(lat, lon), farmed_since=LONG_AGO.date(),
    )  # fmt: skip
    made = await run(plots.register, wanted, by=farmer, at=NOW)
    for crop in crops:
        part = PlantCrop(new_id(), wanted.id, crop, made.area_m2 // len(crops), sown_on)
        await run(plots.plant, part, by=farmer, at=NOW)
    if told:
        await run(tell_of_land, wanted.id, farmer)
    return wanted.id


async def tell_of_land(plot: str, farmer: str) -> None:
    paper = NotePaper(id=new_id(), plot=plot, kind="ns4")
    await land.note_paper(paper, by=farmer, at=NOW)
    whole = DeclareHolding(id=new_id(), person=farmer, area_m2=200 * 1_600, pieces=3)
    await land.declare_holding(whole, by=farmer, at=NOW)


def application(plot: str, *, clean_since: date = LONG_CLEAN, **also: Any) -> SubmitApplication:
    plain = SubmitApplication(
        id=new_id(), plot=plot, scheme="sgs-pgs", farm_plan="ผักใบ หมุนเวียนกับถั่ว",
        no_prohibited_since=clean_since,
        pledge_digest=scheme_queries.preset("sgs-pgs-small").pledge.digest,
    )  # fmt: skip
    return msgspec.structs.replace(plain, **also)


async def applied(plot: str, *, farmer: str = MALEE, clean_since: date = LONG_CLEAN) -> str:
    wanted = application(plot, clean_since=clean_since)
    return (await run(applications.submit, wanted, by=farmer, at=NOW)).application


ON_PAPER = "ตอบในแบบกระดาษแล้ว"
"""Why an application is taken on of which not all is told."""


async def accepted(plot: str, *, farmer: str = MALEE, clean_since: date = LONG_CLEAN) -> str:
    id = await applied(plot, farmer=farmer, clean_since=clean_since)
    await run(applications.accept, id, ON_PAPER, by=WAN, at=NOW)
    return id


PANEL = (Assigned(SOMCHAI, "producer"), Assigned(CHAN, "producer"), Assigned(NOK, "consumer"))
GOOD = {
    "yes_no_na": "yes", "score_0_2": "2", "number_percent": "80", "number_m": "1.5",
    "number_days": "120", "integer": "2", "area_rai": "5", "date": "2020-01-31",
}  # fmt: skip


def assignment(application: str, panel: Sequence[Assigned] = PANEL) -> AssignInspection:
    return AssignInspection(new_id(), application, tuple(panel), TODAY)


def good_answers(**other: str) -> list[AnswerGiven]:
    """One for each question that must be answered: all is well, but for what `other` says."""
    items = [i for i in scheme_queries.preset("sgs-pgs-small").checklist if i.must_be_answered]
    return [
        AnswerGiven(
            new_id(),
            item.code,
            other.get(item.code)
            or GOOD.get(item.answer_type)
            or (item.options[0] if item.options else "noted"),
            NOW,
            "เห็นด้วยตา",
        )
        for item in items
    ]


async def begun(application: str, panel: Sequence[Assigned] = PANEL) -> str:
    """Assigned by Ying, and the inspectors are on the plot."""
    wanted = assignment(application, panel)
    await run(assigning.assign, wanted, by=YING, at=NOW)
    await run(inspections.begin, BeginInspection(wanted.id, NOW), by=panel[0].person, at=NOW)
    return wanted.id


async def answered(application: str, panel: Sequence[Assigned] = PANEL) -> str:
    id = await begun(application, panel)
    given = GiveAnswers(id, tuple(good_answers()))
    await run(inspections.answer, given, by=panel[0].person, at=NOW)
    return id


async def inspected(application: str, panel: Sequence[Assigned] = PANEL) -> str:
    """Answered well and signed by all; answers with the inspection's id."""
    id = await answered(application, panel)
    for member in panel:
        await run(inspections.sign, id, by=member.person, at=NOW)
    end = FinishInspection(id, "signed", NOW)
    await run(inspections.finish, end, by=panel[0].person, at=NOW)
    return id


FARMERS = (MALEE, SOMCHAI, CHAN, YING)
SEATS: dict[str, str] = {
    SOMCHAI: "producer",
    CHAN: "producer",
    YING: "producer",
    WAN: "agency",
    NOK: "consumer",
}
"""Who sits in the meeting beside the farmer; with five the quorum of SGS-PGS is just reached."""


async def meeting(
    *,
    organ: str = NETWORK,
    farmers: Sequence[str] = (MALEE,),
    held_on: date = TODAY,
    body: Body | None = None,
) -> str:
    """Opened by Wan, with everybody of SEATS and the farmers there; answers with its id."""
    seats: dict[str, str] = {farmer: "producer" for farmer in farmers if farmer in FARMERS}
    seats |= {guest: "agency" for guest in farmers if guest not in FARMERS} | SEATS
    wanted = OpenMeeting(new_id(), organ, held_on, "ศาลากลางบ้าน", body)
    await run(meetings.open_meeting, wanted, by=WAN, at=NOW)
    known = await organs.seat_codes(organ)
    for person, seat in seats.items():
        one = Attend(wanted.id, person, seat if seat in known else "hospital")
        await run(meetings.attend, one, by=WAN, at=NOW)
    return wanted.id


async def voted(meeting: str, application: str, **values: Value) -> None:
    """All of SEATS vote for it, but for what `values` says by the name of the seat's holder."""
    names = {SOMCHAI: "somchai", CHAN: "chan", YING: "ying", WAN: "wan", NOK: "nok"}
    farmer = (await application_queries.application(application)).applicant
    for person, name in names.items():
        value = "recused" if person == farmer else values.get(name, "for")
        vote = CastVote(meeting, application, person, value)
        await run(decisions.vote, vote, by=WAN, at=NOW)


async def decided(application: str, meeting: str, **values: Value) -> str:
    await voted(meeting, application, **values)
    wanted = Decide(new_id(), meeting, application)
    await run(decisions.decide, wanted, by=WAN, at=NOW)
    return wanted.id


async def certified(
    crops: Sequence[str] = ("kale",),
    *,
    farmer: str = MALEE,
    clean_since: date = LONG_CLEAN,
    lon: float = LON,
) -> CertificateIssued:
    """A plot of Malee's (or another's of the group) all the way to its certificate.

    Organic; in conversion when `clean_since` is JUST_CLEAN. A version of the scheme must be
    `published()` before. Another farmer needs another `lon`, or the plots overlap.
    """
    asked = await accepted(
        await planted(crops, farmer=farmer, lon=lon), farmer=farmer, clean_since=clean_since
    )
    await inspected(asked, panel_without(farmer))
    decision = await decided(asked, await meeting(farmers=[farmer, DAO, PRASERT]))
    return await run(certificates.issue, IssueCertificate(new_id(), decision), by=WAN, at=NOW)


def panel_without(farmer: str) -> Sequence[Assigned]:
    """Ying goes where Somchai or Chan cannot."""
    return [Assigned(YING, "producer") if m.person == farmer else m for m in PANEL]
