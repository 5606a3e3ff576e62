"""`market routes plan`: one day of the green truck, from a file to a checked plan.
`market routes week`: a week at once, by how often stops wish the truck.
`market routes bench`: an instance of the literature, in VRPLIB's format.
`market routes matrix`: the ways between places, from where they are known best.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec

from market.answers.words import LANGUAGES, words
from market.domain.trips import day_file, solve, week_file
from market.domain.trips.estimate import Spot
from market.domain.trips.problem import NotADay, Note, Plan, Problem
from market.domain.trips.ways import Ways
from market.domain.trips.week import planned
from market.gateways.engines import plain
from market.gateways.engines.side_by_side import best_of
from market.gateways.roads import ways as roads
from market.settings import Settings

SECONDS_MAX, ITERATIONS_MAX = 3_600.0, 10_000_000


def add_to(commands: Any) -> None:
    routes = commands.add_parser("routes", help="the green truck's day").add_subparsers(
        required=True, metavar="WORD"
    )
    planned = routes.add_parser("plan", help="a checked plan of the day in a file, as JSON")
    planned.add_argument("--problem", type=Path, required=True, metavar="FILE")
    effort = planned.add_mutually_exclusive_group(required=True)
    effort.add_argument("--seconds", type=float, metavar="S")
    effort.add_argument(
        "--iterations", type=int, metavar="N", help="the same seed gives the same bytes"
    )
    planned.add_argument("--seed", type=int, default=0, metavar="N")
    planned.set_defaults(run=plan)
    weekly = routes.add_parser("week", help="which stop on which day, and a plan of each day")
    weekly.add_argument("--problem", type=Path, required=True, metavar="FILE")
    for_each = weekly.add_mutually_exclusive_group(required=True)
    for_each.add_argument("--seconds", type=float, metavar="S", help="for each day")
    for_each.add_argument("--iterations", type=int, metavar="N", help="for each day")
    weekly.add_argument("--seed", type=int, default=0, metavar="N")
    weekly.set_defaults(run=week)
    judged = routes.add_parser("bench", help="the routes of an instance in VRPLIB's format")
    judged.add_argument("instance", type=Path, metavar="FILE.vrp")
    judged.add_argument("--seconds", type=float, required=True, metavar="S")
    judged.add_argument("--seed", type=int, default=1, metavar="N")
    judged.set_defaults(run=bench)
    table = routes.add_parser("matrix", help="the ways between places, as JSON")
    table.add_argument("--points", type=Path, required=True, metavar="FILE",
                       help='a list of {"id", "lat", "lon"}')  # fmt: skip
    table.add_argument("--lines", action="store_true", help="also the roads from each to the next")
    table.set_defaults(run=matrix)


def plan(said: Settings, given: argparse.Namespace) -> int:
    """Refuses NotADay: no such file, or nothing that can be planned."""

    def asked(spots: Sequence[Spot], names: Sequence[str]) -> Ways:
        return asyncio.run(roads.ways(said, spots, names))

    problem, ways = day_file.read_with_ways(_read(given.problem), asked)
    _tell(ways.notes)
    print(day_file.answer(_solved(problem, given), problem.roads).decode())
    return 0


def _solved(problem: Problem, given: argparse.Namespace) -> Plan:
    if given.iterations is not None:
        iterations = min(max(given.iterations, 1), ITERATIONS_MAX)
        return solve.by_iterations(problem, iterations, given.seed)
    seconds = min(max(given.seconds, 0.0), SECONDS_MAX)
    return best_of(problem, seconds, given.seed)


def week(said: Settings, given: argparse.Namespace) -> int:
    """Refuses NotADay: no such file, or a day of it that cannot be planned."""

    def asked(spots: Sequence[Spot], names: Sequence[str]) -> Ways:
        return asyncio.run(roads.ways(said, spots, names))

    asked_for = week_file.read(_read(given.problem), asked)
    made = planned(asked_for, lambda problem: _solved(problem, given))
    print(week_file.answer(asked_for, made).decode())
    return 0


def bench(_: Settings, given: argparse.Namespace) -> int:
    """Refuses NotADay: no such file, or a kind that nobody here can solve."""
    _read(given.instance)
    seconds = min(max(given.seconds, 0.1), SECONDS_MAX)
    solved = plain.solve(given.instance, seconds, given.seed)
    print(msgspec.json.encode(solved).decode())
    return 1 if solved.faults else 0


class _Point(msgspec.Struct):
    id: str
    lat: day_file.Lat
    lon: day_file.Lon


def matrix(said: Settings, given: argparse.Namespace) -> int:
    """Refuses NotADay: no such file, or no points."""
    try:
        points = msgspec.json.decode(_read(given.points), type=list[_Point])
    except (ValueError, RecursionError) as wrong:
        raise NotADay(why=str(wrong)) from None
    spots = [(point.lat, point.lon) for point in points]
    names = [point.id for point in points]
    ways = asyncio.run(roads.ways(said, spots, names))
    answer = {"points": names, **msgspec.structs.asdict(ways)}
    if given.lines:
        legs = list(pairwise(range(len(spots))))
        answer["lines"] = asyncio.run(roads.lines(said, spots, legs)).lines
    _tell(ways.notes)
    print(msgspec.json.encode(answer).decode())
    return 0


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as no:
        raise NotADay(why=f"{file}: {no.strerror}") from None


def _tell(notes: Sequence[Note]) -> None:
    """What is to be known of the roads, beside the answer and not in it."""
    for note in notes:
        for language in LANGUAGES:
            print(words(language)(note.key, **note.facts), file=sys.stderr)
