"""Getting in and staying in: codes on paper, PINs, wrong tries, sessions, lost phones."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.basis.database import in_use
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.groups import commands as groups
from certification.groups.rules import Grants
from certification.people import commands as people
from certification.people import queries as persons
from certification.people.refusals import NobodyKnown
from certification.people.rules import Grant, Particulars
from market.domain.accounts import commands, pins, queries, rules, sessions
from market.domain.accounts.commands import enrol, issue_code, register_buyer, sign_in, step_up
from market.domain.accounts.rules import Browser, LetIn
from tests.cast import (
    KRIT,
    MALEE,
    NETWORK,
    NOK,
    NOW,
    PRASERT,
    RATTAPHUM,
    SOMCHAI,
    WAN,
    YING,
    cheap_pins,
    later,
    log_faults,
    village,
)

PIN, OTHER, WRONG = "280591", "739152", "604817"
HOME = "203.0.113.7"
PRAE = Particulars("แพร", "0899999999")
NEW_PERSON = "01930000-0000-7000-8000-00000000e001"


@pytest.fixture
async def there(db):
    with cheap_pins():
        yield await village(db)


async def let_in(person: str = MALEE, pin: str = OTHER, at=NOW, address: str = HOME) -> LetIn:
    """The first time by a code of the leader, on further devices by one of one's own."""
    by = person if await queries.has_pin(person) else YING
    code = await run(issue_code, person, by=by, at=at)
    return await enrol(code, pin, address=address, at=at)


def on(device: LetIn) -> Browser:
    return Browser(device.device_secret)


async def try_wrong(device: LetIn, times: int, at=NOW) -> None:
    for _ in range(times):
        with pytest.raises(rules.WrongPin):
            await sign_in(on(device), WRONG, address=HOME, at=at)


def kinds(answers: list[object]) -> dict[str, int]:
    names = [type(answer).__name__ for answer in answers]
    return {name: names.count(name) for name in set(names)}


# Codes


async def test_a_code_lets_malee_in_once(there):
    code = await run(issue_code, MALEE, by=YING, at=NOW)
    malee = await enrol(code.lower(), "๗๓๙๑๕๒", address=HOME, at=later(days=13))
    actor = await queries.actor(malee.session_secret, later(days=13))
    assert actor is not None
    assert actor.person == MALEE
    assert actor.grants == (Grant("farmer", RATTAPHUM, NETWORK), rules.BUYER)
    assert not actor.stepped_up
    with pytest.raises(rules.CodeUsed):
        await enrol(code, PIN.replace("28", "68"), address=HOME, at=later(days=13))


async def test_a_code_expires(there):
    code = await run(issue_code, MALEE, by=YING, at=NOW)
    with pytest.raises(rules.CodeExpired):
        await enrol(code, OTHER, address=HOME, at=later(days=14))


async def test_a_new_code_makes_the_old_card_worthless(there):
    old = await run(issue_code, MALEE, by=YING, at=NOW)
    fresh = await run(issue_code, MALEE, by=YING, at=later(hours=1))
    with pytest.raises(rules.CodeExpired):
        await enrol(old, OTHER, address=HOME, at=later(hours=2))
    assert (await enrol(fresh, OTHER, address=HOME, at=later(hours=2))).person == MALEE


async def test_a_code_used_by_ten_at_the_same_moment_lets_one_in(there):
    code = await run(issue_code, MALEE, by=YING, at=NOW)
    enrolling = [enrol(code, OTHER, address=f"10.0.0.{n}", at=NOW) for n in range(10)]
    said = await asyncio.gather(*enrolling, return_exceptions=True)
    assert kinds(said) == {"LetIn": 1, "CodeUsed": 9}
    assert len(await queries.devices_of(MALEE, NOW)) == 1


