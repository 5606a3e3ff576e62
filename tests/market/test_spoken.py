"""What Ying types for Malee is Malee's word once she says so, by PIN, on paper or on her phone."""

import pytest

from certification.basis import log
from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.accounts import rules as accounts_rules
from market.domain.accounts.commands import enrol, issue_code, sign_in
from market.domain.accounts.rules import Browser
from market.domain.notices import commands as notices
from market.domain.notices import queries as told
from market.domain.spoken import queries, rules
from market.domain.spoken.commands import (
    confirm,
    confirm_by_pin,
    confirm_on_paper,
    confirm_own,
    deny,
    say,
)
from tests.cast import (
    KRIT,
    KRITS_GROUP,
    MALEE,
    NETWORK,
    NOW,
    RATTAPHUM,
    SOMCHAI,
    WAN,
    YING,
    cheap_pins,
    later,
    log_faults,
    village,
)  # fmt: skip

PIN, WRONG, SLIP = "739152", "604817", "0" * 64
YINGS_PHONE = "01930000-0000-7000-8000-00000000f001"
FIELD = "198.51.100.9"


@pytest.fixture
async def there(db):
    with cheap_pins():
        yield await village(db)


async def typed(person: str = MALEE, deed: str = "lots.harvested") -> str:
    id = new_id()
    await run(say, rules.Speak(id, person, deed, id, RATTAPHUM), by=YING, at=NOW)
    return id


async def by_pin(ids: list[str], pin: str, at=NOW) -> None:
    await confirm_by_pin(ids, MALEE, pin, device=YINGS_PHONE, address=FIELD, by=YING, at=at)


async def let_in(person: str) -> Browser:
    code = await run(issue_code, person, by=WAN, at=NOW)
    return Browser((await enrol(code, PIN, address="203.0.113.7", at=NOW)).device_secret)


async def state(id: str) -> str:
    return (await queries.spoken(id)).state


async def test_what_is_typed_for_her_waits_and_what_she_types_herself_does_not(there):
    id = await typed()
    await run(say, rules.Speak(new_id(), YING, "lots.harvested", "x", RATTAPHUM), by=YING, at=NOW)
    assert [one.id for one in await queries.waiting_in([RATTAPHUM])] == [id]
    assert await queries.waiting_in([KRITS_GROUP]) == []
    assert await queries.waiting_of(YING) == []
    await run(say, rules.Speak(id, MALEE, "lots.harvested", id, RATTAPHUM), by=YING, at=NOW)
    events = [entry.event["type"] for entry in await log.events_of(MALEE)]
    assert events.count("spoken.said") == 1


async def test_her_pin_on_yings_phone_confirms_all_of_it(there):
    await let_in(MALEE)
    ids = [await typed(), await typed(deed="labels.printed")]
    await by_pin(ids, PIN)
    assert [await state(id) for id in ids] == ["pin", "pin"]
    assert (await queries.spoken(ids[0])).confirmed_by == YING
    assert await log_faults() == []
    with pytest.raises(rules.Settled):
        await run(deny, ids[0], MALEE, at=NOW)


async def test_yings_guesses_of_malees_pin_wait_and_do_not_lock_malee_out(there):
    phone, id = await let_in(MALEE), await typed()
    for n in range(30):
        with pytest.raises((accounts_rules.WrongPin, accounts_rules.TooManyTries)):
            await by_pin([id], WRONG, at=later(seconds=n))
    assert await state(id) == "waiting"
    with pytest.raises(accounts_rules.TooManyTries):
        await by_pin([id], PIN, at=later(seconds=31))
    assert (await sign_in(phone, PIN, address="203.0.113.7", at=later(seconds=31))).person == MALEE


async def test_who_has_no_pin_signs_on_paper_and_may_still_say_no(there):
    id = await typed()
    with pytest.raises(rules.NoPin):
        await by_pin([id], PIN)
    await run(confirm_on_paper, [id], MALEE, SLIP, by=YING, at=NOW)
    assert (await state(id), (await queries.spoken(id)).slip) == ("paper", SLIP)
    await run(deny, id, MALEE, at=later(hours=1))
    assert await state(id) == "denied"
    assert await log_faults() == []


async def test_this_was_not_me_is_told_to_the_board_and_to_who_typed(there):
    id = await typed()
    await run(deny, id, MALEE, at=NOW)
    for late in (run(deny, id, MALEE, at=NOW), run(confirm_own, id, MALEE, at=NOW)):
        with pytest.raises(rules.Settled):
            await late
    assert [one.id for one in await queries.denied_in([RATTAPHUM, NETWORK])] == [id]
    assert await queries.denied_in([KRITS_GROUP]) == []
    for entry in await log.after(0, limit=1000):
        await notices.tell(entry, at=NOW)
    assert "spoken.said" in {n.kind for n in await told.of_person(MALEE)}
    for person in (WAN, YING):
        assert "spoken.denied" in {n.kind for n in await told.of_person(person)}
    assert not {n.kind for n in await told.of_person(KRIT)} & {"spoken.said", "spoken.denied"}


async def test_nobody_says_yes_or_no_for_somebody_else(there):
    id = await typed()
    for deed in (confirm_own, deny):
        with pytest.raises(rules.OnlyOneself):
            await run(deed, id, SOMCHAI, at=NOW)
    with pytest.raises(rules.Unknown):
        await run(confirm_on_paper, [id], SOMCHAI, SLIP, by=YING, at=NOW)
    await let_in(SOMCHAI)
    with pytest.raises(rules.Unknown):
        await confirm_by_pin([id], SOMCHAI, PIN, device=YINGS_PHONE, address=FIELD, by=YING, at=NOW)
    assert await state(id) == "waiting"


async def test_on_her_own_phone_she_confirms_what_was_only_on_paper(there):
    id = await typed()
    await run(confirm_on_paper, [id], MALEE, SLIP, by=YING, at=NOW)
    await run(confirm_own, id, MALEE, at=NOW)
    assert await state(id) == "own"
    with pytest.raises(rules.NothingChosen):
        await run(confirm_on_paper, [], MALEE, SLIP, by=YING, at=NOW)


async def test_more_than_can_be_read_at_once_are_confirmed_none_of_them(there):
    many = [await typed() for _ in range(rules.DEEDS_MAX + 1)]
    with pytest.raises(rules.TooMany):
        await run(confirm, many, MALEE, "pin", None, YING, NOW)
    assert {(await queries.spoken(id)).state for id in many} == {"waiting"}
