"""Who is told of what: by the event's tag, the roles or the persons that it concerns."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

CLAIMS = ("plain", "in_conversion", "organic")
FACTS_KEPT = frozenset({
    "code", "number", "satang", "credited_satang", "final_satang", "cash_satang", "grams",
    "kept_satang",
    "due_on", "valid_until", "planned_on", "from_on", "held_on",
    "outcome", "stage", "reason", "kind", "state", "earliest", "latest", "place_th", "place_en",
    "then", "days", "channel", "text_th", "text_en", "from_th", "from_en", "closes_at",
    "name_th", "name_en", "pickup_from", "pickup_until",
    "instead_th", "instead_en", "slip",
})  # fmt: skip
"""What a notice may repeat of an event: codes, amounts, times and places, never a name."""


class Telling(msgspec.Struct, frozen=True):
    """`persons` are fields of the event that hold a person's id, or a list of them.

    The fields of what the event is `about` (see `queries.known`) count as the event's own.
    """

    persons: tuple[str, ...] = ()
    role: str = ""
    group_field: str = ""
    """The event's field that names the group whose `role` is told."""
    about: str = ""
    """order, application, inspection, certificate, payee, grievance; the event's field of that
    name, or its subject, is the id."""
    outcome: str = ""
    """Told only when the event's `outcome` is this one."""


def facts(event: Mapping[str, object]) -> dict[str, str | int]:
    return {
        name: value
        for name, value in event.items()
        if name in FACTS_KEPT and isinstance(value, str | int)
    }


def persons(telling: Telling, event: Mapping[str, object]) -> list[str]:
    found: list[str] = []
    for field in telling.persons:
        match event.get(field):
            case str() as one if one:
                found.append(one)
            case list() as many:
                found += [_person(each) for each in many]
    return found


def _person(of: object) -> str:
    """An id, or something that has one as its `person`."""
    return str(of.get("person", "") if isinstance(of, Mapping) else of)


def fell(event: Mapping[str, object]) -> bool:
    """Of a claim that is told as it was and as it is now."""
    match event.get("claim"):
        case [str() as before, str() as after]:
            return CLAIMS.index(after) < CLAIMS.index(before)
    return False


def concerns(telling: Telling, event: Mapping[str, object]) -> bool:
    return telling.outcome in ("", event.get("outcome"))


_BUYER = Telling(persons=("buyer",), about="order")
_APPLICANT = Telling(persons=("applicant",), about="application")
_INSPECTED = Telling(persons=("applicant",), about="inspection")
_HOLDER = Telling(persons=("holder",), about="certificate")
_PAYER = Telling(role="treasurer", group_field="payer")

