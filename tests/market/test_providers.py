"""Stripe by a merchant's own account: asked once, believed whenever money comes, never twice.

The faults F1 to F10 and F15 of the money's fault list, on both engines.
"""

import asyncio
import random
from datetime import datetime, timedelta

import msgspec
import pydantic
import pytest

from certification.basis.database import Database, in_use
from certification.basis.ids import new_id
from certification.basis.transaction import run
from market import verify
from market.domain.ledger.queries import balance
from market.domain.ledger.rules import NotEnough, credit, own
from market.domain.orders import commands as orders
from market.domain.orders.rules import CancelOrder
from market.domain.payments import queries as paying
from market.domain.providers import calls, commands, queries, refunds, rules
from market.domain.providers.rules import Begin, GiveBack, PaidOut, SetProvider
from market.gateways import stripe_hook
from market.jobs import providers as job
from tests.cast import NETWORK, NOK, NOW, PRASERT
from tests.fake_stripe import HOOK, FakeStripe, contract
from tests.market.stall import Stall, faults, minutes, stall

CLEARING, NOKS = own("clearing", NETWORK), credit(NETWORK, NOK)
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=")  # of Stripe's own client
ACCOUNT = "01930000-0000-7000-8000-0000000ac001"


async def opened(db: Database) -> tuple[Stall, FakeStripe]:
    there = await stall(db)
    given = SetProvider(ACCOUNT, NETWORK, "acct_1", "sk_test_x", HOOK)
    await run(commands.set_provider, given, by=PRASERT, at=NOW)
    return there, FakeStripe()


async def begun(there: Stall, *, method: rules.Method = "promptpay", grams: int = 1_000) -> str:
    placed = await there.order(grams)
    return await again(placed.order, method=method)


async def again(order: str, *, method: rules.Method = "promptpay", at: datetime = NOW) -> str:
    given = Begin(new_id(), order, method, "nok@example.org")
    return (await run(commands.begin, given, by=NOK, at=at)).attempt


async def state(attempt: str) -> str:
    return (await queries.attempt(attempt)).state


async def deliver(fake: FakeStripe, *events: str, at: datetime = NOW) -> None:
    for event in events:
        await run(commands.received, ACCOUNT, event, fake.events[event]["type"], at=at)
    rail = fake.rail()

    async def of(_: str) -> calls.Provider:
        return rail

    await job.once(at, of)


async def entries(order: str) -> list[str]:
    """What the books tell of its payment."""
    rows = await in_use().query("SELECT kind FROM ledger_entry WHERE subject = {}", order)
    return [row["kind"] for row in rows]


async def all_faults() -> list[tuple[str, str, str, str]]:
    return [*await faults(), *await paying.payment_faults(), *await queries.refund_faults()]


def test_each_body_is_held_against_stripes_own_types() -> None:
    good = {"amount": 100, "currency": "thb", "allowed_payment_method_types": ["promptpay"]}
    intent = contract("/v1/payment_intents")
    intent.validate_python(good)
    for wrong in ({"payment_method_types": ["promptpay"]}, {"bogus": 1}, {"amount": "x"}):
        with pytest.raises(pydantic.ValidationError):
            intent.validate_python({**good, **wrong})


async def test_asked_for_paid_and_told_a_hundred_times_at_once_it_is_one_payment(
    db: Database,
) -> None:
    """F1, F6, and a door and a worker that call at the same moment."""
    there, fake = await opened(db)
    attempt = await begun(there)
    assert await again((await queries.attempt(attempt)).order) == attempt
    both = [calls.call(attempt, fake.rail(), at=NOW) for _ in range(2)]
    assert "awaiting" in await asyncio.gather(*both)
    assert len(fake.payments) == 1
    found = await queries.attempt(attempt)
    assert (found.reference, found.shown) == ("pi_1", "00020101pi_1")
    event = fake.pay("pi_1")
    new = await asyncio.gather(
        *(run(commands.received, ACCOUNT, event, "x", at=NOW) for _ in range(100))
    )
    assert sum(new) == 1
    second = fake.tell("payment_intent.succeeded", "pi_1")
    for _ in range(2):
        await deliver(fake, event, second)
    await asyncio.gather(*(calls.call(attempt, fake.rail(), at=NOW) for _ in range(5)))
    assert (await there.state(found.order), await state(attempt)) == ("confirmed", "paid")
    assert await balance(CLEARING) == 3_999
    assert await all_faults() == []


