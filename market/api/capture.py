"""`POST /epcis/capture`: a partner tells what befell our goods elsewhere, as GS1's binding has it.

The door asks for the partner's own grant and for nothing else; a person's session opens nothing
here, and a grant opens nothing anywhere else.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import ClientException
from litestar.params import FromPath

from certification.basis.refusal import Refusal
from market.access.guard import BEARER
from market.answers.language import words_for
from market.api import epcis
from market.domain.epcis.check import EVENTS_MAX
from market.domain.partners import commands, queries, rules
from market.domain.partners.rules import DOCUMENT_BYTES_MAX, InvalidDocument, NotAPartner, Partner

Ask = Request[Any, Any, Any]
At = NamedDependency[datetime]
BEHAVIOUR = "gs1-capture-error-behaviour"
WHOLE = "rollback"
LIMITS = {
    **epcis.VERSIONS,
    BEHAVIOUR: WHOLE,
    "gs1-epcis-capture-limit": str(EVENTS_MAX),
    "gs1-epcis-capture-file-size-limit": str(DOCUMENT_BYTES_MAX),
    "cache-control": "no-store",
}


def refused(asked: Ask, no: Refusal) -> Response[bytes]:
    """With each fault of a document by event and field, and what to do."""
    said = epcis.refused(asked, no)
    if isinstance(no, InvalidDocument):
        say = words_for(asked)
        faults = [
            {**msgspec.structs.asdict(one), "title": say(f"epcis.fault.{one.kind}")}
            for one in no.found
        ]
        said.content = msgspec.json.encode({**msgspec.json.decode(said.content), "faults": faults})
    if isinstance(no, NotAPartner):
        said.headers["www-authenticate"] = "Bearer"
    said.headers.update(LIMITS)
    return said


BINDING: Any = {
    "opt": {"op": "epcis.capture"},
    "exception_handlers": {Refusal: refused},
    "include_in_schema": False,
}
"""Not in the description of the API: whoever may knock here was given docs/model/epcis.md."""


@post("/epcis/capture", request_max_body_size=DOCUMENT_BYTES_MAX, status_code=202, **BINDING)
async def capture(request: Ask, at: At) -> Response[bytes]:
    """Asked for and counted before one byte of the document is read."""
    partner = await _bearer(request)
    await commands.count(partner.id, at=at)
    if request.headers.get(BEHAVIOUR, WHOLE).lower() != WHOLE:
        raise rules.WholeOnly
    document, origin = await _document(request), str(request.app.state.settings.origin)
    taken = await commands.take_in(partner.id, document, origin, at=at)
    return Response(b"", status_code=202, headers={**LIMITS, "location": f"/epcis/capture/{taken}"})


@get("/epcis/capture/{id:str}", **BINDING)
async def job(request: Ask, id: FromPath[str]) -> Response[bytes]:
    """What is taken in is taken in at once and whole, so a job has always ended well."""
    partner = await _bearer(request)
    found = await queries.capture(id, partner.id)
    said = {
        "captureID": found.id,
        "createdAt": found.at,
        "finishedAt": found.at,
        "running": False,
        "success": True,
        "captureErrorBehaviour": WHOLE,
        "errors": [],
    }
    return Response(msgspec.json.encode(said), media_type="application/json", headers={**LIMITS})


async def _bearer(request: Ask) -> Partner:
    said = request.headers.get("authorization", "")
    if not said.lower().startswith(BEARER):
        raise NotAPartner
    return await queries.bearer(said[len(BEARER) :].strip())


async def _document(request: Ask) -> bytes:
    try:
        return await request.body()
    except ClientException as no:
        if no.status_code == 413:
            raise rules.DocumentTooLarge(bytes=DOCUMENT_BYTES_MAX) from None
        raise


DOORS = [capture, job]
