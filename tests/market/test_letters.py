"""LINE, SMS and e-mail as they answer: taken, refused, too fast, away, silent."""

import asyncio
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest

from market import settings
from market.domain.notices.letters import Letter, Outcome
from market.gateways.letters.line import Line, signed
from market.gateways.letters.mail import Letters
from market.gateways.letters.sms import ShortMessages
from market.message_settings import Mail, Sms

LETTER = Letter(
    "01930000-0000-7000-8000-00000000d001", "0812345604", "ตลาดเขียว", "ใบจอง\nhttps://x/me"
)
QUOTA = {"message": "You have reached your monthly limit."}
BULK = Sms("thaibulksms", "thekey:thesecret", "Talat")
PLAIN = Sms("https://sms.example/send", "token", "Talat")
Answer = tuple[int, object] | type[Exception]


def world(answer: Answer, seen: list[httpx.Request]) -> httpx.MockTransport:
    def asked(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if isinstance(answer, tuple):
            return httpx.Response(answer[0], json=answer[1])
        raise answer("no")

    return httpx.MockTransport(asked)


@pytest.mark.parametrize(
    ("channel", "answers"),
    [
        (
            lambda t: Line("token", t),
            {
                (200, "{}"): "sent", (409, "{}"): "sent", (400, "{}"): "failed",
                (403, "{}"): "failed", (401, "{}"): "again", (429, "{}"): "again",
                (500, "{}"): "unknown",
            },
        ),
        (
            lambda t: ShortMessages(BULK, t),
            {
                (201, '{"bad_phone_number_list": []}'): "sent",
                (201, '{"bad_phone_number_list": [{"number": "66812345604"}]}'): "failed",
                (400, "{}"): "failed", (402, "{}"): "failed", (401, "{}"): "again",
                (503, "{}"): "unknown",
            },
        ),
        (lambda t: ShortMessages(PLAIN, t), {(202, "[]"): "sent", (429, "{}"): "again"}),
    ],
)  # fmt: skip
async def test_each_answer_means_one_thing(
    channel: Callable[[httpx.AsyncBaseTransport], Line | ShortMessages],
    answers: dict[tuple[int, str], str],
) -> None:
    for (status, body), state in answers.items():
        said = await channel(world((status, json.loads(body)), [])).send(LETTER)
        assert said.state == state, (status, body)
    for fault, state in {httpx.ConnectError: "again", httpx.ReadTimeout: "unknown"}.items():
        assert (await channel(world(fault, [])).send(LETTER)).state == state


async def test_line_is_given_the_letters_id_and_its_quota_is_final() -> None:
    seen: list[httpx.Request] = []
    await Line("token", world((200, {}), seen)).send(LETTER)
    assert seen[0].headers["x-line-retry-key"] == LETTER.id
    assert seen[0].headers["authorization"] == "Bearer token"
    assert json.loads(seen[0].content)["messages"][0]["text"] == LETTER.text
    assert await Line("t", world((429, QUOTA), [])).send(LETTER) == Outcome("failed", "quota")


async def test_an_sms_is_asked_for_as_the_provider_wishes() -> None:
    seen: list[httpx.Request] = []
    await ShortMessages(BULK, world((201, {}), seen)).send(LETTER)
    await ShortMessages(PLAIN, world((200, {}), seen)).send(LETTER)
    bulk, plain = seen
    assert bulk.headers["authorization"].startswith("Basic ")
    assert b"msisdn=66812345604" in bulk.content
    assert json.loads(plain.content)["to"] == "+66812345604"
    assert plain.headers["idempotency-key"] == LETTER.id


def test_only_line_itself_can_sign() -> None:
    body, mark = b'{"events":[]}', "wEUO7N4ZsdiTbGGMNqTP8ybWuvpCJfHGGzVvGkwNLmg="
    assert not signed(body, mark, "another")
    assert not signed(body, "", "secret")
    assert not signed(body, "ก", "secret")


@contextmanager
def post_office(
    *, refuses: bytes = b"", silent: bool = False
) -> Iterator[tuple[Letters, list[str]]]:
    """SMTP on this machine, as far as one letter needs it."""
    taken: list[str] = []
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = server.accept()
        with connection, connection.makefile("rwb") as wire:
            _converse(wire, taken, refuses, silent=silent)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    port = server.getsockname()[1]
    try:
        yield Letters(Mail("127.0.0.1", port, False, "", "", "market@example.org")), taken
    finally:
        thread.join(5)
        server.close()


def _converse(wire, taken: list[str], refuses: bytes, *, silent: bool) -> None:  # type: ignore[no-untyped-def]
    def say(text: bytes) -> None:
        wire.write(text + b"\r\n")
        wire.flush()

    say(b"220 here")
    while line := wire.readline().upper():
        if line.startswith(b"DATA"):
            say(b"354 go on")
            letter = []
            while (part := wire.readline()) != b".\r\n":
                letter.append(part.decode())
            taken.append("".join(letter))
            if silent:
                return
        if line.startswith(b"RCPT") and refuses:
            say(refuses)
        else:
            say(b"250 yes")
        if line.startswith(b"QUIT"):
            return


async def test_a_letter_is_taken_refused_put_off_or_lost() -> None:
    mailed = Letter(LETTER.id, "nok@example.com", LETTER.subject, LETTER.text)
    with post_office() as (office, taken):
        assert await office.send(mailed) == Outcome("sent")
    assert f"<{LETTER.id}@example.org>" in taken[0]
    for refuses, wanted in {b"550 nobody": "failed", b"451 later": "again"}.items():
        with post_office(refuses=refuses) as (office, _):
            assert (await office.send(mailed)).state == wanted
    with post_office(silent=True) as (office, _):
        assert (await office.send(mailed)).state == "unknown"
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    away = Letters(Mail("127.0.0.1", port, False, "", "", "market@example.org"))
    assert (await asyncio.wait_for(away.send(mailed), 5)).state == "again"


def test_half_of_a_setting_is_refused_and_never_told_back() -> None:
    for said in (
        {"MARKET_LINE_TOKEN": "hidden"},
        {
            "MARKET_SMS": "http://sms.example",
            "MARKET_SMS_TOKEN": "hidden",
            "MARKET_SMS_SENDER": "x",
        },
        {"MARKET_SMTP": "smtp://a:hidden@mail.example"},
    ):
        with pytest.raises(settings.NonsenseInEnvironment) as no:
            settings.read(said)
        assert "hidden" not in str(no.value)
    whole = settings.read({
        "MARKET_SMTP": "smtps://a%40b:p%3Aw@mail.example", "MARKET_MAIL_FROM": "m@example.org",
    }).messages  # fmt: skip
    assert whole.mail == Mail("mail.example", 465, True, "a@b", "p:w", "m@example.org")
    assert (whole.line, whole.sms) == (None, None)
