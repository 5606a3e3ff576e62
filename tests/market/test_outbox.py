"""What concerns a person comes once to where she wishes it, whatever breaks on the way."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from certification.basis.database import Database, in_use
from certification.basis.transaction import run
from certification.people import commands as people
from market.domain.contacts import commands as contacts
from market.domain.contacts import queries as known
from market.domain.contacts import rules
from market.domain.contacts.rules import Quiet, due
from market.domain.notices import outbox
from market.domain.notices.letters import AFTER, KNOWN_FOR, LEASE, Letter, Outcome
from market.domain.notices.rules import TELLINGS, topic, urgent
from market.jobs import readers, sending
from tests.cast import ADMIN, KRIT, MALEE, NOK, NOW, later
from tests.market.outbox import NOKS_LINE, ORIGIN, by_sms, on_line, states, told, world
from tests.market.stall import stall

CONFIRMED = "orders.confirmed"


async def test_an_order_comes_once_by_each_channel_in_her_language(db: Database) -> None:
    there = await stall(db)
    with world() as out:
        await on_line()
        await by_sms(out)
        placed = await there.paid(1_000)
        for _ in range(3):
            await told(NOW)
        await asyncio.gather(sending.send_all(NOW), sending.send_all(NOW))
        [line], [sms] = out.line.arrived, out.sms.arrived
        assert placed.code in line.text
        assert placed.code in sms.text
        assert "ใบจอง" in sms.text
        assert "order" in line.text.lower()
        assert line.text.endswith(f"{ORIGIN}/me")
        assert (line.to, sms.to) == (NOKS_LINE, "0812345604")
        for other in ("นก", "0812345604", "มาลี"):
            assert other not in line.text + sms.text
        assert await states() == [(CONFIRMED, "line", "sent", ""), (CONFIRMED, "sms", "sent", "")]
        assert await states(KRIT) == []
        assert not out.email.arrived


async def test_two_workers_and_a_reader_that_begins_anew_tell_it_once(db: Database) -> None:
    there = await stall(db)
    with world() as out:
        await on_line()
        await there.paid(1_000)
        await readers.read_on(NOW)
        await in_use().query("UPDATE log_cursor SET seq = 0 WHERE reader = 'notices'")
        await readers.read_on(NOW)
        ids = await outbox.waiting(NOW, 10)
        await asyncio.gather(*(sending.send(id, NOW) for id in [*ids, *ids]))
        assert len(out.line.arrived) == 1
        assert await states() == [(CONFIRMED, "line", "sent", "")]


async def test_killed_between_sending_and_saying_so(db: Database) -> None:
    """LINE is given the same id and tells it once; of SMS nobody knows, and it stays so."""
    there = await stall(db)
    with world() as out:
        await on_line()
        await by_sms(out)
        await there.paid(1_000)
        await readers.read_on(NOW)
        for id in await outbox.waiting(NOW, 10):  # sent, and the process dies
            claimed = await outbox.claim(id, at=NOW)
            assert claimed
            channel = out.line if claimed.channel == "line" else out.sms
            await channel.send(Letter(id, "there", "", ""))
        late = NOW + LEASE - timedelta(seconds=1)
        await sending.send_all(late)
        assert [one[2] for one in await states()] == ["sending", "sending"]
        await sending.send_all(NOW + 2 * LEASE)
        assert await states() == [
            (CONFIRMED, "line", "sent", ""), (CONFIRMED, "sms", "unknown", "cut_off"),
        ]  # fmt: skip
        assert (len(out.line.arrived), len(out.sms.arrived)) == (1, 1)


async def test_a_worker_that_was_taken_for_dead_says_nothing_any_more(db: Database) -> None:
    there = await stall(db)
    with world() as out:
        await by_sms(out)
        await there.paid(1_000)
        await readers.read_on(NOW)
        [id] = await outbox.waiting(NOW, 10)
        slow = await outbox.claim(id, at=NOW)
        assert slow
        assert await outbox.claim(id, at=NOW) is None
        await run(outbox.look_after, frozenset({"line"}), at=NOW + 2 * LEASE)
        said = await run(outbox.settle, slow, Outcome("sent"), idempotent=False, at=NOW)
        assert said == ""
        assert await states() == [(CONFIRMED, "sms", "unknown", "cut_off")]


async def test_what_surely_did_not_arrive_is_tried_again_and_given_up_with_its_reason(
    db: Database,
) -> None:
    there, at = await stall(db), NOW
    with world() as out:
        await by_sms(out)
        await there.paid(1_000)
        await readers.read_on(NOW)
        out.sms.answers = [Outcome("again", "away")] * (len(AFTER) + 1)
        for pause in (*AFTER, timedelta(0)):
            await sending.send_all(at)
            await sending.send_all(at)  # not yet again
            at += pause
        assert await states() == [(CONFIRMED, "sms", "failed", "away")]
        await sending.send_all(at + timedelta(days=1))
        assert not out.sms.arrived


async def test_no_answer_is_asked_again_only_where_the_channel_knows_it(db: Database) -> None:
    there = await stall(db)
    with world() as out:
        await on_line()
        await by_sms(out)
        await there.paid(1_000)
        await readers.read_on(NOW)
        out.line.answers = [Outcome("unknown", "no_answer")]
        out.sms.answers = [Outcome("unknown", "no_answer")]
        await sending.send_all(NOW)
        await sending.send_all(NOW + AFTER[0])
        assert await states() == [
            (CONFIRMED, "line", "sent", ""), (CONFIRMED, "sms", "unknown", "no_answer"),
        ]  # fmt: skip
        assert (len(out.line.arrived), len(out.sms.arrived)) == (1, 1)


async def test_after_a_day_line_does_not_know_it_any_more(db: Database) -> None:
    there = await stall(db)
    with world() as out:
        await on_line()
        await there.paid(1_000)
        await readers.read_on(NOW)
        [id] = await outbox.waiting(NOW, 10)
        assert await outbox.claim(id, at=NOW)
        await sending.send_all(NOW + KNOWN_FOR + timedelta(minutes=1))
        assert await states() == [(CONFIRMED, "line", "unknown", "cut_off")]
        await there.paid(500)
        await readers.read_on(NOW)
        await sending.send_all(NOW + timedelta(days=3))  # the worker slept
        assert (await states())[-1] == (CONFIRMED, "line", "failed", "too_old")
        assert not out.line.arrived


async def test_who_said_stop_meanwhile_or_was_erased_is_not_told(db: Database) -> None:
    there = await stall(db)
    with world() as out:
        await on_line()
        await by_sms(out)
        await there.paid(1_000)
        await readers.read_on(NOW)
        await run(contacts.end, "line", by=NOK, at=NOW)
        await run(contacts.forget, NOK, by=ADMIN, at=NOW)
        await run(people.erase, NOK, by=ADMIN, at=NOW)
        left = await in_use().query("SELECT sealed, address_index FROM contact")
        assert {value for row in left for value in row.values()} == {None}
        await sending.send_all(NOW)
        assert {one[2:] for one in await states()} == {("failed", "ended")}
        assert not out.line.arrived + out.sms.arrived


async def test_muted_topics_stay_on_the_page_and_recalls_cannot_be_muted(db: Database) -> None:
    there = await stall(db)
    with world() as out:
        await on_line()
        await run(contacts.choose, ["orders"], by=NOK, at=NOW)
        await there.paid(1_000)
        await told(NOW)
        assert not out.line.arrived
        with pytest.raises(rules.UnknownTopic):
            await run(contacts.choose, ["recalls"], by=NOK, at=NOW)
        assert topic("recalls.begun.buyer") in rules.ALWAYS
        assert await known.told_on(NOK, "recalls") == ["line"]
        assert {topic(kind) for kind in TELLINGS} <= {*rules.TOPICS, *rules.ALWAYS}


async def test_nobody_is_woken_but_for_what_cannot_wait(db: Database) -> None:
    there, night = await stall(db), datetime(2026, 11, 22, 15, 30, tzinfo=UTC)  # 22.30 there
    with world() as out:
        await on_line()
        await there.paid(1_000)
        await told(night)
        await sending.send_all(night + timedelta(hours=7, minutes=29))
        assert not out.line.arrived
        await sending.send_all(night + timedelta(hours=7, minutes=30))
        assert len(out.line.arrived) == 1
        await run(contacts.set_quiet, 0, 0, by=NOK, at=night)
        assert (await known.quiet(NOK)).is_now(3 * 60) is False
    assert (urgent("recalls.begun.buyer"), urgent("truck_day.stop_moved")) == (True, True)
    assert not urgent(CONFIRMED)
    noon = Quiet(12 * 60, 13 * 60)
    at = datetime(2026, 11, 22, 5, 30, tzinfo=UTC)
    assert due(at, noon, urgent=False) == at + timedelta(minutes=30)
    assert due(at, noon, urgent=True) == at


async def test_a_code_proves_a_contact_and_wrong_ones_are_counted(db: Database) -> None:
    await stall(db)
    with world() as out:
        with pytest.raises(rules.NothingAsked):
            await contacts.prove("email", "123456", by=NOK, at=NOW)
        await run(contacts.ask, "email", "nok@example.com", "en", by=NOK, at=NOW)
        with pytest.raises(rules.AskedTooOften):
            await run(contacts.ask, "email", "nok@example.com", "en", by=NOK, at=NOW)
        await told(NOW)
        [letter] = out.email.arrived
        code = "".join(one for one in letter.text if one.isdecimal())
        wrong = f"{(int(code) + 1) % 10**6:06}"
        for _ in range(rules.TRIES_MAX):
            with pytest.raises(rules.WrongCode):
                await contacts.prove("email", wrong, by=NOK, at=NOW)
        with pytest.raises(rules.CodeIsOver):
            await contacts.prove("email", code, by=NOK, at=NOW)
        again = later(minutes=2)
        await run(contacts.ask, "email", "nok@example.com", "en", by=NOK, at=again)
        await told(again)
        newer = "".join(one for one in out.email.arrived[-1].text if one.isdecimal())
        with pytest.raises(rules.CodeIsOver):
            await contacts.prove("email", newer, by=NOK, at=later(hours=1))
        with pytest.raises(rules.NothingAsked):
            await contacts.prove("email", newer, by=KRIT, at=again)
        for _ in range(2):
            await contacts.prove("email", newer, by=NOK, at=again)
        assert await known.told_on(NOK, "orders") == ["email"]


async def test_a_code_sent_on_line_links_once_and_unfollowing_ends_it(db: Database) -> None:
    await stall(db)
    with world():
        asked = await run(contacts.ask, "line", "", "th", by=MALEE, at=NOW)
        code = known.code(asked.contact, "line", NOW)
        assert await contacts.link("สวัสดี", NOKS_LINE, at=NOW) is None
        assert await contacts.link(code, NOKS_LINE, at=later(hours=1)) is None
        assert await contacts.link(f" {code.lower()} ", NOKS_LINE, at=NOW)
        assert await contacts.link(code, "U" + "5" * 32, at=NOW) is None
        assert (await known.contacts_of(MALEE))[0].address == NOKS_LINE
        for _ in range(2):
            await run(contacts.unfollowed, NOKS_LINE, at=NOW)
        assert (await known.contacts_of(MALEE))[0].state == "ended"
