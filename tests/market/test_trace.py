"""Nok scans a packet: she sees what held on the day of harvest and today, and nobody's name."""

from datetime import datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.basis import codes
from certification.basis.codes import PublicCode
from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.log import LogEntry
from certification.basis.text import Text
from certification.basis.transaction import run, transaction
from certification.decisions import queries as decisions
from certification.inspections import assigning
from certification.inspections import commands as visits
from certification.inspections import queries as inspections
from certification.inspections.answering import GiveAnswers
from certification.inspections.rules import (
    Assigned,
    AssignInspection,
    BeginInspection,
    FinishInspection,
)
from certification.people import commands as people
from certification.plots import queries as plots
from market.domain.lots import commands as lots
from market.domain.lots.rules import HarvestLot
from market.domain.trace import queries, rules
from market.domain.trace.rules import (
    Inspected,
    Misread,
    NotYetReported,
    State,
    UnknownCode,
    Verdict,
    verdict,
)
from tests.cast import (
    CHAN,
    MALEE,
    NOK,
    NOW,
    PARTICULARS,
    TODAY,
    TOMORROW,
    WAN,
    YESTERDAY,
    YING,
    later,
    village,
)
from tests.guarantee import certified, good_answers, published
from tests.market.farm import certify, farm

LATER = TODAY + timedelta(days=10)


async def test_a_scan_shows_what_may_be_shown(db: Database) -> None:
    there = await farm(db)
    event = await there.harvest(20_000)
    await run(lots.hold, event.stock, 3_000, subject=new_id(), by=NOK, at=NOW)
    seen = await queries.by_code(event.code, LATER)
    assert seen.verdict == Verdict("ok", "held_then_and_now")
    assert (seen.claim, seen.because) == ("organic", "certificate_held")
    assert seen.crop_name == Text("คะน้า", "Chinese kale")
    assert (seen.harvested_on, seen.days_since) == (TODAY, 10)
    assert (seen.grams, seen.grams_left) == (20_000, 17_000)
    assert seen.place.tambon.th == "กำแพงเพชร"
    assert seen.place.province.th == "สงขลา"
    assert seen.place.group.th == "กลุ่มเกษตรอินทรีย์รัตภูมิ"
    assert seen.certificate is not None
    assert seen.certificate.number == there.number
    assert seen.certificate.then == State(TODAY, held=True, state="active")
    assert seen.decided is not None
    assert (seen.decided.votes_for, seen.decided.recused, seen.decided.present) == (5, 1, 7)
    assert seen.inspected is None


async def test_from_the_field_to_the_packet_in_the_tables_of_the_guarantee(db: Database) -> None:
    """Not a row by hand: inspected by peers, decided by the meeting, harvested, scanned."""
    await village(db)
    await published()
    issued = await certified(crops=("kale",))
    [planting] = await plots.plantings(issued.plot)
    picked = max(TODAY, planting.harvest_from)
    at = NOW + (picked - TODAY)
    wanted = HarvestLot(issued.plot, "kale", picked, 1_000, planting.id)
    event = await run(lots.harvest, new_id(), wanted, by=MALEE, at=at)
    seen = await queries.by_code(event.code, picked)
    assert (seen.claim, seen.verdict.level) == ("organic", "ok")
    assert seen.inspected is not None
    assert seen.inspected.inspectors == sum(seen.inspected.seats.values()) == 3
    assert seen.decided is not None
    assert seen.decided.votes_for > seen.decided.votes_against
    tags = [one.tag for one in seen.timeline]
    assert tags[0] == "plots.registered"
    assert tags[-1] == "lots.harvested"
    for deed in (
        "applications.submitted", "inspections.finished", "decisions.decided",
        "certificates.issued",
    ):  # fmt: skip
        assert deed in tags
    assert "inspections.finding_made" not in tags


CALLED = {"consumer": Text("ผู้บริโภค", "Consumer"), "producer": Text("ผู้ผลิต", "Producer")}
"""By the charter itself."""


