"""Malee harvests: what becomes of it depends on the certificate of that day and on her land."""

import asyncio
from datetime import date, timedelta

import pytest

from certification.basis import codes
from certification.basis.asked import AskedOtherwise
from certification.basis.codes import CodeNotIssued, CodeTaken, PublicCode
from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.log import LogEntry
from certification.basis.proof import verify
from certification.basis.refusal import Fact, Refusal
from certification.basis.transaction import run, transaction
from certification.crops import commands as crops
from certification.crops.rules import SetFigure
from certification.inputs import commands as inputs
from certification.inputs.rules import NoteUse
from certification.plots import commands as plots
from certification.plots.rules import PlantCrop, PlotMissing
from market.domain.lots import commands, queries
from market.domain.lots.refusals import (
    HarvestInFuture,
    HarvestTooLongAgo,
    NoLot,
    NotTheHolder,
    PlantingElsewhere,
    SoonAfterManure,
)
from market.domain.lots.rules import HarvestLot
from market.domain.lots.tables import Lot, LotAlso, Stock, StockMove
from market.domain.lots.uncertified import (
    BeforeCertificate,
    CertificateNotInForce,
    CropOutOfScope,
    NeverCertified,
)
from tests.cast import (
    KRIT,
    MALEE,
    NETWORK,
    NOK,
    NOW,
    SOMCHAI,
    TODAY,
    TOMORROW,
    WAN,
    YESTERDAY,
    later,
)
from tests.databases import edit_by_hand
from tests.market.farm import CEILING, Farm, certify, farm, planted


async def test_a_harvest_from_certified_land_is_organic_and_all_available(db: Database) -> None:
    there = await farm(db)
    event = await there.harvest(20_000)
    lot = await queries.lot(event.lot)
    assert (lot.claim, lot.because) == ("organic", "certificate_held")
    assert (lot.scheme, lot.certificate) == ("sgs-pgs", there.certificate)
    assert (lot.farmer, lot.grams, lot.grams_left) == (MALEE, 20_000, 20_000)
    assert lot.code == event.code
    assert codes.well_formed(lot.code)
    assert await queries.by_code(lot.code) == lot
    assert (await queries.stock_of(lot.id)).id == lot.stock == event.stock
    assert await queries.of_farmer(MALEE) == await queries.of_group(lot.group) == [lot]
    assert event.ceiling_grams == CEILING
    assert await queries.still_there(there.certificate) == queries.StillThere(1, 20_000)


async def test_the_log_tells_of_the_lot_and_of_its_grams(db: Database) -> None:
    there = await farm(db)
    event = await there.harvest()
    told = await (
        LogEntry.select(LogEntry.tag, LogEntry.subject).order_by(LogEntry.seq, ascending=False)
    ).limit(2)
    assert [(entry["tag"], entry["subject"]) for entry in reversed(told)] == [
        ("lots.harvested", event.lot), ("lots.poured", event.stock),
    ]  # fmt: skip


async def test_every_row_of_a_lot_stands_in_the_log(db: Database) -> None:
    there = await farm(db)
    await run(certify, there, scheme="other-pgs", number="OTH-90-69-00001-1")
    event = await there.harvest()
    await run(commands.take_directly, event.stock, 500, subject=new_id(), by=NOK, at=NOW)
    await run(commands.unsell, event.stock, 200, subject=new_id(), by=NOK, at=NOW)
    await run(commands.waste, event.stock, 100, subject=new_id(), by=MALEE, at=NOW)
    assert await verify([Lot, LotAlso, Stock, StockMove]) is None


async def test_land_in_conversion_gives_goods_in_conversion(db: Database) -> None:
    there = await farm(db, stage="in_conversion")
    assert (await there.harvest()).claim == "in_conversion"


async def test_what_no_certificate_covers_is_refused_unless_it_is_said_to_be_plain(
    db: Database,
) -> None:
    """Land without any, a harvest before it, another crop, one suspended, one that is over."""
    never, okra = await farm(db, stage=None), await run(planted, "okra")
    late, kept = await run(planted), await run(planted)
    gone, pause = await run(planted), await run(planted)
    await run(certify, okra, crops=("kale",), number="1")
    await run(certify, late, since=TODAY, number="2")
    await run(certify, kept, until=YESTERDAY, number="3")
    for there, kind in ((gone, "revoked"), (pause, "suspended")):
        await run(certify, there, number=kind)
        await there.happened(kind, TODAY)
    ways: list[tuple[Farm, str, date, type[Refusal], dict[str, Fact]]] = [
        (never, "kale", TODAY, NeverCertified, {}),
        (kept, "okra", TODAY, NeverCertified, {}),
        (okra, "okra", TODAY, CropOutOfScope, {"number": okra.number, "crop": "okra"}),
        (late, "kale", YESTERDAY, BeforeCertificate, {"valid_from": str(TODAY)}),
        (kept, "kale", TODAY, CertificateNotInForce, {"state": "expired", "since": str(TODAY)}),
        (gone, "kale", TODAY, CertificateNotInForce, {"state": "revoked", "since": str(TODAY)}),
        (pause, "kale", TODAY, CertificateNotInForce, {"state": "suspended"}),
    ]
    for turn, (there, crop, on, refused, facts) in enumerate(ways):
        id, planting = new_id(), there.planting if there is okra or crop == "kale" else None
        said = {"crop": crop, "harvested_on": on, "planting": planting, "as_plain": False}
        with pytest.raises(refused) as no:
            await there.harvest(id=id, **said)
        assert {"harvested_on": str(on), **facts}.items() <= no.value.facts.items()
        assert await Lot.count() == await Stock.count() == 2 * turn, "nothing is saved"
        first, again = [await there.harvest(id=id, **said | {"as_plain": True}) for _ in range(2)]
        assert (first.claim, first.because) == ("plain", "no_certificate")
        assert again == first
        with pytest.raises(AskedOtherwise):
            await there.harvest(id=id, **said)
        assert (await there.harvest(**said, wish="plain")).because == "no_certificate"


