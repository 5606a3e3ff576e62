"""The API's description as a page."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get

from market.web.page import page


@get("/api/docs", opt={"op": "docs.read"})
async def docs(request: Request[Any, Any, Any]) -> Response[bytes]:
    """`page` reads the schema from the state: `web` and `api` know nothing of each other."""
    schema = request.app.state.openapi()
    return page(request, "docs.html", schema=schema, operations=_operations(schema))


def _operations(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """By tag, then path: what a reader looks for."""
    found: list[dict[str, Any]] = []
    for path, item in schema["paths"].items():
        for method, operation in item.items():
            if method in ("get", "post", "put", "delete", "patch"):
                tag = (operation.get("tags") or ["other"])[0]
                found.append({"path": path, "method": method.upper(), "tag": tag, **operation})
    return sorted(found, key=lambda o: (o["tag"], o["path"], o["method"]))


DOORS = [docs]
