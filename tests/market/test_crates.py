"""Crates: filled with no more than there is, lent for a deposit, and given back once."""

import asyncio
from pathlib import Path

import pytest
from msgspec.structs import replace

from certification.basis import codes
from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from market.domain.custody import commands, labelled, labelling, loans, queries, refusals
from market.domain.custody.labelling import CratesLabelled, PrintCrates
from market.domain.custody.rules import Fill, Lend, MakeCrates, OfCrate, SetTerms, Swap
from market.domain.ledger.queries import balance, balances
from market.domain.ledger.rules import deposit, own
from tests.cast import DAO, NETWORK, NOK, NOW, later
from tests.market import label_readers as readers
from tests.market.crates import DEPOSIT, DUE_ON, KEPT, OVERDUE, crates
from tests.market.test_label_printers import cut
from tests.market.truck import clean


async def refused(kind: type[Refusal], deed: object) -> Refusal:
    with pytest.raises(kind) as no:
        await deed  # type: ignore[misc]
    return no.value


async def test_crates_hold_no_more_than_they_can_and_than_there_is(db: Database) -> None:
    there = await crates(db)
    one, two, three = there.ids
    assert all(codes.well_formed(code) and len(code) == 16 for code in there.codes)
    assert await codes.kind_of(there.codes[0]) == "crate"
    again = MakeCrates(new_id(), there.kind, 2)
    first, second = [await run(commands.make, again, by=DAO, at=NOW) for _ in range(2)]
    assert first == second
    id = new_id()
    for _ in range(2):
        await there.fill(one, 4_000, id=id)
    await there.fill(one, 1_000)
    await refused(refusals.CrateTooSmall, there.fill(one, 20_000))
    no = await refused(refusals.NotSoMuchThere, there.fill(two, 5_001))
    assert no.facts["grams_left"] == 5_000
    at_once = [Fill(new_id(), crate, there.stall.lot, 3_000) for crate in (two, three)]
    done = await asyncio.gather(
        *(run(commands.fill, each, by=DAO, at=NOW) for each in at_once), return_exceptions=True
    )
    assert sum(isinstance(each, refusals.NotSoMuchThere) for each in done) == 1, done
    placed = await there.stall.paid(2_000)
    await there.stall.hand_over(placed.order)
    await refused(refusals.NotSoMuchThere, there.fill(one, 1))
    assert [(i.grams, i.lot_code) for i in await queries.inside(one)] == [
        (grams, (await queries.inside(one))[0].lot_code) for grams in (4_000, 1_000)
    ]
    await run(commands.empty, OfCrate(new_id(), one), by=DAO, at=NOW)
    assert (await queries.crate(one)).grams == 0
    await refused(
        refusals.CrateIsElsewhere, run(commands.empty, OfCrate(new_id(), one), by=DAO, at=NOW)
    )
    assert await clean()


async def test_a_deposit_is_a_line_of_its_own_and_goes_back_once(db: Database) -> None:
    there = await crates(db)
    crate, placed = there.ids[0], await there.stall.paid(2_000)
    goods = await balance(own("bank", NETWORK))
    await there.fill(crate, 2_000)
    lent = await there.lend(crate, order=placed.order)
    assert (lent.deposit_satang, lent.due_on) == (DEPOSIT, DUE_ON.isoformat())
    [line] = await queries.loans_of_order(placed.order)
    assert (line.deposit_satang, line.order_code, line.state) == (DEPOSIT, placed.code, "out")
    assert [inside.grams for inside in await queries.inside(crate)] == [2_000]
    assert await balance(deposit(NETWORK, crate)) == await balance(own("cash", NETWORK)) == DEPOSIT
    assert await balance(own("bank", NETWORK)) == goods
    await refused(refusals.CrateIsElsewhere, there.lend(crate))
    await refused(refusals.CrateIsElsewhere, there.fill(crate, 1))
    assert await clean()

    dearer = SetTerms(new_id(), there.kind, 50_000, 50_000, 7)
    await run(commands.set_terms, dearer, by=DAO, at=NOW)
    done = await asyncio.gather(*(there.give_back(crate) for _ in range(3)), return_exceptions=True)
    refunds = [each for each in done if not isinstance(each, BaseException)]
    assert [each.refunded_satang for each in refunds] == [DEPOSIT], done
    assert all(isinstance(each, refusals.NotLent) for each in done if each not in refunds), done
    assert await balance(own("cash", NETWORK)) == 0
    assert {one.satang for one in await balances(NETWORK, "deposit")} == {0}
    assert (await there.state(crate), await queries.inside(crate)) == ("back", [])
    await refused(refusals.CrateIsElsewhere, there.fill(crate, 100))
    await there.change("wash", crate)
    assert (await there.lend(crate)).deposit_satang == 50_000
    assert await clean()


