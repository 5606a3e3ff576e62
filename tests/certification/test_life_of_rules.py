"""Fifty thousand deeds, wise and foolish, by anybody, in any order: the rules alone say which may
be done, held against a table of what may follow what and a clerk who counts with a pencil."""

from datetime import date, timedelta
from typing import Any, get_args

import msgspec

from certification.certificates import history
from certification.certificates import rules as certificates
from certification.certificates.history import Certificate, Event
from certification.certificates.rules import ChangeCertificate
from certification.decisions import rules as decisions
from certification.decisions import votes
from certification.decisions.rules import Decide, Step
from certification.decisions.votes import Assembly, CastVote, Cause, Hands, Value
from certification.meetings import rules as meetings
from certification.meetings.rules import AdoptMinutes, Attend, Move, OpenMeeting, Sat
from certification.schemes.settings import DecisionStage, Part, StageKind
from tests.certification.life_cycle import (
    CERTIFICATE,
    COOK,
    FARMER,
    FINAL,
    PEOPLE,
    REASONS,
    TODAY,
    Calendar,
    Life,
    Told,
    may,
    nothing,
)
from tests.certification.life_of_endings import heard, mends
from tests.certification.life_of_visits import (
    SMALL,
    answered,
    applied,
    called,
    mended,
    moved,
    seated,
    signed,
)

STEPS = 50_000


def convened(life: Life) -> Told:
    days, place = life.slip(0, -1, 366, 367), life.slip("ศาลา", " ")
    seat, producers = life.slip("consumer", "producer", "not a code"), life.some()
    who, attended = life.slip("b", *PEOPLE), life.some() | life.slip(frozenset("b"), frozenset())
    here, kind = attended - life.some(), life.dice.choice(get_args(meetings.Kind))
    now, last = Sat("n", "committee", TODAY, False), TODAY + timedelta(life.slip(-9, 9))
    before = Sat("n", life.slip("committee", "board"), last, not life.odds())
    wrong = set[str]()
    if not 0 <= days <= 366:
        wrong.add("meetings.held_out_of_time")
    if place == " ":
        wrong.add("meetings.place_missing")
    if seat == "not a code":
        wrong.add("organs.seat_missing")
    if seat == "producer" and who not in producers:
        wrong.add("meetings.not_of_this_organ")
    if who not in (here if kind == "left" else attended - here):
        wrong.add("meetings.not_here")
    if not before.closed:
        wrong.add("meetings.still_under_way")
    if before.body != "committee" or before.held_on > TODAY:
        wrong.add("meetings.not_its_minutes")
    opened = OpenMeeting("m", "n", TODAY - timedelta(days), place)

    def ask() -> None:
        meetings.ensure_may_open(opened, today=TODAY)
        meetings.ensure_seat(Attend("m", who, seat), ("producer", "consumer"), producers)
        meetings.ensure_moves(Move("m", who, kind), attended, here)
        meetings.ensure_may_adopt(AdoptMinutes("x", "m", "before"), now, before)

    return wrong, ask, nothing


def voted(life: Life) -> Told:
    who, value = life.dice.choice(PEOPLE), life.dice.choice(get_args(Value))
    present, recused, before = life.some(), life.some(), life.some()
    wrong = set() if who in present else {"decisions.not_present"}
    if value != "recused":
        wrong |= {"decisions.judge_in_own_cause"} if who in recused else set()
        wrong |= {"decisions.voted_before"} if who in before else set()
    vote = CastVote("m", "a", who, value)
    return wrong, lambda: votes.ensure_may_vote(vote, present, recused, before), nothing


