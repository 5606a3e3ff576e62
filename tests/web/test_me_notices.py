"""Where Nok is told outside the page is hers to say: by page, by API, and by LINE itself."""

import base64
import hashlib
import hmac
import html
import io
import json
import re
import zipfile

import msgspec

from market.message_settings import Line, Messages
from tests.cast import KRIT, NOK, NOW, PRASERT
from tests.doors import Doors
from tests.market.outbox import NOKS_LINE, told, world
from tests.market.stall import stall_in_village

SECRET = "the channel's"


async def test_nothing_is_sent_where_nobody_set_it_up(doors: Doors) -> None:
    nok = await doors.as_(NOK, "en")
    shown = (await nok.get("/me/notices")).text
    assert "This market sends nothing by LINE, SMS or e-mail yet" in shown
    refused = await nok.post("/me/contacts/email", data={"address": "nok@example.com"})
    assert refused.status_code == 409
    assert (await nok.post("/me/contacts/pigeon")).status_code == 400


async def test_she_proves_her_address_sees_what_was_sent_and_takes_it_away(doors: Doors) -> None:
    there = await stall_in_village()
    with world() as out:
        nok, krit = await doors.as_(NOK, "en"), await doors.as_(KRIT, "en")
        wrong = await nok.post("/me/contacts/email", data={"address": "nok at home"})
        assert (wrong.status_code, "nok at home" in wrong.text) == (400, True)
        assert (
            "no…@example.com"
            in (await nok.post("/me/contacts/email", data={"address": "nok@example.com"})).text
        )
        await told(doors.now)
        [code] = re.findall(r"\b\d{6}\b", out.email.arrived[0].text)
        krits = await krit.post("/me/contacts/email/proof", data={"code": code})
        assert krits.status_code == 409
        assert (
            "You are told here"
            in (await nok.post("/me/contacts/email/proof", data={"code": code})).text
        )
        placed = await there.paid(1_000)
        await told(doors.now)
        shown = (await nok.get("/me/notices")).text
        assert placed.code in shown
        assert "Sent" in shown
        assert placed.code not in (await krit.get("/me/notices")).text
        await nok.post("/me/quiet-hours", data={"from_minute": "20.30", "until_minute": "7.00"})
        await nok.post("/me/topics", data={"topic": ["truck", "money"]})
        said = (await nok.get("/api/v1/me/notice-settings")).json()
        assert said["quiet"] == {"from_minute": 20 * 60 + 30, "until_minute": 7 * 60}
        assert "orders" in said["muted"]
        assert {one["state"] for one in said["sent"]} == {"sent"}
        assert said["contacts"][0]["address"] == "nok@example.com"
        await doors.step_up(NOK)
        packed = (await (await doors.as_(NOK)).get("/me/data.zip")).content
        held = json.loads(zipfile.ZipFile(io.BytesIO(packed)).read("everything.json"))
        assert held["contact"][0]["address"] == "nok@example.com"
        assert {one["state"] for one in held["delivery"]} == {"sent"}
        await nok.post("/me/contacts/email/end")
        assert "no…@example.com" not in (await nok.get("/me/notices")).text


async def test_line_says_who_she_is_and_nobody_else_can(doors: Doors) -> None:
    line = Line("token", SECRET, "@talat")
    doors.app.state.settings = msgspec.structs.replace(doors.settings, messages=Messages(line))
    with world():
        nok, stranger = await doors.as_(NOK, "en"), doors.stranger()
        shown = (await nok.post("/me/contacts/line")).text
        assert "@talat" in shown
        [code] = re.findall(r'class="code">([0-9A-Z]{8})<', shown)
        said = {"events": [
            {"type": "follow", "source": {"userId": NOKS_LINE}}, {"type": "message"}, {},
            {"type": "message", "source": {"userId": NOKS_LINE}, "message": {"text": code}},
        ]}  # fmt: skip
        body = json.dumps(said).encode()
        mark = base64.b64encode(hmac.digest(SECRET.encode(), body, hashlib.sha256)).decode()
        for wrong in ({}, {"x-line-signature": mark[:-4] + "AAA="}):
            refused = await stranger.post("/webhooks/line", content=body, headers=wrong)
            assert refused.status_code == 403
        assert "You are told here" not in (await nok.get("/me/notices")).text
        for _ in range(2):
            taken = await stranger.post(
                "/webhooks/line", content=body, headers={"x-line-signature": mark}
            )
            assert taken.status_code == 200
        assert "You are told here" in (await nok.get("/me/notices")).text


async def test_what_is_told_leads_to_the_order_and_the_harvest_list(doors: Doors) -> None:
    there = await stall_in_village()
    placed = await there.paid(1_000)
    await told(NOW)
    hers, his = [
        html.unescape((await (await doors.as_(who)).get("/me")).text) for who in (NOK, PRASERT)
    ]
    assert f'</span> <a href="/order/{placed.code}">ใบจอง' in hers
    assert '</span> <a href="/till">มีใบจองใหม่' in his
