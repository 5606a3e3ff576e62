"""What a group hands to the state, to an exporter and to other shops, as files of their kind."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.refusal import Refusal
from certification.basis.units import local_day
from certification.groups import queries as groups
from market.access import exchange, whose
from market.access.exchange import Asked
from market.access.permit import Permit
from market.answers.exchanged import file as made
from market.answers.exchanged import sent
from market.answers.growing import Growing
from market.answers.language import words_for
from market.domain.exchange import acfs
from market.domain.exchange.rules import Scope
from market.web.form import Form
from market.web.page import page
from market.web.pages.farm_view import Ask

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
USUAL_DAYS = 90
ASKED = ("since", "until", "lot")


@get("/organs/{group:str}/exchange", opt={"op": "exchange.take"})
async def exchange_page(
    request: Ask, group: FromPath[str], permit: Mine, at: Now
) -> Response[bytes]:
    permit.check(await whose.of_group(group))
    form, no = _form(request, at), None
    try:
        await _scope(form, permit, group, at)
    except Refusal as refused:
        no = refused
    say = words_for(request)
    return page(
        request, "exchange.html", no=no, typed=form.typed, back=f"/organs/{group}",
        name=say.name(await groups.group(group)),
        tables=[{"file": f"{one.name}.csv", "name": say(f"exchange.{one.name}")}
                for one in acfs.SHEETS],
        days="" if no else urlencode({name: form.typed.get(name, "") for name in ASKED}),
        wrong_days=no is not None,
    )  # fmt: skip


@get("/organs/{group:str}/exchange/{file:str}", opt={"op": "exchange.take"})
async def exchange_file(
    request: Ask, group: FromPath[str], file: FromPath[str], permit: Mine, at: Now
) -> Growing:
    """Refused before the first byte, or sent as it is made."""
    scope = await _scope(_form(request, at), permit, group, at)
    code = (await groups.group(group)).code
    return sent(made(file, scope, str(request.app.state.settings.origin), at), code)


async def _scope(form: Form, permit: Permit, group: str, at: datetime) -> Scope:
    today = local_day(at)
    since: date | None = form.day("since", near=today)
    until: date | None = form.day("until", near=today)
    form.done()
    return await exchange.scope(permit, group, Asked(today, since, until, form.raw("lot")))


def _form(request: Ask, at: datetime) -> Form:
    today, asked = local_day(at), request.query_params
    usual = {"since": str(today - timedelta(days=USUAL_DAYS)), "until": str(today), "lot": ""}
    return Form({name: [asked.get(name) or usual[name]] for name in ASKED}, {})


DOORS = [exchange_page, exchange_file]
