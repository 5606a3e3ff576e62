"""Which plots are visited unannounced: fixed beforehand, drawn by what nobody chose, repeated."""

import asyncio
import hashlib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from certification.assignment import gathered
from certification.basis import checkpoints, keepings
from certification.basis.database import Database, in_use
from certification.basis.ids import new_id
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.certificates import commands as certificates
from certification.certificates.rules import ChangeCertificate
from certification.draws import commands, queries, rules, verified
from certification.draws.rules import PrepareDraw, SendInspectors
from certification.inspections import commands as inspections
from certification.inspections import queries as visits
from certification.inspections.panel import Assigned
from certification.inspections.rules import BeginInspection
from certification.people import commands as people
from certification.people.rules import Relate
from certification.plots import queries as plots
from certification.schemes import queries as schemes
from certification.schemes.rules import Part
from tests.cast import (
    ADMIN,
    CHAN,
    MALEE,
    NETWORK,
    NOK,
    NOW,
    SOMCHAI,
    TODAY,
    TOMORROW,
    WAN,
    YING,
    later,
    log_faults,
    village,
)
from tests.guarantee import LON, certified, nok_may_look, published


def test_anybody_can_repeat_a_draw() -> None:
    plots, secret = [f"{n:08}" for n in range(137)], bytes(range(32))
    count = rules.how_many(len(plots), Part(1, 10), 1)
    assert count == 14
    seed = rules.seed(secret, "042817", rules.listed(plots))
    drawn = rules.drawn(plots, count, seed)
    # by the words on the page, with nothing of ours
    told = hashlib.sha256("".join(plot + "\n" for plot in plots).encode()).hexdigest()
    line = f"{secret.hex()}\n042817\n{told}\n"
    start, left, again = hashlib.sha256(line.encode()).digest(), [*plots], []
    for turn in range(14):
        number = int(hashlib.sha256(start + bytes([turn >> 8, turn & 255])).hexdigest(), 16)
        again.append(left.pop(number % len(left)))
    assert [*drawn] == again
    assert rules.drawn(plots, count, rules.seed(secret, "042818", told)) != drawn
    assert (
        rules.drawn(plots[1:], count, rules.seed(secret, "042817", rules.listed(plots[1:])))
        != drawn
    )
    assert {*rules.drawn(plots[:3], 9, seed)} == {*plots[:3]}
    assert rules.how_many(0, Part(1, 10), 1) == 0


def test_each_plot_is_drawn_about_as_often() -> None:
    plots = [f"p{n}" for n in range(20)]
    seen = Counter(
        plot for n in range(2_000)
        for plot in rules.drawn(plots, 2, rules.seed(n.to_bytes(32), "000000", ""))
    )  # fmt: skip
    assert sum((seen[plot] - 200) ** 2 / 200 for plot in plots) < 45, "chi squared, 19 free"


@pytest.fixture
async def there(db: Database, tmp_path: Path) -> None:
    key = tmp_path / "keys" / keepings.KEY
    keepings.use(key, name="market.example.org/log", folder=tmp_path / "kept", create_key=True)
    await village(db)


async def refused(code: str, command: Any, *asked: Any, hours: int = 0) -> dict[str, Any]:
    with pytest.raises(Refusal) as no:
        await run(command, *asked, by=WAN, at=later(hours=hours))
    assert no.value.code == code
    return dict(no.value.facts)


async def prepared(**more: Any) -> PrepareDraw:
    wanted = PrepareDraw(new_id(), NETWORK, "sgs-pgs", **more)
    await run(commands.prepare, wanted, by=WAN, at=later(hours=1))
    return wanted


