"""A test for residues, by kit or in a laboratory: what was looked for, what was seen, what follows.

A clean kit is no proof: it says nothing of what it cannot see. A positive kit is a question to a
laboratory where the charter says so, and until that has answered the goods are not called organic.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Literal, get_args

import msgspec

from certification.basis.refusal import Forbidden, Invalid, Missing, Refusal
from certification.schemes.rules import ResidueKit, RuleSet
from certification.schemes.settings import Chemical, Severity

Result = Literal["not_found", "safe", "unsafe"]
"""Not found; found below the limit of the law; found above it."""
WORST_LAST: tuple[Result, ...] = ("not_found", "safe", "unsafe")
CHEMICALS: tuple[Chemical, ...] = get_args(Chemical)
LAB = "lab"
DAYS_BACK_MAX = 366
LETTERS_MAX = 200
Waiting = Literal["", "laboratory", "found"]
"""Of goods: nothing; a kit's finding above the limit waits for a laboratory; it was found."""


class TestMissing(Missing):
    code = "residues.missing"


class SubjectMissing(Invalid):
    """A plot, a lot, or the place of a market day."""

    code = "residues.subject_missing"


class UnknownKit(Invalid):
    """Not among the kits that the charter counts."""

    code = "residues.unknown_kit"


class KitCannotSee(Invalid):
    code = "residues.kit_cannot_see"


class NothingTested(Invalid):
    """Of no group of substances a result, or of one two."""

    code = "residues.nothing_tested"


class DayOutOfRange(Invalid):
    code = "residues.day_out_of_range"


class ReportMissing(Invalid):
    """A laboratory's result names the laboratory and the number of its report."""

    code = "residues.report_missing"


class WhoMissing(Invalid):
    """Who took the sample, and who tested it."""

    code = "residues.who_missing"


class TooLong(Invalid):
    code = "residues.too_long"


class OwnLand(Forbidden):
    """Who farms it does not write down its results."""

    code = "residues.own_land"


class NothingToConfirm(Refusal):
    """It does not wait for a laboratory, or one has answered."""

    code = "residues.nothing_to_confirm"


class NotALaboratory(Invalid):
    code = "residues.not_a_laboratory"


class CorrectedAlready(Refusal):
    code = "residues.corrected_already"


class AnsweredAlready(Refusal):
    """A laboratory has answered: what the kit said decides nothing any more."""

    code = "residues.answered_already"


class OwnWord(Forbidden):
    """What a finding rests on is taken back by somebody else than who wrote it."""

    code = "residues.own_word"


class ReasonMissing(Invalid):
    code = "residues.reason_missing"


class Seen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    chemical: Chemical
    result: Result


class NoteTest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`plot`, a lot with its plot, or `place_name` on that day. What confirms or corrects another
    is of the same goods."""

    id: str
    organ: str
    """Whose test it is: the group of the land, or who held the market."""
    scheme: str
    means: str
    """A kit's code, or `lab`."""
    taken_on: date
    results: tuple[Seen, ...]
    sampled_by: str
    tested_by: str
    """The person, or the laboratory."""
    plot: str = ""
    lot: str = ""
    lot_code: str = ""
    place: str = ""
    place_name: str = ""
    crop: str = ""
    report: str = ""
    scan: str = ""
    """Digest of a picture of the report."""
    confirms: str = ""
    corrects: str = ""
    reason: str = ""


class TestNoted(msgspec.Struct, frozen=True, tag="residues.noted"):
    test: str
    organ: str
    means: str
    taken_on: str
    worst: str
    plot: str
    lot: str
    confirms: str
    corrects: str
    confirm_by: str
    """Empty where no laboratory is asked."""
    farmer: str
    """Who is told; empty where nobody knows whose it was, or nothing was found."""


def ensure_sound(data: NoteTest, charter: RuleSet, *, today: date) -> None:
    if not (data.plot or data.lot or data.place_name.strip()):
        raise SubjectMissing(field="place_name")
    if not today - timedelta(days=DAYS_BACK_MAX) <= data.taken_on <= today:
        raise DayOutOfRange(field="taken_on")
    _ensure_told(data)
    ensure_looked_for(data, charter)


def _ensure_told(data: NoteTest) -> None:
    for name in ("sampled_by", "tested_by"):
        if not getattr(data, name).strip():
            raise WhoMissing(field=name)
    for name in ("sampled_by", "tested_by", "report", "place_name", "reason"):
        if len(getattr(data, name)) > LETTERS_MAX:
            raise TooLong(field=name, most=LETTERS_MAX)
    if data.means == LAB and not data.report.strip():
        raise ReportMissing(field="report")
    if data.corrects and not data.reason.strip():
        raise ReasonMissing(field="reason")


def ensure_looked_for(data: NoteTest, charter: RuleSet) -> None:
    groups = [one.chemical for one in data.results]
    if not groups or len(groups) != len(set(groups)):
        raise NothingTested(field="results")
    if data.means == LAB:
        return
    used = kit(data.means, charter)
    if used is None:
        raise UnknownKit(field="means")
    if blind := [one for one in groups if one not in used.sees]:
        raise KitCannotSee(field="results", kit=used.code, chemical=blind[0])


def kit(code: str, charter: RuleSet) -> ResidueKit | None:
    return next((one for one in charter.residue_kits if one.code == code), None)


def worst(results: Iterable[Result]) -> Result:
    return max(results, key=WORST_LAST.index, default="not_found")


def cannot_see(data: Sequence[Chemical]) -> tuple[Chemical, ...]:
    """Of all groups of substances those that nobody looked for."""
    return tuple(one for one in CHEMICALS if one not in data)


def confirm_by(means: str, found: Result, charter: RuleSet, *, today: date) -> date | None:
    """A positive kit is confirmed within the time in which a major finding is put right."""
    if means == LAB or found == "not_found" or not charter.residue_confirm_lab:
        return None
    return today + timedelta(days=charter.severity_deadline_days["major"])


def judged(found: Result, confirm_by: date | None) -> Severity | None:
    """What a result is for the land: major while a laboratory is asked, so that nothing is approved
    meanwhile; else critical."""
    if found == "not_found":
        return None
    return "major" if confirm_by else "critical"


class Counted(msgspec.Struct, frozen=True):
    """A sample as it stands now: what a laboratory said in the place of what the kit did."""

    result: Result
    waits: bool
    taken_on: date
    at: datetime


def of_goods(samples: Iterable[Counted]) -> Waiting:
    """Any sample above the limit is enough: another that was clean was of another leaf."""
    bad = [one for one in samples if one.result == "unsafe"]
    if not bad:
        return ""
    return "laboratory" if all(one.waits for one in bad) else "found"