def decided(life: Life) -> Told:
    dice = life.dice
    kind: StageKind = dice.choice(("organic", "organic", "in_conversion", "conventional"))
    bodies: Any = ("group", "screening", "committee")[: dice.randint(1, 3)]
    settings = msgspec.structs.replace(
        SMALL.rules, quorum_count=dice.randint(1, 5), quorum_share=Part(1, dice.randint(1, 3)),
        pass_share=Part(2, 3), reviewers_present=dice.randint(0, 2), farmer_present=life.odds(),
        consumers_present=dice.randint(0, 1), max_open_minor=1,
        minors_to_major=dice.choice((0, 0, 1, 2)),
        decision_stages=tuple(DecisionStage(body, SMALL.name) for body in bodies),
    )  # fmt: skip
    where = decisions.step(life.outcomes[-2:], settings.decision_stages)
    cause = Cause(
        "a", frozenset(FARMER), life.some(PEOPLE[6:9]) | {FARMER}, frozenset("bcd"),
        {s: life.slip(0, 1, 2) for s in ("critical", "major", "minor")},
        {"annual": kind},
        {"kale": "annual", "lime": "annual"} if not life.odds(20) else {},
    )  # fmt: skip
    cast: dict[str, Value] = {
        who: life.slip("for", "against", "against", "abstain", "recused")
        for who in life.some(least=life.slip(7, 0))
    }
    there = Assembly(
        TODAY,
        life.some(least=life.slip(8, 0)),
        life.some(),
        cast,
        seats={"e": "consumer", "c": "consumer"},
    )
    wanted = Decide(
        "d", "m", "a", defer=life.odds(), reason=life.slip("เพราะ", None),
        back=life.odds(), crops=life.slip(None, ("kale",), ("rice",), ()),
    )  # fmt: skip
    wrong, outcome = clerk(wanted, cause, there, settings, where)

    def then(made: decisions.Concluded) -> None:
        event, judges = made.event, {*made.snapshot.judges}
        assert event.outcome == outcome
        assert not judges & cause.recused, "somebody recused was counted"
        assert not judges & {who for who, said in cast.items() if said == "recused"}
        assert event.votes_for + event.votes_against + event.abstained <= len(judges)
        if outcome == "approved":
            assert len(judges) >= settings.quorum_count
            assert not cause.open_findings["critical"] + cause.open_findings["major"]
            assert cause.open_findings["minor"] < (settings.minors_to_major or 2)
            assert (event.stage == "organic") == (cause.stages["annual"] == "organic")
        life.outcomes.append(event.outcome)

    return wrong, lambda: decisions.decide(wanted, cause, there, settings, where), then


def clerk(
    wanted: Decide, cause: Cause, there: Assembly, settings: Any, where: Step
) -> tuple[set[str], str]:
    """With a pencil, one after the other: all that stands against it, and what comes out."""
    wrong, ayes, noes, judges, own, own_here, consumers = set[str](), 0, 0, 0, 0, 0, 0
    for who in PEOPLE:
        if who in cause.recused or there.votes.get(who) == "recused":
            continue
        own += who in there.organ
        if who in there.present:
            judges, own_here = judges + 1, own_here + (who in there.organ)
            consumers += who in "ec"
            ayes += there.votes.get(who) == "for"
            noes += there.votes.get(who) == "against"
    share, found = settings.quorum_share, cause.open_findings
    against = {
        "no_quorum": judges < settings.quorum_count,
        "no_quorum_share": own_here * share.of < own * share.part,
        "consumers_absent": consumers < settings.consumers_present,
        "reviewers_absent": len({"b", "c", "d"} & there.present) < settings.reviewers_present,
        "farmer_absent": settings.farmer_present and FARMER not in there.present,
        "nothing_to_return_to": wanted.back and where.number == 0,
    }
    outcome = "returned" if wanted.back else "deferred" if wanted.defer else ""
    if not outcome:
        against["crop_unknown"] = wanted.crops is not None and not (
            wanted.crops and {*wanted.crops} <= {*cause.crops}
        )
        against["no_votes"] = not ayes + noes
        outcome = "approved" if ayes * 3 >= (ayes + noes) * 2 else "rejected"
        if outcome == "approved" and ayes:
            grave = found["critical"] + found["major"]
            many = bool(settings.minors_to_major) and found["minor"] >= settings.minors_to_major
            against["findings_open"] = bool(grave) or found["minor"] > 1 or many
            against["nothing_planted"] = not cause.crops
            against["still_conventional"] = cause.stages["annual"] == "conventional"
    whole = outcome == "approved" and wanted.crops is None
    against["reason_missing"] = not whole and not wanted.reason
    wrong = {f"decisions.{code}" for code, is_so in against.items() if is_so}
    return wrong, outcome


def raised(life: Life) -> Told:
    may_vote = life.some()
    there = Assembly(TODAY, may_vote, frozenset(), {})
    shown = life.slip(may_vote, may_vote - {"b"})
    counted = Hands(life.dice.randint(0, 6), 1, 1, votes.digest(shown))
    cause = Cause("a", frozenset(), frozenset(), frozenset(), {}, {}, {})
    wrong = set[str]()
    if counted.votes_for + 2 > len(may_vote):
        wrong.add("decisions.too_many_hands")
    if counted.judges != votes.digest(may_vote):
        wrong.add("decisions.hands_outdated")

    def ask() -> votes.Tally:
        votes.ensure_hands(counted, may_vote)
        return votes.tally(cause, msgspec.structs.replace(there, hands=counted))

    return wrong, ask, nothing


