"""Malee's land turns organic by dates and visits, begins anew by what she used, never by hand."""

import asyncio
import re
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certification.basis import blobs
from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.refusal import Refusal
from certification.basis.text import Text
from certification.basis.transaction import run
from certification.certificates.rules import CertificateIssued
from certification.conversion import queries, rules
from certification.conversion.rules import Facts, Review, Shorten, Shortening, Spoil
from certification.decisions import commands as decisions
from certification.decisions.rules import Decide, DecidedAlready, NoVotes, ShorteningTurnedDown
from certification.decisions.votes import TooManyHands
from certification.findings import commands as findings
from certification.findings import ruled
from certification.findings.rules import Answer, Settle
from certification.inputs import commands as inputs
from certification.inputs.rules import NoteUse
from certification.inspections import commands as inspections
from certification.inspections.rules import MakeFinding
from certification.plots import queries as plots
from certification.schemes.queries import preset
from certification.schemes.settings import CropClass, PlotStage, RuleSet, StageKind
from market.domain.lots import commands as lots
from market.domain.lots import queries as lot_queries
from market.domain.lots.queries import Lot
from market.domain.lots.rules import HarvestLot
from market.domain.trace import queries as trace
from tests.cast import CHAN, MALEE, NOW, TODAY, WAN, log_faults, village
from tests.guarantee import (
    JUST_CLEAN,
    LON,
    accepted,
    answered,
    certified,
    decided,
    inspected,
    meeting,
    planted,
    published,
    voted,
)
from tests.tidy.sources import ROOT

SGS = preset("sgs-pgs-small").rules
LADDER: tuple[tuple[str, StageKind], ...] = (
    ("c", "conventional"), ("c0", "in_conversion"), ("c1", "in_conversion"),
    ("c2", "in_conversion"), ("organic", "organic"),
)  # fmt: skip
STEPS = msgspec.structs.replace(
    SGS, conversion_months={"annual": 36, "perennial": 36},
    stages=tuple(PlotStage(code, Text(code, code), kind) for code, kind in LADDER),
)  # fmt: skip
CHARTERS = {"12/18": SGS, "36 in 3": STEPS}
PAGE = (ROOT / "docs/model/conversion.md").read_text()
EXAMPLES = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if line.startswith(tuple(f"| {name} |" for name in CHARTERS))
]


def told(cell: str) -> list[str]:
    return [] if cell == "–" else re.split(", ?", cell)


def day(said: str) -> date:
    return date.fromisoformat(said)


def example(since: str, spoilt: str, visits: str, shorter: str) -> Facts:
    pairs = [one.split(">") for one in told(visits)]
    return Facts(
        tuple(map(day, told(since))),
        tuple(
            Spoil(day(on), day(on), why)  # type: ignore[arg-type]  # a word of the table
            for on, why in map(str.split, told(spoilt))
        ),
        tuple(Review(day(a), None if b == "-" else day(b)) for a, b in pairs),
        tuple(
            Shortening(day(on), of, int(months))  # type: ignore[arg-type]
            for on, of, months in map(str.split, told(shorter))
        ),
    )


def test_the_examples_on_paper_are_what_is_reckoned() -> None:
    assert len(EXAMPLES) > 20
    wrong = []
    for charter, since, spoilt, visits, shorter, of, on, stage, because in EXAMPLES:
        facts, charter_rules = example(since, spoilt, visits, shorter), CHARTERS[charter]
        span = rules.course(facts, of, charter_rules).on(day(on))  # type: ignore[arg-type]
        if (span.stage, span.because) != (stage, because):
            wrong.append(f"{charter} {since} {of} {on}: {span.stage}, {span.because}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("of", "since", "stage"),
    [
        ("annual", date(2025, 11, 22), "organic"),
        ("annual", date(2025, 11, 23), "in_conversion"),
        ("perennial", date(2025, 5, 22), "organic"),
        ("perennial", date(2025, 5, 23), "in_conversion"),
    ],
)
def test_the_stage_follows_from_the_dates(of: CropClass, since: date, stage: str) -> None:
    on = date(2026, 11, 22)
    facts = Facts((since,), reviews=(Review(on, on),))
    assert rules.course(facts, of, SGS).on(on).stage == stage


def test_what_is_ahead_says_the_day_and_that_a_visit_is_missing() -> None:
    course = rules.course(Facts((day("2026-05-03"),)), "annual", SGS)
    assert course.ahead == rules.Ahead("organic", "organic", day("2027-05-03"), review_missing=True)
    seen = Review(day("2026-11-10"), day("2026-11-10"))
    course = rules.course(Facts((day("2026-05-03"),), reviews=(seen,)), "annual", SGS)
    assert course.ahead is None
    assert course.spans[-1].about_on == seen.seen_on


