"""Asking to be certified: the application with its pledge."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Unique
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
    """submitted, returned, accepted, inspected, decided, withdrawn, lapsed"""
    farm_plan = columns.private(null=False)
    return_reason = columns.private()
    no_prohibited_since = columns.day()
    """The last use of anything prohibited was before this day: conversion counts from here."""
    open_for = column.Varchar(length=60, null=True, default=None, unique=True)
    """`{plot}:{scheme}` until it is decided or withdrawn, then null: one open at a time."""
    submitted_at = columns.instant()
    lapses_on = columns.day(null=True, index=True)
    """Where it is sent back or taken on: the day on which it lapses if nobody follows it."""
    by = columns.person()
    salt = columns.salt()


class ApplicationDraft(Table, tablename="application_draft"):
    """What a farmer has begun and not sent: nothing rests on it, and it goes when it is sent."""

    id = columns.row_id()
    plot = columns.link(Plot)
    scheme = columns.word(20)
    farmer = columns.link(Person)
    farm_plan = columns.private()
    no_prohibited_since = columns.day(null=True)
    answers = columns.private(null=False)
    """JSON of the self-review: by item, value and note."""
    by = columns.person()
    at = columns.instant()
    application_draft_once = Unique([plot, scheme])


class SelfAnswer(Table, tablename="self_answer", tags=[PROVEN, APPEND_ONLY]):
    """The farmer's own layer of the checklist; of an item the newest holds."""

    id = columns.row_id()
    application = columns.link(Application)
    item = columns.word(20)
    value = columns.word(80)
    note = columns.private()
    by = columns.person()
    at = columns.instant()
    salt = columns.salt()


class CompletenessCheck(Table, tablename="completeness_check", tags=[PROVEN, APPEND_ONLY]):
    """Somebody above looked whether all is there, and took the application on."""

    id = columns.row_id()
    application = columns.link(Application)
    missing = column.Text(default=None)
    """What was missing then, one a line; empty where nothing was."""
    despite = columns.private()
    """Why it was taken on all the same."""
    by = columns.person()
    at = columns.instant()
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
