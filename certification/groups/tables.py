"""Producer groups and their networks, who belongs to them, and who may do what for them."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from certification.basis import columns
from certification.basis.schema import PROVEN
from certification.people.tables import Person


class Group(Table, tablename="producer_group", tags=[PROVEN]):
    """A producer group, or the network that groups belong to (`network` null)."""

    id = columns.row_id()
    code = columns.code()
    kind = columns.word(20)
    """group, network"""
    network = columns.earlier()
    name_th = column.Varchar(length=120, default=None)
    name_en = column.Varchar(length=120, default=None)
    area = columns.word(8, index=True)
    """DOPA code of its tambon (group) or province (network)."""
    by = columns.person()
    at = columns.instant()


class Membership(Table, tablename="membership", tags=[PROVEN]):
    id = columns.row_id()
    group = columns.link(Group)
    person = columns.link(Person)
    since = columns.day()
    until = columns.day(null=True)
    """The last day."""
    by = columns.person()
    membership_once = Unique([group, person, since])


class RoleGrant(Table, tablename="role_grant", tags=[PROVEN]):
    """A role with its place: a group, a network (`group` names either), an area, or neither."""

    id = columns.row_id()
    person = columns.link(Person)
    role = columns.word(20)
    """farmer, inspector, committee, leader, treasurer, secretariat, operator, officer, admin"""
    group = columns.link(Group, null=True)
    area = columns.word(8, null=True)
    since = columns.instant()
    until = columns.instant(null=True)
    """From this moment on it does not hold."""
    granted_by = columns.person()
    ended_by = columns.person(null=True)
    role_grant_ends_after_it_began = Check((until > since) | until.is_null())
