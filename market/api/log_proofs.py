"""The record's signed root, and the proofs that lead to it: for whoever checks without trusting us.

Not below `/api/`: these addresses are printed and saved, and stay as they are.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Response, get
from litestar.params import PathParameter, QueryParameter

from certification.basis import checkpoints, cosignatures, inclusion
from certification.basis.checkpoints import Signed
from certification.basis.inclusion import Proved

TEXT = "text/plain; charset=utf-8"
Number = Annotated[int, QueryParameter(ge=0, lt=2**53)]
Size = Annotated[int | None, QueryParameter(ge=1, lt=2**53)]
Seq = Annotated[int, PathParameter(ge=0, lt=2**53)]


class EntryProof(msgspec.Struct, frozen=True):
    """RFC 9162 section 2.1.3: `proof` leads from `leaf` to `root`. Hashes are hex."""

    seq: int
    index: int
    leaf: str
    proof: list[str]
    size: int
    root: str
    checkpoint: str
    """The C2SP note that says size and root, and is signed."""
    verifier: str
    """The key, as `name+number+key`; have it from somebody else than us."""


class ConsistencyProof(msgspec.Struct, frozen=True):
    """RFC 9162 section 2.1.4: the first tree is the beginning of the second. Hashes are hex."""

    first: int
    first_root: str
    second: int
    second_root: str
    proof: list[str]


@get(
    "/log/checkpoint",
    opt={"op": "log.read"},
    tags=["log"],
    media_type="text/plain",
    summary="The newest signed checkpoint, or the one over so many entries (C2SP tlog-checkpoint)",
)
async def read_checkpoint(size: Size = None) -> Response[str]:
    signed = await _signed(size)
    return Response(signed.note, media_type=TEXT)


@get(
    "/log/key",
    opt={"op": "log.read"},
    tags=["log"],
    media_type="text/plain",
    summary="The key to check checkpoints with, the newest first (C2SP signed-note)",
)
async def read_key() -> Response[str]:
    await checkpoints.newest()
    return Response("".join(f"{key}\n" for key in await checkpoints.verifiers()), media_type=TEXT)


@get(
    "/log/proof/{seq:int}",
    opt={"op": "log.read"},
    tags=["log"],
    summary="That an entry is in the record as it was signed",
)
async def read_proof(seq: Seq, size: Size = None) -> EntryProof:
    signed, proved = await inclusion.of_entry(seq, size)
    return as_proof(await cosignatures.with_lines(signed), proved)


@get(
    "/log/proof/{seq:int}/file",
    opt={"op": "log.read"},
    tags=["log"],
    media_type="text/plain",
    summary="The same as one text to keep (C2SP tlog-proof)",
)
async def read_proof_file(seq: Seq, size: Size = None) -> Response[str]:
    signed, proved = await inclusion.of_entry(seq, size)
    name = f'attachment; filename="entry-{seq}.tlog-proof"'
    return Response(
        inclusion.as_text(await cosignatures.with_lines(signed), proved),
        media_type=TEXT,
        headers={"content-disposition": name},
    )


@get(
    "/log/consistency",
    opt={"op": "log.read"},
    tags=["log"],
    summary="That the first so many entries are the beginning of the first so many more",
)
async def read_consistency(first: Number, second: Number) -> ConsistencyProof:
    found = await inclusion.between(first, second)
    return ConsistencyProof(
        found.first, found.first_root.hex(), found.second, found.second_root.hex(),
        [step.hex() for step in found.proof],
    )  # fmt: skip


def as_proof(signed: Signed, proved: Proved) -> EntryProof:
    return EntryProof(
        seq=proved.seq,
        index=proved.seq - 1,
        leaf=proved.leaf.hex(),
        proof=[step.hex() for step in proved.proof],
        size=signed.size,
        root=signed.root.hex(),
        checkpoint=signed.note,
        verifier=signed.verifier,
    )


async def _signed(size: int | None) -> Signed:
    found = await checkpoints.newest() if size is None else await checkpoints.of_size(size)
    return await cosignatures.with_lines(found)


DOORS = [read_checkpoint, read_key, read_proof, read_proof_file, read_consistency]
