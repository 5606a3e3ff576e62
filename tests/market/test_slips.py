"""A slip helps to find money and is no money: shown once, counted once, never believed alone."""

import asyncio
import io
from datetime import timedelta

import httpx
import msgspec
import pytest
import qrcode

from certification.basis.database import Database, in_use
from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.ledger.queries import balance
from market.domain.ledger.rules import credit, own
from market.domain.orders.refusals import NoSuchOrder
from market.domain.payments import commands as payments
from market.domain.payments import queries as paying
from market.domain.payments import rules as paid
from market.domain.payments.rules import PayBackCredit, sealed
from market.domain.settlement import commands as settlement
from market.domain.settlement import rules as settled
from market.domain.settlement.rules import DecideRun, MakeRun, MarkPaid, Settle
from market.domain.slips import commands, queries, rules
from market.domain.slips.rules import AcceptSlip, Awaited, RefuseSlip, Said, ShowSlip
from market.gateways.slip_checks import EasySlip, SlipOk
from market.gateways.slip_reader import codes
from market.jobs import slips as job
from tests.cast import DAO, KRIT, NETWORK, NOK, NOW, PRASERT, later
from tests.market.stall import PHONE, Stall, faults, minutes, stall

VECTOR = "004000060000010103002021900021231231212000115102TH91049C30"


def slip(ref: str, bank: str = "014") -> str:
    """As a bank prints it."""
    inner = f"00060000010103{bank}02{len(ref):02d}{ref}"
    return sealed(f"00{len(inner):02d}{inner}5102TH", "91")


async def asked(there: Stall, grams: int = 1_000) -> str:
    placed = await there.order(grams)
    await run(payments.request, placed.order, by=NOK, at=NOW)
    return placed.order


async def show(order: str, text: str = "", *, checker: bool = False, by: str = NOK) -> str:
    shown = ShowSlip(new_id(), order, text, None)
    await run(commands.show, shown, checker=checker, by=by, at=NOW)
    return shown.id


async def state(id: str) -> tuple[str, str | None]:
    found = await queries.slip(id)
    return found.state, found.because


async def all_faults() -> list[tuple[str, str, str, str]]:
    return [*await faults(), *await paying.payment_faults()]


def test_the_small_code_is_read_from_a_picture_and_says_no_amount() -> None:
    assert paid.read_slip(VECTOR) == paid.Slip("002", "0002123123121200011")
    drawn = io.BytesIO()
    qrcode.make(VECTOR).save(drawn, format="PNG")
    assert codes(drawn.getvalue()) == [VECTOR]
    forged = VECTOR.replace("0002123123121200011", "0002123123121200012")
    with pytest.raises(paid.NotASlip):
        paid.read_slip(forged)


async def test_a_slip_is_shown_once_and_confirms_nothing_by_itself(db: Database) -> None:
    there = await stall(db)
    first, second = await asked(there), await asked(there)
    with pytest.raises(NoSuchOrder):
        await show(first, VECTOR, by=KRIT)
    with pytest.raises(rules.NothingShown):
        await show(first)
    shown = await show(first, VECTOR)
    assert await state(shown) == ("waiting", "unchecked")
    assert await there.state(first) == "held"
    with pytest.raises(rules.ShownAlready):
        await show(first, VECTOR)
    with pytest.raises(paid.SlipUsed):
        await show(second, VECTOR)
    yes = AcceptSlip(new_id(), shown, 3_999)
    with pytest.raises(paid.OwnOrder):
        await run(commands.accept, yes, by=NOK, at=NOW)
    for _ in range(2):
        done = await run(commands.accept, yes, by=PRASERT, at=NOW)
    assert done.outcome == "accepted"
    assert await there.state(first) == "confirmed"
    with pytest.raises(rules.Answered):
        await run(commands.accept, AcceptSlip(new_id(), shown, 3_999), by=DAO, at=NOW)
    assert await balance(own("bank", NETWORK)) == 3_999
    assert await all_faults() == []


