"""How they voted on a plot, and what followed."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Unique
from piccolo.table import Table

from certification.applications.tables import Application
from certification.basis import columns
from certification.basis.schema import APPEND_ONLY, PROVEN
from certification.meetings.tables import Meeting
from certification.people.tables import Person


class Vote(Table, tablename="vote", tags=[PROVEN, APPEND_ONLY]):
    id = columns.row_id()
    meeting = columns.link(Meeting)
    application = columns.link(Application)
    person = columns.link(Person)
    value = columns.word(10)
    """for, against, abstain, recused"""
    by = columns.person()
    """The voter, or the secretary who counted hands."""
    at = columns.instant()
    vote_once = Unique([meeting, application, person])


class VoteStruck(Table, tablename="vote_struck", tags=[PROVEN, APPEND_ONLY]):
    """Who voted and then stood back: from then on the vote says `recused`."""

    id = columns.row_id()
    vote = columns.link(Vote, unique=True)
    by = columns.person()
    at = columns.instant()


class HandCount(Table, tablename="hand_count", tags=[PROVEN, APPEND_ONLY]):
    """Hands counted without names; the last one holds, while the same people may vote."""

    id = columns.row_id()
    meeting = columns.link(Meeting)
    application = columns.link(Application)
    votes_for = column.Integer(default=None)
    votes_against = column.Integer(default=None)
    abstained = column.Integer(default=None)
    judges = columns.word(64)
    """SHA-256 of the ids of who might vote when they were counted."""
    by = columns.person()
    at = columns.instant()
    seq = column.BigInt(default=None)
    """1, 2, … of this case in this meeting."""
    hand_count_in_turn = Unique([meeting, application, seq])


class Decision(Table, tablename="decision", tags=[PROVEN, APPEND_ONLY]):
    id = columns.row_id()
    meeting = columns.link(Meeting)
    application = columns.link(Application)
    turn = column.Integer(default=None)
    """1, 2, … of this application: of two at the same moment one is first."""
    body = columns.word(20)
    """Whose step it was."""
    final = column.Boolean(default=None)
    """No other body decides after it."""
    outcome = columns.word(10)
    """approved, rejected, deferred, returned"""
    stage = columns.word(20, null=True)
    """organic, in_conversion: reckoned from dates, not chosen"""
    present = column.Integer(default=None)
    quorum_needed = column.Integer(default=None)
    votes_for = column.Integer(default=None)
    votes_against = column.Integer(default=None)
    abstained = column.Integer(default=None)
    recused = column.Integer(default=None)
    snapshot = column.Text(default=None)
    """JSON of `votes.Snapshot`: who decided at that moment, by pseudonym, and by which counts."""
    reason = columns.private()
    by = columns.person()
    at = columns.instant()
    salt = columns.salt()
    decision_once = Unique([meeting, application])
    decision_in_turn = Unique([application, turn])


class DecisionCrop(Table, tablename="decision_crop", tags=[PROVEN, APPEND_ONLY]):
    """What an approval covers, and what it leaves out."""

    id = columns.row_id()
    decision = columns.link(Decision)
    crop = columns.word(40)
    approved = column.Boolean(default=None)
    decision_crop_once = Unique([decision, crop])
