"""An app asked as the server asks it, with nothing of a client in between."""

from typing import Any

Said = tuple[int, list[tuple[bytes, bytes]], bytes]
"""Status, headers in order of their names, body."""


async def ask(app: Any, method: str, target: str, *headers: tuple[bytes, bytes]) -> Said:
    path, _, query = target.partition("?")
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method,
        "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": query.encode(),
        "root_path": "", "headers": list(headers), "client": ("192.0.2.7", 5), "state": {},
        "server": ("testserver.local", 80),
    }  # fmt: skip
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], sorted(sent[0]["headers"]), body
