"""Lots go into lots: nothing is gained, no claim rises, and each gram is of a harvest."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certification.basis.asked import AskedOtherwise
from certification.basis.database import Database, in_use
from certification.basis.ids import new_id
from certification.basis.proof import verify
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from market.domain.lineage import commands, queries, refusals, rules
from market.domain.lineage.rules import MakeLots, Parcel, Pick
from market.domain.lineage.tables import LotDeed, LotFreeze, LotInput, LotOrigin
from market.domain.lots import commands as lots
from market.domain.lots import queries as lots_seen
from market.domain.lots.rules import HIGHER_FIRST
from market.domain.lots.tables import Lot, LotAlso, Stock, StockMove
from tests.cast import CHAN, KRIT, KRITS_GROUP, MALEE, NOK, NOW, SOMCHAI, TODAY, YESTERDAY, YING
from tests.databases import edit_by_hand
from tests.market.farm import Farm, certify, farm, planted


async def make(
    kind: str, inputs: dict[str, int], *outputs: int, id: str = "", lower: bool = False
) -> rules.LotsMade:
    data = MakeLots(
        id or new_id(), kind, tuple(Pick(*one) for one in inputs.items()),
        tuple(Parcel(grams) for grams in outputs), lower,
    )  # fmt: skip
    return await run(commands.make_lots, data, by=YING, at=NOW)


async def beside(farmer: str, stage: str | None = "organic", number: str = "SGS-2") -> Farm:
    """A neighbour's kale."""
    there = await run(planted, farmer=farmer)
    if stage:
        await run(certify, there, stage=stage, number=number)
    return there


async def faults() -> list[tuple[str, str, str, str]]:
    return [*await lots_seen.stock_faults(), *await queries.lineage_faults()]


async def test_a_mix_of_two_farmers_says_what_is_true_of_both(db: Database) -> None:
    malee, chan = await farm(db), await beside(CHAN)
    first = await malee.harvest(6_000, harvested_on=YESTERDAY)
    second = await chan.harvest(4_000, by=CHAN)
    made = await make("mix", {first.lot: 6_000, second.lot: 3_000}, 8_700)
    assert (made.claim, made.because, made.loss_grams) == ("organic", "of_sources", 300)
    mixed = await lots_seen.lot(made.lots[0].lot)
    assert (mixed.plot, mixed.farmer, mixed.planting, mixed.certificate) == (None,) * 4
    assert (mixed.crop, mixed.harvested_on, mixed.deed) == ("kale", YESTERDAY, made.deed)
    assert mixed.scheme == "sgs-pgs"
    assert await lots_seen.also(mixed.id) == sorted([malee.certificate, chan.certificate])
    assert {part.farmer: part.grams for part in await queries.parts(mixed.id)} == {
        MALEE: 5_800, CHAN: 2_900,
    }  # fmt: skip
    assert [(one.code, one.grams) for one in await queries.inputs_of(mixed.id)] == [
        (first.code, 6_000), (second.code, 3_000),
    ]  # fmt: skip
    assert [one.lot for one in await queries.outputs_of(second.lot)] == [mixed.id]
    used = await lots_seen.stock_of(second.lot)
    assert (used.available_grams, used.used_grams) == (1_000, 3_000)
    assert await faults() == []
    assert await verify([Lot, LotAlso, Stock, StockMove, LotDeed, LotInput, LotOrigin]) is None


async def test_a_split_keeps_all_that_is_known_of_its_lot(db: Database) -> None:
    there = await farm(db)
    whole = await there.harvest(5_000)
    made = await make("split", {whole.lot: 5_000}, 2_000, 3_000)
    of = await lots_seen.lot(whole.lot)
    for parcel in made.lots:
        lot = await lots_seen.lot(parcel.lot)
        assert (lot.plot, lot.farmer, lot.planting) == (of.plot, MALEE, there.planting)
        assert (lot.certificate, lot.claim, lot.harvested_on) == (
            there.certificate,
            "organic",
            TODAY,
        )
        assert lot.code not in (of.code, "")
    assert [kin.lot for kin in await queries.descendants(whole.lot)] == sorted(
        one.lot for one in made.lots
    )
    assert await faults() == []