async def test_paid_wins_in_whatever_order_it_is_told(db: Database) -> None:
    """F2, F3: also before our own call was answered."""
    there, fake = await opened(db)
    shuffled = random.Random(7)
    for number in range(4):
        attempt = await begun(there, grams=500)
        fake.faults = ["timeout_after"]
        assert await calls.call(attempt, fake.rail(), at=NOW) == "unknown"
        id = f"pi_{number + 1}"
        events = [fake.fail(id)]
        events += [fake.pay(id), fake.tell("payment_intent.canceled", id)]
        shuffled.shuffle(events)
        await deliver(fake, *events, at=NOW)
        assert await state(attempt) == "paid"
    for before in ("failed", "cancelled"):  # seen so, then paid, and seen so once more by who slept
        attempt = await begun(there, grams=500)
        await calls.call(attempt, fake.rail(), at=NOW)
        number = len(fake.payments)
        asleep = msgspec.structs.replace(await fake.rail().seen(f"pi_{number}"), status=before)
        assert await run(commands.seen, attempt, asleep, at=NOW) == before
        await deliver(fake, fake.pay(f"pi_{number}"))
        assert await run(commands.seen, attempt, asleep, at=NOW) == "paid"
    strange = fake.tell("payment_intent.succeeded", "pi_9")
    fake.payments["pi_9"] = {**fake.payments["pi_1"], "id": "pi_9", "metadata": {}}
    await deliver(fake, strange)  # of nothing we know
    assert len(await queries.quarantined(NETWORK)) == 1
    assert await balance(CLEARING) == 6 * 1_999 - sum(range(6))
    assert (fake.charges, await all_faults()) == (6, [])


async def test_no_answer_is_looked_up_and_never_charged_twice(db: Database) -> None:
    """F8, F9: lost on the way there, on the way back, and when whoever called has died."""
    there, fake = await opened(db)
    attempt = await begun(there)
    assert await run(commands.claim, attempt, at=NOW)  # and dies
    assert await calls.call(attempt, fake.rail(), at=NOW) == "created"
    for fault in ("lost", "timeout_after", "429"):
        fake.faults = [fault]
        at = minutes(2 + len(fake.posts) * 5)
        assert await calls.call(attempt, fake.rail(), at=at) == "unknown"
    assert await calls.call(attempt, fake.rail(), at=minutes(30)) == "awaiting"
    assert len(fake.payments) == 1
    late = await begun(there)
    fake.faults = ["timeout_after"]
    await calls.call(late, fake.rail(), at=NOW)
    fake.kept.clear()  # after a day the key is forgotten
    fake.pay("pi_2")
    assert await calls.call(late, fake.rail(), at=NOW + timedelta(hours=25)) == "paid"
    assert len(fake.payments) == 2
    assert await entries((await queries.attempt(late)).order) == ["payment"]
    assert await all_faults() == []


async def test_a_fault_kept_under_a_key_is_another_key_only_after_looking(db: Database) -> None:
    """F10."""
    there, fake = await opened(db)
    first = await begun(there)
    fake.faults = ["500"]
    assert await calls.call(first, fake.rail(), at=NOW) == "failed"
    order = (await queries.attempt(first)).order
    second = await again(order)
    assert (await queries.attempt(second)).number == 2
    assert await calls.call(second, fake.rail(), at=NOW) == "awaiting"
    assert {one.rpartition(":")[2] for one in fake.kept} == {"1", "2"}
    assert len(fake.payments) == 1
    hidden = await begun(there)
    fake.faults = ["500_after"]
    assert await calls.call(hidden, fake.rail(), at=NOW) == "awaiting"  # looked up: it was made
    assert (await queries.attempt(hidden)).reference == "pi_2"


async def test_our_time_is_over_and_late_money_still_counts(db: Database) -> None:
    """F4: cancelled there, paid at that very moment, and paid after the goods were sold."""
    there, fake = await opened(db)
    ends, meets, late = [await begun(there, grams=3_000) for _ in range(3)]
    for attempt in (ends, meets, late):
        await calls.call(attempt, fake.rail(), at=NOW)
    fake.pay("pi_2")
    await deliver(fake, at=minutes(61))
    assert [await state(one) for one in (ends, meets, late)] == ["cancelled", "paid", "cancelled"]
    await run(orders.expire, at=minutes(61))
    left = (await there.buckets())[0]
    await there.order(left, rail="cash", at=minutes(62))
    resold = await there.buckets()
    fake.payments["pi_3"]["status"] = "requires_action"
    await deliver(fake, fake.pay("pi_3"), at=NOW + timedelta(days=3))
    assert await state(late) == "paid"
    asked = await queries.attempt(late)
    assert (await there.state(asked.order), await there.buckets()) == ("expired", resold)
    [posted] = await entries(asked.order)
    assert (posted, await balance(NOKS)) == ("paid_unfulfillable", asked.satang)
    assert await all_faults() == []


