"""A server of OSRM that is none: ways are straight lines and a bit, and it can be as bad as asked.

Answers as osrm-routed 26.10 does, held against one in bench/roads.py.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence

import httpx

from market.domain.trips.estimate import Spot, straight_m

PATH = re.compile(r"/(table|route)/v1/driving/([-\d.,;]+)")
DETOUR, M_S = 1.3, 10.0
VERSION = "2026-11-20T20:21:02Z"


class FakeOsrm(httpx.AsyncBaseTransport):
    """`bad` is asked first and may answer, fail or wait; `sea` holds places no road leads to."""

    def __init__(
        self,
        places_max: int = 100,
        bad: Callable[[int], httpx.Response | Exception | float | None] = lambda _: None,
        sea: Sequence[Spot] = (),
        off_m: float = 0.0,
    ) -> None:
        self.places_max, self.bad, self.sea, self.off_m = places_max, bad, set(sea), off_m
        self.asked: list[httpx.URL] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url)
        instead = self.bad(len(self.asked))
        if isinstance(instead, Exception):
            raise instead
        if isinstance(instead, float):
            await asyncio.sleep(instead)
        elif instead is not None:
            return instead
        found = PATH.fullmatch(request.url.path)
        if found is None:
            return _no("InvalidUrl")
        pairs = [pair.split(",") for pair in found[2].split(";")]
        spots = [(float(lat), float(lon)) for lon, lat in pairs]
        return self._table(request, spots) if found[1] == "table" else self._route(spots)

    def _table(self, request: httpx.Request, spots: list[Spot]) -> httpx.Response:
        asked = request.url.params
        rows = _chosen(asked.get("sources", "all"), spots)
        columns = _chosen(asked.get("destinations", "all"), spots)
        if len(rows) * len(columns) > self.places_max**2:
            return _no("TooBig")
        ways = [[self._way(a, b) for b in columns] for a in rows]
        said = {
            "code": "Ok", "data_version": VERSION, "distances": ways,
            "durations": [[None if way is None else way / M_S for way in row] for row in ways],
            "sources": [{"distance": self.off_m, "location": [a[1], a[0]]} for a in rows],
        }  # fmt: skip
        return httpx.Response(200, json=said)

    def _route(self, spots: list[Spot]) -> httpx.Response:
        way = self._way(spots[0], spots[-1])
        if way is None:
            return _no("NoRoute")
        line = {"type": "LineString", "coordinates": [[lon, lat] for lat, lon in spots]}
        return httpx.Response(200, json={"code": "Ok", "routes": [{"geometry": line}]})

    def _way(self, a: Spot, b: Spot) -> float | None:
        if a != b and {a, b} & self.sea:
            return None
        return round(straight_m(a, b) * DETOUR, 1)


def _chosen(said: str, spots: list[Spot]) -> list[Spot]:
    return spots if said == "all" else [spots[int(one)] for one in said.split(";")]


def _no(code: str) -> httpx.Response:
    return httpx.Response(400, json={"code": code, "message": "no"})
