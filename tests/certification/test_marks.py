"""Malee holds a paper of somebody else's; Wan saw it, and it changes nothing of the guarantee."""

import asyncio
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from certification.basis import blobs, log
from certification.basis.database import Database, in_use
from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.marks import commands, queries, rules
from certification.marks.rules import EndMark, NoteMark, SeeMark
from certification.people import commands as people
from certification.plots import queries as plots
from market.domain.notices import commands as notices
from market.domain.notices import queries as told
from tests.cast import (
    ADMIN,
    KRIT,
    MALEE,
    NOW,
    RATTAPHUM,
    SOMCHAI,
    TODAY,
    WAN,
    YESTERDAY,
    YING,
    later,
    log_faults,
    village,
)
from tests.guarantee import LON, planted, published


def paper(**also: Any) -> NoteMark:
    plain = NoteMark(
        id=new_id(), organ=RATTAPHUM, kind="gap", issuer="กรมวิชาการเกษตร", number="กษ 1",
        issued_on=YESTERDAY, valid_until=TODAY + timedelta(days=300), holder=MALEE,
    )  # fmt: skip
    return msgspec.structs.replace(plain, **also)


async def noted(**also: Any) -> str:
    wanted = paper(**also)
    await run(commands.note, wanted, by=wanted.holder or YING, at=NOW)
    return wanted.id


async def seen(id: str, by: str = WAN, on: date = TODAY) -> None:
    await run(commands.see, SeeMark(new_id(), id, on), by=by, at=NOW)


async def state(id: str, on: date = TODAY) -> str:
    return (await queries.mark(id)).state(on)


async def test_it_is_shown_once_another_saw_it_and_while_it_holds(db: Database) -> None:
    await village(db)
    await published()
    one, other = await planted(), await planted(lon=LON + 0.01)
    first, second = [(await plots.plot(plot)).code for plot in (one, other)]
    id = await noted(plots=(one,))
    assert (await state(id), await queries.on_plot(first, MALEE, TODAY)) == ("unseen", ())
    await seen(id)
    [shown] = await queries.on_plot(first, MALEE, TODAY)
    assert (shown.number, shown.seen_on) == ("กษ 1", TODAY)
    assert await queries.on_plot(second, MALEE, TODAY) == (), "it names the other plot"
    assert await state(id, TODAY + timedelta(days=241)) == "ending"
    last = TODAY + timedelta(days=301)
    assert (await state(id, last), await queries.on_plot(first, MALEE, last)) == ("expired", ())
    whole = await noted(kind="halal")
    await seen(whole)
    assert [one.id for one in await queries.on_plot(second, MALEE, TODAY)] == [whole]
    assert await queries.on_plot(second, SOMCHAI, TODAY) == (), "of who farmed it then"
    groups = await noted(holder=None, kind="gi")
    await seen(groups)
    assert [one.id for one in await queries.of_group(RATTAPHUM, TODAY)] == [groups]
    assert not await log_faults()


async def test_whoever_holds_it_is_not_who_saw_it(db: Database) -> None:
    await village(db)
    await run(people.house, new_id(), [MALEE, SOMCHAI], since=TODAY, by=ADMIN, at=NOW)
    id, groups = await noted(), await noted(holder=None)
    for mark, by in ((id, MALEE), (id, SOMCHAI), (groups, YING)):
        with pytest.raises(rules.SeenByAnother):
            await seen(mark, by)
    for on in (TODAY + timedelta(days=1), YESTERDAY - timedelta(days=1)):
        with pytest.raises(rules.SeenOutOfTime):
            await seen(id, on=on)
    for _ in range(2):
        await seen(id)
    [rows] = await in_use().query("SELECT count(*) AS many FROM mark_seen")
    assert rows["many"] == 1


async def test_what_cannot_be_is_refused(db: Database) -> None:
    await village(db)
    theirs = await planted(farmer=SOMCHAI)
    pdf = await blobs.keep(b"%PDF-1.7 scan", by=MALEE, at=NOW)
    for wrong, why in (
        (paper(issuer=" "), rules.TextMissing),
        (paper(kind="other"), rules.TextMissing),
        (paper(kind="fda", number="12-3-45678"), rules.NotThirteenDigits),
        (paper(issued_on=TODAY + timedelta(days=1)), rules.DaysOutOfOrder),
        (paper(valid_until=YESTERDAY - timedelta(days=1)), rules.DaysOutOfOrder),
        (paper(holder=KRIT), rules.NotTheHolders),
        (paper(plots=(theirs,)), rules.NotTheHolders),
        (paper(scan=pdf, scan_public=True), rules.PdfStaysInside),
        (paper(scan="0" * 64), blobs.BlobMissing),
        (paper(replaces=new_id()), rules.MarkMissing),
    ):
        with pytest.raises(why):
            await run(commands.note, wrong, by=MALEE, at=NOW)
    await noted(kind="fda", number="๙๐-๑-๒๓๔๕๖-๑-๐๐๐๑")
    id = await noted(scan=pdf)
    await seen(id)
    with pytest.raises(rules.MarkMissing):
        await queries.public_scan(id, TODAY)


async def test_a_new_one_takes_its_place_and_of_two_one_ends_it(db: Database) -> None:
    await village(db)
    id = await noted()
    with pytest.raises(rules.NotInItsPlace):
        await noted(kind="fsc", replaces=id)
    newer = paper(replaces=id)
    ended = EndMark(new_id(), id, "revoked", TODAY)
    both = (run(commands.note, newer, by=MALEE, at=NOW), run(commands.end, ended, by=YING, at=NOW))
    done = await asyncio.gather(*both, return_exceptions=True)
    [no] = [one for one in done if isinstance(one, Exception)]
    assert isinstance(no, rules.EndedAlready)
    assert await state(id) == "ended"
    with pytest.raises(rules.EndedAlready):
        await seen(id)
    assert not await log_faults()


async def test_who_holds_it_is_told_once_that_it_ends(db: Database) -> None:
    await village(db)
    id = await noted(valid_until=TODAY + timedelta(days=61))
    assert await commands.remind(at=NOW) == 0
    for _ in range(2):
        await commands.remind(at=later(days=1))
    await noted(valid_until=TODAY + timedelta(days=5), kind="fsc", id=(other := new_id()))
    await run(commands.end, EndMark(new_id(), other, "revoked", TODAY), by=MALEE, at=NOW)
    assert await commands.remind(at=later(days=1)) == 0
    for entry in await log.after(0, limit=500):
        await notices.tell(entry, at=later(days=1))
    [notice] = [one for one in await told.of_person(MALEE) if one.kind == "marks.ending"]
    assert notice.facts["valid_until"] == str(TODAY + timedelta(days=61))
    assert [one.kind for one in await told.of_person(YING)].count("marks.ending") == 1
    assert (await queries.mark(id)).state(TODAY + timedelta(days=1)) == "unseen"
