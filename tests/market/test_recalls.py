"""Goods called back: who has them, and that nothing of them is sold any more."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

import bench.recall
from bench.ground import servers
from certification.basis import log
from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.proof import verify
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from market.domain.labels import commands as labels
from market.domain.labels.rules import PrintLabels
from market.domain.lineage import commands as lineage
from market.domain.lineage.refusals import Recalled
from market.domain.lineage.rules import MakeLots, Parcel, Pick
from market.domain.lots import commands as lots
from market.domain.lots import queries as lots_seen
from market.domain.lots.refusals import LotRecalled
from market.domain.lots.rules import Spoil
from market.domain.lots.tables import Stock
from market.domain.recalls import balance, commands, queries, rules
from market.domain.recalls.balance import Aboard, Found, GoneIn, LotSeen, OrderSeen, SoldHere
from market.domain.recalls.rules import Clear, Open, Say
from market.domain.recalls.tables import Recall, RecallDrill, RecallLot
from market.jobs import called_back
from tests.cast import MALEE, NETWORK, NOK, NOW, RATTAPHUM, TODAY, WAN, YESTERDAY, YING
from tests.market.farm import farm

LATER = NOW + timedelta(minutes=5)


async def recall(lot: str, **changed: object) -> str:
    data = Open(new_id(), RATTAPHUM, "lot", lot, "illness")
    return (await run(commands.open_recall, replace(data, **changed), by=YING, at=NOW)).recall


async def mix(inputs: dict[str, int], *outputs: int, kind: str = "mix") -> list[str]:
    data = MakeLots(
        new_id(), kind, tuple(Pick(*one) for one in inputs.items()),
        tuple(Parcel(grams) for grams in outputs),
    )  # fmt: skip
    made = await run(lineage.make_lots, data, by=YING, at=NOW)
    return [one.lot for one in made.lots]


async def test_a_recall_freezes_what_was_mixed_of_it_and_no_door_moves_a_gram(db: Database) -> None:
    there = await farm(db)
    bad, good = await there.harvest(6_000), await there.harvest(4_000)
    [mixed] = await mix({bad.lot: 2_000, good.lot: 1_000}, 2_900)
    first, second = await mix({mixed: 2_900}, 1_000, 1_900, kind="split")
    held = new_id()
    await run(lots.hold, bad.stock, 500, subject=held, by=NOK, at=NOW)
    id = await recall(bad.lot)
    named = {one.lot: one.root for one in await queries.lots_of(id)}
    assert named == {bad.lot: True, mixed: False, first: False, second: False}
    for lot in named:
        stock, seen = (await lots_seen.stock_of(lot)).id, await lots_seen.lot(lot)
        for deed in (lots.hold, lots.take_directly):
            with pytest.raises(LotRecalled) as no:
                await run(deed, stock, 1, subject=new_id(), by=NOK, at=LATER)
            assert no.value.facts == {"lot": seen.code}
        assert not await run(lots.take_if_left, stock, 1, subject=new_id(), by=NOK, at=LATER)
        with pytest.raises(LotRecalled):
            await run(lots.pour_leased, stock, "lease", 1, subject=new_id(), by=NOK, at=LATER)
        with pytest.raises(LotRecalled):
            await run(labels.print_run, new_id(), PrintLabels(lot, "a4-3x8", 100, 1), by=YING,
                      at=LATER)  # fmt: skip
        with pytest.raises(Recalled):
            await mix({lot: 100}, 100, kind="split")
    with pytest.raises(LotRecalled):
        await run(lots.sell, bad.stock, 500, subject=held, by=NOK, at=LATER)
    await run(lots.release, bad.stock, 500, subject=held, by=NOK, at=LATER)
    await run(lots.spoil, Spoil(new_id(), second, 1_900), by=YING, at=LATER)
    assert await run(lots.hold, good.stock, 1_000, subject=new_id(), by=NOK, at=LATER)
    found = await queries.who_has_it(id)
    assert balance.totals(found) == balance.Totals(
        came_in=6_000, mixed_in=1_000, in_stock=5_000, held=0, waiting=0, handed_over=0, aboard=0,
        sold=0, given=0, wasted=1_900, lost=100, unexplained=0,
    )  # fmt: skip
    assert balance.unlike(found) == []
    assert await verify([Recall, RecallLot, Stock]) is None
    assert await lots_seen.stock_faults() == []


async def test_a_second_person_confirms_refuses_and_clears_never_in_the_own_cause(
    db: Database,
) -> None:
    there = await farm(db)
    one, other = await there.harvest(5_000), await there.harvest(3_000)
    id = await recall(one.lot)
    ways: list[tuple[type[Refusal], str]] = [(rules.SamePerson, YING), (rules.OwnGoods, MALEE)]
    for no, who in ways:
        with pytest.raises(no):
            await run(commands.say, Say(id, True), by=who, at=LATER)
        with pytest.raises(no):
            await run(commands.clear, Clear(id, one.lot, "ผลตรวจปลอดภัย"), by=who, at=LATER)
    with pytest.raises(rules.ReasonMissing):
        await run(commands.say, Say(id, False, " "), by=WAN, at=LATER)
    for _ in range(2):
        await run(commands.say, Say(id, True), by=WAN, at=LATER)
    with pytest.raises(rules.ConfirmedAlready):
        await run(commands.say, Say(id, False, "ไม่จริง"), by=WAN, at=LATER)
    told = await queries.recall_of(one.lot)
    assert told == queries.Told(NOW, "illness", "do_not_eat")
    for _ in range(2):
        await run(commands.clear, Clear(id, one.lot, "ผลตรวจปลอดภัย"), by=WAN, at=LATER)
    assert (await queries.recall(id)).state == "over"
    assert await queries.recall_of(one.lot) is None
    assert await run(lots.hold, one.stock, 100, subject=new_id(), by=NOK, at=LATER)
    with pytest.raises(rules.NotInForce):
        await run(commands.clear, Clear(id, one.lot, "อีกครั้ง"), by=WAN, at=LATER)
    waits = await recall(other.lot, because="label")
    assert await queries.recall_of(other.lot) is None
    assert await run(lots.hold, other.stock, 100, subject=new_id(), by=NOK, at=LATER)
    await run(commands.say, Say(waits, True), by=WAN, at=LATER)
    with pytest.raises(LotRecalled):
        await run(lots.hold, other.stock, 100, subject=new_id(), by=NOK, at=LATER)
    twice = await recall(other.lot)
    await run(commands.say, Say(twice, False, "รุ่นอื่น"), by=WAN, at=LATER)
    with pytest.raises(LotRecalled):  # the other recall still lies on it
        await run(lots.hold, other.stock, 100, subject=new_id(), by=NOK, at=LATER)
    with pytest.raises(rules.NothingFound):
        await recall(new_id())
    assert await verify([Recall, RecallLot, Stock]) is None


async def test_a_drill_finds_the_same_and_touches_nothing(db: Database) -> None:
    there = await farm(db)
    lot = await there.harvest(5_000, harvested_on=YESTERDAY)
    await there.harvest(3_000)
    drill = await recall(there.plot, kind="plot", until_on=YESTERDAY, drill=True, organ=NETWORK)
    result = await queries.drilled(drill)
    assert result is not None
    assert (result.lots, result.grams, result.totals.in_stock) == (1, 5_000, 5_000)
    assert result.micros > 0
    assert await queries.recall_of(lot.lot) is None
    assert await run(lots.hold, lot.stock, 100, subject=new_id(), by=NOK, at=LATER)
    with pytest.raises(rules.Ended):
        await run(commands.say, Say(drill, True), by=WAN, at=LATER)
    farmers = await recall(MALEE, kind="farmer", drill=True)
    assert len(await queries.lots_of(farmers)) == 2
    assert await verify([Recall, RecallDrill]) is None


async def test_back_through_a_mix_finds_its_sisters_and_late_harvests_join(db: Database) -> None:
    there = await farm(db)
    source = await there.harvest(6_000)
    first, second = await mix({source.lot: 6_000}, 3_000, 3_000, kind="split")
    alone = await recall(first, drill=True)
    assert [one.lot for one in await queries.lots_of(alone)] == [first]
    back = await recall(first, back=True, drill=True)
    assert {one.lot for one in await queries.lots_of(back)} == {source.lot, first, second}
    id = await recall(there.plot, kind="plot", from_on=TODAY)
    late = await there.harvest(2_000)
    old = await there.harvest(2_000, harvested_on=YESTERDAY)
    while await log.consume("recalls", lambda entry: called_back.follow(entry, at=LATER)):
        pass
    assert await run(commands.reported_late, late.lot, by="clock", at=LATER) == []
    assert await queries.recall_of(old.lot) is None
    assert await queries.recall_of(late.lot) is not None
    assert (await queries.recall(id)).lots == 4


@pytest.mark.parametrize("first", ["order", "recall"])
async def test_while_an_order_is_placed_no_gram_is_sold_after_the_recall(
    db: Database, first: str
) -> None:
    there = await farm(db)
    lot = await there.harvest(10_000)

    async def sell() -> str:
        try:
            await run(lots.take_directly, lot.stock, 7_000, subject=new_id(), by=NOK, at=NOW)
        except LotRecalled:
            return "refused"
        return "sold"

    deeds = [sell(), recall(lot.lot)] if first == "order" else [recall(lot.lot), sell()]
    done = [str(one) for one in await asyncio.gather(*deeds)]
    [outcome] = {"sold", "refused"} & set(done)
    after = await lots_seen.stock_of(lot.lot)
    assert (after.sold_grams, after.frozen) == ({"sold": 7_000, "refused": 0}[outcome], 1)
    [id] = set(done) - {outcome}
    assert (await queries.who_has_it(id)).lots[0].sold == after.sold_grams
    assert await sell() == "refused"


async def test_a_mix_at_the_same_moment_is_recalled_too_or_does_not_happen(db: Database) -> None:
    there = await farm(db)
    lot, other = await there.harvest(5_000), await there.harvest(5_000)
    made, id = await asyncio.gather(
        mix({lot.lot: 1_000, other.lot: 1_000}, 2_000), recall(lot.lot), return_exceptions=True
    )
    assert isinstance(id, str)
    if isinstance(made, BaseException):
        assert isinstance(made, Recalled)
        return
    assert await queries.recall_of(made[0]) is not None
    assert (await lots_seen.stock_of(made[0])).frozen == 1


@st.composite
def stories(draw: st.DrawFn) -> Found:
    """Harvests, what was made of them, and what was sold: every gram by a deed of its own."""
    seen: list[LotSeen] = []
    orders, aboard, sold, gone_in = [], [], [], []
    deeds: list[tuple[str, dict[int, int]]] = []
    for turn in range(draw(st.integers(1, 3))):
        grams = draw(st.integers(1, 9_999))
        seen.append(LotSeen(f"h{turn}", f"H{turn}", "kale", TODAY, grams, None, grams, *[0] * 5))
    for turn in range(draw(st.integers(0, 5))):
        deed, into = f"d{turn}", dict[int, int]()
        for at in sorted(draw(st.sets(st.integers(0, len(seen) - 1), min_size=1, max_size=3))):
            grams = draw(st.integers(0, seen[at].available))
            if grams:
                into[at] = grams
                seen[at] = replace(
                    seen[at], available=seen[at].available - grams, used=seen[at].used + grams
                )
                gone_in.append(GoneIn(deed, seen[at].lot, grams))
        foreign = draw(st.integers(0, 500))
        if foreign and into:
            gone_in.append(GoneIn(deed, f"foreign{turn}", foreign))
        most = sum(into.values()) + foreign if into else 0
        if most and (out := draw(st.integers(0, most))):
            seen.append(LotSeen(f"m{turn}", f"M{turn}", "kale", TODAY, out, deed, out, *[0] * 5))
        deeds.append((deed, into))
    for at, lot in enumerate(seen):
        left, piles = lot.available, dict.fromkeys(("held", "sold", "leased", "waste"), 0)
        for turn, state in enumerate(draw(st.lists(st.sampled_from(
            ["held", "confirmed", "collected", "truck", "waste"]), max_size=6))):  # fmt: skip
            if not left:
                break
            grams = draw(st.integers(1, left))
            left -= grams
            if state == "waste":
                piles["waste"] += grams
            elif state == "truck":
                gone = draw(st.integers(0, grams))
                paid = draw(st.integers(0, gone))
                lease = f"e{at}{turn}"
                aboard.append(Aboard(lease, lot.lot, "t", "รถ", TODAY, grams - gone, gone))
                piles["leased"] += grams - gone
                piles["sold"] += gone
                if paid:
                    sold.append(SoldHere(lease, lot.lot, None, None, None, 1, paid, NOW))
            else:
                piles["held" if state == "held" else "sold"] += grams
                orders.append(OrderSeen(
                    f"o{at}{turn}", "C", lot.lot, state, f"b{turn}", "m", grams, 1, "p", "", "",
                    NOW,
                ))  # fmt: skip
        seen[at] = replace(lot, available=left, **piles)
    return Found(tuple(seen), tuple(orders), tuple(aboard), tuple(sold), tuple(gone_in), ())


@given(stories(), st.integers(1, 50), st.randoms(use_true_random=False))
def test_every_gram_of_a_recall_is_somewhere(story: Found, stolen: int, chance) -> None:  # type: ignore[no-untyped-def]
    counted = balance.totals(story)
    assert counted.unexplained == 0
    assert balance.unlike(story) == []
    if story.orders:
        at = chance.randrange(len(story.orders))
        bent = [*story.orders]
        bent[at] = replace(bent[at], grams=bent[at].grams + stolen)
        wrong = replace(story, orders=tuple(bent))
        assert balance.totals(wrong).unexplained == -stolen
        assert len(balance.unlike(wrong)) == 1
        assert sum(len(of) for of in balance.buyers(story.orders).values()) == len(story.orders)


@pytest.mark.long
@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_who_got_it_is_found_among_a_million_order_lines(engine: str, record_property) -> None:  # type: ignore[no-untyped-def]
    """`./run bench recall`"""
    for _, _, url, _ in servers.engines(engine):
        found = asyncio.run(
            bench.recall.measure(url, bench.recall.LINES, bench.recall.SEED, rounds=3)
        )
    for figure in bench.recall.told(found):
        record_property("figure", figure)
    assert bench.recall.over(found) == []
