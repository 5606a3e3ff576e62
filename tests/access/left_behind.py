"""What the plain way from field to payout does not leave behind, so that no address is empty.

A visit under way with a finding and a picture, kin, a payout to a farmer, credit, a phone.
"""

from datetime import timedelta
from itertools import count

import msgspec

from certification.applications import queries as applications
from certification.assignment import answers
from certification.assignment import commands as assignment
from certification.assignment import queries as plans
from certification.assignment.plans import KeepPlan, OfferSwap, OverrideAsked
from certification.assignment.rules import Place
from certification.assignment.tables import SeatOverride
from certification.basis import blobs, checkpoints, log, pictures
from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.transaction import run, transaction
from certification.calls import commands as calls
from certification.calls.rules import CallVisit
from certification.certificates.rules import ChangeCertificate
from certification.conversion import commands as conversion
from certification.conversion.rules import Shorten
from certification.draws import commands as draws
from certification.draws import queries as drawn
from certification.draws.rules import PrepareDraw
from certification.findings import commands as findings
from certification.findings.rules import Answer
from certification.grievances import commands as grievances
from certification.grievances import queries as complaints
from certification.grievances.rules import Complain, Concern, TakeStep
from certification.hearings import commands as hearings
from certification.hearings import queries as before_meetings
from certification.inputs import commands as inputs
from certification.inputs.rules import AttachPhoto as AttachInput
from certification.inputs.rules import NoteUse
from certification.inspections import commands as inspections
from certification.inspections.rules import AttachPhoto, MakeFinding
from certification.land import commands as land_commands
from certification.land.rules import AttachScan, NotePaper, NoteYear
from certification.marks import commands as marks
from certification.marks.rules import NoteMark, SeeMark
from certification.meetings.rules import ActionAdded, ItemAdded
from certification.meetings.tables import Action, AgendaItem
from certification.organs import commands as organs
from certification.organs.rules import Appoint
from certification.people import commands as people
from certification.people.rules import Relate
from certification.residues import commands as residues
from certification.residues.rules import NoteTest, Seen
from certification.schemes import queries as schemes
from market.domain.accounts import commands as accounts
from market.domain.area_events import commands as area_events
from market.domain.area_events import queries as area_events_seen
from market.domain.area_events.rules import EnterEvent
from market.domain.broadcasts import commands as broadcasts
from market.domain.broadcasts.rules import WriteBroadcast
from market.domain.bundles import commands as bundles
from market.domain.bundles.rules import MakeBundle, Part
from market.domain.complaints import commands as problems
from market.domain.complaints.rules import Complain as TellOfGoods
from market.domain.custody import labelling
from market.domain.custody.labelling import PrintCrates
from market.domain.cycles import templates
from market.domain.cycles.dates import DefineTemplate, Spot
from market.domain.demand import commands as demand
from market.domain.demand.rules import Ask
from market.domain.forecasts.rules import Bounds
from market.domain.identifiers import commands as identifiers
from market.domain.identifiers.rules import GiveGtin, HoldPrefix
from market.domain.intake import commands as intakes
from market.domain.intake.rules import WeighIn
from market.domain.lots import queries as lots
from market.domain.offers import ahead as offered
from market.domain.offers import queries as rounds
from market.domain.offers.rules import OfferAhead
from market.domain.orders import feeds, neighbour
from market.domain.orders import queries as orders
from market.domain.partners import commands as partners
from market.domain.partners.rules import GivePartner
from market.domain.payments import commands as payments
from market.domain.payments.rules import CreditExtra
from market.domain.providers import commands as providers
from market.domain.providers.rules import SetProvider
from market.domain.providers.tables import Attempt
from market.domain.recalls import commands as recalls
from market.domain.recalls.rules import Open
from market.domain.scans import commands as scans
from market.domain.settlement import commands as settlement
from market.domain.settlement.rules import DecideRun, MakeRun, MarkPaid
from market.domain.slips import commands as slips
from market.domain.slips.rules import ShowSlip
from market.domain.splits import commands as splits
from market.domain.splits.rules import Decide
from market.domain.standing import commands as standing_orders
from market.domain.standing.rules import Begin, Wish
from market.domain.trips import commands as trips
from market.domain.trips.rules import SetDayLot
from market.domain.truck_day import mishaps
from market.domain.truck_day.rules import GoWrong
from tests.cast import (
    ADMIN,
    CHAN,
    DAO,
    MALEE,
    NETWORK,
    NOK,
    NOW,
    PRASERT,
    RATTAPHUM,
    SOMCHAI,
    TODAY,
    WAN,
    YING,
    later,
)
from tests.doors import PIN
from tests.guarantee import LON, accepted, begun, certified, planted
from tests.market.crates import crates_of
from tests.market.stall import SHARES, Stall
from tests.market.truck import TEN, publish_from_rows, truck_day_of
from tests.pictures import by_phone

