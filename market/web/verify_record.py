#!/usr/bin/env python3
"""Checks a proof of the public record of a market, without that market and without its programs.

    python3 verify.py PROOF.json KEY [OLDER_CHECKPOINT.txt CONSISTENCY.json]

PROOF.json is what `/log/proof/{number}` or `/L/{code}/proof.json` gives; KEY is `name+number+key`,
from whoever you trust to know it. The older checkpoint is one that you saved on another day, and
CONSISTENCY.json is `/log/consistency?first=…&second=…` from its size to that of the proof.

Nothing but Python 3.9 is needed. What it computes: RFC 8032 (Ed25519), RFC 9162 section 2.1 (the
tree), C2SP signed-note and tlog-checkpoint. Ends with 0 when all of it holds, else with 1.
"""

from __future__ import annotations

import json
import sys
from base64 import b64decode
from hashlib import sha256, sha512
from pathlib import Path
from typing import Any, Tuple

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
Point = Tuple[int, int, int, int]
BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = 15112221349535400772501151409588531511454012693041857206046113283949847762202
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def main(arguments: list[str]) -> int:
    if len(arguments) not in (2, 4):
        print(__doc__)
        return 1
    proof, key = read(arguments[0]), arguments[1]
    size, root = checkpoint(proof["checkpoint"], key)
    for entry in proof.get("entries", [proof]):
        steps = [bytes.fromhex(step) for step in entry["proof"]]
        sure(
            leads_to(root, size, entry["seq"] - 1, bytes.fromhex(entry["leaf"]), steps),
            f"entry {entry['seq']} is NOT in the signed record",
        )
        print(f"entry {entry['seq']} is in the record of {size} entries that was signed")
    if len(arguments) == 4:
        older, older_root = checkpoint(Path(arguments[2]).read_text("utf-8"), key)
        steps = [bytes.fromhex(step) for step in read(arguments[3])["proof"]]
        sure(
            continues(older, older_root, size, root, steps),
            f"the {older} entries that you saved are NOT the beginning of the {size} of today",
        )
        print(f"the {older} entries that you saved are the beginning of the {size} of today")
    return 0


def read(path: str) -> Any:
    return json.loads(Path(path).read_text("utf-8"))


def sure(holds: bool, otherwise: str) -> None:  # noqa: FBT001
    if not holds:
        print(otherwise, file=sys.stderr)
        sys.exit(1)


def checkpoint(note: str, key: str) -> tuple[int, bytes]:
    """Size and root, when the key signed them."""
    name, number, letters = key.strip().split("+", 2)
    public = b64decode(letters)[1:]
    text, _, signatures = note.rpartition("\n\n")
    text += "\n"
    signed = [line.split(" ") for line in signatures.splitlines()]
    fitting = [b64decode(line[2]) for line in signed if line[:2] == ["\u2014", name]]
    sure(
        any(one[:4].hex() == number and ed25519(public, text.encode(), one[4:]) for one in fitting),
        f"NOT signed by {name} {number}",
    )
    _, size, root = text.splitlines()[:3]
    return int(size), b64decode(root)


def pair(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def leads_to(root: bytes, size: int, index: int, leaf: bytes, steps: list[bytes]) -> bool:
    if not 0 <= index < size:
        return False
    last, at = size - 1, index
    for step in steps:
        if last == 0:
            return False
        if at % 2 or at == last:
            leaf = pair(step, leaf)
            at, last = up(at, last)
        else:
            leaf = pair(leaf, step)
        at, last = at // 2, last // 2
    return last == 0 and leaf == root


def continues(
    first: int, first_root: bytes, second: int, second_root: bytes, steps: list[bytes]
) -> bool:
    if first == second:
        return not steps and first_root == second_root
    if not 0 < first < second or not steps:
        return False
    steps = [first_root, *steps] if first & (first - 1) == 0 else list(steps)
    at, last = first - 1, second - 1
    while at % 2:
        at, last = at // 2, last // 2
    old = new = steps.pop(0)
    for step in steps:
        if last == 0:
            return False
        if at % 2 or at == last:
            old, new = pair(step, old), pair(step, new)
            at, last = up(at, last)
        else:
            new = pair(new, step)
        at, last = at // 2, last // 2
    return last == 0 and old == first_root and new == second_root


def up(at: int, last: int) -> tuple[int, int]:
    """Past the levels at which what stands at the edge has no neighbour."""
    while at and not at % 2:
        at, last = at // 2, last // 2
    return at, last


def ed25519(public: bytes, message: bytes, signature: bytes) -> bool:
    """RFC 8032 section 5.1.7, slowly."""
    key, point = unpacked(public), unpacked(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if key is None or point is None or len(signature) != 64 or s >= L:
        return False
    h = int.from_bytes(sha512(signature[:32] + public + message).digest(), "little") % L
    a, b = times(s, BASE), plus(point, times(h, key))
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def plus(p: Point, q: Point) -> Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f, g * h, f * g, e * h)


def times(s: int, p: Point) -> Point:
    found = (0, 1, 1, 0)
    while s:
        if s % 2:
            found = plus(found, p)
        p, s = plus(p, p), s // 2
    return found


def x_of(y: int, sign: int) -> int | None:
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P)
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    return P - x if x % 2 != sign else x


def unpacked(packed: bytes) -> Point | None:
    if len(packed) != 32:
        return None
    y = int.from_bytes(packed, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    x = x_of(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
