"""`market demo --walk`: the whole chain over HTTP, played by the cast with a new plot of Malee's.

Every step prints what shows that it happened: ids, codes, amounts, the "no" where one was due.
Any surprise ends the walk with what it was, and 1.
"""

from __future__ import annotations

from market.app import opened
from market.demo import seed, walk_field, walk_sale, walk_truck
from market.demo.actors import Actor, Surprise, Tale, enter, expect
from market.demo.people import BY_KEY
from market.demo.server import DidNotStart, command, serving
from market.settings import Settings

CAST = ("malee", "somchai", "chan", "fon", "ying", "wan", "prasert", "dao", "nok", "krit")


async def walk(settings: Settings) -> int:
    try:
        async with opened(settings):
            expect(await seed.is_demo(), seed.NOT_THE_DEMO)
            cards = await seed.printed(tuple(BY_KEY[key] for key in CAST))
        async with serving(settings) as origin:
            tale = Tale(origin)
            print(f"The chain, walked at {origin}", flush=True)
            await _walked(tale, {card.person.key: card.code for card in cards})
        _verified(settings, tale)
    except (Surprise, DidNotStart) as surprise:
        print(f"\nNOT AS IT SHOULD BE: {surprise}", flush=True)
        return 1
    print(f"\n{tale.steps} steps, each as it should be.", flush=True)
    return 0


async def _walked(tale: Tale, codes: dict[str, str]) -> None:
    cast = {key: await enter(tale, key, code) for key, code in codes.items()}
    cast["stranger"] = Actor(tale)
    try:
        tale.tell(
            f"{len(codes)} people sign in with printed codes and a PIN of their own",
            "POST /api/v1/devices 201", *codes,
        )  # fmt: skip
        used = {"code": codes["malee"], "pin": "508294"}
        tale.tell(
            "A code that was used lets nobody in again",
            await cast["stranger"].refused("accounts.code_used", "POST", "/api/v1/devices", used),
        )
        field = await walk_field.walked(tale, cast)
        await walk_truck.walked(tale, cast)
        await walk_sale.walked(tale, cast, field)
    finally:
        for actor in cast.values():
            await actor.leave()


def _verified(settings: Settings, tale: Tale) -> None:
    """By another process, from the rows alone."""
    checked = command(settings, ("verify", "log", "ledger", "stock"))
    said = (checked.stdout + checked.stderr).strip()
    expect(checked.returncode == 0, f"market verify found: {said}")
    tale.tell("Every row is as the record says", f"market verify log ledger stock: {said}")
