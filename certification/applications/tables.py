"""Asking to be certified: the application with its pledge."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.table import Table

from certification.basis import columns
from certification.basis.schema import APPEND_ONLY, PROVEN
from certification.groups.tables import Group
from certification.people.tables import Person
from certification.plots.tables import Plot
from certification.schemes.tables import SchemeVersion


class Application(Table, tablename="application", tags=[PROVEN]):
    id = columns.row_id()
    plot = columns.link(Plot)
    group = columns.link(Group)
    applicant = columns.link(Person)
    scheme_version = columns.link(SchemeVersion)
    """Frozen: a newer charter does not rewrite this application."""
    state = columns.word(20)
    """submitted, returned, accepted, inspected, decided, withdrawn"""
    farm_plan = columns.private(null=False)
    return_reason = columns.private()
    no_prohibited_since = columns.day()
    """The last use of anything prohibited was before this day: conversion counts from here."""
    open_for = column.Varchar(length=60, null=True, default=None, unique=True)
    """`{plot}:{scheme}` until it is decided or withdrawn, then null: one open at a time."""
    submitted_at = columns.instant()
    by = columns.person()
    salt = columns.salt()


class Pledge(Table, tablename="pledge", tags=[PROVEN, APPEND_ONLY]):
    id = columns.row_id()
    application = columns.link(Application)
    person = columns.link(Person)
    text_digest = columns.word(64)
    """SHA-256 of the pledge as it was shown, in the scheme version's Thai."""
    typed_by = columns.person()
    """Who held the phone: the farmer or a helper."""
    at = columns.instant()
