"""What was used that no list knows: a meeting says what it is, and its word bears its date."""

from __future__ import annotations

from datetime import datetime

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.refusal import Refusal
from certification.basis.units import local_day
from certification.groups import queries as groups
from certification.inputs import claims, commands, queries, rules
from certification.inputs.claims import ClaimJudged, JudgeClaim
from certification.inputs.rules import InputRuled, RuleInput
from certification.people import queries as people
from market.access import deeds, whose
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.words import Words
from market.web import sheets
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages.farm_inputs import HEADS, LOOKS, called, line, shown
from market.web.pages.farm_view import Ask, Shown

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


@get("/inputs", opt={"op": "input.rule"})
async def unknown_inputs(request: Ask, permit: Mine) -> Response[bytes]:
    """`?as=csv`, `?as=xlsx`: what waits and what was ruled; `&of=claims` what is denied."""
    if sheets.kind(request):
        return await _table(request, permit)
    return await _listed(request, permit)


async def _table(request: Ask, permit: Permit) -> Response[bytes]:
    found = await _found(words_for(request), permit)
    if request.query_params.get("of") == "claims":
        denied = [(*line(one), one["farmer"], one["typed_by"]) for one in found["claims"]]
        return sheets.saved(request, "inputs-typed", (*HEADS, "Farmer", "Written by"), denied)
    state = words_for(request)("inputs.unknown")
    rows = [
        (None, one["name"], one["of"].scheme, state, "", "", one["called"])
        for one in found["waiting"]
    ]
    rows += [
        (one["of"].decided_on, one["name"], one["of"].scheme, one["chip"]["words"],
         one["of"].restriction, one["of"].meeting_ref, one["called"])
        for one in found["ruled"]
    ]  # fmt: skip
    heads = ("Decided on", "Product", "Charter", "State", "Restriction", "Meeting", "Group")
    return sheets.saved(request, "inputs", heads, rows)


@post("/inputs", opt={"op": "input.rule"})
async def rule(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    form = await Form.of(request)
    permit.check(await whose.of_group(form.raw("network")))
    try:
        status = form.choice("status", rules.RULED)
        meeting = form.text("meeting_ref", most=rules.REF_MAX)
        decided_on = form.day("decided_on", near=local_day(at))
        restriction = form.text("restriction", most=rules.TEXT_MAX, required=False)
        form.done()
        wanted = RuleInput(
            id=form.id(), network=form.raw("network"), scheme=form.raw("scheme"),
            key=form.raw("key"), status=status, decided_on=decided_on, meeting_ref=meeting,  # type: ignore[arg-type]  # among RULED
            restriction=restriction,
        )  # fmt: skip
        await deeds.once(commands.rule, wanted, InputRuled, by=permit.person, at=at)
    except Refusal as no:
        return await _listed(request, permit, no=no, typed=form.typed)
    return onward("/inputs?ruled=1")


@post("/inputs/{id:str}/verdict", opt={"op": "input.rule"})
async def judge_claim(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    form = await Form.of(request)
    _, place = await whose.input_use(id)
    permit.check(place)
    try:
        verdict = form.choice("verdict", claims.VERDICTS)
        meeting = form.text("meeting_ref", most=rules.REF_MAX)
        decided_on = form.day("decided_on", near=local_day(at))
        form.done()
        wanted = JudgeClaim(form.id(), id, verdict, decided_on, meeting)  # type: ignore[arg-type]  # among VERDICTS
        await deeds.once(commands.judge_claim, wanted, ClaimJudged, by=permit.person, at=at)
    except Refusal as no:
        return await _listed(request, permit, no=no, typed={**form.typed, "use": id})
    return onward("/inputs?ruled=1")


async def _listed(
    request: Ask, permit: Permit, *, no: Refusal | None = None, typed: dict[str, str] | None = None
) -> Response[bytes]:
    say, found = words_for(request), await _found(words_for(request), permit)
    return page(
        request,
        "inputs.html",
        no=no,
        typed=typed or {},
        **found,
        verdicts=[["", say("Choose")]]
        + [[one, say(f"inputs.verdict.{one}")] for one in claims.VERDICTS],
        networks=len(await _networks(permit)),
        statuses=[["", say("Choose")], *[[one, say(f"inputs.{one}")] for one in rules.RULED]],
        done="ruled" in request.query_params and no is None,
    )


async def _networks(permit: Permit) -> list[str]:
    return list({await queries.network_of(one): None for one in sorted(permit.groups())})


async def _found(say: Words, permit: Permit) -> dict[str, list[Shown]]:
    waiting: list[Shown] = []
    ruled: list[Shown] = []
    claimed: list[Shown] = []
    for network in await _networks(permit):
        if not permit.sees(await whose.of_group(network)):
            continue
        name = say.name(await groups.group(network))
        claimed += await _claimed(say, network)
        waiting += [
            {"of": one, "network": network, "called": name,
             "name": await called(say, one.code or "") or one.product}
            for one in await queries.unknown(network)
        ]  # fmt: skip
        ruled += [
            {
                "of": one, "called": name,
                "name": await called(say, one.key.removeprefix("code:")) or one.key,
                "chip": {
                    "kind": LOOKS[one.status][0], "icon": LOOKS[one.status][1],
                    "words": say(f"inputs.{one.status}"),
                },
            }
            for one in await queries.rulings(network)
        ]  # fmt: skip
    return {"waiting": waiting, "ruled": ruled, "claims": claimed}


async def _claimed(say: Words, network: str) -> list[Shown]:
    found = await queries.claims(network)
    names = await people.names([one.farmer for one in found] + [one.by for one in found])
    return [
        {
            **line,
            "farmer": names.get(one.farmer, ""),
            "typed_by": names.get(one.by, ""),
            "denied": one.word == "denied",
        }
        for one, line in zip(found, await shown(say, found), strict=True)
    ]


DOORS = [unknown_inputs, rule, judge_claim]
