"""The board's lists to take along: what waits, all meetings, certified plots that lack a visit."""

from __future__ import annotations

from litestar import Response

from certification.basis.units import local_day
from certification.groups import queries as groups
from certification.meetings import queries as meetings
from market.access.permit import Permit
from market.answers.language import words_for
from market.web import sheets
from market.web.pages.farm_view import Ask, Shown

STANDS = {
    "accept": "New applications", "assign": "Need inspectors", "visit": "Visits",
    "decide": "Wait for a meeting", "issue": "To be issued",
}  # fmt: skip
WAITS = ("State", "Plot", "Farmer", "Where", "Area (m²)", "Sent at", "Planned day", "Inspectors")
HELD = ("Held on", "Group", "Body", "Place", "State")
UNSEEN = ("Number", "Plot", "Holder", "Visits", "Visit planned")


async def asked_for(
    request: Ask, permit: Permit, lists: dict[str, list[Shown]], lack: list[Shown]
) -> Response[bytes]:
    of = request.query_params.get("of")
    if of == "meetings":
        return await held(request, permit)
    return unseen(request, lack) if of == "unseen" else waiting(request, lists)


def waiting(request: Ask, lists: dict[str, list[Shown]]) -> Response[bytes]:
    """The applications, column by column as on the page."""
    say = words_for(request)
    rows = [(say(STANDS[name]), *_waits(one)) for name, found in lists.items() for one in found]
    return sheets.saved(request, "board", WAITS, rows)


def _waits(one: Shown) -> tuple[object, ...]:
    asked, on, panel = one["application"], None, ""
    if visit := one.get("visit"):
        on = visit["visit"].planned_on
        panel = " · ".join(member["name"] for member in visit["members"])
    return (
        one["name"], one["farmer"], one["place"], one["m2"], local_day(asked.submitted_at), on,
        panel,
    )  # fmt: skip


async def held(request: Ask, permit: Permit) -> Response[bytes]:
    """Every meeting of the organs one sits in; the board shows the newest."""
    say, rows = words_for(request), list[tuple[object, ...]]()
    for organ in sorted(permit.groups()):
        name = say.name(await groups.group(organ))
        for one in await meetings.of_organ(organ):
            state = say("Held") if one.closed_at else say("Under way")
            rows.append((one.held_on, name, say(f"body.{one.body}"), one.place, state))
    return sheets.saved(request, "meetings", HELD, rows)


def unseen(request: Ask, found: list[Shown]) -> Response[bytes]:
    say = words_for(request)
    rows = list[tuple[object, ...]]()
    for one in found:
        of = one["of"]
        seen = say("{done} of {of} visits", done=of.done, of=of.wanted)
        planned = say("yes") if of.planned else ""
        rows.append((of.certificate.number, one["name"], one["holder"], seen, planned))
    return sheets.saved(request, "not-visited", UNSEEN, rows)
