"""Goods in which a sample found too much: nothing of them moves on until a laboratory frees them.

Not a recall, which people decide: what was found holds the lot, and all that was made of it, by the
same freeze; a clean answer, or a correction, lets go of it by itself.
"""

from __future__ import annotations

from datetime import datetime

from certification.basis import log
from certification.basis.ids import following
from certification.basis.transaction import transaction
from certification.residues import queries as residues
from market.domain.lineage import commands as lineage
from market.domain.lots import commands as stock
from market.domain.lots import queries as lots
from market.domain.lots.refusals import NoLot
from market.domain.recalls import queries, reached, rules
from market.domain.recalls.rules import Open


async def look(lot: str, *, by: str, at: datetime) -> bool:
    """As the samples stand now; whether it is held. Again it changes nothing."""
    async with transaction():
        try:
            of = await lots.lot(lot)
        except NoLot:  # a code that stands on paper only
            return False
        await stock.claim(lot)  # of two answers at once one is looked at after the other
        held = await queries.held_by(lot)
        if await residues.lot_waits(lot):
            await _hold(of, held, by=by, at=at)
            return True
        for one in held:
            await lineage.thaw(one, lot, by=by, at=at)
        if held:
            event = rules.LetGo(lot, of.code, of.group)
            log.append(event, subject=lot, by=by, at=at)
    return False


async def _hold(of: lots.Lot, held: list[str], *, by: str, at: datetime) -> None:
    """Then looked again: a mix that was under way is found, and none begins any more."""
    known = set(held)
    asked = Open("", of.group, "lot", of.id, "residue")
    while new := [one.lot for one in await reached.lots(asked) if one.lot not in known]:
        for one in new:
            freeze = following(of.id, f"unsafe {one}")
            await lineage.freeze(freeze, one, "unsafe_residue", of.id, by=by, at=at)
        known |= {*new}
    if not held:
        event = rules.HeldBack(of.id, of.code, of.group, len(known))
        log.append(event, subject=of.id, by=by, at=at)