async def test_what_is_told_late_goes_by_the_day_of_harvest(db: Database) -> None:
    """A phone without signal for days: what the certificate was worth that day decides."""
    there = await farm(db)
    await there.happened("suspended", TODAY)
    late = later(days=9)
    assert (await there.harvest(harvested_on=YESTERDAY, at=late)).claim == "organic"
    with pytest.raises(CertificateNotInForce):
        await there.harvest(harvested_on=TODAY, at=late)
    yes = await there.harvest(harvested_on=TODAY, at=late, as_plain=True)
    assert (yes.claim, yes.because) == ("plain", "no_certificate")
    assert (await there.harvest(as_plain=True, harvested_on=YESTERDAY)).claim == "organic"


async def test_goods_above_what_the_land_can_bear_are_plain_and_say_why(db: Database) -> None:
    there = await farm(db)
    assert (await there.harvest(CEILING - 1_000)).claim == "organic"
    too_much = await there.harvest(1_001)
    assert (too_much.claim, too_much.because) == ("plain", "over_ceiling")
    assert (await there.harvest(1_000)).claim == "organic"
    assert (await there.harvest(1)).because == "over_ceiling"
    assert await queries.stock_faults() == []


async def test_ten_harvests_at_the_same_moment_stay_under_the_ceiling(db: Database) -> None:
    there = await farm(db)
    events = await asyncio.gather(*(there.harvest(CEILING // 4) for _ in range(10)))
    assert sorted(event.claim for event in events) == ["organic"] * 4 + ["plain"] * 6
    assert await queries.stock_faults() == []


async def test_too_soon_after_raw_manure_a_harvest_is_plain(db: Database) -> None:
    """120 days where what is eaten touches the soil, as kale does; composted it is no matter."""
    there = await farm(db)

    async def manure(code: str, days: int, crop: str | None = None) -> None:
        on = TODAY - timedelta(days=days)
        used = NoteUse(
            id=new_id(), plot=there.plot, code=code, amount="2 กระสอบ", used_on=on, crop=crop
        )
        await run(inputs.note_use, used, by=MALEE, at=NOW)

    await manure("compost", 3)
    await manure("raw_manure", 120)
    assert (await there.harvest(1_000)).because == "certificate_held"
    await manure("raw_manure", 119)
    event = await there.harvest(1_000)
    assert (event.claim, event.because) == ("plain", "raw_manure")
    lot = HarvestLot(there.plot, "kale", TODAY, 1_000, there.planting)
    with pytest.raises(SoonAfterManure) as no:
        await run(commands.harvest_if_likely, new_id(), lot, by=MALEE, at=NOW)
    assert no.value.facts["ripe_on"] == str(TODAY + timedelta(days=1))


async def test_without_its_planting_a_harvest_is_plain(db: Database) -> None:
    there = await farm(db)
    event = await there.harvest(planting=None)
    assert (event.claim, event.because) == ("plain", "no_planting")


async def test_an_unknown_yield_waits_for_the_committees_figure(
    db: Database, market_url: str
) -> None:
    there = await farm(db)
    await edit_by_hand(
        market_url,
        "UPDATE planting SET expected_grams = NULL, yield_kg_per_rai = NULL, yield_source = 'none'",
    )
    assert (await there.harvest()).because == "yield_unknown"
    figure = SetFigure(new_id(), "kale", NETWORK, 1_000, "3/2569")
    await run(crops.set_figure, figure, by=WAN, at=NOW)
    event = await there.harvest(at=later(hours=1))
    assert (event.claim, event.ceiling_grams) == ("organic", 2_200_000)


async def test_the_committees_figure_goes_before_the_list(db: Database) -> None:
    there = await farm(db)
    figure = SetFigure(new_id(), "kale", NETWORK, 10, "3/2569")
    await run(crops.set_figure, figure, by=WAN, at=NOW)
    assert (await there.harvest(22_001, at=later(hours=1))).because == "over_ceiling"
    assert (await there.harvest(22_000, at=later(hours=1))).claim == "organic"


async def test_harvesting_twice_with_one_id_is_harvesting_once(db: Database) -> None:
    there = await farm(db)
    id = new_id()
    first = await there.harvest(id=id)
    assert await there.harvest(id=id, at=later(hours=3)) == first
    assert await Lot.count() == 1
    with pytest.raises(AskedOtherwise):
        await there.harvest(21_000, id=id)


async def test_twenty_taps_at_the_same_moment_make_one_lot(db: Database) -> None:
    there = await farm(db)
    id = new_id()
    events = await asyncio.gather(*(there.harvest(id=id) for _ in range(20)))
    assert len({event.code for event in events}) == 1
    assert (await Lot.count(), await Stock.count()) == (1, 1)


@pytest.mark.parametrize("stranger", [SOMCHAI, KRIT])
async def test_nobody_harvests_anothers_land(stranger: str, db: Database) -> None:
    there = await farm(db)
    with pytest.raises(NotTheHolder):
        await there.harvest(by=stranger)
    assert await Lot.count() == 0


async def test_a_neighbour_may_type_for_malee_but_not_krit(db: Database) -> None:
    there = await farm(db)
    lot = await queries.lot((await there.harvest(by=SOMCHAI, on_behalf_of=MALEE)).lot)
    assert lot.farmer == MALEE
    with pytest.raises(NotTheHolder):
        await there.harvest(by=KRIT, on_behalf_of=MALEE)
    with pytest.raises(NotTheHolder):
        await there.harvest(by=SOMCHAI, on_behalf_of=SOMCHAI)


async def test_a_harvest_of_tomorrow_or_long_ago_is_refused(db: Database) -> None:
    there = await farm(db)
    with pytest.raises(HarvestInFuture):
        await there.harvest(harvested_on=TOMORROW)
    with pytest.raises(HarvestTooLongAgo):
        await there.harvest(harvested_on=TODAY - timedelta(days=31))


async def test_an_evening_in_london_is_tomorrow_in_songkhla(db: Database) -> None:
    there = await farm(db)
    evening = NOW.replace(hour=18)
    assert (await there.harvest(harvested_on=TOMORROW, at=evening)).claim == "organic"


async def test_a_planting_of_another_crop_or_plot_is_refused(db: Database) -> None:
    there = await farm(db)
    okra = new_id()
    sown = PlantCrop(okra, there.plot, "okra", 400, TODAY - timedelta(days=50))
    await run(plots.plant, sown, by=MALEE, at=NOW)
    with pytest.raises(PlantingElsewhere):
        await there.harvest(planting=okra)
    with pytest.raises(PlotMissing):
        await there.harvest(plot=new_id())


async def block(device: str) -> list[str]:
    async with transaction():
        return await codes.issue_block("lot", device, 2, at=NOW)


async def test_a_code_written_in_the_field_becomes_the_lots(db: Database) -> None:
    there = await farm(db)
    [first, second] = await run(block, new_id())
    event = await there.harvest(code=f"{first[:4].lower()}-{first[4:].lower()}")
    assert event.code == first
    row = await PublicCode.select().where(PublicCode.code == first).first()
    assert row is not None
    assert row["subject"] == event.lot
    with pytest.raises(CodeTaken):
        await there.harvest(code=first)
    with pytest.raises(CodeNotIssued):
        await there.harvest(code=codes.make())
    assert (await there.harvest(code=second)).code == second


async def test_two_schemes_name_one_and_list_the_other(db: Database) -> None:
    there = await farm(db)
    first = there.certificate
    second = await run(certify, there, scheme="other-pgs", number="OTH-90-69-00001-1")
    event = await there.harvest(scheme="other-pgs")
    lot = await queries.lot(event.lot)
    assert (lot.scheme, lot.certificate) == ("other-pgs", second)
    assert await queries.also(lot.id) == [first]


async def test_what_nobody_harvested_is_missing(db: Database) -> None:
    for asked in (queries.lot(new_id()), queries.by_code(codes.make())):
        with pytest.raises(NoLot):
            await asked


async def test_a_total_edited_by_hand_is_named(db: Database, market_url: str) -> None:
    there = await farm(db)
    await there.harvest(5_000)
    await edit_by_hand(market_url, "UPDATE lot_total SET claimed_grams = 4000")
    assert await queries.stock_faults() == [
        ("lot_total", there.planting, "claimed_grams", "4000 here, 5000 by the lots")
    ]


async def test_a_refused_harvest_leaves_nothing(db: Database) -> None:
    there = await farm(db)
    with pytest.raises(Refusal):
        await there.harvest(code="00000001")
    assert (await Lot.count(), await Stock.count()) == (0, 0)
    assert (await there.harvest(CEILING)).claim == "organic", "the total did not move"