async def test_what_differs_from_what_was_asked_is_kept_apart_and_told(db: Database) -> None:
    """F7: amount, currency, account."""
    there, fake = await opened(db)
    attempt = await begun(there)
    await calls.call(attempt, fake.rail(), at=NOW)
    event = fake.pay("pi_1")
    one = fake.payments["pi_1"]
    for changed in ({"amount": 1}, {"currency": "usd"}):
        fake.payments["pi_1"] = {**one, **changed}
        await deliver(fake, fake.tell("payment_intent.succeeded", "pi_1"))
    fake.payments["pi_1"] = one
    other = fake.tell("payment_intent.succeeded", "pi_1")
    fake.events[other]["account"] = "acct_2"
    await deliver(fake, other)
    assert len(await queries.quarantined(NETWORK)) == 3
    told = await in_use().query("SELECT 1 FROM log_entry WHERE tag = 'providers.quarantined'")
    assert len(told) == 3
    assert (await state(attempt), await balance(CLEARING)) == ("awaiting", 0)
    await deliver(fake, event)
    assert await state(attempt) == "paid"


def test_a_message_that_is_forged_old_or_from_the_future_is_none() -> None:
    """F5."""
    fake, at = FakeStripe(), int(NOW.timestamp())
    body = fake.body_of(fake.tell("payment_intent.succeeded", "pi_1"))
    assert stripe_hook.read(body, fake.signed(body, at), HOOK, NOW).id == "evt_1"
    wrong = {
        "another secret": (body, fake.signed(body, at, "whsec_b"), HOOK),
        "changed": (body.replace(b"pi_1", b"pi_2"), fake.signed(body, at), HOOK),
        "old": (body, fake.signed(body, at - 301), HOOK),
        "ahead": (body, fake.signed(body, at + 301), HOOK),
        "unsigned": (body, "", HOOK),
        "another scheme": (body, fake.signed(body, at).replace("v1=", "v0="), HOOK),
        "no secret": (body, fake.signed(body, at, ""), ""),
    }
    for why, (sent, signature, secret) in wrong.items():
        with pytest.raises(rules.BadSignature):
            assert stripe_hook.read(sent, signature, secret, NOW) is None, why


async def test_paid_by_promptpay_and_by_card_too_the_second_is_credit(db: Database) -> None:
    there, fake = await opened(db)
    attempt = await begun(there, method="card")
    await calls.call(attempt, fake.rail(), at=NOW)
    found = await queries.attempt(attempt)
    assert found.shown == "https://checkout.example/cs_1"
    await there.pay(found.order)
    await deliver(fake, fake.pay("cs_1"))
    assert (await balance(own("bank", NETWORK)), await balance(CLEARING)) == (3_999, 3_999)
    assert await balance(NOKS) == 3_999
    sent = PaidOut(new_id(), NETWORK, 3_900, 99)
    await run(commands.paid_out, sent, by=PRASERT, at=NOW)
    assert (await balance(own("bank", NETWORK)), await balance(CLEARING)) == (7_899, 0)
    with pytest.raises(NotEnough):
        await run(commands.paid_out, PaidOut(new_id(), NETWORK, 1, 0), by=PRASERT, at=NOW)
    assert await all_faults() == []


async def test_many_refunds_at_once_give_back_no_more_than_was_paid(db: Database) -> None:
    """F15."""
    there, fake = await opened(db)
    attempt = await begun(there)
    await calls.call(attempt, fake.rail(), at=NOW)
    await deliver(fake, fake.pay("pi_1"))
    order = (await queries.attempt(attempt)).order
    half = GiveBack(new_id(), attempt, 1_500)
    with pytest.raises(rules.NotCancelled):
        await run(refunds.begin, half, by=PRASERT, at=NOW)
    await run(orders.cancel, CancelOrder(order), by=NOK, at=NOW)
    five = [GiveBack(new_id(), attempt, 1_500) for _ in range(5)]
    done = await asyncio.gather(
        *(run(refunds.begin, one, by=PRASERT, at=NOW) for one in five), return_exceptions=True
    )
    assert sum(isinstance(one, rules.RefundBegun) for one in done) == 2
    assert sum(isinstance(one, rules.NothingToRefund) for one in done) == 3
    assert await balance(NOKS) == 999
    fake.faults = ["timeout_after"]
    await deliver(fake)
    await deliver(fake, at=minutes(2))
    assert [one["amount"] for one in fake.refunds.values()] == [1_500, 1_500]
    assert {one.state for one in await queries.refunds_of(order)} == {"sent"}
    assert (await queries.attempt(attempt)).refunded_satang == 3_000
    last = GiveBack(new_id(), attempt, 999)
    await run(refunds.begin, last, by=PRASERT, at=NOW)
    fake.faults = ["500"]
    await deliver(fake, at=minutes(3))
    assert await balance(NOKS) == 999  # what failed is credit again
    assert await all_faults() == []