async def test_a_visit_after_the_meeting_is_not_the_one_behind_the_certificate(
    db: Database,
) -> None:
    """Even where the inspectors say it ended before the meeting."""
    await village(db)
    await published()
    issued = await certified(crops=("kale",))
    [planting] = await plots.plantings(issued.plot)
    picked = max(TODAY, planting.harvest_from)
    wanted = HarvestLot(issued.plot, "kale", picked, 1_000, planting.id)
    event = await run(lots.harvest, new_id(), wanted, by=MALEE, at=NOW + (picked - TODAY))
    asked = (await decisions.decision(issued.decision)).application
    [first] = await inspections.of_application(asked)
    pages = (queries.by_code(event.code, picked), queries.certificate_page(issued.code, picked))
    for page in pages:
        seen_by = (await page).inspected
        assert seen_by == Inspected(TODAY, 3, {"consumer": 1, "producer": 2}, (), CALLED)
    again = await visited_again(asked)
    behind, later = await decisions.visits(asked)
    assert (behind, [one.id for one in later]) == (first, [again])
    seen = await queries.by_code(event.code, picked)
    page = await queries.certificate_page(issued.code, picked)
    assert seen.inspected == page.inspected
    assert seen.inspected == Inspected(TODAY, 3, {"consumer": 1, "producer": 2}, (TODAY,), CALLED)


async def test_who_voted_is_named_only_where_the_charter_and_the_voter_say_so(
    db: Database,
) -> None:
    await village(db)

    async def said(given: bool, at: datetime) -> None:
        await run(
            people.consent, new_id(), WAN, "vote_name", "0" * 64, given=given, by=WAN, at=at
        )  # fmt: skip

    await said(True, NOW)
    await published()
    quiet = await certified(crops=("kale",))
    page = await queries.certificate_page(quiet.code, TODAY)
    assert (page.voters, page.voters_unnamed) == ((), 0)  # her charter keeps it to the network
    await published(voters_named=True)
    open_one = await certified(crops=("kale",), lon=100.2938)
    page = await queries.certificate_page(open_one.code, TODAY)
    assert (page.voters, page.voters_unnamed) == ((PARTICULARS[WAN].name,), 4)
    await said(False, NOW + timedelta(minutes=1))
    page = await queries.certificate_page(open_one.code, TODAY)
    assert (page.voters, page.voters_unnamed) == ((), 5)


async def visited_again(application: str) -> str:
    """At random, by two; answers with the visit's id."""
    panel = (Assigned(YING, "producer"), Assigned(CHAN, "producer"), Assigned(NOK, "consumer"))
    wanted = AssignInspection(new_id(), application, panel, TODAY, "random")
    at = NOW + timedelta(hours=2)
    await run(assigning.assign, wanted, by=WAN, at=at)
    await run(visits.begin, BeginInspection(wanted.id, at), by=YING, at=at)
    await run(visits.answer, GiveAnswers(wanted.id, tuple(good_answers())), by=YING, at=at)
    for member in panel:
        await run(visits.sign, wanted.id, by=member.person, at=at)
    await run(visits.finish, FinishInspection(wanted.id, "signed", at), by=YING, at=at)
    return wanted.id


async def test_nobodys_name_number_or_field_is_told(db: Database) -> None:
    there = await farm(db)
    event = await there.harvest()
    for page in (
        await queries.by_code(event.code, TODAY),
        await queries.plot_page(there.plot_code, TODAY),
    ):
        told = msgspec.json.encode(page).decode()
        for person in PARTICULARS.values():
            assert person.name not in told
            assert person.phone not in told
        for secret in (MALEE, there.plot, event.lot, "หลังบ้าน", "7.0761", "100.2838", "70761"):
            assert secret not in told


async def test_malee_is_named_where_she_consented(db: Database) -> None:
    there = await farm(db)
    event = await there.harvest()
    await agree(given=True, at=NOW)
    assert (await queries.by_code(event.code, TODAY)).farmer_name == "มาลี ศรีสุข"
    await agree(given=False, at=later(hours=1))
    assert (await queries.by_code(event.code, TODAY)).farmer_name is None


