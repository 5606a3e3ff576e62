"""From the field to the application: the charter, every plot of the demo, and who applied when.

Three meetings decided: on the first three plots more than a year ago, on most of the others in the
year that ends now, and on renewals and newcomers three months ago.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from certification.applications import commands as applications
from certification.applications.rules import ReturnApplication, SubmitApplication, Withdraw
from certification.basis.text import Text
from certification.basis.units import BUDDHIST
from certification.crops import commands as crops
from certification.crops.rules import SetFigure
from certification.inspections import assigning
from certification.inspections.panel import Assigned
from certification.inspections.rules import AssignInspection
from certification.plots import commands as plots
from certification.plots.rules import RegisterPlot
from certification.schemes import commands as schemes
from certification.schemes import queries as charter
from certification.schemes.rules import Content, FoundScheme, Item, Pledge, PublishScheme
from market.demo.days import Days, named
from market.demo.ground import BEGUN, PILOT, SECOND, Land
from market.demo.land import LAND
from market.demo.people import NETWORK, who
from market.demo.story import Deed, deed

SCHEME = "sgs-pgs"
PRESET = "sgs-pgs-small"
"""Three seats to begin with: the village has not yet filled the nine of the Songkhla draft."""
PUBLISHED, DRAFTED = -1_095, -9
SEATS = ("producer", "producer", "consumer")
PLAN = "ปลูกผักหมุนเวียนกับถั่ว ใช้ปุ๋ยหมักของกลุ่ม (ข้อมูลตัวอย่าง)"
SEEN = "เห็นด้วยตาในวันตรวจ (ข้อมูลตัวอย่าง)"
GOOD = {
    "yes_no_na": "yes", "score_0_2": "2", "number_percent": "80", "number_m": "2",
    "number_days": "120", "integer": "3", "area_rai": "3", "date": "2015-05-31",
}  # fmt: skip
"""The answer of a plot on which all is well, by the type of the question."""
CHOSEN = {"H11": "not_found"}
"""Where the first option is not what was seen."""
FIGURES = {
    "bird-chilli": 600, "lemongrass": 2_500, "okra": 1_600, "banana-namwa": 2_400,
    "mango-bao": 500, "coriander": 900, "spring-onion": 1_200, "coconut": 1_800,
    "champedak": 700, "stink-bean": 350, "liang": 700, "torch-ginger": 400, "holy-basil": 1_200,
    "galangal": 2_200, "amaranth": 1_300, "salak": 900, "thai-basil": 1_200, "pomelo": 1_300,
    "guava": 1_500, "winged-bean": 1_000, "peanut": 350, "oyster-mushroom": 4_000,
    "papaya": 3_000, "wax-gourd": 2_200, "ginger": 2_000, "betel-leaf": 1_000,
    "ivy-gourd": 900, "cha-om": 800, "toddy-palm": 600, "rice-lebnok": 380,
}  # fmt: skip
"""Kilograms per rai that the committee has set where no source tells."""
RETURNED_FOR = "แผนผังแปลงยังไม่มีแนวกันชนด้านทิศเหนือ เติมแล้วส่งใหม่ได้เลย (ข้อมูลตัวอย่าง)"
ON_PAPER = "ตรวจความครบถ้วนจากแบบกระดาษแล้ว (ข้อมูลตัวอย่าง)"
"""Why an application is taken on whose farmer has not answered every question here."""
STEPS = ("submitted", "accepted", "assigned", "inspected")
SOON = 2
"""In so many days the visits that are planned will be."""


def vouch(days: Days) -> Iterator[Deed]:
    yield from _charter(days)
    for land in LAND:
        yield _register(land, days)
        for season in land.seasons:
            yield _apply(land, days, season.key, season.applied)
            yield _accept(land, days, season.key, season.accepted)
            yield assign(land, days, season.key, (season.assigned, season.visited))
        if land.under_way:
            yield from _begin(land, days)


def _begin(land: Land, days: Days) -> Iterator[Deed]:
    """Applied this month, and come so far."""
    yield _apply(land, days, "begun", BEGUN)
    asked = application(land, "begun")
    if land.under_way == "returned":
        back = ReturnApplication(asked, RETURNED_FOR)
        yield deed(applications.return_, back, by=who("wan"), at=days.at(BEGUN + 2))
    if land.under_way == "withdrawn":
        at = days.at(BEGUN + 5)
        yield deed(applications.withdraw, Withdraw(asked), by=land.farmer_id, at=at)
    if land.under_way in STEPS[1:]:
        yield _accept(land, days, "begun", BEGUN + 2)
    if land.under_way == "assigned":
        yield assign(land, days, "begun", (BEGUN + 3, SOON))
    if land.under_way == "inspected":
        yield assign(land, days, "begun", (BEGUN + 3, BEGUN + 6))


def _charter(days: Days) -> Iterator[Deed]:
    content = charter.preset(PRESET)
    prefix = content.rules.number_prefix
    founded = FoundScheme(named("charter"), SCHEME, prefix, NETWORK)
    yield deed(schemes.found, founded, by=who("wan"), at=days.at(PUBLISHED, 8))
    adopted_on = days.on(PUBLISHED)
    wanted = PublishScheme(named("scheme"), content, adopted_on, "1/2566", adopted_on)
    yield deed(schemes.publish, wanted, by=who("wan"), at=days.at(PUBLISHED))
    yield deed(schemes.begin_draft, SCHEME, _next(content), by=who("wan"), at=days.at(DRAFTED, 19))
    minutes = f"3/{days.on(PILOT.registered).year + BUDDHIST}"
    for crop, kg_per_rai in FIGURES.items():
        figure = SetFigure(named("figure", crop), crop, NETWORK, kg_per_rai, minutes)
        yield deed(crops.set_figure, figure, by=who("wan"), at=days.at(PILOT.registered, 8))


def _next(content: Content) -> Content:
    """What the committee talks about changing: fewer findings left open, one promise more."""
    settings = msgspec.structs.replace(content.rules, max_open_minor=3)
    more = Text("ข้าพเจ้าจะไม่เผาฟางและเศษพืชในแปลง", "I will not burn straw or residues on the plot.")
    pledge = Pledge((*content.pledge.promises, more))
    return msgspec.structs.replace(content, rules=settings, pledge=pledge)


def _register(land: Land, days: Days) -> Deed:
    registered = RegisterPlot(
        id=land.id, group=land.group, farmer=land.farmer_id, name=land.name, kind=land.kind,
        outline=land.outline, moo=land.moo, farmed_since=days.on(-4_000),
    )  # fmt: skip
    return deed(plots.register, registered, by=land.farmer_id, at=days.at(land.registered))


def application(land: Land, season: str = SECOND.key) -> str:
    return named("application", season, land.key)


def inspection(land: Land, season: str = SECOND.key) -> str:
    return named("inspection", season, land.key)


def _apply(land: Land, days: Days, season: str, day: int) -> Deed:
    wanted = SubmitApplication(
        id=application(land, season), plot=land.id, scheme=SCHEME, farm_plan=PLAN,
        no_prohibited_since=days.on(land.clean_since),
        pledge_digest=charter.preset(PRESET).pledge.digest,
    )  # fmt: skip
    return deed(applications.submit, wanted, by=land.farmer_id, at=days.at(day))


def _accept(land: Land, days: Days, season: str, day: int) -> Deed:
    asked = application(land, season)
    return deed(applications.accept, asked, ON_PAPER, by=who("wan"), at=days.at(day))


def assign(land: Land, days: Days, season: str, when: tuple[int, int]) -> Deed:
    """On the first day, for the second."""
    assert land.inspectors
    pairs = zip(land.inspectors, SEATS, strict=True)
    panel = tuple(Assigned(who(key), seat) for key, seat in pairs)
    first = not land.seasons or land.seasons[0].key == season
    wanted = AssignInspection(
        inspection(land, season), application(land, season), panel, days.on(when[1]),
        "initial" if first else "annual",
    )  # fmt: skip
    return deed(assigning.assign, wanted, by=who("wan"), at=days.at(when[0]))


def good_answer(item: Item) -> str:
    """What is said of the item on a plot on which all is well."""
    if item.applies_to != "all":
        return "na"
    if item.options:
        return CHOSEN.get(item.code) or item.options[0]
    return GOOD.get(item.answer_type, "noted")
