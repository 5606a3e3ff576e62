"""The fast way to a scan gives what the slow way gives, to the byte, and never what is over."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from certification.basis import codes
from certification.basis.codes import PublicCode
from certification.basis.database import Database, in_use
from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.certificates import commands as certificates
from certification.certificates.rules import ChangeCertificate
from certification.people import commands as people
from market.access import policy
from market.access.policy import Policy, PolicyIsWrong, Rule
from market.answers.words import words
from market.app import in_front_of
from market.domain.accounts import pins
from market.domain.labels import commands as labels
from market.domain.labels.rules import PrintLabels
from market.hot import Hot, ensure_public
from market.web import alike, lot_sheet, shelf
from market.web.static_files import address
from tests import doors as doors_of
from tests.cast import MALEE, NOW, PARTICULARS, TODAY, WAN, YESTERDAY
from tests.doors import Doors
from tests.market import farm as farms
from tests.raw import ask

TAG = b"if-none-match"


class Scanned:
    def __init__(self, doors: Doors, farm: farms.Farm, lot: str, certificate: str) -> None:
        self.doors, self.farm, self.lot, self.certificate = doors, farm, lot, certificate
        self.hot = in_front_of(doors.app, lambda: doors.now)
        self.passed_on: list[str] = []
        self.slow, self.hot.inner = self.hot.inner, self._count

    async def _count(self, *asked: Any) -> None:
        self.passed_on.append(asked[0]["path"])
        await self.slow(*asked)

    async def page(self) -> str:
        return (await ask(self.hot, "GET", f"/L/{self.lot}"))[2].decode()


async def consent(person: str, *, given: bool, at: datetime = NOW) -> None:
    said = (new_id(), person, "public_name", "0" * 64)
    await run(people.consent, *said, given=given, by=person, at=at)


@pytest.fixture
async def there(db: Database, tmp_path: Path) -> AsyncIterator[Scanned]:
    doors = await doors_of.opened(db, tmp_path)
    farm = await run(farms._settled, "organic", "kale")
    lot = (await farm.harvest(20_000)).code
    row = await PublicCode.select().where(PublicCode.subject == farm.certificate).first()
    assert row is not None
    yield Scanned(doors, farm, lot, row["code"])
    pins.close()


async def test_both_ways_say_the_same(there: Scanned) -> None:
    lot, style = there.lot, address("site.css")
    wan = (await there.doors.as_(WAN)).cookies[there.doors.app.state.cookie]
    known = dict((await ask(there.slow, "GET", f"/L/{lot}"))[1])[b"etag"]
    targets = [
        f"/L/{lot}", f"/en/L/{lot}", f"/th/L/{lot}?lang=en", f"/L/{lot}?lang=en",
        f"/L/{lot}?lang=xx", f"/L/{lot}?fbclid=1", f"/L/{lot}?lang=en&lang=th", f"/L/{lot}?%00",
        f"/L/{lot}/qr.svg", f"/en/L/{lot}/qr.svg", f"/l/{lot}", f"/L/{lot.lower()}", f"/L/{lot}/",
        f"/L/{lot[:4]}-{lot[4:]}", f"/L/{codes.make()}", f"/L/{lot[:-1]}!", "/L/00000001",
        f"/L/{codes.make()}/qr.svg", f"/L/{there.certificate}", f"/L/{lot}\x00", "/L/🙂",
        f"//L/{lot}", f"/ms/L/{lot}", f"/ms/L/{lot}/qr.svg", f"/L/{lot}?lang=ms",
        f"/xx/L/{lot}", "/L/", "/healthz", "/en/healthz", "/healthz?x", style,
        f"/en{style}", f"{style}?x", "/static/none.css", "/static/../site.css", "/static/",
    ]  # fmt: skip
    headers: list[tuple[tuple[bytes, bytes], ...]] = [
        (), ((b"accept-language", b"en-GB,en;q=0.9"),), ((b"accept-encoding", b"br, GZIP"),),
        ((b"accept-encoding", b"identity"), (b"accept", b"application/json")),
        ((TAG, known),), ((TAG, b"*"), (b"accept-encoding", b"gzip")),
        ((TAG, b'"other", ' + known),), ((TAG, b'"other"'),), ((TAG, b"\xff"),),
        ((b"host", b"bad host\\@:x"),), ((b"host", b""), (b"x-forwarded-host", b"evil.example")),
        ((b"accept-language", b"ms-MY,en;q=0.5"), (b"cookie", b"language=xx")),
        ((b"cookie", b"language=ms"),), ((b"cookie", b"language=en; desk=farm"),),
        ((b"cookie", b"a=b; language=xx; market="),),
        ((b"cookie", b"language=en"), (b"cookie", b"language=th")),
        ((b"cookie", f"market={wan}; language=en".encode()), (b"host", b"127.0.0.1")),
        ((b"cookie", f"market={wan}".encode()), (b"host", b"market.example")),
        ((b"cookie", b"market=nonsense"),), ((b"authorization", f"Bearer {wan}".encode()),),
        ((b"authorization", b"Basic eDp5"),), ((b"cookie", b'language="en"; ;=;\xff'),),
    ]  # fmt: skip
    differ, compared = [], 0
    methods = {"GET": headers, **dict.fromkeys(["HEAD", "POST", "OPTIONS"], headers[:2])}
    for method, some in methods.items():
        for target, more in product(targets, some):
            told = [await ask(app, method, target, *more) for app in (there.slow, there.hot)]
            compared += 1
            if told[0] != told[1]:
                differ.append((method, target, more, told[0][:2], told[1][:2]))
    assert differ == []
    assert compared > 700


async def test_what_is_kept_does_not_wake_litestar(there: Scanned) -> None:
    for target in (f"/L/{there.lot}", f"/en/L/{there.lot}/qr.svg", "/healthz", address("site.css")):
        for headers in ((), ((b"accept-encoding", b"gzip"),), ((TAG, b"*"),)):
            await ask(there.hot, "GET", target, *headers)
            await ask(there.hot, "GET", target, *headers)
    assert there.passed_on == []


async def test_a_page_that_is_asked_for_again_is_kept_whole(there: Scanned) -> None:
    pages = [await there.page()]
    kept, _ = there.hot.shelf.get((f"/L/{there.lot}", b"", "th"))
    assert kept is not None
    assert kept.sent == {"plain": None}
    pages += [await there.page(), await there.page()]
    assert kept.sent["plain"] is not None
    assert kept.sent["plain"][1]["body"].decode() == pages[0] == pages[1] == pages[2]


async def test_what_is_done_shows_at_the_next_scan(
    there: Scanned, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Consent, suspension, the turn of the day: each after the page was kept."""
    monkeypatch.setattr(shelf, "POLL_S", 100)
    name = PARTICULARS[MALEE].name
    assert name not in await there.page()
    await consent(MALEE, given=True)
    assert name in await there.page()
    there.doors.later(minutes=1)
    await consent(MALEE, given=False, at=there.doors.now)
    assert name not in await there.page()
    suspension = ChangeCertificate(new_id(), there.farm.certificate, "complaint", YESTERDAY)
    await run(certificates.suspend, suspension, by=WAN, at=NOW)
    assert words("th")("trace.verdict.not_held_at_harvest") in await there.page()


