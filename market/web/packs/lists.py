"""The spreadsheets of a pack: what each says, and over which rows.

A column is called by its head; `Head@` is a person and becomes a name, `Head#words` a code that the
catalogues know as `words.code`, `Head&` a crop. «plots», «organs x», «scheme», «days x» and
«times x» stand for what the pack reaches over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import msgspec

from certification.basis.units import THAILAND
from certification.packs.queries import Scope


class List(msgspec.Struct, frozen=True):
    file: str
    name: str
    sql: str
    whole: bool = False
    """Of a group or network, not of one plot."""


LISTS = (
    List("plots", "Plots", """
SELECT p.code AS "Plot", p.farmer AS "Registered for@", p.kind AS "Kind of land#farm.kind",
 p.tambon AS "Tambon",
 p.moo AS "Moo", p.area_m2 AS "Area (m²)", p.pots AS "Pots", p.at AS "Registered at"
FROM plot p WHERE «plots» ORDER BY p.code, p.id"""),
    List("plantings", "Plantings", """
SELECT p.code AS "Plot", t.crop AS "Crop&", t.variety AS "Variety", t.area_m2 AS "Area (m²)",
 t.sown_on AS "Sown on",
 t.harvest_from AS "Harvest from", t.harvest_until AS "Harvest until"
FROM planting t JOIN plot p ON p.id = t.plot WHERE «plots» ORDER BY p.code, t.id"""),
    List("land-papers", "Papers of the land", """
SELECT p.code AS "Plot", l.kind AS "Paper#land.paper", l.number AS "Number",
 l.area_m2 AS "Area (m²)",
 l.relation AS "Relation#land.relation", l.at AS "Told at", l.by AS "Told by@",
 l.ended_at AS "Struck at"
FROM land_paper l JOIN plot p ON p.id = l.plot WHERE «plots» ORDER BY p.code, l.id"""),
    List("land-years", "History of the land", """
SELECT p.code AS "Plot", l.year AS "Year", l.crop AS "Crop", l.used AS "Used#land.used",
 l.inputs AS "What was used",
 l.at AS "Told at", l.by AS "Told by@"
FROM land_year l JOIN plot p ON p.id = l.plot WHERE «plots» ORDER BY p.code, l.year, l.id"""),
    List("land-sides", "Neighbours and buffers", """
SELECT p.code AS "Plot", l.side AS "Side#land.side", l.use AS "Use#land.use",
 l.risk AS "Risk#land.risk",
 l.buffer AS "Buffer#land.buffer", l.buffer_cm AS "Width (cm)", l.note AS "Note",
 l.at AS "Told at"
FROM land_side l JOIN plot p ON p.id = l.plot WHERE «plots» ORDER BY p.code, l.id"""),
    List("applications", "Applications", """
SELECT p.code AS "Plot", a.id AS "Application", v.scheme AS "Charter", v.version AS "Version",
 a.applicant AS "Farmer@",
 a.state AS "State#farm.application", a.submitted_at AS "Sent at",
 a.no_prohibited_since AS "Nothing prohibited since",
 a.farm_plan AS "Farm plan", a.return_reason AS "Returned because"
FROM application a JOIN plot p ON p.id = a.plot JOIN scheme_version v ON v.id = a.scheme_version
WHERE «plots» «scheme» «times a.submitted_at» ORDER BY a.submitted_at, a.id"""),
    List("own-answers", "The farmers' own answers", """
SELECT p.code AS "Plot", a.id AS "Application", s.item AS "Question", s.value AS "Answer",
 s.note AS "Note",
 s.by AS "Told by@", s.at AS "Told at"
FROM self_answer s JOIN application a ON a.id = s.application JOIN plot p ON p.id = a.plot
 JOIN scheme_version v ON v.id = a.scheme_version
WHERE «plots» «scheme» «times s.at» ORDER BY p.code, s.id"""),
    List("inputs", "What was used", """
