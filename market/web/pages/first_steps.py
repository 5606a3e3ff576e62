"""What a new network needs before its first application and its first sale, in order."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from certification.groups import queries as groups
from certification.groups.rules import NETWORK, GroupView
from certification.schemes import queries as schemes
from market.answers.words import Words
from market.web.pages.farm_view import Shown

KEEPERS = {"secretariat", "treasurer", "leader"}


async def first_steps(say: Words, every: Collection[GroupView], at: datetime) -> list[Shown]:
    """Nothing once all of it is done."""
    kinds = {one.kind for one in every}
    held = {role.role for one in every for role in await groups.in_roles(one.id, at)}
    steps: list[Shown] = [
        {"done": done, "words": words, "href": href}
        for done, words, href in (
            (kinds >= {NETWORK, "group"}, say("Found the network, then its groups"),
             "/admin/groups/new"),
            (bool(await schemes.schemes()), say("Publish the charter that a meeting adopted"),
             "/standard/new"),
            ("farmer" in held, say("Register farmers in their group, the office in no group"),
             "/admin/people/new"),
            (held >= KEEPERS, say("Name a leader, a secretary and a treasurer: open a person,"
                                  " then give the role"), ""),
        )
    ]  # fmt: skip
    return [] if all(step["done"] for step in steps) else steps
