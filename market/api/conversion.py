"""The stages of a plot for each class of crops, and a meeting's decision to shorten them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from certification.basis import pictures
from certification.basis.units import local_day
from certification.conversion import queries
from certification.conversion.rules import Ahead, Because, Course, Shorten, Shortened, Span
from certification.decisions import commands as decisions
from certification.schemes.settings import CropClass, StageKind
from market.access import deeds, guarantee, whose
from market.access.permit import Permit

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
Hands = Annotated[int, msgspec.Meta(ge=0, le=10_000)]


class SpanShown(msgspec.Struct, frozen=True):
    """`from_on` is null where it was so before anything was told."""

    from_on: date | None
    stage: str
    kind: StageKind
    because: Because
    about_on: date | None


class ClassShown(msgspec.Struct, frozen=True):
    on: SpanShown
    """Of the day asked for."""
    spans: list[SpanShown]
    ahead: Ahead | None


class Granted(msgspec.Struct, frozen=True):
    id: str
    meeting: str
    held_on: date
    crop_class: CropClass
    months: int
    votes_for: int
    votes_against: int


class ConversionShown(msgspec.Struct, frozen=True):
    scheme: str
    scheme_version: str
    classes: dict[str, ClassShown]
    """By class of crops: annual, perennial."""
    shortenings: list[Granted]


class NewShortening(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`evidence`: a photo, JPEG, PNG or WEBP, in base64."""

    id: str
    application: str
    crop_class: CropClass
    months: Annotated[int, msgspec.Meta(ge=1, le=120)]
    evidence: bytes
    reason: str
    votes_for: Hands
    votes_against: Hands


@get(
    "/api/v1/plots/{id:str}/conversion",
    opt={"op": "plot.read"},
    tags=["plots"],
    summary="Its stage on a day (today) under each scheme, for each class of crops, with reasons",
)
async def read_conversion(
    id: FromPath[str], permit: Mine, at: Now, on: FromQuery[date | None] = None
) -> list[ConversionShown]:
    _, place = await whose.plot(id, at)
    permit.check(place)
    day = on or local_day(at)
    return [
        ConversionShown(
            version.scheme,
            version.id,
            {
                of: _class(course, day)
                for of, course in (await queries.courses(id, version)).items()
            },
            [
                msgspec.convert(msgspec.structs.asdict(one), Granted)
                for one in await queries.shortenings(id, version.scheme)
            ],
        )
        for version in await queries.asked_under(id)
    ]


@post(
    "/api/v1/meetings/{id:str}/shortenings",
    opt={"op": "decision.make"},
    tags=["meetings"],
    summary="Fewer months of conversion for one class of crops, on evidence, by hands counted",
)
async def shorten(
    id: FromPath[str], data: JSONBody[NewShortening], permit: Mine, at: Now
) -> Shortened:
    _, place = await guarantee.meeting(id)
    permit.check(place)
    _, case = await whose.application(data.application)
    permit.check(case)
    deeds.ensure_storable([data.id, data.reason])
    kept = await pictures.keep(data.evidence, by=permit.person, at=at) if data.evidence else ""
    wanted = Shorten(
        data.id, id, data.application, data.crop_class, data.months, kept, data.reason,
        data.votes_for, data.votes_against,
    )  # fmt: skip
    return await deeds.once(decisions.shorten, wanted, Shortened, by=permit.person, at=at)


def _class(course: Course, on: date) -> ClassShown:
    return ClassShown(_span(course.on(on)), [_span(one) for one in course.spans], course.ahead)


def _span(of: Span) -> SpanShown:
    begins = None if of.from_on == date.min else of.from_on
    return SpanShown(begins, of.stage, of.kind, of.because, of.about_on)


DOORS = [read_conversion, shorten]
