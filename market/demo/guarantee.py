"""From the field to the certificate: every plot of the demo, as far as it has come.

The committee met ninety days before the demo's day; three plots have only begun since, and one
certificate was suspended.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from certification.applications import commands as applications
from certification.applications.rules import SubmitApplication
from certification.basis.transaction import run
from certification.basis.units import BUDDHIST
from certification.certificates import commands as certificates
from certification.certificates.rules import ChangeCertificate, IssueCertificate
from certification.crops import commands as crops
from certification.crops.rules import SetFigure
from certification.decisions import commands as decisions
from certification.decisions.rules import Attend, CastVote, Decide, OpenMeeting
from certification.inspections import commands as inspections
from certification.inspections.panel import Assigned
from certification.inspections.rules import (
    AnswerGiven,
    AssignInspection,
    BeginInspection,
    FinishInspection,
    GiveAnswers,
    MakeFinding,
)
from certification.plots import commands as plots
from certification.plots import queries as plot_queries
from certification.plots.rules import PlantCrop, RegisterPlot
from certification.schemes import commands as schemes
from certification.schemes import queries as charter
from certification.schemes.rules import Item, PublishScheme, Seat
from market.demo.days import Days, named
from market.demo.land import FIGURES, LAND, Land, outline
from market.demo.people import COMMITTEE, KHUAN_LANG, NETWORK, RATTAPHUM, who

SCHEME = "sgs-pgs"
PUBLISHED, REGISTERED, APPLIED, ACCEPTED, ASSIGNED, VISITED, MET = (
    -1_095, -120, -115, -113, -110, -104, -90,
)  # fmt: skip
SUSPENDED = -20
LEADERS = {RATTAPHUM: "ying", KHUAN_LANG: "krit"}
SEATS: tuple[Seat, ...] = ("producer", "producer", "consumer")
MEETING = named("meeting")
PLAN = "ปลูกผักหมุนเวียนกับถั่ว ใช้ปุ๋ยหมักของกลุ่ม (ข้อมูลตัวอย่าง)"
SEEN = "เห็นด้วยตาในวันตรวจ (ข้อมูลตัวอย่าง)"
GOOD = {
    "yes_no_na": "yes", "score_0_2": "2", "number_percent": "80", "number_m": "2",
    "number_days": "120", "integer": "3", "area_rai": "3", "date": "2015-05-31",
}  # fmt: skip
"""The answer of a plot on which all is well, by the type of the question."""
CHOSEN = {"H11": "not_found"}
"""Where the first option is not what was seen."""


async def vouch(days: Days) -> None:
    """In the order of the days, so that the record tells it as it came."""
    await _charter(days)
    for land in LAND:
        await _register(land, days)
    for land in LAND:
        await _plant(land, days)
    certified = [land for land in LAND if land.certified]
    for land in certified:
        await _apply(land, days, APPLIED)
    for land in certified:
        await _accept(land, days, ACCEPTED)
    for number, land in enumerate(certified):
        await _assign(land, days, ASSIGNED, VISITED + number)
    for number, land in enumerate(certified):
        await _visit(land, days, VISITED + number)
    await _meet(certified, days)
    for land in certified:
        wanted = IssueCertificate(certificate(land), named("decision", land.key))
        await run(certificates.issue, wanted, by=who("wan"), at=days.at(MET + 1))


async def suspend(days: Days) -> None:
    """Lamai was not there for the visit of the year."""
    for land in LAND:
        if land.standing == "suspended":
            said = ChangeCertificate(
                named("suspended", land.key), certificate(land), "inspection_missed",
                days.on(SUSPENDED),
            )  # fmt: skip
            await run(certificates.suspend, said, by=who("wan"), at=days.at(SUSPENDED, 15))


async def begin_anew(days: Days) -> None:
    """Three plots on their way: one handed in, one accepted, one waiting for its visit."""
    begun = [land for land in LAND if land.standing in ("submitted", "accepted", "assigned")]
    for land in begun:
        await _apply(land, days, -12)
    for land in begun:
        if land.standing != "submitted":
            await _accept(land, days, -10)
    for land in begun:
        if land.standing == "assigned":
            await _assign(land, days, -9, 1)


async def _charter(days: Days) -> None:
    content = charter.preset(SCHEME)
    wanted = PublishScheme(named("scheme"), content, days.on(PUBLISHED), "1/2566")
    await run(schemes.publish, wanted, by=who("wan"), at=days.at(PUBLISHED))
    minutes = f"3/{days.on(REGISTERED).year + BUDDHIST}"
    for crop, kg_per_rai in FIGURES.items():
        figure = SetFigure(named("figure", crop), crop, NETWORK, kg_per_rai, minutes)
        await run(crops.set_figure, figure, by=who("wan"), at=days.at(REGISTERED, 8))


async def _register(land: Land, days: Days) -> None:
    registered = RegisterPlot(
        id=land.id, group=land.group, farmer=land.farmer_id, name=land.name, kind=land.kind,
        outline=outline(land.lat, land.lon, land.rai), moo=land.moo,
        farmed_since=days.on(-4_000),
    )  # fmt: skip
    await run(plots.register, registered, by=land.farmer_id, at=days.at(REGISTERED))


async def _plant(land: Land, days: Days) -> None:
    area_m2 = (await plot_queries.plot(land.id)).area_m2
    for crop in land.crops:
        part = PlantCrop(
            planting(land, crop.crop), land.id, crop.crop, area_m2 // len(land.crops),
            days.on(crop.sown),
        )  # fmt: skip
        await run(plots.plant, part, by=land.farmer_id, at=days.at(REGISTERED, 11))


def planting(land: Land, crop: str) -> str:
    return named("planting", land.key, crop)


def application(land: Land) -> str:
    return named("application", land.key)


def inspection(land: Land) -> str:
    return named("inspection", land.key)


def certificate(land: Land) -> str:
    return named("certificate", land.key)


async def _apply(land: Land, days: Days, day: int) -> None:
    wanted = SubmitApplication(
        id=application(land), plot=land.id, scheme=SCHEME, farm_plan=PLAN,
        no_prohibited_since=days.on(land.clean_since),
        pledge_digest=charter.preset(SCHEME).pledge.digest,
    )  # fmt: skip
    await run(applications.submit, wanted, by=land.farmer_id, at=days.at(day))


async def _accept(land: Land, days: Days, day: int) -> None:
    """Nobody accepts an own application: the leaders' are accepted by the secretariat."""
    leader = LEADERS[land.group]
    by = "wan" if land.farmer == leader else leader
    await run(applications.accept, application(land), by=who(by), at=days.at(day))