def test_a_charter_without_a_stage_between_waits_in_the_first() -> None:
    straight = msgspec.structs.replace(SGS, stages=(SGS.stages[0], SGS.stages[-1]))
    facts = Facts((day("2026-05-03"),), reviews=(Review(day("2026-11-10"), day("2026-11-10")),))
    course = rules.course(facts, "annual", straight)
    assert course.on(day("2027-05-02")).kind == "conventional"
    assert course.on(day("2027-05-03")).kind == "organic"


def test_a_year_of_synthetics_stands_against_a_day_said_to_be_cleaner() -> None:
    clean = (date(2023, 11, 27),)
    spoil = rules.contradicted(2024, date(2026, 11, 22), clean)
    assert spoil == Spoil(date(2024, 1, 1), date(2024, 12, 31), "synthetic_year")
    assert rules.contradicted(2023, date(2026, 11, 22), clean) is None
    assert rules.contradicted(2022, date(2026, 11, 22), clean) is None
    assert rules.contradicted(2024, date(2024, 6, 1), clean) == Spoil(
        date(2024, 1, 1), date(2024, 6, 1), "synthetic_year"
    )


FIRST = date(2020, 1, 1)
days = st.integers(0, 2_500).map(lambda n: FIRST + timedelta(days=n))
spoils = st.builds(
    lambda on, more, why: Spoil(on, on + timedelta(days=more), why),
    days, st.integers(0, 40), st.sampled_from(get_args(rules.Spoilt)),
)  # fmt: skip
reviews = st.builds(
    lambda on, wait: Review(on, None if wait is None else on + timedelta(days=wait)),
    days, st.none() | st.integers(0, 200),
)  # fmt: skip
classes = st.sampled_from(get_args(CropClass))
shortenings = st.builds(Shortening, days, classes, st.integers(1, 18))
facts_told = st.builds(
    Facts, st.lists(days, max_size=3).map(tuple), st.lists(spoils, max_size=4).map(tuple),
    st.lists(reviews, max_size=5).map(tuple), st.lists(shortenings, max_size=2).map(tuple),
)  # fmt: skip
charters = st.sampled_from([SGS, STEPS])


def kinds(facts: Facts, of: CropClass, charter: RuleSet, until: date) -> list[str]:
    course = rules.course(facts, of, charter)
    return [
        course.on(date.fromordinal(n)).stage for n in range(FIRST.toordinal(), until.toordinal())
    ]


@settings(max_examples=150)
@given(facts_told, classes, charters)
def test_only_what_spoils_the_land_takes_it_down(
    facts: Facts, of: CropClass, charter: RuleSet
) -> None:
    spans = rules.course(facts, of, charter).spans
    assert [s.from_on for s in spans] == sorted({s.from_on for s in spans})
    order = [stage.code for stage in charter.stages]
    for before, after in pairwise(spans):
        if order.index(after.stage) <= order.index(before.stage):
            assert after.kind == "conventional"
            assert after.because not in ("clean", "stepped_up", "untold")


@settings(max_examples=150)
@given(facts_told, spoils, classes, charters)
def test_what_spoils_the_land_changes_no_day_before_it(
    facts: Facts, spoil: Spoil, of: CropClass, charter: RuleSet
) -> None:
    more = msgspec.structs.replace(facts, spoils=(*facts.spoils, spoil))
    on = spoil.from_on
    assert kinds(facts, of, charter, on) == kinds(more, of, charter, on)
    if facts.clean_since:
        assert rules.course(more, of, charter).on(on).kind == "conventional"


@settings(max_examples=150)
@given(facts_told, days, classes, charters)
def test_a_day_is_the_same_whenever_it_is_asked_about(
    facts: Facts, on: date, of: CropClass, charter: RuleSet
) -> None:
    """By what is known on that day alone, but for what was said later of days before it."""
    known = Facts(
        facts.clean_since,
        tuple(one for one in facts.spoils if one.from_on <= on),
        tuple(
            one if one.passed_on and one.passed_on <= on else Review(one.seen_on, None)
            for one in facts.reviews
            if one.seen_on <= on
        ),
        tuple(one for one in facts.shortenings if one.decided_on <= on),
    )
    assert rules.course(known, of, charter).on(on) == rules.course(facts, of, charter).on(on)