SLIP = "2026112200001"
"""A bank's reference."""
SENT_BACK = "ไม่ตรงมติข้อ 4"
"""Why shares were not approved."""


async def suspended() -> dict[str, str]:
    """Another plot of Malee's: its certificate rests, and the next meeting is to confirm it."""
    paper = await certified(lon=LON + 0.02)
    stop = ChangeCertificate(new_id(), paper.certificate, "complaint", TODAY)
    await run(hearings.suspend, stop, by=WAN, at=NOW)
    [one] = await before_meetings.of_certificate(paper.certificate)
    return {"hearings": one.id, "{against}": stop.id}


async def visit_under_way() -> dict[str, str]:
    """On another plot of Malee's, with something to mend and a picture of it."""
    visit = await begun(await accepted(await planted(lon=LON + 0.01)))
    item = schemes.preset("sgs-pgs-small").checklist[0].code
    finding = MakeFinding(
        new_id(), visit, item, "minor", "ถังน้ำมันใกล้แปลง", "ย้ายออก", TODAY + timedelta(days=20)
    )
    await run(inspections.find, finding, by=SOMCHAI, at=NOW)
    photo = AttachPhoto(new_id(), visit, await _picture(), item)
    await run(inspections.attach_photo, photo, by=SOMCHAI, at=NOW)
    reply = Answer(new_id(), finding.id, "replied", "ย้ายแล้วครึ่งหนึ่ง", photo.blob)
    await run(findings.answer, reply, by=MALEE, at=NOW)
    return {
        "inspections": visit, "inspect": visit, "visits": visit, "findings": finding.id,
        "photos": photo.id, "steps": reply.id,
    }  # fmt: skip


async def shortened(meeting: str, application: str) -> dict[str, str]:
    """Written down as if the meeting had granted it before it decided."""
    picture = await _picture()
    grant = Shorten(new_id(), meeting, application, "annual", 3, picture, "ที่ว่างมาห้าปี", 5, 0)
    await run(conversion.shorten, grant, by=WAN, at=NOW)
    return {"{shortening}": grant.id}


async def season() -> dict[str, str]:
    """A third plot of Malee's in a plan that was adopted; Somchai offers Chan a swap, and an
    override waits for its second signature."""
    asked = await applications.application(await accepted(await planted(lon=LON + 0.02)))
    people = (("consumer", None), ("producer", SOMCHAI), ("producer", CHAN))
    places = tuple(Place(asked.plot, seat, person) for seat, person in people)
    kept = KeepPlan(
        new_id(), NETWORK, TODAY.year, asked.scheme_version, 1, places, {asked.plot: asked.id}
    )
    await run(assignment.keep, kept, by=WAN, at=NOW)
    await run(assignment.adopt, kept.id, 1, by=WAN, at=NOW)
    _, mine, theirs = await plans.seats(kept.id)
    offer = OfferSwap(new_id(), mine.id, theirs.id)
    await run(answers.offer, offer, by=SOMCHAI, at=NOW)
    async with transaction():
        override = SeatOverride(
            id=new_id(), seat=mine.id, person=YING, why="kin", reason="ไม่มีคนอื่น",
            observer=PRASERT, by=WAN, at=NOW, signed_by=None, signed_at=None,
        )  # fmt: skip
        await SeatOverride.insert(override)
        event = OverrideAsked(str(override.id), mine.id, "kin")
        log.append(event, (SeatOverride, override.id), subject=kept.id, by=WAN, at=NOW)
    return {
        "panels": kept.id,
        "season-plans": kept.id,
        "season-seats": mine.id,
        "season-swaps": offer.id,
        "season-overrides": str(override.id),
        "panel-seats": mine.id,
        "swaps": offer.id,
        "overrides": str(override.id),
    }


async def called() -> dict[str, str]:
    """The committee called a visit to Malee's certified plot, and nobody is sent yet."""
    [first, *_] = await in_use().query(
        "SELECT id FROM application WHERE applicant = {} AND state = 'decided' ORDER BY id", MALEE
    )
    wanted = CallVisit(new_id(), first["id"], "complaint", "ถุงไม่มีป้าย")
    await run(calls.call, wanted, by=WAN, at=NOW)
    return {"calls": wanted.id, "visit-calls": wanted.id}


