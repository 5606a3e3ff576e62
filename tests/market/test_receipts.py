"""Receipts: each handover has one, the numbers have no gap, and the sum in words is the sum."""

import asyncio
import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.basis.database import Database, in_use
from certification.basis.transaction import run, transaction
from market.domain.receipts import commands, queries, rules
from market.domain.receipts.rules import Line, NoReceipt
from market.jobs import readers
from tests.cast import NETWORK
from tests.market.stall import PICKUP, stall
from tests.market.test_reweighing import wrong

ONES = ["", "หนึ่ง", "สอง", "สาม", "สี่", "ห้า", "หก", "เจ็ด", "แปด", "เก้า"]
WORTH = {"สิบ": 10, "ร้อย": 100, "พัน": 1_000, "หมื่น": 10_000, "แสน": 100_000}
HEARD = {"ศูนย์": 0, "เอ็ด": 1, "ยี่": 2, **{one: n for n, one in enumerate(ONES)}}
WORD = re.compile("|".join(["ล้าน", "ศูนย์", "เอ็ด", "ยี่", *WORTH, *ONES[1:]]))


def heard(said: str) -> int:
    """A number as somebody writes it down who hears it: not our code turned round."""
    total = part = digit = 0
    for word in WORD.findall(said):
        if word == "ล้าน":
            total, part, digit = (total + part + digit) * 1_000_000, 0, 0
        elif word in WORTH:
            part, digit = part + (digit or 1) * WORTH[word], 0
        else:
            digit = {"ศูนย์": 0, "เอ็ด": 1, "ยี่": 2}.get(word) or (
                ONES.index(word) if word in ONES else 0
            )
    return total + part + digit


@given(st.integers(0, 10**14))
def test_who_hears_the_sum_writes_the_same_sum(satang: int) -> None:
    said = rules.in_words(satang)
    assert not WORD.sub("", said).replace("บาท", "").replace("สตางค์", "").replace("ถ้วน", "")
    baht, mark, rest = said.partition("บาท")
    if not mark:
        baht, rest = "", said
    assert 100 * heard(baht) + heard(rest.removesuffix("สตางค์").removesuffix("ถ้วน")) == satang


@pytest.mark.parametrize(
    ("satang", "said"),
    [
        (0, "ศูนย์บาทถ้วน"), (1, "หนึ่งสตางค์"), (100, "หนึ่งบาทถ้วน"), (1_100, "สิบเอ็ดบาทถ้วน"),
        (2_100, "ยี่สิบเอ็ดบาทถ้วน"), (10_100, "หนึ่งร้อยเอ็ดบาทถ้วน"),
        (120_050, "หนึ่งพันสองร้อยบาทห้าสิบสตางค์"),
        (100_000_100, "หนึ่งล้านเอ็ดบาทถ้วน"), (1_000_000_000, "สิบล้านบาทถ้วน"),
        (2_011, "ยี่สิบบาทสิบเอ็ดสตางค์"),
        (100_000_000_000_000, "หนึ่งล้านล้านบาทถ้วน"),
    ],
)  # fmt: skip
def test_sums_as_a_bank_writes_them(satang: int, said: str) -> None:
    assert rules.in_words(satang) == said


def test_vat_is_called_exempt_only_where_every_line_is() -> None:
    fresh = Line("คะน้า", "Kale", "7K2M9QXD", "exempt", 1_000, 1_000, 4_000, 4_000)
    jam = Line("แยม", "Jam", "7K2M9QXD", "standard", 1_000, 1_000, 4_000, 4_000)
    assert rules.exempt((fresh, fresh))
    assert not rules.exempt((fresh, jam))
    assert not rules.exempt(())


async def test_the_reader_writes_one_receipt_for_each_handover(db: Database) -> None:
    there = await stall(db)
    orders = [(await there.paid()).order for _ in range(3)]
    for order in orders:
        with pytest.raises(NoReceipt):
            await queries.of_order(order)
        await there.hand_over(order)
    for _ in range(2):  # read twice, as after a crash
        await readers.read_on(PICKUP + timedelta(hours=1))
        await in_use().query("UPDATE log_cursor SET seq = 0 WHERE reader = 'receipts'")
    held = await queries.receipts(NETWORK)
    assert [one.number for one in held] == [3, 2, 1]
    assert {one.order for one in held} == set(orders)
    assert {one.at for one in held} == {PICKUP}  # of the handover, not of the reader
    assert all(one.satang + one.discount_satang == 4_000 and one.discount_satang for one in held)
    assert await queries.receipt_faults() == []


async def test_nothing_handed_over_is_no_receipt_and_no_number(db: Database) -> None:
    there = await stall(db)
    nothing, something = await there.paid(rail="cash"), await there.paid(rail="cash")
    await there.hand_over(nothing.order, 0)
    await there.hand_over(something.order, 500)
    for placed in (nothing, something):
        await run(commands.issue, placed.order, at=PICKUP)
    [only] = await queries.receipts(NETWORK)
    assert (only.order, only.number, only.satang) == (something.order, 1, 2_000)


async def test_a_deed_that_fails_gives_its_number_back_and_two_at_once_leave_no_gap(
    db: Database,
) -> None:
    there = await stall(db)
    orders = [(await there.paid(200)).order for _ in range(6)]
    for order in orders:
        await there.hand_over(order)
    with pytest.raises(ZeroDivisionError):
        async with transaction():
            await commands.issue(orders[0], at=PICKUP)
            raise ZeroDivisionError
    await asyncio.gather(*(run(commands.issue, order, at=PICKUP) for order in orders * 2))
    assert sorted(one.number for one in await queries.receipts(NETWORK)) == [1, 2, 3, 4, 5, 6]
    assert await queries.receipt_faults() == []
    await in_use().query("UPDATE receipt_book SET number = 7")
    [fault] = await queries.receipt_faults()
    assert fault[0] == "receipt_book"


async def test_after_a_corrected_weight_the_book_tells_the_sum_as_issued_and_as_it_is_now(
    db: Database,
) -> None:
    there = await stall(db)
    placed = await there.paid(1_000)
    await there.hand_over(placed.order, 900)
    await readers.read_on(PICKUP)
    [issued] = await queries.receipts(NETWORK)
    assert issued.now_satang == issued.satang
    await wrong(there, placed.order, 700)
    [corrected] = await queries.receipts(NETWORK)
    assert corrected.satang == issued.satang
    assert issued.satang - corrected.now_satang == 200 * 4