@settings(max_examples=100)
@given(facts_told, days, charters)
def test_each_class_is_reckoned_alone(facts: Facts, on: date, charter: RuleSet) -> None:
    alone = msgspec.structs.replace(
        facts, shortenings=tuple(s for s in facts.shortenings if s.crop_class == "annual")
    )
    months: dict[str, Any] = {**charter.conversion_months, "perennial": 1}
    other = msgspec.structs.replace(charter, conversion_months=months)
    both = rules.courses(facts, charter)
    assert rules.courses(alone, other)["annual"] == both["annual"]
    low = rules.lowest(both, ("annual", "perennial"), on)
    assert low.kind in (both["annual"].on(on).kind, both["perennial"].on(on).kind)


async def paper(db: Database, *crops: str, since: date) -> CertificateIssued:
    await village(db)
    await published()
    return await certified(crops, clean_since=since)


async def spans(plot: str, of: CropClass = "annual") -> list[tuple[date, str, str]]:
    [version] = await queries.asked_under(plot)
    found = (await queries.courses(plot, version))[of].spans
    return [(one.from_on, one.stage, one.because) for one in found[1:]]


async def harvested(plot: str, crop: str, on: date) -> tuple[str, str]:
    [planting] = [one for one in await plots.plantings(plot) if one.crop == crop]
    wanted = HarvestLot(plot, crop, on, 20_000, planting.id)
    made = await run(lots.harvest, new_id(), wanted, by=MALEE, at=NOW + (on - TODAY))
    return made.claim, made.because


async def test_under_one_paper_each_lot_goes_by_its_own_crop_and_day(db: Database) -> None:
    """Eleven months clean at the meeting: in a month the vegetables are organic, the limes not."""
    since = TODAY - timedelta(days=340)
    issued = await paper(db, "kale", "lime", since=since)
    assert issued.stage == "in_conversion"
    over = rules.months_after(since, 12)
    assert await spans(issued.plot) == [
        (since, "in_conversion", "clean"), (over, "organic", "stepped_up"),
    ]  # fmt: skip
    assert await harvested(issued.plot, "kale", over - timedelta(days=1)) == (
        "in_conversion", "certificate_held",
    )  # fmt: skip
    assert await harvested(issued.plot, "kale", over) == ("organic", "stage_passed")
    assert (await spans(issued.plot, "perennial"))[-1][1] == "organic"
    assert (await spans(issued.plot, "perennial"))[-1][0] == rules.months_after(since, 18)


async def test_what_was_prohibited_begins_it_anew_also_under_an_organic_paper(db: Database) -> None:
    issued = await paper(db, "kale", since=TODAY - timedelta(days=900))
    on = TODAY + timedelta(days=2)
    at = NOW + timedelta(days=3)
    told_use = NoteUse(
        id=new_id(), plot=issued.plot, code="urea", amount="1 กก.", used_on=on, knows=True
    )
    await run(inputs.note_use, told_use, by=MALEE, at=at)
    assert (await spans(issued.plot))[-3:] == [
        (TODAY, "organic", "stepped_up"),
        (on, "conventional", "prohibited_use"),
        (on + timedelta(days=1), "in_conversion", "prohibited_use"),
    ]
    assert await harvested(issued.plot, "kale", on - timedelta(days=1)) == (
        "organic", "certificate_held",
    )  # fmt: skip
    assert await harvested(issued.plot, "kale", on) == ("plain", "still_conventional")
    after = await harvested(issued.plot, "kale", on + timedelta(days=1))
    assert after == ("in_conversion", "stage_restarted")
    assert not await log_faults()


async def test_a_visit_that_found_it_or_was_turned_down_carries_no_step(db: Database) -> None:
    await village(db)
    await published()
    plot = await planted()
    asked = await accepted(plot)
    await inspected(asked)
    [version] = await queries.asked_under(plot)
    assert (await queries.stage(plot, version, "annual", TODAY)).stage == "organic"
    met = await meeting()
    await voted(met, asked, wan="against", nok="against", chan="against")
    no = Decide(new_id(), met, asked, reason="บันทึกไม่ครบ")
    await run(decisions.decide, no, by=WAN, at=NOW)
    assert (await queries.facts(plot, version)).reviews == ()
    assert (await queries.stage(plot, version, "annual", TODAY)).stage == "in_conversion"


