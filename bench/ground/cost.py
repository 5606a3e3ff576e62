"""CPU of whole process trees from /proc, by the piece.

with Cost(server, postmaster) as cost:
    cost.units = place_a_thousand_orders()
print(cost.micros)
"""

from __future__ import annotations

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


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
        return sum(ticks(process) for root in self.roots for process in tree(root)) / TICKS


def tree(root: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{root}/task").iterdir())
        children = [int(c) for task in tasks for c in (task / "children").read_text().split()]
    except FileNotFoundError:
        return []
    return [root, *(deeper for child in children for deeper in tree(child))]


def ticks(process: int) -> int:
    """utime, stime, and those of children that were waited for (a PostgreSQL backend that went)."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    except FileNotFoundError:
        return 0
    return sum(int(field) for field in fields[11:15])
