"""Engines side by side in processes of their own, and the best checked plan of all that they found.

Whatever a process does (crashes, overruns, says nonsense, is killed), there is a plan: the first is
made here before any is started, and none is believed before it is priced and checked here.
"""

from __future__ import annotations

import os
import selectors
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from io import FileIO

import msgspec

from market.domain.trips import fewest, solve
from market.domain.trips.build import built
from market.domain.trips.check import check
from market.domain.trips.ground import Ground
from market.domain.trips.improve import Search
from market.domain.trips.insert import State
from market.domain.trips.problem import Plan, Problem, Unserved
from market.domain.trips.sound import ensure_sound
from market.gateways.engines import deliveries
from market.gateways.engines.worker import PROVED, Found, Task

LINES = ("warm", "cold")
PLAIN = ("warm", "plain")
PROGRAM = (sys.executable, "-m", "market.gateways.engines.worker")
LAST_S = 0.3
"""Kept of the time for reasons and the last check."""
ENDS_S = 0.4
"""So much before it is ended a process should end by itself, and tell what it found last."""
LOOK_S = 0.1
AGAIN_SHARE, AGAIN_S = 0.15, 2.0


class Better(msgspec.Struct, frozen=True):
    """Told while the engines run: the best checked plan so far; `broken` promises."""

    seconds: float
    satang: int
    broken: int
    engine: str
    routes: tuple[tuple[str, ...], ...]


class Ended(msgspec.Struct, frozen=True):
    """How a process ended that did not end well."""

    line: str
    why: str


def best_of(  # noqa: PLR0913
    problem: Problem, seconds: float, seed: int, *, warm: solve.Ids | None = None,
    told: Callable[[Better], None] = lambda _: None, stop: Callable[[], bool] = lambda: False,
    ended: Callable[[Ended], None] = lambda _: None, lines: Sequence[str] | None = None,
    program: Sequence[str] = PROGRAM,
) -> Plan:  # fmt: skip
    """The best checked plan of all engines after `seconds` at most, or sooner when `stop` says so.

    `told` hears of each better plan, the first within a second for sixty visits; `ended` of a
    process that crashed or had to be ended.
    """
    ensure_sound(problem)
    keeping = _Keeping(problem, told)
    places = solve.places_of(problem, warm)
    keeping.hear(keeping.first(places))
    task = msgspec.json.encode(Task(problem, places))
    until = keeping.began + seconds - LAST_S - keeping.again_s(seconds)
    running = [] if until <= time.monotonic() or stop() else [
        _Line([*program, line], task, time.time() + until - ENDS_S - time.monotonic(), seed + n)
        for n, line in enumerate(lines or lines_for(keeping.ground))
    ]  # fmt: skip
    try:
        _listen(running, keeping, until, stop)
    finally:
        for line in running:
            if why := line.end():
                ended(Ended(line.name, why))
    if not stop():
        keeping.try_again(seed, keeping.began + seconds - LAST_S)
    return keeping.plan()


def lines_for(ground: Ground) -> Sequence[str]:
    """PyVRP instead of OR-Tools from nothing where it is installed and understands the day."""
    return PLAIN if deliveries.installed() and deliveries.fits(ground) else LINES


def _listen(
    running: list[_Line], keeping: _Keeping, until: float, stop: Callable[[], bool]
) -> None:
    with selectors.DefaultSelector() as selector:
        for line in running:
            selector.register(line.output, selectors.EVENT_READ, line)
        while selector.get_map() and not stop() and not keeping.proved:
            left = until - time.monotonic()
            if left <= 0:
                return
            for key, _ in selector.select(min(left, LOOK_S)):
                line = key.data
                for found in line.read():
                    keeping.hear(found)
                if line.over:
                    selector.unregister(line.output)


