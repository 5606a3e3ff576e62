"""Who looks at one another too mildly, too often, or never finds anything.

Pure, of numbers: looks of all seasons with how much was found. What a look should find is fitted
from all looks as inspector times farm times season (a Poisson model with these margins), so an
inspector who is mild to everybody, or a farm without fault, is no ring. A set of two to four
homes is judged by all looks among them together, against the chance to find so little; the scatter
beyond Poisson is measured and allowed for. Of all sets that look at one another only so many are
named that of those named no more than `FALSE_SHARE` are expected to be chance (Benjamini and
Hochberg 1995; of pairs by what each could show at all, Heyse 2011), and none that still tells more
than a fifth of what it should. It accuses nobody: it says whom to send somebody else to.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import permutations

import msgspec
import numpy as np

FALSE_SHARE = 0.01
LIKELY = 0.05
"""Pairs less surprising than that are not put together to larger rings."""
STRANGER = 20
PRIOR = 3.0
ROUNDS = 30
HIDES = 5
"""Who finds no more than the fifth part of what is expected looks away; a little less is an eye."""
ODD = 0.01
"""Chances above it are never small enough to be named."""
LARGEST = 4


class Seen(msgspec.Struct, frozen=True):
    """One look of one inspector: how many faults were told."""

    season: int
    person: str
    inspector: str
    """The person's home."""
    home: str
    """Whose plot it was."""
    found: int


class Ring(msgspec.Struct, frozen=True):
    members: tuple[str, ...]
    looks: int
    found: int
    expected: float
    chance: float
    """To find so little among just these, if they looked as at others."""


class Often(msgspec.Struct, frozen=True):
    inspector: str
    home: str
    looks: int
    expected: float
    chance: float


class Mild(msgspec.Struct, frozen=True):
    person: str
    looks: int
    found: int
    expected: float
    chance: float


class Report(msgspec.Struct, frozen=True):
    rings: tuple[Ring, ...]
    often: tuple[Often, ...]
    mild: tuple[Mild, ...]
    looks: int
    unrest: float
    """0 is pure chance; more is how much more farms and days differ than the margins say."""


class _Fit(msgspec.Struct, frozen=True):
    looks: Sequence[Seen]
    expected: np.ndarray
    """Of each look, by inspector, farm and season."""
    by_others: np.ndarray
    """Of each look, by farm and season alone: for who is mild to everybody."""
    unrest: float
    """How much looks differ beyond chance, as a share of the square of what is expected."""


def report(looks: Sequence[Seen]) -> Report:
    if not looks:
        return Report((), (), (), 0, 0.0)
    fit = _fitted(looks)
    return Report(_rings(fit), _often(looks), _mild(fit), len(looks), round(fit.unrest, 3))


# ── what a look should find ──────────────────────────────────────────────────────────────────


def _fitted(looks: Sequence[Seen]) -> _Fit:
    found = np.array([look.found for look in looks], dtype=float)
    margins = [
        _numbered(look.person for look in looks),
        _numbered(look.home for look in looks),
        _numbered(str(look.season) for look in looks),
    ]
    expected, others = _product(found, margins), _product(found, margins[1:])
    free = max(1, len(looks) - sum(int(margin.max()) + 1 for margin in margins)) / len(looks)
    rest = float(np.sum((found - expected) ** 2)) / free - float(expected.sum())
    return _Fit(looks, expected, others, max(0.0, rest / float(np.sum(expected**2))))


def _numbered(names: Iterable[str]) -> np.ndarray:
    known: dict[str, int] = {}
    return np.array([known.setdefault(name, len(known)) for name in names])


def _product(found: np.ndarray, margins: Sequence[np.ndarray]) -> np.ndarray:
    """Iterative proportional fitting, drawn a little to the mean: who found nothing in three
    looks is not believed to find nothing ever."""
    mean = float(found.mean()) or 1e-9
    factors = [np.ones(int(margin.max()) + 1) for margin in margins]
    for _ in range(ROUNDS):
        for margin, factor in zip(margins, factors, strict=True):
            expected = mean * np.prod([f[m] for f, m in zip(factors, margins, strict=True)], axis=0)
            had = np.bincount(margin, found) + 1.0
            factor *= had / (np.bincount(margin, expected) + 1.0)
    parts = [factor[margin] for factor, margin in zip(factors, margins, strict=True)]
    fitted: np.ndarray = mean * np.prod(parts, axis=0)
    return fitted


# ── rings ────────────────────────────────────────────────────────────────────────────────────