SELECT p.code AS "Plot", u.farmer AS "Farmer@", u.product AS "Product", u.code AS "Code",
 u.amount AS "Amount",
 u.used_on AS "Used on", u.crop AS "Crop&", u.area_m2 AS "Area (m²)", u.supplier AS "Bought from",
 j.scheme AS "Charter", j.status AS "Judged#input.status", u.by AS "Typed by@"
FROM input_use u JOIN plot p ON p.id = u.plot LEFT JOIN input_use_judged j ON j.use = u.id
WHERE «plots» «days u.used_on» ORDER BY u.used_on, u.id, j.scheme"""),
    List("visits", "Visits", """
SELECT p.code AS "Plot", i.id AS "Visit", v.scheme AS "Charter", v.version AS "Version",
 i.kind AS "Kind#inspect.kind",
 i.state AS "State#inspect.state", i.planned_on AS "Planned on", i.started_at AS "Began at",
 i.ended_at AS "Ended at",
 i.farmer_signature AS "Farmer's signature#inspect.farmer",
 i.sheet_digest AS "Digest of the signed sheet"
FROM inspection i JOIN plot p ON p.id = i.plot JOIN scheme_version v ON v.id = i.scheme_version
WHERE «plots» «scheme» «days i.planned_on» AND NOT (i.kind = 'random' AND i.started_at IS NULL)
ORDER BY i.planned_on, i.id"""),
    List("inspectors", "Who looked", """
SELECT p.code AS "Plot", i.id AS "Visit", m.person AS "Inspector@", m.seat AS "Seat",
 m.signed_at AS "Signed at",
 m.excused AS "Excused in public"
FROM inspection_member m JOIN inspection i ON i.id = m.inspection JOIN plot p ON p.id = i.plot
 JOIN scheme_version v ON v.id = i.scheme_version
WHERE «plots» «scheme» «days i.planned_on» AND NOT (i.kind = 'random' AND i.started_at IS NULL)
ORDER BY i.planned_on, i.id, m.id"""),
    List("answers", "The inspectors' answers", """
SELECT p.code AS "Plot", i.id AS "Visit", a.seq AS "No.", a.item AS "Question", a.value AS "Answer",
 a.note AS "Note",
 a.by AS "Inspector@", a.answered_at AS "Answered at"
FROM inspection_answer a JOIN inspection i ON i.id = a.inspection JOIN plot p ON p.id = i.plot
 JOIN scheme_version v ON v.id = i.scheme_version
WHERE «plots» «scheme» «days i.planned_on» ORDER BY i.planned_on, i.id, a.seq"""),
    List("corrections", "Corrections after signing", """
SELECT p.code AS "Plot", i.id AS "Visit", c.item AS "Question", c.value AS "Answer",
 c.reason AS "Reason",
 c.by AS "Inspector@", c.at AS "Told at"
FROM inspection_correction c JOIN inspection i ON i.id = c.inspection JOIN plot p ON p.id = i.plot
 JOIN scheme_version v ON v.id = i.scheme_version
WHERE «plots» «scheme» «times c.at» ORDER BY c.at, c.id"""),
    List("reviewers", "The reviewers' answers", """
SELECT p.code AS "Plot", i.id AS "Visit", r.item AS "Question", r.value AS "Answer",
 r.note AS "Note",
 r.by AS "Reviewer@", r.at AS "Told at"
FROM inspection_remark r JOIN inspection i ON i.id = r.inspection JOIN plot p ON p.id = i.plot
 JOIN scheme_version v ON v.id = i.scheme_version
WHERE «plots» «scheme» «times r.at» ORDER BY r.at, r.id"""),
    List("findings", "Findings", """
SELECT p.code AS "Plot", f.id AS "Finding", f.source AS "Found by#finding.source",
 f.item AS "Question",
 f.severity AS "Severity#inspect.severity", f.what AS "What was found",
 f.action AS "What is to be done",
 f.due_on AS "Due on", f.by AS "Written by@", f.at AS "Found at", c.at AS "Mended at",
 c.by AS "Looked at by@",
 c.note AS "What was seen"
FROM finding f JOIN plot p ON p.id = f.plot JOIN scheme_version v ON v.id = f.scheme_version
 LEFT JOIN finding_closed c ON c.finding = f.id