async def test_what_another_process_did_shows_within_half_a_second(there: Scanned) -> None:
    """And that the day has turned."""

    async def soon(said: str) -> None:
        began = time.monotonic()
        while said not in await there.page():
            assert time.monotonic() - began < 1, said
            await asyncio.sleep(0.05)

    await there.page()
    there.doors.later(NOW + timedelta(days=1))
    await soon("เก็บเมื่อวานนี้")
    await consent(MALEE, given=True)
    in_use().deeds -= 1
    await soon(PARTICULARS[MALEE].name)


async def test_lots_that_are_alike_say_each_their_own(there: Scanned) -> None:
    """Of different days, claims and grams, one with labels, one made later; nothing of a sibling,
    and what befalls their certificate or farmer is said of all of them, whoever was scanned before.
    """
    farm = there.farm
    earlier = [
        await farm.harvest(100 * n, harvested_on=TODAY - timedelta(days=n), wish=wish)
        for n in range(1, 5)
        for wish in ("organic", "plain")
    ]
    lots = [there.lot, *(one.code for one in earlier)]
    printed = PrintLabels(earlier[0].lot, "a4-3x8", 50, 2)
    await run(labels.print_run, new_id(), printed, by=MALEE, at=NOW)

    async def differ() -> list[str]:
        targets = [f"{at}/L/{code}" for code in lots for at in ("", "/en", "/th")]
        return [
            target for target in targets
            if await ask(there.hot, "GET", target) != await ask(there.slow, "GET", target)
        ]  # fmt: skip

    assert await differ() == []
    suspended = ChangeCertificate(
        new_id(), farm.certificate, "complaint", TODAY - timedelta(days=2)
    )
    await run(certificates.suspend, suspended, by=WAN, at=NOW)
    lots.append((await farm.harvest(777, as_plain=True)).code)
    assert await differ() == []
    await consent(MALEE, given=True)
    lots.reverse()
    assert await differ() == []
    there.doors.later(NOW + timedelta(days=1))
    await asyncio.sleep(shelf.POLL_S)
    assert await differ() == []
    assert len(there.hot.kin.known) == 2 + 1  # organic, wished lower, and since the suspension


