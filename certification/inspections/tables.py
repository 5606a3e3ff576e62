"""Peers look at a plot: who went, what they answered, found and photographed."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from certification.applications.tables import Application
from certification.basis import columns
from certification.basis.blobs import Blob
from certification.basis.schema import APPEND_ONLY, PROVEN
from certification.inputs.tables import InputUse
from certification.people.tables import Person
from certification.plots.tables import Plot
from certification.schemes.tables import SchemeVersion


class Inspection(Table, tablename="inspection", tags=[PROVEN]):
    id = columns.row_id()
    application = columns.link(Application)
    plot = columns.link(Plot)
    scheme_version = columns.link(SchemeVersion)
    kind = columns.word(20)
    """initial, annual, random, complaint, follow_up"""
    state = columns.word(20)
    """assigned, under_way, signed, cancelled"""
    planned_on = columns.day(index=True)
    started_at = columns.instant(null=True)
    ended_at = columns.instant(null=True)
    farmer_signature = columns.word(20, null=True)
    """signed, refused, absent"""
    sheet_digest = columns.word(64, null=True)
    """Of the sheet as it was signed (`afterwards.sheet_digest`); no correction changes it."""
    land_digest = columns.word(64, null=True)
    """Of the land as the inspectors saw it (`plots.queries.seen`)."""
    carries = column.Boolean(default=False)
    """Its end carries the application from accepted to inspected; else it looks at land again."""
    assigned_by = columns.person()
    at = columns.instant()
    inspection_ends_after_it_began = Check((ended_at >= started_at) | ended_at.is_null())


class VisitAbout(Table, tablename="inspection_about", tags=[PROVEN, APPEND_ONLY]):
    """Why there is another visit, as plain references: what they name may stand above."""

    id = columns.row_id()
    inspection = columns.link(Inspection)
    what = columns.word(10)
    """finding, complaint, item, reason"""
    of = columns.word(36, null=True)
    """The finding's or complaint's id, the item's code."""
    words = columns.private()
    by = columns.person()
    at = columns.instant()
    salt = columns.salt()


class InspectionMember(Table, tablename="inspection_member", tags=[PROVEN]):
    id = columns.row_id()
    inspection = columns.link(Inspection)
    person = columns.link(Person)
    seat = columns.word(20)
    """Its code in the charter."""
    signed_at = columns.instant(null=True)
    """Signing says: I was there, and this is what we saw."""
    excused = column.Boolean(default=False)
    """Something that stands against this person was overridden, by two and in public."""
    left_at = columns.instant(null=True)
    """Replaced by another; what was answered stays."""
    inspection_member_once = Unique([inspection, person])


class Answer(Table, tablename="inspection_answer", tags=[PROVEN, APPEND_ONLY]):
    """A fact from the field; a later one for the same item corrects it, none is overwritten."""

    id = columns.row_id()
    inspection = columns.link(Inspection)
    item = columns.word(20)
    value = columns.word(80)
    """yes, no, na, or what the item's answer type asks for"""
    note = columns.private()
    by = columns.person()
    answered_at = columns.instant()
    """On the device."""
    received_at = columns.instant()
    seq = column.BigInt(default=None)
    """1, 2, … within the inspection: the highest of an item holds."""
    salt = columns.salt()
    inspection_answer_in_turn = Unique([inspection, seq])


class Finding(Table, tablename="finding", tags=[PROVEN, APPEND_ONLY]):
    """A non-conformity; closing it is a row of its own, and so is all that follows it."""

    id = columns.row_id()
    source = columns.word(20)
    """visit, use, test, complaint"""
    about = columns.word(36, index=True)
    """The id of that visit, use, test or complaint."""
    inspection = columns.link(Inspection, null=True)
    use = columns.link(InputUse, null=True)
    plot = columns.link(Plot)
    farmer = columns.link(Person)
    """Who had to mend it when it was made."""
    scheme_version = columns.link(SchemeVersion)
    """Its settings hold for this finding."""
    item = columns.word(20)
    severity = columns.word(10)
    """critical, major, minor"""
    what = columns.private(null=False)
    action = columns.private()
    """The corrective action agreed with the farmer."""
    due_on = columns.day()
    by = columns.person()
    at = columns.instant()
    salt = columns.salt()


class FindingClosed(Table, tablename="finding_closed", tags=[PROVEN, APPEND_ONLY]):
    id = columns.row_id()
    finding = columns.link(Finding, unique=True)
    note = columns.private(null=False)
    by = columns.person()
    """Who verified it: never the farmer."""
    at = columns.instant()
    salt = columns.salt()