class _Line:
    """A process that is told a day, and is not waited for."""

    def __init__(self, program: list[str], task: bytes, deadline: float, seed: int) -> None:
        self.name, self.over, self.rest, self.wrong = program[-1], False, b"", ""
        self.process = subprocess.Popen(  # noqa: S603 - our own program, our own words
            [*program, f"{deadline}", str(seed)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        assert self.process.stdin
        assert self.process.stdout
        self.output: FileIO = self.process.stdout.raw  # type: ignore[attr-defined]
        os.set_blocking(self.output.fileno(), False)
        try:
            self.process.stdin.write(task)
            self.process.stdin.close()
        except BrokenPipeError:
            self.wrong = "did not listen"
            self.process.stdin.raw.close()  # type: ignore[attr-defined]

    def read(self) -> list[Found]:
        """Whole lines; what is no plan ends the listening."""
        said = self.output.read(1 << 20)
        self.over = said == b""
        *whole, self.rest = (self.rest + (said or b"")).split(b"\n")
        try:
            return [msgspec.json.decode(line, type=Found) for line in whole]
        except msgspec.MsgspecError as no:
            self.over, self.wrong = True, f"said what is no plan: {no}"
            return []

    def end(self) -> str:
        """Why it did not end well, if so; one that still runs is ended, as its time is over."""
        still = self.process.poll() is None and not self.over
        if self.process.poll() is None:
            self.process.kill()
        code = self.process.wait()
        self.output.close()
        if self.wrong or still:
            return self.wrong
        return f"ended with {code}" if code not in (0, -9) else self.wrong


class _Keeping:
    """The best plan so far, in our own words."""

    def __init__(self, problem: Problem, told: Callable[[Better], None]) -> None:
        self.problem, self.told = problem, told
        self.began = time.monotonic()
        self.ground = Ground(problem)
        self.best: tuple[int, Found] | None = None
        self.proved = False

    def first(self, warm: tuple[tuple[int, ...], ...] | None) -> Found:
        state = Search(self.ground, 0, warm).begun()
        return Found(state.places, state.cost, solve.OURS)

    def hear(self, found: Found) -> None:
        """Priced here, whatever the process said; kept when it is better and passes the check."""
        state = self._priced(found)
        if state is None or (self.best is not None and state.cost > self.best[0]):
            return
        better = self.best is None or state.cost < self.best[0]
        if not better and found.engine != PROVED:
            return
        ids = solve.ids_of(self.ground, state)
        if not self._holds(ids, state):
            return
        self.best, self.proved = (state.cost, found), found.engine == PROVED
        broken = len(self.ground.required - state.on_the_road())
        seconds = round(time.monotonic() - self.began, 3)
        satang = round(state.less_earned / 60_000)
        self.told(Better(seconds, satang, broken, found.engine, ids))

    def _priced(self, found: Found) -> State | None:
        ground = self.ground
        known = {*ground.plots, *ground.stops, ground.reload, ground.rest}
        if len(found.places) != len(ground.rigs):
            return None
        if not {place for places in found.places for place in places} <= known:
            return None
        each = zip(ground.rigs, found.places, strict=True)
        routes = [route for rig, places in each if (route := built(ground, rig, places))]
        return State(ground, routes) if len(routes) == len(ground.rigs) else None

    def _holds(self, ids: tuple[tuple[str, ...], ...], state: State) -> bool:
        served = {id for route in ids for id in route}
        named = tuple(
            Unserved(visit.id, "left_out", promised=visit.required and not visit.off)
            for visit in self.problem.visits
            if visit.id not in served and (visit.kind == "stop" or visit.required)
        )
        return not check(self.problem, Plan(ids, state.less_earned, "", named)).faults

    def again_s(self, seconds: float) -> float:
        """Kept of the time for broken promises, where the first plan breaks any."""
        assert self.best, "the first plan was made here"
        broken = self.ground.required - {p for one in self.best[1].places for p in one}
        return min(AGAIN_SHARE * seconds, AGAIN_S) if broken else 0.0

    def try_again(self, seed: int, until: float) -> None:
        """Each broken promise beside those that are kept, as long as there is time."""
        assert self.best, "the first plan was made here"
        if self.proved:
            return

        effort = fewest.until(until, time.monotonic)
        more = fewest.kept_more(self.ground, self.best[1].places, seed, effort)
        if more is not None:
            state = Search(self.ground, seed).warmed(more)
            self.hear(Found(state.places, state.cost, solve.OURS))

    def plan(self) -> Plan:
        assert self.best, "the first plan was made here"
        found = self.best[1]
        return solve.plan(self.problem, found.places, found.engine, proved=self.proved)
