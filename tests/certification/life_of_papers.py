"""What the walk does about a certificate: one person's suspension, a meeting's ruling, an appeal.

As in `life_of_mending` a clerk reads the rows first and says by the book what stands against it.
"""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from certification.basis.ids import new_id
from certification.certificates import commands as certificates
from certification.certificates.rules import ChangeCertificate
from certification.hearings import appeals
from certification.hearings import commands as hearings
from certification.hearings.rules import CastVote, FileAppeal, NoteStep, OpenHearing, Rule
from tests.cast import KRIT, NOK, RATTAPHUM, WAN
from tests.certification.life_cycle import CERTIFICATE, after
from tests.certification.life_of_mending import GRACE, day, near, read, somebody, true

if TYPE_CHECKING:
    from tests.certification.life_of_deeds import Row, Walk

STATE, RANGE = "certificates.not_from_this_state", "certificates.from_out_of_range"
HOLDER, REASON = "certificates.not_by_the_holder", "certificates.unknown_reason"
OPEN, NEEDS = "certificates.findings_open", "certificates.needs_ruling"
ASKED = {
    "suspend": "active", "confirm": "suspended", "reinstate": "suspended",
    "revoke": "active suspended",
}  # fmt: skip
BECAUSE = {"suspend": "decision", "reinstate": "mistake", "revoke": "fraud"}
HEARD = ("revoke", "appeal")
OF_NOTES = ("hearings.day_out_of_range", "hearings.not_invited", "hearings.noted_already")
AFTER = "hearings.asked_after_the_meeting"


class Paper(NamedTuple):
    id: str
    plot: str
    holder: str
    first: date
    charter: Any
    """The settings of its version, as they were published."""
    events: "list[Row]"

    @property
    def state(self) -> str:
        return after(self.events[-1]["kind"] if self.events else "issued")

    def rests_before(self, on: date) -> bool:
        """Whether it rests, and only since later than that day."""
        return self.state == "suspended" and on < day(self.events[-1]["from_on"])


async def paper(walk: "Walk", id: str) -> Paper:
    row: Any = await walk.one("SELECT * FROM certificate WHERE id = {}", id)
    events = await walk.db.query(
        "SELECT * FROM certificate_event WHERE certificate = {} ORDER BY seq", id
    )
    charter = walk.charters[row["scheme_version"]]
    return Paper(id, row["plot"], row["holder"], day(row["valid_from"]), charter, events)


