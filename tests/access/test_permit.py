"""What a Permit lets through, against a second opinion that shares no code with it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.people.rules import Actor, Grant
from market.access.permit import Permit, Place, permit
from market.access.policy import Policy, Rule
from market.access.refusals import NotAllowed, NotThere, OwnCause, StepUpNeeded

ROLES = ("farmer", "leader", "committee", "officer")
SCOPES = ("own", "group", "network", "area", "everywhere")
PEOPLE, GROUPS, NETWORKS = ("malee", "krit"), ("g1", "g2", "g3"), ("n1", "n2")
AREAS = ("90", "9009", "900901", "95", "950101")
OF = {"g1": "n1", "g2": "n1", "g3": "n2"}
"""Which network each group belongs to."""

in_a_group = st.sampled_from(GROUPS).map(lambda g: (g, OF[g]))
in_a_network = st.sampled_from(NETWORKS).map(lambda n: (n, n))
grants = st.builds(
    lambda role, where, area: Grant(role, *where, area),
    st.sampled_from(ROLES), st.one_of(in_a_group, in_a_network, st.just(("", ""))),
    st.sampled_from(("", *AREAS)),
)  # fmt: skip
actors = st.builds(
    Actor, st.sampled_from(PEOPLE), st.lists(grants, max_size=3).map(tuple), st.booleans()
)
places = st.builds(
    lambda owner, where, area: Place(owner, *where, area),
    st.sampled_from(("", *PEOPLE)), st.one_of(in_a_group, in_a_network, st.just(("", ""))),
    st.sampled_from(("", *AREAS)),
)  # fmt: skip
conditions = st.sets(st.sampled_from(("step_up", "not_own"))).map(frozenset)
policies = st.dictionaries(
    st.sampled_from(ROLES), st.tuples(st.sampled_from(SCOPES), conditions), min_size=1
)


def foretold(rows: dict[str, tuple[str, frozenset[str]]], who: Actor, what: Place) -> str:
    """In words, role by role: what should happen."""
    held = [grant for grant in who.grants if grant.role in rows]
    if not held:
        return "not allowed"
    awake = [g for g in held if who.stepped_up or "step_up" not in rows[g.role][1]]
    if not awake:
        return "pin"
    reaching = [grant for grant in awake if reaches(rows[grant.role][0], grant, who, what)]
    if not reaching:
        return "not there"
    judged = all("not_own" in rows[grant.role][1] for grant in reaching)
    return "own cause" if judged and what.owner == who.person else "yes"


def reaches(scope: str, grant: Grant, who: Actor, what: Place) -> bool:
    if scope == "everywhere":
        return True
    if scope == "own":
        return what.owner == who.person
    if scope == "area":
        return grant.area != "" and what.area[: len(grant.area)] == grant.area
    around = {what.group, what.network} - {""}
    if scope == "group":
        return grant.group in around
    return (grant.network or grant.group) in around


@given(policies, actors, places)
def test_a_permit_is_what_the_rows_say(
    rows: dict[str, tuple[str, frozenset[str]]], who: Actor, what: Place
) -> None:
    table = Policy.of(Rule("plot.read", role, *said) for role, said in rows.items())
    expected = foretold(rows, who, what)
    refusals = {
        "not allowed": NotAllowed, "pin": StepUpNeeded, "not there": NotThere,
        "own cause": OwnCause,
    }  # fmt: skip
    if expected == "yes":
        permit(table, "plot.read", who).check(what)
        assert permit(table, "plot.read", who).sees(what)
        return
    with pytest.raises(refusals[expected]):
        permit(table, "plot.read", who).check(what)


@given(policies, actors, places, grants)
def test_one_more_role_never_takes_a_right_away(
    rows: dict[str, tuple[str, frozenset[str]]], who: Actor, what: Place, more: Grant
) -> None:
    table = Policy.of(Rule("plot.read", role, *said) for role, said in rows.items())
    richer = Actor(who.person, (*who.grants, more), who.stepped_up)
    if foretold(rows, who, what) == "yes":
        permit(table, "plot.read", richer).check(what)


@given(places)
def test_a_permit_without_reach_sees_nothing(what: Place) -> None:
    assert not Permit("malee", ()).sees(what)
    with pytest.raises(NotThere):
        Permit("malee", ()).check(what)


def test_an_object_without_an_owner_is_nobodys() -> None:
    """A stranger's permit has an empty person; what has no owner is not the stranger's."""
    table = Policy.of([Rule("plot.read", "farmer", "own")])
    granted = permit(table, "plot.read", Actor("", (Grant("farmer", "g1"),)))
    assert not granted.sees(Place())


def test_a_network_granted_is_all_its_groups_and_a_group_is_not_its_network() -> None:
    table = Policy.of([Rule("plot.read", "committee", "group")])
    network = permit(table, "plot.read", Actor("wan", (Grant("committee", "n1", "n1"),)))
    group = permit(table, "plot.read", Actor("wan", (Grant("committee", "g1", "n1"),)))
    assert network.sees(Place(group="g1", network="n1"))
    assert network.sees(Place(group="g2", network="n1"))
    assert group.sees(Place(group="g1", network="n1"))
    assert not group.sees(Place(group="g2", network="n1"))
    assert not group.sees(Place(group="n1", network="n1"))