async def test_what_inspectors_found_begins_it_anew_unless_a_meeting_withdraws_it(
    db: Database,
) -> None:
    """A bag of urea on the plot, and a missing label: the one counts, the other is mended."""
    await village(db)
    await published()
    plot = await planted()
    visit = await answered(await accepted(plot))
    bag = MakeFinding(new_id(), visit, "N05", "critical", "ถุงปุ๋ยเคมีในแปลง")
    label = MakeFinding(new_id(), visit, "H09", "critical", "ใช้ตราเกินแปลง")
    for finding in (bag, label):
        await run(inspections.find, finding, by=CHAN, at=NOW)
    assert (await spans(plot))[-2:] == [
        (TODAY, "conventional", "critical_finding"),
        (TODAY + timedelta(days=1), "in_conversion", "critical_finding"),
    ]
    said = Answer(new_id(), bag.id, "disputed", "ถุงเปล่าใส่ดิน")
    await run(findings.answer, said, by=MALEE, at=NOW)
    none = Settle(new_id(), bag.id, "withdrawn", "เป็นถุงเปล่า", "6/2569", TODAY)
    await run(ruled.settle, none, by=WAN, at=NOW)
    assert [stage for _, stage, _ in await spans(plot)] == ["in_conversion"]
    assert not await log_faults()


async def test_conversion_is_shortened_only_by_a_meeting_and_on_evidence(db: Database) -> None:
    await village(db)
    await published()
    plot = await planted(("kale", "lime"))
    asked = await accepted(plot, clean_since=TODAY - timedelta(days=200))
    await inspected(asked)
    met = await meeting()
    digest = await blobs.keep(b"%PDF-1.7 a lease of fallow land", by=WAN, at=NOW)
    wanted = Shorten(new_id(), met, asked, "annual", 6, digest, "ที่ว่างมาห้าปี", 5, 0)
    wrong: list[tuple[dict[str, Any], type[Refusal]]] = [
        ({"months": 13}, rules.MonthsOutOfRange), ({"months": 0}, rules.MonthsOutOfRange),
        ({"evidence": ""}, rules.EvidenceMissing), ({"reason": " "}, rules.ReasonMissing),
        ({"votes_for": 3, "votes_against": 2}, ShorteningTurnedDown),
        ({"votes_for": 9}, TooManyHands), ({"votes_for": 0}, NoVotes),
    ]  # fmt: skip
    for changed, no in wrong:
        with pytest.raises(no):
            await run(decisions.shorten, msgspec.structs.replace(wanted, **changed), by=WAN, at=NOW)
    twice = [wanted, msgspec.structs.replace(wanted, id=new_id())]
    done = await asyncio.gather(
        *(run(decisions.shorten, one, by=WAN, at=NOW) for one in twice), return_exceptions=True
    )
    assert sum(isinstance(one, rules.ShortenedAlready) for one in done) == 1
    [version] = await queries.asked_under(plot)
    assert (await queries.stage(plot, version, "annual", TODAY)).stage == "organic"
    assert (await queries.stage(plot, version, "annual", TODAY - timedelta(1))).kind != "organic"
    assert (await queries.stage(plot, version, "perennial", TODAY)).stage == "in_conversion"
    await decided(asked, met)
    with pytest.raises(DecidedAlready):
        await decisions.shorten(msgspec.structs.replace(wanted, id=new_id()), by=WAN, at=NOW)
    assert not await log_faults()


async def test_a_charter_that_shortens_nothing_says_so(db: Database) -> None:
    await village(db)
    await published(conversion_reduction_allowed=False)
    asked = await accepted(await planted(), clean_since=JUST_CLEAN)
    await inspected(asked)
    met = await meeting()
    wanted = Shorten(new_id(), met, asked, "annual", 6, "0" * 64, "ที่ว่าง", 5, 0)
    with pytest.raises(rules.NotAllowed):
        await decisions.shorten(wanted, by=WAN, at=NOW)


async def test_the_same_crop_on_land_of_another_stage_is_said_on_the_lot(db: Database) -> None:
    """Kale behind the house is organic, by the canal it is still in conversion."""
    issued = await paper(db, "kale", since=TODAY - timedelta(days=900))
    assert (await lot_of(issued.plot)).beside is None
    young = await certified(("kale",), clean_since=TODAY - timedelta(days=100), lon=LON + 0.02)
    bare = await planted(("kale",), lon=LON + 0.04)
    mine = await lot_of(issued.plot)
    assert (mine.claim, mine.beside) == ("organic", "conventional")
    theirs = await lot_of(young.plot)
    assert (theirs.claim, theirs.beside) == ("in_conversion", "conventional")
    assert (await lot_of(bare)).beside == "in_conversion"
    told = await trace.by_code(mine.code, TODAY)
    assert told.beside == "conventional"
    assert not await log_faults()


async def lot_of(plot: str) -> Lot:
    [planting] = await plots.plantings(plot)
    wanted = HarvestLot(plot, "kale", TODAY, 1_000, planting.id, as_plain=True)
    made = await run(lots.harvest, new_id(), wanted, by=MALEE, at=NOW)
    return await lot_queries.lot(made.lot)
