"""What exactly a helper typed, in one line: nobody can say yes to "recorded a harvest" alone."""

from __future__ import annotations

from certification.applications import queries as applications
from certification.basis.refusal import Missing
from certification.certificates import queries as certificates
from certification.hearings import appeals
from certification.inputs import queries as inputs
from certification.marks import queries as marks
from certification.plots import queries as plots
from market.answers.words import Words
from market.domain.floors import queries as floors
from market.domain.forecasts import queries as forecasts
from market.domain.lots import queries as lots
from market.domain.spoken.rules import SpokenView
from market.web.pages import farm_inputs
from market.web.pages import farm_view as view


async def about(say: Words, one: SpokenView) -> str:
    try:
        return " · ".join(await _parts(say, one))
    except Missing:
        return ""


async def _parts(say: Words, one: SpokenView) -> list[str]:  # noqa: C901, PLR0911  # one for each deed
    match one.deed:
        case "lots.harvested" | "labels.printed" | "lineage.corrected":
            return await _lot(say, one.subject)
        case "lots.poured":
            return await _lot(say, one.subject, await lots.poured_for(one.id))
        case "forecasts.expected" | "forecasts.lowered" | "forecasts.given_up":
            told = await forecasts.forecast(one.subject)
            return [view.crop_name(say, told.crop), say.kilos(told.promised_grams)]
        case "floors.set":
            floor = await floors.told(one.id)
            return [view.crop_name(say, floor[0]), say.baht(floor[1])]
        case "plots.planted":
            planted = await plots.planting(one.id)
            crop, on = (
                view.crop_name(say, planted.crop),
                say("Planted {on}", on=say.day(planted.sown_on)),
            )
            return [crop, say.area(planted.area_m2), on, await _plot(say, planted.plot)]
        case "plots.registered":
            plot = await plots.plot(one.subject)
            return [view.plot_name(say, plot), say.area(plot.area_m2), view.place_of(say, plot)]
        case "land.paper_noted" | "land.year_noted" | "land.side_noted" | "land.water_noted":
            return [await _plot(say, one.subject)]
        case "inputs.used":
            use = await inputs.use(one.id)
            about = use.product or await farm_inputs.called(say, use.code or "")
            return [about, use.amount, say.day(use.used_on), await _plot(say, use.plot)]
        case "findings.answered":
            return [await _plot(say, one.subject)]
        case "marks.noted" | "marks.ended":
            paper_by_others = await marks.mark(one.subject)
            kind = paper_by_others.name or say(f"marks.kind.{paper_by_others.kind}")
            return [kind, paper_by_others.issuer, paper_by_others.number]
        case "applications.submitted" | "applications.resubmitted" | "applications.withdrawn":
            asked = await applications.application(one.subject)
            return [await _plot(say, asked.plot)]
        case "certificates.surrendered":
            paper = await certificates.certificate(one.subject)
            return [paper.number, await _plot(say, paper.plot)]
        case "hearings.appeal_filed":
            against = await appeals.appealable(one.subject)
            asked = await applications.application(against.application)
            return [say(f"appeal.against.{against.kind}"), await _plot(say, asked.plot)]
    return []


async def _lot(say: Words, id: str, grams: int = 0) -> list[str]:
    lot = await lots.lot(id)
    crop = view.crop_name(say, lot.crop)
    on = say("Harvested {on}", on=say.day(lot.harvested_on))
    where = await _plot(say, lot.plot) if lot.plot else say("several plots")
    return [crop, say.kilos(grams or lot.grams), on, where]


async def _plot(say: Words, id: str) -> str:
    return view.plot_name(say, await plots.plot(id))
