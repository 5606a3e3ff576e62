"""EPCIS 2.0, to be read as GS1's REST binding has it: by lot, by what an event is about, by time.

What everybody may know of one lot is public. Whole groups and periods are for who has a role there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis import codes
from certification.basis.refusal import Refusal
from certification.groups import queries as groups
from market.access.permit import permit as permitted
from market.access.refusals import NotAllowed, NotSignedIn
from market.answers.errors import problem
from market.domain.epcis import document, queries, rules
from market.domain.epcis.queries import Asked, Page
from market.domain.trace.past import subject

Ask = Request[Any, Any, Any]
At = NamedDependency[datetime]
JSON_LD = "application/ld+json"
VERSIONS = {"gs1-epcis-version": "2.0.0", "gs1-cbv-version": "2.0.0"}
TAGS = ["EPCIS"]
OWN = re.compile(r"/([A-Z])/([0-9A-Za-z]{8,16})")
HASH = re.compile(r"[0-9a-f]{64}")
TIMES = {"GE_eventTime": "since", "LT_eventTime": "before"}
ABOUT = ("MATCH_epc", "MATCH_anyEPC", "MATCH_epcClass", "MATCH_anyEPCClass")
WITHIN = "WD_readPoint"
"""A place and all that belongs to it, as the standard has it: of a group its land and its truck."""
KNOWN = frozenset((*TIMES, *ABOUT, WITHIN, "perPage", "nextPageToken"))
EXCEPTIONS = {
    400: "QueryParameterException",
    401: "SecurityException",
    403: "SecurityException",
    404: "NoSuchResourceException",
    406: "NotAcceptableException",
    413: "CaptureLimitExceededException",
}


def refused(asked: Ask, no: Refusal) -> Response[bytes]:
    """As every refusal, under the name that GS1's binding has for its kind."""
    said = problem(asked, no)
    body = msgspec.json.decode(said.content)
    kind = EXCEPTIONS.get(no.status, "ImplementationException")
    if no.code == "partners.invalid_document":
        kind = "ValidationException"
    said.content = msgspec.json.encode({**body, "type": f"epcisException:{kind}"})
    if isinstance(wait := no.facts.get("retry_after_s"), int):
        said.headers["retry-after"] = str(wait)
    said.headers.update(VERSIONS)
    return said


BINDING: Any = {"exception_handlers": {Refusal: refused}, "tags": TAGS, "media_type": JSON_LD}


@get(
    "/L/{typed:str}/events",
    opt={"op": "trace.read"},
    summary="What everybody may know of a lot, from the field on, as an EPCIS 2.0 document",
    **BINDING,
)
async def lot_events(typed: FromPath[str], at: At) -> Response[dict[str, Any]]:
    return await _chain(typed, at)


@get("/l/{typed:str}/events", opt={"op": "trace.read"}, include_in_schema=False, **BINDING)
async def lot_events_too(typed: FromPath[str], at: At) -> Response[dict[str, Any]]:
    return await _chain(typed, at)


async def _chain(typed: str, at: datetime) -> Response[dict[str, Any]]:
    await subject(typed, "lot")
    told = await queries.chain(codes.read(typed))
    return _said(document.document(told.newest or at, told.bodies))


@get(
    "/epcis/events",
    opt={"op": "epcis.read"},
    summary="Events by MATCH_epc, WD_readPoint (a group), GE_eventTime and LT_eventTime, in pages",
    **BINDING,
)
async def find_events(request: Ask, at: At) -> Response[dict[str, Any]]:
    given = _given(request)
    names = [name for word in ABOUT for name in given.get(word, ())]
    asked = await _asked(request, given, _codes(request, names))
    return await _page(request, asked, given, at)


@get(
    "/epcis/epcs/{rest:path}",
    opt={"op": "epcis.read"},
    summary="Events about one thing: /epcis/epcs/{its address, percent-encoded}/events",
    **BINDING,
)
async def events_of_epc(request: Ask, rest: FromPath[str], at: At) -> Response[dict[str, Any]]:
    epc, _, last = unquote(rest).strip("/").rpartition("/")
    if last != "events":
        raise rules.NoSuchEvent(event=rest[:100])
    given = _given(request)
    asked = await _asked(request, given, _codes(request, [epc]))
    return await _page(request, asked, given, at)


