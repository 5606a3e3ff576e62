"""The charter as people read it: what is asked, promised and forbidden, and the sheet to print."""

from __future__ import annotations

from collections.abc import Iterator

from litestar import Response, get
from litestar.params import FromPath

from certification.basis.ids import is_id
from certification.basis.refusal import Missing
from certification.schemes import queries
from certification.schemes.rules import Item, RuleSet, Version
from market.access.refusals import NotThere
from market.answers.language import words_for
from market.answers.words import Words
from market.web.page import page
from market.web.pages import inspect_view as view
from market.web.pages.farm_view import Ask, Shown


@get("/standard", opt={"op": "scheme.read"})
async def standards(request: Ask) -> Response[bytes]:
    say, found = words_for(request), []
    for scheme in await queries.schemes():
        found += [{"of": one, "name": say.name(one.content.name)} for one in await _newest(scheme)]
    return page(request, "standards.html", versions=found)


async def _newest(scheme: str) -> list[Version]:
    return list(reversed(await queries.versions(scheme)))


@get("/standard/{id:str}", opt={"op": "scheme.read"})
async def standard(request: Ask, id: FromPath[str]) -> Response[bytes]:
    try:
        found = await queries.version(id if is_id(id) else "")
    except Missing:
        raise NotThere from None
    say, content = words_for(request), found.content
    return page(
        request,
        "standard.html",
        version=found,
        name=say.name(content.name),
        rules=rules_said(say, content.rules),
        promises=[say.name(promise) for promise in content.pledge.promises],
        prohibited=[say.name(one.name) for one in content.prohibitions],
        chapters=_chapters(say, content.checklist),
        items=len(content.checklist),
    )


def rules_said(say: Words, of: RuleSet) -> list[str]:
    """Each setting as a sentence."""
    return list(_sentences(say, of))


def _sentences(say: Words, of: RuleSet) -> Iterator[str]:
    seats = ", ".join(
        f"{say.name(seat.name)} {seat.minimum}" for seat in of.panel_seats if seat.minimum
    )
    yield say("standard.panel", n=of.min_inspectors, seats=seats)
    yield say("standard.kin", n=of.kin_degree)
    yield say("standard.reciprocity", n=of.reciprocity_years)
    yield say("standard.across" if of.inspect_cross_group else "standard.within")
    share = of.quorum_share
    yield say("standard.quorum", n=of.quorum_count, part=share.part, whole=share.of)
    yield say("standard.pass", part=of.pass_share.part, whole=of.pass_share.of)
    if of.reviewers_present:
        yield say("standard.reviewers", n=of.reviewers_present)
    if of.farmer_present:
        yield say("standard.farmer_present")
    months = of.conversion_months
    yield say("standard.conversion", annual=months["annual"], perennial=months["perennial"])
    days = of.severity_deadline_days
    yield say("standard.mend", major=days["major"], minor=days["minor"])
    yield say("standard.minor", n=of.max_open_minor)
    yield say("standard.valid", n=of.validity_months)


def _chapters(say: Words, checklist: tuple[Item, ...]) -> list[Shown]:
    found: dict[str, list[Shown]] = {}
    for item in checklist:
        grave = say(f"inspect.severity.{item.severity}")
        line = {"of": item, "words": say.name(item), "severity": grave}
        found.setdefault(item.chapter, []).append(line)
    return [{"name": view.chapter_name(say, key), "lines": lines} for key, lines in found.items()]


DOORS = [standards, standard]