async def test_a_mistyped_code_is_told_apart_from_one_never_issued(there):
    code = (await run(issue_code, MALEE, by=YING, at=NOW)).replace("-", "")
    swapped = code[:-1] + ("0" if code[-1] != "0" else "1")
    for mistyped in (swapped, code[:-1], code + "0", "", "UUUUU-UUUUU"):
        with pytest.raises(rules.CodeMistyped):
            await enrol(mistyped, OTHER, address=HOME, at=NOW)
    with pytest.raises(rules.CodeUnknown):
        await enrol("00000-00000", OTHER, address=HOME, at=NOW)


async def test_codes_cannot_be_guessed_from_one_address(there):
    for _ in range(100):
        with pytest.raises(rules.CodeUnknown):
            await enrol("00000-00000", OTHER, address=HOME, at=NOW)
    with pytest.raises(rules.TooManyTries) as refused:
        await enrol("00000-00000", OTHER, address=HOME, at=later(minutes=10))
    assert refused.value.facts == {"retry_after_s": 3000, "minutes": 50}
    with pytest.raises(rules.CodeUnknown):
        await enrol("00000-00000", OTHER, address="203.0.113.8", at=NOW)
    with pytest.raises(rules.CodeUnknown):
        await enrol("00000-00000", OTHER, address=HOME, at=later(hours=1))


async def test_neither_code_nor_secret_nor_address_is_stored(there):
    code = await run(issue_code, MALEE, by=YING, at=NOW)
    malee = await enrol(code, OTHER, address=HOME, at=NOW)
    rows = [
        row
        for table in ("device", "enrolment_code", "credential", "session", "wrong_try")
        for row in await in_use().query(f"SELECT * FROM {table}")
    ]
    stored = str(rows)
    for secret in (code, code.replace("-", ""), malee.device_secret, malee.session_secret, OTHER):
        assert secret not in stored
    assert HOME not in stored


async def test_nobody_gets_a_code_who_is_not_there(there):
    with pytest.raises(NobodyKnown):
        await run(issue_code, NEW_PERSON, by=YING, at=NOW)


# PINs


@pytest.mark.parametrize(
    "easy",
    ["000000", "123456", "654321", "901234", "135791", "121212", "123123", "112233", "๑๑๑๑๑๑",
     "220926", "310199", "290200"],
)  # fmt: skip
def test_an_easy_pin_is_refused(easy):
    with pytest.raises(rules.PinTooEasy):
        rules.pin(easy)


@pytest.mark.parametrize("odd", ["", "12345", "1234567", "12345a", "½½½½½½", "-12345"])
def test_a_pin_has_six_digits(odd):
    with pytest.raises(rules.PinNotSixDigits):
        rules.pin(odd)


@given(st.text("0123456789", min_size=6, max_size=6))
def test_an_accepted_pin_is_none_of_the_guessable(pin):
    try:
        rules.pin(pin)
    except Refusal:
        return
    assert len(set(pin)) > 1
    assert pin[:3] != pin[3:]
    assert not (1 <= int(pin[:2]) <= 28 and 1 <= int(pin[2:4]) <= 12)


async def test_a_pin_from_ones_own_phone_is_refused_and_the_code_still_good(there):
    code = await run(issue_code, MALEE, by=YING, at=NOW)
    with pytest.raises(rules.PinFromOwnNumbers):
        await enrol(code, "345601", address=HOME, at=NOW)
    assert (await enrol(code, OTHER, address=HOME, at=NOW)).person == MALEE


async def test_the_same_pin_of_two_people_is_hashed_differently_and_opens_one(there):
    assert await pins.matches(MALEE, OTHER, await pins.hashed(MALEE, OTHER))
    assert not await pins.matches(KRIT, OTHER, await pins.hashed(MALEE, OTHER))
    assert not await pins.matches(MALEE, OTHER, "not a hash")


async def test_another_pepper_opens_nothing(there):
    pin_hash = await pins.hashed(MALEE, OTHER)
    with cheap_pins():
        assert not await pins.matches(MALEE, OTHER, pin_hash)


