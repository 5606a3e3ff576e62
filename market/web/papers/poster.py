"""A stop's poster on A4: when, what, and the code to order by."""

from __future__ import annotations

from datetime import datetime

from certification.areas import queries as areas
from certification.basis.units import THAILAND, baht, thai_date
from market.answers.words import words
from market.domain.labels.drawing import qr_svg
from market.domain.offers import queries as offers
from market.domain.offers.queries import ShopLine
from market.domain.places.rules import PlaceView, next_opening
from market.web.goods import window
from market.web.hours import hours, weekly

GOODS_MAX = 28


async def content(place: PlaceView, origin: str, at: datetime) -> dict[str, object]:
    say, local = words("th"), at.astimezone(THAILAND)
    rounds = [one for one in await offers.open_cycles(at) if one.at_place(place.id)]
    opening = next_opening(place.windows, local.date(), local.hour * 60 + local.minute)
    when = ""
    if rounds:
        stop = rounds[0].at_place(place.id)[0]
        when = window(say, stop.pickup_from, stop.pickup_until)
    elif opening:
        day = f"{say(f'weekday.{opening.on.isoweekday()}')} {thai_date(opening.on)}"
        when = f"{day} {hours(say, opening.opens_minute, opening.closes_minute)}"
    every = [f"{days} {at}" for days, at in weekly(say, place.windows)]
    lines = [line for one in rounds[:1] for line in await offers.shop(one.id)]
    goods = [dict(good) for good in dict.fromkeys(tuple(_good(line).items()) for line in lines)]
    target = f"{origin}/shop/{rounds[0].id}" if rounds else f"{origin}/stops"
    return {
        "name": place.name_th, "where": areas.address(place.tambon), "when": when,
        "weekly": " · ".join(every), "goods": goods[:GOODS_MAX],
        "qr": qr_svg(target), "address": origin.partition("://")[2],
    }  # fmt: skip


def _good(line: ShopLine) -> dict[str, str]:
    per = "ชิ้น" if line.piece_grams else "กก."
    satang = line.satang_per_kg * (line.piece_grams or 1000) // 1000
    claim = words("th")(f"lots.claim.{line.claim}")
    return {"name": line.name_th, "claim": claim, "price": f"{baht(satang)}/{per}"}