class _Sum(msgspec.Struct):
    looks: int = 0
    found: int = 0
    expected: float = 0.0
    squares: float = 0.0

    def add(self, found: int, expected: float) -> None:
        self.looks, self.found = self.looks + 1, self.found + found
        self.expected += expected
        self.squares += expected * expected

    def scatter(self, unrest: float) -> float:
        """How much wider than Poisson what was found here may lie."""
        return 1 + unrest * self.squares / max(self.expected, 1e-9)

    def beside(self, others: Iterable[_Sum]) -> tuple[float, float]:
        """What was found outside of these, and what was expected: what they hide among them does
        not lower what is expected of them."""
        found, expected = float(self.found), self.expected
        for other in others:
            found, expected = found - other.found, expected - other.expected
        return found + PRIOR, max(0.0, expected) + PRIOR


class _Among(msgspec.Struct, frozen=True):
    """What looks among a few homes should find: how much, how widely, learned from how much."""

    expected: float
    wide: float
    sure: float

    def chance(self, found: int) -> float:
        return so_few(found / self.wide, self.expected / self.wide, self.sure)


class _Sums:
    """Of every inspector's home at every other, of all looks of a home, and of all at it."""

    def __init__(self, fit: _Fit) -> None:
        self.unrest = fit.unrest
        self.of: dict[tuple[str, str], _Sum] = {}
        self.by: dict[str, _Sum] = {}
        self.at: dict[str, _Sum] = {}
        self.near: dict[str, set[str]] = {}
        looks, farms = {s.inspector for s in fit.looks}, {s.home for s in fit.looks}
        for look, expected in zip(fit.looks, fit.expected, strict=True):
            one, other = look.inspector, look.home
            for table, key in ((self.by, one), (self.at, other)):
                table.setdefault(key, _Sum()).add(look.found, float(expected))
            if one != other and one in farms and other in looks:
                self.of.setdefault((one, other), _Sum()).add(look.found, float(expected))
                self.near.setdefault(one, set()).add(other)
                self.near.setdefault(other, set()).add(one)

    def ring(self, members: tuple[str, ...]) -> Ring:
        ways, among = self._among(members)
        found, looks = sum(s.found for s in ways.values()), sum(s.looks for s in ways.values())
        return Ring(members, looks, found, round(among.expected, 1), among.chance(found))

    def could_show(self, pair: tuple[str, str]) -> list[float]:
        """The chances that finding nothing, one, two faults and so on would have, while odd."""
        _, among = self._among(pair)
        chances = dict[float, None]()
        found = 0
        while (chance := among.chance(found)) <= ODD:
            chances[chance] = None
            found += 1
        return [*chances]

    def _among(self, members: tuple[str, ...]) -> tuple[dict[tuple[str, str], _Sum], _Among]:
        ways = {way: self.of[way] for way in permutations(members, 2) if way in self.of}
        by = {m: self.by[m].beside(s for w, s in ways.items() if w[0] == m) for m, _ in ways}
        at = {m: self.at[m].beside(s for w, s in ways.items() if w[1] == m) for _, m in ways}
        expected = sum(
            s.expected * by[one][0] / by[one][1] * at[other][0] / at[other][1]
            for (one, other), s in ways.items()
        )
        rests = [sum(found for found, _ in table.values()) for table in (by, at)]
        wide = _Sum(
            expected=sum(s.expected for s in ways.values()),
            squares=sum(s.squares for s in ways.values()),
        ).scatter(self.unrest)
        sure = 1 / sum(wide / rest for rest in rests) if ways else math.inf
        return ways, _Among(expected, wide, sure)


def _rings(fit: _Fit) -> tuple[Ring, ...]:
    sums = _Sums(fit)
    pairs = {(min(way), max(way)) for way in sums.of}
    judged = [sums.ring(pair) for pair in sorted(pairs)]
    odd = [ring for ring in judged if ring.chance < LIKELY]
    larger = [grown for ring in odd for grown in _grown(ring, sums)]
    once = {ring.members: ring for ring in [*judged, *larger]}
    hides = [ring for ring in once.values() if ring.found * HIDES <= ring.expected]
    return _apart(_named(hides, _tried(sums.near), _by_chance(sums, pairs)))


def _grown(ring: Ring, sums: _Sums) -> list[Ring]:
    """With whoever makes it less likely by far more than the best of so many would by chance."""
    grown: list[Ring] = []
    while len(ring.members) < LARGEST:
        others = set[str]().union(*(sums.near[member] for member in ring.members))
        more = [
            sums.ring(tuple(sorted((*ring.members, other))))
            for other in sorted(others - {*ring.members})
        ]
        best = min(more, key=lambda one: one.chance, default=ring)
        if best.chance * len(more) * STRANGER >= ring.chance:
            break
        ring = best
        grown.append(ring)
    return grown


def _tried(near: Mapping[str, set[str]]) -> dict[int, int]:
    """By size, how many sets hang together, at the most: each of them could have been named."""
    pairs = sum(len(others) for others in near.values()) // 2
    threes = sum(math.comb(len(others), 2) for others in near.values())
    reach = max((len(others) for others in near.values()), default=0)
    return {2: pairs, 3: threes, 4: threes * reach}