TELLINGS: dict[str, Telling] = {
    "groups.role_granted": Telling(persons=("person",)),
    "contacts.asked": Telling(persons=("person",)),
    "recovery.begun": Telling(("person",), "secretariat", "group"),
    "recovery.confirmed": Telling(persons=("person",)),
    "spoken.said": Telling(persons=("person",)),
    "spoken.denied": Telling(("typed_by",), "secretariat", "group"),
    "applications.submitted": Telling(("applicant",), "secretariat", "group"),
    "applications.resubmitted": Telling((), "secretariat", "group", "application"),
    "applications.returned": _APPLICANT,
    "applications.accepted": _APPLICANT,
    "applications.lapsed": Telling(("applicant",), "secretariat", "group", "application"),
    "inspections.assigned": Telling(("members", "applicant"), about="inspection"),
    "assignment.adopted": Telling(persons=("members",)),
    "assignment.seat_moved": Telling(persons=("person", "was")),
    "assignment.seat_declined": Telling((), "secretariat", "organ"),
    "assignment.swap_offered": Telling(persons=("other",)),
    "assignment.swap_answered": Telling(persons=("by",)),
    "calls.made": Telling((), "secretariat", "group"),
    "inspections.cancelled": Telling(("members", "applicant"), about="inspection"),
    "inspections.finding_made": _INSPECTED,
    "inspections.found": Telling(persons=("farmer",)),
    "inspections.finding_closed": Telling(persons=("farmer",)),
    "inspections.finished": _INSPECTED,
    "marks.ending": Telling(("holder",), "leader", "organ"),
    "grievances.made": Telling(persons=("desk",), about="grievance"),
    "grievances.answered": Telling(persons=("complainant",), about="grievance"),
    "grievances.farmer_told": Telling(persons=("person",)),
    "findings.agreed": Telling(persons=("farmer",)),
    "findings.extended": Telling(persons=("farmer",)),
    "findings.answered": Telling((), "leader", "group"),
    "findings.disputed": Telling((), "committee", "network"),
    "findings.sent_back": Telling(persons=("farmer",)),
    "findings.settled": Telling(persons=("farmer",)),
    "findings.retested": Telling(("farmer",), "committee", "network"),
    "findings.reminded": Telling(persons=("farmer",)),
    "findings.overdue": Telling(("farmer",), "leader", "group"),
    "findings.escalated": Telling(("farmer",), "committee", "network"),
    "inputs.asked": Telling((), "committee", "network"),
    "inputs.prohibited_used": Telling((), "secretariat", "group"),
    "inputs.prohibited_claimed": Telling((), "secretariat", "group"),
    "inputs.claim_denied": Telling((), "committee", "network"),
    "inputs.claim_judged": Telling(persons=("farmer",)),
    "decisions.decided": _APPLICANT,
    "certificates.issued": _HOLDER,
    "certificates.suspended": _HOLDER,
    "certificates.reinstated": _HOLDER,
    "certificates.revoked": _HOLDER,
    "certificates.superseded": _HOLDER,
    "certificates.ends": _HOLDER,
    "hearings.opened": Telling(persons=("holder",)),
    "hearings.ruled": _APPLICANT,
    "hearings.step_noted": Telling(("holder",), about="hearing"),
    "hearings.appeal_filed": Telling((), "secretariat", "group", "application"),
    "orders.placed": Telling(role="treasurer", group_field="merchant"),
    "orders.confirmed": _BUYER,
    "orders.expired": _BUYER,
    "standing.turned": Telling(persons=("person",)),
    "orders.handed_over": _BUYER,
    "orders.lessened": _BUYER,
    "orders.exchanged": _BUYER,
    "payments.confirmed": Telling(("buyer",), about="order", outcome="paid_unfulfillable"),
    "payments.extra_credited": _BUYER,
    "payments.credit_paid_back": Telling(persons=("buyer",)),
    "complaints.made": Telling(role="treasurer", group_field="merchant"),
    "complaints.answered": _BUYER,
    "complaints.reweighed": _BUYER,
    "complaints.appealed": Telling(role="committee", group_field="merchant"),
    "providers.quarantined": Telling(role="treasurer", group_field="merchant"),
    "providers.refund_ended": _BUYER,
    "providers.refund_failed": _BUYER,
    "slips.answered": Telling(("buyer",), about="order", outcome="refused"),
    "truck_day.stop_moved": Telling(persons=("buyers",)),
    "truck_day.stop_dropped": Telling(persons=("buyers",)),
    "truck_day.no_show_decided": Telling(persons=("buyer",)),
    "truck_day.kept_given_back": Telling(persons=("buyer",)),
    "recalls.begun": Telling((), "secretariat", "organ"),
    "recalls.lot_joined": Telling((), "secretariat", "organ"),
    "scans.unusual": Telling((), "committee", "group"),
    "recalls.sold_since": Telling(persons=("person",)),
    "recalls.held_back": Telling((), "secretariat", "organ"),
    "recalls.let_go": Telling((), "secretariat", "organ"),
    "demand.met": Telling(persons=("askers",)),
    "floors.allowed_below": Telling(persons=("farmer",)),
    "splits.proposed": Telling(role="treasurer", group_field="merchant"),
    "splits.approved": Telling(persons=("proposed_by",)),
    "splits.returned": Telling(persons=("proposed_by",)),
    "settlement.run_made": _PAYER,
    "settlement.run_approved": _PAYER,
    "settlement.run_rejected": _PAYER,
    "settlement.paid_out": Telling(("person",), "treasurer", "group", "payee"),
}
"""Who did it is not told of it, but for `TOLD_ONESELF`."""
TOLD_ONESELF = frozenset({"contacts.asked"})
_GUARDS = (
    ("leader", Telling((), "leader", "group", "certificate")),
    ("committee", Telling((), "committee", "group", "certificate")),
)
ALSO: dict[str, tuple[tuple[str, Telling], ...]] = {
    "certificates.suspended": _GUARDS,
    "certificates.reinstated": _GUARDS,
    "certificates.revoked": _GUARDS,
    "recalls.begun": (("leader", Telling((), "leader", "organ")),),
    "recalls.lot_joined": (("leader", Telling((), "leader", "organ")),),
    "recalls.held_back": (("leader", Telling((), "leader", "organ")),),
    "recalls.let_go": (("leader", Telling((), "leader", "organ")),),
    "recalls.sold_since": (("buyer", Telling(persons=("buyer",))),),
    "providers.refund_failed": (("treasurer", Telling((), "treasurer", "merchant", "order")),),
    "scans.unusual": (("leader", Telling((), "leader", "group")),),
    "hearings.opened": (("group", Telling((), "secretariat", "group")),),
}
"""Who else is told of it, in words of their own: `notice.<tag>.<word>`."""
BARS = ("certificates.suspended", "certificates.revoked")
LIFTS = ("certificates.reinstated",)
"""Of these hear the buyers whose orders wait for what lost its claim, or has it again."""
CORRECTED = ("lineage.corrected", "lineage.followed")
FELL = "lineage.claim_fell"
"""Told of a lot that may no longer be called what it was, however it came to that."""
CALLED_BACK = ("recalls.begun", "recalls.lot_joined")
"""Of these hear the buyers who have some, or are to get it, and whose trucks carry it."""
WENT = "broadcasts.went"
"""Told to whoever is in the group, or farms in the area, when it goes out."""
FLOODED = "area_events.entered"
"""Told to whoever farms in one of its tambons."""
NEAR, CLOSED = "notices.cut_off_near", "cycles.closed"
"""Of the one hear buyers who have not paid or not ordered; of the other who brings what, and who
leads them."""
PACKED, READY = "orders.packed", "cycles.pickup_begun"
"""Of one of them hears each buyer whose goods wait: of an order once, where and until when."""
WEIGHED = "intake.weighed"
"""Told to whoever brought it, with the slip; in words of its own where some of it was refused."""
SHUT, CANCELLED = "offers.place_shut", "orders.cancelled"
"""Of the one hear buyers whose orders wait for that place. The other is told with what came back,
in words of its own where its round was called off or its place closed: of each order once."""
HELD_BACK, LET_GO = "recalls.held_back", "recalls.let_go"
"""Of the one hear the same of a lot in which a sample found too much; of the other who was told."""

URGENT = frozenset({"truck_day.stop_moved", "truck_day.stop_dropped", "recovery.begun"})
"""These wake people, and so does what is called back and a code that somebody waits for."""
WAKES = ("recalls.", "contacts.")
TOPICS = {
    "recalls": "recalls", "lineage": "recalls", "contacts": "account", "recovery": "account",
    "groups": "account", "spoken": "account",
    "orders": "orders", "payments": "orders", "settlement": "money", "splits": "money",
    "truck_day": "truck", "broadcasts": "broadcasts", "area_events": "land",
    "notices": "market", "demand": "market", "floors": "market",
    "intake": "market",
    "standing": "orders", "slips": "orders", "offers": "orders", "cycles": "market",
    "providers": "orders",
}  # fmt: skip
"""By the feature that told it; all others are of the guarantee."""


def topic(kind: str) -> str:
    """What a buyer hears of a certificate is about goods that wait, so it cannot be muted."""
    feature, _, rest = kind.partition(".")
    if kind == READY:
        return "orders"
    if feature == "certificates" and rest.endswith(".buyer"):
        return "recalls"
    return TOPICS.get(feature, "guarantee")


def urgent(kind: str) -> bool:
    return kind in URGENT or kind.startswith(WAKES)
