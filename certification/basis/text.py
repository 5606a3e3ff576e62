"""A sentence of the content (criteria, names, pledges) in Thai and English.

Words of the interface are in the gettext catalogues instead.
"""

from __future__ import annotations

import msgspec


class Text(msgspec.Struct, frozen=True):
    th: str
    en: str

    def in_language(self, language: str) -> str:
        """The other language where this one is empty."""
        first, second = (self.en, self.th) if language == "en" else (self.th, self.en)
        return first or second
