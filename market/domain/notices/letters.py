"""What the world may answer to a message, and how long and how often it is tried: pure."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

import msgspec

AFTER = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
"""Until the next try; after the last it is given up."""
LEASE = timedelta(minutes=10)
"""Longer than a batch and its slowest answer; then whoever claimed it is taken for dead."""
KNOWN_FOR = timedelta(hours=23)
"""LINE knows a message by its key for 24 hours."""
TOO_OLD = timedelta(days=2)
"""News that nobody needs any more; the page has it."""


class Outcome(msgspec.Struct, frozen=True):
    """`sent`: taken. `again`: surely not taken. `failed`: never will be. `unknown`: no answer."""

    state: Literal["sent", "again", "failed", "unknown"]
    why: str = ""
    after_s: float = 0
    """No sooner than then, where the world says so."""


class Letter(msgspec.Struct, frozen=True):
    id: str
    to: str
    subject: str
    text: str
