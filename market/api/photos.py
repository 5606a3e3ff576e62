"""Photos of a visit: JPEG, PNG or WEBP, drawn anew without what the camera wrote into them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, put
from litestar.di import NamedDependency
from litestar.openapi.spec import (
    OpenAPIFormat,
    OpenAPIMediaType,
    OpenAPIType,
    Operation,
    RequestBody,
    Schema,
)
from litestar.params import FromPath, FromQuery

from certification.basis import blobs, pictures
from certification.inspections import commands, queries
from certification.inspections.rules import AttachPhoto, PhotoAttached
from market.access import deeds, guarantee
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.answers.picture import picture

Mine = NamedDependency[Permit]
KINDS = ("image/jpeg", "image/png")


class PhotoSent(Operation):
    """What the signature cannot say: the body is the picture itself."""

    def __post_init__(self) -> None:
        picture = OpenAPIMediaType(
            schema=Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY)
        )
        self.request_body = RequestBody(dict.fromkeys(KINDS, picture), required=True)


@put(
    "/api/v1/inspections/{id:str}/photos/{photo:str}",
    opt={"op": "inspection.do"},
    tags=["photos"],
    summary="A photo as raw bytes; `item` is the question it belongs to",
    operation_class=PhotoSent,
)
async def attach(
    request: Request[Any, Any, Any],
    id: FromPath[str],
    photo: FromPath[str],
    permit: Mine,
    at: NamedDependency[datetime],
    item: FromQuery[str] = "",
) -> PhotoAttached:
    await guarantee.visit_done(id, permit)
    deeds.ensure_storable(item, photo)
    digest = await pictures.keep(await request.body(), by=permit.person, at=at)
    attached = AttachPhoto(photo, id, digest, item or None)
    return await deeds.once(commands.attach_photo, attached, PhotoAttached, by=permit.person, at=at)


@get(
    "/api/v1/inspections/{id:str}/photos/{photo:str}",
    opt={"op": "inspection.read"},
    tags=["photos"],
    summary="The bytes of one photo",
    media_type="image/*",  # which, says each answer
)
async def read_photo(id: FromPath[str], photo: FromPath[str], permit: Mine) -> Response[bytes]:
    await guarantee.visit_seen(id, permit)
    found = next((one for one in await queries.photos(id) if one.id == photo), None)
    if found is None:
        raise NotThere
    kind, content = await blobs.fetch(found.blob)
    return picture(kind, content, f"photo-{photo}")


DOORS = [attach, read_photo]