async def draw() -> dict[str, str]:
    """One of Malee's certified plots came out of a draw, and nobody is sent yet."""
    wanted = PrepareDraw(new_id(), NETWORK, "sgs-pgs")
    await run(draws.prepare, wanted, by=YING, at=NOW)
    await checkpoints.sign(at=NOW)
    await run(draws.draw, wanted.id, by=YING, at=NOW)
    code = (await drawn.draw(wanted.id)).came[0]
    return {"draws": wanted.id, "plots/{code}": code}


async def residue_test(plot: str) -> dict[str, str]:
    """Of Malee's plot, by a kit that found something: a laboratory is asked."""
    seen = (Seen("organophosphate", "safe"), Seen("carbamate", "not_found"))
    of = NoteTest(
        new_id(), RATTAPHUM, "sgs-pgs", "gt", TODAY, seen, "พี่พยาบาล", "พี่พยาบาล", plot=plot
    )
    await run(residues.note, of, by=SOMCHAI, at=NOW)
    return {"residues": of.id, "residue-tests": of.id}


async def _picture() -> str:
    """As a phone takes it: the place and its owner's name stand inside."""
    return await pictures.keep(by_phone(), by=SOMCHAI, at=NOW)


async def land(plot: str) -> dict[str, str]:
    """A paper of it with a picture, in the name of Malee's cousin, and one year."""
    scan = await pictures.keep(by_phone(), by=MALEE, at=NOW)
    paper = NotePaper(
        id=new_id(), plot=plot, kind="sk1", number="12/2498", relation="kin", holder="หญิง ใจดี"
    )
    await run(land_commands.note_paper, paper, by=MALEE, at=NOW)
    await run(land_commands.attach_scan, AttachScan(paper.id, scan), by=MALEE, at=NOW)
    year = NoteYear(id=new_id(), plot=plot, year=2025, crop="ถั่ว", used="natural")
    await run(land_commands.note_year, year, by=MALEE, at=NOW)
    use = NoteUse(
        id=new_id(), plot=plot, product="ตราปลาคู่", amount="2 ขวด", used_on=TODAY, supplier="หญิง ใจดี"
    )
    await run(inputs.note_use, use, by=MALEE, at=NOW)
    await run(inputs.attach_photo, AttachInput(use.id, scan), by=MALEE, at=NOW)
    return {"inputs": use.id, "land-papers": paper.id, "papers": paper.id, "{part}": "years"}


async def mark(plot: str) -> dict[str, str]:
    """Malee's GAP, whose photo anybody may see; Wan had it in hand."""
    paper = NoteMark(
        id=new_id(), organ=RATTAPHUM, kind="gap", issuer="กรมวิชาการเกษตร", number="ZZGAP 1",
        issued_on=TODAY, holder=MALEE, plots=(plot,), scan=await _picture(), scan_public=True,
    )  # fmt: skip
    await run(marks.note, paper, by=MALEE, at=NOW)
    await run(marks.see, SeeMark(new_id(), paper.id, TODAY), by=WAN, at=NOW)
    return {"marks": paper.id, "mark": paper.id}


async def numbers(product: str, lot: str) -> dict[str, str]:
    """A prefix of Malee's group and a number under it; made up, for tests only."""
    prefix = HoldPrefix(new_id(), RATTAPHUM, "8859990", "ZZGS1 1")
    await run(identifiers.hold, prefix, by=YING, at=NOW)
    gtin = GiveGtin(new_id(), prefix.id, product, 500, "8859990000017")
    await run(identifiers.give, gtin, by=YING, at=NOW)
    return {
        "gs1": prefix.id, "gs1-prefixes": prefix.id, "gtins": gtin.id, "01": f"0{gtin.gtin}",
        "{rest}": f"10/{lot}",
    }  # fmt: skip


async def recall(lot: str) -> dict[str, str]:
    """A drill: what is sown stays as it was."""
    drill = Open(new_id(), RATTAPHUM, "lot", lot, "illness", drill=True)
    await run(recalls.open_recall, drill, by=YING, at=NOW)
    return {"recalls": drill.id}


async def partner() -> dict[str, str]:
    """Who may tell what befell the network's goods, and did."""
    given = GivePartner(new_id(), NETWORK, "ZZPARTNER")
    await run(partners.give, given, "0" * 64, by=WAN, at=NOW)
    return {"partners": given.id, "capture": new_id()}


