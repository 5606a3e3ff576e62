"""A forgotten PIN: begun on the page of the member, confirmed here by a second person."""

from __future__ import annotations

from datetime import datetime

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.basis.units import local_day
from certification.people import queries as people
from market.access import recoveries
from market.access.permit import Permit
from market.access.refusals import OwnCause
from market.domain.accounts.rules import CODE_LASTS
from market.domain.recovery import commands
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages.farm_view import Ask, Shown

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


@get("/recoveries", opt={"op": "recovery.read"})
async def waiting(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    return await _shown(request, permit, at, None)


async def _shown(request: Ask, permit: Permit, at: datetime, no: Refusal | None) -> Response[bytes]:
    found = await recoveries.waiting(permit, at)
    names = await people.names(id for one in found for id in (one.person, one.begun_by))
    listed: list[Shown] = [
        {
            "of": one,
            "name": names.get(one.person, ""),
            "begun_by": names.get(one.begun_by, ""),
            "mine": permit.person in (one.begun_by, one.person),
        }
        for one in found
    ]
    return page(request, "recoveries.html", no=no, waiting=listed)


@post("/admin/people/{id:str}/recovery", opt={"op": "recovery.begin"})
async def begin(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    form = await Form.of(request)
    await recoveries.begin(form.id(), id, permit, at)
    return onward("/recoveries")


@post("/recoveries/{id:str}/confirmation", opt={"op": "recovery.confirm"})
async def confirm(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    """The code is shown on this answer and nowhere else."""
    try:
        found, code = await recoveries.confirm(id, permit, at)
    except Refusal as no:
        if no.status == 404 or isinstance(no, OwnCause):
            raise
        return await _shown(request, permit, at, no)
    return page(
        request, "admin_card.html", back="/recoveries", code=code, anew=True,
        name=(await people.particulars(found.person)).name,
        until=local_day(at + CODE_LASTS),
    )  # fmt: skip


@post("/recoveries/{id:str}/stop", opt={"op": "recovery.stop"})
async def stop(id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found = await recoveries.reached(id, permit, at)
    await run(commands.stop, id, by=permit.person, at=at)
    return onward("/me" if found.person == permit.person else "/recoveries")


DOORS = [waiting, begin, confirm, stop]
