"""A finding's states by pure rules: whatever comes in whichever order, none that nobody allowed."""

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certification.basis.refusal import Refusal
from certification.findings import rules
from certification.findings.rules import Answer
from certification.findings.standings import Kind, Made, Standing, Step, standing, to_tell
from certification.inspections.rules import grave, ripe_for_major
from certification.schemes import queries as schemes

RULES = schemes.preset("sgs-pgs").rules
FOUND = date(2026, 3, 1)
FARMER, PEER = "farmer", "peer"
DUE = FOUND + timedelta(days=RULES.severity_deadline_days["major"])


def made(*, agreed: bool = False, closed: bool = False) -> Made:
    return Made(FOUND, DUE, "major", agreed, closed)


def at(*steps: Step, day: int = 0, agreed: bool = False, closed: bool = False) -> Standing:
    today = FOUND + timedelta(days=day)
    return standing(made(agreed=agreed, closed=closed), steps, RULES, today=today)


def step(kind: Kind, day: int = 0, due: date | None = None, by: str = PEER) -> Step:
    return Step(kind, FOUND + timedelta(days=day), due, by)


def test_from_open_to_claimed_and_back() -> None:
    assert at().state == "open"
    assert at(agreed=True).state == "action_agreed"
    claimed = step("claimed", 3, by=FARMER)
    assert at(step("agreed"), claimed).state == "done_claimed"
    assert at(step("agreed"), claimed, step("sent_back")).state == "open"
    assert at(step("agreed"), claimed, closed=True).state == "verified_closed"


def test_late_is_counted_from_the_day_after_and_not_for_who_claimed_in_time() -> None:
    assert at(day=30).days_late == 0
    assert at(day=31).days_late == 1
    assert at(step("claimed", 30, by=FARMER), day=90).days_late == 0, "others let it wait"
    assert at(step("claimed", 33, by=FARMER), day=90).days_late == 3
    assert at(step("claimed", 30), step("sent_back", 40), day=90).days_late == 60
    assert at(step("extended", 20, DUE + timedelta(days=20)), day=50).days_late == 0
    assert at(day=90, closed=True).days_late == 0


def test_no_day_beyond_the_charters_without_a_meeting() -> None:
    for now, last in ((at(), DUE), (at(step("extended", 5, DUE + timedelta(days=9))), DUE)):
        assert rules.ensure_agrees(now, last, today=FOUND) == last
    beyond = DUE + timedelta(days=1)
    with pytest.raises(rules.BeyondDeadline):
        rules.ensure_agrees(at(), beyond, today=FOUND)
    assert rules.ensure_agrees(at(step("extended", 5, beyond)), beyond, today=FOUND) == beyond
    with pytest.raises(rules.DuePassed):
        rules.ensure_agrees(at(), FOUND, today=FOUND + timedelta(days=1))
    assert rules.ensure_agrees(at(day=50), None, today=FOUND + timedelta(days=50)) == DUE
    for wrong in (DUE, FOUND + timedelta(days=400)):
        with pytest.raises(rules.NotLonger):
            rules.ensure_extends(at(), wrong, today=FOUND)


def test_the_clock_says_each_thing_once_for_each_day_and_after_a_sleep_only_the_gravest() -> None:
    def told(*steps: Step, day: int) -> list[str]:
        today = FOUND + timedelta(days=day)
        now = at(*steps, day=day)
        return [*to_tell(now, steps, RULES, today=today)]

    assert told(day=22) == []
    assert told(day=23) == ["reminded"]
    assert told(step("reminded", 23, DUE), day=30) == []
    assert told(step("reminded", 23, DUE), day=31) == ["overdue"]
    assert told(day=DUE.day + RULES.grace_days + 40) == ["escalated"]
    late = step("escalated", 70, DUE)
    assert told(late, day=80) == []
    longer = step("extended", 80, FOUND + timedelta(days=100))
    assert told(late, longer, day=95) == ["reminded"]
    assert not at(late, longer, day=95).escalated, "a meeting has given time"
    assert told(step("claimed", 30, by=FARMER), day=99) == []
    assert told(step("claimed", 30, by=FARMER), step("sent_back", 40), day=41) == ["overdue"]


def test_many_minors_count_as_a_major() -> None:
    k = RULES.minors_to_major
    assert [grave({"minor": n}, RULES) for n in (k - 1, k, 2 * k)] == [0, 1, 2]
    assert grave({"critical": 1, "major": 2, "minor": k}, RULES) == 4
    assert [ripe_for_major({"minor": n}, RULES) for n in (k - 1, k)] == [0, k]
    never = msgspec.structs.replace(RULES, minors_to_major=0)
    assert grave({"minor": 99}, never) == 0


def test_the_middle_of_days() -> None:
    assert [rules.median_days(d) for d in ([], [5], [9, 1], [3, 1, 2])] == [None, 5, 1, 2]


DEEDS = st.sampled_from(
    ["agree", "extend", "reply", "claim", "dispute", "back", "settle", "withdraw", "verify"]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(DEEDS, st.sampled_from([FARMER, PEER]), st.integers(0, 3)), max_size=25))
def test_no_order_of_deeds_reaches_a_state_that_nobody_allowed(
    deeds: list[tuple[str, str, int]],
) -> None:
    """Each state follows only from those the picture shows; nothing follows the end."""
    steps: list[Step] = []
    closed, day = False, 0
    allowed = {
        ("open", "action_agreed"), ("open", "done_claimed"), ("action_agreed", "done_claimed"),
        ("done_claimed", "open"), ("open", "verified_closed"), ("done_claimed", "verified_closed"),
        ("action_agreed", "verified_closed"),
    }  # fmt: skip
    for deed, by, more in deeds:
        day += more
        before = at(*steps, day=day, closed=closed)
        assert before.disputed <= (not closed)
        try:
            kind = _tried(deed, by, before, day)
        except Refusal:
            continue
        assert not closed, "nothing follows the end"
        due = before.due_on + timedelta(days=1) if kind == "extended" else None
        steps.append(step(kind, day, due, by))
        closed = kind in ("verified", "withdrawn")
        after = at(*steps, day=day, closed=closed)
        assert after.state == before.state or (before.state, after.state) in allowed
        assert after.due_on >= DUE, "no deed here asks for an earlier day"


def _tried(deed: str, by: str, now: Standing, day: int) -> Kind:
    today = FOUND + timedelta(days=day)
    match deed:
        case "agree":
            rules.ensure_agrees(now, None, today=today)
            return "agreed"
        case "extend":
            rules.ensure_extends(now, max(now.due_on, today) + timedelta(days=1), today=today)
            return "extended"
        case "reply" | "claim" | "dispute":
            kinds: dict[str, rules.Said] = {
                "reply": "replied", "claim": "claimed", "dispute": "disputed",
            }  # fmt: skip
            rules.ensure_answers(now, Answer("a", "f", kinds[deed], "ok"))
            return kinds[deed]
        case "back":
            rules.ensure_sends_back(now, "again", by=by)
            return "sent_back"
        case "settle" | "withdraw":
            rules.ensure_settles(now, "why")
            return "stands" if deed == "settle" else "withdrawn"
    rules.ensure_verifies(now, by=by)
    return "verified"
