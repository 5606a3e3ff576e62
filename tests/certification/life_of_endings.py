"""Deeds on a finding and before a meeting that may take a certificate away, for the walk of
`test_life_of_rules`: each says by the book what stands against it, and asks the rules."""

from datetime import timedelta
from typing import Any

from certification.findings import rules as findings
from certification.findings.rules import Answer
from certification.findings.standings import Standing
from certification.hearings import rules as hearings
from certification.hearings.rules import CastVote, NoteStep, OpenHearing
from tests.certification.life_cycle import PEOPLE, TODAY, Life, Told, nothing

ASKED = {
    "suspend": "active", "confirm": "suspended", "reinstate": "suspended",
    "revoke": "active suspended", "scope": "active",
}  # fmt: skip
"""What comes before a meeting, and of a certificate in which state; a confirmation is brought by
nobody, it comes of a suspension."""


def mends(life: Life) -> Told:
    """One deed of the farmer, the inspectors or the committee on a finding somewhere on its way."""
    dice = life.dice
    state: Any = life.slip(
        "open", "action_agreed", "done_claimed", "done_claimed", "verified_closed"
    )
    now = Standing(
        state, TODAY + timedelta(10), TODAY + timedelta(30), disputed=life.odds(4),
        settled=life.odds(3), claimed_by="b" if state == "done_claimed" else "",
    )  # fmt: skip
    words, by = life.slip("ทำแล้ว", " "), life.slip("c", "b")
    due = TODAY + timedelta(life.slip(20, 31, -1, 10))
    longer = TODAY + timedelta(life.slip(40, 10, 367))
    deed = dice.choice(("agree", "extend", "claim", "dispute", "verify", "send back", "settle"))
    closed, claimed = state == "verified_closed", state == "done_claimed"
    against = {
        "inspections.finding_closed_already": closed,
        "findings.disputed": now.disputed and deed not in ("extend", "settle"),
        "findings.claimed_already": claimed and deed in ("agree", "claim", "dispute"),
        "findings.beyond_deadline": deed == "agree" and due > now.latest,
        "findings.due_passed": deed == "agree" and due < TODAY,
        "findings.not_longer": deed == "extend"
        and not now.due_on < longer <= TODAY + timedelta(366),
        "findings.nothing_said": deed in ("claim", "dispute", "send back", "settle")
        and words == " ",
        "findings.dispute_settled": deed == "dispute" and now.settled,
        "findings.own_claim": deed in ("verify", "send back") and by == now.claimed_by,
        "findings.nothing_claimed": deed == "send back" and not claimed,
        "findings.no_dispute": deed == "settle" and not now.disputed,
    }
    said = Answer("n", "f", "disputed" if deed == "dispute" else "claimed", words)
    ask = {
        "agree": lambda: findings.ensure_agrees(now, due, today=TODAY),
        "extend": lambda: findings.ensure_extends(now, longer, today=TODAY),
        "claim": lambda: findings.ensure_answers(now, said),
        "dispute": lambda: findings.ensure_answers(now, said),
        "verify": lambda: findings.ensure_verifies(now, by=by),
        "send back": lambda: findings.ensure_sends_back(now, words, by=by),
        "settle": lambda: findings.ensure_settles(now, words),
    }[deed]
    return {code for code, is_so in against.items() if is_so}, ask, nothing


def heard(life: Life) -> Told:
    """Brought before a meeting, invited, heard or not come, voted on by others than before."""
    dice = life.dice
    matter: Any = dice.choice([*ASKED])
    state: Any = life.slip("active", "suspended", "revoked")
    noted = {"invited": TODAY - timedelta(dice.randrange(3))} if life.odds(2) else {}
    kind: Any = dice.choice(("invited", "heard", "absent"))
    on = TODAY + timedelta(life.slip(0, -4, 1))
    steps = dict(noted) | ({kind: on} if kind != "invited" else {})
    who, value = dice.choice(PEOPLE), life.slip("for", "against", "recused")
    present, near, judged = life.some(least=7), life.some(PEOPLE[:3]), life.some(PEOPLE[3:5])
    first = noted.get("invited", TODAY - timedelta(3))
    told = kind == "heard" and on <= TODAY
    stayed_away = kind == "absent" and noted.get("invited", TODAY) < TODAY
    against = {
        "certificates.not_from_this_state": matter == "confirm"
        or state not in ASKED[matter].split(),
        "hearings.day_out_of_range": not first <= on <= TODAY,
        "hearings.not_invited": kind == "absent" and not noted,
        "hearings.not_heard": matter == "revoke" and not (told or stayed_away),
        "decisions.not_present": who not in present,
        "decisions.judge_in_own_cause": value != "recused" and who in near,
        "hearings.judged_before": value != "recused" and who in judged,
    }

    def ask() -> None:
        hearings.ensure_may_open(OpenHearing("h", "c", matter, "decision"), state)
        step = NoteStep("s", "h", kind, on)
        hearings.ensure_step(step, noted, TODAY - timedelta(3), TODAY)
        hearings.ensure_heard(matter, steps, TODAY)
        vote = CastVote("m", "h", who, value)  # type: ignore[arg-type]
        hearings.ensure_may_vote(vote, present, near, judged)

    return {code for code, is_so in against.items() if is_so}, ask, nothing
