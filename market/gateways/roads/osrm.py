"""Ways and lines from a server of OSRM, over HTTP: GET /table/v1/driving, GET /route/v1/driving.

Places go out as bare coordinates. Whatever is wrong with the answer is `RoadsAway`, and why.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import product
from typing import Any

import httpx
import msgspec

from certification.basis.database import nothing_under_way
from market.domain.trips.estimate import Spot
from market.domain.trips.problem import Note
from market.gateways.roads.found import Found, RoadsAway, Row

WITHIN_S, CONNECT_S = 20.0, 2.0
"""For all there is to ask; for each connection."""
TRIES, PAUSE_S = 3, 0.05
AT_ONCE = 4
TABLE_PLACES, TABLE_PLACES_MIN = 100, 10
"""OSRM's own limit when it is started plainly; halved when the server says that it has less."""
ANSWER_BYTES_MAX = 8_000_000
TOO_BIG, ANSWERED = "TooBig", frozenset([200, 400])


class _End(msgspec.Struct):
    distance: float
    """From the place to its road."""


class _Table(msgspec.Struct):
    code: str
    durations: list[list[float | None]] = []
    distances: list[list[float | None]] = []
    sources: list[_End] = []
    data_version: str = ""


class _Shape(msgspec.Struct):
    coordinates: list[tuple[float, float]]


class _Route(msgspec.Struct):
    geometry: _Shape


class _Routes(msgspec.Struct):
    code: str
    routes: list[_Route] = []


class _TooBig(Exception):
    pass


def away(why: str) -> RoadsAway:
    key = "The road server could not be used ({why}); the next best roads are taken."
    return RoadsAway(Note(key, {"why": why}))


class Osrm:
    """`transport` is the network, or its fake."""

    def __init__(
        self,
        url: str,
        transport: httpx.AsyncBaseTransport | None = None,
        within_s: float = WITHIN_S,
    ) -> None:
        self.url, self.transport, self.within_s = url, transport, within_s
        self.gate = asyncio.Semaphore(AT_ONCE)

    async def table(self, spots: Sequence[Spot]) -> Found:
        places = TABLE_PLACES
        async with self._asking() as client:
            while True:
                try:
                    return await self._table(client, spots, places)
                except _TooBig:
                    if places <= TABLE_PLACES_MIN:
                        raise away(TOO_BIG) from None
                    places //= 2

    async def lines(
        self, spots: Sequence[Spot], legs: Sequence[tuple[int, int]]
    ) -> list[list[Spot]]:
        async with self._asking() as client:
            return await _together([self._line(client, spots[a], spots[b]) for a, b in legs])

    @asynccontextmanager
    async def _asking(self) -> AsyncIterator[httpx.AsyncClient]:
        nothing_under_way()
        times = httpx.Timeout(self.within_s / 3, connect=CONNECT_S)
        try:
            async with (
                asyncio.timeout(self.within_s),
                httpx.AsyncClient(
                    transport=self.transport, timeout=times, trust_env=False
                ) as client,
            ):
                yield client
        except TimeoutError:
            raise away(f"no answer in {self.within_s:.0f} s") from None

    async def _table(self, client: httpx.AsyncClient, spots: Sequence[Spot], places: int) -> Found:
        """In blocks of rows and columns, as many as fit one question."""
        size = len(spots)
        step = size if size <= places else places // 2
        blocks = [range(begin, min(begin + step, size)) for begin in range(0, size, step)]
        pairs = list(product(blocks, blocks))
        answers = await _together([self._block(client, spots, *pair) for pair in pairs])
        empty: list[Row] = [[None] * size for _ in spots]
        found = Found(empty, [list(row) for row in empty], [None] * size)
        for (rows, columns), answer in zip(pairs, answers, strict=True):
            for row, ways, lasts, end in zip(
                rows, answer.distances, answer.durations, answer.sources, strict=True
            ):
                found.metres[row][columns.start : columns.stop] = map(_whole, ways)
                found.seconds[row][columns.start : columns.stop] = map(_whole, lasts)
                found.off_m[row] = end.distance
        said = re.match(r"\d{4}-\d\d-\d\d", answers[0].data_version)
        return msgspec.structs.replace(found, as_of=said[0] if said else "")

    async def _block(
        self, client: httpx.AsyncClient, spots: Sequence[Spot], rows: range, columns: range
    ) -> _Table:
        named = [*rows] if rows == columns else [*rows, *columns]
        path = f"/table/v1/driving/{_said([spots[place] for place in named])}"
        path += "?annotations=duration,distance"
        if rows != columns:
            path += f"&sources={_numbers(range(len(rows)))}"
            path += f"&destinations={_numbers(range(len(rows), len(named)))}"
        answer: _Table = await self._get(client, path, _Table)
        if answer.code == TOO_BIG:
            raise _TooBig
        wide = [len(row) for row in (*answer.durations, *answer.distances)]
        fits = len(answer.durations) == len(answer.distances) == len(answer.sources) == len(rows)
        if answer.code != "Ok" or not fits or set(wide) != {len(columns)}:
            raise away(answer.code if answer.code != "Ok" else "the table does not fit")
        return answer

    async def _line(self, client: httpx.AsyncClient, start: Spot, end: Spot) -> list[Spot]:
        path = f"/route/v1/driving/{_said([start, end])}?overview=full&geometries=geojson"
        answer: _Routes = await self._get(client, path, _Routes)
        if answer.code == "NoRoute":
            return []
        if answer.code != "Ok" or not answer.routes:
            raise away(answer.code)
        way = [(lat, lon) for lon, lat in answer.routes[0].geometry.coordinates]
        return [start, *way, end]

    async def _get(self, client: httpx.AsyncClient, path: str, type: type[Any]) -> Any:
        """Again when the server is busy or gone, a few times; 400 is an answer too."""
        why = ""
        for attempt in range(TRIES):
            if attempt:
                await asyncio.sleep(PAUSE_S * 2**attempt)
            try:
                async with self.gate, client.stream("GET", self.url + path) as answer:
                    if answer.status_code in ANSWERED:
                        return msgspec.json.decode(await _body(answer), type=type)
                    why = str(answer.status_code)
                    if answer.status_code not in (429, 500, 502, 503, 504):
                        break
            except httpx.TransportError as fault:
                why = fault.__class__.__name__
            except ValueError:  # msgspec's: no JSON, or none that we know
                raise away("no answer that we know") from None
        raise away(why)


async def _together(questions: Sequence[Any]) -> list[Any]:
    """All or none: the first that fails ends the others."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(question) for question in questions]
    except BaseExceptionGroup as faults:
        raise faults.exceptions[0] from None
    return [task.result() for task in tasks]


async def _body(answer: httpx.Response) -> bytes:
    body = bytearray()
    async for part in answer.aiter_bytes():
        body += part
        if len(body) > ANSWER_BYTES_MAX:
            raise ValueError("too long")
    return bytes(body)


def _said(spots: Sequence[Spot]) -> str:
    return ";".join(f"{lon:.5f},{lat:.5f}" for lat, lon in spots)


def _numbers(some: range) -> str:
    return ";".join(map(str, some))


def _whole(number: float | None) -> int | None:
    return None if number is None else round(number)