async def grave(walk: "Walk", plot: str, charter: Any) -> int:
    """Open critical and major ones, and each `minors_to_major` minor ones."""
    row: Any = await walk.one(
        "SELECT COUNT(*) AS all_, SUM(CASE WHEN f.severity = 'minor' THEN 1 ELSE 0 END) AS minor"
        " FROM finding f LEFT JOIN finding_closed c ON c.finding = f.id"
        " WHERE f.plot = {} AND c.id IS NULL", plot,
    )  # fmt: skip
    minor, many = int(row["minor"] or 0), charter.minors_to_major
    return int(row["all_"]) - minor + (minor // many if many else 0)


async def long_late(walk: "Walk", plot: str) -> bool:
    rows = await walk.db.query(
        "SELECT f.id, f.scheme_version FROM finding f LEFT JOIN finding_closed c"
        " ON c.finding = f.id WHERE f.plot = {} AND c.id IS NULL", plot,
    )  # fmt: skip
    told = [(await read(walk, row["id"]), walk.charters[row["scheme_version"]]) for row in rows]
    minor = sum(one.severity == "minor" for one, _ in told)
    return any(
        one.late(walk.at.date()) >= GRACE
        and (one.severity != "minor" or 0 < charter.minors_to_major <= minor)
        for one, charter in told
    )


# ── one person ───────────────────────────────────────────────────────────────────────────────────


async def suspend(walk: "Walk", of: Paper) -> None:
    slip = walk.slip(HOLDER, RANGE, REASON, NEEDS, "certificates.nothing_overdue")
    today = walk.at.date()
    because = {REASON: "mood", NEEDS: "decision"}.get(slip) or walk.dice.choice(
        ("complaint", "critical_finding", "major_overdue")
    )
    back = {RANGE: walk.dice.choice((-1, (today - of.first).days + 1))}
    on = today - timedelta(back.get(slip, walk.dice.choice((0, 0, 0, 3, 30))))
    by = of.holder if slip == HOLDER else WAN
    grounded = because != "major_overdue" or await long_late(walk, of.plot)
    against = true({
        NEEDS: because == "decision", REASON: because == "mood", HOLDER: by == of.holder,
        STATE: of.state != "active" and not of.rests_before(on),
        RANGE: not of.first <= on <= today, "certificates.nothing_overdue": not grounded,
    })  # fmt: skip
    two = [ChangeCertificate(new_id(), of.id, because, on) for _ in range(2)]
    if not against and walk.dice.randrange(3) == 0:
        quicker = {STATE, "certificates.changed_meanwhile"}
        await walk.one_of_two(quicker, hearings.suspend, *two, by=by)
    else:
        await walk.foretold(against, hearings.suspend, two[0], by=by)
    if not against and not walk.reached["appealed in time"]:
        await appeal(walk, of.holder)


async def lift(walk: "Walk", of: Paper) -> None:
    """As a mistake, by the paper that shows it."""
    slip = walk.slip(HOLDER, RANGE, REASON, NEEDS, "certificates.reference_missing")
    today = walk.at.date()
    rested = day(of.events[-1]["from_on"]) if of.events else of.first
    on = today + timedelta(1) if slip == RANGE else walk.dice.choice((rested, today))
    because = {REASON: "mood", NEEDS: "findings_closed"}.get(slip, "mistake")
    note = None if slip == "certificates.reference_missing" else "บันทึกที่ 4/2569"
    by = of.holder if slip == HOLDER else WAN
    against = true({
        "certificates.reference_missing": because == "mistake" and note is None,
        NEEDS: because != "mistake", REASON: because == "mood", HOLDER: by == of.holder,
        STATE: of.state != "suspended", RANGE: not rested <= on <= today,
        OPEN: await grave(walk, of.plot, of.charter) > 0,
    })  # fmt: skip
    data = ChangeCertificate(new_id(), of.id, because, on, note)
    await walk.foretold(against, certificates.reinstate, data, by=by)


async def surrender(walk: "Walk", of: Paper) -> None:
    """Seldom to the end: what is given up is of no use to the walk."""
    slip = walk.slip("certificates.only_the_holder", RANGE, REASON)
    if not slip and walk.dice.randrange(3) and not walk.wants("done certificates.surrender"):
        await hear(walk, of.holder)
        return
    today = walk.at.date()
    by, behalf = of.holder, None
    if slip == "certificates.only_the_holder":
        by, behalf = walk.dice.choice(((WAN, None), (NOK, of.holder), (KRIT, of.holder)))
    elif walk.dice.randrange(2):
        by, behalf = somebody(walk, of.holder, WAN), of.holder
    on = today + timedelta(walk.dice.choice((-1, 1)) if slip == RANGE else 0)
    because = "mood" if slip == REASON else "holder_wishes"
    against = true({
        "certificates.only_the_holder": slip == "certificates.only_the_holder",
        REASON: because == "mood", RANGE: on != today,
        STATE: of.state not in CERTIFICATE["surrendered"].split(),
    })  # fmt: skip
    data = ChangeCertificate(new_id(), of.id, because, on, on_behalf_of=behalf)
    await walk.foretold(against, certificates.surrender, data, by=by)


# ── before a meeting ─────────────────────────────────────────────────────────────────────────────


async def bring(walk: "Walk", of: Paper) -> None:
    able = [one for one in BECAUSE if of.state in ASKED[one].split()]
    slip = walk.slip(HOLDER, STATE, REASON)
    matter: Any = walk.dice.choice([*ASKED] if slip == STATE or not able else able)
    if "revoke" in able and not slip and not walk.reached["hearings.not_heard"]:
        matter = "revoke"
    because = "mood" if slip == REASON else BECAUSE.get(matter, "complaint")
    by = of.holder if slip == HOLDER else WAN
    there = await walk.one(
        "SELECT id FROM hearing WHERE certificate = {} AND matter = {} AND open_for IS NOT NULL",
        of.id, matter,
    )  # fmt: skip
    against = true({
        HOLDER: by == of.holder, REASON: because == "mood",
        STATE: of.state not in ASKED[matter].split() or matter == "confirm",
        "hearings.open_already": there is not None,
    })  # fmt: skip
    data = OpenHearing(new_id(), of.id, matter, because)
    await walk.foretold(against, hearings.open_, data, by=by)


async def note(walk: "Walk", of: "Row", kind: Any = "") -> None:
    slip = walk.slip(*OF_NOTES, HOLDER)
    noted = await steps(walk, of["id"])
    today, asked_on = walk.at.date(), day(of["at"])
    kind = "absent" if slip == "hearings.not_invited" else kind
    kind = next(iter(noted), kind) if slip == "hearings.noted_already" else kind
    kind = kind or walk.dice.choice(("invited", "heard", "heard", "absent"))
    first = noted.get("invited", asked_on)
    on = walk.dice.choice((today + timedelta(1), first - timedelta(1)))
    on = on if slip == "hearings.day_out_of_range" else today
    by = of["holder"] if slip == HOLDER else WAN
    against = true({
        HOLDER: by == of["holder"], "hearings.ruled_already": of["open_for"] is None,
        "hearings.day_out_of_range": not first <= on <= today,
        "hearings.not_invited": kind == "absent" and "invited" not in noted,
        "hearings.noted_already": kind in noted,
    })  # fmt: skip
    await walk.foretold(against, hearings.note_step, NoteStep(new_id(), of["id"], kind, on), by=by)


async def steps(walk: "Walk", hearing: str) -> dict[str, date]:
    rows = await walk.db.query("SELECT kind, day_on FROM hearing_step WHERE hearing = {}", hearing)
    return {row["kind"]: day(row["day_on"]) for row in rows}


async def hear(walk: "Walk", farmer: str) -> None:
    """What is next with something that is before a meeting, of the farmer's or of another's:
    somebody is invited, a meeting comes together, it votes, it rules. Where there is nothing,
    something is brought."""
    of = await _heard_next(walk, farmer)
    if of is None:
        return await papers(walk, farmer, (bring,))
    noted = await steps(walk, of["id"])
    ready = of["matter"] not in HEARD or "heard" in noted or "absent" in noted
    unmet = any(not walk.reached[code] for code in OF_NOTES)
    early = walk.dice.randrange(walk.often("hearings.not_heard")) == 0
    if (not ready and not early) or (unmet and walk.dice.randrange(2)):
        return await note(walk, of, "invited" if "invited" not in noted else "")
    met = await walk.one(
        "SELECT * FROM meeting WHERE closed_at IS NULL AND organ <> {} LIMIT 1", RATTAPHUM
    )
    before = met is not None and day(met["held_on"]) < day(of["at"])
    if met and before and walk.dice.randrange(4):
        await walk.close(met["id"])
        met = None
    if met is None:
        id = await walk.open_meeting(of["matter"] == "appeal")
        met = await walk.one("SELECT * FROM meeting WHERE id = {}", id)
    return met and await vote_and_rule(walk, of, met)


async def asked_late(walk: "Walk", farmer: str, meeting: str) -> None:
    """Before a meeting that began on an earlier day, something that is asked today."""
    for holder in (farmer, *walk.plots):
        await papers(walk, holder, (bring,))
        rows = await walk.db.query("SELECT * FROM hearing WHERE open_for IS NOT NULL ORDER BY id")
        met: Any = await walk.one("SELECT * FROM meeting WHERE id = {}", meeting)
        if new := [row for row in rows if day(row["at"]) > day(met["held_on"])]:
            return await vote_and_rule(walk, new[0], met)
    return None


async def _heard_next(walk: "Walk", farmer: str) -> "Row | None":
    ended = walk.slip("hearings.ruled_already")
    rows = await walk.db.query(
        f"SELECT * FROM hearing WHERE open_for IS {'' if ended else 'NOT'} NULL ORDER BY at, id"
    )
    if not walk.reached["hearings.judged_before"]:
        rows = [row for row in rows if row["about"]] or rows
    own = [row for row in rows if row["holder"] == farmer]
    return walk.dice.choice(own or rows) if rows else None


async def judged(walk: "Walk", of: "Row") -> set[str]:
    """Of an appeal who voted on what it is against, of a confirmation who suspended alone."""
    if of["about"] is None:
        return set()
    if of["certificate"] is None:
        rows = await walk.db.query(
            "SELECT v.person FROM vote v JOIN decision d ON d.meeting = v.meeting AND"
            " d.application = v.application WHERE v.application = {} AND v.value <> 'recused'",
            of["application"],
        )  # fmt: skip
        return {row["person"] for row in rows}
    event: Any = await walk.one("SELECT * FROM certificate_event WHERE id = {}", of["about"])
    rows = await walk.db.query(
        "SELECT v.person FROM hearing_vote v JOIN hearing_ruling r ON r.hearing = v.hearing"
        " WHERE r.id = {} AND v.value <> 'recused'", event["ruling"] or "",
    )  # fmt: skip
    return {row["person"] for row in rows} if event["ruling"] else {event["by"]}


async def vote_and_rule(walk: "Walk", of: "Row", met: "Row") -> None:
    room = {
        row["person"]
        for row in await walk.db.query(
            "SELECT person FROM attendance WHERE meeting = {}", met["id"]
        )
    }
    held_on = day(met["held_on"])
    before, kin = await judged(walk, of), await near(walk, of["holder"], held_on) | {of["holder"]}
    stands = await _stands(walk, of, met)
    cast = {
        row["person"]: row["value"]
        for row in await walk.db.query(
            "SELECT person, value FROM hearing_vote WHERE meeting = {} AND hearing = {}",
            met["id"], of["id"],
        )
    }  # fmt: skip
    no = walk.dice.randrange(min(walk.often("hearings.reason_missing"), 4)) == 0
    mood = "against" if no else "for"
    many = 1 if stands else max(6 - len(cast), 1)
    voters = walk.dice.sample(sorted(room | {KRIT}), min(len(room), many))
    back = {
        "hearings.voted_already": {*cast, *voters}, "hearings.judged_before": before & room,
        "decisions.judge_in_own_cause": kin & room, "decisions.not_present": {KRIT} - room,
    }  # fmt: skip
    voters += sorted(back.get(walk.slip(*back), ()))[:1]
    for who in voters:
        value: Any = walk.dice.choice((mood, mood, mood, "abstain", "recused"))
        against = stands | true({
            "decisions.not_present": who not in room, "hearings.voted_already": who in cast,
            "decisions.judge_in_own_cause": value != "recused" and who in kin - before,
            "hearings.judged_before": value != "recused" and who in before,
        })  # fmt: skip
        data = CastVote(met["id"], of["id"], who, value)
        if await walk.foretold(against, hearings.vote, data, by=WAN):
            cast[who] = value
    aside = kin | before | {who for who, value in cast.items() if value == "recused"}
    may = room - aside
    counted = [value for who, value in cast.items() if who in may]
    if not stands or walk.dice.randrange(3) == 0:
        await rule(walk, of, met, stands, may, "" if WAN in aside else WAN, counted)


async def _stands(walk: "Walk", of: "Row", met: "Row") -> set[str]:
    """What stands against anything done with it in that meeting."""
    ends = of["certificate"] and of["matter"] != "appeal"
    state = (await paper(walk, of["certificate"])).state if ends else ""
    return true({
        "meetings.closed": met["closed_at"] is not None,
        "hearings.ruled_already": of["open_for"] is None,
        "hearings.other_body": met["organ"] == RATTAPHUM,
        AFTER: day(of["at"]) > day(met["held_on"]),
        STATE: bool(ends) and state not in ASKED[of["matter"]].split(),
    })  # fmt: skip


async def rule(
    walk: "Walk", of: "Row", met: "Row", stands: set[str], may: set[str], own: str,
    counted: list[str],
) -> None:  # fmt: skip
    """`own`: of the committee who does not stand back; `may`: who is here and judges."""
    asked: Any = await walk.one(
        "SELECT scheme_version FROM application WHERE id = {}", of["application"]
    )
    charter, matter = walk.charters[asked["scheme_version"]], of["matter"]
    ayes, noes = counted.count("for"), counted.count("against")
    share = charter.revoke_pass_share if matter == "revoke" else charter.pass_share
    passed = ayes * share.of >= (ayes + noes) * share.part
    slip = walk.slip("hearings.reason_missing", "hearings.nothing_to_modify")
    if (not passed or matter == "revoke") and not walk.reached["hearings.reason_missing"]:
        slip = "hearings.reason_missing"
    modify = slip == "hearings.nothing_to_modify" or (
        matter == "appeal" and of["certificate"] is not None and walk.dice.randrange(3) == 0
    )
    words = " " if slip == "hearings.reason_missing" else "ที่ประชุมเห็นว่า"
    noted, held_on = await steps(walk, of["id"]), day(met["held_on"])
    heard = noted.get("heard", date.max) <= held_on
    heard |= "absent" in noted and noted.get("invited", date.max) < held_on
    plain = passed and not modify
    against = stands | true({
        "hearings.not_heard": matter in HEARD and not heard,
        "hearings.nothing_to_modify": modify and (
            matter != "appeal" or of["certificate"] is None),
        "decisions.no_quorum": len(may) < charter.quorum_count,
        "decisions.no_quorum_share": bool(own) and own not in may,
        "decisions.no_votes": not ayes + noes,
        "hearings.reason_missing": words == " " and (not plain or matter == "revoke"),
    })  # fmt: skip
    if not against:
        against |= await _follows(walk, of, held_on, passed=passed, modify=modify)
    two = [Rule(new_id(), met["id"], of["id"], words, modify) for _ in range(2)]
    if not against and walk.dice.randrange(2):
        await walk.one_of_two({"hearings.ruled_already"}, hearings.rule, *two, by=WAN)
    else:
        await walk.foretold(against, hearings.rule, two[0], by=WAN)


async def _follows(
    walk: "Walk", of: "Row", held_on: date, *, passed: bool, modify: bool
) -> set[str]:
    """What stands against that which would come of it."""
    if of["certificate"] is None:
        state: Any = await walk.one(
            "SELECT a.state, (SELECT COUNT(*) FROM application o WHERE o.plot = a.plot"
            " AND o.open_for IS NOT NULL) AS others FROM application a WHERE a.id = {}",
            of["application"],
        )  # fmt: skip
        return {"applications.applied_already"} if passed and state["others"] else set()
    held = await paper(walk, of["certificate"])
    on, today, last = day(of["from_on"] or held_on), walk.at.date(), held.first
    if of["matter"] == "reinstate" and held.events:
        last = day(held.events[-1]["from_on"])
    changes = passed and of["matter"] in BECAUSE
    needs_mended = changes and of["matter"] == "reinstate"
    needs_mended |= of["matter"] == "confirm" and not passed
    open_ = await grave(walk, held.plot, held.charter) if needs_mended else 0
    return true({OPEN: open_ > 0, RANGE: changes and not last <= on <= today})


# ── to appeal ────────────────────────────────────────────────────────────────────────────────────

NONE, TWICE, ONLY = (
    "hearings.nothing_to_appeal", "hearings.appealed_already", "hearings.only_the_holder",
)  # fmt: skip


async def appeal(walk: "Walk", farmer: str) -> None:
    """Against a refusal, a suspension, a revocation, or what is none; in time and late; again."""
    slip = walk.slip(ONLY, "hearings.grounds_missing") or walk.slip(NONE, TWICE)
    plot = walk.plots[farmer]
    rows: Any = await walk.db.query(
        "SELECT e.id, e.kind, e.at, v.scheme_version FROM certificate_event e"
        " JOIN certificate v ON v.id = e.certificate WHERE v.plot = {}"
        " UNION ALL SELECT d.id, d.outcome, d.at, a.scheme_version FROM decision d"
        " JOIN application a ON a.id = d.application WHERE a.plot = {} ORDER BY 3", plot, plot,
    )  # fmt: skip
    appealed = {row["against"] for row in await walk.db.query("SELECT against FROM appeal")}
    bad = [row for row in rows if row["kind"] in ("rejected", "suspended", "revoked")]
    others = [row for row in rows if row not in bad]
    want = others if slip == NONE else [
        row for row in bad if (row["id"] in appealed) == (slip == TWICE)
    ]  # fmt: skip
    if not want:
        return
    old = walk.reached["too late to appeal"] < walk.reached["appealed in time"]
    one = want[0] if old else want[-1]
    by, behalf = farmer, None
    if slip == ONLY:
        by, behalf = walk.dice.choice(((WAN, None), (NOK, farmer), (KRIT, farmer)))
    elif walk.dice.randrange(3) == 0:
        by, behalf = somebody(walk, farmer, WAN), farmer
    words = " " if slip == "hearings.grounds_missing" else "ไม่เป็นธรรม"
    against = true({
        NONE: one in others, TWICE: one["id"] in appealed, ONLY: slip == ONLY,
        "hearings.grounds_missing": words == " ",
    })  # fmt: skip
    two = [FileAppeal(new_id(), one["id"], words, behalf) for _ in range(2)]
    if not against and walk.dice.randrange(2):
        made = await walk.one_of_two({TWICE}, appeals.file, *two, by=by)
    else:
        made = await walk.foretold(against, appeals.file, two[0], by=by)
    if made:
        days = walk.charters[one["scheme_version"]].appeal_days
        late = (walk.at.date() - day(one["at"])).days > days
        assert made.state == ("rejected_late" if late else "admitted"), f"{one} of {walk.at}"
        walk.reached["too late to appeal" if late else "appealed in time"] += 1


DEEDS = (suspend, suspend, lift, lift, bring, bring, surrender)


async def papers(walk: "Walk", farmer: str, deeds: Any = DEEDS) -> None:
    row = await walk.one(
        "SELECT id FROM certificate WHERE plot = {} ORDER BY at DESC, id LIMIT 1",
        walk.plots[farmer],
    )  # fmt: skip
    if row:
        of = await paper(walk, row["id"])
        if of.state == "suspended" and not walk.reached["done certificates.reinstate"]:
            await walk.mend(farmer)
        await walk.dice.choice(deeds)(walk, of)


OF_PAPERS = """
certificates.not_by_the_holder certificates.not_from_this_state certificates.from_out_of_range
certificates.unknown_reason certificates.needs_ruling certificates.nothing_overdue
certificates.reference_missing certificates.findings_open certificates.only_the_holder
hearings.open_already
"""
OF_HEARINGS = """
hearings.ruled_already hearings.asked_after_the_meeting hearings.day_out_of_range
hearings.not_invited hearings.noted_already hearings.not_heard hearings.voted_already
hearings.judged_before hearings.reason_missing hearings.nothing_to_modify
decisions.judge_in_own_cause decisions.not_present decisions.no_quorum decisions.no_votes
"""
OF_APPEALS = """
hearings.nothing_to_appeal hearings.appealed_already hearings.only_the_holder
hearings.grounds_missing
"""
