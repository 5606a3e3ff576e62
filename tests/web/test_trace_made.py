"""What a scan shows of a lot that was made of others, and of one that was corrected."""

from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.lineage import commands, correcting
from market.domain.lineage.corrections import CorrectLot
from market.domain.lineage.rules import MakeLots, Parcel, Pick
from market.domain.lots import queries as lots
from tests.cast import CHAN, MALEE, NOW, PARTICULARS, TODAY, TOMORROW, YESTERDAY, YING
from tests.doors import Doors
from tests.market import farm as farms
from tests.market.test_lineage import beside


async def test_every_harvest_in_a_mix_is_told_with_its_share_and_both_its_days(
    doors: Doors,
) -> None:
    malee = await run(farms._settled, "organic", "kale")
    chan = await beside(CHAN, number="SGS-90-69-00002-5")
    first = await malee.harvest(9_000, harvested_on=YESTERDAY)
    second = await chan.harvest(4_000, by=CHAN)
    made = await run(
        commands.make_lots,
        MakeLots(
            new_id(), "mix", (Pick(first.lot, 6_000), Pick(second.lot, 2_000)), (Parcel(7_500),)
        ),
        by=YING, at=NOW,
    )  # fmt: skip
    code, anybody = made.lots[0].code, doors.stranger()

    async def page(path: str) -> str:
        said = await anybody.get(path)
        assert said.status_code == 200, said.text
        return said.text

    told = await page(f"/L/{code}?lang=en")
    for said in (
        "Packed from 2 harvests", "Organic, checked", f"/L/{first.code}", f"/L/{second.code}",
        "75&nbsp;%", "25&nbsp;%", malee.number, "SGS-90-69-00002-5", f"/P/{malee.plot_code}",
    ):  # fmt: skip
        assert said in told, said
    assert PARTICULARS[MALEE].name not in told
    facts = (await anybody.get(f"/api/v1/lots/by-code/{code}")).json()
    assert (facts["verdict"]["level"], facts["harvested_from"], facts["harvested_until"]) == (
        "ok", str(YESTERDAY), str(TODAY),
    )  # fmt: skip
    assert sum(one["grams"] for one in facts["harvests"]) == 7_500
    assert "Packed into this lot" in await page(f"/L/{code}/proof?lang=en")
    assert "Some of it went into other lots" in await page(f"/L/{first.code}?lang=en")
    await chan.happened("suspended", TOMORROW)
    doors.later(days=3)
    told = await page(f"/L/{code}?lang=en")
    assert 'class="verdict is-bad"' in told
    assert "Organic, checked" not in told
    assert "at least one of the harvests" in told


async def test_old_and_new_are_there_for_everybody_and_the_reason_for_the_group(
    doors: Doors,
) -> None:
    there = await run(farms._settled, "organic", "kale")
    kale = await there.harvest(9_000)
    told = CorrectLot(new_id(), kale.lot, "kale", YESTERDAY, 6_500, there.planting, "ลูกสาวชั่งผิดถัง")
    await run(correcting.correct, told, by=MALEE, at=NOW)
    anybody = doors.stranger()
    scanned = (await anybody.get(f"/L/{kale.code}")).text
    assert f"/L/{kale.code}/corrections" in scanned
    shown = (await anybody.get(f"/L/{kale.code}/corrections?lang=en")).text
    for said in ("9 kg", "6.5 kg", "Corrected by its farmer."):
        assert said in shown, said
    assert "ลูกสาวชั่งผิดถัง" not in shown + scanned
    assert (await lots.by_code(kale.code)).grams == 6_500
