"""Every version of every charter in public: which meeting adopted it, and what it changed."""

from __future__ import annotations

from litestar import Response, get
from litestar.params import FromPath, FromQuery

from certification.basis.ids import is_id
from certification.basis.refusal import Missing
from certification.groups import queries as groups
from certification.meetings import queries as meetings
from certification.schemes import changes, queries
from certification.schemes.rules import Version
from market.access.refusals import NotThere
from market.answers.language import words_for
from market.answers.words import Words
from market.web.page import page
from market.web.pages import charter_view as view
from market.web.pages.farm_view import Ask, Shown


@get("/charter", opt={"op": "scheme.read"})
async def charters(request: Ask) -> Response[bytes]:
    say = words_for(request)
    found = [await _scheme(say, scheme) for scheme in await queries.schemes()]
    return page(request, "charters.html", schemes=found)


async def _scheme(say: Words, code: str) -> Shown:
    """Whose it is, who works by it too, and its versions, the newest first."""
    versions, owner = await queries.versions(code), (await queries.scheme(code)).owner
    adopters = [say.name(await groups.group(one)) for one in await queries.adopters(code)]
    return {
        "code": code,
        "name": say.name(versions[-1].content.name),
        "owner": say.name(await groups.group(owner)),
        "adopters": adopters,
        "versions": list(reversed(versions)),
    }


@get("/charter/{id:str}", opt={"op": "scheme.read"})
async def charter(request: Ask, id: FromPath[str], against: FromQuery[str] = "") -> Response[bytes]:
    """Beside the version before it, or any other that is asked for."""
    found, say = await _version(id), words_for(request)
    versions = [one for scheme in await queries.schemes() for one in await queries.versions(scheme)]
    own = [one for one in versions if one.scheme == found.scheme]
    earlier = [one for one in own if one.version < found.version]
    other = await _version(against) if against else (earlier[-1] if earlier else None)
    scheme = await queries.scheme(found.scheme)
    return page(
        request,
        "charter.html",
        version=found,
        title=say.name(found.content.name),
        owner=say.name(await groups.group(scheme.owner)),
        meeting=await _meeting(found),
        other=other,
        changes=view.changes_said(say, changes.between(other.content, found.content))
        if other
        else [],
        others=[
            [one.id, say("{name}, version {n}", name=say.name(one.content.name), n=one.version)]
            for one in reversed(versions)
            if one.id != found.id
        ],
        compared=other.id if other else "",
        other_name=say.name(other.content.name) if other else "",
    )


async def _version(id: str) -> Version:
    try:
        return await queries.version(id if is_id(id) else "")
    except Missing:
        raise NotThere from None


async def _meeting(of: Version) -> Shown:
    """Its day, and where it was where the record holds it; who was there is not for everybody."""
    held = await meetings.meeting(of.meeting) if of.meeting else None
    present = len(await meetings.attendance(held.id)) if held else 0
    return {
        "number": of.meeting_ref,
        "on": of.minutes_on,
        "place": held.place if held else "",
        "present": present,
        "recorded": held is not None,
    }


DOORS = [charters, charter]
