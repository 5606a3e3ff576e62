"""`market routes plan`: one day of the green truck, from a file to a checked plan."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

from market.answers.words import LANGUAGES, words
from market.domain.trips import day_file, solve
from market.domain.trips.problem import NotADay
from market.domain.trips.ways import Ways
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


def plan(_: Settings, given: argparse.Namespace) -> int:
    """Refuses NotADay: no such file, or nothing that can be planned."""
    try:
        text = given.problem.read_bytes()
    except OSError as no:
        raise NotADay(why=f"{given.problem}: {no.strerror}") from None
    problem, ways = day_file.read_with_ways(text)
    _tell(ways)
    if given.iterations is not None:
        iterations = min(max(given.iterations, 1), ITERATIONS_MAX)
        made = solve.by_iterations(problem, iterations, given.seed)
    else:
        seconds = min(max(given.seconds, 0.0), SECONDS_MAX)
        made = solve.by_time(problem, seconds, given.seed, time.monotonic)
    print(day_file.answer(made, problem.roads).decode())
    return 0


def _tell(ways: Ways) -> None:
    """What is to be known of the roads, beside the answer and not in it."""
    for note in ways.notes:
        for language in LANGUAGES:
            print(words(language)(note.key, **note.facts), file=sys.stderr)
