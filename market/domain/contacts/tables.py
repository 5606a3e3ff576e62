"""Where a person wishes to be told, when not, and of what not."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Unique
from piccolo.table import Table

from certification.basis import columns
from certification.people.tables import Person


class Contact(Table, tablename="contact"):
    """Not proven: it is personal and changes at will; that it was proved or ended is in the log."""

    id = columns.row_id()
    person = columns.link(Person)
    channel = columns.word(10)
    sealed = column.Bytea(null=True, default=None)
    """The address, under the person's own key; none before LINE names it, and once it ended."""
    address_index = columns.word(64, null=True, index=True)
    """HMAC of the address: LINE says only who stopped following."""
    language = columns.word(2)
    asked_at = columns.instant()
    asked_times = columns.number()
    """On the day of `asked_at`, in Bangkok."""
    tries = columns.number()
    """Wrong codes since it was asked."""
    proved_at = columns.instant(null=True)
    ended_at = columns.instant(null=True)
    contact_once = Unique([person, channel])


class QuietHours(Table, tablename="quiet_hours"):
    """Minutes of the day in Bangkok; over midnight where `until` is not after `from`."""

    person = columns.link(Person, unique=True)
    id = columns.row_id()
    from_minute = columns.number()
    until_minute = columns.number()
    at = columns.instant()


class MutedTopic(Table, tablename="muted_topic"):
    """Not told outside the page; the page tells everything."""

    id = columns.row_id()
    person = columns.link(Person)
    topic = columns.word(20)
    at = columns.instant()
    muted_topic_once = Unique([person, topic])
