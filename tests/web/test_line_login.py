"""With LINE one gets in as oneself: once for each way out, in the same browser, by its word."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from httpx import AsyncClient, Response

from certification.basis.database import in_use
from certification.people import queries as people
from market.gateways import line_login
from market.gateways.line_login import LineLogin
from market.gateways.line_login_fake import FakeLine
from tests.cast import DAO, NOK, NOW
from tests.doors import Doors

CHANNEL, SECRET = "2001234567", "a channel's secret"


@pytest.fixture
def line() -> Iterator[FakeLine]:
    fake = FakeLine(CHANNEL, SECRET, NOW)
    line_login.use(LineLogin(CHANNEL, SECRET, fake))
    yield fake
    line_login.use(None)


async def out(client: AsyncClient, onto: str = "") -> str:
    said = await client.get("/sign-in/line", params={"next": onto}, follow_redirects=False)
    assert said.status_code == 303, said.text
    return str(said.headers["location"])


async def home(client: AsyncClient, code: str, state: str) -> Response:
    return await client.get(
        "/sign-in/line/back", params={"code": code, "state": state}, follow_redirects=False
    )


async def test_somebody_new_is_known_the_next_time_and_signs_out(
    doors: Doors, line: FakeLine
) -> None:
    first = doors.stranger()
    away = await out(first, "/basket")
    asked = parse_qs(urlsplit(away).query)
    assert asked["scope"] == ["openid profile"]
    assert asked["redirect_uri"] == [f"{doors.settings.origin}/sign-in/line/back"]
    code, state = line.consents(away, "U1", "นก")
    said = await home(first, code, state)
    assert (said.status_code, said.headers["location"]) == (303, "/basket")
    assert "นก" in (await first.get("/me")).text
    assert (await home(first, code, state)).status_code == 409  # brought twice
    await first.post("/sign-out")
    assert (await first.get("/me", follow_redirects=False)).status_code == 303
    other = doors.stranger()
    await home(other, *line.consents(await out(other), "U1", "another name"))
    assert "นก" in (await other.get("/me")).text
    rows = await in_use().query("SELECT person, subject_index FROM line_link")
    assert len(rows) == 1
    assert "U1" not in rows[0]["subject_index"]
    assert (await people.particulars(rows[0]["person"])).phone is None


async def test_who_is_signed_in_already_may_use_line_from_then_on(
    doors: Doors, line: FakeLine
) -> None:
    nok = await doors.as_(NOK)
    assert "/sign-in/line?link=1" in (await nok.get("/me/devices")).text
    for account in ("U0", "U2"):  # the newest holds
        said = await nok.get("/sign-in/line", params={"link": "1"}, follow_redirects=False)
        await home(nok, *line.consents(said.headers["location"], account, "Nok"))
    doors.forget(NOK)
    again = doors.stranger()
    await home(again, *line.consents(await out(again), "U2", "Nok"))
    rows = await in_use().query("SELECT person FROM line_link")
    assert [row["person"] for row in rows] == [NOK]
    assert (await again.get("/me")).status_code == 200
    assert "/me/devices/line/revoke" in (await again.get("/me/devices")).text
    for _ in range(2):
        assert (await again.post("/me/devices/line/revoke")).status_code == 200
    assert await in_use().query("SELECT person FROM line_link") == []
    shown = (await again.get("/me/devices")).text
    assert "/me/devices/line/revoke" not in shown
    only = doors.stranger()
    await home(only, *line.consents(await out(only), "U7", "with LINE alone"))
    said = await only.post("/me/devices/line/revoke")
    assert (said.status_code, "ยังผูกไว้เหมือนเดิม" in said.text) == (409, True)
    assert len(await in_use().query("SELECT person FROM line_link")) == 1
    await home(again, *line.consents(await out(again), "U5", "her daughter, on the same phone"))
    assert len(await in_use().query("SELECT person FROM line_link")) == 2


async def test_what_is_not_lines_word_for_this_browser_now_lets_nobody_in(
    doors: Doors, line: FakeLine
) -> None:
    nok, krit = doors.stranger(), doors.stranger()
    code, state = line.consents(await out(nok), "U3", "Nok")
    wrong: list[str] = []
    for client, brought in ((krit, state), (nok, "x"), (nok, "")):
        if (await home(client, code, brought)).status_code != 409:
            wrong.append(f"state {brought!r}")
    for otherwise in (
        {"aud": "2009999999"}, {"iss": "https://line.example"}, {"exp": int(NOW.timestamp())},
        {"iat": int(NOW.timestamp()) + 3600}, {"nonce": "another"}, {"alg": "none"},
        {"alg": "ES256"}, {"sub": ""},
    ):  # fmt: skip
        line.otherwise = otherwise
        said = await home(nok, *line.consents(await out(nok), "U3", "Nok"))
        if said.status_code != 409 or "LINE" not in said.text:
            wrong.append(f"{otherwise}: {said.status_code}")
    line.otherwise = {}
    line.secret = "another's secret"  # the token is signed by somebody else, or the code is refused
    if (await home(nok, *line.consents(await out(nok), "U3", "Nok"))).status_code != 409:
        wrong.append("signed by another")
    line.secret, line.down = SECRET, True
    if (await home(nok, *line.consents(await out(nok), "U3", "Nok"))).status_code != 503:
        wrong.append("down")
    line.down = False
    late = line.consents(await out(nok), "U3", "Nok")
    doors.later(minutes=11)
    if (await home(nok, *late)).status_code != 409:
        wrong.append("late")
    assert wrong == []
    assert await in_use().query("SELECT person FROM line_link") == []
    assert (await nok.get("/me", follow_redirects=False)).status_code == 303


async def test_staff_sign_in_with_their_pin_and_without_a_channel_it_is_off(
    doors: Doors, line: FakeLine
) -> None:
    dao = await doors.as_(DAO)
    said = await dao.get("/sign-in/line", params={"link": "1"}, follow_redirects=False)
    refused = await home(dao, *line.consents(said.headers["location"], "U4", "Dao"))
    assert (refused.status_code, "PIN" in refused.text) == (409, True)
    assert await in_use().query("SELECT person FROM line_link") == []
    said = await home(stranger := doors.stranger(), "", "")
    assert said.status_code == 409
    away = await out(stranger)
    state = parse_qs(urlsplit(away).query)["state"][0]
    no = await home(stranger, "", state)  # said no at LINE
    assert no.headers["location"] == "/sign-in"
    assert "/sign-in/line" in (await stranger.get("/sign-in")).text
    line_login.use(None)
    assert "/sign-in/line" not in (await stranger.get("/sign-in")).text
    assert (await stranger.get("/sign-in/line")).status_code == 409
