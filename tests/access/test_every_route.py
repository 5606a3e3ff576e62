"""Every door is tried by everybody: nonsense breaks nothing.

Nothing here is a list of routes: a new one is tried from the day it stands.
"""

import os
import re
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

import msgspec
import pytest

from tests.access import corpus
from tests.access.crafted import FLAVOURS, crafted
from tests.access.sown import Door, Sown
from tests.cast import EVERYBODY
from tests.databases import mostly_sqlite, only_sqlite
from tests.doors import Doors

ENGINES = ("sqlite", "postgres")
JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
ONE_IN = 1 if "MARKET_LONG" in os.environ else 12
"""Doors read what is sent by the same few decoders: each nonsense goes to one door in so many."""

QUARTER = min(ONE_IN, 4)
"""What comes as far as the database: one quarter on each engine, and at the next door the next;
on PostgreSQL in `.ci/run` and by `--long`."""

TYPED = ("", "%00", "%ff", "%F0%9F", "-1", "9" * 30, "%E0%B9%91" * 9, "ก" * 1_500, "' OR 1=1 --")


Sent = TypeVar("Sent")


def turn(at: int, of: Iterable[Sent], one_in: int = ONE_IN) -> list[Sent]:
    """What the door that stands there is sent; the next door is sent the next ones."""
    return [one for number, one in enumerate(of) if (at + number) % one_in == 0]


def told(wrong: list[object]) -> str:
    """Each on its line: pytest shortens lists."""
    return "\n".join(["", *map(str, wrong)])


@only_sqlite  # nothing of it reaches the database
async def test_who_has_no_such_role_is_refused_before_anything_is_read(sown: Sown) -> None:
    tried, wrong = 0, []
    for door in sown.routes():
        for person in EVERYBODY:
            if not door.public and not sown.may(door, person):
                said = await sown.ask(door, person, content=b"{")
                tried += 1
                if said.status_code != 403:
                    wrong.append((door.name, person, said.status_code))
    assert not wrong, told(wrong)
    assert tried > 200


@only_sqlite  # nothing of it reaches the database
async def test_what_nobody_can_read_breaks_nothing(sown: Sown) -> None:
    wrong, doors = [], [door for door in sown.routes() if door.method != "GET"]
    for at, door in enumerate(doors):
        who = sown.somebody(door)
        await sown.doors.step_up(who)
        for name, sent in turn(at, corpus.BODIES.items()):
            for kind in (JSON,) if door.api else (FORM, JSON):
                said = await sown.ask(door, who, content=sent, headers=kind)
                wrong += faults(door, name, said)
        for name, (kind, sent) in turn(at, corpus.WRONG_KINDS.items()):
            said = await sown.ask(door, who, content=sent, headers=kind)
            wrong += faults(door, name, said)
    assert not wrong, told(wrong)


@only_sqlite  # the same
async def test_headers_and_cookies_of_nonsense_break_nothing(sown: Sown) -> None:
    """At every door, by a stranger and by somebody signed in."""
    wrong = []
    for at, door in enumerate(sown.routes()):
        for name, headers in turn(at, corpus.HEADERS.items()):
            for who in ("", sown.somebody(door)):
                said = await sown.ask(door, who, headers=headers)
                wrong += faults(door, (name, who[-4:]), said)
    assert not wrong, told(wrong)


@mostly_sqlite
async def test_what_can_be_read_and_makes_no_sense_breaks_nothing(sown: Sown) -> None:
    """Past the decoding: NULs, minus one, 2**62, the year 9999, ids of nothing."""
    tried, wrong = 0, []
    for door in sown.routes():
        field = door.handler.parsed_data_field
        if not door.api or field is None:
            continue
        who = sown.somebody(door)
        await sown.doors.step_up(who)
        for flavour in FLAVOURS:
            body = msgspec.json.encode(crafted(field.raw, flavour))
            wrong += faults(door, flavour, await sown.ask(door, who, content=body, headers=JSON))
            tried += 1
    assert not wrong, told(wrong)
    assert tried > 80