WHERE «plots» «scheme» «times f.at» ORDER BY f.at, f.id"""),
    List("corrective-actions", "Corrective actions", """
SELECT p.code AS "Plot", f.id AS "Finding", s.seq AS "No.", s.kind AS "Step#finding.step",
 s.words AS "Words",
 s.due_on AS "Due on", s.by AS "Told by@", s.at AS "Told at"
FROM finding_step s JOIN finding f ON f.id = s.finding JOIN plot p ON p.id = f.plot
 JOIN scheme_version v ON v.id = f.scheme_version
WHERE «plots» «scheme» «times s.at» ORDER BY s.at, s.id"""),
    List("decisions", "Decisions", """
SELECT p.code AS "Plot", m.held_on AS "Decided on", d.body AS "Body",
 d.outcome AS "Decision",
 d.stage AS "Stage", d.present AS "Present", d.quorum_needed AS "Needed", d.votes_for AS "For",
 d.votes_against AS "Against", d.abstained AS "Abstained", d.recused AS "Stood back",
 d.reason AS "Reason"
FROM decision d JOIN meeting m ON m.id = d.meeting JOIN application a ON a.id = d.application
 JOIN plot p ON p.id = a.plot JOIN scheme_version v ON v.id = a.scheme_version
WHERE «plots» «scheme» «days m.held_on» ORDER BY m.held_on, d.id"""),
    List("attendance", "Who was at the meetings", """
SELECT DISTINCT m.held_on AS "Held on", m.body AS "Body", t.person AS "Person@",
 t.seat AS "Seat", t.leg AS "Leg#leg",
 t.late AS "Came late"
FROM attendance t JOIN meeting m ON m.id = t.meeting JOIN decision d ON d.meeting = m.id
 JOIN application a ON a.id = d.application JOIN plot p ON p.id = a.plot
 JOIN scheme_version v ON v.id = a.scheme_version
WHERE «plots» «scheme» «days m.held_on» ORDER BY 1, 2, 3"""),
    List("certificates", "Certificates", """
SELECT p.code AS "Plot", c.number AS "Number", c.code AS "Code", c.holder AS "Holder@",
 c.stage AS "Stage",
 c.valid_from AS "Valid from", c.valid_until AS "Valid until", c.at AS "Issued at",
 c.by AS "Issued by@"
FROM certificate c JOIN plot p ON p.id = c.plot JOIN scheme_version v ON v.id = c.scheme_version
WHERE «plots» «scheme» «days c.valid_from» ORDER BY c.number"""),
    List("certificate-crops", "Crops of the certificates", """
SELECT p.code AS "Plot", c.number AS "Number", k.crop AS "Crop&"
FROM certificate_crop k JOIN certificate c ON c.id = k.certificate JOIN plot p ON p.id = c.plot
 JOIN scheme_version v ON v.id = c.scheme_version
WHERE «plots» «scheme» «days c.valid_from» ORDER BY c.number, k.crop"""),
    List("certificate-events", "What happened to the certificates", """
SELECT p.code AS "Plot", c.number AS "Number", e.seq AS "No.", e.kind AS "What#certs.kind",
 e.from_on AS "From",
 e.because AS "Because#certs.because", e.note AS "Note", e.by AS "Told by@", e.at AS "Told at"
FROM certificate_event e JOIN certificate c ON c.id = e.certificate JOIN plot p ON p.id = c.plot
 JOIN scheme_version v ON v.id = c.scheme_version
WHERE «plots» «scheme» «times e.at» ORDER BY c.number, e.seq"""),
    List("meetings", "Meetings", """
SELECT m.held_on AS "Held on", m.body AS "Body#body", m.place AS "Place",
 m.opened_by AS "Opened by@",
 m.opened_at AS "Began at", m.closed_at AS "Ended at"
FROM meeting m WHERE «organs m.organ» «days m.held_on» ORDER BY m.held_on, m.id""", whole=True),
    List("trainings", "Trainings", """
