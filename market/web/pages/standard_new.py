"""Publishing a charter that a meeting adopted: the one that ships with the product, or a file."""

from __future__ import annotations

from datetime import datetime

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency

from certification.basis.refusal import Refusal
from certification.basis.units import local_day
from certification.schemes import commands, queries
from certification.schemes.rules import Content, PublishScheme, SchemePublished
from market.access import deeds
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.refusals import FieldWrong
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages.farm_view import Ask
from market.web.pages.standard import rules_said

Now = NamedDependency[datetime]
PRESET = "sgs-pgs-small"


@get("/standard/new", opt={"op": "scheme.publish"})
async def publish_page(request: Ask, at: Now) -> Response[bytes]:
    return await _shown(request, at)


@post("/standard/new", opt={"op": "scheme.publish"})
async def publish(request: Ask, permit: NamedDependency[Permit], at: Now) -> Response[bytes]:
    form = await Form.of(request)
    try:
        wanted = _charter(form, at)
        made = await deeds.once(commands.publish, wanted, SchemePublished, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, at, no=no, typed=form.typed)
    return onward(f"/standard/{made.version_id}")


def _charter(form: Form, at: datetime) -> PublishScheme:
    content, file = queries.preset(PRESET), form.file("charter")
    if file:
        try:
            content = msgspec.json.decode(file, type=Content)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            form.wrong_is("charter", FieldWrong(field="charter"))
    from_day = form.day("effective_from", near=local_day(at))
    meeting = form.text("meeting_ref", most=300)
    form.done()
    return PublishScheme(form.id(), content, from_day, meeting)


async def _shown(
    request: Ask, at: datetime, *, no: Refusal | None = None, typed: dict[str, str] | None = None
) -> Response[bytes]:
    say, shipped = words_for(request), queries.preset(PRESET)
    return page(
        request,
        "standard_new.html",
        no=no,
        typed=typed or {},
        today=local_day(at),
        name=say.name(shipped.name),
        preset=PRESET,
        rules=rules_said(say, shipped.rules),
        promises=[say.name(promise) for promise in shipped.pledge.promises],
        items=len(shipped.checklist),
        known=bool(await queries.versions(shipped.scheme)),
    )


DOORS = [publish_page, publish]
