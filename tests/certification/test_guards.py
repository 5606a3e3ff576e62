"""What no other story is refused: a word too long, a thing that is not there, a deed too late."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from certification.applications import commands as application_commands
from certification.applications import refusals as applications_refusals
from certification.applications import rules as applications
from certification.applications.rules import Said
from certification.assignment import answers, plans
from certification.assignment import commands as assignment
from certification.assignment import queries as seasons
from certification.assignment.explain import Excluded
from certification.assignment.plans import KeepCard
from certification.basis import blobs
from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.decisions import queries as decisions
from certification.decisions import rules as decision_rules
from certification.draws import queries as draws
from certification.draws.rules import DrawMissing
from certification.grievances import queries as grievance_queries
from certification.grievances import rules as grievances
from certification.groups import commands as groups
from certification.groups.rules import Found
from certification.hearings import queries as hearing_queries
from certification.hearings import refusals as hearings_refusals
from certification.hearings import rules as hearings
from certification.inputs import commands as input_commands
from certification.inputs import queries as input_queries
from certification.inputs import rules as inputs
from certification.inputs.rules import AttachPhoto, NoteUse
from certification.land import queries as land_queries
from certification.land import rules as land
from certification.land.complete import Lack
from certification.land.rules import NotePaper
from certification.meetings import queries as meeting_queries
from certification.meetings import rules as meetings
from certification.organs import queries as organ_queries
from certification.organs import rules as organs
from certification.people import refusals as people_refusals
from certification.people import rules as people
from certification.plots import commands as plots
from certification.plots.rules import RegisterPlot
from certification.schemes import commands as schemes
from certification.schemes import lists, refusals
from certification.schemes.queries import preset
from certification.schemes.rules import FoundScheme, PublishScheme
from tests.cast import ADMIN, LONG_AGO, MALEE, NOK, NOW, RATTAPHUM, TODAY, WAN, later, village
from tests.guarantee import LAT, LON, application, planted, published, square
from tests.tidy.sources import told

CONTENT = preset("sgs-pgs-small")
LONG = "ก" * 5_000
CARD: dict[str, Any] = {"id": "c", "person": "p", "seats": (), "most": None, "employer": ""}


def used(**also: Any) -> NoteUse:
    plain: dict[str, Any] = {"id": "u", "plot": "p", "code": "compost", "used_on": TODAY}
    return NoteUse(**{**plain, "amount": "2 กระสอบ", **also})


KIN = people.RelationView(**{
    **dict.fromkeys(people.RelationView.__struct_fields__), "person": MALEE, "other": NOK,
})  # fmt: skip
SAID: list[tuple[type[Refusal], Callable[[], object]]] = [
    (
        applications_refusals.UnknownItem,
        lambda: applications.merged({}, {"Q9": Said("yes")}, CONTENT),
    ),
    (
        applications_refusals.AnswerTooLong,
        lambda: applications.merged({}, {"E01": Said(LONG)}, CONTENT),
    ),
    (
        applications_refusals.LandIncomplete,
        lambda: applications.ensure_land([Lack("paper", "", "submit")]),
    ),
    (plans.NotASeason, lambda: plans.ensure_season(1969)),
    (plans.NotACard, lambda: plans.ensure_card(KeepCard(**{**CARD, "most": -1}))),
    (plans.NotACard, lambda: plans.ensure_card(KeepCard(**{**CARD, "employer": LONG}))),
    (plans.NothingToOverride, lambda: plans.ensure_overridable(Excluded("p", ()))),
    (inputs.TooLong, lambda: inputs.ensure_use(used(amount=" "), 1_600, (), today=TODAY)),
    (inputs.TooLong, lambda: inputs.ensure_use(used(supplier=LONG), 1_600, (), today=TODAY)),
    (
        inputs.LargerThanThePlot,
        lambda: inputs.ensure_use(used(area_m2=1_601), 1_600, (), today=TODAY),
    ),
    (land.TooLong, lambda: land.ensure_paper(NotePaper(id="n", plot="p", kind="ns4", number=LONG))),
    (meetings.TextMissing, lambda: meetings.ensure_text(" ", "text")),
    (meetings.TextMissing, lambda: meetings.ensure_text(LONG, "text")),
    (people_refusals.NotOfTheTwo, lambda: people.ensure_of_the_two(KIN, WAN)),
    (people_refusals.StrikeReasonMissing, lambda: people.ensure_strike_reason(" ")),
    (hearings_refusals.GroundsMissing, lambda: hearings.ensure_grounds(" ")),
    (people_refusals.HouseholdTooSmall, lambda: people.household([MALEE, MALEE])),
    (refusals.ListUnreadable, lambda: lists.read_items(b"\xff\xfe")),
    (refusals.ListUnreadable, lambda: lists.read_inputs(b"code,name\nx,y\n")),
]


def test_words_and_numbers_that_no_rule_takes() -> None:
    passed = [why.code for why, ask in SAID if refused(ask) != why.code]
    assert not passed, told(passed, "not refused as:")
    applications.ensure_land([Lack("buffer", "", "look"), Lack("side", "", "accept")])


def refused(ask: Callable[[], object]) -> str:
    try:
        ask()
    except Refusal as no:
        return no.code
    return ""


MISSING: list[tuple[type[Refusal], Callable[[str], Awaitable[object]]]] = [
    (DrawMissing, draws.draw),
    (plans.PlanMissing, seasons.plan),
    (plans.PlanMissing, lambda plan: assignment.adopt(plan, 1, by=WAN, at=NOW)),
    (plans.SeatMissing, seasons.seat),
    (plans.SeatMissing, lambda seat: answers.accept(seat, by=MALEE, at=NOW)),
    (decision_rules.DecisionMissing, decisions.decision),
    (inputs.UseMissing, input_queries.use),
    (land.PaperMissing, land_queries.plot_of),
    (hearings_refusals.HearingMissing, hearing_queries.hearing),
    (grievances.GrievanceMissing, grievance_queries.grievance),
    (meetings.ItemMissing, meeting_queries.item),
    (meetings.ActionMissing, meeting_queries.action),
    (organs.AppointmentMissing, organ_queries.appointment),
]


async def test_what_is_not_there_is_said_to_be_missing(db: Database) -> None:
    await village(db)
    for why, ask in MISSING:
        with pytest.raises(why):
            await ask(new_id())


async def test_land_drawn_anew_is_not_applied_for_by_its_old_lines(db: Database) -> None:
    await village(db)
    await published()
    old = await planted()
    wanted = RegisterPlot(
        id=new_id(), group=RATTAPHUM, farmer=MALEE, name="หลังบ้าน", kind="field",
        outline=square(LAT, LON, 0.0007), replaces=old,
    )  # fmt: skip
    await run(plots.register, wanted, by=MALEE, at=later(hours=1))
    with pytest.raises(applications_refusals.PlotReplaced):
        await application_commands.submit(application(old), by=MALEE, at=later(hours=2))


async def test_a_plot_is_not_certified_by_a_scheme_that_its_network_has_not_adopted(
    db: Database,
) -> None:
    await village(db)
    await published()
    other = preset("sdgspgs")
    elsewhere = Found(new_id(), "network", "เครือข่ายเมืองตรัง", "Trang network", "92")
    await run(groups.found, elsewhere, by=ADMIN, at=LONG_AGO)
    own = FoundScheme(new_id(), other.scheme, other.rules.number_prefix, elsewhere.id)
    await run(schemes.found, own, by=WAN, at=LONG_AGO)
    wanted = PublishScheme(new_id(), other, LONG_AGO.date(), "1/2566")
    await run(schemes.publish, wanted, by=WAN, at=LONG_AGO)
    asked = application(await planted(), scheme=other.scheme, pledge_digest=other.pledge.digest)
    with pytest.raises(refusals.NotAdopted):
        await application_commands.submit(asked, by=MALEE, at=NOW)


async def test_the_picture_of_a_use_is_not_exchanged(db: Database) -> None:
    await village(db)
    await published()
    seen = used(id=new_id(), plot=await planted())
    await run(input_commands.note_use, seen, by=MALEE, at=NOW)
    one, other = [
        await blobs.keep(b"\xff\xd8\xff" + of, by=MALEE, at=NOW) for of in (b"sack", b"other")
    ]
    for _ in range(2):
        await run(input_commands.attach_photo, AttachPhoto(seen.id, one), by=MALEE, at=NOW)
    with pytest.raises(inputs.PhotoAlready):
        await input_commands.attach_photo(AttachPhoto(seen.id, other), by=MALEE, at=NOW)
