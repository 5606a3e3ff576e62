"""Another process, which restores when told: `python -m tests.faults.restorer SRC`."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

from market import settings
from market.backup.restore import restore


def main(source: str) -> None:
    print("ready", flush=True)
    sys.stdin.readline()
    at = datetime.now(UTC)
    asyncio.run(restore(settings.read(), Path(source), paper=None, replace=True, at=at))
    print("restored", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
