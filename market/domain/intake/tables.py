"""What was weighed when it was brought."""

from __future__ import annotations

from piccolo.constraints import Check
from piccolo.table import Table

from certification.basis import columns
from certification.basis.schema import APPEND_ONLY, PROVEN
from certification.people.tables import Person
from market.domain.lots.tables import Lot
from market.domain.offers.tables import Offer


class Intake(Table, tablename="intake", tags=[PROVEN, APPEND_ONLY]):
    """One weighing; a wrong one stands, and the one that corrects it counts instead."""

    id = columns.row_id()
    offer = columns.link(Offer)
    farmer = columns.link(Person, null=True)
    lot = columns.link(Lot, null=True)
    """As the offer's was then; null while nobody has written down the harvest."""
    weighed_grams = columns.number()
    accepted_grams = columns.number()
    because = columns.word(20, null=True)
    """Why the rest was refused: a word of `rules.BECAUSE`."""
    photo = columns.word(64, null=True)
    corrects = columns.earlier(unique=True)
    weighed_at = columns.instant(null=True)
    """By the clock of the desk, where it was sent later for want of a signal."""
    by = columns.person()
    at = columns.instant()
    intake_grams = Check("accepted_grams BETWEEN 0 AND weighed_grams")
