"""By which clause something of the guarantee was refused: a setting of the charter
(`charter/quorum_count`), or the page of the model that says what may follow (`model/decision`).

Held against docs/model/pgs-rules.md by tests/tidy/test_clauses.py.
"""

from __future__ import annotations

import logging
from typing import Any

from litestar import Request

from certification.basis.refusal import Refusal

SETTING = {
    "applications.barred_until": "reapply_bar_months",
    "applications.incomplete": "training_hours_min",
    "applications.land_incomplete": "history_years",
    "applications.not_the_tier_above": "decision_stages",
    "certificates.nothing_overdue": "grace_days",
    "certificates.too_early_to_renew": "renewal_window_days",
    "conversion.shortening_not_allowed": "conversion_reduction_allowed",
    "decisions.consumers_absent": "consumers_present",
    "decisions.farmer_absent": "farmer_present",
    "decisions.findings_open": "max_open_minor",
    "decisions.group_too_small": "group_min_members",
    "decisions.no_quorum": "quorum_count",
    "decisions.no_quorum_share": "quorum_share",
    "decisions.no_votes": "pass_share",
    "decisions.other_body": "decision_stages",
    "decisions.reviewers_absent": "reviewers_present",
    "decisions.shortening_turned_down": "pass_share",
    "decisions.still_conventional": "stages",
    "decisions.voted_before": "one_vote_per_case",
    "hearings.appealed_already": "appeal_days",
    "inspections.enough_this_year": "annual_inspections",
    "inspections.inspected_by_the_farmer": "reciprocity_years",
    "inspections.kin_of_the_farmer": "kin_degree",
    "inspections.other_group": "inspect_cross_group",
    "inspections.seat_not_filled": "panel_seats",
    "inspections.too_few_inspectors": "min_inspectors",
}
"""By code: the charter's setting, by whose value another charter would not refuse."""
PAGE = {
    "applications": "application", "assignment": "inspection", "calls": "inspection",
    "certificates": "certificate", "conversion": "conversion",
    "credentials": "credentials", "decisions": "decision",
    "draws": "draw", "findings": "findings",
    "grievances": "grievances", "hearings": "certificate", "inputs": "input",
    "inspections": "inspection", "land": "land", "lineage": "lineage", "marks": "marks",
    "meetings": "decision", "organs": "decision", "plots": "plot", "residues": "residue",
    "schemes": "pgs-rules",
}  # fmt: skip
"""By feature: its page in docs/model."""

log = logging.getLogger("market.refused")
log.setLevel(logging.INFO)  # also where nothing below a warning is shown: it is asked for later


OF_LOTS = frozenset({
    "lots.before_certificate", "lots.crop_out_of_scope", "lots.certificate_not_in_force",
    "lots.never_certified", "lots.harvest_in_future", "lots.harvest_too_long_ago",
})  # fmt: skip
"""What of a harvest the guarantee forbids; how much is left is none of its clauses."""


def setting(no: Refusal) -> str:
    return SETTING.get(no.code, "")


def clause(no: Refusal) -> str:
    """Empty where nothing of the guarantee stood against it."""
    page = "lot" if no.code in OF_LOTS else PAGE.get(no.code.partition(".")[0])
    if no.status != 409 or page is None:
        return ""
    return f"charter/{setting(no)}" if setting(no) else f"model/{page}"


def note(asked: Request[Any, Any, Any], no: Refusal) -> None:
    """What was refused, by which clause and at which deed; of nobody and of no plot."""
    if by := clause(no):
        door = asked.scope.get("route_handler")
        log.info("refused %s by %s at %s", no.code, by, door.opt.get("op", "-") if door else "-")
