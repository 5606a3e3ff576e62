"""Labels are printed for goods that are there, by those who may, while the claim stands."""

import asyncio
from datetime import timedelta
from itertools import count

import pytest
import zxingcpp

from certification.basis.asked import AskedOtherwise
from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.proof import verify
from certification.basis.transaction import run
from market.domain.labels import commands, queries, sheets
from market.domain.labels.layouts import Sheet, Shift
from market.domain.labels.rules import (
    Again,
    ClaimLost,
    LabelsPrinted,
    NoReason,
    NoRun,
    NoSuchPlace,
    NotARealPacket,
    NotTheSameLabels,
    NotYourLot,
    PrintLabels,
    SetShift,
    ShiftedTooFar,
    TooManyPackets,
    TooManyReprints,
)
from market.domain.labels.tables import LabelRun
from market.domain.lots.refusals import NoLot
from tests.cast import DAO, KRIT, MALEE, NOK, NOW, PRASERT, SOMCHAI, TODAY, YESTERDAY, YING
from tests.databases import edit_by_hand
from tests.market.farm import farm
from tests.market.test_label_sheets import pages, words

ORIGIN = "https://talatkhiao.example.org"


async def printing(
    lot: str, labels: int = 10, packet_grams: int = 500, *, by: str = MALEE, id: str = "",
    start_at: int = 1, reprint_of: str | None = None, reason: Again | None = None,
) -> LabelsPrinted:  # fmt: skip
    reason = reason or ("jammed" if reprint_of else None)
    data = PrintLabels(lot, "a4-3x8", packet_grams, labels, start_at, reprint_of, "M", reason)
    return await run(commands.print_run, id or new_id(), data, by=by, at=NOW)


async def kale(db: Database, *, stage: str | None = "organic", grams: int = 10_000) -> str:
    return (await (await farm(db, stage=stage)).harvest(grams)).lot


async def test_the_packet_in_nok_s_hand_leads_to_malees_lot(db: Database) -> None:
    there = await farm(db)
    event = await there.harvest(10_000)
    run_ = await printing(event.lot, 3)
    printed = await queries.printed(run_.run, ORIGIN)
    assert (len(printed.labels), printed.sheet, printed.start_at) == (3, "a4-3x8", 1)
    pdf = sheets.pdf(printed.labels, printed.sheet, printed.start_at)
    [page] = pages(pdf, 203)
    read = {code.text for code in zxingcpp.read_barcodes(page)}
    assert read == {f"{ORIGIN.upper()}/L/{event.code}"}
    said = words(pdf)
    assert there.number in said
    assert "500" in said
    assert "มาลี" not in said


@pytest.mark.parametrize(
    ("stage", "claim"),
    [("organic", "อินทรีย์ พีจีเอส (PGS)"), ("in_conversion", "พีจีเอส (PGS) ระยะปรับเปลี่ยน"),
     (None, "")],
)  # fmt: skip
async def test_a_label_claims_what_the_lot_may(stage: str | None, claim: str, db: Database) -> None:
    run_ = await printing(await kale(db, stage=stage))
    [label, *_] = (await queries.printed(run_.run, ORIGIN)).labels
    assert label.claim == claim
    assert bool(label.certificate) == bool(stage)
    assert ("อินทรีย" in label.group) == (stage == "organic")


async def test_more_packets_than_goods_are_refused(db: Database) -> None:
    lot = await kale(db, grams=10_000)
    await printing(lot, 12)
    with pytest.raises(TooManyPackets) as refused:
        await printing(lot, 9)
    assert refused.value.facts == {"grams_left": 4_000}
    await printing(lot, 8)
    with pytest.raises(TooManyPackets):
        await printing(lot, 1, 1)
    assert await queries.label_faults() == []


async def test_a_first_run_that_is_too_large_is_refused_too(db: Database) -> None:
    with pytest.raises(TooManyPackets) as refused:
        await printing(await kale(db, grams=10_000), 21)
    assert refused.value.facts == {"grams_left": 10_000}


async def test_ten_who_print_at_the_same_moment_share_the_goods(db: Database) -> None:
    lot = await kale(db, grams=10_000)
    answers = await asyncio.gather(*(printing(lot, 4) for _ in range(10)), return_exceptions=True)
    assert sorted(type(answer).__name__ for answer in answers) == (
        ["LabelsPrinted"] * 5 + ["TooManyPackets"] * 5
    )
    assert await queries.labelled_grams(lot) == 10_000


async def test_a_spoilt_sheet_is_printed_again_once_over(db: Database) -> None:
    lot = await kale(db, grams=5_000)
    first = (await printing(lot, 10)).run
    await printing(lot, 6, reprint_of=first)
    await printing(lot, 4, reprint_of=first)
    with pytest.raises(TooManyReprints):
        await printing(lot, 1, reprint_of=first)
    assert await queries.labelled_grams(lot) == 5_000
    assert await verify([LabelRun]) is None
    assert await queries.label_faults() == []