SELECT t.held_on AS "Held on", t.topic AS "Topic", t.minutes AS "Minutes", a.person AS "Person@"
FROM training t JOIN training_attended a ON a.training = t.id
WHERE «organs t.organ» «days t.held_on» ORDER BY t.held_on, t.id, a.id""", whole=True),
    List("members", "Members", """
SELECT m.person AS "Person@", m.since AS "Since", m.until AS "Until"
FROM membership m WHERE «organs m.group» ORDER BY m.since, m.id""", whole=True),
    List("residue-tests", "Residue tests", """
SELECT p.code AS "Plot", r.taken_on AS "Taken on", r.means AS "Kit or laboratory",
 r.lot_code AS "Lot", s.chemical AS "Substances", s.result AS "Result",
 r.report AS "Report", r.tested_by AS "Tested by", r.confirm_by AS "Laboratory by",
 r.reason AS "Corrected because"
FROM residue_test r JOIN residue_seen s ON s.test = r.id LEFT JOIN plot p ON p.id = r.plot
WHERE «organs r.organ» «days r.taken_on» ORDER BY r.taken_on, r.id, s.chemical""", whole=True),
)  # fmt: skip
BY_FILE = {one.file: one for one in LISTS}

PHOTOS = """
SELECT b.digest, b.kind, i.id AS visit, i.planned_on, f.item, p.code AS plot
FROM inspection_photo f JOIN inspection i ON i.id = f.inspection JOIN blob b ON b.digest = f.blob
 JOIN plot p ON p.id = i.plot JOIN scheme_version v ON v.id = i.scheme_version
WHERE «plots» «scheme» «days i.planned_on» ORDER BY i.planned_on, i.id, f.item, b.digest"""
MEETINGS = """
SELECT DISTINCT m.id, m.held_on FROM meeting m JOIN decision d ON d.meeting = m.id
 JOIN application a ON a.id = d.application JOIN plot p ON p.id = a.plot
 JOIN scheme_version v ON v.id = a.scheme_version
WHERE «plots» «scheme» «days m.held_on» ORDER BY m.held_on, m.id"""
CERTIFICATES = """
SELECT c.id, c.number FROM certificate c JOIN plot p ON p.id = c.plot
 JOIN scheme_version v ON v.id = c.scheme_version
WHERE «plots» «scheme» «days c.valid_from» ORDER BY c.number"""
VERSIONS = """
SELECT DISTINCT v.id, v.scheme, v.version FROM application a JOIN plot p ON p.id = a.plot
 JOIN scheme_version v ON v.id = a.scheme_version
WHERE «plots» «scheme» ORDER BY v.scheme, v.version"""

MARK = re.compile(r"«(plots|organs|scheme|days|times)(?: ([\w.]+))?»")
DAY = timedelta(days=1)


def filled(sql: str, scope: Scope) -> tuple[str, list[Any]]:
    """The statement for both engines, and its values in their order."""
    given: list[Any] = []

    def place(found: re.Match[str]) -> str:
        what, column = found.groups()
        text, values = _part(what, column, scope)
        given.extend(values)
        return text

    return MARK.sub(place, sql), given


def _part(what: str, column: str, scope: Scope) -> tuple[str, list[Any]]:
    match what:
        case "plots":
            return f"p.id IN ({', '.join('{}' for _ in scope.plots)})", [*scope.plots]
        case "organs":
            table, _, name = column.partition(".")
            marks = ", ".join("{}" for _ in scope.organs)
            return f'{table}."{name}" IN ({marks})', [*scope.organs]
        case "scheme":
            return ("AND v.scheme = {}", [scope.scheme]) if scope.scheme else ("", [])
        case "days":
            return f"AND {column} BETWEEN {{}} AND {{}}", [scope.since, scope.until]
    if scope.until.year == date.max.year:
        return "", []
    return f"AND {column} >= {{}} AND {column} < {{}}", [*_instants(scope)]


def _instants(scope: Scope) -> Iterator[datetime]:
    for day in (scope.since, scope.until + DAY):
        yield datetime.combine(day, time(), THAILAND)
