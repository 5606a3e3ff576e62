"""Forgetting who somebody was: by an administrator, for good, and never by a slip."""

from certification.people import queries
from tests.cast import ADMIN, KRIT, MALEE, NOK, PARTICULARS, YING
from tests.doors import Doors

NAME = PARTICULARS[NOK].name
ADDRESS = f"/api/v1/people/{NOK}/erasure"


async def test_nok_is_forgotten_and_her_phone_shut_out(doors: Doors) -> None:
    nok, admin = await doors.as_(NOK), await doors.as_(ADMIN)
    early = await admin.put(ADDRESS, json={"name": NAME})
    assert early.json()["code"] == "access.step_up_needed"
    await doors.step_up(ADMIN)
    wrong = await admin.put(ADDRESS, json={"name": PARTICULARS[MALEE].name})
    assert wrong.status_code == 400
    assert await queries.exist([NOK])
    done = await admin.put(ADDRESS, json={"name": NAME})
    assert done.status_code == 200, done.text
    assert await queries.names([NOK]) == {}
    assert (await nok.get("/me", follow_redirects=False)).status_code == 303  # to sign in
    assert (await admin.put(ADDRESS, json={"name": NAME})).status_code == 404  # nobody is there


async def test_nobody_else_erases_and_nobody_himself(doors: Doors) -> None:
    for person in (KRIT, YING, NOK):
        client = await doors.as_(person)
        await doors.step_up(person)
        assert (await client.put(ADDRESS, json={"name": NAME})).status_code == 403
    assert (await doors.stranger().put(ADDRESS, json={"name": NAME})).status_code == 401
    admin = await doors.as_(ADMIN)
    await doors.step_up(ADMIN)
    own = {"name": (await queries.particulars(ADMIN)).name}
    said = await admin.put(f"/api/v1/people/{ADMIN}/erasure", json=own)
    assert said.status_code == 409
    assert await queries.exist([NOK])