@mostly_sqlite
async def test_forms_full_of_nonsense_come_back(sown: Sown, engine: str) -> None:
    """Each field of the form that stands at the same address, or of any form."""
    wrong, doors = [], list(sown.routes())
    fields = {door.path: await fields_at(sown, door) for door in doors if door.method == "GET"}
    anywhere = sorted(set().union(*fields.values()))
    for at, door in enumerate(doors, ENGINES.index(engine)):
        if door.method == "GET" or door.api:
            continue
        who = sown.somebody(door)
        await sown.doors.step_up(who)
        for typed in turn(at, TYPED, QUARTER):
            names = fields.get(door.path) or anywhere
            body = "&".join(f"{name}={typed}" for name in names).encode()
            said = await sown.ask(door, who, content=body, headers=FORM)
            wrong += faults(door, typed[:20], said)
    assert not wrong, told(wrong)


async def fields_at(sown: Sown, door: Door) -> set[str]:
    if door.api or ".csv" in door.path:
        return set()
    said = await sown.ask(door, sown.somebody(door))
    if not said.headers.get("content-type", "").startswith("text/html"):
        return set()
    return set(re.findall(r'<(?:input|select|textarea)[^>]*\bname="([^"]+)"', said.text))


@mostly_sqlite
async def test_addresses_full_of_nonsense_find_nothing(sown: Sown, engine: str) -> None:
    wrong = []
    for at, door in enumerate(sown.routes(), ENGINES.index(engine)):
        who = sown.somebody(door)
        for path in turn(at, nonsense(sown, door), QUARTER):
            said = await sown.ask(door, who, path)
            wrong += faults(door, path[-60:], said)
            named = "{" in door.path and "?" not in path and not door.public
            if named and said.status_code not in {303, 307, 400, 403, 404, 405}:
                wrong.append(f"{door.name} {path[-60:]}: {said.status_code}")
    assert not wrong, told(wrong)


def nonsense(sown: Sown, door: Door) -> Iterator[str]:
    for typed in TYPED[1:]:
        if "{" in door.path:
            yield re.sub(r"\{\w+\}", typed, door.path)
    known = set(re.findall(r"\{(\w+)\}", door.path))
    asked = set(door.handler.parsed_fn_signature.parameters) - known
    asked -= {"request", "permit", "at", "data"}
    if door.method == "GET" and asked:
        for typed in TYPED:
            for name in sorted(asked):
                yield f"{sown.address(door.path)}?{name}={typed}"


def faults(door: Door, sent: object, said: Any) -> list[str]:
    """What is wrong with the answer, whatever was asked."""
    here = f"{door.name} {sent!r}: {said.status_code}"
    if said.status_code >= 500:
        return [here]
    if said.status_code < 400:
        return []
    if not door.api:
        return [f"{here} bare code"] if "refusal." in said.text else []
    if said.headers["content-type"] != "application/problem+json":
        return [f"{here} no problem"]
    body = said.json()
    shaped = {"type", "title", "status", "code", "facts"} <= set(body)
    if not shaped or body["status"] != said.status_code or body["title"].startswith("refusal."):
        return [f"{here} {body}"]
    return []


async def test_a_body_larger_than_allowed_is_413(doors: Doors) -> None:
    stranger = doors.stranger()
    large = b"[" * 9_100_000
    for path, kind in (("/api/v1/sessions", JSON), ("/sign-in", FORM)):
        said = await stranger.post(path, content=large, headers=kind)
        assert said.status_code == 413


@pytest.mark.parametrize("language", ["th", "en"])
async def test_each_refusal_is_said_in_the_readers_language(doors: Doors, language: str) -> None:
    stranger, thai = doors.stranger(language), re.compile("[ก-๙]")
    for method, path in (
        ("GET", "/api/v1/plots"), ("GET", "/api/nowhere"), ("DELETE", "/api/v1/plots"),
        ("GET", "/nowhere"), ("GET", "/L/0"), ("POST", "/sign-in"),
    ):  # fmt: skip
        said = await stranger.request(method, path, content=b"", headers=FORM)
        assert said.status_code >= 400
        told = (
            said.json()["title"]
            if path.startswith("/api/")
            else "".join(re.findall(r'role="alert">.*?<p>(.*?)</p>', said.text, re.DOTALL))
        )
        assert told, (method, path)
        assert bool(thai.search(told)) == (language == "th"), (path, told)


async def test_every_address_has_something_to_show(sown: Sown) -> None:
    assert sown.unknown_nouns() == set()
