"""What no browser sends, byte by byte at the real server: no 5xx, and it goes on answering."""

import asyncio
import contextlib

import httpx
import pytest

from market.settings import Settings
from tests.databases import only_sqlite
from tests.faults import harness

HOST = b"Host: 127.0.0.1\r\n"
POST = b"POST /api/v1/orders HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
REFUSED = {
    "no request at all": b"\x00\xff\x01\r\n\r\n",
    "TLS where there is none": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "a line without a version": b"GET /\r\n\r\n",
    "a version of the future": b"GET / HTTP/9.9\r\n" + HOST + b"\r\n",
    "a space in the address": b"GET /a b HTTP/1.1\r\n" + HOST + b"\r\n",
    "an address without an end": b"GET /" + b"x" * 500_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "headers without an end": b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 5_000 + HOST + b"\r\n",
    "a header without a colon": b"GET / HTTP/1.1\r\nHost\r\n\r\n",
    "a header with NUL": b"GET / HTTP/1.1\r\n" + HOST + b"a: \x00\r\n\r\n",
    "two lengths": POST + b"Content-Length: 2\r\nContent-Length: 5\r\n\r\n{}abc",
    "two lengths in one": POST + b"Content-Length: 2, 5\r\n\r\n{}abc",
    "less than nothing": POST + b"Content-Length: -1\r\n\r\n{}",
    "a length that is none": POST + b"Content-Length: x\r\n\r\n{}",
    "a length beyond counting": POST + b"Content-Length: " + b"9" * 40 + b"\r\n\r\n{}",
    "chunks that are none": POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    "a coding that is none": POST + b"Transfer-Encoding: nonsense\r\n\r\n{}",
}
"""Whole requests: answered with a 4xx, or hung up on."""
SMUGGLED = (
    POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n"
)
"""Length and chunks at once: whichever is believed, no body may become a second request alone."""
HALF = {
    "half a line": b"GET /healt",
    "half the headers": b"GET / HTTP/1.1\r\n" + HOST,
    "half a body": POST + b'Content-Length: 500\r\n\r\n{"id":',
    "half a chunk": POST + b'Transfer-Encoding: chunked\r\n\r\nff\r\n{"id":',
}
WAITS_SECONDS = 1.5


async def said(port: int, sent: bytes) -> bytes:
    """All that comes back until the server hangs up, or nothing comes any more."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    heard = b""
    with contextlib.suppress(ConnectionError, TimeoutError):
        writer.write(sent)
        while more := await asyncio.wait_for(reader.read(65_536), WAITS_SECONDS):
            heard += more
    writer.close()
    return heard


def status(heard: bytes) -> int:
    """0 where it hung up without a word."""
    return int(heard.split(b" ", 2)[1]) if heard.startswith(b"HTTP/1.") else 0


async def gone_in_the_middle(port: int, sent: bytes) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    await writer.drain()
    writer.transport.abort()


async def dripping(port: int, body: bytes) -> bytes:
    """A byte at a time, as over a bad line."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(POST + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body))
    for byte in body:
        await asyncio.sleep(0.02)
        writer.write(bytes([byte]))
        await writer.drain()
    heard = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    return heard


@only_sqlite  # none of it reaches the database
@pytest.mark.usefixtures("begun_anew")  # as a person begins it, once in the suite
async def test_what_no_browser_sends_breaks_nothing(village: Settings) -> None:
    async with harness.served(village) as server:
        heard = await asyncio.gather(*[said(server.port, sent) for sent in REFUSED.values()])
        answers = dict(zip(REFUSED, map(status, heard), strict=True))
        wrong = {what: code for what, code in answers.items() if code and not 400 <= code < 500}
        assert not wrong, answers

        for sent in HALF.values():
            await asyncio.gather(*[gone_in_the_middle(server.port, sent) for _ in range(20)])
        smuggled = await said(server.port, SMUGGLED)
        assert b"HTTP/1.1 5" not in smuggled
        assert smuggled.count(b"HTTP/1.1 ") <= 2
        assert status(await dripping(server.port, b'{"id":"x"}')) == 400

        async with httpx.AsyncClient(base_url=server.origin) as client:
            assert (await client.get("/readyz")).status_code == 200
            assert (await client.get("/")).status_code == 200
        assert server.process
        assert server.process.poll() is None
        assert "Traceback" not in server.log.read_text()
