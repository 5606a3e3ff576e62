"""Deeds from the application to the signed sheet, for the walk of `test_life_of_rules`: each says
by the book what stands against it, and asks the rules."""

from datetime import timedelta
from typing import get_args

import msgspec

from certification.applications import rules as applications
from certification.inspections import answering, kinds, panel
from certification.inspections import rules as inspections
from certification.inspections.answering import AnswerGiven
from certification.inspections.panel import Assigned, Ties
from certification.people.rules import Relative
from certification.schemes.queries import preset
from tests.certification.life_cycle import (
    APPLICATION,
    FARMER,
    NOON,
    PEOPLE,
    TODAY,
    VISIT,
    Life,
    Told,
    may,
    nothing,
)

SMALL = preset("sgs-pgs-small")
SHEET = msgspec.structs.replace(
    SMALL,
    checklist=tuple(item for item in SMALL.checklist if item.code in ("E01", "N03", "P12", "E02")),
)
"""Four questions: a major and a critical to say yes or no to, a major in metres, a minor."""


def moved(life: Life) -> Told:
    to = life.dice.choice([*APPLICATION])
    wrong = set() if may(APPLICATION, to, life.state) else {"applications.not_now"}
    state = life.state
    if state not in ("submitted", "returned", "accepted", "inspected") and life.odds(3):
        life.state = "submitted"  # a new application

    def then(_: object) -> None:
        life.state = "inspected" if to == "reopened" else to

    return wrong, lambda: applications.ensure_now(to, state, "a"), then  # type: ignore[arg-type]


def applied(life: Life) -> Told:
    by, behalf, same = life.slip("a", "b", "b"), life.dice.choice(("a", "b", None)), life.odds(2)
    plan, reason = life.slip("ผัก", " ", "ก" * 8_001), life.slip("ขาดแผนผัง", "")
    since = TODAY + timedelta(life.slip(0, -3, -2, -1, 1))
    diary = life.dice.choice((None, TODAY - timedelta(2)))
    pledge = life.slip("new", "old")
    wrong = set[str]()
    if by != FARMER and not (behalf == FARMER and same):
        wrong.add("applications.not_your_plot")
    if plan != "ผัก":
        wrong.add("applications.plan_missing")
    if since > TODAY:
        wrong.add("applications.date_in_the_future")
    if diary and since < diary:
        wrong.add("applications.diary_differs")
    if pledge == "old":
        wrong.add("applications.pledge_changed")
    if not reason:
        wrong.add("applications.reason_missing")

    def ask() -> None:
        applications.ensure_complete(plan, since, today=TODAY)
        applications.applicant(FARMER, behalf, by=by, same_group=same, plot="p")
        applications.ensure_clean(since, diary)
        applications.ensure_pledged(pledge, "new")
        applications.ensure_reason(reason)

    return wrong, ask, nothing


def called(life: Life) -> Told:
    kind, had = life.dice.choice(get_args(kinds.Kind)), life.dice.randrange(3)
    planned = TODAY + timedelta(life.slip(0, -2, -1, 366, 367))
    named = tuple(
        kinds.About("finding", life.dice.choice("xy")) for _ in range(life.dice.randrange(2))
    )
    opened = ("x",) if life.odds(2) else ()
    words = life.slip("ได้กลิ่นยา", "")
    wrong = set[str]()
    if not may(VISIT, kind, life.state):
        wrong.add("inspections.application_not_ready")
    if not -1 <= (planned - TODAY).days <= 366:
        wrong.add("inspections.planned_far_away")
    if kind == "annual" and life.state == "decided" and had >= 1:
        wrong.add("inspections.enough_this_year")
    if kind in ("complaint", "follow_up") and any(one.of == "y" for one in named):
        wrong.add("inspections.about_unknown")
    if kind == "complaint" and not words:
        wrong.add("inspections.complaint_unnamed")
    if kind == "follow_up" and not named and not opened:
        wrong.add("inspections.nothing_to_follow")
    state = life.state

    def ask() -> None:
        inspections.ensure_planned(planned, today=TODAY)
        kinds.ensure_ready(kind, state)
        if kind == "annual" and state == "decided":
            kinds.ensure_wanted(had, SMALL.rules)
        kinds.about(kind, named, words, findings=("x",), opened=opened, content=SHEET)

    return wrong, ask, nothing


TIES = {
    "household": "inspections.same_household", "spouse": "inspections.kin_of_the_farmer",
    "kin": "inspections.kin_of_the_farmer", "employer": "inspections.works_together",
    "buyer": "inspections.buys_from_the_farmer", "veto": "inspections.vetoed",
}  # fmt: skip


