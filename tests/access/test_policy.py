"""The table says who may do what; what it does not say is refused, and nonsense does not start."""

from copy import copy

import pytest
from litestar import Litestar, get

from certification.people.rules import ROLES, Actor, Grant
from market.access import policy
from market.access.guard import check_routes
from market.access.permit import Place, permit
from market.access.policy import Policy, PolicyIsWrong, Rule
from market.access.refusals import NotAllowed, NotSignedIn, StepUpNeeded
from tests.cast import MALEE
from tests.doors import known

POLICY = policy.read()


@pytest.mark.parametrize(
    "rule",
    [
        Rule("plot.read", "farmr", "own"),
        Rule("plot.read", "farmer", "mine"),
        Rule("plot.read", "farmer", "own", frozenset(["stepup"])),
        Rule("plot.read", "anyone", "own"),
        Rule("plot.read", "farmer", "public"),
        Rule("plot.read", "anyone", "public", frozenset(["step_up"])),
    ],
)
def test_a_word_that_means_nothing_does_not_start(rule: Rule) -> None:
    with pytest.raises(PolicyIsWrong):
        Policy.of([rule])


def test_a_row_said_twice_or_beside_anyone_does_not_start() -> None:
    own, all_ = Rule("plot.read", "farmer", "own"), Rule("plot.read", "anyone", "public")
    for rules in ([own, own], [own, all_], [all_, own]):
        with pytest.raises(PolicyIsWrong):
            Policy.of(rules)


async def _forgotten() -> None: ...


@pytest.mark.parametrize("opt", [{}, {"op": None}, {"op": "plot.eat"}, {"op": ["plot.read"]}])
def test_a_route_the_table_does_not_know_does_not_start(opt: dict[str, object]) -> None:
    forgotten = Litestar([get("/forgotten", opt=opt)(_forgotten)], openapi_config=None)
    app = copy(known())
    check_routes(app, POLICY)
    app.routes = [*app.routes, *forgotten.routes]
    with pytest.raises((PolicyIsWrong, TypeError)):
        check_routes(app, POLICY)


def test_an_operation_without_a_route_does_not_start() -> None:
    check_routes(known(), POLICY)
    with pytest.raises(PolicyIsWrong, match=r"no route has plot\.eat"):
        check_routes(known(), Policy.of([*POLICY.rules, Rule("plot.eat", "farmer", "own")]))


def test_what_no_row_says_is_refused() -> None:
    """For every operation and every role without a row, alone or with none at all."""
    for operation, rules in POLICY.by_operation.items():
        if "anyone" in rules:
            continue
        with pytest.raises(NotSignedIn):
            permit(POLICY, operation, None)
        for role in ROLES - set(rules):
            actor = Actor(MALEE, (Grant(role, "g", "n", "90"),), stepped_up=True)
            if "member" in rules:
                assert {r.value for r in permit(POLICY, operation, actor).reaches} == {MALEE}
            else:
                with pytest.raises(NotAllowed):
                    permit(POLICY, operation, actor)


def test_what_asks_for_the_pin_again_asks_for_it() -> None:
    asking = [rule for rule in POLICY.rules if "step_up" in rule.conditions]
    assert {"certificate.issue", "payout.pay"} <= {rule.operation for rule in asking}
    for rule in asking:
        others = POLICY.by_operation[rule.operation].values()
        assert all("step_up" in other.conditions for other in others), rule
        if rule.role != "member":
            with pytest.raises(StepUpNeeded):
                permit(POLICY, rule.operation, Actor(MALEE, (Grant(rule.role, "g", "n"),)))


def test_a_stranger_reaches_only_what_is_public() -> None:
    public = {rule.operation for rule in POLICY.rules if rule.role == "anyone"}
    for operation in POLICY.by_operation:
        if operation in public:
            assert permit(POLICY, operation, None).person == ""
            assert permit(POLICY, operation, None).sees(Place())
        else:
            with pytest.raises(NotSignedIn):
                permit(POLICY, operation, None)
