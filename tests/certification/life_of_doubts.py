"""What the walk hears from buyers and from test kits, and the committee's steps on a complaint.

As in `life_of_mending` a clerk reads the rows first and says by the book what stands against it.
"""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from certification.basis.ids import new_id
from certification.grievances import commands as grievances
from certification.grievances.rules import Complain, Concern, TakeStep
from certification.residues import commands as residues
from certification.residues.rules import NoteTest, Seen
from tests.cast import NOK, RATTAPHUM, WAN, YING
from tests.certification.life_of_mending import day, true

if TYPE_CHECKING:
    from tests.certification.life_of_deeds import Row, Walk

FLOW = {
    "look": ("received", "looked_at"),
    "visit": ("looked_at visit_ordered with_group", "visit_ordered"),
    "group": ("looked_at visit_ordered", "with_group"),
    "reply": ("with_group", "looked_at"),
    "agenda": ("looked_at visit_ordered with_group", ""),
    "find": ("looked_at visit_ordered with_group", ""),
    "concern": ("looked_at visit_ordered with_group", ""),
    "tell": ("looked_at visit_ordered with_group dismissed answered", ""),
    "dismiss": ("looked_at visit_ordered with_group", "dismissed"),
    "answer": ("looked_at visit_ordered with_group dismissed answered", "answered"),
    "close": ("answered withdrawn", "closed"),
    "add": ("received looked_at visit_ordered with_group dismissed answered", ""),
    "withdraw": ("received looked_at visit_ordered with_group", "withdrawn"),
}
"""docs/model/grievances.md, from the scan to the answer: from where, and where it leads."""
SPOKEN = ("group", "reply", "tell", "dismiss", "answer", "add")
WORDS, LONG, NOT_OF_IT = "grievances.words_missing", "grievances.too_long", "grievances.not_of_it"
STATE, QUICKER = "grievances.not_in_this_state", "grievances.changed_meanwhile"


async def complains(walk: "Walk", farmer: str) -> None:
    open_ = await walk.one(
        "SELECT * FROM grievance WHERE plot = {} AND state <> 'closed' ORDER BY at, id LIMIT 1",
        walk.plots[farmer],
    )  # fmt: skip
    if open_ is None or walk.dice.randrange(8) == 0:
        await complain(walk, farmer)
    else:
        await step(walk, open_)


async def complain(walk: "Walk", farmer: str) -> None:
    slip = walk.slip(
        WORDS, LONG, "grievances.whose_conduct", "grievances.bought_out_of_time",
        "grievances.too_many_photos",
    )  # fmt: skip
    today = walk.at.date()
    late = walk.dice.choice((-367, 1))
    leads = walk.dice.randrange(walk.often("grievances.about_the_leader")) == 0
    leader = (Concern(YING, "leader"),) if leads else ()
    nobody = walk.dice.randrange(walk.often("grievances.no_group")) == 0
    named = leader if nobody else (Concern(farmer, "farmer"), *leader)
    data = Complain(
        id=new_id(), kind="conduct" if slip == "grievances.whose_conduct" else "not_organic",
        words=" " if slip == WORDS else "เห็นถังยา", language="th", plot=walk.plots[farmer],
        organ=RATTAPHUM, scheme_version=walk.newest, concerns=named,
        bought_where="ต" * 201 if slip == LONG else "ตลาด",
        bought_on=today + timedelta(late) if slip == "grievances.bought_out_of_time" else today,
        photos=("x",) * 4 if slip == "grievances.too_many_photos" else (walk.photo,),
    )  # fmt: skip
    made = await walk.foretold({slip} - {""}, grievances.complain, data, by="stranger")
    if made:
        row: Any = await walk.one("SELECT due_on FROM grievance WHERE id = {}", data.id)
        assert (day(row["due_on"]) - today).days == walk.charters[walk.newest].complaint_days