async def agree(*, given: bool, at: datetime) -> None:
    await run(
        people.consent, new_id(), MALEE, "public_name", "0" * 64, given=given, by=MALEE, at=at
    )


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("suspended", Verdict("warning", "held_then_suspended_now")),
        ("revoked", Verdict("warning", "held_then_ended_since")),
        ("surrendered", Verdict("ok", "held_then_expired_since")),
        ("superseded", Verdict("ok", "held_then_expired_since")),
    ],
)
async def test_what_came_later_warns_and_does_not_rewrite(
    kind: str, expected: Verdict, db: Database
) -> None:
    there = await farm(db)
    event = await there.harvest()
    await there.happened(kind, TOMORROW)
    assert (await queries.by_code(event.code, TODAY)).verdict.level == "ok"
    seen = await queries.by_code(event.code, LATER)
    assert seen.verdict == expected
    assert seen.claim == "organic"
    assert seen.certificate is not None
    assert (seen.certificate.then.held, seen.certificate.now.held) == (True, False)


async def test_a_certificate_taken_back_for_the_day_of_harvest_is_bad_news(db: Database) -> None:
    there = await farm(db)
    event = await there.harvest()
    await there.happened("revoked", YESTERDAY)
    seen = await queries.by_code(event.code, TODAY)
    assert seen.verdict == Verdict("bad", "not_held_at_harvest")


async def test_goods_outlive_their_certificate(db: Database) -> None:
    there = await farm(db)
    event = await there.harvest()
    seen = await queries.by_code(event.code, TODAY + timedelta(days=400))
    assert seen.verdict == Verdict("ok", "held_then_expired_since")


async def test_plain_goods_claim_nothing_and_say_why(db: Database) -> None:
    there = await farm(db, stage=None)
    seen = await queries.by_code((await there.harvest()).code, TODAY)
    assert seen.verdict == Verdict("unknown", "no_claim")
    assert (seen.claim, seen.because) == ("plain", "no_certificate")
    assert (seen.certificate, seen.decided, seen.inspected) == (None, None, None)


async def test_other_certificates_are_shown_beside(db: Database) -> None:
    there = await farm(db)
    await run(certify, there, scheme="other-pgs", number="OTH-90-69-00001-1")
    seen = await queries.by_code((await there.harvest(scheme="sgs-pgs")).code, TODAY)
    assert [other.number for other in seen.also] == ["OTH-90-69-00001-1"]


async def test_the_timeline_is_the_logs_and_the_proof_leads_there(db: Database) -> None:
    there = await farm(db)
    event = await there.harvest()
    seen = await queries.by_code(event.code, TODAY)
    assert [one.tag for one in seen.timeline] == ["plots.registered", "lots.harvested"]
    assert [one.seq for one in seen.timeline] == sorted(one.seq for one in seen.timeline)
    assert seen.proof is not None
    [entry] = await LogEntry.select().where(LogEntry.seq == seen.proof.seq)
    assert (entry["tag"], entry["subject"]) == ("lots.harvested", event.lot)
    assert seen.proof.leaf == entry["leaf"].hex()


async def test_a_code_is_read_as_people_type_it(db: Database) -> None:
    there = await farm(db)
    code = (await there.harvest()).code
    for typed in (code.lower(), f"{code[:4]}-{code[4:]}", f" {code[:4]} {code[4:]} "):
        assert (await queries.by_code(typed, TODAY)).code == code


async def test_one_slip_is_answered_with_what_was_meant(db: Database) -> None:
    there = await farm(db)
    code = (await there.harvest()).code
    wrong = code[:3] + ("2" if code[3] != "2" else "3") + code[4:]
    with pytest.raises(Misread) as refused:
        await queries.by_code(wrong, TODAY)
    assert refused.value.facts["meant"] == [code]


async def test_a_plots_code_is_not_suggested_for_a_lot(db: Database) -> None:
    there = await farm(db)
    code = there.plot_code
    wrong = ("2" if code[0] != "2" else "3") + code[1:]
    with pytest.raises(Misread) as refused:
        await queries.by_code(wrong, TODAY)
    assert refused.value.facts["meant"] == []