async def given_back(there: Stall, fake: FakeStripe) -> tuple[str, str, str]:
    """Paid, called off, and on its way back through Stripe: attempt, order and refund."""
    attempt = await begun(there)
    await calls.call(attempt, fake.rail(), at=NOW)
    found = await queries.attempt(attempt)
    assert found.reference
    await deliver(fake, fake.pay(found.reference))
    await run(orders.cancel, CancelOrder(found.order), by=NOK, at=NOW)
    given = GiveBack(new_id(), attempt, found.satang)
    await run(refunds.begin, given, by=PRASERT, at=NOW)
    return attempt, found.order, given.id


async def test_a_refund_that_fails_days_later_is_credit_again_in_whatever_order_it_is_told(
    db: Database,
) -> None:
    """Told late, twice, at once, as done after it failed, and before our own call was answered."""
    there, fake = await opened(db)
    attempt, order, refund = await given_back(there, fake)
    asked = await paying.request_of(order)
    assert asked
    assert (asked.status, asked.given_back_satang) == ("refunded", 3_999)
    fake.faults = ["timeout_after"]
    await deliver(fake)  # our call is not answered, and what became of it is told before
    assert (await queries.refund(refund)).state == "created"
    done = fake.went_back("re_1", "succeeded")
    await deliver(fake, done, at=minutes(1))
    assert (await queries.refund(refund)).state == "done"
    assert (await balance(NOKS), await balance(CLEARING)) == (0, 0)
    failed = fake.went_back("re_1", "failed")
    later = NOW + timedelta(days=9)
    again = fake.tell("charge.refund.updated", "re_1")
    await asyncio.gather(*(deliver(fake, *few, at=later) for few in ([again, failed], [failed])))
    await deliver(fake, fake.tell("refund.updated", "re_1"), at=later)
    assert (await queries.refund(refund)).state == "failed"
    assert (await balance(NOKS), await balance(CLEARING)) == (3_999, 3_999)
    assert (await queries.attempt(attempt)).refunded_satang == 0
    asked = await paying.request_of(order)
    assert asked
    assert (asked.status, asked.given_back_satang) == ("paid", 0)
    told = await in_use().query("SELECT 1 FROM log_entry WHERE tag = 'providers.refund_failed'")
    assert len(told) == 1
    part = GiveBack(new_id(), attempt, 1_500)  # a part of it may be tried once more
    await run(refunds.begin, part, by=PRASERT, at=later)
    asked = await paying.request_of(order)
    assert asked
    assert asked.status == "part_refunded"
    assert await all_faults() == []


async def test_a_refund_whose_messages_are_lost_or_wrong_is_asked_for_again(db: Database) -> None:
    """No answer for a day, when keys are forgotten; a "no" that hides a yes; another amount."""
    there, fake = await opened(db)
    *_, lost = await given_back(there, fake)
    fake.faults = ["timeout_after"]
    await deliver(fake)
    fake.kept.clear()
    await deliver(fake, at=NOW + timedelta(hours=25))
    assert ((await queries.refund(lost)).state, len(fake.refunds)) == ("sent", 1)
    wrong = {**fake.refunds["re_1"]}
    fake.refunds["re_1"]["amount"] = 1
    await deliver(fake, fake.went_back("re_1", "failed"), at=NOW + timedelta(hours=26))
    assert (await queries.refund(lost)).state == "sent"
    assert len(await queries.quarantined(NETWORK)) == 1
    fake.refunds["re_1"] = {**wrong, "status": "failed"}  # and this message never comes
    await deliver(fake, at=NOW + timedelta(days=3))
    assert (await queries.refund(lost)).state == "failed"
    by_hand = await verify.faults(["log", "ledger"])  # the stall's lots are put there untold
    assert [one for one in by_hand if one.table.startswith("provider_")] == []
    *_, hidden = await given_back(there, fake)
    rail = fake.rail()
    made = await rail.refund(await queries.giving_back(await queries.refund(hidden)))
    fake.kept[f"tk:refund:{hidden}"] = (*fake.kept[f"tk:refund:{hidden}"][:1], 500, {"error": {}})
    await deliver(fake, at=NOW + timedelta(days=3))
    now = await queries.refund(hidden)
    assert (now.state, now.reference) == ("sent", made.reference)
    strange = fake.tell("refund.created", "re_9")
    fake.refunds["re_9"] = {**fake.refunds["re_2"], "id": "re_9", "metadata": {}}
    await deliver(fake, strange, at=NOW + timedelta(days=3))
    assert len(await queries.quarantined(NETWORK)) == 2  # given back at Stripe's own page
    assert await all_faults() == []
