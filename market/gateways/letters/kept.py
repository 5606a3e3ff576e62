"""The fake beside them: a channel that keeps what it was given, and does what it is told to do."""

from __future__ import annotations

from collections.abc import Callable

from market.domain.notices.letters import Letter, Outcome


class Kept:
    """As the world would: where it knows ids, the same letter twice is kept once."""

    def __init__(self, name: str, *, idempotent: bool) -> None:
        self.name, self.idempotent = name, idempotent
        self.arrived: list[Letter] = []
        self.answers: list[Outcome | Callable[[Letter], Outcome]] = []
        """Taken one by one before it answers `sent`."""

    async def send(self, letter: Letter) -> Outcome:
        answer = self.answers.pop(0) if self.answers else Outcome("sent")
        said = answer(letter) if callable(answer) else answer
        if said.state in ("sent", "unknown"):
            self._arrive(letter)
        return said

    def _arrive(self, letter: Letter) -> None:
        known = {one.id for one in self.arrived}
        if not (self.idempotent and letter.id in known):
            self.arrived.append(letter)
