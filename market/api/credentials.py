"""Certificates as signed files that any program can check, and all that is needed to check them.

Not below `/api/`: these addresses stand in the files, which others keep.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, PathParameter

from certification.basis import contexts
from certification.credentials import queries
from market.domain.passports import queries as passports

At = NamedDependency[datetime]
Number = Annotated[int, PathParameter(ge=1, lt=2**31)]
Ask = Request[Any, Any, Any]
OPEN = {"cross-origin-resource-policy": "cross-origin"}
"""Public, and to be checked from any page in any browser (`answers/shared`)."""
VC, VC_JWT, DID, LD = (
    "application/vc", "application/vc+jwt", "application/did+json", "application/ld+json",
)  # fmt: skip


@get(
    "/C/{typed:str}/vc.json",
    opt={"op": "trace.read"},
    tags=["credentials"],
    media_type=VC,
    summary="The certificate as a W3C Verifiable Credential (Data Integrity, eddsa-jcs-2022)",
)
async def read_credential(request: Ask, typed: FromPath[str]) -> Response[Any]:
    return _json(await queries.credential(typed, _origin(request)), VC)


@get(
    "/C/{typed:str}/vc.jwt",
    opt={"op": "trace.read"},
    tags=["credentials"],
    media_type=VC_JWT,
    summary="The same as one token (W3C VC-JOSE-COSE, alg Ed25519)",
)
async def read_credential_jwt(request: Ask, typed: FromPath[str]) -> Response[bytes]:
    return _token(await queries.credential_jwt(typed, _origin(request)))


@get(
    "/C/{typed:str}/dcc.json",
    opt={"op": "trace.read"},
    tags=["credentials"],
    media_type=VC,
    summary="The certificate as a UNTP Digital Conformity Credential, signed in itself",
)
async def read_attestation(request: Ask, typed: FromPath[str]) -> Response[Any]:
    return _json(await queries.attestation(typed, _origin(request)), VC)


@get(
    "/C/{typed:str}/dcc.jwt",
    opt={"op": "trace.read"},
    tags=["credentials"],
    media_type=VC_JWT,
    summary="The same as one token, as UNTP asks for it",
)
async def read_attestation_jwt(request: Ask, typed: FromPath[str]) -> Response[bytes]:
    return _token(await queries.attestation_jwt(typed, _origin(request)))


@get(
    "/L/{typed:str}/dpp.json",
    opt={"op": "trace.read"},
    tags=["credentials"],
    media_type=VC,
    summary="The lot as a UNTP Digital Product Passport, signed in itself",
)
async def read_passport(request: Ask, typed: FromPath[str]) -> Response[Any]:
    return _json(await passports.passport(typed, _origin(request)), VC)


@get(
    "/L/{typed:str}/dpp.jwt",
    opt={"op": "trace.read"},
    tags=["credentials"],
    media_type=VC_JWT,
    summary="The same as one token, as UNTP asks for it",
)
async def read_passport_jwt(request: Ask, typed: FromPath[str]) -> Response[bytes]:
    return _token(await passports.passport_jwt(typed, _origin(request)))


@get(
    "/status/{purpose:str}/{number:int}",
    opt={"op": "trace.read"},
    tags=["credentials"],
    media_type=VC,
    summary="Which certificates are revoked or suspended now (W3C Bitstring Status List)",
)
async def read_status(
    request: Ask, purpose: FromPath[str], number: Number, at: At
) -> Response[Any]:
    return _json(await queries.status_list(purpose, number, _origin(request), at), VC)


@get(
    "/.well-known/did.json",
    opt={"op": "trace.read"},
    tags=["credentials"],
    media_type=DID,
    summary="Whose signature it is: the keys behind this market's did:web",
)
async def read_did(request: Ask) -> Response[Any]:
    return _json(await queries.did_document(_origin(request)), DID)


@get(
    contexts.PATH,
    opt={"op": "trace.read"},
    tags=["credentials"],
    media_type=LD,
    summary="What our own words in public JSON mean (JSON-LD context); it never changes",
)
async def read_context() -> Response[Any]:
    headers = {**OPEN, "cache-control": "public, max-age=31536000, immutable"}
    return Response(contexts.CONTENT, media_type=LD, headers=headers)


def _json(document: dict[str, Any], media_type: str) -> Response[Any]:
    return Response(msgspec.json.encode(document), media_type=media_type, headers=OPEN)


def _token(token: str) -> Response[bytes]:
    return Response(token.encode(), media_type=VC_JWT, headers=OPEN)


def _origin(request: Ask) -> str:
    return str(request.app.state.settings.origin)


DOORS = [
    read_credential, read_credential_jwt, read_attestation, read_attestation_jwt,
    read_passport, read_passport_jwt, read_status, read_did, read_context,
]  # fmt: skip
