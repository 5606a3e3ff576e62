"""`python -m tests.tidy.lengths`: the longest files and functions. Told, not judged."""

import ast
import statistics
from pathlib import Path

from tests.tidy.sources import SOURCES, name, tree

SHOWN = 5
FILE_AIM, FUNCTION_AIM = (80, 200, 300), (8, 25, 50)
Measured = tuple[int, str]


def files() -> list[Measured]:
    counted = ((len(path.read_text().splitlines()), name(path)) for path in SOURCES)
    return [(lines, where) for lines, where in counted if lines]


def functions() -> list[Measured]:
    return [length for path in SOURCES for length in _functions(path)]


def _functions(path: Path) -> list[Measured]:
    return [
        ((node.end_lineno or node.lineno) - node.lineno + 1, f"{name(path)}:{node.name}")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def tell(what: str, measured: list[Measured], aim: tuple[int, int, int]) -> None:
    measured = sorted(measured, reverse=True)
    lines = [count for count, _ in measured]
    p90 = statistics.quantiles(lines, n=10)[-1]
    print(
        f"{len(lines)} {what}: median {statistics.median(lines):.0f}, p90 {p90:.0f},"
        f" longest {lines[0]} lines (aim: {aim[0]} / {aim[1]} / {aim[2]})"
    )
    for count, where in measured[:SHOWN]:
        print(f"  {count:>4}  {where}")


if __name__ == "__main__":
    tell("files", files(), FILE_AIM)
    tell("functions", functions(), FUNCTION_AIM)
