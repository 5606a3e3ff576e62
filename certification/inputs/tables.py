"""The diary of what was used on the land, how schemes judge it, and what committees decided."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Unique
from piccolo.table import Table

from certification.basis import columns
from certification.basis.blobs import Blob
from certification.basis.schema import APPEND_ONLY, PROVEN
from certification.groups.tables import Group
from certification.people.tables import Person
from certification.plots.tables import Plot
from certification.schemes.tables import SchemeVersion


class InputUse(Table, tablename="input_use", tags=[PROVEN]):
    id = columns.row_id()
    plot = columns.link(Plot)
    farmer = columns.link(Person)
    code = columns.word(40, null=True, index=True)
    """Of the scheme's list."""
    product = columns.private()
    """Name on the packet, where the list has none or more is known."""
    amount = columns.private(null=False)
    used_on = columns.day(index=True)
    crop = columns.word(40, null=True)
    area_m2 = columns.number(null=True)
    supplier = columns.private()
    photo = columns.link(Blob, null=True)
    by = columns.person()
    at = columns.instant()
    salt = columns.salt()


class InputUseJudged(Table, tablename="input_use_judged", tags=[PROVEN, APPEND_ONLY]):
    """What a scheme says of a use; a committee's ruling adds a row, and the newest holds."""

    id = columns.row_id()
    use = columns.link(InputUse)
    scheme = columns.word(20)
    scheme_version = columns.link(SchemeVersion)
    status = columns.word(20)
    """allowed, restricted, prohibited, unknown"""
    at = columns.instant()


class InputUseWord(Table, tablename="input_use_word", tags=[PROVEN, APPEND_ONLY]):
    """Of a use that somebody else typed: the farmer's word, and what a committee said of it."""

    id = columns.row_id()
    use = columns.link(InputUse)
    said = columns.word(10)
    """yes, no; upheld, dropped by a meeting"""
    decided_on = columns.day(null=True)
    meeting_ref = columns.private()
    by = columns.person()
    at = columns.instant()
    salt = columns.salt()
    input_use_word_once = Unique([use, said])


class InputUseStruck(Table, tablename="input_use_struck", tags=[PROVEN, APPEND_ONLY]):
    """An entry that was wrong, and the later one that says so."""

    id = columns.row_id()
    use = columns.link(InputUse, unique=True)
    instead = columns.link(InputUse)
    reason = columns.private(null=False)
    by = columns.person()
    at = columns.instant()
    salt = columns.salt()


class InputRuling(Table, tablename="input_ruling", tags=[PROVEN, APPEND_ONLY]):
    """A committee on something that the list does not know; the newest of a matter holds."""

    id = columns.row_id()
    network = columns.link(Group)
    scheme = columns.word(20)
    matter = columns.private(null=False)
    """The product's name, evened out, or `code:` and the list's code."""
    status = columns.word(20)
    restriction = columns.private()
    decided_on = columns.day()
    meeting_ref = columns.private(null=False)
    by = columns.person()
    at = columns.instant()
    seq = column.BigInt(default=None)
    """1, 2, … of this matter: of two meetings' words at the same moment one is first."""
    salt = columns.salt()
    input_ruling_in_turn = Unique([network, scheme, matter, seq])