async def _assign(land: Land, days: Days, day: int, planned: int) -> None:
    assert land.inspectors
    pairs = zip(land.inspectors, SEATS, strict=True)
    panel = tuple(Assigned(who(key), seat) for key, seat in pairs)
    wanted = AssignInspection(inspection(land), application(land), panel, days.on(planned))
    await run(inspections.assign, wanted, by=who("wan"), at=days.at(day))


async def _visit(land: Land, days: Days, day: int) -> None:
    assert land.inspectors
    visit, first = inspection(land), who(land.inspectors[0])
    began, ended = days.at(day, 8), days.at(day, 10)
    await run(inspections.begin, BeginInspection(visit, began), by=first, at=began)
    sheet = GiveAnswers(visit, tuple(_answers(land, days.at(day, 9))))
    await run(inspections.answer, sheet, by=first, at=days.at(day, 9))
    if land.standing == "in_conversion":
        await _find(land, days, day)
    for key in land.inspectors:
        await run(inspections.sign, visit, by=who(key), at=ended)
    end = FinishInspection(visit, "signed", ended)
    await run(inspections.finish, end, by=first, at=ended)


def _answers(land: Land, at: datetime) -> Iterable[AnswerGiven]:
    for item in charter.preset(SCHEME).checklist:
        id = named("answer", land.key, item.code)
        yield AnswerGiven(id, item.code, good_answer(item), at, SEEN)


def good_answer(item: Item) -> str:
    """What is said of the item on a plot on which all is well."""
    if item.applies_to != "all":
        return "na"
    if item.options:
        return CHOSEN.get(item.code) or item.options[0]
    return GOOD.get(item.answer_type, "noted")


async def _find(land: Land, days: Days, day: int) -> None:
    """A small thing to mend before the next visit."""
    assert land.inspectors
    by, visit = who(land.inspectors[0]), inspection(land)
    found = MakeFinding(
        named("finding", land.key), visit, "N10", "minor", "ยังไม่ปลูกพืชหมุนเวียน",
        "ปลูกถั่วพร้าคั่นก่อนรอบหน้า", days.on(day + 60),
    )  # fmt: skip
    await run(inspections.find, found, by=by, at=days.at(day, 9))


async def _meet(certified: list[Land], days: Days) -> None:
    secretary, at = who("wan"), days.at(MET)
    opening = OpenMeeting(MEETING, NETWORK, days.on(MET), "ห้องประชุม (ข้อมูลตัวอย่าง)")
    await run(decisions.open_meeting, opening, by=secretary, at=at)
    farmers = sorted({land.farmer for land in certified} | {"kamol", "kliao"})
    seats: list[tuple[str, Seat]] = [(person.key, "agency") for person in COMMITTEE]
    seats += [(key, "producer") for key in farmers] + [("fon", "consumer"), ("mek", "consumer")]
    for key, seat in seats:
        await run(decisions.attend, Attend(MEETING, who(key), seat), by=secretary, at=at)
    for number, land in enumerate(certified):
        await run(_decide, land, days.at(MET, 10, 4 * number))
    await run(decisions.close_meeting, MEETING, by=secretary, at=days.at(MET, 12))


async def _decide(land: Land, at: datetime) -> None:
    secretary, asked = who("wan"), application(land)
    for voter in COMMITTEE:
        shown = CastVote(MEETING, asked, voter.id, "for")
        await decisions.vote(shown, by=secretary, at=at)
    decided = Decide(named("decision", land.key), MEETING, asked)
    await decisions.decide(decided, by=secretary, at=at)
