"""CPU of whole process trees, by the piece.

with Cost(server, postmaster) as cost:
    cost.units = place_a_thousand_orders()
print(cost.micros)
"""

from __future__ import annotations

import os
import time
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
CPU_OF_PROCESS = 2
"""The low bits of such a clock's number: CPUCLOCK_SCHED of <linux/posix-timers.h>."""


class Cost:
    """utime + stime over the `with` block, of children that have ended too."""

    def __init__(self, *roots: int) -> None:
        self.roots = roots
        self.units = 0
        self.seconds = 0.0

    def __enter__(self) -> Cost:
        self._before = self._now()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = self._now() - self._before

    @property
    def micros(self) -> float:
        return self.seconds / self.units * 1e6

    def _now(self) -> float:
        return sum(seconds(process) for root in self.roots for process in tree(root))


def tree(root: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{root}/task").iterdir())
        children = [int(c) for task in tasks for c in (task / "children").read_text().split()]
    except FileNotFoundError:
        return []
    return [root, *(deeper for child in children for deeper in tree(child))]


def seconds(process: int) -> float:
    """By the kernel's own clock of the process, as /proc counts in hundredths; and by /proc what
    ended children took that were waited for (a PostgreSQL backend that went)."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
        own = time.clock_gettime(~process << 3 | CPU_OF_PROCESS)
    except OSError:  # it has ended
        return 0
    return own + sum(int(field) for field in fields[13:15]) / TICKS
