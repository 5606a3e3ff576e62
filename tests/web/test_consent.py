"""Malee's name stands on a public page while she allows it, and not a moment longer."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from certification.basis.database import Database, in_use
from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.people import queries
from market.domain.accounts import pins
from tests import doors as doors_of
from tests.cast import KRIT, MALEE, PARTICULARS
from tests.doors import Doors
from tests.market import farm as farms
from tests.till import hidden

NAME = PARTICULARS[MALEE].name


@pytest.fixture
async def there(db: Database, tmp_path: Path) -> AsyncIterator[tuple[Doors, str]]:
    doors = await doors_of.opened(db, tmp_path)
    farm = await run(farms._settled, "organic", "kale")
    yield doors, (await farm.harvest(20_000)).code
    pins.close()


async def said(person: str = MALEE) -> int:
    rows = await in_use().query("SELECT id FROM consent WHERE person = {}", person)
    return len(rows)


async def test_she_allows_it_and_takes_it_back_at_once(there: tuple[Doors, str]) -> None:
    doors, lot = there
    malee, anybody = await doors.as_(MALEE), doors.stranger()
    before = await anybody.get(f"/L/{lot}")
    assert NAME not in before.text
    for given, heard in (("yes", "ชื่อของคุณแสดงอยู่"), ("no", "ขณะนี้ไม่แสดงชื่อ")):
        doors.later(minutes=1)
        paper = (await malee.get("/me/consent")).text
        assert "ข้าพเจ้ายินยอมให้แสดงชื่อ" in paper
        form = {"id": hidden(paper), "given": given}
        for _ in range(2):  # pressed twice
            done = await malee.post("/me/consent", data=form, follow_redirects=False)
            assert (done.status_code, done.headers["location"]) == (303, "/me/consent")
        assert heard in (await malee.get("/me/consent")).text
        kept = {"if-none-match": before.headers["etag"]}
        before = await anybody.get(f"/L/{lot}", headers=kept)
        assert before.status_code == 200  # the page that was kept is another one now
        assert (NAME in before.text) == (given == "yes")
    assert await said() == 2


async def test_a_program_says_it_in_the_words_that_it_showed(there: tuple[Doors, str]) -> None:
    doors, lot = there
    malee = await doors.as_(MALEE, "en")
    asked, of_votes = (await malee.get("/api/v1/consents")).json()
    assert of_votes["purpose"] == "vote_name"
    assert (asked["purpose"], asked["given"]) == ("public_name", False)
    assert "where everybody can read it" in asked["text"]
    address, body = "/api/v1/consents/public_name", {"id": new_id(), "given": True}
    first, again = [await malee.put(address, json=body) for _ in range(2)]
    assert (first.status_code, first.json()) == (200, again.json()), first.text
    assert await said() == 1
    otherwise = await malee.put(address, json={**body, "given": False})
    assert (otherwise.status_code, otherwise.json()["code"]) == (409, "asked.otherwise")
    assert NAME in (await doors.stranger().get(f"/L/{lot}")).text
    doors.later(minutes=1)
    back = await malee.put(address, json={"id": new_id(), "given": False})
    assert back.status_code == 200
    assert NAME not in (await doors.stranger().get(f"/L/{lot}")).text


async def test_nobody_says_it_for_malee(there: tuple[Doors, str]) -> None:
    doors, lot = there
    krit, anybody = await doors.as_(KRIT), doors.stranger()
    form = {"id": new_id(), "given": "yes", "person": MALEE}
    assert (await krit.post("/me/consent", data=form)).status_code == 200
    assert not await queries.consented(MALEE, "public_name")  # he spoke for himself
    assert NAME not in (await anybody.get(f"/L/{lot}")).text
    body = {"id": new_id(), "given": True}
    more = {**body, "person": MALEE}
    assert (await krit.put("/api/v1/consents/public_name", json=more)).status_code == 400
    assert (await krit.put("/api/v1/consents/everything", json=body)).status_code == 400
    assert (await anybody.put("/api/v1/consents/public_name", json=body)).status_code == 401
    sent = await anybody.post("/me/consent", data=form, follow_redirects=False)
    assert sent.headers["location"].startswith("/sign-in/unsent?next=")
    unknown = await krit.post("/me/consent", data={"given": "yes", "purpose": "everything"})
    assert unknown.status_code == 400
    nothing = await krit.post("/me/consent", data={"given": "perhaps"})
    assert nothing.status_code == 400
