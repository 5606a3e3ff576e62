"""The people of every story, and the day on which it is told.

Malee farms, Somchai is her neighbour and inspector, Wan sits in the committee, Nok buys, and Krit
is from another group and may see nothing of it.
"""

from datetime import UTC, date, datetime, timedelta

MALEE = "01930000-0000-7000-8000-00000000a001"
SOMCHAI = "01930000-0000-7000-8000-00000000a002"
WAN = "01930000-0000-7000-8000-00000000a003"
NOK = "01930000-0000-7000-8000-00000000a004"
KRIT = "01930000-0000-7000-8000-00000000a005"
EVERYBODY = (MALEE, SOMCHAI, WAN, NOK, KRIT)

NOW = datetime(2026, 11, 22, 7, 30, 15, 123456, tzinfo=UTC)
"""Sunday 22 November 2026 (2569), half past two in the afternoon in Songkhla."""
TODAY = date(2026, 11, 22)
YESTERDAY = TODAY - timedelta(days=1)
TOMORROW = TODAY + timedelta(days=1)


def later(**since: int) -> datetime:
    """`later(hours=2)`: an instant after NOW; negative for before."""
    return NOW + timedelta(**since)
