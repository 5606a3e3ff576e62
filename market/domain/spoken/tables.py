"""Who typed what for whom, and how the person for whom it was typed said yes or no."""

from __future__ import annotations

from piccolo.table import Table

from certification.basis import columns
from certification.basis.schema import PROVEN
from certification.groups.tables import Group
from certification.people.tables import Person


class SpokenFor(Table, tablename="spoken_for", tags=[PROVEN]):
    """One row for each deed that somebody typed for a farmer; its id is the deed's."""

    id = columns.row_id()
    person = columns.link(Person)
    typed_by = columns.person()
    deed = columns.word(60)
    """The tag of the deed's event; its words are `event.<tag>` in the catalogues."""
    subject = columns.word(36)
    """The plot, application or lot."""
    group = columns.link(Group)
    at = columns.instant()
    confirmed_at = columns.instant(null=True)
    confirmed_by = columns.person(null=True)
    """The person alone, or a helper before whom the PIN was typed or the paper signed."""
    how = columns.word(10, null=True)
    """own (on the own phone), pin (on the helper's), paper."""
    slip = columns.word(64, null=True)
    """The photo of a signed paper, by its digest."""
    denied_at = columns.instant(null=True)