async def test_what_comes_out_was_fixed_before_anybody_could_know_the_seed(there: None) -> None:
    await nok_may_look()
    await published(random_share=Part(1, 10), random_min=1)
    empty = PrepareDraw(new_id(), NETWORK, "sgs-pgs")
    await refused("draws.nothing_to_draw", commands.prepare, empty)
    await certified()
    await certified(farmer=CHAN, lon=LON + 0.01)
    await checkpoints.sign(at=NOW)
    many = PrepareDraw(new_id(), NETWORK, "sgs-pgs", count=3)
    facts = await refused("draws.count_out_of_range", commands.prepare, many, hours=1)
    assert facts["most"] == 2
    first = await prepared()
    await refused("draws.prepared_already", commands.prepare, empty, hours=1)
    await refused("draws.checkpoint_awaited", commands.draw, first.id, hours=1)
    signed = await checkpoints.sign(at=later(hours=2))
    both = await asyncio.gather(
        *[run(commands.draw, first.id, by=who, at=later(hours=3)) for who in (WAN, YING)]
    )
    assert both[0] == both[1] == rules.Drawn(first.id, signed.size, signed.root.hex(), 1)
    found = await queries.draw(first.id)
    again = rules.drawn(found.items, 1, queries.seed_of(found))
    assert found.came == again
    assert await verified.draw_faults() == []
    told = await queries.told(found, later(hours=4))
    assert (told.open, told.items, told.drawn, told.secret) == (False, (), (), "")
    assert told.commitment == hashlib.sha256(bytes.fromhex(found.sealed)).hexdigest()
    assert (await queries.told(found, later(days=400))).drawn == found.came
    assert await log_faults() == []


async def test_a_second_draw_needs_a_reason_and_both_stay(there: None) -> None:
    await published()
    await certified()
    await certified(farmer=CHAN, lon=LON + 0.01)
    first = await prepared()
    await checkpoints.sign(at=later(hours=2))
    await run(commands.draw, first.id, by=WAN, at=later(hours=3))
    second = PrepareDraw(new_id(), NETWORK, "sgs-pgs")
    await refused("draws.reason_missing", commands.prepare, second, hours=4)
    wanted = PrepareDraw(second.id, NETWORK, "sgs-pgs", 1, "มีเรื่องร้องเรียน")
    await run(commands.prepare, wanted, by=WAN, at=later(hours=4))
    await checkpoints.sign(at=later(hours=5))
    await run(commands.draw, second.id, by=YING, at=later(hours=6))
    one, two = [await queries.draw(id) for id in (first.id, second.id)]
    assert {*one.came, *two.came} == {*one.items}, "who was drawn is not drawn again"
    assert (one.number, two.number, two.drawn_before) == (1, 2, 1)
    third = PrepareDraw(new_id(), NETWORK, "sgs-pgs", 1, "อีก")
    await refused("draws.nothing_to_draw", commands.prepare, third, hours=7)
    assert await verified.draw_faults() == []


async def test_whoever_bends_a_draw_is_found(there: None) -> None:
    await published()
    await certified()
    await certified(farmer=CHAN, lon=LON + 0.01)
    first = await prepared()
    await checkpoints.sign(at=later(hours=2))
    await run(commands.draw, first.id, by=WAN, at=later(hours=3))
    found = await queries.draw(first.id)
    other = next(code for code in found.items if code not in found.came)
    bent = {
        "came": other, "items": other, "sealed": "00" * 32, "to_draw": 2, "root": "00" * 32,
        "size": 1,
    }  # fmt: skip
    for column, value in bent.items():
        [row] = await in_use().query(f"SELECT {column} FROM draw WHERE id = {{}}", first.id)
        await in_use().query(f"UPDATE draw SET {column} = {{}} WHERE id = {{}}", value, first.id)
        assert await verified.faults(first.id), column
        await in_use().query(
            f"UPDATE draw SET {column} = {{}} WHERE id = {{}}", row[column], first.id
        )
    assert await verified.faults(first.id) == []


