"""The stages of a plot in words: what it is now, how it came so, and what is ahead."""

from __future__ import annotations

from datetime import date
from typing import Any

from certification.certificates import queries as certificates
from certification.conversion import queries
from certification.conversion.queries import ShorteningView
from certification.conversion.rules import Ahead, Course, Span
from certification.crops import queries as crops
from certification.plots import queries as plots
from certification.schemes.rules import Version
from certification.schemes.settings import CropClass
from market.answers.words import Words

Shown = dict[str, Any]
LOOKS = {
    "conventional": ("off", "leaf"),
    "in_conversion": ("warn", "clock"),
    "organic": ("ok", "shield"),
}


async def public_stages(say: Words, code: str, on: date) -> list[Shown]:
    """Of schemes whose certificate holds: a stage without one is nobody's promise."""
    plot = (await plots.by_code(code)).id
    held = {
        one.scheme
        for one in await certificates.of_plot(plot)
        if (await certificates.standing(one, None, on)).held
    }
    return [one for one in await stages(say, plot, on) if one["code"] in held] if held else []


async def stages(say: Words, plot: str, on: date) -> list[Shown]:
    """Of each scheme under which the plot was applied for, for the classes that grow there."""
    growing = {crops.crop(one.crop).crop_class for one in await plots.growing(plot, on)}
    return [
        {
            "code": version.scheme,
            "scheme": say.name(version.content.name),
            "classes": [
                _course(say, version, of, course, on)
                for of, course in (await queries.courses(plot, version)).items()
                if of in growing or not growing
            ],
            "shortenings": [
                _shortening(say, one) for one in await queries.shortenings(plot, version.scheme)
            ],
        }
        for version in await queries.asked_under(plot)
    ]


def _course(say: Words, version: Version, of: CropClass, course: Course, on: date) -> Shown:
    names = {one.code: say.name(one.name) for one in version.content.rules.stages}
    now, first = course.on(on), course.spans[1:]
    return {
        "of": say(f"conversion.class.{of}"),
        "chip": _chip(now, names[now.stage]),
        "steps": [
            {
                "on": one.from_on,
                "words": names[one.stage],
                "why": say(f"conversion.because.{one.because}", about_on=one.about_on),
                "ahead": one.from_on > on,
                "now": one is now,
            }
            for one in first
        ],
        "ahead": _ahead(say, course.ahead, names, on),
    }


def _chip(now: Span, words: str) -> Shown:
    kind, icon = LOOKS[now.kind]
    return {"kind": kind, "icon": icon, "words": words}


def _ahead(say: Words, ahead: Ahead | None, names: dict[str, str], on: date) -> str:
    if ahead is None:
        return ""
    late = "visit_missing" if ahead.over_on <= on else "visit_needed"
    return say(f"conversion.ahead.{late}", stage=names[ahead.stage], over_on=ahead.over_on)


def _shortening(say: Words, one: ShorteningView) -> Shown:
    return {"of": one, "words": say(
        "Shortened by {months} months for {crops} in the meeting of {held_on}, {yes} to {no}",
        months=one.months, crops=say(f"conversion.class.{one.crop_class}"), held_on=one.held_on,
        yes=one.votes_for, no=one.votes_against,
    )}  # fmt: skip