async def test_one_slip_at_two_orders_at_once_counts_for_one(db: Database) -> None:
    there = await stall(db)
    first, second = await asked(there), await asked(there)
    both = await asyncio.gather(show(first, VECTOR), show(second, VECTOR), return_exceptions=True)
    assert [type(one) for one in both if isinstance(one, Exception)] == [paid.SlipUsed]


async def test_what_does_not_count_is_told_and_may_be_shown_by_whose_it_is(db: Database) -> None:
    there = await stall(db)
    first, second = await asked(there), await asked(there)
    shown = await show(first, VECTOR)
    no = RefuseSlip(new_id(), shown, "not_ours")
    await run(commands.refuse, no, by=PRASERT, at=NOW)
    assert await state(shown) == ("refused", "not_ours")
    other = await show(second, VECTOR)
    await run(commands.accept, AcceptSlip(new_id(), other, 3_998), by=PRASERT, at=NOW)
    assert await there.state(second) == "confirmed"
    for number in range(4):
        await show(first, slip(f"N{number}"))
    with pytest.raises(rules.TooMany):
        await show(first, slip("N9"))


async def test_another_amount_and_a_second_time_are_credit(db: Database) -> None:
    there = await stall(db)
    order = await asked(there)
    less, exact, twice = [await show(order, slip(ref)) for ref in ("L1", "E1", "T1")]
    for shown, satang in ((less, 2_000), (exact, 3_999), (twice, 3_999)):
        await run(commands.accept, AcceptSlip(new_id(), shown, satang), by=PRASERT, at=NOW)
    assert await there.state(order) == "confirmed"
    assert await balance(credit(NETWORK, NOK)) == 5_999
    assert await all_faults() == []


async def test_a_slip_of_a_payment_is_none_of_a_payout_nor_of_a_repayment(db: Database) -> None:
    """P-F18: by whatever name the bank is typed."""
    there = await stall(db)
    order = await asked(there)
    await there.pay(order, kind="slip", bank="SCB", trans_ref="one 1")
    await there.hand_over(order, 900)
    back = PayBackCredit(new_id(), NETWORK, NOK, 100, "014", "ONE 1")
    with pytest.raises(paid.SlipUsed):
        await run(payments.pay_back_credit, back, by=PRASERT, at=NOW)
    at = later(days=5)
    await run(settlement.settle, Settle(new_id(), there.cycle, NETWORK), by=PRASERT, at=at)
    made = MakeRun(new_id(), NETWORK, "group")
    await run(settlement.make_run, made, by=PRASERT, at=at)
    await run(settlement.decide_run, DecideRun(made.id, NETWORK, approve=True), by=DAO, at=at)
    [line] = await in_use().query("SELECT id FROM payout_line")
    with pytest.raises(settled.SlipUsed):
        out = MarkPaid(line["id"], NETWORK, "ไทยพาณิชย์", "one 1")
        await run(settlement.mark_paid, out, by=PRASERT, at=at)
    out = MarkPaid(line["id"], NETWORK, "SCB", "two")
    await run(settlement.mark_paid, out, by=PRASERT, at=at)
    with pytest.raises(settled.AlreadyPaid):
        again = MarkPaid(line["id"], NETWORK, "SCB", "three")
        await run(settlement.mark_paid, again, by=PRASERT, at=at)
    second = await asked(there)
    with pytest.raises(paid.SlipUsed):
        await show(second, slip("TWO"))


AWAITED = Awaited(3_999, PHONE, NOW)
REAL = Said("real", 3_999, ("xxx-xxx-5678",), minutes(3))


def test_only_a_real_new_transfer_of_the_whole_sum_to_us_is_accepted() -> None:
    """P-F19."""
    change = msgspec.structs.replace
    wanted = {
        None: REAL,
        "wrong_amount": change(REAL, satang=3_998),
        "wrong_receiver": change(REAL, receivers=("xxx-xxx-5679", "xxx-x-x4321-x")),
        "too_old": change(REAL, sent_at=NOW - timedelta(minutes=6)),
        "repeated": Said("repeated"), "delayed": Said("delayed"), "away": Said("away"),
    }  # fmt: skip
    assert {why: rules.judged(said, AWAITED) for why, said in wanted.items()} == {
        why: why for why in wanted
    }
    assert rules.judged(change(REAL, sent_at=None), AWAITED) == "too_old"
    assert rules.is_ours("xxx-x-x5678-x", "1230456789")
    assert not rules.is_ours("xxx-x-xx78-x", "1230456789")
    assert not rules.is_ours("", PHONE)