async def test_a_drawn_plot_is_visited_by_whom_the_rules_allow(there: None) -> None:
    await nok_may_look()
    await published(max_consecutive_years=0)
    await certified()
    first = await prepared()
    panel = (Assigned(SOMCHAI, "producer"), Assigned(CHAN, "producer"), Assigned(NOK, "consumer"))
    code = (await queries.in_force(NETWORK, "sgs-pgs", NOW))[0]
    sent = SendInspectors(new_id(), first.id, code, panel, TOMORROW)
    await refused("draws.not_drawn", commands.send, sent, hours=2)
    await checkpoints.sign(at=later(hours=2))
    await run(commands.draw, first.id, by=WAN, at=later(hours=3))
    own = SendInspectors(new_id(), first.id, code, (Assigned(MALEE, "producer"), *panel), TOMORROW)
    facts = await refused("assignment.barred", commands.send, own, hours=4)
    assert facts["why"] == ["left"], "who is no inspector is not sent"
    near = Relate(new_id(), MALEE, YING, "kin", TODAY, 1)
    await run(people.relate, near, by=ADMIN, at=NOW)
    cousin = SendInspectors(
        new_id(), first.id, code, (Assigned(YING, "producer"), *panel), TOMORROW
    )
    assert (await refused("assignment.barred", commands.send, cousin, hours=4))["why"] == ["kin"]
    with pytest.raises(rules.NotDrawn):
        await run(commands.send, sent, by=MALEE, at=later(hours=4))
    assert [one.code for one in await queries.followed(first.id, MALEE, later(hours=4))] == [""]
    await run(commands.send, sent, by=WAN, at=later(hours=4))
    twice = SendInspectors(new_id(), first.id, code, panel, TOMORROW)
    await refused("draws.sent_already", commands.send, twice, hours=5)
    assert (await visits.inspection(sent.id)).kind == "random"
    await run(inspections.cancel, sent.id, by=WAN, at=later(hours=6))
    await run(commands.send, twice, by=WAN, at=later(hours=7))
    assert await _known_looks() == 1, "or a leader would read of the visit that is to come"
    assert await _known_looks(untold=True) == 2, "who sends to drawn plots knows of it"
    on_site = BeginInspection(twice.id, later(hours=30))
    await run(inspections.begin, on_site, by=SOMCHAI, at=later(hours=30))
    assert await _known_looks() == 2
    [drawn] = await queries.drawn(first.id)
    assert (drawn.inspection, drawn.state) == (twice.id, "under_way")
    assert drawn.plot == (await plots.by_code(code)).id
    assert await log_faults() == []


async def test_a_drawn_plot_whose_certificate_ended_is_let_go(there: None) -> None:
    await nok_may_look()
    await published(max_consecutive_years=0)
    paper = await certified()
    first = await prepared()
    code = (await queries.in_force(NETWORK, "sgs-pgs", NOW))[0]
    go = rules.LetGo(new_id(), first.id, code, "คืนใบรับรองแล้ว")
    await refused("draws.not_drawn", commands.let_go, go, hours=2)
    await checkpoints.sign(at=later(hours=2))
    await run(commands.draw, first.id, by=WAN, at=later(hours=3))
    await refused("draws.still_certified", commands.let_go, go, hours=4)
    stop = ChangeCertificate(new_id(), paper.certificate, "complaint", TODAY)
    await run(certificates.suspend, stop, by=WAN, at=later(hours=4))
    await refused("draws.still_certified", commands.let_go, go, hours=4)
    panel = (Assigned(SOMCHAI, "producer"), Assigned(CHAN, "producer"), Assigned(NOK, "consumer"))
    sent = SendInspectors(new_id(), first.id, code, panel, TOMORROW)
    await run(commands.send, sent, by=WAN, at=later(hours=4))
    gave = ChangeCertificate(new_id(), paper.certificate, "holder_wishes", TODAY)
    await run(certificates.surrender, gave, by=MALEE, at=later(hours=5))
    await refused("draws.sent_already", commands.let_go, go, hours=6)
    await run(inspections.cancel, sent.id, by=WAN, at=later(hours=6))
    wordless = rules.LetGo(new_id(), first.id, code, " ")
    await refused("draws.reason_missing", commands.let_go, wordless, hours=6)
    with pytest.raises(rules.NotDrawn):  # of her own land she learns nothing
        await run(commands.let_go, go, by=MALEE, at=later(hours=6))
    await run(commands.let_go, go, by=WAN, at=later(hours=6))
    again = SendInspectors(new_id(), first.id, code, panel, TOMORROW)
    for deed, data in ((commands.let_go, go), (commands.send, again)):
        await refused("draws.let_go_already", deed, data, hours=7)
    told = await queries.told(await queries.draw(first.id), later(hours=7))
    assert (told.open, told.done, told.let_go, told.drawn) == (True, 0, 1, (code,))
    assert [(one.plot, one.reason) for one in told.let_go_told] == [(code, "คืนใบรับรองแล้ว")]
    assert await queries.drawn_already("sgs-pgs", TODAY.year, commands.FROM_NOW) == frozenset()
    assert await verified.draw_faults() == []
    assert await log_faults() == []


async def _known_looks(*, untold: bool = False) -> int:
    """Of Somchai at Malee's plot, as whoever fills a season is told them."""
    at = later(hours=31)
    version = await schemes.in_force("sgs-pgs", TODAY)
    land = [one.id for one in await plots.of_farmer(MALEE, TODAY)]
    season = await gathered.season(NETWORK, TODAY.year, version, land, seed=0, at=at, untold=untold)
    return sum(look.inspector == SOMCHAI for look in season.history)
