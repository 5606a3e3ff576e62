"""A page: a template with the reader's words, who is signed in, and what was typed before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from litestar import Request, Response
from litestar.datastructures import Cookie

from certification.basis.ids import is_id, new_id
from certification.basis.refusal import Refusal
from market.answers import clauses
from market.answers.errors import came_from
from market.answers.language import COOKIE, chosen_language, language_of, spoken
from market.answers.refusals import Mistyped
from market.answers.words import LANGUAGES, Words, words
from market.web import basket, desks
from market.web.layout import Layout, Placed
from market.web.templating import parts, templates, to_html

Ask = Request[Any, Any, Any]
HTML = "text/html"
RENAMED = "a page gives another meaning to a word of the frame"
SHAPES = {403: "forbidden", 404: "missing", 429: "later"}
IN_MALAY = frozenset(
    (
        "trace.html", "trace_made.html", "trace_corrections.html", "code_unknown.html",
        "code_waiting.html", "links.html", "certificate.html", "stops.html",
    )
)  # fmt: skip
"""Templates whose every sentence stands in the Malay catalogue too."""
OWN = ("path", "here")
"""What the frame says of each address by itself."""

IDS = ("id", "extra")
"""Fields in which a form hides the id of its deed."""

YEAR_S = 365 * 24 * 3600
ASCII = "".join(map(chr, range(0x21, 0x7F)))
"""What a header may say; the rest is percent-encoded."""


def render(request: Ask, template: str, values: Mapping[str, object]) -> str:
    """`no` in the values is a refusal to show first; `typed` refills the fields."""
    say = words(_language(request, template))
    no = values.get("no")
    if isinstance(no, Refusal):
        clauses.note(request, no)
    shared = _shared(request, say, no)
    given = {"typed": {}, **_without_refusal(values)}
    if isinstance(no, Refusal) and no.kept:
        given["typed"] = _as_another(given["typed"])
    assert not shared.keys() & given.keys(), RENAMED
    return templates(say.language).render_template(template, **shared, **given)


def _as_another(typed: Any) -> dict[str, str]:
    """A no was remembered under the form's id, so what is changed and sent again needs another."""
    return {name: new_id() if name in IDS else said for name, said in typed.items()}


def of_address(request: Ask) -> Placed:
    """What a layout leaves open for each address by itself."""
    return {"path": to_html(request.scope["path"]), "here": to_html(_here(request))}


def layout(request: Ask, template: str, level: str, holes: Iterable[str]) -> Layout:
    """Of a template that asks nothing but the level of what is placed in it."""
    say = words(_language(request, template))
    shared = _shared(request, say, None)
    for own in OWN:
        del shared[own]
    assert not shared.keys() & {*holes}, RENAMED
    return parts(say.language).layout(template, {**shared, "level": level}, {*OWN, *holes})


def _shared(request: Ask, say: Words, no: object) -> dict[str, object]:
    return {
        "origin": request.app.state.settings.origin,
        "path": request.scope["path"],
        "here": _here(request),
        "roles": sorted(_roles(request)),
        "in_malay": spoken(request.scope["path"]) != LANGUAGES,
        "signed_in": _left(request, "actor") is not None,
        "bell": _left(request, "unread") or 0,
        "carried": (carried := _carried(request)),
        "kept_stop": _stop(request) if carried else "",
        **_desks(request),
        "said": say.refusal(no) if isinstance(no, Refusal) else "",
        "clause": _clause(say, no),
        "shape": _shape(no),
        "wrong": _wrong(no, say.refusal) if isinstance(no, Refusal) else {},
    }


def _clause(say: Words, no: object) -> str:
    """The charter's setting behind a refusal, by the name that its page gives it."""
    setting = clauses.setting(no) if isinstance(no, Refusal) else ""
    return say(f"setting.{setting}") if setting else ""


def page(
    request: Ask, template: str, *, no: Refusal | None = None, **values: object
) -> Response[bytes]:
    """An answer of 200, or the refusal's status with the same page and what was typed."""
    body = render(request, template, {**values, "no": no}).encode()
    return responded(request, body, template, no.status if no else 200)


def weak(digest: str) -> str:
    """An ETag (RFC 9110 8.8.1): compressed or not, the page is the same."""
    return f'W/"{digest[:20]}"'


def _language(request: Ask, template: str) -> str:
    """Malay only for what is wholly said in it: not for a refusal that stands in a page's place."""
    return language_of(request, () if template in IN_MALAY else LANGUAGES)


