"""Whose a partner's grant is: it stands where the network does that gave it. And giving one."""

from __future__ import annotations

import secrets
from datetime import datetime

from certification.basis.ids import is_id
from certification.basis.refusal import Missing
from certification.basis.transaction import run
from market.access import deeds, whose
from market.access.permit import Place
from market.access.refusals import NotThere
from market.domain.partners import commands, queries, rules
from market.domain.partners.rules import GivePartner, Partner

SECRET_BYTES = 32


async def partner(id: str) -> tuple[Partner, Place]:
    if not is_id(id):
        raise NotThere
    try:
        found = await queries.partner(id)
    except Missing:
        raise NotThere from None
    return found, await whose.of_group(found.network)


async def given(data: GivePartner, *, by: str, at: datetime) -> str:
    """What the partner is to show, for whoever gives the grant to read once."""
    deeds.ensure_storable(data, data.id)
    secret = f"tkp_{secrets.token_urlsafe(SECRET_BYTES)}"
    await run(commands.give, data, rules.fingerprint(secret), by=by, at=at)
    return secret
