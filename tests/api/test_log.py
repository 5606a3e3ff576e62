"""Strangers are shown the chain of the record; who audits is shown what it says."""

from hashlib import sha256
from itertools import pairwise

from tests.cast import ADMIN, KRIT, MALEE, NOK, WAN
from tests.doors import Doors


async def test_a_stranger_sees_the_chain_and_no_body(doors: Doors) -> None:
    said = (await doors.stranger().get("/api/v1/log")).json()
    entries = said["entries"]
    assert len(entries) > 10
    assert all(set(one) == {"seq", "at", "tag", "leaf", "prev"} for one in entries)
    assert entries[0]["prev"] == "0" * 64
    pairs = pairwise(entries)
    assert all(two["prev"] == one["leaf"] for one, two in pairs)
    assert MALEE not in str(said)


async def test_the_bodies_are_for_who_audits(doors: Doors) -> None:
    at = "/api/v1/log/bodies?after=2"
    assert (await doors.stranger().get(at)).status_code == 401
    for person in (KRIT, MALEE, NOK):
        assert (await (await doors.as_(person)).get(at)).status_code == 403
    shown = (await doors.stranger().get("/api/v1/log?after=2")).json()
    for person in (WAN, ADMIN):
        said = (await (await doors.as_(person)).get(at)).json()
        assert said["head"]["seq"] >= said["entries"][-1]["seq"]
        for one, leaf in zip(said["entries"], shown["entries"], strict=False):
            assert (one["seq"], one["leaf"]) == (leaf["seq"], leaf["leaf"])
            assert sha256(b"\0" + one["body"].encode()).hexdigest() == one["leaf"]
