"""Whoever may ask: each role, near the thing and ever farther from it; and the things themselves.

own group     the group in which Malee farms
own network   the network that group belongs to
next group    another group of that network (Krit's)
same tambon   a group in Malee's tambon, of another network
far away      a group of another network in another province
"""

from tests.access.oracle import ROLES, Held, Someone, Thing
from tests.cast import ADMIN, CHAN, KRITS_GROUP, MALEE, NETWORK, NOK, RATTAPHUM, SOMCHAI

OTHER_NETWORK = "01930000-0000-7000-8000-00000000b004"
SAME_TAMBON = "01930000-0000-7000-8000-00000000b005"
FAR_NETWORK = "01930000-0000-7000-8000-00000000b006"
FAR_AWAY = "01930000-0000-7000-8000-00000000b007"
TAMBON = "900901"

PLACES = {
    "own group": (RATTAPHUM, NETWORK),
    "own network": (NETWORK, NETWORK),
    "next group": (KRITS_GROUP, NETWORK),
    "same tambon": (SAME_TAMBON, OTHER_NETWORK),
    "far away": (FAR_AWAY, FAR_NETWORK),
}
AREAS = {"own tambon": "900901", "own province": "90", "next tambon": "900904", "far away": "95"}
NEAREST = ("own network", "own province", "nowhere")
"""Where a role is held that never does a deed: nearer than this is nobody."""


def _id(number: int) -> str:
    return f"01930000-0000-7000-8000-00000001{number:04}"


def by_role() -> list[Someone]:
    """One person for each role and place; a farmer belongs to a group."""
    found = []
    for role in ROLES[:7]:
        for where, (group, network) in PLACES.items():
            if role != "farmer" or group != network:
                held = Held(role, group, network)
                found.append(Someone(f"{role}, {where}", _id(len(found)), (held,)))
    for where, area in AREAS.items():
        held = Held("officer", area=area)
        found.append(Someone(f"officer, {where}", _id(len(found)), (held,)))
    return [*found, Someone("admin, nowhere", ADMIN, (Held("admin"),))]


def judges_of_own() -> list[Someone]:
    """Malee and Nok, should they hold the one role that has to do with their own things."""
    farms = Held("farmer", RATTAPHUM, NETWORK)
    held = [farms, *[Held(role, NETWORK, NETWORK) for role in ROLES[1:7]]]
    held += [Held("officer", area="90"), Held("admin")]
    sells = [Held(role, NETWORK, NETWORK) for role in ("treasurer", "operator")]
    return [
        *[Someone(f"{one.role}, herself", MALEE, (one,)) for one in held],
        *[Someone(f"{one.role}, buys herself", NOK, (one,)) for one in sells],
    ]


STRANGER = Someone("stranger")
BUYER = Someone("buyer", NOK)
LOOKER = Someone("farmer and inspector, sent to look", SOMCHAI, (
    Held("farmer", RATTAPHUM, NETWORK), Held("inspector", RATTAPHUM, NETWORK),
))  # fmt: skip


def asleep(someone: Someone) -> Someone:
    """The same without having given the PIN again."""
    return Someone(f"{someone.name}, without PIN", someone.person, someone.holds, pin=False)


TIME_IS_OVER = Someone("leader, whose time is over", _id(90))
HAS_LEFT = Someone("farmer, who has left", _id(91))
SHUT_OUT = Someone("treasurer, whose phone was shut")
"""The first two are signed in and nothing more; the third is nobody."""


OUTSIDE = ("next group", "same tambon", "far away", "next tambon")


def stands_outside(who: Someone) -> bool:
    """Has nothing to do with Malee's group or network, and is no officer over it."""
    alone = who in (STRANGER, TIME_IS_OVER, SHUT_OUT)
    return alone or who.name.endswith(OUTSIDE)


def everybody() -> list[Someone]:
    near = [one for one in by_role() if one.name.endswith(("own group", *NEAREST))]
    return [
        STRANGER, BUYER, LOOKER, TIME_IS_OVER, HAS_LEFT, SHUT_OUT, *by_role(), *judges_of_own(),
        *[asleep(one) for one in near], asleep(judges_of_own()[0]),
    ]  # fmt: skip


LOOKERS = frozenset([SOMCHAI, CHAN, NOK])


def _of_malee(name: str, lookers: frozenset[str] = frozenset()) -> Thing:
    return Thing(name, MALEE, RATTAPHUM, NETWORK, TAMBON, lookers)


MALEES = (
    "member", "plot", "application", "finding", "decision", "certificate", "lot", "labels",
    "relation", "household", "payout", "forgotten", "typed", "hearing", "against",
    "complaint", "mark", "signal", "planting", "forecast",
    "grown",
)  # fmt: skip
NETWORKS = (
    "network", "cycle", "offer", "bundle", "meeting", "run", "account", "place", "product", "truck",
    "round", "day", "ride", "week", "seat", "split", "crate", "dispatch", "partner",
)  # fmt: skip
THINGS = {
    thing.name: thing
    for thing in (
        *[_of_malee(name) for name in MALEES],
        _of_malee("visit", LOOKERS),
        _of_malee("photo", LOOKERS),
        _of_malee("chair", frozenset([SOMCHAI])),
        _of_malee("swap", frozenset([SOMCHAI, CHAN])),
        Thing("case", MALEE, NETWORK, NETWORK),
        *[Thing(name, "", NETWORK, NETWORK) for name in NETWORKS],
        *[
            Thing(name, NOK, NETWORK, NETWORK)
            for name in ("order", "payment", "slip", "problem", "credit", "receipt", "wish")
        ],
        Thing("settlement", "", RATTAPHUM, NETWORK),
        Thing("province's network", "", NETWORK, NETWORK, "90"),
        Thing("group", "", RATTAPHUM, NETWORK, TAMBON),
        *[Thing(name, "", RATTAPHUM, NETWORK, TAMBON) for name in ("prefix", "gtin", "recall")],
        Thing("role", SOMCHAI, RATTAPHUM, NETWORK, TAMBON),
        Thing("phone", NOK),
        Thing("standing", NOK),
        Thing("area", area=TAMBON),
        *[Thing(name) for name in ("crop", "scheme", "preset", "file", "answer")],
    )
}
"""By the word in `addresses.csv`. A case stands before a meeting of the network: who judges it
reaches both. Where officers ask, a network lies in its province. A settlement is seen by who
divides and by the group that receives."""
