"""Weather of the next days, from a server that speaks as Open-Meteo does; it is told no plot, only
the middle of a tambon. https://open-meteo.com/en/docs
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

import httpx
import msgspec

from certification.basis.database import nothing_under_way
from market.domain.area_events.rules import Outlook

WITHIN_S, CONNECT_S = 10.0, 3.0
ANSWER_BYTES_MAX = 100_000
DAYS = 7
ASKED = ("precipitation_sum", "wind_gusts_10m_max", "temperature_2m_max")
Figures = Annotated[list[float | None], msgspec.Meta(max_length=16)]


class _Daily(msgspec.Struct):
    time: Annotated[list[date], msgspec.Meta(max_length=16)]
    precipitation_sum: Figures
    wind_gusts_10m_max: Figures
    temperature_2m_max: Figures


class _Answer(msgspec.Struct):
    daily: _Daily


class WeatherAway(Exception):
    """No answer, or one that is none; it is asked again later."""


async def outlook(
    url: str, lat: float, lon: float, transport: httpx.AsyncBaseTransport | None = None
) -> list[Outlook]:
    nothing_under_way()
    limits = httpx.Timeout(WITHIN_S, connect=CONNECT_S)
    asked = {
        "latitude": f"{lat:.2f}", "longitude": f"{lon:.2f}", "daily": ",".join(ASKED),
        "timezone": "Asia/Bangkok", "forecast_days": str(DAYS),
    }  # fmt: skip
    try:
        async with httpx.AsyncClient(transport=transport, timeout=limits) as client:
            answer = await client.get(f"{url}/v1/forecast", params=asked)
    except httpx.HTTPError as fault:
        raise WeatherAway(type(fault).__name__) from fault
    if answer.status_code != httpx.codes.OK or len(answer.content) > ANSWER_BYTES_MAX:
        raise WeatherAway(f"it answered {answer.status_code}")
    return _read(answer.content)


def _read(content: bytes) -> list[Outlook]:
    try:
        daily = msgspec.json.decode(content, type=_Answer).daily
        told = zip(
            daily.time, daily.precipitation_sum, daily.wind_gusts_10m_max,
            daily.temperature_2m_max, strict=True,
        )  # fmt: skip
        return [Outlook(day, rain or 0, gust or 0, heat or 0) for day, rain, gust, heat in told]
    except (msgspec.DecodeError, ValueError) as fault:
        raise WeatherAway("what it answered is no weather") from fault