def answering(status: int, body: object) -> httpx.MockTransport:
    return httpx.MockTransport(lambda _: httpx.Response(status, content=msgspec.json.encode(body)))


async def test_both_checkers_are_read_by_their_own_words() -> None:
    sent = "2026-11-22T09:03:00+07:00"
    raw = {"date": sent, "receiver": {"account": {"proxy": {"account": "xxx-xxx-5678"}}}}
    easy = {"success": True, "data": {"isDuplicate": False, "amountInSlip": 39.99, "rawSlip": raw}}
    receiver = {"proxy": {"value": "xxx-xxx-5678"}}
    data = {"amount": 39.99, "transTimestamp": "2026-11-22T02:03:00.000Z", "receiver": receiver}
    ok = {"success": True, "data": data}
    assert await EasySlip("k", answering(200, easy)).check(VECTOR, 3_999) == REAL
    assert await SlipOk("1", "k", answering(200, ok)).check(VECTOR, 3_999) == REAL
    for code, verdict in (
        (1010, "delayed"), (1012, "repeated"), (1013, "wrong_amount"), (1014, "wrong_receiver"),
        (1002, "away"),
    ):  # fmt: skip
        said = SlipOk("1", "k", answering(400, {"code": code, "message": "…"}))
        assert (await said.check(VECTOR, 3_999)).verdict == verdict
    for status, body, verdict in (
        (200, {**easy, "data": {**easy["data"], "isDuplicate": True}}, "repeated"),  # type: ignore[dict-item]
        (404, {"success": False, "error": {"code": "SLIP_NOT_FOUND"}}, "not_found"),
        (400, {"success": False, "error": {"code": "SLIP_PENDING"}}, "delayed"),
        (503, {}, "away"), (200, ["strange"], "away"),
    ):  # fmt: skip
        assert (
            await EasySlip("k", answering(status, body)).check(VECTOR, 3_999)
        ).verdict == verdict


class Counterpart(msgspec.Struct):
    """A checker of the tests: answers in turn."""

    answers: list[Said]
    asked: list[tuple[str, int]] = []

    async def check(self, code: str, satang: int) -> Said:
        self.asked.append((code, satang))
        return self.answers.pop(0)


async def test_a_late_bank_is_asked_again_and_a_real_slip_pays_once(db: Database) -> None:
    there = await stall(db)
    order = await asked(there)
    shown = await show(order, VECTOR, checker=True)
    bank = Counterpart([Said("delayed"), REAL])
    await job.check_all(bank, NOW)
    assert await state(shown) == ("checking", None)
    await job.check_all(bank, NOW)  # too early
    assert len(bank.asked) == 1
    for _ in range(2):
        await job.check_all(bank, minutes(1))
    assert bank.asked == [(VECTOR, 3_999)] * 2
    assert await state(shown) == ("accepted", None)
    assert await there.state(order) == "confirmed"
    assert await balance(own("bank", NETWORK)) == 3_999
    assert await all_faults() == []


async def test_what_a_checker_does_not_vouch_for_goes_to_the_treasurer(db: Database) -> None:
    there = await stall(db)
    order = await asked(there)
    wrong, away = (
        await show(order, slip("W"), checker=True),
        await show(order, slip("A"), checker=True),
    )
    await run(commands.checked, wrong, msgspec.structs.replace(REAL, satang=100), at=NOW)
    assert await state(wrong) == ("waiting", "wrong_amount")
    for number in range(len(rules.PAUSES)):
        await run(commands.checked, away, Said("away"), at=minutes(number))
        assert (await state(away))[0] == "checking"
    await run(commands.checked, away, Said("away"), at=minutes(999))
    assert await state(away) == ("waiting", "away")
    assert await there.state(order) == "held"
    assert [one.slip for one in await queries.waiting(NETWORK)] == sorted([wrong, away])
