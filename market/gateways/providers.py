"""The provider behind a merchant's account; its client is made once, and anew when it changed."""

from __future__ import annotations

from market.domain.providers import queries
from market.domain.providers.calls import Provider

_origin: list[str] = []
_made: dict[str, Provider] = {}
MADE_MAX = 100


def use(origin: str) -> None:
    """Once, at start-up: buyers come back to it."""
    _origin[:] = [origin]
    _made.clear()


async def of(provider: str) -> Provider:
    """NoProvider where the account was ended."""
    secrets = await queries.secrets(provider)
    if provider not in _made:
        # Nobody pays for what nobody uses: Stripe's package is read when an account is.
        from market.gateways.stripe_rail import StripeRail  # noqa: PLC0415

        if len(_made) >= MADE_MAX:
            _made.clear()
        _made[provider] = StripeRail(secrets.secret, origin=_origin[0])
    return _made[provider]
