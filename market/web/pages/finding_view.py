"""A finding and all that happened to it, for who mends it and for who looks again."""

from __future__ import annotations

from datetime import date

from certification.findings.queries import Story
from certification.inspections import queries as inspections
from certification.people import queries as people
from certification.plots import queries as plots
from certification.schemes import queries as schemes
from market.answers.words import Words
from market.web.pages import inspect_view as view
from market.web.pages.farm_view import Shown, place_of, plot_name

CLOCK = "clock"


async def shown(say: Words, of: Story, on: date) -> Shown:
    plot = await plots.plot(of.finding.plot)
    farmer = await plots.holder(plot.id, on) or of.finding.farmer
    content = (await schemes.version(of.finding.scheme_version)).content
    [line] = await view.findings(say, [of.finding], content)
    return {
        **line,
        "now": of.standing,
        "state": say(f"finding.state.{of.standing.state}"),
        "source": say(f"finding.source.{of.finding.source}"),
        "plot": plot_name(say, plot),
        "farmer": (await people.names([farmer])).get(farmer, ""),
        "place": place_of(say, plot),
        "days_late": of.standing.days_late,
        "minors": of.minors,
        "suspend": of.proposes_suspension,
    }


async def history(say: Words, of: Story, steps: str) -> list[Shown]:
    """`steps`: the address below which their photos are seen."""
    names = await people.names([step.by for step in of.steps])
    return [
        {
            "of": step,
            "words": say(f"finding.step.{step.kind}"),
            "by": "" if step.by == CLOCK else names.get(step.by, ""),
            "photo": f"{steps}/{step.id}/photo" if step.photo else "",
        }
        for step in of.steps
    ]


async def found_where(of: Story) -> str:
    """The page on which it was found."""
    if of.finding.inspection is not None:
        visit = await inspections.inspection(of.finding.inspection)
        return f"/inspect/{visit.id}"
    return f"/farm/plots/{of.finding.plot}/inputs"
