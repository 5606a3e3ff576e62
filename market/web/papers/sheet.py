"""The checklist of one visit on paper: its questions, room for the answers, and who signs."""

from __future__ import annotations

from datetime import date
from itertools import groupby

from certification.applications import queries as applications
from certification.areas import queries as areas
from certification.basis.units import thai_area, thai_date
from certification.inspections import bound, queries, sheets
from certification.inspections.views import InspectionView
from certification.people import queries as people
from certification.plots import queries as plots
from certification.schemes import queries as schemes
from certification.schemes.rules import Item
from market.answers.words import Words, words
from market.domain.labels.drawing import qr_svg
from market.web.pages.inspect_view import option_name

BOXES = {"yes_no_na": ("ใช่", "ไม่", "ไม่เกี่ยว"), "score_0_2": ("2", "1", "0", "ไม่เกี่ยว")}


async def content(visit: InspectionView, today: date) -> dict[str, object]:
    say, asks = words("th"), await sheets.sheet(visit)
    plot, members = await plots.plot(visit.plot), await queries.seats(visit.id)
    asked = await applications.application(visit.application)
    farmer = await bound.farmer(asked, carries=visit.carries, on=visit.planned_on)
    names = await people.names([farmer, *(one.person for one in members)])
    version = await schemes.version(visit.scheme_version)
    return {
        "scheme": version.content.name.th, "version": str(version.version),
        "farmer": names.get(farmer, ""), "plot": f"{plot.code[:4]}-{plot.code[4:]}",
        "area": areas.address(plot.tambon), "size": thai_area(plot.area_m2),
        "planned": thai_date(visit.planned_on), "printed": thai_date(today),
        "kind": say(f"inspect.kind.{visit.kind}"), "qr": qr_svg(visit.id),
        "chapters": [
            {"name": say(f"inspect.chapter.{key}") if say.knows(f"inspect.chapter.{key}") else key,
             "items": [_line(say, one) for one in of]}
            for key, of in groupby(asks.checklist, key=lambda item: item.chapter)
        ],
        "inspectors": [names.get(one.person, "") for one in members],
    }  # fmt: skip


def _line(say: Words, item: Item) -> dict[str, object]:
    star = " *" if item.must_be_answered else ""
    return {
        "code": item.code, "words": item.th + star,
        "boxes": list(BOXES.get(item.answer_type, ())) or [
            option_name(say, one) for one in item.options
        ],
        "evidence": bool({"photo", "document", "receipt", "lab_report"} & {*item.evidence}),
    }  # fmt: skip
