"""A village that is walked through its years by chance: each step is one command of the product.

`Walk.step` mostly does what one ought to do next for a plot; now and then something else, by the
wrong person, too late, or twice at the same moment. Nobody here looks into a rule.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any, cast

import msgspec

from certification.applications import commands as applications
from certification.applications.rules import (
    Resubmit,
    ReturnApplication,
    SubmitApplication,
    Withdraw,
)
from certification.basis import blobs
from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.certificates import commands as certificates
from certification.certificates import renewals
from certification.certificates.rules import IssueCertificate
from certification.decisions import commands as decisions
from certification.decisions.rules import Decide
from certification.decisions.votes import CastVote
from certification.hearings import commands as hearings
from certification.hearings.rules import CastVote as HearingVote
from certification.inspections import assigning
from certification.inspections import commands as inspections
from certification.inspections.answering import AnswerGiven, GiveAnswers
from certification.inspections.panel import Assigned
from certification.inspections.rules import (
    AssignInspection,
    BeginInspection,
    FinishInspection,
    MakeFinding,
)
from certification.meetings import commands as meetings
from certification.meetings.rules import Attend, OpenMeeting
from certification.people import commands as people
from certification.people.rules import Particulars, Relate
from certification.plots import commands as plots
from certification.plots.rules import PlantCrop
from certification.schemes import commands as schemes
from certification.schemes.queries import in_force, preset
from certification.schemes.rules import Content, PublishScheme, RuleSet
from certification.schemes.settings import Part
from market.domain.lots import commands as lots
from market.domain.lots.rules import HarvestLot
from tests.cast import (
    ADMIN,
    CHAN,
    DAO,
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
)
from tests.certification.life_of_doubts import (
    OF_COMPLAINTS,
    OF_TESTS,
    complains,
    tests_leaves,
)
from tests.certification.life_of_mending import GUARDS as OF_FINDINGS
from tests.certification.life_of_mending import clock, mends, read, settle, verify
from tests.certification.life_of_papers import (
    AFTER,
    OF_APPEALS,
    OF_HEARINGS,
    OF_PAPERS,
    appeal,
    asked_late,
    hear,
    papers,
)
from tests.guarantee import ON_PAPER, planted, published
from tests.pictures import tiny

FARMERS = (MALEE, SOMCHAI, CHAN, YING)
ANYBODY = (*FARMERS, NOK, WAN, KRIT, DAO)
ROOM = (*FARMERS, NOK, WAN, DAO, PRASERT)
SEATS = {**dict.fromkeys(FARMERS, "producer"), NOK: "consumer"}
STRANGERS = tuple(f"01930000-0000-7000-8000-00000000e00{n}" for n in range(5))
OTHERS = (WAN, DAO, KRIT, *STRANGERS)
"""Who hears what those of the room have judged before."""
SHEET = ("E01", "N03", "N14", "P12")
"""Of the checklist only so many questions: the walk is of states, not of sheets."""
ENOUGH = 3
"""Times that a guard is met; then it is looked for less."""
TURNED: tuple[dict[str, Any], ...] = (
    {}, {"quorum_count": 4}, {"min_inspectors": 4}, {"pass_share": Part(1, 2)},
    {"one_vote_per_case": True}, {"farmer_present": False}, {"validity_months": 6},
    {"minors_to_major": 2}, {"appeal_lifts_suspension": True, "minors_to_major": 2},
)  # fmt: skip
"""What the next version of the charter changes."""
Row = dict[str, Any]


async def nothing() -> None:
    """Nobody watches while the village is settled."""


class Walk:
    def __init__(self, db: Database, seed: int) -> None:
        self.db, self.dice, self.at = db, random.Random(seed), NOW
        self.plots: dict[str, str] = {}
        self.reached: Counter[str] = Counter()
        self.steps = self.turn = 0
        self.claimed: list[Any] = []
        self.charters: dict[str, RuleSet] = {}
        """What was published, by version; `newest` of them the last."""
        self.newest = self.photo = self.no = ""
        self.look: Callable[[], Awaitable[None]] = nothing

    async def settle(self) -> None:
        first = await published(**CHEAP)
        self.photo = await blobs.keep(tiny(), by=MALEE, at=self.at)
        content = (await in_force("sgs-pgs", NOW.date())).content
        self.charters[first] = content.rules
        for person in STRANGERS:
            await run(people.register, person, Particulars("คนไกล"), by=ADMIN, at=self.at)
        items = tuple(item for item in content.checklist if item.code in SHEET)
        await self._publish(msgspec.structs.replace(content, checklist=items))
        for number, farmer in enumerate(FARMERS):
            self.plots[farmer] = await planted(farmer=farmer, lon=100.28 + number * 0.01)
        self.at += timedelta(days=1)

    # ── one step ─────────────────────────────────────────────────────────────────────────────

    async def do(self, deed: Callable[..., Awaitable[Any]], *asked: Any, by: str) -> Any:
        """One command, and a look at what it left behind."""
        made = await self._done(deed, *asked, by=by)
        await self.look()
        return made

    async def _done(self, deed: Callable[..., Awaitable[Any]], *asked: Any, by: str) -> Any:
        """What it is refused is counted; anything else is a fault."""
        self.steps += 1
        self.no = ""
        try:
            made = await run(deed, *asked, by=by, at=self.at)
        except Refusal as no:
            self.reached[no.code] += 1
            self.no = no.code
            return None
        self.reached[f"done {deed.__module__.split('.')[1]}.{deed.__name__}"] += 1
        return made

    async def foretold(
        self, against: set[str], deed: Callable[..., Awaitable[Any]], *asked: Any, by: str
    ) -> Any:
        """One command of which a clerk has said by the book what stands against it."""
        made = await self.do(deed, *asked, by=by)
        told = f"{deed.__name__} at {self.at} by {by}: {asked}"
        if self.no:
            assert self.no in against, f"{told}: {self.no}, where {against or 'nothing'} is so"
        else:
            assert not against, f"{told} was done where {against} stands against it"
        return made

    async def one_of_two(
        self, against: set[str], deed: Callable[..., Awaitable[Any]], *pair: Any, by: str
    ) -> Any:
        """Two do it at the same moment, and nothing stands against it but the other: in whatever
        order they come, it is done once."""
        before = self.reached.copy()
        done = await asyncio.gather(*(self._done(deed, asked, by=by) for asked in pair))
        await self.look()
        made = [one for one in done if one is not None]
        new = {code for code in self.reached - before if not code.startswith("done ")}
        assert len(made) == 1, f"{deed.__name__} was done {len(made)} times: {new}"
        assert new <= against, f"{deed.__name__}: {new}, where only {against} may be"
        self.reached["one of two"] += 1
        return made[0]

    def slip(self, *mistakes: str) -> str:
        """Mostly none; else any that was not met at all, or not often enough. Not the rarest
        alone: where it cannot be met now, none of the others would be."""
        new = [code for code in mistakes if not self.reached[code]]
        among = new or [code for code in mistakes if self.wants(code)]
        return "" if self.dice.randrange(2 if among else 9) else self.dice.choice(among or mistakes)

    def wants(self, code: str) -> bool:
        return self.reached[code] < ENOUGH

    def often(self, code: str) -> int:
        """Of how many times one is to bring it about."""
        return 9 if self.reached[code] else 2

    async def at_once(self, deed: Callable[..., Awaitable[Any]], *pair: Any, by: str) -> None:
        """Two do it at the same moment with ids of their own: at the most one is done."""
        done = await asyncio.gather(*(self._done(deed, asked, by=by) for asked in pair))
        await self.look()
        assert sum(made is not None for made in done) <= 1, f"{deed.__name__} was done twice"
        self.reached["two at once"] += 1

    async def step(self) -> None:
        farmer = self.dice.choice(FARMERS)
        if self.dice.randrange(9) == 0:
            await self.dice.choice(STRAY)(self, farmer)
        elif self.dice.randrange(30) == 0:
            self.at += timedelta(days=self.dice.choice((1, 3, 20, 45)))
            await clock(self)
        elif self.dice.randrange(2):
            await self._errand()(self, farmer)
        else:
            await self._next(farmer)

    def _errand(self) -> "Deed":
        """Any; often the next in turn of those with something that nobody has met yet: a rare one
        does not keep the others waiting."""
        lacking = [one for one in ERRANDS if any(not self.reached[code] for code in ERRANDS[one])]
        if not lacking or self.dice.randrange(2):
            return self.dice.choice([*ERRANDS])
        self.turn += 1
        return lacking[self.turn % len(lacking)]

    async def one(self, sql: str, *values: Any) -> Row | None:
        rows = await self.db.query(sql, *values)
        return cast("Row", rows[0]) if rows else None

    async def _application(self, farmer: str) -> Row | None:
        return await self.one(
            "SELECT id, state FROM application WHERE plot = {} ORDER BY submitted_at DESC, id DESC"
            " LIMIT 1", self.plots[farmer],
        )  # fmt: skip

    async def _next(self, farmer: str) -> None:
        asked = await self._application(farmer)
        state = asked["state"] if asked else ""
        if asked is None or state in ("withdrawn", "lapsed"):
            await self.apply(farmer)
        elif state == "submitted":
            by = WAN if self.dice.randrange(4) else farmer
            await self.do(applications.accept, asked["id"], ON_PAPER, by=by)
        elif state == "returned":
            again = Resubmit(asked["id"], "แผนใหม่", self.at.date() - timedelta(days=900))
            await self.do(applications.resubmit, again, by=farmer)
        elif state == "accepted":
            await self.visit(farmer, asked["id"])
        elif state == "inspected":
            await self.meet(farmer, asked["id"])
        else:
            await self.certify(farmer, asked["id"])

    # ── deeds ────────────────────────────────────────────────────────────────────────────────

    async def apply(self, farmer: str) -> None:
        wanted = [
            SubmitApplication(
                id=new_id(), plot=self.plots[farmer], scheme="sgs-pgs", farm_plan="ผักใบ",
                no_prohibited_since=self.at.date() - timedelta(days=900),
                pledge_digest=preset("sgs-pgs-small").pledge.digest,
            )
            for _ in range(2)
        ]  # fmt: skip
        if self.dice.randrange(3) == 0:
            await self.at_once(renewals.apply, *wanted, by=farmer)
        else:
            by = farmer if self.dice.randrange(6) else self.dice.choice(ANYBODY)
            await self.do(renewals.apply, wanted[0], by=by)

    async def assign(self, farmer: str, application: str, kind: Any = "initial") -> None:
        peers = [one for one in FARMERS if one != farmer or not self.dice.randrange(9)]
        size = self.dice.choice((2, 2, 2, 2, 1, 3))
        members = [Assigned(who, "producer") for who in self.dice.sample(peers, size)]
        members.append(Assigned(NOK, "consumer"))
        wanted = AssignInspection(
            new_id(), application, tuple(members), self.at.date(), kind, reason="ได้กลิ่นยา"
        )
        await self.do(assigning.assign, wanted, by=WAN)

    async def visit(self, farmer: str, application: str) -> None:
        visit = await self.one(
            "SELECT id, state FROM inspection WHERE application = {} AND carries = {}"
            " AND state IN ('assigned', 'under_way') LIMIT 1", application, True,
        )  # fmt: skip
        if visit is None and self.dice.randrange(self.often("done applications.withdraw")) == 0:
            await self.do(applications.withdraw, Withdraw(application), by=farmer)
        elif visit is None:
            await self.assign(farmer, application)
        else:
            await self.go_on(visit["id"], visit["state"])

    async def go_on(self, id: str, state: str) -> None:
        """Begin, answer, sign or finish: whatever is next on that visit."""
        panel = await self.db.query(
            "SELECT person, signed_at FROM inspection_member WHERE inspection = {}", id
        )
        first = panel[0]["person"] if self.dice.randrange(8) else self.dice.choice(ANYBODY)
        if state == "assigned":
            if await self.do(inspections.begin, BeginInspection(id, self.at), by=first):
                assert not await self._near(id), "kin went to look"
            return
        given = await self.one("SELECT id FROM inspection_answer WHERE inspection = {}", id)
        unsigned = [one["person"] for one in panel if one["signed_at"] is None]
        if given is None:
            await self.answer(id, first)
        elif unsigned and self.dice.randrange(6):
            await self.do(inspections.sign, id, by=unsigned[0])
        else:
            end = FinishInspection(id, "signed", self.at)
            await self.at_once(inspections.finish, end, end, by=first)

    async def _near(self, visit: str) -> list[Row]:
        """Of those sent, who is kin of the farmer at that moment."""
        found = await self.db.query(
            "SELECT m.person FROM inspection_member m JOIN inspection v ON v.id = m.inspection"
            " JOIN application a ON a.id = v.application JOIN relation r ON r.until IS NULL"
            " AND ((r.person = a.applicant AND r.other = m.person)"
            " OR (r.other = a.applicant AND r.person = m.person)) WHERE v.id = {}", visit,
        )  # fmt: skip
        return cast("list[Row]", found)

    async def answer(self, id: str, by: str) -> None:
        denied = self.dice.randrange(6) == 0
        said = {"E01": "no" if denied else "yes", "N03": "yes", "N14": "yes", "P12": "1.5"}
        answers = tuple(AnswerGiven(new_id(), item, value, self.at, "เห็นเอง")
                        for item, value in said.items())  # fmt: skip
        await self.do(inspections.answer, GiveAnswers(id, answers), by=by)
        for item in ("E01", "N14"):
            if (denied and item == "E01") or self.dice.randrange(5) == 0:
                severity = self.dice.choice(("major", "minor") if item == "N14" else ("major",))
                found = MakeFinding(new_id(), id, item, cast("Any", severity), "ไม่มีสมุดบันทึก")
                await self.do(inspections.find, found, by=by)

    async def meet(self, farmer: str, application: str) -> None:
        if self.dice.randrange(8) == 0:
            await self.mend(farmer)
        met = await self.one("SELECT id, held_on FROM meeting WHERE closed_at IS NULL LIMIT 1")
        if met is None:
            sown = PlantCrop(new_id(), self.plots[farmer], "kale", 1_000, self.at.date())
            await run(plots.plant, sown, by=farmer, at=self.at)
            await self.open_meeting()
        elif str(met["held_on"]) < str(self.at.date()) and self.dice.randrange(6):
            if self.slip(AFTER):
                await asked_late(self, farmer, met["id"])
            await self.close(met["id"])
        else:
            await self.vote_or_decide(farmer, application, met["id"])

    async def vote_or_decide(self, farmer: str, application: str, met: str) -> None:
        voted = await self.db.query(
            "SELECT person FROM vote WHERE meeting = {} AND application = {}", met, application
        )
        left = [who for who in ROOM if who not in {one["person"] for one in voted}]
        if left and self.dice.randrange(len(left) + 1):
            who = self.dice.choice(left)
            value = self.dice.choice(("for",) * 9 + ("against", "abstain", "recused"))
            vote = CastVote(met, application, who, self._mostly("recused", value)
                            if who == farmer else value)  # fmt: skip
            if self.dice.randrange(8) == 0:
                await self.at_once(decisions.vote, vote, vote, by=WAN)
            else:
                await self.do(decisions.vote, vote, by=WAN)
            return
        put_off = self.dice.randrange(9) == 0
        two = [Decide(new_id(), met, application, put_off, "เพราะ") for _ in range(2)]
        if self.dice.randrange(2):
            await self.at_once(decisions.decide, *two, by=WAN)
        else:
            await self.do(decisions.decide, two[0], by=WAN)

    async def open_meeting(self, others: bool = False) -> str:
        """Of the room; or of others, who have not judged before."""
        held = OpenMeeting(new_id(), NETWORK, self.at.date(), "ศาลา")
        await self.do(meetings.open_meeting, held, by=WAN)
        room = OTHERS if others else ROOM
        away = {self.dice.choice(ROOM)} if self.dice.randrange(3) == 0 else set[str]()
        for person in room:
            if person not in away:
                seat = SEATS.get(person, "agency")
                await self.do(meetings.attend, Attend(held.id, person, seat), by=WAN)
        return held.id

    async def close(self, meeting: str) -> None:
        """What it might have confirmed and did not is lifted, as the reader of the log does."""
        if await self.do(meetings.close_meeting, meeting, by=WAN):
            await run(hearings.lapse, meeting, at=self.at)
            await self.look()

    async def astray(self, _: str) -> None:
        """Before a body that has nothing to rule; or of nothing that anybody knows."""
        asked = await self.one("SELECT id FROM hearing WHERE open_for IS NOT NULL LIMIT 1")
        if asked:
            held = OpenMeeting(new_id(), RATTAPHUM, self.at.date(), "ศาลา")
            await self.do(meetings.open_meeting, held, by=YING)
            vote = HearingVote(held.id, asked["id"], YING, "for")
            await self.foretold({"hearings.other_body"}, hearings.vote, vote, by=YING)
            await self.foretold(
                {"hearings.missing"}, hearings.vote, HearingVote(held.id, new_id(), YING, "for"),
                by=YING,
            )  # fmt: skip
            await self.do(meetings.close_meeting, held.id, by=YING)

    async def certify(self, farmer: str, application: str) -> None:
        final = await self.one(
            "SELECT d.id, d.outcome, c.id AS paper FROM decision d LEFT JOIN certificate c"
            " ON c.decision = d.id WHERE d.application = {} ORDER BY d.turn DESC LIMIT 1",
            application,
        )
        if final is None or final["outcome"] != "approved":
            await self.apply(farmer)
        elif final["paper"] is None:
            two = [IssueCertificate(new_id(), final["id"]) for _ in range(2)]
            await self.at_once(certificates.issue, *two, by=self._mostly(WAN, farmer))
        elif self.dice.randrange(8) and await self._is_over(final["paper"]):
            await self.apply(farmer)
            self.at += timedelta(days=self.dice.choice((0, 90)))
        else:
            await self.dice.choice((Walk.harvest, papers, hear))(self, farmer)

    async def _is_over(self, paper: str) -> bool:
        """For good, or soon."""
        row = await self.one("SELECT valid_until FROM certificate WHERE id = {}", paper)
        last = await self.one(
            "SELECT kind FROM certificate_event WHERE certificate = {} ORDER BY seq DESC LIMIT 1",
            paper,
        )
        soon = str(self.at.date() + timedelta(days=59))
        return str((row or {})["valid_until"]) < soon or (
            last is not None and last["kind"] in ("revoked", "surrendered", "superseded")
        )

    async def harvest(self, farmer: str) -> None:
        """Of a planting that is ripe on that day, today or some days ago."""
        on = self.at.date() - timedelta(days=self.dice.choice((0, 0, 2, 6)))
        grown = PlantCrop(new_id(), self.plots[farmer], "kale", 1_000, on - timedelta(days=50))
        await run(plots.plant, grown, by=farmer, at=self.at)
        wanted = HarvestLot(self.plots[farmer], "kale", on, 5_000, grown.id, as_plain=True)
        self.steps += 1
        made = await run(lots.harvest, new_id(), wanted, by=farmer, at=self.at)
        self.claimed.append((made, self.plots[farmer], on))
        self.reached[f"claim {made.claim}"] += 1

    # ── what nobody should do, or seldom ─────────────────────────────────────────────────────

    async def stray_application(self, farmer: str) -> None:
        if asked := await self._application(farmer):
            by = self.dice.choice(ANYBODY)
            back = ReturnApplication(asked["id"], "ขอแผนผัง")
            deed, *said = self.dice.choice((
                (applications.withdraw, Withdraw(asked["id"])), (applications.return_, back),
                (applications.accept, asked["id"], ON_PAPER), (applications.accept, asked["id"]),
            ))  # fmt: skip
            await self.do(deed, *said, by=by)

    async def stray_visit(self, farmer: str) -> None:
        if asked := await self._application(farmer):
            kinds = ("annual", "random", "complaint", "follow_up", "initial")
            await self.assign(farmer, asked["id"], self.dice.choice(kinds))
        visits = await self.db.query(
            "SELECT id, state FROM inspection ORDER BY at DESC, id LIMIT 6"
        )
        if visits:
            visit = self.dice.choice(visits)
            if self.dice.randrange(4) == 0:
                await self.do(inspections.cancel, visit["id"], by=WAN)
            else:
                await self.go_on(visit["id"], visit["state"])

    async def stray_vote(self, farmer: str) -> None:
        asked = await self._application(farmer)
        met = await self.one("SELECT id FROM meeting ORDER BY opened_at DESC, id LIMIT 1")
        if asked and met:
            vote = CastVote(met["id"], asked["id"], self.dice.choice(ANYBODY), "for")
            await self.do(decisions.vote, vote, by=WAN)
            await self.do(decisions.decide, Decide(new_id(), met["id"], asked["id"]), by=WAN)

    async def mend(self, farmer: str) -> None:
        """Somebody goes to see what is still open, so that it can be decided."""
        found = await self.one(
            "SELECT f.id FROM finding f LEFT JOIN finding_closed c ON c.finding = f.id"
            " WHERE f.plot = {} AND c.id IS NULL ORDER BY f.at LIMIT 1", self.plots[farmer],
        )  # fmt: skip
        if found:
            now = await read(self, found["id"])
            await (settle if now.disputed else verify)(self, now)

    async def relate(self, farmer: str) -> None:
        """Two find out that they are kin; it may end again, so that panels stay possible."""
        told = await self.one("SELECT id FROM relation WHERE until IS NULL LIMIT 1")
        if told:
            await self.do(people.unrelate, told["id"], self.at.date(), "ไม่ใช่ญาติ", by=WAN)
        else:
            kin = Relate(new_id(), farmer, self.dice.choice([f for f in FARMERS if f != farmer]),
                         "kin", self.at.date(), degree=2)  # fmt: skip
            await self.do(people.relate, kin, by=WAN)

    async def change_charter(self, _: str) -> None:
        content = (await in_force("sgs-pgs", self.at.date())).content
        turned = CHEAP | self.dice.choice(TURNED)
        rules = msgspec.structs.replace(content.rules, **turned)
        await self._publish(msgspec.structs.replace(content, rules=rules))

    async def _publish(self, content: Content) -> None:
        today = self.at.date()
        wanted = PublishScheme(new_id(), content, today, "9/2569", today)
        if made := await self.do(schemes.publish, wanted, by=WAN):
            self.newest = made.version_id
            self.charters[self.newest] = content.rules

    def _mostly(self, right: str, wrong: str) -> str:
        return right if self.dice.randrange(6) else wrong


CHEAP = {
    "reciprocity_years": 0, "quorum_count": 5, "min_inspectors": 3, "group_min_members": 2,
    "farmer_present": True, "validity_months": 12, "pass_share": Part(2, 3),
}  # fmt: skip
"""What holds unless a version says otherwise."""
Deed = Callable[[Walk, str], Awaitable[None]]
STRAY: Sequence[Deed] = (
    Walk.stray_application, Walk.stray_visit, Walk.stray_visit, Walk.stray_vote,
    Walk.relate, Walk.change_charter, Walk.astray,
)  # fmt: skip
ERRANDS: dict[Deed, frozenset[str]] = {
    mends: frozenset(OF_FINDINGS.split()) | {"done findings.extend", "done findings.send_back"},
    papers: frozenset(OF_PAPERS.split()) | {"done certificates.reinstate"},
    hear: frozenset(OF_HEARINGS.split()),
    appeal: frozenset(OF_APPEALS.split()),
    complains: frozenset(OF_COMPLAINTS.split()),
    tests_leaves: frozenset(OF_TESTS.split()),
}
"""What is done beside the way to the certificate, each with what it has to meet."""