async def step(walk: "Walk", of: "Row") -> None:
    """Mostly one that leads on from where it stands."""
    able = [kind for kind, (before, _) in FLOW.items() if of["state"] in before.split()]
    slip = walk.slip(QUICKER, STATE, WORDS, LONG, "grievances.outcome_missing", NOT_OF_IT,
                     "grievances.about_the_leader", "grievances.no_group")  # fmt: skip
    wanted = {
        WORDS: [kind for kind in able if kind in SPOKEN], "grievances.outcome_missing": ["answer"],
        NOT_OF_IT: ["find", "visit", "concern"], "grievances.about_the_leader": ["group"],
        "grievances.no_group": ["tell"], STATE: [*FLOW],
    }  # fmt: skip
    among = [one for one in wanted.get(slip, able) if one in able or slip == STATE]
    kind: Any = walk.dice.choice(among or able)
    words = {WORDS: " ", LONG: "ก" * 4_001}.get(slip, "ดูแล้ว")
    right = "dismissed" if of["state"] == "dismissed" else "confirmed"
    outcome: Any = None if slip == "grievances.outcome_missing" else right
    seen = of["steps"] - (slip == QUICKER) if kind not in ("add", "withdraw") else None
    concerns = await walk.db.query(
        "SELECT person, why FROM grievance_concern WHERE grievance = {}", of["id"]
    )
    bad = slip == NOT_OF_IT
    about = await _about(walk, of, kind, bad=bad)
    against = true({
        QUICKER: seen is not None and seen != of["steps"],
        STATE: of["state"] not in FLOW[kind][0].split(),
        WORDS: words == " " and kind in SPOKEN, LONG: slip == LONG,
        "grievances.outcome_missing": kind == "answer" and outcome is None,
        NOT_OF_IT: bad and (kind in ("find", "concern") or (kind == "visit" and about is not None)),
        "grievances.about_the_leader": kind == "group" and YING in {c["person"] for c in concerns},
        "grievances.no_group": (kind == "tell" or (kind == "find" and not bad))
        and "farmer" not in {c["why"] for c in concerns},  # nobody is named who mends it
    })  # fmt: skip
    if kind == "agenda" and about is None:
        return
    grave = walk.dice.choice(("major", "minor", "minor", "critical"))
    data = TakeStep(
        id=new_id(), grievance=of["id"], kind=kind, seen=seen, words=words, about=about,
        outcome=outcome if kind == "answer" else None,
        item=None if bad or kind != "find" else "N14", severity=grave if kind == "find" else None,
    )  # fmt: skip
    if await walk.foretold(against, grievances.take, data, by=WAN):
        row: Any = await walk.one("SELECT state FROM grievance WHERE id = {}", of["id"])
        assert row["state"] == (FLOW[kind][1] or of["state"])


async def _about(walk: "Walk", of: "Row", kind: str, *, bad: bool) -> str | None:
    """What the step speaks of; `bad`: something that has nothing to do with it."""
    if kind == "concern":
        return new_id() if bad else NOK
    if kind == "agenda":
        met = await walk.one("SELECT id FROM meeting WHERE closed_at IS NULL LIMIT 1")
        return str(met["id"]) if met else None
    if kind == "visit":
        here = "<>" if bad else "="
        visit = await walk.one(
            f"SELECT id FROM inspection WHERE plot = {{}} AND kind {here} 'complaint' LIMIT 1",
            of["plot"],
        )
        return str(visit["id"]) if visit else None
    return None


# ── test kits ────────────────────────────────────────────────────────────────────────────────────

SEES = ("organophosphate", "carbamate")
"""All that the small kit sees."""
SUBJECT, KIT, BLIND = "residues.subject_missing", "residues.unknown_kit", "residues.kit_cannot_see"
NOTHING, DAY, REPORT = (
    "residues.nothing_tested", "residues.day_out_of_range", "residues.report_missing",
)  # fmt: skip
WHO, TOO_LONG, OWN = "residues.who_missing", "residues.too_long", "residues.own_land"
CONFIRM, LAB = "residues.nothing_to_confirm", "residues.not_a_laboratory"
ANSWERED = "residues.answered_already"
TWICE, REASON = "residues.corrected_already", "residues.reason_missing"