async def complaint(plot: str) -> dict[str, str]:
    """Of Malee's kale, with a picture and a telephone; the group is asked for its word."""
    wanted = Complain(
        id=new_id(), kind="quality", words="ใบเน่า", language="th", plot=plot, organ=RATTAPHUM,
        concerns=(Concern(MALEE, "farmer"),), photos=(await _picture(),), name="ZZCOMPLAINS",
        reach="ZZREACH",
    )  # fmt: skip
    await run(grievances.complain, wanted, by=grievances.STRANGER, at=NOW)
    for seen, step in enumerate(("look", "group")):
        taken = TakeStep(id=new_id(), grievance=wanted.id, kind=step, seen=seen, words="ช่วยชี้แจง")  # type: ignore[arg-type]
        await run(grievances.take, taken, by=WAN, at=NOW)
    of = await complaints.grievance(wanted.id)
    [photo] = await complaints.photos(wanted.id)
    return {
        "grievances": of.id,
        "grievance": of.code,
        "{shot}": photo.id,
    }


async def kin() -> dict[str, str]:
    """Malee and Krit's side know nothing of it: Malee and Ying are cousins."""
    near = Relate(new_id(), MALEE, YING, "kin", TODAY, 4)
    await run(people.relate, near, by=ADMIN, at=NOW)
    return {"relations": near.id, "{relation}": near.id}


async def seat() -> dict[str, str]:
    """Dao sits in the network's board."""
    chosen = Appoint(new_id(), NETWORK, "board", DAO, "agency", "academia", TODAY, "ครั้งที่ 3/2569")
    await run(organs.appoint, chosen, by=ADMIN, at=NOW)
    return {"seats": chosen.id}


async def on_the_agenda(meeting: str) -> dict[str, str]:
    """Of a meeting that has ended: what was to be told, and what Somchai took on."""
    item, action, salt = new_id(), new_id(), bytes(16)
    async with transaction():
        told = AgendaItem(
            id=item, meeting=meeting, part="inform", title="ฝนมาเร็ว", by=WAN, at=NOW, salt=salt
        )
        await AgendaItem.insert(told)
        added = ItemAdded(item, meeting, "inform")
        log.append(added, (AgendaItem, item), subject=meeting, by=WAN, at=NOW)
        taken = Action(
            id=action, meeting=meeting, owner=SOMCHAI, what="ถามราคากล่อง", due_on=TODAY,
            by=WAN, at=NOW, salt=salt,
        )  # fmt: skip
        await Action.insert(taken)
        on = ActionAdded(action, meeting, SOMCHAI, str(TODAY))
        log.append(on, (Action, action), subject=meeting, by=WAN, at=NOW)
    return {"{item}": item, "{action}": action}


async def paid_to_malee() -> dict[str, str]:
    """The network's run is approved and paid, and the group makes one for its farmers."""
    at = later(days=5)
    [made] = await in_use().query("SELECT id FROM payout_run ORDER BY id LIMIT 1")
    await run(settlement.decide_run, DecideRun(made["id"], NETWORK, True), by=DAO, at=at)
    for line in await in_use().query("SELECT id FROM payout_line"):
        paid = MarkPaid(line["id"], NETWORK, "cash", "1")
        await run(settlement.mark_paid, paid, by=PRASERT, at=at)
    await run(settlement.make_run, MakeRun(new_id(), RATTAPHUM, "farmer"), by=PRASERT, at=at)
    [line] = await in_use().query("SELECT id, run FROM payout_line WHERE payee = {}", MALEE)
    [before] = await in_use().query("SELECT id FROM payout_line WHERE run = {}", made["id"])
    return {"payouts": line["id"], "{payout}": before["id"]}


async def shares() -> dict[str, str]:
    """Sent back with a reason; what was proposed after it waits."""
    back, waits = new_id(), new_id()
    for id in (back, waits):
        await run(splits.propose, msgspec.structs.replace(SHARES, id=id), by=DAO, at=NOW)
    said = Decide(back, NETWORK, approve=False, reason=SENT_BACK)
    await run(splits.decide, said, by=PRASERT, at=NOW)
    return {"shares": back, "split-proposals": back}