async def test_no_pin_is_hashed_inside_a_transaction(there):
    with pytest.raises(AssertionError, match="before the transaction"):
        await run(pins.hashed, MALEE, OTHER)


async def test_a_lost_pepper_is_not_silently_replaced(there, tmp_path):
    path = tmp_path / "keys" / "pepper.key"
    await commands.open_pins(path)
    await let_in()
    await commands.open_pins(path)
    path.unlink()
    with pytest.raises(pins.PepperFault, match="missing"):
        await commands.open_pins(path)


# Wrong tries


async def test_after_five_wrong_pins_even_the_right_one_waits(there):
    malee = await let_in()
    await try_wrong(malee, 5)
    for wait, at in ((60, NOW), (1, later(seconds=59))):
        with pytest.raises(rules.TooManyTries) as refused:
            await sign_in(on(malee), OTHER, address=HOME, at=at)
        assert refused.value.facts["retry_after_s"] == wait
    assert (await sign_in(on(malee), OTHER, address=HOME, at=later(minutes=1))).person


async def test_each_further_wrong_try_waits_longer_and_a_right_one_forgives_all(there):
    malee = await let_in()
    await try_wrong(malee, 5)
    at = NOW
    for minutes in (1, 5, 15, 60, 60):
        with pytest.raises(rules.TooManyTries):
            await sign_in(
                on(malee),
                OTHER,
                address=HOME,
                at=at + timedelta(minutes=minutes, seconds=-1),
            )
        at += timedelta(minutes=minutes)
        await try_wrong(malee, 1, at)
    at += timedelta(minutes=60)
    await sign_in(on(malee), OTHER, address=HOME, at=at)
    await try_wrong(malee, 5, at)


async def test_the_refusal_counts_down(there):
    malee = await let_in()
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(rules.WrongPin) as refused:
            await sign_in(on(malee), WRONG, address=HOME, at=NOW)
        assert refused.value.facts == {"tries_left": left}


async def test_twenty_tries_at_once_are_twenty_tries(there):
    malee = await let_in()
    trying = [sign_in(on(malee), WRONG, address=HOME, at=NOW) for _ in range(20)]
    said = await asyncio.gather(*trying, return_exceptions=True)
    assert kinds(said) == {"WrongPin": 5, "TooManyTries": 15}


async def test_guessing_on_one_device_does_not_lock_the_other(there):
    first, second = await let_in(), await let_in()
    await try_wrong(first, 5)
    assert (await sign_in(on(second), OTHER, address=HOME, at=NOW)).person == MALEE


async def test_from_however_many_devices_fifty_wrong_tries_a_day_are_looked_at(there):
    devices, looked_at = [await let_in() for _ in range(12)], 0
    for place, device in enumerate(devices):
        where = HOME if place % 2 else "203.0.113.8"
        for _ in range(5):
            try:
                await sign_in(on(device), WRONG, address=where, at=NOW)
            except rules.WrongPin:
                looked_at += 1
            except rules.TooManyTries:
                pass
    assert looked_at == 50
    with pytest.raises(rules.TooManyTries) as refused:
        await sign_in(on(devices[11]), OTHER, address="203.0.113.8", at=later(hours=1))
    assert refused.value.facts == {"retry_after_s": 23 * 3600, "minutes": 23 * 60}
    assert (await sign_in(on(devices[11]), OTHER, address=HOME, at=later(days=1))).person


async def test_a_typing_mistake_in_length_is_not_counted(there):
    malee = await let_in()
    for _ in range(6):
        with pytest.raises(rules.PinNotSixDigits):
            await sign_in(on(malee), "12345", address=HOME, at=NOW)
    assert (await sign_in(on(malee), OTHER, address=HOME, at=NOW)).person == MALEE


async def test_krits_pin_and_device_open_nothing_of_malee(there):
    malee, krit = await let_in(), await let_in(KRIT, "840275")
    with pytest.raises(rules.WrongPin):
        await sign_in(on(malee), "840275", address=HOME, at=NOW)
    actor = await queries.actor(krit.session_secret, NOW)
    assert actor is not None
    assert actor.person == KRIT
    assert not any(grant.covers(RATTAPHUM, NETWORK) for grant in actor.grants)


