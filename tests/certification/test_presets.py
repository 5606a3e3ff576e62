"""One village, one visit, one meeting: another preset asks for another panel and other guards."""

from certification.basis.refusal import Refusal
from certification.decisions import rules as decisions
from certification.decisions.rules import Decide
from certification.inspections import panel
from certification.inspections.panel import Assigned, Ties
from certification.schemes.presets import PRESETS, preset
from certification.schemes.rules import RuleSet
from tests.cast import CHAN, KRIT, MALEE, NOK, SOMCHAI, WAN
from tests.certification.test_decisions import case, room

PEERS = (Assigned(SOMCHAI, "producer"), Assigned(CHAN, "producer"))
VISITS = {
    "two peers and a consumer": (*PEERS, Assigned(NOK, "consumer")),
    "two peers and an agency": (*PEERS, Assigned(WAN, "agency")),
    "three peers": (*PEERS, Assigned(KRIT, "producer")),
}


def said(settings: RuleSet, visit: str) -> str:
    """As a plot of Malee's group would be visited; Krit's group is of the same network."""
    near = {SOMCHAI, CHAN} | ({KRIT} if settings.inspect_cross_group else set())
    try:
        panel.ensure_panel(VISITS[visit], Ties(MALEE, (), frozenset(), frozenset(near)), settings)
    except Refusal as no:
        return no.code.removeprefix("inspections.")
    return "may look"


def decided(settings: RuleSet) -> str:
    """Malee, Chan and every consumer stayed away; all who came are for it."""
    there = room(present=frozenset({SOMCHAI, NOK, WAN, KRIT, "a", "b"}), organ=frozenset({WAN}))
    try:
        made = decisions.decide(Decide("d", "m", "a"), case(), there, settings)
    except Refusal as no:
        return no.code.removeprefix("decisions.")
    return made.event.outcome


def test_the_same_visit_is_enough_for_one_preset_and_not_for_another() -> None:
    found = {name: [said(preset(name).rules, visit) for visit in VISITS] for name in PRESETS}
    assert found == {
        "sgs-pgs": ["too_few_inspectors", "unknown_seat", "other_group"],
        "sgs-pgs-small": ["may look", "seat_not_filled", "other_group"],
        "sdgspgs": ["seat_not_filled", "may look", "seat_not_filled"],
        "vietnam-like": ["seat_not_filled", "unknown_seat", "may look"],
    }


def test_the_same_meeting_decides_under_one_preset_and_not_under_another() -> None:
    found = {name: decided(preset(name).rules) for name in PRESETS}
    assert found == {
        "sgs-pgs": "farmer_absent", "sgs-pgs-small": "farmer_absent",
        "sdgspgs": "approved", "vietnam-like": "consumers_absent",
    }  # fmt: skip


def test_each_preset_says_who_decides_and_numbers_its_own_way() -> None:
    stages = {name: [s.organ for s in preset(name).rules.decision_stages] for name in PRESETS}
    assert stages == {
        "sgs-pgs": ["committee"], "sgs-pgs-small": ["committee"],
        "sdgspgs": ["screening", "committee"], "vietnam-like": ["inter_group"],
    }  # fmt: skip
    numbers = {preset(name).rules.number_prefix for name in ("sgs-pgs", "sdgspgs", "vietnam-like")}
    assert len(numbers) == 3