def happened(life: Life) -> Told:
    """To the paper; and what it was on any day is read again from a calendar."""
    kind, paper = life.dice.choice([*CERTIFICATE]), life.paper
    because = life.slip(REASONS[kind][0], *REASONS[kind], "mood")
    from_on = TODAY + timedelta(life.dice.choice((-61, -30, -10, -1, 0, 0, 0, 0, 0, 1)))
    by = life.slip(FARMER, COOK) if kind == "surrendered" else life.slip(COOK, FARMER)
    wrong, since = set[str](), paper.rests_since()
    if because == "mood":
        wrong.add("certificates.unknown_reason")
    if kind == "surrendered" and by != FARMER:
        wrong.add("certificates.only_the_holder")
    if kind in ("suspended", "reinstated", "revoked") and by == FARMER:
        wrong.add("certificates.not_by_the_holder")
    reaches_back = kind == "suspended" and since is not None and from_on < since
    if not may(CERTIFICATE, kind, paper.state()) and not reaches_back:
        wrong.add("certificates.not_from_this_state")
    first = {"reinstated": since or TODAY, "surrendered": TODAY}.get(kind, paper.first)
    if kind != "superseded" and not first <= from_on <= TODAY:
        wrong.add("certificates.from_out_of_range")
    terms = Certificate("organic", paper.first, paper.last, frozenset({"kale"}), FARMER)
    events = [Event(told, on) for told, on in paper.events]  # type: ignore[arg-type]
    data = ChangeCertificate("e", "c", because, from_on)

    def ask() -> None:
        certificates.ensure_change(kind, data, terms, events, by=by, today=TODAY)  # type: ignore[arg-type]

    def then(_: object) -> None:
        before = {on: paper.held(on) for on in around(life)}
        paper.add(kind, from_on)
        told = [*events, Event(kind, from_on, because)]  # type: ignore[arg-type]
        for on, held in before.items():
            found = history.standing(terms, told, "kale", on)
            assert found.held == paper.held(on), on
            assert on >= from_on or found.held == held, "a past day changed"
            assert not (found.held and found.state != "active")
        if kind in FINAL:  # the next paper
            life.paper = Calendar(paper.first, paper.last)

    return wrong, ask, then


def around(life: Life) -> list[date]:
    return [TODAY + timedelta(life.dice.randint(-70, 70)) for _ in range(3)]


DEEDS = (
    moved, applied, called, seated, answered, signed, mended, convened, voted, decided, decided,
    raised, happened, happened, mends, heard,
)  # fmt: skip
REACHED = """
applications.not_now applications.not_your_plot applications.plan_missing
applications.date_in_the_future applications.diary_differs applications.pledge_changed
applications.reason_missing
inspections.application_not_ready inspections.planned_far_away inspections.enough_this_year
inspections.about_unknown inspections.complaint_unnamed inspections.nothing_to_follow
inspections.inspector_twice inspections.unknown_seat inspections.too_few_inspectors
inspections.seat_not_filled inspections.own_plot inspections.same_household
inspections.kin_of_the_farmer inspections.works_together inspections.buys_from_the_farmer
inspections.vetoed inspections.inspected_by_the_farmer inspections.other_group
inspections.unknown_item inspections.too_long inspections.not_an_answer inspections.note_missing
inspections.times_out_of_order inspections.not_answered_yet inspections.finding_missing
inspections.due_too_late
meetings.held_out_of_time meetings.place_missing meetings.not_of_this_organ meetings.not_here
meetings.still_under_way meetings.not_its_minutes organs.seat_missing
decisions.not_present decisions.judge_in_own_cause decisions.voted_before decisions.no_quorum
decisions.no_quorum_share decisions.consumers_absent decisions.reviewers_absent
decisions.farmer_absent decisions.nothing_to_return_to decisions.crop_unknown decisions.no_votes
decisions.findings_open decisions.nothing_planted decisions.still_conventional
decisions.reason_missing decisions.too_many_hands decisions.hands_outdated
findings.disputed findings.claimed_already findings.beyond_deadline findings.due_passed
findings.not_longer findings.nothing_said findings.dispute_settled findings.own_claim
findings.nothing_claimed findings.no_dispute inspections.finding_closed_already
hearings.day_out_of_range hearings.not_invited hearings.not_heard hearings.judged_before
certificates.unknown_reason certificates.only_the_holder certificates.not_by_the_holder
certificates.not_from_this_state certificates.from_out_of_range
"""
"""Each guard that the walk must have met; a walk that never meets one has become blind to it."""


def test_no_rule_ever_differs_from_the_book() -> None:
    life = Life(seed=2569)
    for _ in range(STEPS):
        life.step(life.dice.choice(DEEDS))
    done = {f"done {deed.__name__}" for deed in DEEDS}
    assert life.reached.keys() == {*REACHED.split()} | done
    assert min(life.reached.values()) >= 4, life.reached.most_common()[-5:]
    assert sum(life.reached[deed] for deed in done) > STEPS / 4, "too foolish to get anywhere"