async def tests_leaves(walk: "Walk", farmer: str) -> None:
    """By a kit; by a laboratory where a kit has found something; a correction of either."""
    plot = walk.plots[farmer]
    rows: Any = await walk.db.query(
        "SELECT t.id, t.confirm_by, t.means, a.id AS answer, c.id AS corrected FROM residue_test t"
        " LEFT JOIN residue_test a ON a.confirms = t.id LEFT JOIN residue_test c"
        " ON c.corrects = t.id WHERE t.plot = {} ORDER BY t.at DESC, t.id LIMIT 4", plot,
    )  # fmt: skip
    waiting = [r for r in rows if r["confirm_by"] and not r["answer"] and not r["corrected"]]
    slip = walk.slip(SUBJECT, KIT, BLIND, NOTHING, DAY, REPORT, WHO, TOO_LONG, OWN, CONFIRM, LAB,
                     TWICE, REASON, ANSWERED)  # fmt: skip
    confirms = corrects = None
    if slip in (TWICE, REASON, ANSWERED) or (
        rows and walk.dice.randrange(6) == 0 and slip not in (CONFIRM, LAB)
    ):
        wrong = [
            row for row in rows if bool(row["corrected"]) == (slip == TWICE)
            and (slip != ANSWERED or row["answer"])
        ]  # fmt: skip
        corrects = wrong[0] if wrong else None
    elif slip == CONFIRM:
        settled = [row for row in rows if row not in waiting]
        confirms = settled[0] if settled else None
    elif waiting and (slip == LAB or walk.dice.randrange(3)):
        confirms = waiting[0]
    await _note(walk, farmer, slip, confirms, corrects, waiting)


async def _note(
    walk: "Walk", farmer: str, slip: str, confirms: Any, corrects: Any, waiting: Any
) -> None:
    today = walk.at.date()
    asked = confirms if corrects is None else None
    lab = (bool(asked) and slip != LAB) or slip == REPORT
    means = "none" if slip == KIT and not lab else "lab" if lab else "gt"
    worst: Any = walk.dice.choice(("not_found", "not_found", "safe", "unsafe"))
    seen = [Seen(SEES[0], worst), Seen(SEES[1], "not_found")]  # type: ignore[arg-type]
    if slip == NOTHING:
        seen = [] if walk.dice.randrange(2) else [seen[0], seen[0]]
    if slip == BLIND:
        seen[1] = Seen("pyrethroid", "not_found")
    other = bool(confirms or corrects)
    off = walk.dice.choice((1, -367)) if slip == DAY else 0
    data = NoteTest(
        new_id(), RATTAPHUM, "sgs-pgs", means, today + timedelta(off), tuple(seen),
        " " if slip == WHO else "วรรณ", "ส" * 201 if slip == TOO_LONG else "วรรณ",
        plot="" if slip == SUBJECT else walk.plots[farmer],
        report="A-7" if lab and slip != REPORT else "",
        confirms=confirms["id"] if asked else "", corrects=corrects["id"] if corrects else "",
        reason="" if slip == REASON else "อ่านผิด" if corrects else "",
    )  # fmt: skip
    by = farmer if slip == OWN else WAN
    bare = slip == SUBJECT and not other
    against = true({
        DAY: off != 0, SUBJECT: bare, KIT: means == "none", BLIND: slip == BLIND and means != "lab",
        NOTHING: slip == NOTHING, REPORT: means == "lab" and not data.report, WHO: slip == WHO,
        TOO_LONG: slip == TOO_LONG, OWN: by == farmer and not bare,
        REASON: corrects is not None and not data.reason,
        TWICE: corrects is not None and bool(corrects["corrected"]),
        ANSWERED: corrects is not None and bool(corrects["answer"]),
        LAB: means != "lab" and (
            asked is not None or (corrects is not None and corrects["means"] == "lab")
        ),
        CONFIRM: asked is not None and asked not in waiting,
    })  # fmt: skip
    two = (data, msgspec.structs.replace(data, id=new_id()))
    if not against and other and walk.dice.randrange(2):
        await walk.one_of_two({TWICE, CONFIRM}, residues.note, *two, by=by)
    else:
        await walk.foretold(against, residues.note, data, by=by)


OF_COMPLAINTS = """
grievances.words_missing grievances.too_long grievances.whose_conduct
grievances.bought_out_of_time grievances.too_many_photos grievances.changed_meanwhile
grievances.not_in_this_state grievances.outcome_missing grievances.not_of_it
grievances.about_the_leader grievances.no_group
"""
OF_TESTS = """
residues.subject_missing residues.unknown_kit residues.kit_cannot_see residues.nothing_tested
residues.day_out_of_range residues.report_missing residues.who_missing residues.too_long
residues.own_land residues.nothing_to_confirm residues.not_a_laboratory residues.corrected_already
residues.reason_missing residues.answered_already
"""