async def test_wrong_tries_are_forgotten_when_they_no_longer_count(there):
    malee = await let_in()
    await try_wrong(malee, 3)
    await run(sessions.sweep, later(hours=23))
    assert await in_use().query("SELECT id FROM wrong_try WHERE tries > 0") != []
    await run(sessions.sweep, later(days=2))
    assert await in_use().query("SELECT id FROM wrong_try") == []


# Devices


async def test_two_devices_have_one_pin_the_last_chosen(there):
    first = await let_in(pin="840275")
    second = await let_in(pin=OTHER)
    assert await queries.actor(first.session_secret, NOW) is None
    assert await queries.actor(second.session_secret, NOW) is not None
    with pytest.raises(rules.WrongPin):
        await sign_in(on(first), "840275", address=HOME, at=NOW)
    assert (await sign_in(on(first), OTHER, address=HOME, at=NOW)).device == first.device


async def test_a_lost_phone_is_out_at_once_and_for_good(there):
    lost = await let_in()
    kept = await let_in()
    again = await sign_in(on(lost), OTHER, address=HOME, at=NOW)
    await run(sessions.revoke_device, lost.device, MALEE, by=MALEE, at=NOW)
    assert await queries.actor(again.session_secret, NOW) is None
    assert await queries.actor(kept.session_secret, NOW) is not None
    with pytest.raises(rules.DeviceUnknown):
        await sign_in(on(lost), OTHER, address=HOME, at=NOW)
    with pytest.raises(rules.NoSuchDevice):
        await run(sessions.revoke_device, lost.device, MALEE, by=MALEE, at=NOW)
    assert [d.id for d in await queries.devices_of(MALEE, NOW)] == [kept.device]


async def test_a_stranger_device_is_unknown(there):
    for secret in ("", "x" * 43):
        with pytest.raises(rules.DeviceUnknown):
            await sign_in(Browser(secret), OTHER, address=HOME, at=NOW)


async def test_a_pin_replaced_while_the_old_one_is_being_checked_lets_nobody_in(there):
    malee = await let_in(pin="840275")
    [seen] = await queries.enrolled(malee.device_secret)
    await let_in(pin=OTHER)
    entry = commands._Entry(seen.pin_hash, on(malee), (), "")
    with pytest.raises(rules.DeviceUnknown):
        await run(commands._sign_in, seen, entry, NOW)


# Sessions


async def test_a_farmers_session_ends_after_thirty_idle_days(there):
    malee = await let_in()
    assert await queries.actor(malee.session_secret, later(days=30, seconds=-1)) is not None
    assert await queries.actor(malee.session_secret, later(days=30)) is None


async def test_a_session_in_use_goes_on_until_its_absolute_end(there):
    malee = await let_in()
    for day in range(20, 180, 20):
        assert await run(sessions.touch, malee.session_secret, at=later(days=day))
    assert await queries.actor(malee.session_secret, later(days=180, seconds=-1)) is not None
    assert await queries.actor(malee.session_secret, later(days=180)) is None
    assert not await run(sessions.touch, malee.session_secret, at=later(days=180))


async def test_a_request_soon_after_another_writes_nothing(there):
    malee = await let_in()
    assert not await run(sessions.touch, malee.session_secret, at=later(minutes=4))
    assert await run(sessions.touch, malee.session_secret, at=later(minutes=5))


@pytest.mark.parametrize(
    ("person", "idle", "whole"),
    [
        (PRASERT, timedelta(hours=12), timedelta(days=7)),
        (WAN, timedelta(minutes=30), timedelta(hours=10)),
    ],
)
async def test_staff_are_asked_again_sooner(there, person, idle, whole):
    staff = await let_in(person)
    assert await queries.actor(staff.session_secret, NOW + idle - timedelta(seconds=1)) is not None
    assert await queries.actor(staff.session_secret, NOW + idle) is None
    again = await sign_in(on(staff), OTHER, address=HOME, at=NOW)
    at = NOW
    while at + idle < NOW + whole:
        at += idle - timedelta(seconds=1)
        assert await run(sessions.touch, again.session_secret, at=at)
    assert await queries.actor(again.session_secret, NOW + whole) is None


