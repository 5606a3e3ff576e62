"""What stands behind a code, as a page, as facts or as links: any case is read, another kind's code
leads to its own address, and a code that nobody knows gets help instead of an error.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from datetime import date, datetime
from urllib.parse import urlencode

import msgspec
from litestar import Response

from certification.areas import queries as areas
from certification.basis import codes
from certification.basis.refusal import Refusal
from certification.basis.units import local_day
from certification.plots.queries import PublicPlot
from market.answers.errors import problem
from market.answers.language import CHOSEN
from market.answers.words import Words
from market.domain.trace import past
from market.domain.trace.rules import Happening, Misread, NotYetReported, Proof, UnknownCode
from market.web import known, linkset
from market.web.kept import kept
from market.web.known import Known
from market.web.maps import Mark, district
from market.web.negotiated import FACTS, LINKSET, PAGE, NoSuchLink, kind, link_type, negotiable
from market.web.page import Ask, onward, page
from market.web.templating import parts

LETTERS = {
    "lot": "L", "certificate": "C", "plot": "P", "group": "G", "network": "G", "crate": "S",
}  # fmt: skip
"""The address of what bears a code, by the code's kind."""

STEPS = {
    "plots.registered": "map", "applications.submitted": "leaf", "inspections.finished": "shield",
    "decisions.decided": "vote", "certificates.issued": "check", "certificates.suspended": "warn",
    "certificates.reinstated": "check", "certificates.revoked": "no",
    "certificates.surrendered": "no", "certificates.superseded": "clock",
    "lots.harvested": "scale", "labels.printed": "print", "lots.made": "basket",
    "lineage.used": "basket", "lineage.corrected": "flag", "lineage.followed": "flag",
}  # fmt: skip
"""What the timeline shows, each with its icon; the other deeds say the same thing twice."""
AGAIN = ("labels.printed", "lineage.used")
PROOF = ("seq", "before", "leaf")


class Step(msgspec.Struct, frozen=True):
    icon: str
    tag: str
    on: date
    seq: int = 0


async def scanned(
    request: Ask,
    letter: str,
    typed: str,
    at: datetime,
    show: Callable[[str, date], Awaitable[Response[bytes]]],
    told: Known | None = None,
    below: str = "",
) -> Response[bytes]:
    """`show(code, today)`, at the one address of the code, or of what stands `below` it.

    `told` are the same things for programs.
    """
    code = codes.read(typed)
    if code != typed and codes.well_formed(code):
        return await _onward(request, letter, code, below)
    wanted = kind(request) if told else PAGE
    try:
        if told and (link_type(request) or wanted != PAGE):
            return told_of(request, wanted, await told(typed, local_day(at)))
        shown = await show(typed, local_day(at))
        return kept(request, negotiable(shown) if told else shown)
    except (Misread, UnknownCode) as no:
        return await _unknown(request, letter, typed, wanted, no)
    except NotYetReported as no:
        return _waiting(request, letter, code, wanted, no)


async def _unknown(
    request: Ask, letter: str, typed: str, wanted: str, no: Misread | UnknownCode
) -> Response[bytes]:
    code = codes.read(typed)
    if no.code == UnknownCode.code and await _letter(code, letter) != letter:
        return await _onward(request, letter, code)
    if wanted != PAGE:
        return problem(request, no)
    near = await past.meant(code, [kind for kind, one in LETTERS.items() if one == letter])
    return page(request, "code_unknown.html", no=no, code=typed[:20], meant=near, at=letter)


def _waiting(
    request: Ask, letter: str, code: str, wanted: str, no: NotYetReported
) -> Response[bytes]:
    if wanted == FACTS:
        return problem(request, no)
    if wanted == LINKSET or link_type(request):
        return told_of(request, wanted, known.waiting(letter, code))
    return kept(request, negotiable(page(request, "code_waiting.html", code=code)))


def told_of(request: Ask, wanted: str, of: linkset.Of, anchor: str = "") -> Response[bytes]:
    """Facts or links; or on to the one link that was asked for (307, as GS1's resolvers do)."""
    asked = link_type(request)
    if wanted == LINKSET and asked in ("", "linkset"):
        return linkset.answer(request, of, anchor)
    if not asked:
        return linkset.facts(of)
    try:
        return there(linkset.target(request, of, asked))
    except NoSuchLink as no:
        return _offered(request, wanted, of, no)


def there(target: str) -> Response[bytes]:
    headers = {"location": target, "vary": "accept, accept-language, cookie"}
    return Response(b"", status_code=307, headers=headers, media_type="text/plain")


def _offered(request: Ask, wanted: str, of: linkset.Of, no: Refusal) -> Response[bytes]:
    """404, and what there is instead."""
    if wanted != PAGE:
        return negotiable(problem(request, no))
    return negotiable(page(request, "links.html", no=no, of=of, links=linkset.ways(of)))


async def _onward(request: Ask, letter: str, code: str, below: str = "") -> Response[bytes]:
    found = await _letter(code, letter)
    return onward(f"/{found}/{code}{below if found == letter else ''}{_asked(request)}")


async def _letter(code: str, asked: str) -> str:
    """Where a code leads, by what it is the code of; where nobody issued it, as it was asked."""
    return LETTERS.get(await codes.kind_of(code) or "", asked)


def steps(timeline: Iterable[Happening]) -> list[Step]:
    """In the log's order; of what is done again and again the last."""
    shown = [Step(STEPS[one.tag], one.tag, one.on, one.seq) for one in timeline if one.tag in STEPS]
    last = {step.tag: step.seq for step in shown}
    return [step for step in shown if step.tag not in AGAIN or step.seq == last[step.tag]]


def whereabouts(say: Words, plot: PublicPlot) -> tuple[str, str]:
    """In words, and as a map; that is empty where we have no shapes of the province."""
    language = say.names
    where = areas.address(plot.tambon, language)
    if areas.polygon(plot.tambon[:4]) is None:
        return where, ""
    mark = Mark(plot.lat_e3 / 1000, plot.lon_e3 / 1000, blurred=True)
    return where, district(plot.tambon, where, language, mark)


def proved(say: Words, of: Proof | None) -> bytes:
    """Where it stands in the log. Each has another place, so the template runs for none of them."""
    if of is None:
        return b""
    return parts(say.language).layout("public_proof.html", {}, PROOF).whole(place_of(of))


def place_of(of: Proof) -> dict[str, bytes]:
    seq, before = f"{of.seq:,}".encode(), b"%d" % (of.seq + 1)
    return {"seq": seq, "before": before, "leaf": of.leaf.encode()}


def _asked(request: Ask) -> str:
    """The language and the link that were asked for go along."""
    asked = {name: request.query_params.get(name) for name in ("lang", "linkType")}
    asked["lang"] = (request.scope.get("state") or {}).get(CHOSEN) or asked["lang"]
    said = {name: value for name, value in asked.items() if value}
    return f"?{urlencode(said)}" if said else ""
