"""How long a newcomer waits: from `market demo` on an empty folder to the first answered page.

    python -m bench.demo

The limit is 60 s after installing. Each stage is also given as a multiple of starting Python
with the product imported, measured in the same run.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

MARKET = [sys.executable, "-c", "from market.cli import main; raise SystemExit(main())"]
IMPORTED = [sys.executable, "-c", "import market.cli"]
RESULTS = Path(__file__).parent / "results" / "demo.json"
PORT, RUNS, LIMIT_S = 18_700, 3, 60


def floor() -> float:
    """Seconds to start Python and import everything."""
    began = time.perf_counter()
    subprocess.run(IMPORTED, check=True)
    return time.perf_counter() - began


def ready(port: int) -> tuple[float, float]:
    """Seconds until the demo's front page answered, on an empty folder and then again on it."""
    with tempfile.TemporaryDirectory() as folder:
        return first_page(folder, port), first_page(folder, port)


def first_page(folder: str, port: int) -> float:
    environment = {**os.environ, "MARKET_DATA": folder}
    environment.pop("DATABASE_URL", None)
    began = time.perf_counter()
    demo = subprocess.Popen(
        [*MARKET, "demo", "--port", str(port)], env=environment, stdout=subprocess.DEVNULL
    )
    try:
        while time.perf_counter() - began < 2 * LIMIT_S:
            try:
                if httpx.get(f"http://127.0.0.1:{port}/").status_code == 200:
                    return time.perf_counter() - began
            except httpx.TransportError:
                time.sleep(0.05)
        raise RuntimeError("the demo did not answer")
    finally:
        demo.terminate()
        demo.wait(20)


def main() -> int:
    started = statistics.median(floor() for _ in range(RUNS))
    both = [ready(PORT + run) for run in range(RUNS)]
    told = {"python and imports": started}
    told["empty folder to first page"] = statistics.median(empty for empty, _ in both)
    told["filled folder to first page"] = statistics.median(filled for _, filled in both)
    for what, seconds in told.items():
        print(f"{what:32} {seconds:6.2f} s  {seconds / started:5.1f} × floor")
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps({"runs": RUNS, "seconds": told}, indent=1) + "\n")
    return 0 if told["empty folder to first page"] <= LIMIT_S else 1


if __name__ == "__main__":
    sys.exit(main())