async def ahead(planting: str, cycle: str) -> dict[str, str]:
    """Five kilos of Malee's kale that are not cut yet."""
    [product] = await in_use().query(
        "SELECT id FROM product WHERE crop = 'kale' ORDER BY id LIMIT 1"
    )
    asked = OfferAhead(
        new_id(), planting, cycle, str(product["id"]), later(days=2).date(), 5_000, 4_000, 500
    )
    done = await run(offered.offer_ahead, asked, MALEE, Bounds(), by=MALEE, at=NOW)
    [place] = await in_use().query("SELECT place FROM cycle_place WHERE cycle = {} LIMIT 1", cycle)
    wish = Ask(new_id(), "okra", place["place"], TODAY, 2_000)
    asked_for = await run(demand.ask, wish, NOK, is_guest=False, by=NOK, at=NOW)
    return {
        "wishes": asked_for.wish,
        "offer": done.forecast,
        "forecasts": done.forecast,
        "{planting}": planting,
    }


async def credit(order: str) -> None:
    """Nok paid a baht too much."""
    extra = CreditExtra(new_id(), order, NETWORK, 100, "014", SLIP)
    await run(payments.credit_extra, extra, by=PRASERT, at=NOW)


async def slip(order: str) -> dict[str, str]:
    """Nok showed a picture of one for an order that waits for its money."""
    await run(payments.request, order, by=NOK, at=NOW)
    photo = await pictures.keep(by_phone(), by=NOK, at=NOW)
    shown = ShowSlip(new_id(), order, "", photo)
    await run(slips.show, shown, checker=False, by=NOK, at=NOW)
    return {"slips": shown.id}


async def provider(order: str) -> dict[str, str]:
    """An account at Stripe, and a payment that was tried there before it was paid otherwise."""
    given = SetProvider(new_id(), NETWORK, "acct_1", "sk_test_x", "whsec_x")
    await run(providers.set_provider, given, by=PRASERT, at=NOW)
    attempt = new_id()
    await Attempt.insert(
        Attempt(
            id=attempt, request=order, provider=given.id, number=1, method="card", satang=4_000,
            state="failed", expires_at=NOW, refunded_satang=0, by=NOK, at=NOW,
        )
    )  # fmt: skip
    return {"stripe": given.id, "{provider}": given.id, "{attempt}": attempt}


async def problem(order: str) -> dict[str, str]:
    """Nok was not content with what she fetched, and shows it."""
    photo = await pictures.keep(by_phone(), by=NOK, at=NOW)
    [line] = (await orders.own(order, NOK)).lines
    told = TellOfGoods(new_id(), order, line.id, "spoilt", "half of it was brown", photo)
    await run(problems.complain, told, hours=999, by=NOK, at=NOW)
    return {"problems": told.id, "{problem}": told.id}


async def phone() -> dict[str, str]:
    """Another one of Nok's."""
    code = await run(accounts.issue_code, NOK, by=NOK, at=NOW)
    let_in = await accounts.enrol(code, PIN, address="127.0.0.1", at=NOW)
    return {"devices": let_in.device}


async def standing(there: Stall) -> dict[str, str]:
    """What Nok orders every week."""
    [sold] = await in_use().query("SELECT product FROM offer WHERE id = {}", there.offer)
    wish = Wish(sold["product"], 1_000, 4_000)
    wanted = Begin(new_id(), NETWORK, there.place, "cash", 1, 50_000, (wish,))
    await run(standing_orders.begin, wanted, by=NOK, at=NOW)
    ids = dict.fromkeys(("standing", "standing-orders"), wanted.id)
    [waits] = await in_use().query("SELECT id FROM preorder WHERE state = 'held'")
    code = await run(neighbour.give, waits["id"], by=NOK, at=NOW)
    feed = await run(feeds.make, NOK, at=NOW)
    return {**ids, "favourites": sold["product"], "pick": code, "calendar": feed}


async def truck_under_way(there: Stall, code: str) -> dict[str, str]:
    """At its first stop, with something sold; the order there was fetched at the stall before."""
    ride = await truck_day_of(there, TODAY + timedelta(days=4))
    taken = SetDayLot(ride.day, there.lot, walk_up_grams=1_000)
    await run(trips.set_lot, taken, by=DAO, at=NOW)
    plot = (await lots.lot(there.lot)).plot
    await publish_from_rows(ride.day, first=plot)
    await ride.load(grams=1_000)
    await ride.depart()
    await ride.arrive(ride.first)
    sold = await ride.sell(100, place=ride.first)
    late = GoWrong(new_id(), ride.id, "delay", 5)
    made = await mishaps.answer(late, clock=count(0, 10).__next__, at=TEN)
    await run(mishaps.tell, late, made, 2, by=DAO, at=TEN)
    [loading] = await in_use().query("SELECT id FROM truck_loading")
    return {
        "pickup": code, "plot": plot, "collections": plot, "truck-rides": ride.id,
        "sales": sold.sale, "loadings": loading["id"], "mishaps": late.id,
    }  # fmt: skip


