"""The vault: whom a pseudonym stands for, readable only with a key file that lies elsewhere."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from certification.basis import columns
from certification.basis.schema import APPEND_ONLY, PROVEN


class Person(Table, tablename="person"):
    """Not proven: what is personal must be erasable. Erasing drops the wrapped key."""

    id = columns.row_id()
    wrapped_key = column.Bytea(null=True, default=None)
    """This person's own key, sealed by the key file; null once erased."""
    sealed = column.Bytea(null=True, default=None)
    """AES-256-GCM over the JSON of `rules.Particulars`."""
    phone_index = columns.word(64, null=True, index=True)
    """HMAC of the normalised phone; several guests may share one."""
    member_index = column.Varchar(length=64, null=True, default=None, unique=True)
    """HMAC of the member number."""
    sample = column.Boolean(default=False)
    """Invented for the demo, and shown as such."""
    since = columns.instant()
    erased_at = columns.instant(null=True)


class Household(Table, tablename="household"):
    id = columns.row_id()
    since = columns.instant()


class HouseholdMember(Table, tablename="household_member"):
    id = columns.row_id()
    household = columns.link(Household)
    person = columns.link(Person)
    since = columns.day()
    until = columns.day(null=True)
    """The last day."""


class Relation(Table, tablename="relation", tags=[PROVEN]):
    """Who may not judge whom. Read both ways: kin of Malee is kin to Malee."""

    id = columns.row_id()
    person = columns.link(Person)
    other = columns.link(Person)
    kind = columns.word(20)
    """kin, spouse, household, employer, buyer, veto"""
    degree = column.Integer(default=1)
    since = columns.day()
    until = columns.day(null=True)
    by = columns.person()
    relation_two_people = Check(person != other)
    relation_once = Unique([person, other, kind, since])


class RelationWord(Table, tablename="relation_word", tags=[PROVEN, APPEND_ONLY]):
    """One of the two says that it is so, or somebody else strikes it and says why."""

    id = columns.row_id()
    relation = columns.link(Relation)
    word = columns.word(10)
    """confirmed, struck"""
    reason = columns.private()
    by = columns.person()
    at = columns.instant()
    salt = columns.salt()
    relation_word_once = Unique([relation, by, word])


class Consent(Table, tablename="consent", tags=[PROVEN, APPEND_ONLY]):
    """Given and withdrawn are rows of their own; the newest of a purpose holds."""

    id = columns.row_id()
    person = columns.link(Person)
    purpose = columns.word(40)
    """public_name, vote_name, public_photo, news"""
    given = column.Boolean()
    text_digest = columns.word(64)
    by = columns.person()
    at = columns.instant()