@pytest.mark.parametrize(
    "typed", ["", "7K2M", "ก" * 8, "\0" * 8, "' OR 1=1", "x" * 500, "UUUUUUUU", "00000001"]
)
async def test_what_is_no_code_is_misread_and_harms_nothing(typed: str, db: Database) -> None:
    await village(db)
    for page in (queries.by_code, queries.certificate_page, queries.plot_page, queries.group_page):
        with pytest.raises(Misread):
            await page(typed, TODAY)


async def test_an_unknown_code_an_unreported_one_and_anothers_are_told_apart(db: Database) -> None:
    there = await farm(db)
    with pytest.raises(UnknownCode):
        await queries.by_code(codes.make(), TODAY)
    with pytest.raises(UnknownCode):
        await queries.by_code(there.plot_code, TODAY)

    async def block() -> list[str]:
        async with transaction():
            return await codes.issue_block("lot", new_id(), 1, at=NOW)

    [waiting] = await run(block)
    with pytest.raises(NotYetReported):
        await queries.by_code(waiting, TODAY)
    await there.harvest(code=waiting)
    assert (await queries.by_code(waiting, TODAY)).code == waiting


async def code_of(kind: str) -> str:
    row = await PublicCode.select().where(PublicCode.kind == kind).first()
    assert row is not None
    return str(row["code"])


async def test_the_page_of_a_certificate(db: Database) -> None:
    there = await farm(db)
    code = await code_of("certificate")
    page = await queries.certificate_page(code, TODAY)
    assert (page.number, page.stage, page.now.state) == (there.number, "organic", "active")
    assert page.crops == (Text("คะน้า", "Chinese kale"),)
    assert page.plot.code == there.plot_code
    assert page.decided is not None
    await there.happened("revoked", TODAY)
    page = await queries.certificate_page(code, TODAY)
    assert (page.now.held, page.now.state) == (False, "revoked")


async def test_the_page_of_a_plot(db: Database) -> None:
    there = await farm(db)
    event = await there.harvest()
    page = await queries.plot_page(there.plot_code.lower(), TODAY)
    assert page.plot.tenths_of_a_rai == 20
    assert page.crops == (Text("คะน้า", "Chinese kale"),)
    assert [(one.code, one.state) for one in page.lots] == [(event.code, "organic")]
    assert [(one.name.th, one.state) for one in page.certificates] == [(there.number, "active")]


async def test_the_pages_of_a_group_and_of_its_network(db: Database) -> None:
    there = await farm(db)
    await there.harvest()
    rows = await PublicCode.select().where(PublicCode.kind.is_in(["group", "network"]))
    pages = [await queries.group_page(row["code"], TODAY) for row in rows]
    [network] = [page for page in pages if page.kind == "network"]
    rattaphum = next(page for page in pages if page.name.th == "กลุ่มเกษตรอินทรีย์รัตภูมิ")
    krits = next(page for page in pages if page.name.en == "Khuan Ru Growers")
    assert (rattaphum.plots, rattaphum.m2, len(rattaphum.lots)) == (1, 3_200, 1)
    assert (krits.plots, krits.lots, krits.certificates) == (0, (), ())
    assert (network.plots, len(network.lots), len(network.groups)) == (1, 1, 2)
    assert network.members == rattaphum.members + krits.members == 5
    assert rattaphum.network == network.name
    assert "รัตภูมิ" in rattaphum.address.th


STATES = st.builds(
    State, st.just(TODAY), st.booleans(),
    st.sampled_from(["active", "suspended", "revoked", "surrendered", "superseded", "expired"]),
)  # fmt: skip


@given(then=STATES, now=STATES)
def test_good_news_needs_the_day_of_harvest(then: State, now: State) -> None:
    told = verdict(then, now)
    assert (told.level == "bad") == (not then.held)
    if told.level == "ok":
        assert now.held or now.state in rules.EXPIRES


@given(code=st.text(alphabet=codes.ALPHABET, min_size=8, max_size=8))
def test_one_slip_away_is_one_slip_away(code: str) -> None:
    for other in rules.one_slip_away(code, codes.ALPHABET):
        differing = [place for place in range(8) if other[place] != code[place]]
        assert len(differing) == 1 or sorted(other) == sorted(code)
