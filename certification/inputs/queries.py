"""The diary of a plot or a farmer, and what waits for a committee's word."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from certification.basis.text import Text
from certification.groups import queries as groups
from certification.inputs import claims as claiming
from certification.inputs import rules
from certification.inputs.rules import Judged, UseMissing
from certification.inputs.tables import (
    InputRuling,
    InputUse,
    InputUseJudged,
    InputUseStruck,
    InputUseWord,
)
from certification.inputs.views import RulingView, Unknown, UseView
from certification.plots import queries as plots
from certification.schemes import queries as schemes
from certification.schemes.content import InputStatus
from certification.schemes.rules import NotInForce, Version


async def use(id: str) -> UseView:
    found = await _uses(InputUse.id == id)
    if not found:
        raise UseMissing(use=id)
    return found[0]


async def of_plot(plot: str) -> list[UseView]:
    """The newest first."""
    return await _uses(InputUse.plot == plot)


async def of_farmer(person: str) -> list[UseView]:
    return await _uses(InputUse.farmer == person)


async def clean_since(plot: str, scheme: str) -> date | None:
    """The day after the last use that this scheme prohibits; none where the diary has no such."""
    lands = await plots.outlines(plot)
    days = [
        one.used_on
        for one in await _uses(InputUse.plot.is_in(lands))
        if one.counts and any(j.scheme == scheme and j.status == "prohibited" for j in one.judged)
    ]
    return rules.restarts_on(max(days)) if days else None


async def manured_on(plot: str, crop: str, until: date) -> date | None:
    """When raw manure came last onto this crop's land by that day."""
    lands = await plots.outlines(plot)
    found = await _uses((InputUse.plot.is_in(lands)) & (InputUse.code == rules.RAW_MANURE))
    meant = [one for one in found if one.counts and one.crop in (None, crop)]
    return max((one.used_on for one in meant if one.used_on <= until), default=None)


async def versions_on(on: date) -> list[Version]:
    """Of each scheme the one in force on that day; where it began later, its first."""
    found = []
    for scheme in await schemes.schemes():
        try:
            found.append(await schemes.in_force(scheme, on))
        except NotInForce:
            found.append((await schemes.versions(scheme))[0])
    return found


async def named(code: str) -> Text | None:
    """What the newest list that has it calls it."""
    for scheme in await schemes.schemes():
        for version in reversed(await schemes.versions(scheme)):
            for one in version.content.inputs:
                if one.code == code:
                    return one.name
    return None


async def judge(code: str | None, product: str, network: str, on: date) -> list[Judged]:
    """By every scheme there is, by the list and then by what the network's committee said."""
    key, found = rules.key_of(code, product), []
    for version in await versions_on(on):
        listed = version.content.input(code, on) if code else None
        ruled = await ruling(network, version.scheme, key)
        status = rules.judged(listed.status if listed else None, ruled.status if ruled else None)
        found.append(Judged(version.scheme, version.id, status))
    return found


async def ruling(network: str, scheme: str, key: str) -> RulingView | None:
    found = [one for one in await rulings(network) if (one.scheme, one.key) == (scheme, key)]
    return found[0] if found else None


async def rulings(network: str) -> list[RulingView]:
    """The newest first."""
    rows = await (
        InputRuling.select()
        .where(InputRuling.network == network)
        .order_by(InputRuling.at, InputRuling.seq, InputRuling.id, ascending=False)
    )
    return [
        RulingView(
            row["id"], row["scheme"], row["matter"], row["status"], row["restriction"],
            row["decided_on"], row["meeting_ref"],
        )
        for row in rows
    ]  # fmt: skip


async def unknown(network: str) -> list[Unknown]:
    """What was used in the network and nobody has judged, the oldest first."""
    lands = await _lands(network)
    found: dict[tuple[str, str], list[UseView]] = {}
    for one in reversed(await _uses(InputUse.plot.is_in(lands)) if lands else []):
        if one.struck is not None:
            continue
        for judged in one.judged:
            if judged.status == "unknown":
                key = (judged.scheme, rules.key_of(one.code, one.product or ""))
                found.setdefault(key, []).append(one)
    return [
        Unknown(
            scheme, key, uses[0].code, uses[0].product or "",
            tuple(one.id for one in uses), min(one.used_on for one in uses),
        )
        for (scheme, key), uses in found.items()
    ]  # fmt: skip


async def claims(network: str) -> list[UseView]:
    """Prohibited uses that others typed and the farmer has not said yes to, the oldest first."""
    lands = await _lands(network)
    found = await _uses(InputUse.plot.is_in(lands)) if lands else []
    return [one for one in reversed(found) if one.claimed]


async def is_ruled(use: str) -> bool:
    """Whether a committee's ruling has judged it."""
    rows = await InputUseJudged.select(InputUseJudged.scheme).where(InputUseJudged.use == use)
    return len(rows) > len({row["scheme"] for row in rows})


async def network_of(group: str) -> str:
    return (await groups.group(group)).network or group


async def _lands(network: str) -> list[str]:
    within = [network, *(one.id for one in await groups.networks_groups(network))]
    return [plot.id for group in within for plot in await plots.of_group(group)]


async def _uses(condition: Any) -> list[UseView]:
    rows = await (
        InputUse.select()
        .where(condition)
        .order_by(InputUse.used_on, InputUse.at, InputUse.id, ascending=False)
    )
    ids = [row["id"] for row in rows]
    judged, said, struck = await _judged(ids), await _words(ids), await _struck(ids)
    names = [n for n in UseView.__struct_fields__ if n not in ("judged", "word", "struck")]
    return [
        UseView(
            **{name: row[name] for name in names},
            judged=judged.get(row["id"], ()),
            word=claiming.word(own=row["by"] == row["farmer"], said=said.get(row["id"], ())),
            struck=struck.get(row["id"]),
        )
        for row in rows
    ]


async def _words(uses: Collection[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    if uses:
        for row in await InputUseWord.select().where(InputUseWord.use.is_in(list(uses))):
            found[row["use"]] = (*found.get(row["use"], ()), row["said"])
    return found


async def _struck(uses: Collection[str]) -> dict[str, str]:
    if not uses:
        return {}
    rows = await InputUseStruck.select().where(InputUseStruck.use.is_in(list(uses)))
    return {row["use"]: row["reason"] for row in rows}


async def _judged(uses: Iterable[str]) -> dict[str, tuple[Judged, ...]]:
    """Of each scheme the last word."""
    if not (uses := list(uses)):
        return {}
    rows = await (
        InputUseJudged.select()
        .where(InputUseJudged.use.is_in(uses))
        .order_by(InputUseJudged.at, InputUseJudged.id)
    )
    last: dict[str, dict[str, Judged]] = {}
    for row in rows:
        said: InputStatus = row["status"]
        one = Judged(row["scheme"], row["scheme_version"], said)
        last.setdefault(row["use"], {})[row["scheme"]] = one
    return {use: tuple(by[scheme] for scheme in sorted(by)) for use, by in last.items()}
