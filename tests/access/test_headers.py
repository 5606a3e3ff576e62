"""Every answer, of whatever kind and status, carries the security headers once."""

import re
from pathlib import Path

from market.answers.headers import ALWAYS
from tests.access.sown import STRANGER, Sown
from tests.cast import MALEE

WEB = Path(__file__).parents[2] / "market/web"


async def test_every_answer_has_the_headers(sown: Sown) -> None:
    statuses = set()
    for door in sown.routes():
        for person in (STRANGER, MALEE):
            said = await sown.ask(door, person)
            statuses.add(said.status_code)
            for name, value in ALWAYS:
                found = said.headers.get_list(name.decode())
                if name != b"content-security-policy":
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
        text = file.read_text(encoding="utf-8")
        found = re.search(
            r"<style|<script(?![^>]*src=)|\sstyle=|\son[a-z]+=[\"']|javascript:", text
        )
        assert found is None, (file.name, found)
