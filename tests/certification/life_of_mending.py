"""What the walk does about a finding, from the agreement to the eyes that saw it mended.

Before each deed a clerk reads the rows and says by the book what stands against it; nothing of our
rules is imported here.
"""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from certification.basis.ids import new_id
from certification.findings import commands as findings
from certification.findings import queries, ruled
from certification.findings.rules import Agree, Answer, Extend, SendBack, Settle
from certification.inspections.rules import CloseFinding
from tests.cast import CHAN, KRIT, NOK, SOMCHAI, WAN, YING

if TYPE_CHECKING:
    from tests.certification.life_of_deeds import Walk

DAYS = {"critical": 0, "major": 30, "minor": 90}
"""In which each is mended, unless a meeting says more."""
GRACE = 30
YEAR = 366
WORDS = "แก้แล้ว"
CLOSED, OWN = "inspections.finding_closed_already", "findings.own_claim"
FARMER, KIN = "inspections.not_by_the_farmer", "inspections.kin_of_the_farmer"
AGAIN = "findings.dispute_settled"
NOTHING, UNMET = "findings.nothing_said", "findings.meeting_missing"


class Told(NamedTuple):
    """A finding as a clerk reads it from its rows."""

    id: str
    farmer: str
    severity: str
    state: str
    due: date
    latest: date
    disputed: bool
    settled: bool
    claimed_by: str
    claimed_on: date | None
    said: frozenset[tuple[str, date]]
    """What the clock has said, for which day."""

    def late(self, today: date) -> int:
        return ((self.claimed_on or today) - self.due).days


def day(said: Any) -> date:
    return date.fromisoformat(str(said)[:10])


async def read(walk: "Walk", id: str) -> Told:
    row: Any = await walk.one(
        "SELECT f.*, c.id AS closed FROM finding f LEFT JOIN finding_closed c ON c.finding = f.id"
        " WHERE f.id = {}", id,
    )  # fmt: skip
    steps = await walk.db.query(
        'SELECT kind, due_on, at, "by" FROM finding_step WHERE finding = {} ORDER BY seq', id
    )
    due, latest = day(row["due_on"]), day(row["at"]) + timedelta(DAYS[row["severity"]])
    state, by, on = "action_agreed" if row["action"] else "open", "", None
    disputed = settled = False
    said = set[tuple[str, date]]()
    for one in steps:
        kind = one["kind"]
        if kind in ("agreed", "extended"):
            due = day(one["due_on"])
            state = "action_agreed" if kind == "agreed" else state
            latest = max(latest, due) if kind == "extended" else latest
        elif kind == "claimed":
            state, by, on = "done_claimed", one["by"], day(one["at"])
        elif kind == "sent_back":
            state, by, on = "open", "", None
        elif kind in ("disputed", "stands", "withdrawn"):
            disputed, settled = kind == "disputed", settled or kind == "stands"
        elif kind in ("reminded", "overdue", "escalated"):
            said.add((kind, day(one["due_on"])))
    if row["closed"]:
        state, disputed = "closed", False
    return Told(
        id, row["farmer"], row["severity"], state, due, latest, disputed, settled, by, on,
        frozenset(said),
    )  # fmt: skip


async def near(walk: "Walk", farmer: str, on: date | None = None) -> set[str]:
    """Who is kin on that day."""
    today = on or walk.at.date()
    rows = await walk.db.query(
        "SELECT person, other FROM relation WHERE (person = {} OR other = {}) AND since <= {}"
        " AND (until IS NULL OR until >= {})", farmer, farmer, today, today,
    )  # fmt: skip
    return {who for row in rows for who in (row["person"], row["other"])} - {farmer}


async def near_or_own(walk: "Walk", now: Told, by: str) -> set[str]:
    if by == now.farmer:
        return {FARMER}
    return {KIN} if by in await near(walk, now.farmer) else set()


def true(against: dict[str, bool]) -> set[str]:
    return {code for code, is_so in against.items() if is_so}


def somebody(walk: "Walk", *but: str) -> str:
    return walk.dice.choice([who for who in (CHAN, YING, SOMCHAI, WAN) if who not in but])


async def agree(walk: "Walk", now: Told) -> None:
    slip = walk.slip(FARMER, "findings.beyond_deadline", "findings.due_passed", NOTHING)
    today = walk.at.date()
    by = now.farmer if slip == FARMER else somebody(walk, now.farmer)
    words = " " if slip == NOTHING else "ทำสมุดบันทึก"
    due = {
        "findings.beyond_deadline": now.latest + timedelta(1),
        "findings.due_passed": min(now.latest, today - timedelta(1)),
    }.get(slip, walk.dice.choice((None, min(now.latest, today + timedelta(3)))))
    moved = due is not None and due != now.due
    against = true({
        NOTHING: words == " ", FARMER: by == now.farmer, CLOSED: now.state == "closed",
        "findings.disputed": now.disputed, "findings.claimed_already": now.state == "done_claimed",
        "findings.beyond_deadline": moved and due > now.latest,  # type: ignore[operator]
        "findings.due_passed": moved and due < today,  # type: ignore[operator]
    })  # fmt: skip
    await walk.foretold(against, findings.agree, Agree(new_id(), now.id, words, due), by=by)


