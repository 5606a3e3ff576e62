"""Scans, counted in memory beside the answer; written to the database a minute later.

An answer waits for nothing here. What a process counted and had not written is lost when it falls.
"""

from __future__ import annotations

import re
from functools import lru_cache

CODES_MAX = 50_000
"""Different lots within a minute: what is more is not counted."""
NOBODY = re.compile(
    rb"bot\b|bot[/;_-]|crawl|spider|slurp|preview|facebookexternal|line-poker|whatsapp|telegram"
    rb"|headless|lighthouse|monitor|uptime|python|curl|wget|go-http|java/|okhttp|httpx|axios|scrap",
    re.IGNORECASE,
)
"""Programs that say so: search engines, link previews of messengers, checks, scripts. Who lies is
counted as anybody."""

Headers = dict[bytes, bytes]


class Counter:
    def __init__(self) -> None:
        self.seen: dict[str, int] = {}

    def note(self, code: str, headers: Headers) -> None:
        if not is_somebody(headers):
            return
        if code in self.seen or len(self.seen) < CODES_MAX:
            self.seen[code] = self.seen.get(code, 0) + 1

    def take(self) -> dict[str, int]:
        taken, self.seen = self.seen, {}
        return taken

    def put_back(self, taken: dict[str, int]) -> None:
        for code, times in taken.items():
            self.seen[code] = self.seen.get(code, 0) + times


def is_somebody(headers: Headers) -> bool:
    """A person's browser, as far as it says. Nothing of it is kept."""
    ahead = headers.get(b"sec-purpose") or headers.get(b"purpose") or b""
    return not ahead and _is_a_browser(headers.get(b"user-agent", b""))


@lru_cache(maxsize=2_048)
def _is_a_browser(said: bytes) -> bool:
    return bool(said) and NOBODY.search(said) is None
