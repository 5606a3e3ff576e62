"""A visit drawn: when it is against its windows, and how full the truck is then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from market.domain.trips.check_drive import Seen
from market.domain.trips.gathered import crop_of
from market.domain.trips.problem import Window

BAR, HIGH = 1000, 40


def time_bar(span: Window, windows: Sequence[Window], seen: Seen, *, late: bool) -> str:
    """From leaving the base to the shift's end: windows pale, waiting thin, service solid."""
    begins, ends = span
    long = max(ends - begins, 1)

    def x(second: int) -> int:
        return min(max(round(BAR * (second - begins) / long), 0), BAR)

    def rect(a: int, b: int, y: int, high: int, fill: str) -> str:
        wide = max(x(b) - x(a), 4)
        return f'<rect x="{x(a)}" y="{y}" width="{wide}" height="{high}" fill="{fill}"/>'

    drawn = [f'<rect width="{BAR}" height="{HIGH}" fill="#eeece4"/>']
    drawn += [rect(a, b, 0, HIGH, "#cfe5c6") for a, b in windows]
    if seen.begin > seen.arrive:
        drawn.append(rect(seen.arrive, seen.begin, 16, 8, "#6b4300"))
    drawn.append(rect(seen.begin, seen.leave, 8, 24, "#9c2b1b" if late else "#14532d"))
    return _svg("bar-t", drawn)


LOADS = ("#14532d", "#f2b632", "#0f5866", "#9c2b1b", "#7d8a7f", "#9cc5a0", "#6b4300", "#8dbcc5")


def load_bar(left: Mapping[str, int], capacity: int) -> str:
    """How full the truck is, each crop in a colour of its own; the figures stand beside it."""
    sums = Counter[str]()
    for key, grams in left.items():
        sums[crop_of(key)] += max(grams, 0)  # below nothing is a fault, told in words
    at, drawn = 0.0, [f'<rect width="{BAR}" height="{HIGH}" fill="#eeece4"/>']
    most = max(capacity, sum(sums.values()), 1)
    for colour, crop in enumerate(sorted(sums)):
        long = BAR * sums[crop] / most
        fill = LOADS[colour % len(LOADS)]
        drawn.append(f'<rect x="{at:.0f}" width="{long:.0f}" height="{HIGH}" fill="{fill}"/>')
        at += long
    return _svg("bar-t", drawn)


def _svg(look: str, drawn: Sequence[str]) -> str:
    return (
        f'<svg class="{look}" viewBox="0 0 {BAR} {HIGH}" preserveAspectRatio="none"'
        f' aria-hidden="true">{"".join(drawn)}</svg>'
    )