async def test_plain_goods_never_enter_in_silence(db: Database) -> None:
    organic, plain = await farm(db), await beside(CHAN, None)
    first = await organic.harvest(5_000)
    second = await plain.harvest(5_000, by=CHAN)
    both = {first.lot: 1_000, second.lot: 1_000}
    with pytest.raises(refusals.LowersClaim) as no:
        await make("mix", both, 2_000)
    assert no.value.facts == {"lot": second.code, "because": "no_certificate"}
    made = await make("mix", both, 2_000, lower=True)
    assert (made.claim, made.because) == ("plain", "lowest_of_sources")
    mixed = await lots_seen.lot(made.lots[0].lot)
    assert (mixed.scheme, mixed.certificate, await lots_seen.also(mixed.id)) == (None, None, [])
    again = {mixed.id: 500, first.lot: 500}
    with pytest.raises(refusals.LowersClaim):
        await make("mix", again, 1_000)
    assert (await make("mix", again, 1_000, lower=True)).claim == "plain"


async def test_conversion_in_one_basket_makes_all_of_it_conversion(db: Database) -> None:
    organic, young = await farm(db), await beside(CHAN, "in_conversion")
    first, second = await organic.harvest(5_000), await young.harvest(5_000, by=CHAN)
    with pytest.raises(refusals.MakesConversion):
        await make("pack", {first.lot: 1_000, second.lot: 1_000}, 500, 500)
    made = await make("pack", {first.lot: 1_000, second.lot: 1_000}, 500, 500, lower=True)
    assert made.claim == "in_conversion"


async def test_what_cannot_be_made_is_refused_and_nothing_is_taken(db: Database) -> None:
    there, plain = await farm(db), await beside(SOMCHAI, None)
    kale = await there.harvest(5_000)
    other = await plain.harvest(5_000, by=SOMCHAI)
    krits = await run(planted, farmer=KRIT, group=KRITS_GROUP)
    foreign = await krits.harvest(5_000, by=KRIT)
    okra = await run(planted, "okra", farmer=CHAN)
    pods = await okra.harvest(5_000, by=CHAN, crop="okra")
    await run(lots.hold, kale.stock, 4_500, subject=new_id(), by=NOK, at=NOW)
    ways: list[tuple[type[Refusal], str, dict[str, int], tuple[int, ...]]] = [
        (refusals.MassBalance, "split", {kale.lot: 400}, (300, 101)),
        (refusals.NotSoMuchLeft, "split", {kale.lot: 501}, (501,)),
        (refusals.SplitsOne, "split", {kale.lot: 100, other.lot: 100}, (200,)),
        (refusals.MixesSeveral, "mix", {kale.lot: 100}, (100,)),
        (refusals.MixesSeveral, "mix", {kale.lot: 100, other.lot: 100}, (100, 100)),
        (refusals.OtherCrop, "mix", {other.lot: 100, pods.lot: 100}, (200,)),
        (refusals.OtherGroup, "mix", {other.lot: 100, foreign.lot: 100}, (200,)),
        (refusals.NothingMade, "pack", {kale.lot: 100}, ()),
        (refusals.NothingMade, "pack", {kale.lot: 100}, (0,)),
        (refusals.NothingMade, "pack", {}, (10,)),
    ]
    for no, kind, inputs, outputs in ways:
        with pytest.raises(no):
            await make(kind, inputs, *outputs, lower=True)
    assert (await lots_seen.stock_of(kale.lot)).used_grams == 0
    assert await LotDeed.count() == 0
    assert await faults() == []


async def test_twice_is_once_and_two_at_once_do_not_share_a_gram(db: Database) -> None:
    there = await farm(db)
    kale = await there.harvest(5_000)
    id = new_id()
    first = await make("split", {kale.lot: 1_000}, 1_000, id=id)
    assert await make("split", {kale.lot: 1_000}, 1_000, id=id) == first
    with pytest.raises(AskedOtherwise):
        await make("split", {kale.lot: 1_000}, 900, id=id)
    answers = await asyncio.gather(
        *(make("split", {kale.lot: 3_000}, 3_000) for _ in range(2)), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in answers) == ["LotsMade", "NotSoMuchLeft"]
    assert (await lots_seen.stock_of(kale.lot)).available_grams == 1_000
    assert await faults() == []