async def test_a_reprint_says_why_and_the_record_keeps_it(db: Database) -> None:
    lot = await kale(db)
    first = (await printing(lot, 10)).run
    again = await printing(lot, 2, reprint_of=first, reason="wet")
    assert (again.reason, [one.reason for one in await queries.runs(lot)]) == ("wet", [None, "wet"])
    for wrong in (
        PrintLabels(lot, "a4-3x8", 500, 2, reprint_of=first),
        PrintLabels(lot, "a4-3x8", 500, 2, reason="lost"),
    ):
        with pytest.raises(NoReason):
            await run(commands.print_run, new_id(), wrong, by=MALEE, at=NOW)
    assert await LabelRun.count() == 2


async def test_a_printer_is_put_right_by_who_has_it(db: Database) -> None:
    """The last word counts, of each person and sheet; a wrong one leaves it as it was."""
    await farm(db)

    minute = count()

    async def shifting(sheet: Sheet, right: int, down: int, by: str = MALEE) -> None:
        at = NOW + timedelta(minutes=next(minute))
        await run(commands.set_shift, SetShift(new_id(), sheet, right, down), by=by, at=at)

    await shifting("a4-3x8", 15, -20)
    await shifting("a4-3x8", -5, 100)
    await shifting("a4-3x8", 1, 1, by=DAO)
    wrong: list[tuple[Sheet, int]] = [("a4-3x8", 101), ("l7160", -101), ("t50x30", 0)]
    for sheet, tenths in wrong:
        with pytest.raises(ShiftedTooFar):
            await shifting(sheet, tenths, 0)
    assert await queries.shifts(MALEE) == {"a4-3x8": Shift(-5, 100), "l7160": Shift()}
    assert await queries.shift(DAO, "a4-3x8") == Shift(1, 1)


async def test_a_reprint_is_of_the_same_labels(db: Database) -> None:
    there = await farm(db)
    lot, other = [(await there.harvest(10_000)).lot for _ in range(2)]
    first = (await printing(lot, 5)).run
    again = (await printing(lot, 1, reprint_of=first)).run
    for wrong in (
        printing(other, 1, reprint_of=first),
        printing(lot, 1, 600, reprint_of=first),
        printing(lot, 1, reprint_of=again),
    ):
        with pytest.raises(NotTheSameLabels):
            await wrong
    with pytest.raises(NoRun):
        await printing(lot, 1, reprint_of=new_id())


async def test_printing_twice_with_one_id_is_printing_once(db: Database) -> None:
    lot, id = await kale(db), new_id()
    first = await printing(lot, id=id)
    assert await printing(lot, id=id) == first
    assert await LabelRun.count() == 1
    with pytest.raises(AskedOtherwise):
        await printing(lot, 11, id=id)


@pytest.mark.parametrize("stranger", [KRIT, NOK, SOMCHAI, PRASERT])
async def test_others_do_not_print_malees_labels(stranger: str, db: Database) -> None:
    lot = await kale(db)
    with pytest.raises(NotYourLot):
        await printing(lot, by=stranger)


@pytest.mark.parametrize("helper", [YING, DAO])
async def test_who_leads_or_drives_for_the_group_may_print(helper: str, db: Database) -> None:
    assert (await printing(await kale(db), by=helper)).labels == 10


@pytest.mark.parametrize(("labels", "packet"), [(0, 500), (-1, 500), (1_001, 1), (5, 0), (5, -2)])
async def test_a_packet_is_something(labels: int, packet: int, db: Database) -> None:
    lot = await kale(db)
    with pytest.raises(NotARealPacket):
        await printing(lot, labels, packet)


@pytest.mark.parametrize("place", [0, 25, -1])
async def test_a_sheet_has_24_places(place: int, db: Database) -> None:
    lot = await kale(db)
    with pytest.raises(NoSuchPlace):
        await printing(lot, start_at=place)


async def test_nothing_more_is_printed_once_the_day_of_harvest_has_lost_its_certificate(
    db: Database,
) -> None:
    there = await farm(db)
    old, new = [(await there.harvest(1_000, harvested_on=on)).lot for on in (YESTERDAY, TODAY)]
    await there.happened("revoked", TODAY)
    assert (await printing(old, 1)).labels == 1
    with pytest.raises(ClaimLost):
        await printing(new, 1)


async def test_a_lot_that_nobody_knows_has_no_labels(db: Database) -> None:
    await farm(db)
    with pytest.raises(NoLot):
        await printing(new_id())


async def test_a_total_edited_by_hand_is_named(db: Database, market_url: str) -> None:
    lot = await kale(db)
    await printing(lot, 4)
    await edit_by_hand(market_url, "UPDATE label_total SET grams = 1")
    assert await queries.label_faults() == [
        ("label_total", lot, "grams", "1 here, 2000 by the runs")
    ]