def responded(request: Ask, body: bytes, template: str, status: int = 200) -> Response[bytes]:
    return Response(
        body,
        status_code=status,
        media_type=HTML,
        cookies=list(_kept(request)),
        headers={
            "vary": "accept-language, cookie",
            "content-language": _language(request, template),
        },
    )


def _kept(request: Ask) -> Iterator[Cookie]:
    """The language when it was chosen, and the desk when it is another than before."""
    if chosen := chosen_language(request):
        yield Cookie(key=COOKIE, value=chosen, max_age=YEAR_S, samesite="lax", path="/")
    desk = _desk(request)
    if desk and desk.name != request.cookies.get(desks.COOKIE, ""):
        yield Cookie(
            key=desks.COOKIE, value=desk.name, max_age=YEAR_S, samesite="lax", path="/",
            httponly=True,
        )  # fmt: skip


def _carried(request: Ask) -> int:
    """Goods in the basket; none on what a scan shows, which is the same for every stranger."""
    scanned = request.scope["path"].lower().startswith("/l/")
    return 0 if scanned else len(basket.carried(request))


def _stop(request: Ask) -> str:
    """The stop that was chosen, so that the way to the basket does not lose it."""
    said = request.query_params.get("stop", "")
    return f"?stop={said}" if is_id(said) else ""


def _left(request: Ask, name: str) -> Any:
    """What the guard left for the page; nothing where it was not asked."""
    return (request.scope.get("state") or {}).get(name)


def _roles(request: Ask) -> set[str]:
    actor = _left(request, "actor")
    return {grant.role for grant in actor.grants} if actor else set()


def _desk(request: Ask) -> desks.Desk | None:
    if not (roles := _roles(request)):
        return None
    remembered = request.query_params.get(desks.COOKIE) or request.cookies.get(desks.COOKIE, "")
    return desks.sits_at(request.scope["path"], desks.of(roles), remembered)


def _desks(request: Ask) -> dict[str, object]:
    """For the bar: this desk with the word one stands at, and the others to change to."""
    desk = _desk(request)
    if desk is None:
        return {"desk": None, "desks": []}
    here = desk.here(request.scope["path"])
    bar = [{**word._asdict(), "here": word is here} for word in desk.bar]
    shown = {"name": desk.name, "words": desk.words, "bar": bar, "home": desk.bar[0] is here}
    others = [
        {"name": one.name, "words": one.words, "href": one.bar[0].href}
        for one in desks.of(_roles(request))
    ]
    return {"desk": shown, "desks": others}


def onward(address: str) -> Response[bytes]:
    """303: after a deed the browser asks for the next page, so that a reload repeats nothing."""
    location = quote(address, safe=ASCII, errors="replace")
    return Response(b"", status_code=303, headers={"location": location}, media_type=HTML)


def safe_next(address: str) -> str:
    """Where to go after sign-in: a path of ours, or home."""
    if not address.startswith("/") or address.startswith(("//", "/\\")):
        return "/"
    try:
        elsewhere = urlsplit(address).netloc
    except ValueError:
        return "/"
    return address if not elsewhere and address.isprintable() else "/"


def _here(request: Ask) -> str:
    """This page's address with its query but no language, ending so that `lang=th` can follow.

    A form that is shown again stands at an address that only takes forms: then where it came from.
    """
    path, query = request.scope["path"], request.scope["query_string"].decode("latin-1")
    if request.method != "GET":
        before, query = came_from(request)
        path = safe_next(before)
    if not query and path.isascii():
        return f"{quote(path)}?"
    rest = urlencode([(name, value) for name, value in parse_qsl(query) if name != "lang"])
    return f"{quote(path, errors='replace')}?{rest}{'&' if rest else ''}"


def _shape(no: object) -> str:
    """How a page that is nothing but a refusal says it: `refused.head.…` in the catalogues."""
    status = no.status if isinstance(no, Refusal) else 200
    return "broken" if status >= 500 else SHAPES.get(status, "refused")


def _wrong(no: Refusal, say: Any) -> dict[str, str]:
    """What stands beside a field; a deed may refuse one by its name too."""
    if not isinstance(no, Mistyped):
        field = no.facts.get("field")
        return {str(field): say(no)} if field else {}
    return {name: say(why) for name, why in no.wrong.items()}


def _without_refusal(values: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if name != "no"}
