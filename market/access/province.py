"""Which area an officer asks about: one that the grant covers, or the grant's own."""

from __future__ import annotations

from certification.areas import queries as areas
from market.access.permit import Permit, Place
from market.access.refusals import NotThere


def granted(permit: Permit) -> tuple[str, ...]:
    """The codes the operation reaches by area, in order."""
    return tuple(sorted({r.value for r in permit.reaches if r.scope == "area" and r.value}))


def asked(permit: Permit, area: str) -> str:
    """The code, seen to be within reach; without one the first that was granted."""
    if not area:
        if not granted(permit):
            raise NotThere
        return granted(permit)[0]
    permit.check(Place(area=area))
    return areas.area(area).code
