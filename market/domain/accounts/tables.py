"""How people get in: enrolled devices, PINs, sessions as rows, and wrong tries counted."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Unique
from piccolo.table import Table

from certification.basis import columns
from certification.people.tables import Person


class Device(Table, tablename="device"):
    """A browser that once used an enrolment code; it holds a 256-bit secret, we its hash."""

    id = columns.row_id()
    secret_hash = column.Varchar(length=64, unique=True, default=None)
    kind = columns.word(20)
    """android, iphone, computer, other: so that its owner knows which one is meant."""
    enrolled_at = columns.instant()


class Enrolment(Table, tablename="enrolment"):
    """Who may sign in on a device: in a village several people share one phone."""

    id = columns.row_id()
    device = columns.link(Device)
    person = columns.link(Person)
    since = columns.instant()
    until = columns.instant(null=True)
    address = columns.word(64, null=True)
    """Pseudonym of the address of the last sign-in: here a stranger's wrong tries do not count."""
    enrolment_once = Unique([device, person])


class EnrolmentCode(Table, tablename="enrolment_code"):
    """Printed once on paper, used once, then worthless."""

    id = columns.row_id()
    person = columns.link(Person)
    code_hash = column.Varchar(length=64, unique=True, default=None)
    issued_by = columns.person()
    issued_at = columns.instant()
    expires_at = columns.instant()
    used_at = columns.instant(null=True)


class Credential(Table, tablename="credential"):
    """The PIN's argon2id hash."""

    person = column.Varchar(length=36, primary_key=True)
    pin_hash = column.Varchar(length=200, default=None)
    changed_at = columns.instant()


class Session(Table, tablename="session"):
    secret_hash = column.Varchar(length=64, primary_key=True)
    person = columns.link(Person)
    device = columns.link(Device)
    began_at = columns.instant()
    seen_at = columns.instant()
    idle_until = columns.instant()
    ends_at = columns.instant()
    stepped_up_until = columns.instant(null=True)


class WrongTry(Table, tablename="wrong_try"):
    """Tries of one person, of one person on one device, or from one address, within a window."""

    id = column.Varchar(length=120, primary_key=True)
    tries = column.Integer(default=None)
    window_ends_at = columns.instant()
    free_at = columns.instant()


class LineLink(Table, tablename="line_link"):
    """Whose LINE it is that signs in."""

    person = columns.link(Person, unique=True)
    subject_index = column.Varchar(length=64, primary_key=True)
    """HMAC of LINE's name for this person; the name itself is kept nowhere."""
    since = columns.instant()


class LineAttempt(Table, tablename="line_attempt"):
    """A way out to LINE that has not come back yet; its secret is in one browser's cookie only."""

    secret_hash = column.Varchar(length=64, primary_key=True)
    expires_at = columns.instant()
