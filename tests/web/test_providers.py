"""The treasurer sets the group's own account at Stripe; a buyer pays there; Stripe tells us."""

import asyncio

import pytest

from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.orders import commands as orders
from market.domain.orders.rules import CancelOrder
from market.domain.payments import commands as payments
from market.domain.providers import commands, queries
from market.domain.providers.rules import SetProvider
from market.gateways import providers
from market.jobs import providers as job
from market.jobs import readers
from tests.cast import KRIT, NETWORK, NOK, PRASERT
from tests.doors import Doors
from tests.fake_stripe import HOOK, FakeStripe
from tests.market.stall import Stall, stall_in_village
from tests.till import krit_keeps_his_groups_money

pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=")  # of Stripe's own client


@pytest.fixture
async def there(doors: Doors) -> Stall:
    return await stall_in_village()


async def test_set_after_the_pin_and_never_told_again(doors: Doors, there: Stall) -> None:
    await krit_keeps_his_groups_money()
    prasert, krit = await doors.as_(PRASERT), await doors.as_(KRIT)
    doors.later(hours=1)
    first = await prasert.get("/till/provider", follow_redirects=False)
    assert first.headers["location"].startswith("/step-up")
    await doors.step_up(PRASERT)
    await doors.step_up(KRIT)
    form = {"of": NETWORK, "do": "set", "account": "acct_1", "secret": "hello", "hook_secret": HOOK}
    wrong = await prasert.post("/till/provider", data=form)
    assert (wrong.status_code, "acct_1" in wrong.text, HOOK in wrong.text) == (400, True, False)
    assert (await krit.post("/till/provider", data=form)).status_code == 404
    form["secret"] = "sk_live_of_the_group"
    right = await prasert.post("/till/provider", data=form)
    account = await queries.account_of(NETWORK)
    assert account
    assert f"/api/v1/hooks/stripe/{account.id}" in right.text
    assert "sk_live_of" not in right.text
    [row] = await in_use().query("SELECT * FROM provider_account")
    assert "sk_live_of" not in repr(row)
    await prasert.post("/till/provider", data={"of": NETWORK, "do": "end"})
    assert await queries.account_of(NETWORK) is None


async def test_nok_pays_and_what_stripe_tells_is_asked_for_again(
    doors: Doors, there: Stall, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    fake, id = FakeStripe(), new_id()
    given = SetProvider(id, NETWORK, "", "sk_test_x", HOOK)
    await run(commands.set_provider, given, by=PRASERT, at=doors.now)

    async def of(_: str) -> object:
        return fake.rail()

    monkeypatch.setattr(providers, "of", of)
    placed, nok = await there.order(), await doors.as_(NOK)
    await run(payments.request, placed.order, by=NOK, at=doors.now)
    form = {"method": "promptpay", "email": "nok"}
    wrong = await nok.post(f"/order/{placed.code}/provider", data=form)
    assert (wrong.status_code, 'value="nok"' in wrong.text) == (400, True)
    fake.faults = ["timeout_after"]
    form["email"] = "nok@example.org"
    said = await nok.post(f"/order/{placed.code}/provider", data=form)
    assert "อย่าเพิ่งจ่ายซ้ำ" in said.text
    doors.later(minutes=2)
    await job.once(doors.now, of)  # type: ignore[arg-type]
    assert "พร้อมเพย์แบบรู้ผลทันที" in (await nok.get(f"/order/{placed.code}/pay")).text
    body, at = fake.body_of(fake.pay("pi_1")), int(doors.now.timestamp())
    address, stripe = f"/api/v1/hooks/stripe/{id}", doors.stranger()
    for bad in ("", fake.signed(body, at, "whsec_other"), fake.signed(body, at + 600)):
        no = await stripe.post(address, content=body, headers={"stripe-signature": bad})
        assert (no.status_code, no.json()["code"]) == (400, "providers.bad_signature")
    nowhere = f"/api/v1/hooks/stripe/{new_id()}"
    assert (await stripe.post(nowhere, content=body)).status_code == 404
    good = {"stripe-signature": fake.signed(body, at)}
    assert await in_use().query("SELECT id FROM provider_event") == []
    assert len([one for one in caplog.messages if "no message of the provider's" in one]) == 3
    told = await asyncio.gather(
        *(stripe.post(address, content=body, headers=good) for _ in range(100))
    )  # P-F1
    assert {one.status_code for one in told} == {200}
    assert sum(one.json()["new"] for one in told) == 1
    assert await there.state(placed.order) == "held"  # a message alone posts nothing
    await job.once(doors.now, of)  # type: ignore[arg-type]
    assert await there.state(placed.order) == "confirmed"
    prasert = await doors.as_(PRASERT)
    assert "จ่ายผ่าน Stripe" in (await prasert.get(f"/till/{placed.order}")).text
    await run(orders.cancel, CancelOrder(placed.order), by=NOK, at=doors.now)
    [tried] = await queries.attempts_of(placed.order)
    part = {"id": new_id(), "attempt": tried.attempt, "satang": "10"}
    await prasert.post(f"/till/{placed.order}/give-back", data=part)
    await job.once(doors.now, of)  # type: ignore[arg-type]
    page = (await nok.get(f"/order/{placed.code}")).text
    assert "กำลังคืนเงิน" in page
    assert "คืนเงินแล้วบางส่วน" in page
    tries = await nok.get(f"/api/v1/orders/{placed.order}/provider-payments")
    assert [(one["state"], one["refunded_satang"]) for one in tries.json()] == [
        ("part_refunded", 1_000)
    ]
    doors.later(hours=11)
    body = fake.body_of(fake.went_back("re_1", "failed"))
    good = {"stripe-signature": fake.signed(body, int(doors.now.timestamp()))}
    assert (await stripe.post(address, content=body, headers=good)).json() == {"new": True}
    await job.once(doors.now, of)  # type: ignore[arg-type]
    page = (await nok.get(f"/order/{placed.code}")).text
    assert "เงินไม่หาย" in page
    assert "คืนเงินแล้วบางส่วน" not in page
    for desk in (f"/till?of={NETWORK}", f"/till/{placed.order}"):
        assert "คืนไม่สำเร็จ" in (await prasert.get(desk)).text
    told = await prasert.get("/api/v1/provider-refunds", params={"merchant": NETWORK})
    assert [one["state"] for one in told.json()] == ["failed"]
    await readers.read_on(doors.now)
    for who in (nok, prasert):
        assert "Stripe คืนเงิน" in (await who.get("/me")).text