@get(
    "/epcis/events/{id:path}",
    opt={"op": "epcis.read"},
    summary="One event by its eventID, percent-encoded",
    **BINDING,
)
async def read_event(request: Ask, id: FromPath[str], at: At) -> Response[dict[str, Any]]:
    named = HASH.search(unquote(id))
    if named is None:
        raise rules.NoSuchEvent(event=id[:100])
    reach = await _reach(request)
    found = await queries.one(
        f"ni:///sha-256;{named[0]}?ver=CBV2.0", reach or Asked(public_only=True)
    )
    return _said(document.answer(at, found))


async def _asked(request: Ask, given: Mapping[str, list[str]], names: tuple[str, ...]) -> Asked:
    reach = await _reach(request)
    if reach is None and not names:
        raise NotAllowed if request.state.actor else NotSignedIn
    within = tuple(one.removeprefix("G/") for one in _codes(request, given.get(WITHIN, ())))
    return msgspec.structs.replace(
        reach or Asked(public_only=True), names=names, within=within, **_times(given)
    )


async def _reach(request: Ask) -> Asked | None:
    """Of who has a role for whole groups and periods; None for everybody else."""
    state = request.app.state
    try:
        permit = permitted(state.policy, "epcis.period", request.state.actor)
    except Refusal:
        return None
    return Asked(
        groups=frozenset([(await groups.group(one)).code for one in permit.groups() if one]),
        areas=frozenset(r.value for r in permit.reaches if r.scope == "area" and r.value),
    )


async def _page(
    request: Ask, asked: Asked, given: Mapping[str, list[str]], at: datetime
) -> Response[dict[str, Any]]:
    limit = _limit(given.get("perPage", ["30"])[-1])
    begins = queries.after(given["nextPageToken"][-1]) if "nextPageToken" in given else None
    found = await queries.page(asked, begins or queries.After(), limit)
    headers = _onwards(request, found)
    return _said(document.answer(at, found.bodies), headers)


def _onwards(request: Ask, found: Page) -> dict[str, str]:
    if found.then is None:
        return {}
    said = [*((k, v) for k, v in request.query_params.multi_items() if k != "nextPageToken")]
    query = urlencode([*said, ("nextPageToken", found.then)])
    path = urlsplit(str(request.url)).path
    return {"link": f'<{_origin(request)}{path}?{query}>; rel="next"'}


def _given(request: Ask) -> dict[str, list[str]]:
    given: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        if name not in KNOWN:
            raise rules.NotAsked(field=name[:60])
        given.setdefault(name, []).extend(value.split("|"))
    return given


def _times(given: Mapping[str, list[str]]) -> dict[str, datetime]:
    return {TIMES[word]: _time(word, given[word][-1]) for word in TIMES if word in given}


def _time(word: str, said: str) -> datetime:
    try:
        at = datetime.fromisoformat(said.replace(" ", "+"))
    except ValueError:
        raise rules.NotAsked(field=word) from None
    if at.tzinfo is None:
        raise rules.NotAsked(field=word)
    return at


def _limit(said: str) -> int:
    if not (said.isascii() and said.isdecimal() and 0 < len(said) < 9 and int(said)):
        raise rules.NotAsked(field="perPage")
    return min(int(said), queries.PAGE_MAX)


def _codes(request: Ask, names: Iterable[str]) -> tuple[str, ...]:
    """Of our own addresses; of what is somebody else's we told nothing."""
    host = urlsplit(_origin(request)).netloc
    found = []
    for name in names:
        scheme, _, rest = name.partition(":")
        own = OWN.fullmatch(rest.lstrip("/").removeprefix(host).removeprefix("//"))
        ours = scheme.lower() in ("http", "https") and own
        found.append(f"{own[1]}/{codes.read(own[2])}" if ours and own else "")
    return tuple(found)


def _origin(request: Ask) -> str:
    return str(request.app.state.settings.origin)


def _said(body: bytes, headers: Mapping[str, str] | None = None) -> Response[Any]:
    """Written already; the doors say that it is an object."""
    return Response(body, media_type=JSON_LD, headers={**VERSIONS, **(headers or {})})


DOORS = [lot_events, lot_events_too, find_events, events_of_epc, read_event]
