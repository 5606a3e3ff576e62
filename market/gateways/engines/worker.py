"""One engine in a process of its own: a day on standard input, better plans on standard output.

    python -m market.gateways.engines.worker LINE DEADLINE SEED

LINE is `warm` (our search, then OR-Tools from what it found) or `cold` (OR-Tools from nothing, then
our search from what it found); without OR-Tools both are our search, with two seeds. `plain` is
PyVRP and then our search, for days that it understands (`deliveries`). DEADLINE is in
seconds since 1970, so that starting counts. Each line of output is a `Found` as JSON. The process
ends itself; whoever started it ends it when it does not.
"""

from __future__ import annotations

import sys
import time
from contextlib import suppress

import msgspec

from market.domain.trips.exact import WAYS_MAX, WAYS_PER_S, proved
from market.domain.trips.ground import Ground
from market.domain.trips.improve import Places, Search
from market.domain.trips.insert import State
from market.domain.trips.problem import Problem
from market.gateways.engines import deliveries, per_crop

OURS_FIRST, THEIRS_FIRST, PLAIN_FIRST = 0.75, 0.4, 0.6
"""Shares of the time before the other engine has its turn."""
LARGE = 40
"""With more visits they need all the time that they have."""
TELL_S = 0.2
"""Better plans come in hundreds at first, and each is priced and checked by who listens."""
OURS, THEIRS, PROVED = "ruin-and-recreate", "or-tools", "proved"


class Task(msgspec.Struct, frozen=True):
    problem: Problem
    warm: Places | None = None


class Found(msgspec.Struct, frozen=True):
    """A plan that is better than those before, from this process."""

    places: Places
    cost: int
    engine: str


class Line:
    def __init__(self, task: Task, seconds: float, seed: int) -> None:
        self.began, self.seconds, self.seed = time.monotonic(), seconds, seed
        self.task, self.ground = task, Ground(task.problem)
        self.pricing = Search(self.ground, seed)
        self.best: Found | None = None
        self.told: Found | None = None
        self.told_at = self.priced_at = 0.0

    def share(self) -> float:
        now = time.monotonic()
        if now - self.told_at > TELL_S:
            self.tell()
        return (now - self.began) / self.seconds

    def hear(self, found: Found) -> None:
        if self.best is None or found.cost < self.best.cost:
            self.best = found
            self.share()

    def tell(self) -> None:
        if self.best is not self.told:
            self.told, self.told_at = self.best, time.monotonic()
            sys.stdout.buffer.write(msgspec.json.encode(self.best) + b"\n")
            sys.stdout.buffer.flush()

    def ours(self, until: float, warm: Places | None) -> None:
        began = self.share()
        search = Search(self.ground, self.seed, warm)
        search.run(
            lambda _: (self.share() - began) / max(until - began, 1e-6),
            lambda places, cost: self.hear(Found(places, cost, OURS)),
        )

    def theirs(self, until: float, warm: Places | None) -> None:
        """Their order of visits, in our terms and priced by us: now and then, and the last."""
        last: list[Places] = []

        def heard(places: Places) -> None:
            last[:] = [places]
            if time.monotonic() - self.priced_at > TELL_S:
                self.price(last.pop())

        seconds = (until - self.share()) * self.seconds
        if seconds > 0:
            per_crop.solve(self.ground, seconds, warm, heard)
        if last:
            self.price(last.pop())

    def price(self, places: Places, engine: str = THEIRS) -> None:
        state: State = self.pricing.warmed(places)
        self.priced_at = time.monotonic()
        self.hear(Found(state.places, state.cost, engine))

    def so_far(self) -> Places | None:
        return self.best.places if self.best else self.task.warm

    def proof(self) -> bool:
        """Whether there is nothing left to be looked for."""
        most = min(WAYS_MAX, int(WAYS_PER_S * self.seconds))
        places = proved(self.task.problem, most)
        if places is None:
            return False
        cost = self.pricing.warmed(places).cost
        self.best = Found(places, cost, PROVED)
        return True


def warm(line: Line) -> None:
    if line.proof():
        return
    line.ours(OURS_FIRST, line.task.warm)
    try:
        line.theirs(1.0, line.so_far())
    except per_crop.NotInstalled:
        line.ours(1.0, line.so_far())


def cold(line: Line) -> None:
    with suppress(per_crop.NotInstalled):
        large = len(line.task.problem.visits) > LARGE
        line.theirs(1.0 if large else THEIRS_FIRST, None)
    line.ours(1.0, line.so_far())


def plain(line: Line) -> None:
    """Asked for only where the day is plain."""
    with suppress(deliveries.NotInstalled):
        seconds = (PLAIN_FIRST - line.share()) * line.seconds
        line.price(deliveries.solve(line.ground, seconds, line.seed), deliveries.ENGINE)
    line.ours(1.0, line.so_far())


def theirs_alone(line: Line) -> None:
    """The measure that others are held against."""
    line.theirs(1.0, None)


LINES = {"warm": warm, "cold": cold, "plain": plain, "alone": theirs_alone}


def main() -> None:
    name, deadline, seed = sys.argv[1:]
    task = msgspec.json.decode(sys.stdin.buffer.read(), type=Task)
    line = Line(task, max(float(deadline) - time.time(), 0.05), int(seed))
    LINES[name](line)
    line.tell()


if __name__ == "__main__":
    main()
