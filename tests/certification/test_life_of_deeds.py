"""The whole life of certificates by chance, through the real commands on both engines: after each
step no state is illegal, nothing that was frozen moved, and no past day stands otherwise."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from certification.basis.database import Database
from certification.certificates import queries as certificates
from certification.schemes import numbers
from tests.cast import log_faults, village
from tests.certification.life_cycle import AGAIN, INSPECTION, Calendar, may
from tests.certification.life_of_deeds import Row, Walk


class Watch:
    """What stood before, so that what moved is seen. Reads rows, asks no rule."""

    def __init__(self, walk: Walk) -> None:
        self.walk, self.db = walk, walk.db
        self.states: dict[str, str] = {}
        self.frozen: dict[str, str] = {}
        self.papers: dict[str, Calendar] = {}
        self.asked: dict[tuple[str, date], tuple[int, bool]] = {}

    async def look(self) -> None:
        await self._moved("application", AGAIN, ("submitted",))
        await self._moved("inspection", INSPECTION, ("assigned",))
        await self._paint()
        await self._past()

    async def _moved(self, table: str, book: dict[str, str], first: tuple[str, ...]) -> None:
        for row in await self.db.query(f"SELECT id, state, scheme_version FROM {table}"):
            before, now = self.states.get(row["id"]), row["state"]
            if before is None:
                assert now in first, f"{table} began as {now}"
            elif before != now:
                assert may(book, now, before), f"{table} went from {before} to {now}"
            self.states[row["id"]] = now
            kept = self.frozen.setdefault(row["id"], row["scheme_version"])
            assert kept == row["scheme_version"], f"the version of {table} {row['id']} moved"

    async def _paint(self) -> None:
        for row in await self.db.query("SELECT id, valid_from, valid_until FROM certificate"):
            calendar = Calendar(day(row["valid_from"]), day(row["valid_until"]))
            self.papers.setdefault(row["id"], calendar)
        told = defaultdict[str, list[Row]](list)
        for row in await self.db.query(
            "SELECT certificate, kind, from_on FROM certificate_event ORDER BY certificate, seq"
        ):
            told[row["certificate"]].append(row)
        for id, events in told.items():
            paper = self.papers[id]
            assert paper.state() not in ("revoked", "surrendered", "superseded") or len(
                events
            ) == len(paper.events), "something befell what was over"
            for row in events[len(paper.events) :]:
                paper.add(row["kind"], day(row["from_on"]))

    async def _past(self) -> None:
        if not self.papers:
            return
        dice = self.walk.dice
        id, back = dice.choice([*self.papers]), dice.randrange(90)
        paper, on = self.papers[id], self.walk.at.date() - timedelta(days=back)
        held = (await certificates.standing(await certificates.certificate(id), None, on)).held
        assert held == paper.held(on), f"{id} on {on}"
        count, before = self.asked.get((id, on), (0, held))
        since = [from_on for _, from_on in paper.events[count:]]
        assert before == held or min(since) <= on, f"{on} stands otherwise, and nothing says so"
        self.asked[id, on] = (len(paper.events), held)

    async def whole(self) -> None:
        """What is too dear to ask at each step."""
        await self._decided()
        await self._inspected()
        await self._numbered()
        for made, plot, on in self.walk.claimed:
            if made.claim == "organic":
                held = await self.db.query("SELECT id FROM certificate WHERE plot = {}", plot)
                assert any(self.papers[row["id"]].first <= on for row in held), "no paper by then"
        await self._organic()

    async def _decided(self) -> None:
        for row in await self.db.query(
            "SELECT d.*, a.applicant, a.scheme_version AS version, c.scheme_version, c.id AS paper,"
            " c.plot AS land, a.plot FROM decision d JOIN application a ON a.id = d.application"
            " LEFT JOIN certificate c ON c.decision = d.id"
        ):
            kept: dict[str, Any] = msgspec.json.decode(row["snapshot"])
            judges = {*kept["judges"]}
            assert not judges & {*kept["recused"], row["applicant"]}, "somebody recused counted"
            cast = row["votes_for"] + row["votes_against"] + row["abstained"]
            assert cast <= len(judges) == row["present"], "more votes than people"
            assert row["present"] >= row["quorum_needed"]
            if row["paper"]:
                assert (row["outcome"], bool(row["final"])) == ("approved", True), "no final yes"
                assert (row["scheme_version"], row["land"]) == (row["version"], row["plot"])

    async def _inspected(self) -> None:
        for row in await self.db.query(
            "SELECT m.person, a.applicant, v.scheme_version, a.scheme_version AS version"
            " FROM inspection_member m JOIN inspection v ON v.id = m.inspection"
            " JOIN application a ON a.id = v.application"
        ):
            assert row["person"] != row["applicant"], "somebody looked at the own plot"
            assert row["scheme_version"] == row["version"]

    async def _numbered(self) -> None:
        given = defaultdict[str, list[int]](list)
        for row in await self.db.query("SELECT number FROM certificate"):
            assert numbers.well_formed(row["number"]), row["number"]
            series, running, _ = row["number"].rsplit("-", 2)
            given[series].append(int(running))
        for series, found in given.items():
            assert sorted(found) == [*range(1, len(found) + 1)], f"a gap in {series}"

    async def _organic(self) -> None:
        """By all that is known now: what was harvested while no paper held says so today."""
        for made, plot, on in self.walk.claimed[-20:]:
            held = await certificates.holding(plot, "kale", on)
            rows = await self.db.query("SELECT id FROM certificate WHERE plot = {}", plot)
            painted = any(self.papers[row["id"]].held(on) for row in rows)
            assert bool(held) == painted, f"{made.lot} of {on}"


def day(said: date | str) -> date:
    return said if isinstance(said, date) else date.fromisoformat(said)


async def walked(db: Database, seed: int, steps: int) -> Walk:
    await village(db)
    walk = Walk(db, seed)
    await walk.settle()
    watch = Watch(walk)
    walk.look = watch.look
    rounds = 0
    while walk.steps < steps:
        await walk.step()
        rounds += 1
        if rounds % 200 == 0:
            await watch.whole()
    await watch.whole()
    assert not await log_faults()
    return walk


DONE = """
certificates.apply applications.accept inspections.assign inspections.begin inspections.finish
meetings.open_meeting decisions.vote decisions.decide certificates.issue certificates.surrender
hearings.suspend hearings.open_ schemes.publish people.relate
"""
"""A walk that never gets so far proves nothing."""


async def test_two_thousand_deeds_leave_nothing_illegal(db: Database) -> None:
    walk = await walked(db, seed=2569, steps=2_000)
    told = walk.reached.most_common()
    assert {*DONE.split()} <= {code.removeprefix("done ") for code in walk.reached}, told
    assert len(walk.reached) > 50, told
    assert walk.reached["two at once"] > 50


@pytest.mark.long
@pytest.mark.parametrize("seed", range(4))
async def test_twenty_thousand_deeds_leave_nothing_illegal(db: Database, seed: int) -> None:
    await walked(db, seed=seed, steps=5_000)
