"""The tree, against the words of RFC 6962, others' vectors, and proofs that are wrong."""

import hashlib
import json
from base64 import b64decode
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.basis import merkle
from tests.basis.conftest import ROOT

VECTORS = json.loads((ROOT / "tests/vendor/tlog/merkle-proofs.json").read_text())
INPUTS = [b"", b"\x00", b"\x10", b"\x20\x21", b"\x30\x31", b"\x40\x41\x42\x43",
          bytes(range(0x50, 0x58)), bytes(range(0x60, 0x70))]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""Of the first 1 to 8 inputs, as certificate transparency's own tests have them."""


def leaves(count: int) -> list[bytes]:
    return [hashlib.sha256(b"\0" + str(n).encode()).digest() for n in range(count)]


def told(given: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, word by word: D[n] split at the largest power of two below n."""
    if not given:
        return hashlib.sha256(b"").digest()
    if len(given) == 1:
        return given[0]
    k = 1
    while k * 2 < len(given):
        k *= 2
    return hashlib.sha256(b"\1" + told(given[:k]) + told(given[k:])).digest()


def told_inclusion(m: int, given: list[bytes]) -> list[bytes]:
    """RFC 6962 section 2.1.1."""
    if len(given) == 1:
        return []
    k = 1
    while k * 2 < len(given):
        k *= 2
    if m < k:
        return [*told_inclusion(m, given[:k]), told(given[k:])]
    return [*told_inclusion(m - k, given[k:]), told(given[:k])]


def told_consistency(m: int, given: list[bytes], *, known: bool = True) -> list[bytes]:
    """RFC 6962 section 2.1.2."""
    if m == len(given):
        return [] if known else [told(given)]
    k = 1
    while k * 2 < len(given):
        k *= 2
    if m <= k:
        return [*told_consistency(m, given[:k], known=known), told(given[k:])]
    return [*told_consistency(m - k, given[k:], known=False), told(given[:k])]


def hashes(ranges: list[merkle.Range], given: list[bytes]) -> list[bytes]:
    """As whoever keeps subtrees puts a proof together."""
    return [
        merkle.joined([
            merkle.whole(given[node.number << node.level : (node.number + 1) << node.level])
            for node in merkle.covering(leaves)
        ])
        for leaves in ranges
    ]  # fmt: skip


def test_the_roots_are_those_of_certificate_transparency() -> None:
    growing, found = merkle.Peaks(), []
    assert growing.root() == merkle.EMPTY == hashlib.sha256(b"").digest()
    for content in INPUTS:
        growing.add(hashlib.sha256(b"\0" + content).digest())
        found.append(growing.root().hex())
    assert found == ROOTS


def test_every_tree_to_seventy_is_as_the_rfc_tells_it() -> None:
    growing = merkle.Peaks()
    for size, leaf in enumerate(leaves(70), start=1):
        growing.add(leaf)
        so_far, root = leaves(size), growing.root()
        assert root == told(so_far)
        for index in range(size):
            proof = hashes(merkle.inclusion(index, size), so_far)
            assert proof == told_inclusion(index, so_far)
            assert merkle.includes(root, size, index, so_far[index], proof)
        for first in range(1, size + 1):
            proof = hashes(merkle.consistency(first, size), so_far)
            assert proof == told_consistency(first, so_far)
            assert merkle.continues(first, told(so_far[:first]), size, root, proof)


@pytest.mark.parametrize("kind", ["inclusion", "consistency"])
def test_the_vectors_of_transparency_dev(kind: str) -> None:
    wrong = []
    for name, case in VECTORS[kind].items():
        given = {key: b64decode(value) for key, value in case.items()
                 if key in ("root", "leafHash", "root1", "root2") and value}  # fmt: skip
        proof = [b64decode(step) for step in case.get("proof") or []]
        numbers = [case.get(key, 0) for key in ("leafIdx", "treeSize", "size1", "size2")]
        if kind == "inclusion":
            root, leaf = given.get("root", b""), given.get("leafHash", b"")
            held = merkle.includes(root, numbers[1], numbers[0], leaf, proof)
        else:
            first, second = given.get("root1", b""), given.get("root2", b"")
            held = merkle.continues(numbers[2], first, numbers[3], second, proof)
        if held is case["wantErr"]:
            wrong.append(name)
    assert wrong == []
    assert len(VECTORS[kind]) >= 17


@given(st.integers(2, 5_000), st.data())
def test_a_proof_that_is_altered_anywhere_proves_nothing(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    given = leaves(size)
    growing = merkle.Peaks()
    for leaf in given:
        growing.add(leaf)
    root, proof = growing.root(), hashes(merkle.inclusion(index, size), given)
    assert merkle.includes(root, size, index, given[index], proof)
    at = data.draw(st.integers(0, len(proof) - 1))
    bit = 1 << data.draw(st.integers(0, 255))
    bent = (int.from_bytes(proof[at]) ^ bit).to_bytes(32)
    for other in (
        [*proof[:at], bent, *proof[at + 1 :]], proof[:-1], proof[1:], [*proof, proof[at]], []
    ):  # fmt: skip
        assert not merkle.includes(root, size, index, given[index], other)
    assert not merkle.includes(root, size, index, given[index - 1], proof)
    assert not merkle.includes(root, size, (index + 1) % size, given[index], proof)


@given(st.lists(st.integers(1, 400), min_size=2, max_size=4, unique=True), st.data())
def test_a_tree_that_was_rewritten_continues_nothing(sizes: list[int], data: st.DataObject) -> None:
    sizes.sort()
    given = leaves(sizes[-1])
    spoilt = data.draw(st.integers(0, sizes[0] - 1))
    other = [*given[:spoilt], bytes(32), *given[spoilt + 1 :]]
    for first, second in pairwise(sizes):
        root = told(given[:first])
        proof = hashes(merkle.consistency(first, second), given)
        assert merkle.continues(first, root, second, told(given[:second]), proof)
        forged = hashes(merkle.consistency(first, second), other)
        assert not merkle.continues(first, root, second, told(other[:second]), forged)
        assert not merkle.continues(first, root, second, told(other[:second]), proof)
        assert not merkle.continues(second, root, first, told(given[:second]), proof)
        assert not merkle.continues(0, merkle.EMPTY, second, told(given[:second]), [])
