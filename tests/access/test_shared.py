"""Which answers pages of others may read: public JSON, for everybody alike, and nothing else."""

from market.access import policy
from market.answers.shared import OPEN
from tests.access.sown import STRANGER, Sown
from tests.access.test_every_route import told
from tests.cast import MALEE
from tests.databases import only_sqlite

CREDENTIALS = "access-control-allow-credentials"
JSON = ("/json", "+json", "/vc", "/vc+jwt")
"""Signed or not."""
ORIGIN = {"origin": "https://a.example", "accept": "application/json"}


@only_sqlite  # headers only
async def test_only_public_json_may_be_read_by_others_and_never_with_credentials(
    sown: Sown,
) -> None:
    wrong: list[object] = []
    shared = 0
    for door in sown.routes():
        asked = await sown.ask(door, STRANGER, headers=ORIGIN)
        as_malee = await sown.ask(door, MALEE, headers=ORIGIN) if door.method == "GET" else asked
        client = sown.doors.stranger()
        before = await client.options(sown.address(door.path), headers=ORIGIN)
        if any(CREDENTIALS in said.headers for said in (asked, as_malee, before)):
            wrong.append(f"{door.name}: credentials")
        is_open = door.operation in OPEN and door.method == "GET"
        json = asked.headers.get("content-type", "").split(";")[0].endswith(JSON)
        for said in (asked, as_malee):
            allowed = said.headers.get_list("access-control-allow-origin")
            if allowed != (["*"] if is_open and json else []):
                wrong.append(f"{door.name} {said.status_code}: {allowed}")
        shared += is_open and json
        if is_open and before.headers.get("access-control-allow-origin") != "*":
            wrong.append(f"OPTIONS {door.path}: not allowed")
    assert not wrong, told(wrong)
    assert shared > 20


@only_sqlite
async def test_what_may_not_be_read_is_not_allowed_beforehand(sown: Sown) -> None:
    """OPTIONS of an address none of whose GETs is open says nothing of others."""
    opened = {d.path for d in sown.routes() if d.method == "GET" and d.operation in OPEN}
    wrong: list[object] = []
    for path in sorted({d.path for d in sown.routes()} - opened):
        said = await sown.doors.stranger().options(sown.address(path), headers=ORIGIN)
        if any(name.startswith("access-control") for name in said.headers):
            wrong.append(path)
    assert not wrong, told(wrong)


def test_each_is_given_to_anyone_by_the_policy() -> None:
    assert all(policy.read().is_public(operation) for operation in OPEN)
