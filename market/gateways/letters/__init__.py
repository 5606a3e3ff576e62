"""LINE, SMS and e-mail: each takes a letter with an id and says what became of it, never raising.

`idempotent`: the same id again is not told twice there, so what is not known may be sent again.
"""

from __future__ import annotations

from typing import Protocol

from market.domain.notices.letters import Letter, Outcome


class Channel(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def idempotent(self) -> bool: ...
    async def send(self, letter: Letter) -> Outcome: ...
