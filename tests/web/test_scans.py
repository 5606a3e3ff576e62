"""Which requests count as a scan, and what people see and do where there are too many."""

import asyncio
import re
from html import unescape

import pytest

from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.app import in_front_of
from market.domain.lineage import commands as lineage
from market.domain.lineage.rules import MakeLots, Parcel, Pick
from market.domain.scans import commands, queries
from market.domain.scans.counted import Counter
from market.jobs import counting, readers
from tests.cast import KRIT, MALEE, NOW, SOMCHAI, TODAY, WAN, YING
from tests.doors import Doors
from tests.market.farm import _settled
from tests.raw import ask

PHONE = (b"user-agent", b"Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Mobile Safari/537.36")
BOT = (b"user-agent", b"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)")
LINE = (b"user-agent", b"facebookexternalhit/1.1;line-poker/1.0")


async def test_only_pages_that_a_strangers_browser_gets_whole_are_counted(
    doors: Doors,
) -> None:
    lot = await (await run(_settled, "organic", "kale")).harvest(20_000)
    parcels = MakeLots(new_id(), "split", (Pick(lot.lot, 500),), (Parcel(500),))
    made = await run(lineage.make_lots, parcels, by=MALEE, at=NOW)
    [part] = await in_use().query("SELECT code FROM lot WHERE deed = {}", made.deed)
    hot = in_front_of(doors.app, lambda: doors.now)
    wan = (await doors.as_(WAN)).cookies[doors.app.state.cookie].encode()
    page = f"/L/{lot.code}"
    known = dict((await ask(hot, "GET", page, PHONE))[1])[b"etag"]
    await ask(hot, "GET", f"/en{page}", PHONE, (b"accept-encoding", b"gzip"))
    await ask(hot, "GET", f"{page}?lang=en", PHONE)
    await ask(hot, "GET", f"/L/{part['code']}", PHONE)
    counted = {lot.code: 3, part["code"]: 1}
    assert hot.counter.seen == counted, "also what was made of others, which Litestar answers"

    for method, target, *more in (
        ("HEAD", page, PHONE), ("GET", page), ("GET", page, BOT), ("GET", page, LINE),
        ("GET", page, PHONE, (b"if-none-match", known)),
        ("GET", f"/L/{part['code']}", PHONE, (b"if-none-match", b"*")),
        ("GET", page, PHONE, (b"sec-purpose", b"prefetch;prerender")),
        ("GET", page, PHONE, (b"accept", b"application/json")),
        ("GET", page, PHONE, (b"cookie", b"market=" + wan)), ("GET", f"{page}/qr.svg", PHONE),
        ("GET", f"{page}?fbclid=1", PHONE), ("GET", f"{page}/proof", PHONE),
        ("GET", "/L/00000001", PHONE), ("GET", f"/L/{lot.code.lower()}", PHONE),
    ):  # fmt: skip
        await ask(hot, method, target, *more)
        assert hot.counter.seen == counted, (method, target, more)

    other = Counter()
    other.note(lot.code, dict([PHONE]))
    await asyncio.gather(*(counting.write(one, NOW) for one in (hot.counter, other)))
    assert (hot.counter.seen, other.seen) == ({}, {})
    assert await queries.total(lot.lot) == 4, "of two processes"
    async with counting.counting(other, lambda: NOW):
        other.note(lot.code, dict([PHONE]))
    assert await queries.total(lot.lot) == 5, "what was counted when it ended"


async def test_what_cannot_be_written_is_counted_with_the_next_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counter = Counter()
    counter.put_back({"7K2M9QXD": 2})

    async def away(*_: object, **__: object) -> None:
        counter.note("7K2M9QXD", dict([PHONE]))
        raise OSError("the database is away")

    monkeypatch.setattr(counting, "run", away)
    await counting.write(counter, NOW)
    assert counter.seen == {"7K2M9QXD": 3}


async def test_it_is_noted_told_looked_into_and_closed_at_the_doors(doors: Doors) -> None:
    there = await run(_settled, "organic", "kale")
    lot = await there.harvest(20_000)
    stranger, wan = doors.stranger("en"), await doors.as_(WAN, "en")
    page = f"/L/{lot.code}"
    assert "unusually" not in (await stranger.get(page)).text

    where = await stranger.get(f"{page}/where")
    assert re.search(r'<option value="9001">\s*Mueang Songkhla', unescape(where.text))
    wrong = await stranger.post(f"{page}/where", data={"area": "99"})
    assert (wrong.status_code, "Choose a district" in wrong.text) == (400, True)
    assert "Thank you" in (await stranger.post(f"{page}/where", data={"area": "9001"})).text
    assert (await stranger.get("/L/00000001/where")).status_code == 404

    await run(commands.add, {lot.code: 300}, on=TODAY)
    assert await commands.judge(doors.now) == 1
    await readers.read_on(doors.now)
    seen = unescape((await stranger.get(page)).text)
    assert "Scanned unusually often (since" in seen
    assert f"/grievance/new?code={lot.code}&kind=label" in seen
    for one in (wan, await doors.as_(YING, "en")):
        assert f"Lot {lot.code}" in (await one.get("/me")).text

    listed = unescape((await wan.get("/scans")).text)
    assert "300 scans of 40 packets" in listed
    sheet = (await wan.get("/scans?as=csv")).text
    assert f"{lot.code},Chinese kale" in sheet
    assert "Mueang Songkhla 1" in sheet
    [signal] = (await wan.get("/api/v1/scan-signals")).json()
    address = f"/scans/{signal['id']}"
    early = await wan.post(address, data={"id": new_id(), "deed": "end", "because": "shared"})
    assert (early.status_code, "first say that you look into it" in early.text) == (409, True)
    await wan.post(address, data={"id": new_id(), "deed": "look"})
    silent = await wan.post(address, data={"id": new_id(), "deed": "end", "because": "other"})
    assert (silent.status_code, 'value="other" required checked' in silent.text) == (400, True)
    said = {"id": new_id(), "deed": "end", "because": "copied", "words": "ร้านข้างสถานี"}
    for _ in range(2):
        assert "Labels were copied" in (await wan.post(address, data=said)).text
    over = await wan.post(address, data={**said, "id": new_id(), "because": "shared"})
    assert (over.status_code, "closed it already" in over.text) == (409, True)
    seen = unescape((await stranger.get(page)).text)
    assert "Copies of this label were found" in seen
    assert "ร้านข้างสถานี" not in seen
    for who in (KRIT, SOMCHAI):
        one = await doors.as_(who, "en")
        assert (await one.get(address)).status_code in (403, 404)
        assert (await one.post(address, data=said)).status_code in (403, 404)
    leader = await doors.as_(YING, "en")
    assert (await leader.get(address)).status_code == 200
    assert (await leader.post(address, data={"id": new_id(), "deed": "look"})).status_code == 403