def seated(life: Life) -> Told:
    degree, kind = life.dice.randint(1, 4), life.dice.choice([*TIES])
    relative = Relative(life.dice.choice(PEOPLE[1:]), kind, degree)
    inspected = life.slip(frozenset[str](), life.some())
    near = life.slip(frozenset(PEOPLE), life.some())
    codes = ("producer", "producer", "consumer", "agency", "wizard")
    members = [
        Assigned(who, life.dice.choice(codes[: 4 + life.odds(20)]))
        for who in (
            *life.dice.sample(PEOPLE[life.slip(1, 0) :], life.slip(5, 2, 3, 4)),
            *life.slip("", "b"),
        )
    ]
    wrong = set[str]()
    persons, seats = [one.person for one in members], [one.seat for one in members]
    if len(set(persons)) < len(persons):
        wrong.add("inspections.inspector_twice")
    if "wizard" in seats:
        wrong.add("inspections.unknown_seat")
    if len(members) < 3:
        wrong.add("inspections.too_few_inspectors")
    if seats.count("producer") < 2 or "consumer" not in seats:
        wrong.add("inspections.seat_not_filled")
    if FARMER in persons:
        wrong.add("inspections.own_plot")
    if relative.person in persons and not (kind == "kin" and degree > 2):
        wrong.add(TIES[kind])
    if inspected & {*persons}:
        wrong.add("inspections.inspected_by_the_farmer")
    if any(one.seat == "producer" and one.person not in near for one in members):
        wrong.add("inspections.other_group")
    ties = Ties(FARMER, (relative,), inspected, near)
    return wrong, lambda: panel.ensure_panel(members, ties, SMALL.rules), nothing


def answered(life: Life) -> Told:
    item, value = life.dice.choice((
        ("E01", "yes"), ("E01", "no"), ("E01", "na"), ("E01", "2"), ("P12", "1.5"),
        ("P12", "far"), ("Q99", "yes"), ("E02", "na"),
    ))  # fmt: skip
    note = life.slip("เห็นเอง", None, None, "ก" * 4_001)
    late = timedelta(hours=life.slip(0, -2, 24, 24 * 368))
    wrong = set[str]()
    if item == "Q99":
        wrong.add("inspections.unknown_item")
    if note and len(note) > 4_000:
        wrong.add("inspections.too_long")
    if value in ("2", "far"):
        wrong.add("inspections.not_an_answer")
    if (item, value, note) == ("E01", "na", None):
        wrong.add("inspections.note_missing")
    if late.total_seconds() in (-7_200, 24 * 368 * 3_600):
        wrong.add("inspections.times_out_of_order")
    given = AnswerGiven("n", item, value, NOON - late, note)
    return wrong, lambda: answering.ensure_answer(given, SHEET, at=NOON), nothing


def signed(life: Life) -> Told:
    answers = {code: life.dice.choice(("yes", "no")) for code in ("E01", "N03")} | {"P12": "2"}
    if life.odds():
        del answers[life.dice.choice([*answers])]
    found = [
        (code, life.dice.choice(("critical", "major", "minor")))
        for code in ("E01", "N03") if life.odds(2)
    ]  # fmt: skip
    ended, here = NOON - timedelta(hours=life.slip(1, -1, 0, 2, 3)), life.slip(3, 2, 4)
    wrong = set[str]()
    if len(answers) < 3:
        wrong.add("inspections.not_answered_yet")
    told = dict(found)
    least = {"E01": ("critical", "major"), "N03": ("critical",)}
    if any(answers.get(code) == "no" and told.get(code) not in least[code] for code in least):
        wrong.add("inspections.finding_missing")
    if here < 3:
        wrong.add("inspections.too_few_inspectors")
    if not NOON - timedelta(hours=2) <= ended <= NOON:
        wrong.add("inspections.times_out_of_order")

    def ask() -> None:
        answering.ensure_complete(SHEET, answers, found)
        panel.ensure_enough(["producer", "producer", "consumer", "agency"][:here], SMALL.rules)
        inspections.ensure_in_order(NOON - timedelta(hours=2), ended, at=NOON)

    return wrong, ask, nothing


def mended(life: Life) -> Told:
    severity = life.dice.choice(inspections.GRAVE)
    days = {"critical": 0, "major": 30, "minor": 90}[severity]
    wanted = TODAY + timedelta(life.dice.choice((0, 1, 30, 31, 90, 91)))
    wrong = {"inspections.due_too_late"} if (wanted - TODAY).days > days else set()
    return wrong, lambda: inspections.due_on(wanted, severity, SMALL.rules, today=TODAY), nothing
