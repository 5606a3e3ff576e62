"""The states of a visit and the deeds that each allows; what is refused says why.

Pure. `signed` and `cancelled` are ends: what comes later (`afterwards`) stands beside the sheet.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from certification.inspections.refusals import NotUnderWay, SignedAlready

State = Literal["assigned", "under_way", "signed", "cancelled"]
Deed = Literal["begin", "replace", "fill_in", "sign", "finish", "cancel", "say_afterwards"]
FROM: dict[Deed, tuple[State, ...]] = {
    "begin": ("assigned",),
    "replace": ("assigned", "under_way"),
    "fill_in": ("under_way",),
    "sign": ("under_way",),
    "finish": ("under_way",),
    "cancel": ("assigned", "under_way"),
    "say_afterwards": ("signed",),
}
"""To fill in is to answer, to find, to attach a photo; to sign is also to say why not."""
TO: dict[Deed, State] = {"begin": "under_way", "finish": "signed", "cancel": "cancelled"}
"""The others leave the state as it is."""


def after(deed: Deed, state: str, late: Sequence[str] = ()) -> str:
    """`late`: the questions whose answers are refused."""
    if state in FROM[deed]:
        return TO.get(deed, state)
    if state == "signed" and deed in ("fill_in", "sign", "finish"):
        raise SignedAlready(late=list(late))
    raise NotUnderWay(state=state)
