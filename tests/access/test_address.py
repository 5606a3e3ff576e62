"""Whose tries are counted, and what counts as https: our own proxy is believed, nobody else is."""

from pathlib import Path

import pytest
from httpx import ASGITransport, AsyncClient

from certification.basis import codes
from certification.basis.database import Database
from market import settings
from market.domain.accounts import pins, rules
from tests.cast import WAN
from tests.doors import PIN, Doors

READER, OTHER, PROXY, STRANGER = "198.51.100.7", "198.51.100.8", "192.0.2.1", "203.0.113.9"
LETTERS = "A" * (rules.CODE_LETTERS - 1)
UNKNOWN = LETTERS + codes.check_character(LETTERS)
"""Well written, and never given to anybody."""


def test_the_proxies_are_addresses_or_nonsense() -> None:
    assert settings.read({}).proxies == frozenset()
    assert settings.read({"MARKET_PROXY": " 127.0.0.1, ::1"}).proxies == {"127.0.0.1", "::1"}
    with pytest.raises(settings.NonsenseInEnvironment, match="MARKET_PROXY"):
        settings.read({"MARKET_PROXY": "my-proxy"})


def through(doors: Doors, folder: Path, peer: str) -> AsyncClient:
    """Somebody whose packets come from `peer`, at a service that trusts PROXY."""
    said = settings.read({
        "MARKET_DATA": str(folder), "MARKET_ORIGIN": "http://testserver.local",
        "MARKET_PROXY": PROXY,
    })  # fmt: skip
    doors.app.state.settings = said
    return AsyncClient(
        transport=ASGITransport(doors.app, client=(peer, 1)),
        base_url="http://market.example",
        headers={"sec-fetch-site": "same-origin"},
    )


async def tries(db: Database, address: str) -> int:
    key = f"address:{pins.pseudonym(address)}"
    found = await db.query("SELECT id FROM wrong_try WHERE id = {}", key)
    return len(found)


@pytest.mark.parametrize(("peer", "said", "counted"), [
    (PROXY, READER, READER), (PROXY, f"{OTHER}, {READER}", READER), (PROXY, "no address", PROXY),
    (PROXY, f"::ffff:{READER}", READER), (STRANGER, READER, STRANGER),
    (f"::ffff:{PROXY}", READER, READER),
])  # fmt: skip
async def test_wrong_tries_are_counted_against_the_reader(
    doors: Doors, db: Database, tmp_path: Path, peer: str, said: str, counted: str
) -> None:
    program = through(doors, tmp_path, peer)
    told, body = {"x-forwarded-for": said}, {"code": UNKNOWN, "pin": PIN}
    assert (await program.post("/api/v1/devices", json=body, headers=told)).status_code == 404
    for address in (READER, OTHER, PROXY, STRANGER):
        assert await tries(db, address) == (address == counted)


async def test_pages_count_as_programs_do(doors: Doors, db: Database, tmp_path: Path) -> None:
    browser = through(doors, tmp_path, PROXY)
    form = {"code": UNKNOWN, "new_pin": PIN}
    said = await browser.post("/enrol", data=form, headers={"x-forwarded-for": READER})
    assert said.status_code == 404
    assert (await tries(db, READER), await tries(db, PROXY)) == (1, 0)


@pytest.mark.parametrize(("peer", "said", "status"), [
    (PROXY, "https", 200), (PROXY, "http", 403), (PROXY, "https, http", 403), (PROXY, "", 403),
    (STRANGER, "https", 403),
])  # fmt: skip
async def test_staff_come_by_https_as_our_proxy_says_it(
    doors: Doors, tmp_path: Path, peer: str, said: str, status: int
) -> None:
    wan = await doors.as_(WAN)
    secret = wan.cookies[doors.app.state.cookie]
    told = {"authorization": f"Bearer {secret}", "x-forwarded-proto": said}
    page = await through(doors, tmp_path, peer).get("/about", headers=told)
    assert page.status_code == status
