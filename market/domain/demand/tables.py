"""What people asked for that nobody offered."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from certification.basis import columns
from certification.basis.schema import PROVEN
from market.domain.offers.tables import Offer
from market.domain.places.tables import Place


class Wish(Table, tablename="wish", tags=[PROVEN]):
    """One of a person, crop and week: asked again it is the newer amount and place."""

    id = columns.row_id()
    asker = column.Varchar(length=36, index=True, default=None)
    """A person's id; of a guest what follows from the secret in the browser."""
    guest = column.Boolean(default=False)
    crop = columns.word(40, index=True)
    place = columns.link(Place)
    week = columns.day(index=True)
    """Its Monday."""
    grams = columns.number()
    withdrawn_at = columns.instant(null=True)
    offer = columns.link(Offer, null=True)
    """The first that met it, of which the asker was told."""
    at = columns.instant()
    wish_once = Unique([asker, crop, week])
    wish_positive = Check(grams > 0)
