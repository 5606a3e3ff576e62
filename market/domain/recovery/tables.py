"""A forgotten PIN: begun by one person, confirmed by a second."""

from __future__ import annotations

from piccolo.table import Table

from certification.basis import columns
from certification.basis.schema import PROVEN
from certification.groups.tables import Group
from certification.people.tables import Person


class Recovery(Table, tablename="recovery", tags=[PROVEN]):
    """Neither of the two ever sees or chooses the PIN: what comes of it is a printed code."""

    id = columns.row_id()
    person = columns.link(Person)
    group = columns.link(Group, null=True)
    begun_by = columns.person()
    begun_at = columns.instant()
    expires_at = columns.instant()
    confirmed_by = columns.person(null=True)
    confirmed_at = columns.instant(null=True)
    stopped_by = columns.person(null=True)
    stopped_at = columns.instant(null=True)
