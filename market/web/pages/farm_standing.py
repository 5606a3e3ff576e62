"""How a plot stands on the farmer's pages: certificates, an application, the next step."""

from __future__ import annotations

from datetime import date

from certification.applications import queries as applications
from certification.certificates import queries as certificates
from certification.certificates import renewals
from certification.certificates.queries import CertificateView
from certification.plots import queries as plots
from certification.plots.queries import PlantingView, PlotView
from market.answers.words import Words
from market.web.pages.farm_view import Shown, crop_name, place_of, plot_name, sort_key

SOON_DAYS = 60
"""A certificate that ends within these days asks to be renewed."""
PAST_SHOWN_DAYS = 90
"""So long an expired one is still spoken of."""
PLANT, APPLY, MEND = "planting.add", "application.submit", "application.withdraw"
APPLICATION_LOOKS = {
    "submitted": ("info", "clock"),
    "returned": ("warn", "warn"),
    "accepted": ("info", "clock"),
    "inspected": ("info", "clock"),
}
STATE_LOOKS = {
    "not_yet": ("info", "clock"),
    "suspended": ("bad", "no"),
    "revoked": ("bad", "no"),
    "expired": ("off", "no"),
    "surrendered": ("off", "no"),
}


def chip(look: tuple[str, str], words: str) -> Shown:
    return {"kind": look[0], "icon": look[1], "words": words}


def claim_chip(say: Words, claim: str) -> Shown:
    looks = {"organic": ("ok", "shield"), "in_conversion": ("warn", "clock")}
    return chip(looks.get(claim, ("off", "leaf")), say(f"lots.claim.{claim}"))


async def plot_card(say: Words, plot: PlotView, on: date) -> Shown:
    """A plot with its standing, what grows, and the step that comes next."""
    standing = await standing_of(say, plot.id, on)
    growing = await plots.growing(plot.id, on)
    return {
        "plot": plot,
        "name": plot_name(say, plot),
        "place": place_of(say, plot),
        "growing": sorted({crop_name(say, p.crop) for p in growing}, key=sort_key),
        **standing,
        "step": {} if plot.replaced_by else _next_step(plot.id, standing, growing),
    }


def _next_step(plot: str, standing: Shown, growing: list[PlantingView]) -> Shown:
    """`words` is a sentence of the catalogue, `op` what the reader must be allowed to do."""
    if standing["returned"]:
        there = f"/farm/applications/{standing['returned']}"
        return {"href": there, "words": "Mend the application", "icon": "warn", "op": MEND}
    if not growing:
        there = f"/farm/plots/{plot}/plant"
        return {"href": there, "words": "Say what is planted", "icon": "seed", "op": PLANT}
    if standing["may_apply"]:
        there = f"/farm/plots/{plot}/apply"
        return {"href": there, "words": "Apply for certification", "icon": "shield", "op": APPLY}
    return {}


async def standing_of(say: Words, plot: str, on: date) -> Shown:
    """Chips, whether it is `certified`, whether one `may_apply`, an application `returned`."""
    every = await applications.of_plot(plot)
    asked = [a for a in every if a.state in APPLICATION_LOOKS]
    told = asked or [a for a in every if a.state in ("decided", "lapsed")][:1]
    held = [await _certificate(say, c, on) for c in await certificates.of_plot(plot)]
    chips = [one["chip"] for one in held if one["current"]]
    chips += [
        chip(("warn", "clock"), say("farm.application.lapsed"))
        for a in told[:1]
        if a.state == "lapsed"
    ]
    chips += [chip(APPLICATION_LOOKS[a.state], say(f"farm.application.{a.state}")) for a in asked]
    lasting = any(one["holds"] and one["opens_on"] > on for one in held)
    return {
        "chips": chips or [chip(("off", "no"), say("Not certified yet"))],
        "certified": any(one["holds"] for one in held),
        "soon": any(one["holds"] and one["days_left"] <= SOON_DAYS for one in held),
        "returned": next((a.id for a in asked if a.state == "returned"), ""),
        "may_apply": not asked and not lasting,
        "applications": [
            {"id": a.id, "words": say(f"farm.application.{a.state}"), "at": a.submitted_at}
            for a in told
        ],
        "certificates": held,
    }


async def _certificate(say: Words, of: CertificateView, on: date) -> Shown:
    standing = await certificates.standing(of, None, on)
    days = (of.valid_until - on).days
    return {
        "of": of,
        "crops": sorted((crop_name(say, crop) for crop in of.crops), key=sort_key),
        "chip": _certificate_chip(say, of, standing.state, days),
        "holds": standing.held,
        "days_left": days,
        "opens_on": await renewals.opens_on(of),
        "current": standing.state != "superseded" and days > -PAST_SHOWN_DAYS,
    }


def _certificate_chip(say: Words, of: CertificateView, state: str, days: int) -> Shown:
    if state != "active":
        look = STATE_LOOKS.get(state, ("off", "no"))
        return chip(look, say(f"farm.certificate.{state}", until_on=of.valid_until))
    if days <= SOON_DAYS:
        return chip(("warn", "warn"), say("farm.certificate.soon", days=days))
    look = ("ok", "shield") if of.stage == "organic" else ("warn", "clock")
    return chip(look, say(f"farm.certificate.{of.stage}", until_on=of.valid_until))
