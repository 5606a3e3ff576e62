"""Whoever is named in a body is afterwards shown by name: so it must be somebody within reach."""

from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.groups import commands as groups
from tests.cast import (
    ADMIN,
    KRIT,
    KRITS_GROUP,
    LONG_AGO,
    MALEE,
    NOK,
    SOMCHAI,
    TODAY,
    WAN,
    YING,
)
from tests.doors import Doors
from tests.guarantee import accepted, planted, published

NAMES = (MALEE, NOK, "01930000-0000-7000-8000-00000000ffff")
"""Of another group, of none, and nobody: the three answers are the same."""


async def test_krit_relates_nobody_of_another_group_to_himself(doors: Doors) -> None:
    krit = await doors.as_(KRIT)
    for other in NAMES:
        body = {
            "id": new_id(), "person": KRIT, "other": other, "kind": "kin",
            "since": TODAY.isoformat(),
        }  # fmt: skip
        said = await krit.post("/api/v1/relations", json=body)
        assert (said.status_code, said.json()["code"]) == (404, "access.not_there")
        typed = {"id": new_id(), "other": other, "kind": "kin", "degree": "2"}
        assert (await krit.post(f"/admin/people/{KRIT}/relations", data=typed)).status_code == 404
    assert (await krit.get(f"/api/v1/people/{KRIT}")).json()["relations"] == []


async def test_krit_seats_nobody_of_another_group(doors: Doors) -> None:
    krit, id = await doors.as_(KRIT), new_id()
    body = {"id": id, "organ": KRITS_GROUP, "held_on": TODAY.isoformat(), "place": "ศาลา"}
    assert (await krit.post("/api/v1/meetings", json=body)).status_code == 201
    for person in NAMES:
        for seat in ("consumer", "agency", "producer"):
            there = f"/api/v1/meetings/{id}/attendance/{person}"
            said = await krit.put(there, json={"seat": seat})
            assert (said.status_code, said.json()["code"]) == (404, "access.not_there")
            typed = {f"seat.{person}": seat, f"seat.{KRIT}": "producer"}
            assert (await krit.post(f"/meetings/{id}/attendance", data=typed)).status_code == 404
    assert (await krit.get(f"/api/v1/meetings/{id}")).json()["attendance"] == []
    there = f"/api/v1/meetings/{id}/attendance"
    for person, seat in ((KRIT, "producer"), (WAN, "agency")):
        assert (await krit.put(f"{there}/{person}", json={"seat": seat})).status_code == 200


async def test_nobody_of_another_group_is_sent_to_look(doors: Doors) -> None:
    """By Ying, who leads Malee's group: Krit is not hers, nor is Nok without a role."""
    await published()
    asked, ying = await accepted(await planted()), await doors.as_(YING)
    for stranger in (KRIT, *NAMES[1:]):
        members = [{"person": p, "seat": "producer"} for p in (SOMCHAI, YING)]
        members.append({"person": stranger, "seat": "consumer"})
        body = {
            "id": new_id(), "application": asked, "planned_on": TODAY.isoformat(),
            "members": members,
        }  # fmt: skip
        said = await ying.post("/api/v1/inspections", json=body)
        assert (said.status_code, said.json()["code"]) == (404, "access.not_there")
        typed = {"id": new_id(), "kind": "initial", "planned_on": "30/11/2569"}
        typed |= {f"seat.{SOMCHAI}": "producer", f"seat.{stranger}": "consumer"}
        assert (await ying.post(f"/board/assign/{asked}", data=typed)).status_code == 404


async def test_krit_sends_malee_to_no_plot_of_his_group(doors: Doors) -> None:
    await published()
    joined = {"group": KRITS_GROUP, "person": NOK, "since": LONG_AGO.date()}
    await run(groups.join, new_id(), **joined, by=ADMIN, at=LONG_AGO)
    asked = await accepted(await planted(farmer=NOK, group=KRITS_GROUP), farmer=NOK)
    krit = await doors.as_(KRIT)
    for person in (MALEE, NAMES[2]):
        body = {
            "id": new_id(), "application": asked, "planned_on": TODAY.isoformat(),
            "members": [{"person": person, "seat": "consumer"}],
        }  # fmt: skip
        said = await krit.post("/api/v1/inspections", json=body)
        assert (said.status_code, said.json()["code"]) == (404, "access.not_there")
        typed = {"id": new_id(), "kind": "initial", "planned_on": "30/11/2569"}
        typed[f"seat.{person}"] = "consumer"
        assert (await krit.post(f"/board/assign/{asked}", data=typed)).status_code == 404