async def test_what_is_suspended_revoked_or_frozen_stays_as_it_is(db: Database) -> None:
    there, plain = await farm(db), await beside(CHAN, None)
    kale = await there.harvest(5_000, harvested_on=YESTERDAY)
    other = await plain.harvest(5_000, by=CHAN)
    mixed = (await make("mix", {kale.lot: 500, other.lot: 500}, 1_000, lower=True)).lots[0]
    recall = new_id()
    await run(commands.freeze, new_id(), other.lot, "recall", recall, by=YING, at=NOW)
    await run(commands.freeze, new_id(), other.lot, "recall", recall, by=YING, at=NOW)
    for lot in (other.lot, mixed.lot):
        with pytest.raises(refusals.Recalled) as no:
            await make("split", {lot: 100}, 100)
        assert no.value.facts["of"] == other.code
    await run(commands.thaw, other.lot, recall, by=YING, at=NOW)
    assert await make("split", {other.lot: 100}, 100)
    await there.happened("suspended", TODAY)
    with pytest.raises(refusals.Suspended):
        await make("split", {kale.lot: 100}, 100)
    await there.happened("revoked", YESTERDAY - timedelta(days=3), seq=2)
    with pytest.raises(refusals.ClaimLost) as no:
        await make("pack", {mixed.lot: 100}, 100)
    assert no.value.facts["of"] == kale.code
    assert await verify([LotFreeze]) is None


Step = tuple[int, int, int, int]


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    steps=st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 9), st.integers(0, 9), st.integers(1, 997)),
        min_size=1, max_size=7,
    )
)  # fmt: skip
async def test_whatever_is_done_no_gram_is_gained_and_no_claim_rises(
    steps: list[Step], db: Database
) -> None:
    """Lots are split and mixed in any order; the graph is walked by hand as an oracle."""
    if not (known := await Lot.select(Lot.id).order_by(Lot.at)):
        organic, young = await farm(db), await beside(CHAN, "in_conversion")
        plain = await beside(SOMCHAI, None)
        for there, who in ((organic, MALEE), (young, CHAN), (plain, SOMCHAI)):
            await there.harvest(3_001, by=who)
        known = await Lot.select(Lot.id).order_by(Lot.at)
    there = [row["id"] for row in known]
    for kind, one, two, grams in steps:
        first, second = there[one % len(there)], there[two % len(there)]
        outputs = (grams, grams // 3 + 1) if kind == 0 else (grams * 2,)
        inputs = (
            {first: grams * 2}
            if kind == 0 or first == second
            else {first: grams, second: grams + 1}
        )
        try:
            made = await make(("split", "mix", "pack")[kind], inputs, *outputs, lower=True)
        except Refusal:
            continue
        there += [lot.lot for lot in made.lots]
    assert await faults() == []
    parents = {id: {link.lot for link in await queries.inputs_of(id)} for id in there}
    harvested = {id for id in there if not parents[id]}
    for id in there:
        lot, above = await lots_seen.lot(id), closure(id, parents)
        assert {kin.lot for kin in await queries.ancestors(id)} == above
        assert {kin.lot for kin in await queries.descendants(id)} == {
            other for other in there if id in closure(other, parents)
        }
        claims = [(await lots_seen.lot(other)).claim for other in above]
        assert all(HIGHER_FIRST.index(lot.claim) >= HIGHER_FIRST.index(one) for one in claims)
        assert {part.origin for part in await queries.parts(id)} <= above & harvested
    [sums] = await in_use().query(
        "SELECT SUM(used_grams) AS used, (SELECT SUM(loss_grams) FROM lot_deed) AS lost,"
        " (SELECT SUM(grams) FROM lot WHERE deed IS NOT NULL) AS made FROM stock"
    )
    assert int(sums["used"] or 0) == int(sums["lost"] or 0) + int(sums["made"] or 0)


def closure(id: str, parents: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    new = parents[id]
    while new:
        found |= new
        new = {up for one in new for up in parents[one]} - found
    return found


async def test_what_was_edited_by_hand_is_named(db: Database, market_url: str) -> None:
    there, plain = await farm(db), await beside(CHAN, None)
    kale, other = await there.harvest(5_000), await plain.harvest(5_000, by=CHAN)
    made = await make("mix", {kale.lot: 1_000, other.lot: 1_000}, 1_900, lower=True)
    mixed = made.lots[0].lot
    for edit in (
        f"UPDATE lot_deed SET loss_grams = 5 WHERE id = '{made.deed}'",
        f"UPDATE lot_input SET grams = 900 WHERE lot = '{kale.lot}'",
        f"UPDATE lot SET claim = 'organic' WHERE id = '{mixed}'",
        f"UPDATE lot_origin SET grams = 1 WHERE origin = '{other.lot}'",
    ):
        await edit_by_hand(market_url, edit)
    named = {(table, column) for table, _, column, _ in await queries.lineage_faults()}
    assert named == {
        ("lot_deed", "loss_grams"), ("lot_input", "grams"), ("stock", "used_grams"),
        ("lot", "claim"), ("lot", "grams"),
    }  # fmt: skip