async def test_a_role_granted_later_shortens_the_session_at_once(there):
    malee = await let_in()
    asked = Grants(NEW_PERSON, MALEE, "treasurer", RATTAPHUM)
    await run(groups.grant_role, asked, by=YING, at=later(hours=1))
    assert await queries.actor(malee.session_secret, later(hours=11)) is not None
    assert await queries.actor(malee.session_secret, later(hours=13)) is None


async def test_a_session_older_than_the_new_role_allows_ends_however_fresh_its_use(there):
    malee = await let_in()
    await run(sessions.touch, malee.session_secret, at=later(days=8))
    assert await queries.actor(malee.session_secret, later(days=8)) is not None
    asked = Grants(NEW_PERSON, MALEE, "treasurer", RATTAPHUM)
    await run(groups.grant_role, asked, by=YING, at=later(days=8))
    assert await queries.actor(malee.session_secret, later(days=8)) is None


async def test_a_role_that_ended_is_seen_at_the_next_request(there):
    somchai = await let_in(SOMCHAI)
    before = await queries.actor(somchai.session_secret, later(minutes=1))
    await run(groups.end_role, there.grants[SOMCHAI, "inspector"], by=WAN, at=later(minutes=1))
    after = await queries.actor(somchai.session_secret, later(minutes=1))
    assert await queries.actor(somchai.session_secret, later(hours=1)) == after
    assert before is not None
    assert after is not None
    assert [grant.role for grant in before.grants] == ["farmer", "inspector", "buyer"]
    assert [grant.role for grant in after.grants] == ["farmer", "buyer"]


async def test_signing_out_ends_this_session_only(there):
    malee = await let_in()
    other = await sign_in(on(malee), OTHER, address=HOME, at=NOW)
    await run(sessions.end, malee.session_secret)
    await run(sessions.end, malee.session_secret)
    assert await queries.actor(malee.session_secret, NOW) is None
    assert await queries.actor(other.session_secret, NOW) is not None


async def test_ending_all_ends_all_of_hers_and_none_of_krits(there):
    malee, krit = await let_in(), await let_in(KRIT)
    again = await sign_in(on(malee), OTHER, address=HOME, at=NOW)
    await run(sessions.end_all, MALEE, by=MALEE, at=NOW)
    assert await queries.actor(malee.session_secret, NOW) is None
    assert await queries.actor(again.session_secret, NOW) is None
    assert await queries.actor(krit.session_secret, NOW) is not None


async def test_no_secret_is_no_actor(there):
    assert await queries.actor("", NOW) is None
    assert await queries.actor("x" * 43, NOW) is None


async def test_the_erased_are_out_at_once(there):
    malee = await let_in()
    await run(people.erase, MALEE, by=WAN, at=NOW)
    assert await queries.actor(malee.session_secret, NOW) is None
    with pytest.raises(rules.DeviceUnknown):
        await sign_in(on(malee), OTHER, address=HOME, at=NOW)
    await run(sessions.close, MALEE, by=WAN, at=NOW)
    assert await in_use().query("SELECT person FROM credential") == []


async def test_sessions_that_ended_are_swept_and_others_stay(there):
    malee, wan = await let_in(), await let_in(WAN)
    await run(sessions.sweep, later(days=1))
    assert await queries.actor(malee.session_secret, later(days=1)) is not None
    assert len(await in_use().query("SELECT person FROM session")) == 1
    assert await queries.actor(wan.session_secret, NOW) is None


# Stepping up


