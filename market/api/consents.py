"""What whoever is signed in allows to be shown of her."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from certification.people import queries
from certification.people.rules import Consented, ConsentWithdrawn
from market.access import consents
from market.access.permit import Permit, Place
from market.answers.language import words_for

Ask = Request[Any, Any, Any]
Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


class ConsentSaid(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    given: bool
    """False takes it back."""


class ConsentView(msgspec.Struct, frozen=True):
    """`text`: the words to be shown, in the language that was asked for."""

    purpose: str
    text: str
    given: bool


@get(
    "/api/v1/consents",
    opt={"op": "me.read"},
    tags=["people"],
    summary="What I am asked to allow, in which words, and whether I do",
)
async def list_consents(request: Ask, permit: Mine) -> list[ConsentView]:
    say = words_for(request)
    return [
        ConsentView(purpose, say(text), await queries.consented(permit.person, purpose))
        for purpose, text in consents.TEXTS.items()
    ]


@put(
    "/api/v1/consents/{purpose:str}",
    opt={"op": "me.edit"},
    tags=["people"],
    summary="Give consent or take it back; the words are those of `GET /api/v1/consents`",
)
async def set_consent(
    request: Ask, purpose: FromPath[str], data: JSONBody[ConsentSaid], permit: Mine, at: Now
) -> Consented | ConsentWithdrawn:
    permit.check(Place(owner=permit.person))
    shown = words_for(request)(consents.text(purpose))
    return await consents.say(
        data.id, purpose, shown, given=data.given, by=permit.person, at=at
    )  # fmt: skip


DOORS = [list_consents, set_consent]