async def extend(walk: "Walk", now: Told) -> None:
    slip = walk.slip(FARMER, "findings.not_longer", UNMET, NOTHING)
    today = walk.at.date()
    by = now.farmer if slip == FARMER else somebody(walk, now.farmer)
    words, ref = " " if slip == NOTHING else "ฝนตก", " " if slip == UNMET else "7/2569"
    earliest = max(now.due, today)
    due = now.due if slip == "findings.not_longer" else earliest + timedelta(20)
    against = await near_or_own(walk, now, by) | true({
        NOTHING: words == " ", UNMET: ref == " ", CLOSED: now.state == "closed",
        "findings.not_longer": not earliest < due <= today + timedelta(YEAR),
    })  # fmt: skip
    longer = Extend(new_id(), now.id, due, words, ref, today)
    await walk.foretold(against, ruled.extend, longer, by=by)


def said_against(now: Told, kind: str, words: str, photo: str | None, *, may: bool) -> set[str]:
    weighty = kind != "replied"
    return true({
        "findings.not_yours": not may, CLOSED: now.state == "closed",
        NOTHING: words == " " and not (photo and kind != "disputed"),
        "findings.disputed": weighty and now.disputed,
        "findings.claimed_already": weighty and now.state == "done_claimed",
        "findings.dispute_settled": kind == "disputed" and now.settled,
    })  # fmt: skip


async def answer(walk: "Walk", now: Told, kind: Any = "") -> None:
    """By the farmer, or by who types for the farmer; sometimes two say so at the same moment."""
    kind = kind or walk.dice.choice(("replied", "claimed", "claimed", "disputed"))
    slip = walk.slip("findings.not_yours", NOTHING)
    words = " " if slip == NOTHING or not walk.dice.randrange(4) else WORDS
    photo = walk.photo if slip != NOTHING and (words == " " or walk.dice.randrange(2)) else None
    by, behalf = now.farmer, None
    if slip == "findings.not_yours":
        by, behalf = walk.dice.choice(((NOK, None), (KRIT, now.farmer)))
    elif walk.dice.randrange(3) == 0 or walk.wants(OWN):
        by, behalf = somebody(walk, now.farmer, WAN), now.farmer
    may = by == now.farmer or (behalf == now.farmer and by != KRIT)
    against = said_against(now, kind, words, photo, may=may)
    two = [Answer(new_id(), now.id, kind, words, photo, behalf) for _ in range(2)]
    if kind != "replied" and not against and walk.dice.randrange(4) == 0:
        quicker = {"findings.claimed_already", "findings.disputed", "findings.changed_meanwhile"}
        await walk.one_of_two(quicker, findings.answer, *two, by=by)
    else:
        await walk.foretold(against, findings.answer, two[0], by=by)


async def claim(walk: "Walk", now: Told) -> None:
    await answer(walk, now, "claimed")


async def dispute(walk: "Walk", now: Told) -> None:
    await answer(walk, now, "disputed")


async def verify(walk: "Walk", now: Told) -> None:
    slip = walk.slip(FARMER, OWN, KIN)
    kin = await near(walk, now.farmer)
    by = {FARMER: now.farmer, OWN: now.claimed_by, KIN: min(kin, default="")}.get(slip)
    by = by or somebody(walk, now.farmer, now.claimed_by, *kin & {CHAN, YING, SOMCHAI})
    against = await near_or_own(walk, now, by) | true({
        CLOSED: now.state == "closed", "findings.disputed": now.disputed,
        OWN: by == now.claimed_by,
    })  # fmt: skip
    two = [CloseFinding(new_id(), now.id, "ไปดูแล้ว") for _ in range(2)]
    if not against and walk.dice.randrange(4) == 0:
        await walk.one_of_two({CLOSED, "findings.changed_meanwhile"}, findings.verify, *two, by=by)
    else:
        await walk.foretold(against, findings.verify, two[0], by=by)


