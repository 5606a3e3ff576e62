"""Did it hold for this crop on that day? The rule against an oracle that paints a calendar."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.basis.refusal import Refusal
from certification.certificates import history, refusals, rules
from certification.certificates.history import Certificate, Event, Kind
from certification.certificates.rules import ChangeCertificate
from certification.schemes import numbers
from certification.schemes.queries import preset
from tests.cast import MALEE, TODAY, WAN

FIRST = date(2026, 1, 1)
LAST = FIRST + timedelta(days=29)
PAPER = Certificate("organic", FIRST, LAST, frozenset({"kale", "lime"}), MALEE)

days = st.integers(-5, 40).map(lambda n: FIRST + timedelta(days=n))
happenings = st.lists(
    st.builds(Event, st.sampled_from(list(rules.FROM)), days, st.just("decision")), max_size=6
)


@given(happenings, st.sampled_from(["kale", "lime", "rice"]), days)
def test_it_held_where_the_painted_calendar_says_so(
    events: list[Event], crop: str, on: date
) -> None:
    calendar = {FIRST + timedelta(days=n): FIRST <= FIRST + timedelta(days=n) <= LAST
                for n in range(-5, 41)}  # fmt: skip
    withdrawn = dict.fromkeys(calendar, False)
    for event in events:
        for day in withdrawn:
            if day >= event.from_on:
                withdrawn[day] = event.kind != "reinstated"
    expected = calendar[on] and not withdrawn[on] and crop in PAPER.crops
    assert history.standing(PAPER, events, crop, on).held == expected


@given(happenings, days)
def test_a_reason_is_given_exactly_when_it_did_not_hold(events: list[Event], on: date) -> None:
    found = history.standing(PAPER, events, None, on)
    assert found.held == (found.why == "")
    assert found.held == (found.state == "active")
    assert found.stage == "organic"


def test_a_suspension_lifted_from_its_first_day_never_was() -> None:
    day = FIRST + timedelta(days=10)
    events = [Event("suspended", day, "complaint"), Event("reinstated", day, "mistake")]
    assert all(
        history.standing(PAPER, events, "kale", FIRST + timedelta(days=n)).held for n in range(30)
    )


@given(happenings.filter(bool), st.data(), days)
def test_an_upheld_appeal_restores_exactly_what_was(
    events: list[Event], data: st.DataObject, on: date
) -> None:
    undone = data.draw(st.integers(0, len(events) - 1))
    without = [*events[:undone], *events[undone + 1 :]]
    restored = [*events, *history.restoring(events, undone, "appeal")]
    assert history.standing(PAPER, restored, None, on) == history.standing(PAPER, without, None, on)
    assert history.latest_state(restored) == history.latest_state(without)


@given(st.lists(st.tuples(st.sampled_from(list(rules.FROM)), days, st.booleans()), max_size=12))
def test_whatever_is_tried_what_is_final_stays_final(
    tried: list[tuple[Kind, date, bool]],
) -> None:
    """The events are those that were let through, one after the other."""
    events: list[Event] = []
    for kind, on, critical in tried:
        before = history.latest_state(events)
        because = "critical_finding" if critical and kind == "suspended" else "decision"
        because = {"surrendered": "holder_wishes", "superseded": "renewal"}.get(kind, because)
        by = MALEE if kind == "surrendered" else WAN
        try:
            changed(kind, events, because=because, from_on=on, by=by, today=LAST)
        except Refusal:
            continue
        assert before not in rules.FINAL
        events.append(Event(kind, on, because))
        moved_back = before == kind == "suspended"
        assert not moved_back or events[-1].from_on < events[-2].from_on
        assert history.standing(PAPER, events, None, max(on, FIRST)).state == (
            "active" if kind == "reinstated" else kind
        )


def test_a_suspension_lifted_later_leaves_a_gap() -> None:
    events = [
        Event("suspended", FIRST + timedelta(days=10), "complaint"),
        Event("reinstated", FIRST + timedelta(days=12), "findings_closed"),
    ]
    held = [
        history.standing(PAPER, events, "kale", FIRST + timedelta(days=n)).held
        for n in (9, 10, 11, 12)
    ]
    assert held == [True, False, False, True]
    assert history.standing(PAPER, events, "kale", FIRST + timedelta(days=11)).why == "complaint"


def test_the_last_day_is_a_day_and_a_withdrawal_is_told_before_the_expiry() -> None:
    assert history.standing(PAPER, [], "kale", LAST).held
    after = LAST + timedelta(days=1)
    assert history.standing(PAPER, [], "kale", after).state == "expired"
    revoked = [Event("revoked", FIRST, "fraud")]
    assert history.standing(PAPER, revoked, "kale", after).state == "revoked"
    assert history.standing(PAPER, revoked, "kale", FIRST - timedelta(days=1)).state == "not_yet"
    assert history.standing(PAPER, [], "rice", FIRST).why == "crop_not_covered"


def changed(kind: Kind, events: list[Event], **also: Any) -> None:
    plain = {"because": "decision", "from_on": FIRST + timedelta(days=5), "by": WAN,
             "today": FIRST + timedelta(days=9), **also}  # fmt: skip
    if kind == "surrendered" and "because" not in also:
        plain["because"] = "holder_wishes"
    data = ChangeCertificate("e", "c", plain["because"], plain["from_on"], also.get("note"))
    rules.ensure_change(kind, data, PAPER, events, by=plain["by"], today=plain["today"])


REVOKED = [Event("revoked", FIRST, "fraud")]
SUSPENDED = [Event("suspended", FIRST + timedelta(days=4), "decision")]


@pytest.mark.parametrize(
    ("kind", "events", "also", "why"),
    [
        ("suspended", REVOKED, {}, refusals.NotFromThisState),
        ("reinstated", REVOKED, {}, refusals.NotFromThisState),
        ("revoked", REVOKED, {}, refusals.NotFromThisState),
        ("suspended", SUSPENDED, {}, refusals.NotFromThisState),
        ("reinstated", [], {}, refusals.NotFromThisState),
        ("reinstated", SUSPENDED, {"by": MALEE}, refusals.NotByTheHolder),
        ("reinstated", SUSPENDED, {"from_on": FIRST + timedelta(days=3)}, refusals.FromOutOfRange),
        ("suspended", [], {"from_on": FIRST - timedelta(days=1)}, refusals.FromOutOfRange),
        ("suspended", [], {"from_on": FIRST + timedelta(days=10)}, refusals.FromOutOfRange),
        ("surrendered", [], {}, refusals.OnlyTheHolder),
        ("surrendered", [], {"by": MALEE}, refusals.FromOutOfRange),
        ("suspended", [], {"because": "mood"}, refusals.UnknownReason),
        ("suspended", [], {"note": "ก" * 2001}, refusals.NoteTooLong),
    ],
)
def test_what_may_not_happen_to_a_certificate(
    kind: Kind, events: list[Event], also: dict[str, Any], why: type[Refusal]
) -> None:
    with pytest.raises(why):
        changed(kind, events, **also)


def test_malee_gives_it_back_today() -> None:
    with pytest.raises(refusals.FromOutOfRange):
        changed("surrendered", [], by=MALEE, from_on=FIRST + timedelta(days=8))
    changed("surrendered", [], by=MALEE, from_on=FIRST + timedelta(days=9))


def test_it_lasts_twelve_months_less_a_day() -> None:
    assert rules.valid_until(TODAY, preset("sgs-pgs").rules) == date(2027, 11, 21)
    longer = msgspec.structs.replace(preset("sgs-pgs").rules, validity_months=3)
    assert rules.valid_until(date(2026, 11, 30), longer) == date(2027, 2, 27)


def test_a_number_names_scheme_province_and_buddhist_year() -> None:
    assert numbers.number(numbers.PLAIN, "SGS", "90", TODAY, 25) == "SGS-90-69-00025-1"
    assert rules.series("SGS", "90", TODAY) == "SGS-90-2569"
    assert numbers.check_digit("572") == "4"  # the example of Damm's thesis
    assert not numbers.well_formed("SGS-90-69-00025-2")
    assert not numbers.well_formed("nonsense")


@given(st.sampled_from(["90", "91", "93", "10"]), st.integers(1, 99_999), st.data())
def test_one_wrong_digit_or_two_exchanged_are_noticed(
    province: str, running: int, data: st.DataObject
) -> None:
    number = numbers.number(numbers.PLAIN, "SGS", province, TODAY, running)
    assert numbers.well_formed(number)
    digits = list(number.partition("-")[2].replace("-", ""))
    at = data.draw(st.integers(0, len(digits) - 1))
    wrong = [*digits]
    wrong[at] = data.draw(st.sampled_from("0123456789").filter(lambda d: d != digits[at]))
    assert not numbers.well_formed(f"SGS-{''.join(wrong)}")
    at = data.draw(st.integers(0, len(digits) - 2))
    turned = [*digits[:at], digits[at + 1], digits[at], *digits[at + 2 :]]
    assert numbers.well_formed(f"SGS-{''.join(turned)}") == (turned == digits)


def test_crops_are_those_that_grow_there() -> None:
    assert rules.covered(None, {"lime", "kale"}) == ("kale", "lime")
    assert rules.covered(["kale"], {"lime", "kale"}) == ("kale",)
    for wanted in ([], ["rice"], ["kale", "rice"]):
        with pytest.raises(refusals.NoCrops):
            rules.covered(wanted, {"lime", "kale"})
    with pytest.raises(refusals.NoCrops):
        rules.covered(None, set())
