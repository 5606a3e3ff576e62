"""What somebody has to say against a packet, a plot or a deed, and what became of it."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Unique
from piccolo.table import Table

from certification.basis import columns
from certification.basis.blobs import Blob
from certification.basis.codes import LONG
from certification.basis.schema import APPEND_ONLY, PROVEN
from certification.groups.tables import Group
from certification.people.tables import Person
from certification.plots.tables import Plot
from certification.schemes.tables import SchemeVersion


class Grievance(Table, tablename="grievance", tags=[PROVEN]):
    """Only `organ`, `state` and `steps` change."""

    id = columns.row_id()
    code = columns.code(LONG)
    """Whoever has it reads the answer: sixteen characters, which nobody guesses."""
    kind = columns.word(20)
    """quality, not_organic, label, conduct, other"""
    letter = columns.word(1)
    """L, C, P, G, S: what the scanned code names; empty where nobody issued it."""
    scanned = columns.private()
    """The code as it was typed or scanned."""
    plot = columns.link(Plot, null=True)
    organ = columns.link(Group, null=True)
    """The group or network it is about; none until a committee took on what names nobody."""
    scheme_version = columns.link(SchemeVersion, null=True)
    """Whose days were promised."""
    conduct_of = columns.word(20, null=True)
    """farmer, leader, seller, inspector, other"""
    words = columns.private(null=False)
    bought_where = columns.private()
    bought_on = columns.day(null=True)
    complainant = columns.link(Person, null=True)
    """Who wants an answer: signed in, or a guest whose name lies in the vault."""
    reach_sealed = column.Bytea(null=True, default=None)
    """A telephone, a LINE name, an address, under the complainant's own key."""
    may_name = column.Boolean(default=False)
    """The farmer may be told who it is."""
    language = columns.word(2)
    due_on = columns.day(null=True)
    state = columns.word(20)
    """received, looked_at, visit_ordered, with_group, dismissed, answered, withdrawn, closed"""
    steps = column.Integer(default=0)
    at = columns.instant()
    salt = columns.salt()


class GrievanceConcern(Table, tablename="grievance_concern", tags=[PROVEN, APPEND_ONLY]):
    """Against whom it is: neither they nor their kin read or decide it."""

    id = columns.row_id()
    grievance = columns.link(Grievance)
    person = columns.person()
    why = columns.word(20)
    """farmer, leader, named"""
    by = columns.person()
    at = columns.instant()
    grievance_concern_once = Unique([grievance, person])


class GrievancePhoto(Table, tablename="grievance_photo", tags=[PROVEN, APPEND_ONLY]):
    id = columns.row_id()
    grievance = columns.link(Grievance)
    blob = columns.link(Blob)
    at = columns.instant()


class GrievanceStep(Table, tablename="grievance_step", tags=[PROVEN, APPEND_ONLY]):
    """What was done about it, in turn; none is taken back."""

    id = columns.row_id()
    grievance = columns.link(Grievance)
    seq = column.Integer(default=None)
    """1, 2, … within the grievance."""
    kind = columns.word(20)
    """A name of `rules.FLOW`"""
    words = columns.private()
    about = columns.word(36, null=True)
    """The visit, the item of an agenda, the finding, the person it speaks of."""
    outcome = columns.word(20, null=True)
    """Of an answer: confirmed, not_confirmed, dismissed"""
    complainant = columns.link(Person, null=True)
    """Who added or took it back, where we know them."""
    by = columns.person()
    at = columns.instant()
    salt = columns.salt()
    grievance_step_in_turn = Unique([grievance, seq])
