"""Tests for residues: what a kit cannot see, what a laboratory answers, and what follows."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.inspections import queries as findings
from certification.residues import commands, queries, rules
from certification.residues.rules import NoteTest, Seen
from tests.cast import MALEE, NETWORK, NOW, RATTAPHUM, SOMCHAI, TODAY, WAN, log_faults, village
from tests.guarantee import planted, published

CLEAN = (Seen("organophosphate", "not_found"), Seen("carbamate", "not_found"))
SAFE = (Seen("organophosphate", "safe"), Seen("carbamate", "not_found"))
UNSAFE = (Seen("organophosphate", "unsafe"), Seen("carbamate", "not_found"))


def by_kit(results: tuple[Seen, ...] = CLEAN, **more: Any) -> NoteTest:
    wanted = NoteTest(
        new_id(), RATTAPHUM, "sgs-pgs", "gt", TODAY, results, "พี่พยาบาล", "พี่พยาบาล",
    )  # fmt: skip
    return replace(wanted, **more)


def by_lab(results: tuple[Seen, ...] = CLEAN, **more: Any) -> NoteTest:
    return by_kit(results, means="lab", tested_by="ศูนย์วิทย์ 12", report="A-17/69", **more)


async def noted(test: NoteTest, by: str = WAN) -> queries.TestView:
    await run(commands.note, test, by=by, at=NOW)
    return await queries.test(test.id)


async def refused(code: str, test: NoteTest, by: str = WAN) -> None:
    with pytest.raises(Refusal) as no:
        await run(commands.note, test, by=by, at=NOW)
    assert no.value.code == code


async def test_what_is_written_down_is_whole_and_what_a_kit_cannot_see_is_said(
    db: Database,
) -> None:
    await village(db)
    await published()
    plot = await planted()
    of = by_kit(plot=plot)
    await refused("residues.subject_missing", by_kit())
    await refused("residues.unknown_kit", replace(of, means="magic"))
    await refused(
        "residues.kit_cannot_see", replace(of, results=(Seen("pyrethroid", "not_found"),))
    )
    await refused("residues.nothing_tested", replace(of, results=()))
    await refused("residues.nothing_tested", replace(of, results=(CLEAN[0], UNSAFE[0])))
    await refused("residues.day_out_of_range", replace(of, taken_on=TODAY + timedelta(days=1)))
    await refused("residues.who_missing", replace(of, sampled_by=" "))
    await refused("residues.too_long", replace(of, tested_by="ก" * 201))
    await refused("residues.report_missing", replace(by_lab(plot=plot), report=""))
    await refused("residues.own_land", of, by=MALEE)
    await refused("residues.missing", replace(of, corrects=new_id(), reason="x"))
    kept = await noted(of)
    assert (kept.worst, kept.waits) == ("not_found", False)
    assert kept.cannot_see == ("organochlorine", "pyrethroid", "herbicide", "fungicide")
    assert await findings.open_findings(plot) == ()
    market = await noted(by_kit(SAFE, organ=NETWORK, place_name="หลาดกรีน"))
    assert market.waits, "also below the limit a laboratory is asked"
    assert not hasattr(queries.told(kept), "sampled_by")
    assert await log_faults() == []


async def test_a_positive_kit_waits_for_a_laboratory_which_has_the_last_word(db: Database) -> None:
    await village(db)
    await published()
    plot, lot = await planted(), new_id()
    kit = await noted(by_kit(UNSAFE, plot=plot, lot=lot, lot_code="ABCD2345"))
    assert kit.confirm_by == TODAY + timedelta(days=30)
    [asked] = await findings.open_findings(plot)
    assert (asked.severity, asked.source, asked.about) == ("major", "test", kit.id)
    assert asked.due_on == kit.confirm_by
    assert await queries.lot_waits(lot) == "laboratory"
    assert not await queries.land_waits(plot, "kale"), "the lot waits, not the field"
    field = await noted(by_kit(UNSAFE, plot=plot))
    assert await queries.land_waits(plot, "kale")
    await noted(by_lab(confirms=field.id))
    assert not await queries.land_waits(plot, "kale")

    await refused("residues.not_a_laboratory", by_kit(confirms=kit.id))
    first, second = by_lab(UNSAFE, confirms=kit.id), by_lab(UNSAFE, confirms=kit.id)
    both = await asyncio.gather(
        *[
            run(commands.note, one, by=who, at=NOW)
            for one, who in ((first, WAN), (second, SOMCHAI))
        ],
        return_exceptions=True,
    )
    assert sum(isinstance(one, rules.NothingToConfirm) for one in both) == 1, both
    [found] = await findings.open_findings(plot)
    assert (found.severity, found.source) == ("critical", "test"), "the question is answered"
    assert await queries.lot_waits(lot) == "found"
    assert (await queries.test(kit.id)).waits is False
    late = by_lab(confirms=kit.id)
    await refused("residues.nothing_to_confirm", late)
    share = await queries.share([RATTAPHUM], TODAY - timedelta(days=30), TODAY)
    assert (share.samples, share.unsafe, share.not_found, share.waiting) == (2, 1, 1, 0)
    assert await log_faults() == []


async def test_a_clean_answer_frees_the_lot_and_a_correction_is_a_new_entry(db: Database) -> None:
    await village(db)
    await published()
    plot, lot = await planted(), new_id()
    kit = await noted(by_kit(UNSAFE, plot=plot, lot=lot, lot_code="ABCD2345"))
    await noted(by_lab(confirms=kit.id))
    assert await queries.lot_waits(lot) == ""
    assert await findings.open_findings(plot) == ()

    wrong = await noted(by_kit(UNSAFE, plot=plot, lot=lot, lot_code="ABCD2345"))
    await refused("residues.reason_missing", by_kit(corrects=wrong.id))
    right = by_kit(CLEAN, corrects=wrong.id, reason="อ่านแถบสีผิด")
    await noted(right)
    assert await queries.lot_waits(lot) == ""
    assert (await queries.test(wrong.id)).corrected_by == right.id
    await refused("residues.corrected_already", by_kit(corrects=wrong.id, reason="อีก"))
    [open_still] = await findings.open_findings(plot)
    assert open_still.about == wrong.id, "who wrote it wrongly does not close what it asked"
    assert await log_faults() == []


async def test_where_the_charter_asks_no_laboratory_a_kit_is_enough(db: Database) -> None:
    await village(db)
    await published(residue_confirm_lab=False)
    plot = await planted()
    kit = await noted(by_kit(SAFE, plot=plot))
    assert not kit.waits
    [found] = await findings.open_findings(plot)
    assert found.severity == "critical"