class Photo(Table, tablename="inspection_photo", tags=[PROVEN, APPEND_ONLY]):
    id = columns.row_id()
    inspection = columns.link(Inspection)
    item = columns.word(20, null=True)
    blob = columns.link(Blob)
    by = columns.person()
    at = columns.instant()
    inspection_photo_once = Unique([inspection, blob, item], nulls_distinct=True)


class FarmerSaid(Table, tablename="inspection_farmer_said", tags=[PROVEN, APPEND_ONLY]):
    """Why the farmer's signature is not there, and what the farmer says to the sheet."""

    id = columns.row_id()
    inspection = columns.link(Inspection, unique=True)
    reason = columns.private()
    """In the inspectors' words."""
    statement = columns.private()
    """In the farmer's own."""
    by = columns.person()
    at = columns.instant()
    salt = columns.salt()


class Dissent(Table, tablename="inspection_dissent", tags=[PROVEN, APPEND_ONLY]):
    """Somebody of the panel does not sign, and says why; the committee reads it."""

    id = columns.row_id()
    inspection = columns.link(Inspection)
    person = columns.link(Person)
    reason = columns.private(null=False)
    at = columns.instant()
    salt = columns.salt()
    inspection_dissent_once = Unique([inspection, person])


class LateAnswer(Table, tablename="inspection_late_answer", tags=[PROVEN, APPEND_ONLY]):
    """Came when the sheet was signed or the visit called off: kept beside it, no part of it."""

    id = columns.row_id()
    inspection = columns.link(Inspection)
    item = columns.word(20)
    value = columns.word(80)
    note = columns.private()
    by = columns.person()
    answered_at = columns.instant()
    received_at = columns.instant()
    salt = columns.salt()


class Correction(Table, tablename="inspection_correction", tags=[PROVEN, APPEND_ONLY]):
    """After signing: it holds when as many have signed it as the sheet itself needs."""

    id = columns.row_id()
    inspection = columns.link(Inspection)
    item = columns.word(20)
    value = columns.word(80)
    note = columns.private()
    reason = columns.private(null=False)
    by = columns.person()
    at = columns.instant()
    salt = columns.salt()


class CorrectionSigned(Table, tablename="inspection_correction_signed", tags=[PROVEN, APPEND_ONLY]):
    id = columns.row_id()
    correction = columns.link(Correction)
    person = columns.link(Person)
    at = columns.instant()
    correction_signed_once = Unique([correction, person])


class Remark(Table, tablename="inspection_remark", tags=[PROVEN, APPEND_ONLY]):
    """The third layer of a question, of who reads the sheet: it changes no answer."""

    id = columns.row_id()
    inspection = columns.link(Inspection)
    item = columns.word(20)
    value = columns.word(80, null=True)
    """What the reviewer would have answered, where that is something else."""
    note = columns.private(null=False)
    by = columns.person()
    at = columns.instant()
    salt = columns.salt()


class Screening(Table, tablename="inspection_screening", tags=[PROVEN, APPEND_ONLY]):
    """The screening team took a signed sheet on, or sent it back to who was there."""

    id = columns.row_id()
    inspection = columns.link(Inspection)
    outcome = columns.word(10)
    """accepted, sent_back"""
    reason = columns.private()
    by = columns.person()
    at = columns.instant()
    salt = columns.salt()


class MemberExcused(Table, tablename="inspection_member_excused", tags=[PROVEN]):
    """Public: the signature of somebody counts against whom something has come to stand."""

    id = columns.row_id()
    inspection = columns.link(Inspection)
    person = columns.link(Person)
    why = columns.word(60)
    """The refusal's code that is overridden."""
    reason = column.Text(default=None, help_text="Public: no names in it")
    by = columns.person()
    at = columns.instant()
    signed_by = columns.person(null=True)
    signed_at = columns.instant(null=True)


class VisitPaper(Table, tablename="inspection_paper", tags=[PROVEN, APPEND_ONLY]):
    """The sheet was filled in on paper and typed afterwards: with the paper's times and a photo."""

    id = columns.row_id()
    inspection = columns.link(Inspection, unique=True)
    started_at = columns.instant()
    ended_at = columns.instant()
    """As on the paper."""
    photo = columns.link(Photo)
    by = columns.person()
    """Who typed."""
    at = columns.instant()
