"""Health, static files and the sign: what needs no database row to be right."""

from __future__ import annotations

import msgspec
from litestar import Response, get
from litestar.params import FromPath

from certification.basis.database import in_use
from market.web import static_files
from market.web.kept import squeezed, takes_gzip
from market.web.page import Ask

FOR_EVER = "public, max-age=31536000, immutable"


@get("/healthz", opt={"op": "health.read"}, media_type="text/plain")
async def alive() -> str:
    return "ok"


@get("/readyz", opt={"op": "health.read"})
async def ready() -> Response[bytes]:
    """The database answers and the log has its head."""
    [head] = await in_use().query("SELECT seq FROM log_head WHERE id = 1")
    body = msgspec.json.encode({"database": in_use().engine_type, "log_seq": head["seq"]})
    return Response(body, media_type="application/json")


@get("/static/{name:str}", opt={"op": "static.read"})
async def static_file(request: Ask, name: FromPath[str]) -> Response[bytes]:
    kind, content = static_files.fetch(name)
    answer = Response(content, media_type=kind, headers={"cache-control": FOR_EVER})
    if kind.startswith(("text/", "image/svg")):
        answer.headers["vary"] = "accept-encoding"
        if takes_gzip(request.headers.get("accept-encoding", "")):
            return squeezed(answer)
    return answer


DOORS = [alive, ready, static_file]
