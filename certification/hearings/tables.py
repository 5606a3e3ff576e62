"""What was brought before a meeting about a certificate, how they voted, and what was ruled."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Unique
from piccolo.table import Table

from certification.applications.tables import Application
from certification.basis import columns
from certification.basis.schema import APPEND_ONLY, PROVEN
from certification.certificates.tables import Certificate
from certification.groups.tables import Group
from certification.meetings.tables import Meeting
from certification.people.tables import Person


class Hearing(Table, tablename="hearing", tags=[PROVEN]):
    id = columns.row_id()
    matter = columns.word(20)
    """suspend, confirm, reinstate, revoke, scope, appeal"""
    certificate = columns.link(Certificate, null=True)
    """None where an appeal is against a refusal."""
    application = columns.link(Application)
    """The certificate's, or the one that was refused."""
    group = columns.link(Group)
    holder = columns.link(Person)
    body = columns.word(20)
    """Whose turn it is; empty: any body of the network."""
    about = columns.word(36, null=True)
    """The certificate's event that is to be confirmed, or what is appealed against."""
    because = columns.word(40)
    from_on = columns.day(null=True)
    crops = column.Varchar(length=1_000, default="")
    """The scope that is asked for, by codes with a space between."""
    note = columns.private()
    open_for = column.Varchar(length=60, null=True, default=None, unique=True)
    """`{matter}:{certificate}` until it is ruled, then null: one open at a time."""
    by = columns.person()
    at = columns.instant()
    salt = columns.salt()


class HearingStep(Table, tablename="hearing_step", tags=[PROVEN, APPEND_ONLY]):
    """The right to be heard: invited, and heard or not come."""

    id = columns.row_id()
    hearing = columns.link(Hearing)
    kind = columns.word(10)
    """invited, heard, absent"""
    day_on = columns.day()
    note = columns.private()
    """By which way invited; what the farmer said."""
    by = columns.person()
    at = columns.instant()
    salt = columns.salt()
    hearing_step_once = Unique([hearing, kind])


class HearingVote(Table, tablename="hearing_vote", tags=[PROVEN, APPEND_ONLY]):
    """By name: an appeal is heard by people who are not among these."""

    id = columns.row_id()
    meeting = columns.link(Meeting)
    hearing = columns.link(Hearing)
    person = columns.link(Person)
    value = columns.word(10)
    """for, against, abstain, recused"""
    by = columns.person()
    at = columns.instant()
    hearing_vote_once = Unique([meeting, hearing, person])


class HearingRuling(Table, tablename="hearing_ruling", tags=[PROVEN, APPEND_ONLY]):
    id = columns.row_id()
    hearing = columns.link(Hearing, unique=True)
    meeting = columns.link(Meeting)
    outcome = columns.word(10)
    """granted, refused, modified, lapsed"""
    from_on = columns.day(null=True)
    """From which day it holds, where it changes a certificate."""
    present = column.Integer(default=None)
    quorum_needed = column.Integer(default=None)
    votes_for = column.Integer(default=None)
    votes_against = column.Integer(default=None)
    abstained = column.Integer(default=None)
    recused = column.Integer(default=None)
    share = columns.word(20)
    """Of the votes for and against that the charter asked for: `2/3`."""
    snapshot = column.Text(default=None)
    """JSON of `votes.Snapshot`: who ruled, by pseudonym."""
    reason = columns.private()
    by = columns.person()
    at = columns.instant()
    salt = columns.salt()


class Appeal(Table, tablename="appeal", tags=[PROVEN, APPEND_ONLY]):
    """The calendar admits it or not, nobody chooses; in time it has a hearing."""

    id = columns.row_id()
    against = columns.word(36)
    """The decision that refused, or the certificate's event that suspended or revoked."""
    kind = columns.word(10)
    """refused, suspended, revoked"""
    certificate = columns.link(Certificate, null=True)
    application = columns.link(Application)
    holder = columns.link(Person)
    grounds = columns.private(null=False)
    last_on = columns.day()
    """The last day on which it could be filed."""
    late = column.Boolean(default=None)
    hearing = columns.link(Hearing, null=True)
    by = columns.person()
    """The holder, or a helper with the holder's word."""
    at = columns.instant()
    salt = columns.salt()
    appeal_once = Unique([against])