async def test_stepping_up_holds_five_minutes_under_a_new_secret(there):
    prasert = await let_in(PRASERT)
    fresh = await step_up(prasert.session_secret, OTHER, address=HOME, at=later(hours=1))
    assert await queries.actor(prasert.session_secret, later(hours=1)) is None
    up = await queries.actor(fresh, later(hours=1, minutes=4))
    down = await queries.actor(fresh, later(hours=1, minutes=5))
    assert up is not None
    assert down is not None
    assert (up.stepped_up, down.stepped_up) == (True, False)


async def test_stepping_up_with_a_wrong_pin_counts_and_leaves_the_session(there):
    prasert = await let_in(PRASERT)
    for _ in range(5):
        with pytest.raises(rules.WrongPin):
            await step_up(prasert.session_secret, WRONG, address=HOME, at=NOW)
    with pytest.raises(rules.TooManyTries):
        await step_up(prasert.session_secret, OTHER, address=HOME, at=NOW)
    actor = await queries.actor(prasert.session_secret, NOW)
    assert actor is not None
    assert not actor.stepped_up


async def test_of_two_step_ups_at_once_one_goes_on(there):
    prasert = await let_in(PRASERT)
    said = await asyncio.gather(
        *(step_up(prasert.session_secret, OTHER, address=HOME, at=NOW) for _ in range(2)),
        return_exceptions=True,
    )
    assert kinds(said) == {"str": 1, "SessionEnded": 1}


async def test_who_is_not_signed_in_cannot_step_up(there):
    with pytest.raises(rules.SessionEnded):
        await step_up("x" * 43, OTHER, address=HOME, at=NOW)


# Buyers


async def test_a_buyer_registers_on_her_own_device(there):
    buyer = await register_buyer(NEW_PERSON, PRAE, OTHER, address=HOME, at=NOW)
    actor = await queries.actor(buyer.session_secret, NOW)
    assert actor is not None
    assert actor.grants == (rules.BUYER,)
    assert (await persons.particulars(NEW_PERSON)).phone == "0899999999"
    assert (await sign_in(on(buyer), OTHER, address=HOME, at=NOW)).person == NEW_PERSON


@pytest.mark.parametrize("taken", [NOK, MALEE])
async def test_nobody_registers_as_somebody_who_is_there(there, taken):
    own = await persons.particulars(taken)
    with pytest.raises(rules.AlreadyRegistered):
        await register_buyer(taken, own, OTHER, address=HOME, at=NOW)
    assert await in_use().query("SELECT person FROM credential") == []


async def test_a_buyer_registered_twice_at_once_is_one(there):
    registering = [register_buyer(NEW_PERSON, PRAE, OTHER, address=HOME, at=NOW) for _ in range(5)]
    said = await asyncio.gather(*registering, return_exceptions=True)
    assert kinds(said) == {"LetIn": 1, "AlreadyRegistered": 4}


async def test_a_buyer_needs_a_phone_and_a_pin_that_is_not_in_it(there):
    with pytest.raises(rules.PhoneMissing):
        await register_buyer(NEW_PERSON, Particulars("แพร", " "), OTHER, address=HOME, at=NOW)
    with pytest.raises(rules.PinFromOwnNumbers):
        await register_buyer(
            NEW_PERSON, Particulars("แพร", "0897391524"), OTHER, address=HOME, at=NOW
        )
    assert not await persons.exist([NEW_PERSON])


async def test_the_log_says_who_was_enrolled_and_nothing_else(there):
    malee = await let_in()
    await sign_in(on(malee), OTHER, address=HOME, at=NOW)
    await run(sessions.revoke_device, malee.device, MALEE, by=YING, at=NOW)
    rows = await in_use().query(
        "SELECT tag FROM log_entry WHERE tag LIKE 'accounts.%' ORDER BY seq"
    )
    assert [row["tag"] for row in rows] == [
        "accounts.code_issued", "accounts.device_enrolled", "accounts.device_revoked",
    ]  # fmt: skip
    assert await log_faults() == []
