"""What a meeting rules of a certificate: brought before it, heard, voted on by name; appeals."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec
from litestar import Request, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from certification.basis.transaction import run, transaction
from certification.decisions.votes import Value
from certification.hearings import appeals, commands, queries
from certification.hearings.queries import AppealView, HearingView, RulingView, StepView
from certification.hearings.rules import (
    AppealFiled,
    CastVote,
    FileAppeal,
    HearingOpened,
    HearingVoted,
    Matter,
    NoteStep,
    OpenHearing,
    Rule,
    Ruled,
    Step,
    StepNoted,
)
from market.access import deeds, guarantee, helping
from market.access.permit import Permit
from market.answers.refusals import FieldMissing

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


class NewHearing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`because`: a word of the list for that change; `crops`: for a new scope."""

    id: str
    matter: Matter
    because: str
    from_on: date | None = None
    crops: tuple[str, ...] = ()
    note: str | None = None


class NewStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    kind: Step
    day_on: date
    note: str | None = None


class OwnVoice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    meeting: str
    value: Value


class NamedVoice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    person: str
    value: Value


class Voices(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    meeting: str
    votes: tuple[NamedVoice, ...]


class NewRuling(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`reason` where it is not granted, and always for a revocation; `modify`: of an appeal that
    passes only in part, with the day from which the certificate is suspended."""

    id: str
    meeting: str
    reason: str = ""
    modify: bool = False
    from_on: date | None = None


class NewAppeal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`against`: a decision or an event of a certificate; `pin`: the holder's own, where a helper
    files it."""

    id: str
    against: str
    grounds: str
    pin: str | None = None


class HearingShown(msgspec.Struct, frozen=True):
    hearing: HearingView
    steps: list[StepView]
    ruling: RulingView | None
    appeal: AppealView | None
    appeal_state: str


@post(
    "/api/v1/certificates/{id:str}/hearings",
    opt={"op": "certificate.change"},
    tags=["certificates"],
    summary="Bring it before the meeting: to suspend, reinstate, revoke, or change its crops",
)
async def open_hearing(
    id: FromPath[str], data: JSONBody[NewHearing], permit: Mine, at: Now
) -> HearingOpened:
    _, place = await guarantee.certificate(id)
    permit.check(place)
    wanted = OpenHearing(
        data.id, id, data.matter, data.because, data.from_on, data.crops, data.note
    )  # fmt: skip
    return await deeds.once(commands.open_, wanted, HearingOpened, by=permit.person, at=at)


@get(
    "/api/v1/certificates/{id:str}/hearings",
    opt={"op": "certificate.read"},
    tags=["certificates"],
    summary="What was brought before meetings about it, and what they ruled",
)
async def list_hearings(id: FromPath[str], permit: Mine) -> list[HearingShown]:
    _, place = await guarantee.certificate(id)
    permit.check(place)
    return [await shown(one) for one in await queries.of_certificate(id)]


@get(
    "/api/v1/hearings/{id:str}",
    opt={"op": "certificate.read"},
    tags=["certificates"],
    summary="One matter: who was invited and heard, and the ruling",
)
async def read_hearing(id: FromPath[str], permit: Mine) -> HearingShown:
    found, place = await guarantee.hearing(id)
    permit.check(place)
    return await shown(found)


@post(
    "/api/v1/hearings/{id:str}/steps",
    opt={"op": "hearing.note"},
    tags=["certificates"],
    summary="The farmer was invited, was heard, or did not come",
)
async def note_step(id: FromPath[str], data: JSONBody[NewStep], permit: Mine, at: Now) -> StepNoted:
    _, place = await guarantee.hearing(id)
    permit.check(place)
    step = NoteStep(data.id, id, data.kind, data.day_on, data.note)
    return await deeds.once(commands.note_step, step, StepNoted, by=permit.person, at=at)


@put(
    "/api/v1/hearings/{id:str}/vote",
    opt={"op": "vote.cast"},
    tags=["certificates"],
    summary="My own vote; who judged it before, or is too near, may only stand back (`recused`)",
)
async def vote(id: FromPath[str], data: JSONBody[OwnVoice], permit: Mine, at: Now) -> HearingVoted:
    await _ensure_both(id, data.meeting, permit)
    mine = CastVote(data.meeting, id, permit.person, data.value)
    return await run(commands.vote, mine, by=permit.person, at=at)


@put(
    "/api/v1/hearings/{id:str}/hands",
    opt={"op": "vote.count"},
    tags=["certificates"],
    summary="Votes by name as the secretary counted them: all or none; known ones are passed over",
)
async def count_hands(
    id: FromPath[str], data: JSONBody[Voices], permit: Mine, at: Now
) -> list[HearingVoted]:
    await _ensure_both(id, data.meeting, permit)
    deeds.ensure_storable(None, *[one.person for one in data.votes])

    async def count() -> list[HearingVoted]:
        async with transaction():
            known = await queries.cast(data.meeting, id)
            return [
                await commands.vote(
                    CastVote(data.meeting, id, one.person, one.value), by=permit.person, at=at
                )
                for one in data.votes
                if known.get(one.person) != one.value
            ]

    return await run(count)


@post(
    "/api/v1/hearings/{id:str}/ruling",
    opt={"op": "decision.make"},
    tags=["certificates"],
    summary="What the votes say, and what follows for the certificate; needs the PIN once more",
)
async def rule(id: FromPath[str], data: JSONBody[NewRuling], permit: Mine, at: Now) -> Ruled:
    await _ensure_both(id, data.meeting, permit)
    wanted = Rule(data.id, data.meeting, id, data.reason, data.modify, data.from_on)
    return await deeds.once(commands.rule, wanted, Ruled, by=permit.person, at=at)


@post(
    "/api/v1/appeals",
    opt={"op": "appeal.file"},
    tags=["certificates"],
    summary="Against a refusal, a suspension or a revocation; too late is kept and not heard",
)
async def file_appeal(
    request: Request[Any, Any, Any], data: JSONBody[NewAppeal], permit: Mine, at: Now
) -> AppealFiled:
    found, place = await guarantee.appealable(data.against)
    permit.check(place)
    helps, by = found.holder != permit.person, permit.person
    if helps and not data.pin:
        raise FieldMissing(field="pin")
    whom = found.holder if helps else None
    wanted = FileAppeal(data.id, data.against, data.grounds, whom)

    async def do() -> AppealFiled:
        return await deeds.once(appeals.file, wanted, AppealFiled, by=by, at=at)

    if not helps:
        return await do()
    says = deeds.For(found.holder, found.group, found.id)
    word = helping.Word(data.pin or "")
    return await helping.with_word(request, data.id, do, says, word, by=by, at=at)


async def shown(found: HearingView) -> HearingShown:
    appeal = await queries.appeal_of(found.id)
    return HearingShown(
        found,
        await queries.steps(found.id),
        await queries.ruling(found.id),
        appeal,
        await queries.state(appeal) if appeal else "",
    )


async def _ensure_both(id: str, meeting: str, permit: Permit) -> None:
    """The meeting and the matter, each within reach."""
    _, stands = await guarantee.meeting(meeting)
    permit.check(stands)
    _, place = await guarantee.hearing(id)
    permit.check(place)


DOORS: list[Any] = [
    open_hearing, list_hearings, read_hearing, note_step, vote, count_hands, rule, file_appeal,
]  # fmt: skip
