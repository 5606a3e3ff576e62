"""What the committees have said of the crops; the crops themselves are a file beside."""

from __future__ import annotations

from piccolo.constraints import Check
from piccolo.table import Table

from certification.basis import columns
from certification.basis.schema import APPEND_ONLY, PROVEN


class CropFigure(Table, tablename="crop_figure", tags=[PROVEN, APPEND_ONLY]):
    """The yield a network's committee reckons with, from its day on until another is set."""

    id = columns.row_id()
    crop = columns.word(40, index=True)
    network = columns.word(columns.ID_LETTERS, index=True)
    """The id of a group or network; they stand above, so no foreign key."""
    kg_per_rai = columns.number()
    """Of one sowing, or of a perennial in one year."""
    meeting_ref = columns.word(40)
    """Number or date of the minutes."""
    set_by = columns.person()
    at = columns.instant()
    crop_figure_positive = Check(kg_per_rai > 0)
