"""Every answer, of whatever kind and status, carries the security headers once."""

import re
from pathlib import Path

import pytest
from litestar import get

from market import app
from market.answers.headers import ALWAYS, for_origin
from market.web import static_files
from tests.access.sown import STRANGER, Sown
from tests.cast import MALEE
from tests.databases import only_sqlite
from tests.doors import PIN, Doors

WEB = Path(__file__).parents[2] / "market/web"
HASHED = {"verify.html"}
"""Its own policy lets run what has one hash, and nothing else (tests/web/test_verify.py)."""


@only_sqlite  # no header comes from the database
async def test_every_answer_has_the_headers(sown: Sown) -> None:
    statuses = set()
    for door in sown.routes():
        for person in (STRANGER, MALEE):
            said = await sown.ask(door, person)
            statuses.add(said.status_code)
            for name, value in ALWAYS:
                found = said.headers.get_list(name.decode())
                if name == b"cross-origin-resource-policy" and door.public:
                    assert found in (["same-origin"], ["cross-origin"]), door.name
                elif name != b"content-security-policy":
                    assert found == [value.decode()], (door.name, name)
                assert len(found) == 1, (door.name, name)
                assert "unsafe" not in found[0], door.name
            assert "cache-control" in said.headers, door.name
    client = sown.doors.stranger()
    for method, path in (("TRACE", "/healthz"), ("DELETE", "/"), ("GET", "/nope"), ("HEAD", "/")):
        said = await client.request(method, path)
        statuses.add(said.status_code)
        assert "default-src 'none'" in said.headers["content-security-policy"], (method, path)
    assert statuses >= {200, 303, 400, 401, 403, 404, 405}


@get("/broken", opt={"op": "health.read"})
async def broken() -> None:
    raise ValueError("what nobody thought of")


async def test_even_a_bug_a_flood_and_a_wait_have_the_headers(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    """500, 413, 429, and files; a door that breaks is opened beside ours."""
    others = app.handlers()
    monkeypatch.setattr(app, "handlers", lambda: [*others, broken])
    monkeypatch.setattr(app, "hung", app.hung.__wrapped__)
    doors.app = app.doors(doors.settings, clock=lambda: doors.now)
    stranger, malee, form = doors.stranger(), await doors.as_(MALEE), {"code": "00000-00000"}
    answers = [
        await stranger.get("/broken"),
        await malee.get("/broken"),
        await stranger.get(static_files.address("site.css")),
        await stranger.post("/api/v1/sessions", content=b"[" * 9_100_000),
        *[await malee.post("/step-up", data={"pin": "918273"}) for _ in range(6)],
        await stranger.post("/enrol", data={**form, "new_pin": PIN}),
    ]
    assert {answer.status_code for answer in answers} == {200, 404, 409, 413, 429, 500}
    for answer in answers:
        for name, value in ALWAYS:
            assert answer.headers.get_list(name.decode()) == [value.decode()], answer
        assert "cache-control" in answer.headers, answer
    assert "strict-transport-security" not in answers[0].headers  # plain http
    assert any(name == b"strict-transport-security" for name, _ in for_origin("https://a.th"))


@only_sqlite  # the same
async def test_what_is_private_is_kept_by_nobody(sown: Sown) -> None:
    for door in sown.routes():
        if door.method == "GET" and not door.public:
            said = await sown.ask(door, sown.somebody(door))
            if said.status_code == 200:
                kept = said.headers["cache-control"]
                assert "no-store" in kept or "private" in kept, (door.name, kept)


def test_nothing_is_inline() -> None:
    """The policy above would stop it; so a page that needs it would be broken."""
    for file in (WEB / "templates").rglob("*.html"):
        if file.name in HASHED:
            continue
        text = file.read_text(encoding="utf-8")
        found = re.search(
            r"<style|<script(?![^>]*src=)|\sstyle=|\son[a-z]+=[\"']|javascript:", text
        )
        assert found is None, (file.name, found)
