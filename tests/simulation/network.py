"""Between people and the market: what they send comes late, twice, out of order, or not at all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from random import Random
from typing import Any

import msgspec

from certification.basis.refusal import Refusal

Deed = Callable[[datetime], Awaitable[Any]]


class Message(msgspec.Struct):
    """`id` is of the deed; who hears nothing sends the same again."""

    id: str
    what: str
    do: Deed
    answered: Callable[[Any], None] | None = None
    refused: Callable[[Refusal], None] | None = None


class Network:
    LOST, DOUBLED, UNHEARD = 0.12, 0.12, 0.12

    def __init__(self, chance: Random) -> None:
        self.chance, self.sound = chance, False
        self.waiting: dict[str, Message] = {}
        """Of whoever has heard nothing yet."""
        self.flying: list[Message] = []

    def send(self, message: Message) -> None:
        self.waiting[message.id] = message
        self._fly(message)

    def send_again(self) -> None:
        for message in self.waiting.values():
            self._fly(message)

    def _fly(self, message: Message) -> None:
        copies = 1
        if not self.sound:
            said = self.chance.random()
            copies = 0 if said < self.LOST else 2 if said < self.LOST + self.DOUBLED else 1
        self.flying += [message] * copies

    def next(self) -> Message | None:
        """Any of them: the order in which they were sent is nobody's concern."""
        if not self.flying:
            return None
        return self.flying.pop(self.chance.randrange(len(self.flying)))

    def heard(self, message: Message) -> bool:
        """Whether the answer comes through; who was told waits no more."""
        if not self.sound and self.chance.random() < self.UNHEARD:
            return False
        return self.waiting.pop(message.id, None) is not None