async def test_few_kin_are_kept(there: Scanned, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alike, "KIN_MAX", 1)
    plain = (await there.farm.harvest(100, wish="plain")).code
    for lot in (there.lot, plain, there.lot):
        assert await ask(there.hot, "GET", f"/L/{lot}") == await ask(there.slow, "GET", f"/L/{lot}")
        assert len(there.hot.kin.known) == 1


async def test_few_courses_are_kept(there: Scanned, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lot_sheet, "COURSES_MAX", 1)
    before = await there.farm.harvest(100, harvested_on=TODAY - timedelta(days=3))
    for lot in (there.lot, before.code, there.lot):
        assert await ask(there.hot, "GET", f"/L/{lot}") == await ask(there.slow, "GET", f"/L/{lot}")
    [kin] = there.hot.kin.known.values()
    assert [len(one._sheet._made) for one in kin.ready.values()] == [1]


async def test_a_page_from_before_a_deed_is_looked_at_once_more(there: Scanned) -> None:
    """Its rows were read, then something was told: the next reader has them read again."""
    await there.page()
    key = (f"/L/{there.lot}", b"", "th")
    kept, is_true = there.hot.shelf.get(key)
    assert kept is not None
    assert is_true
    there.hot.shelf.keep(key, kept, there.hot.shelf.version - 1)
    assert there.hot.shelf.get(key) == (kept, False)
    await there.page()
    assert there.hot.shelf.get(key) == (kept, True)


async def test_what_others_do_makes_no_page_anew(there: Scanned) -> None:
    before = await there.page()
    kept, _ = there.hot.shelf.get(key := (f"/L/{there.lot}", b"", "th"))
    version = there.hot.shelf.version
    await consent(WAN, given=True)
    await asyncio.sleep(shelf.POLL_S)
    assert await there.page() == before
    assert there.hot.shelf.version == version + 1
    assert there.hot.shelf.get(key) == (kept, True)


async def test_who_scans_at_once_is_answered_with_their_own(there: Scanned) -> None:
    """Also where one among them asks for what is no lot, and another leaves before the answer."""
    lots = [(await there.farm.harvest(100 + n)).code for n in range(6)]
    leaves = asyncio.create_task(ask(there.hot, "GET", f"/L/{there.lot}"))
    await asyncio.sleep(0)
    asked = [ask(there.hot, "GET", f"/L/{code}") for code in (*lots, codes.make(), *lots)]
    answers = asyncio.gather(*asked)
    await asyncio.sleep(0)
    leaves.cancel()
    told = await answers
    assert [said[0] for said in told] == [*[200] * 6, 404, *[200] * 6]
    for code, said in zip(lots, told[:6], strict=True):
        assert said == await ask(there.slow, "GET", f"/L/{code}")


async def test_the_shelf_is_bounded(there: Scanned, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "POLL_S", 100)
    small = Hot(there.slow, there.doors.app, lambda: there.doors.now)
    small.shelf.bytes_max = 150_000
    for lot in [(await there.farm.harvest(100)).code for _ in range(4)]:
        for language in ("th", "en"):
            await ask(small, "GET", f"/{language}/L/{lot}")
    assert 0 < small.shelf.bytes <= 150_000
    assert small.shelf.bytes == sum(one.weight for one, _ in small.shelf.kept.values())


def test_no_page_is_answered_so_that_is_not_for_everybody() -> None:
    ensure_public(policy.read())
    rules = (Rule("trace.read", "farmer", "own"), *(
        Rule(operation, "anyone", "public") for operation in ("health.read", "static.read")
    ))  # fmt: skip
    with pytest.raises(PolicyIsWrong):
        ensure_public(Policy.of(rules))