def _by_chance(sums: _Sums, pairs: Iterable[tuple[str, str]]) -> Callable[[float], float]:
    """How many pairs are expected to be so odd or odder: each only by the steps that it can take,
    and a pair that seldom met by none."""
    steps = list[tuple[float, float]]()
    for pair in pairs:
        shown = sums.could_show(pair)
        steps += [(more, more - less) for less, more in zip([0.0, *shown], shown, strict=False)]
    steps.sort()
    at = np.array([chance for chance, _ in steps])
    total = np.concatenate([[0.0], np.cumsum([rise for _, rise in steps])])

    def expected(chance: float) -> float:
        return float(total[np.searchsorted(at, chance, side="right")])

    return expected


def _named(
    rings: list[Ring], tried: Mapping[int, int], pairs: Callable[[float], float]
) -> list[Ring]:
    """Benjamini and Hochberg, each size with a third of what may be chance: the first so many."""
    sizes = LARGEST - 1

    def false(ring: Ring) -> float:
        if len(ring.members) == 2 and ring.chance <= ODD:
            return pairs(ring.chance) * sizes
        return ring.chance * tried[len(ring.members)] * sizes

    weighed = [(false(ring), ring) for ring in rings]
    weighed.sort(key=lambda one: (one[0], one[1].members))
    last = 0
    for rank, (chance, _) in enumerate(weighed, 1):
        if chance <= FALSE_SHARE * rank:
            last = rank
    return [ring for _, ring in weighed[:last]]


def _apart(rings: list[Ring]) -> tuple[Ring, ...]:
    """Of sets that share two members the least likely alone."""
    kept: list[Ring] = []
    for ring in rings:
        if all(len({*ring.members} & {*other.members}) < 2 for other in kept):
            kept.append(ring)
    return tuple(kept)


# ── too often, and never anything ────────────────────────────────────────────────────────────


def _often(looks: Sequence[Seen]) -> tuple[Often, ...]:
    """Beside what a person's looks and a farm's looks would give among those who met at all."""
    by: dict[str, int] = {}
    at: dict[str, set[str]] = {}
    count: dict[tuple[str, str], int] = {}
    for look in looks:
        by[look.inspector] = by.get(look.inspector, 0) + 1
        at.setdefault(look.inspector, set()).add(look.home)
        pair = (look.inspector, look.home)
        count[pair] = count.get(pair, 0) + 1
    found = [
        Often(*pair, n, round(mean, 1), so_many(n, mean))
        for pair, n in count.items()
        if len(at[pair[0]]) > 1 and n > 1
        for mean in [by[pair[0]] / len(at[pair[0]])]
    ]
    limit = FALSE_SHARE / max(1, len(count))
    return tuple(sorted((o for o in found if o.chance <= limit), key=lambda o: o.chance))


def _mild(fit: _Fit) -> tuple[Mild, ...]:
    sums: dict[str, _Sum] = {}
    for look, expected in zip(fit.looks, fit.by_others, strict=True):
        sums.setdefault(look.person, _Sum()).add(look.found, float(expected))
    limit = FALSE_SHARE / max(1, len(sums))
    found = [
        Mild(who, s.looks, s.found, round(s.expected, 1), chance)
        for who, s in sums.items()
        for wide in [s.scatter(fit.unrest)]
        for chance in [so_few(s.found / wide, s.expected / wide)]
        if chance <= limit and s.found * 5 <= s.expected
    ]
    return tuple(sorted(found, key=lambda mild: mild.chance))


def so_few(found: float, expected: float, sure: float = math.inf) -> float:
    """The chance of so few or fewer, of so many expected (Poisson); where the expectation itself
    was learned from no more than `sure` faults, it may be wrong too (negative binomial)."""
    if math.isinf(sure):
        term = total = math.exp(-expected)
        return _summed(found, term, total, lambda count: expected / count)
    term = total = (sure / (sure + expected)) ** sure
    share = expected / (sure + expected)
    return _summed(found, term, total, lambda count: (count - 1 + sure) / count * share)


def _summed(found: float, term: float, total: float, grows: Callable[[int], float]) -> float:
    for count in range(1, math.floor(found + 1e-9) + 1):
        term *= grows(count)
        total += term
    return min(1.0, total)


def so_many(found: int, expected: float) -> float:
    """The chance of so many or more; summed upwards, so that small ones stay exact."""
    term = math.exp(-expected + found * math.log(expected) - math.lgamma(found + 1))
    total, count = 0.0, found
    while term > total * 1e-16:
        total += term
        count += 1
        term *= expected / count
    return min(1.0, total)
