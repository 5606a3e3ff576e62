"""A deed comes from our own page: the browser says so, and it works with no script and no token."""

import pytest

from market.access import csrf
from market.access.guard import operations
from market.access.refusals import OtherSite
from market.answers.words import words
from tests.cast import MALEE
from tests.doors import Doors

OTHER_SITE = {True: '"access.other_site"', False: words("th").refusal(OtherSite())}
OURS = "http://testserver.local"


@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site", "origin": OURS}, False),
        ({"origin": OURS}, True),
        ({"origin": "https://evil.example"}, False),
        ({"origin": "null"}, False),
        ({}, False),
    ],
)
async def test_a_form_comes_from_our_own_page(
    doors: Doors, headers: dict[str, str], passes: bool
) -> None:
    malee = await doors.as_(MALEE)
    del malee.headers["sec-fetch-site"]
    said = await malee.post("/sign-out", headers=headers, follow_redirects=False)
    assert said.status_code == (303 if passes else 403)
    still = await malee.get("/farm", follow_redirects=False)
    assert (still.status_code == 200) != passes


async def test_a_program_without_a_cookie_needs_no_page(doors: Doors) -> None:
    stranger = doors.stranger()
    del stranger.headers["sec-fetch-site"]
    assert (await stranger.post("/sign-in", data={"pin": "1"})).status_code != 403
    assert (await stranger.post("/api/v1/plots", json={})).status_code == 401


async def test_looking_is_never_asked_where_it_comes_from(doors: Doors) -> None:
    malee = await doors.as_(MALEE)
    said = await malee.get("/farm", headers={"sec-fetch-site": "cross-site"})
    assert said.status_code == 200


FOREIGN = (
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {},
)


async def test_no_door_that_changes_something_opens_from_elsewhere(doors: Doors) -> None:
    """Every one of them, with Malee's cookie and without a word of where it comes from."""
    malee, tried, wrong = await doors.as_(MALEE), 0, []
    del malee.headers["sec-fetch-site"]
    for method, path, operation in operations(doors.app):
        if method in csrf.SAFE:
            continue
        for headers in FOREIGN:
            said = await malee.request(
                method, path.replace("{", "").replace("}", ""), headers=headers, content=b"",
                follow_redirects=False,
            )  # fmt: skip
            tried += 1
            if said.status_code != 403 or OTHER_SITE[path.startswith("/api/")] not in said.text:
                wrong.append((method, path, operation, headers, said.status_code))
    assert not wrong, "\n".join(map(str, wrong))
    assert tried > 400
    assert (await malee.get("/farm")).status_code == 200