async def scanned(code: str) -> dict[str, str]:
    """Malee's lot, so often that it is noted; nobody has looked into it."""
    await run(scans.add, {code: 500}, on=TODAY)
    assert await scans.judge(NOW) == 1
    [signal] = await in_use().query("SELECT id FROM scan_signal")
    return {"scans": signal["id"], "scan-signals": signal["id"]}


async def crates(there: Stall) -> dict[str, str]:
    """One of the network's, with Malee's kale; a little of it was sent and came lighter."""
    made = await crates_of(there, 2)
    crate = made.ids[0]
    await made.fill(crate, 100)
    told, dispatch = new_id(), new_id()
    await made.received(told, made.counted(50), by=YING)
    await made.sent(100, id=told)
    await made.sent(100, id=dispatch)
    [difference] = await in_use().query("SELECT id FROM custody_difference")
    code, printed = made.codes[0], new_id()
    labels = PrintCrates(printed, NETWORK, made.ids, "l7160")
    await run(labelling.print_labels, labels, by=DAO, at=NOW)
    return {
        "crates": crate, "kinds": made.kind, "crate-kinds": made.kind, "moves": dispatch,
        "dispatches": dispatch, "differences": difference["id"],
        "custody-differences": difference["id"], "S": code, "s": code,
        "sheets": f"{printed}.pdf", "crate-labels": f"{printed}.pdf",
    }  # fmt: skip


async def broadcast() -> dict[str, str]:
    """By Ying to her group; it has not gone out yet."""
    said = WriteBroadcast(new_id(), "ประชุมวันเสาร์ เก้าโมง", "Meeting on Saturday at nine", RATTAPHUM)
    await run(broadcasts.write, said, by=YING, at=NOW)
    return {"broadcasts": said.id}


async def flood() -> dict[str, str]:
    """In the tambon of Malee's plot, long enough for her soil to be tested."""
    flood = EnterEvent(new_id(), "flood", ("900901",), TODAY - timedelta(days=40), TODAY)
    await run(area_events.enter, flood, by=CHAN, at=NOW)
    asked = await area_events_seen.of_event(flood.id)
    soil = next(one.id for one in asked if one.kind == "soil" and one.person == MALEE)
    [place] = await in_use().query("SELECT p.tambon FROM day_stop s JOIN place p ON p.id = s.place")
    storm = EnterEvent(new_id(), "storm", (place["tambon"],), TODAY, TODAY + timedelta(days=9))
    await run(area_events.enter, storm, by=CHAN, at=NOW)
    [stop] = [one.id for one in await area_events_seen.of_event(storm.id) if one.kind == "stop"]
    return {"area-events": flood.id, "area-proposals": soil, "area-stops": stop}


async def coming_again(stall: Stall) -> dict[str, str]:
    """A round that comes again, and the place of the one that is open."""
    weekly = DefineTemplate(
        new_id(), NETWORK, "รอบวันพุธ", "Wednesday", "week", (3,), TODAY, 7_200, 1_080,
        (Spot(stall.place, 540, 660),),
    )  # fmt: skip
    await run(templates.define, weekly, by=DAO, at=NOW)
    [stop] = (await rounds.cycle(stall.cycle)).stops
    return {"cycle-templates": weekly.id, "places/{stop}": stop.id, "{stop}": stop.id}


async def bundle(cycle: str, offer: str) -> dict[str, str]:
    """Half a kilo and a kilo."""
    [sold] = await in_use().query("SELECT product FROM offer WHERE id = {}", offer)
    parts = tuple(Part((sold["product"],), grams) for grams in (500, 1_000))
    box = MakeBundle(new_id(), cycle, "ชุดผัก", "A box", 9_000, parts)
    await run(bundles.make, box, by=DAO, at=NOW)
    return {"bundles": box.id, "bundles/{cycle}": cycle}


async def intake(offer: str) -> dict[str, str]:
    """What Malee brought, half of it spoilt, with a photo."""
    photo = await blobs.keep(b"\xff\xd8\xff half of it", by=DAO, at=NOW)
    asked = WeighIn(new_id(), offer, 2_000, 1_000, "spoilt", photo)
    await run(intakes.weigh_in, asked, by=DAO, at=NOW)
    return {"intake": asked.id}
