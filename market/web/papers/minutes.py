"""A meeting's minutes on A4, with the record's checkpoint as a code: whoever keeps the paper can
show later that what stood in the record that day was changed."""

from __future__ import annotations

from datetime import date, datetime

from certification.basis import checkpoints
from certification.basis.checkpoints import NoneYet, Signed
from certification.basis.units import local_day, thai_date
from certification.meetings import queries
from certification.meetings.queries import MeetingView
from market.answers.words import Words, words
from market.domain.labels.drawing import qr_svg
from market.web.pages import hearing_view
from market.web.pages import meeting_view as view
from market.web.pages.farm_view import Shown


async def content(of: MeetingView, at: datetime) -> dict[str, object]:
    say, today = words("th"), local_day(at)
    there = await view.present(say, of)
    head = await view.head(say, of)
    return {
        "organ": head["organ"], "body": head["body"], "held_on": thai_date(of.held_on),
        "place": of.place, "over": of.closed_at is not None,
        "present": [
            [one["name"], one["seat"], one["leg"], _came_and_went(one)]
            for one in there
        ],
        "legs": [f"{leg} {number}" for leg, number in view.legs(say, there)],
        "parts": [_part(part) for part in await view.agenda(say, of, today)],
        "decided": [
            {
                "name": one["name"], "farmer": one["farmer"], "outcome": one["chip"]["words"],
                "covers": one["covers"], "left_out": one["left_out"],
                "quorum": say(
                    "Quorum reached: {present} present, {needed} needed",
                    present=one["of"].present, needed=one["of"].quorum_needed,
                ),
                "votes": view.votes(say, one["of"]), "reason": one["of"].reason or "",
            }
            for one in await view.decided(say, of)
        ] + await _ruled(say, of) + await _on_findings(say, of, today),
        "actions": [
            [one["of"].what, one["owner"], thai_date(one["of"].due_on)]
            for one in await view.actions(await queries.actions(of.id), today)
        ],
        **await _adopted(of.id),
        "printed": thai_date(today),
        **await _checkpoint(),
    }  # fmt: skip


async def _ruled(say: Words, of: MeetingView) -> list[dict[str, object]]:
    return [
        {
            "name": f"{one['matter']} {one['name']}", "farmer": one["farmer"],
            "outcome": one["outcome"]["words"], "covers": one["wants"], "left_out": "",
            "quorum": say(
                "Quorum reached: {present} present, {needed} needed",
                present=one["ruling"].present, needed=one["ruling"].quorum_needed,
            ),
            "votes": view.votes(say, one["ruling"]), "reason": one["ruling"].reason or "",
        }
        for one in await hearing_view.ruled(say, of)
    ]  # fmt: skip


async def _on_findings(say: Words, of: MeetingView, today: date) -> list[dict[str, object]]:
    return [
        {
            "name": f"{say('Finding')} {one['of'].item} {one['plot']}", "farmer": one["farmer"],
            "outcome": one["outcome"]["words"], "covers": "", "left_out": "", "quorum": "",
            "votes": "", "reason": one["step"].words or "",
        }
        for one in await view.on_findings(say, of, today)
    ]  # fmt: skip


async def _adopted(meeting: str) -> dict[str, str]:
    found = (await queries.adoptions([meeting])).get(meeting)
    if found is None:
        return {"adopted": "", "corrections": ""}
    on = (await queries.meeting(found.adopted_in)).held_on
    return {"adopted": thai_date(on), "corrections": found.corrections or ""}


def _came_and_went(one: Shown) -> str:
    late = "มาหลังเริ่ม" if one["of"].late else ""
    gone = "" if one["here"] else "ออกก่อนปิด"
    return " · ".join(part for part in (late, gone) if part)


def _off(reason: str | None) -> list[str]:
    return [f"ถอนออกจากวาระ: {reason}"] if reason else []


def _part(part: Shown) -> dict[str, object]:
    return {
        "name": part["name"],
        "items": [
            {"title": one.title, "notes": [*_off(one.off), *(note.text for note in one.notes)]}
            for one in part["items"]
        ]
        + [
            {"title": f"{one['name']} · {one['farmer']}", "notes": _off(one["reason"])}
            for one in part["off"]
        ],
        "adopt": [
            {
                "on": thai_date(one["meeting"].held_on),
                "adopted": one["adopted"] is not None,
                "corrections": (one["adopted"].corrections or "") if one["adopted"] else "",
            }
            for one in part["adopt"]
        ],
        "matters": [
            [
                one["of"].what,
                one["owner"],
                f"เสร็จแล้ว {one['of'].note or ''}".strip()
                if one["of"].done_at
                else f"กำหนด {thai_date(one['of'].due_on)}",
            ]
            for one in part["matters"]
        ],
    }


async def _checkpoint() -> dict[str, object]:
    """The newest signed note whole, so that the paper needs nobody to be believed."""
    try:
        signed: Signed = await checkpoints.newest()
    except NoneYet:
        return {"qr": "", "entries": "", "signed": ""}
    return {
        "qr": qr_svg(signed.note),
        "entries": f"{signed.size:,}",
        "signed": words("th").moment(signed.at),
    }
