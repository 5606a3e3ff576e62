"""A ZIP as it grows: what is finished goes out at once."""

from __future__ import annotations

import zipfile
from collections.abc import AsyncIterator
from datetime import datetime

from certification.basis.units import THAILAND
from market.answers.growing import Growing as Growing
from market.answers.growing import Outlet
from market.web.packs.parts import Part

STORED = (".jpg", ".png", ".xlsx", ".pdf")
"""They are compressed already."""


async def zipped(parts: AsyncIterator[Part], at: datetime) -> AsyncIterator[bytes]:
    outlet, on = Outlet(), at.astimezone(THAILAND)
    with zipfile.ZipFile(outlet, "w") as file:  # type: ignore[call-overload]
        async for name, content in parts:
            info = zipfile.ZipInfo(name, (on.year, on.month, on.day, 0, 0, 0))
            info.external_attr = 0o644 << 16
            plain = name.endswith(STORED)
            info.compress_type = zipfile.ZIP_STORED if plain else zipfile.ZIP_DEFLATED
            file.writestr(info, content)
            yield outlet.taken()
    yield outlet.taken()