async def test_of_a_lost_crate_the_terms_keep_their_part_once_it_is_overdue(db: Database) -> None:
    there = await crates(db)
    crate, other, third = there.ids
    await there.lend(crate, person=NOK, rail="bank")
    await refused(refusals.NotOverdue, there.forfeit(crate, later(days=14)))
    ended = await there.forfeit(crate, OVERDUE)
    assert (ended.refunded_satang, ended.kept_satang) == (DEPOSIT - KEPT, KEPT)
    assert (
        await balance(own("deposit_kept", NETWORK)) == await balance(own("bank", NETWORK)) == KEPT
    )
    await refused(refusals.NotLent, there.give_back(crate, at=OVERDUE))
    await there.change("find", crate)
    assert await there.state(crate) == "back"
    assert await balance(deposit(NETWORK, crate)) == 0

    await there.lend(other, person=NOK)
    swap = Swap(new_id(), other, third, "cash")
    for _ in range(2):
        await run(loans.swap, swap, by=DAO, at=NOW)
    [out] = await queries.loans([NETWORK], out=True)
    assert (out.crate, out.person) == (third, NOK)
    assert await balance(own("cash", NETWORK)) == DEPOSIT
    await refused(
        refusals.NotLent, run(loans.swap, Swap(new_id(), other, third, "cash"), by=DAO, at=NOW)
    )
    await refused(
        refusals.RailUnknown, run(loans.lend, Lend(new_id(), crate, "card"), by=DAO, at=NOW)
    )
    assert await clean()


@pytest.mark.zbar
@pytest.mark.poppler
async def test_each_crate_bears_one_label_and_any_reader_reads_its_own_code(
    db: Database, tmp_path: Path
) -> None:
    there = await crates(db)
    first, origin = PrintCrates(new_id(), NETWORK, there.ids, "l7160", 19), "https://talat.example"

    async def printed(asked: PrintCrates) -> CratesLabelled:
        return await run(labelling.print_labels, asked, by=DAO, at=NOW)

    assert await printed(first) == await printed(first), "twice is once"
    both = [replace(first, id=new_id()), replace(first, id=new_id(), reason="wet", crates=())]
    assert (await refused(refusals.LabelledBefore, printed(both[0]))).facts["count"] == 3
    await refused(refusals.CountWrong, printed(both[1]))
    again = replace(
        first, id=new_id(), crates=there.ids[:1], sheet="t58x40", start_at=1, reason="wet"
    )
    await printed(again)
    await run(commands.make, MakeCrates(new_id(), there.kind, 2), by=DAO, at=NOW)
    [new, newer] = await labelled.waiting([NETWORK])
    await refused(refusals.NotLabelledYet, printed(replace(again, id=new_id(), crates=(new.id,))))
    mixed = replace(first, id=new_id(), crates=(*there.ids, newer.id))
    await refused(refusals.LabelledBefore, printed(mixed))
    at_once = [replace(first, id=new_id(), crates=(new.id,)) for _ in range(2)]
    done = await asyncio.gather(*map(printed, at_once), return_exceptions=True)
    assert sum(isinstance(one, refusals.LabelledBefore) for one in done) == 1, done
    assert await labelled.times([*there.ids, new.id]) == {
        one: 1 + (one == there.ids[0]) for one in (*there.ids, new.id)
    }

    meant = [f"HTTPS://TALAT.EXAMPLE/S/{code}" for code in sorted(there.codes)]
    of = await labelled.run(first.id)
    pdf = (await labelled.file(of, f"{of.id}.pdf", origin, reader=DAO)).content
    pages = readers.of_pdf(pdf, 203, tmp_path)
    assert len(pages) == 1, "three labels from the nineteenth of twenty-one places"
    told = readers.read(cut(pages[0], "l7160", (18, 19, 20), 203), tmp_path)
    assert (told["zxing"], told["wechat"], told["zbar"]) == (meant, meant, meant)
    strip = await labelled.run(again.id)
    zpl = (await labelled.file(strip, f"{strip.id}-203.zpl", origin, reader=DAO)).content
    [(picture, copies)] = readers.of_zpl(zpl)
    told = readers.read([picture], tmp_path)
    address = f"HTTPS://TALAT.EXAMPLE/S/{there.codes[0]}"
    assert (told["zxing"], told["wechat"], told["zbar"]) == ([address], [address], [address])
    assert (readers.measured(picture, 203)[0] >= 0.5, copies) == (True, 1)
    assert await clean()
