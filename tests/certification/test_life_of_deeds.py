"""The whole life of certificates by chance, through the real commands on both engines: after each
step no state is illegal, nothing that was frozen moved, and no past day stands otherwise."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from certification.basis.database import Database
from certification.certificates import queries as certificates
from certification.conversion import queries as conversion
from certification.schemes import numbers
from certification.schemes import queries as schemes
from tests.cast import log_faults, village
from tests.certification.life_cycle import AGAIN, FINAL, INSPECTION, Calendar, may
from tests.certification.life_of_deeds import ERRANDS, Row, Walk
from tests.certification.life_of_mending import day

BOOKS = {"application": (AGAIN, "submitted"), "inspection": (INSPECTION, "assigned")}


class Watch:
    """What stood before, so that what moved is seen. Reads rows, asks no rule."""

    def __init__(self, walk: Walk) -> None:
        self.walk, self.db = walk, walk.db
        self.states: dict[str, str] = {}
        self.frozen: dict[str, str] = {}
        self.papers: dict[str, Calendar] = {}
        self.asked: dict[tuple[str, date], tuple[int, bool]] = {}
        self.looks = 0

    async def look(self) -> None:
        await self._moved()
        await self._paint()
        self.looks += 1
        if self.looks % 4 == 0:
            await self._past()

    async def _moved(self) -> None:
        for row in await self.db.query(
            "SELECT 'application' AS of, id, state, scheme_version FROM application"
            " UNION ALL SELECT 'inspection', id, state, scheme_version FROM inspection"
        ):
            book, first = BOOKS[row["of"]]
            before, now = self.states.get(row["id"]), row["state"]
            if before is None:
                assert now == first, f"{row['of']} began as {now}"
            elif before != now:
                assert may(book, now, before), f"{row['of']} went from {before} to {now}"
            self.states[row["id"]] = now
            kept = self.frozen.setdefault(row["id"], row["scheme_version"])
            assert kept == row["scheme_version"], f"the version of {row['of']} {row['id']} moved"

    async def _paint(self) -> None:
        """What is over stays so, but for an appeal that was upheld."""
        told = defaultdict[str, list[Row]](list)
        for row in await self.db.query(
            "SELECT c.id AS paper, c.valid_from, c.valid_until, e.kind, e.from_on, h.matter"
            " FROM certificate c LEFT JOIN certificate_event e ON e.certificate = c.id"
            " LEFT JOIN hearing_ruling r ON r.id = e.ruling LEFT JOIN hearing h ON h.id = r.hearing"
            " ORDER BY c.id, e.seq"
        ):
            told[row["paper"]].append(row)
        for id, events in told.items():
            first = events[0]
            calendar = Calendar(day(first["valid_from"]), day(first["valid_until"]))
            paper = self.papers.setdefault(id, calendar)
            new = [row for row in events if row["kind"]][len(paper.events) :]
            over = paper.state() in FINAL
            for row in new:
                assert not over or row["matter"] == "appeal", f"{row} befell what was over"
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
        await self._appealed()
        await self._conversion()
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

    async def _appealed(self) -> None:
        """Once each; and nobody who had voted on it, or had suspended alone, voted again."""
        rows = await self.db.query(
            "SELECT against FROM appeal GROUP BY against HAVING COUNT(*) > 1"
        )
        assert not rows, f"appealed twice: {rows}"
        again = await self.db.query(
            "SELECT v.person, h.id FROM hearing h JOIN hearing_vote v ON v.hearing = h.id"
            " JOIN certificate_event e ON e.id = h.about LEFT JOIN hearing_ruling r"
            " ON r.id = e.ruling LEFT JOIN hearing_vote b ON b.hearing = r.hearing"
            " AND b.person = v.person AND b.value <> 'recused' WHERE v.value <> 'recused'"
            " AND (b.id IS NOT NULL OR (e.ruling IS NULL AND e.by = v.person))"
            " UNION SELECT v.person, h.id FROM hearing h JOIN hearing_vote v ON v.hearing = h.id"
            " JOIN vote b ON b.application = h.application AND b.person = v.person"
            " JOIN decision d ON d.id = h.about AND d.meeting = b.meeting"
            " WHERE v.value <> 'recused' AND b.value <> 'recused'"
        )
        assert not again, f"judged by who had judged before: {again}"

    async def _conversion(self) -> None:
        """What spoilt the land is seen on that day and in the twelve months after it."""
        version = await schemes.version(self.walk.newest)
        rows = await self.db.query(
            "SELECT f.plot, COALESCE(v.ended_at, v.started_at, f.at) AS at FROM finding f"
            " LEFT JOIN inspection v ON v.id = f.inspection"
            " WHERE f.severity = 'critical' AND f.item IN ('N03', 'N14') AND NOT EXISTS"
            " (SELECT 1 FROM finding_step s WHERE s.finding = f.id AND s.kind = 'withdrawn')"
        )
        for plot in {row["plot"] for row in rows}:
            course = (await conversion.courses(plot, version))["annual"]
            for spoilt in {day(row["at"]) for row in rows if row["plot"] == plot}:
                assert course.on(spoilt).kind == "conventional", f"{plot} on {spoilt}"
                for days in (1, 120, 364):
                    kind = course.on(spoilt + timedelta(days)).kind
                    assert kind != "organic", f"{plot}: organic {days} days after {spoilt}"
                self.walk.reached["conversion began anew"] += 1

    async def _organic(self) -> None:
        """By all that is known now: what was harvested while no paper held says so today."""
        for made, plot, on in self.walk.claimed[-20:]:
            held = await certificates.holding(plot, "kale", on)
            rows = await self.db.query("SELECT id FROM certificate WHERE plot = {}", plot)
            painted = any(self.papers[row["id"]].held(on) for row in rows)
            assert bool(held) == painted, f"{made.lot} of {on}"


async def walked(db: Database, seed: int, steps: int, until: Collection[str] = ()) -> Walk:
    """So many deeds; and at the most three times as many again until all of that is reached. Ids
    are made by the clock, so no two walks are alike."""
    await village(db)
    walk = Walk(db, seed)
    await walk.settle()
    watch = Watch(walk)
    walk.look = watch.look
    rounds = 0
    while walk.steps < steps or (walk.steps < 4 * steps and not walk.reached.keys() >= {*until}):
        await walk.step()
        rounds += 1
        if rounds % 400 == 0:
            await watch.whole()
    await watch.whole()
    assert not await log_faults()
    return walk


DONE = """
certificates.apply applications.accept inspections.assign inspections.begin inspections.finish
meetings.open_meeting decisions.vote decisions.decide certificates.issue certificates.surrender
hearings.suspend hearings.open_ hearings.note_step hearings.vote hearings.rule hearings.file
certificates.reinstate findings.agree findings.extend findings.answer findings.verify
findings.send_back findings.settle findings.tell grievances.complain grievances.take residues.note
applications.withdraw schemes.publish people.relate
"""
"""A walk that never gets so far proves nothing."""
GUARDS = {code for codes in ERRANDS.values() for code in codes} | {
    "hearings.other_body", "hearings.missing",
}  # fmt: skip
"""Each that findings, papers, meetings, appeals, complaints and tests have; met, and foretold."""
SEEN = {"appealed in time", "too late to appeal", "with the committee", "conversion began anew"}


async def test_two_thousand_deeds_leave_nothing_illegal(db: Database, engine: str) -> None:
    """What the rules refuse they refuse on both engines: what is rare is waited for on one, and on
    PostgreSQL eight hundred are done."""
    rare = {f"done {deed}" for deed in DONE.split()} | GUARDS | SEEN
    steps, wanted, least = (2_000, rare, 10) if engine == "sqlite" else (800, set[str](), 3)
    walk = await walked(db, seed=2569, steps=steps, until=wanted)
    assert walk.reached.keys() >= wanted, sorted(wanted - walk.reached.keys())
    assert len([what for what in walk.reached if what.startswith("done ")]) > 15
    together = walk.reached["two at once"], walk.reached["one of two"]
    assert min(together) > least, walk.reached.most_common()


@pytest.mark.long
@pytest.mark.parametrize("seed", range(4))
async def test_twenty_thousand_deeds_leave_nothing_illegal(db: Database, seed: int) -> None:
    await walked(db, seed=seed, steps=5_000)
