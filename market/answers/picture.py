"""A kept picture as an answer: shown, saved under a plain name, and never run as a page."""

from __future__ import annotations

from litestar import Response

ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}


def picture(kind: str, content: bytes, name: str) -> Response[bytes]:
    headers = {
        "content-disposition": f'inline; filename="{name}.{ENDINGS[kind]}"',
        "content-security-policy": "default-src 'none'; sandbox",
        "cache-control": "private, max-age=86400, immutable",
    }
    return Response(content, media_type=kind, headers=headers)
