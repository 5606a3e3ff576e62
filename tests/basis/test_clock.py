"""Two processes ten minutes apart go by one clock: the database's, where there is one."""

from datetime import UTC, datetime, timedelta

import pytest

from certification.basis import clock
from certification.basis.database import Database
from market.access.guard import system_clock

A_MOMENT = timedelta(seconds=5)


async def test_the_database_decides_however_wrong_the_machine_is(
    db: Database, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P-F14. In a file the machine's own clock is that of all who open it."""
    monkeypatch.setattr(clock, "_ahead", [timedelta()])
    for minutes in (10, -10, 0):
        wrong = timedelta(minutes=minutes)
        monkeypatch.setattr(clock, "machine", lambda wrong=wrong: datetime.now(UTC) + wrong)
        await clock.measure(db)
        right = datetime.now(UTC) + (wrong if engine == "sqlite" else timedelta())
        assert abs(system_clock() - right) < A_MOMENT, minutes