async def send_back(walk: "Walk", now: Told) -> None:
    slip = walk.slip(OWN, NOTHING)
    by = (now.claimed_by if slip == OWN else "") or somebody(walk, now.farmer, now.claimed_by)
    words = " " if slip == NOTHING else "ยังไม่เรียบร้อย"
    against = await near_or_own(walk, now, by) | true({
        CLOSED: now.state == "closed", "findings.disputed": now.disputed,
        OWN: by == now.claimed_by, NOTHING: words == " ",
        "findings.nothing_claimed": now.state != "done_claimed",
    })  # fmt: skip
    await walk.foretold(against, findings.send_back, SendBack(new_id(), now.id, words), by=by)


async def settle(walk: "Walk", now: Told) -> None:
    slip = walk.slip(FARMER, NOTHING, UNMET)
    today = walk.at.date()
    by = now.farmer if slip == FARMER else somebody(walk, now.farmer)
    words = " " if slip == NOTHING else "ที่ประชุมดูแล้ว"
    held = today + timedelta(walk.dice.choice((1, -YEAR - 1)) if slip == UNMET else 0)
    against = await near_or_own(walk, now, by) | true({
        CLOSED: now.state == "closed", "findings.no_dispute": not now.disputed,
        NOTHING: words == " ", UNMET: not today - timedelta(YEAR) <= held <= today,
    })  # fmt: skip
    verdict: Any = walk.dice.choice(("stands", "stands", "withdrawn"))
    word = Settle(new_id(), now.id, verdict, words, "7/2569", held)
    await walk.foretold(against, ruled.settle, word, by=by)


Deed = Callable[["Walk", Told], Awaitable[None]]
NEXT: dict[str, tuple[Deed, ...]] = {
    "open": (agree, agree, claim, dispute),
    "action_agreed": (claim, claim, answer, extend, dispute),
    "done_claimed": (verify, verify, send_back),
    "closed": (agree, answer, verify, send_back, settle, extend),
}
SEEKS: dict[str, Deed] = {
    "findings.beyond_deadline": agree, "findings.due_passed": agree, "findings.not_longer": extend,
    "findings.nothing_claimed": send_back, "findings.no_dispute": settle,
}  # fmt: skip
"""What only one deed can meet."""
ANY: tuple[Deed, ...] = (agree, extend, answer, verify, send_back, settle)


async def mends(walk: "Walk", farmer: str) -> None:
    """The next thing with one of the farmer's findings; seldom anything."""
    row = await walk.one(
        "SELECT f.id FROM finding f LEFT JOIN finding_closed c ON c.finding = f.id"
        " ORDER BY c.id IS NOT NULL, f.plot <> {}, f.at DESC, f.id LIMIT 1", walk.plots[farmer],
    )  # fmt: skip
    if row is None:
        return
    now = await read(walk, row["id"])
    if now.settled and now.state in ("open", "action_agreed") and walk.wants(AGAIN):
        await dispute(walk, now)
    elif now.state == "done_claimed" and not walk.reached["findings.claimed_already"]:
        await claim(walk, now)
    elif walk.dice.randrange(4) == 0:
        sought = [deed for code, deed in SEEKS.items() if not walk.reached[code]]
        await walk.dice.choice(sought or ANY)(walk, now)
    else:
        able = (settle,) if now.disputed else NEXT[now.state]
        new = [deed for deed in able if not walk.reached[f"done findings.{deed.__name__}"]]
        await walk.dice.choice(new if new and walk.dice.randrange(2) else able)(walk, now)


GUARDS = """
findings.not_yours findings.nothing_said findings.beyond_deadline findings.due_passed
findings.claimed_already findings.nothing_claimed findings.own_claim findings.disputed
findings.dispute_settled findings.no_dispute findings.not_longer findings.meeting_missing
inspections.finding_closed_already inspections.not_by_the_farmer inspections.kin_of_the_farmer
"""


async def clock(walk: "Walk") -> None:
    """A day has passed: what is late is said once for its day, and the gravest of it."""
    today = walk.at.date()
    for id in await queries.unsettled(walk.at):
        await walk.do(findings.tell, id, by="clock")
        walk.reached["the clock has spoken"] += 1
    rows = await walk.db.query(
        "SELECT f.id FROM finding f LEFT JOIN finding_closed c ON c.finding = f.id"
        " WHERE c.id IS NULL"
    )
    for row in rows:
        now = await read(walk, row["id"])
        late, waits = now.late(today), now.state == "done_claimed"
        if late >= GRACE:
            assert ("escalated", now.due) in now.said, f"{now} was not handed on"
        elif late > 0:
            assert {("overdue", now.due), ("escalated", now.due)} & now.said, f"{now} is late"
        elif not waits and (now.due - today).days <= 7:
            assert {one for one in now.said if one[1] == now.due}, f"nobody was reminded: {now}"
        walk.reached["with the committee"] += late >= GRACE
