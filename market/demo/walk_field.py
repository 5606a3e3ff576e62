"""The first half of the walk: a plot becomes certified, by neighbours and a meeting."""

from __future__ import annotations

import io
import random
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import msgspec
from PIL import Image

from certification.basis.ids import following, new_id
from certification.basis.units import local_day, thai_area
from certification.schemes import queries as charter
from market.demo.actors import Actor, Tale, expect, now
from market.demo.ground import outline
from market.demo.guarantee import PLAN, PRESET, SCHEME, SEATS, SEEN, good_answer
from market.demo.people import COMMITTEE, NETWORK, RATTAPHUM, who

Cast = Mapping[str, Actor]
CROP = "kale"
LAT, LON = 7.0761, 100.2838
"""In Kamphaeng Phet, Rattaphum; each walk maps another field near it."""
CLEAN_DAYS = 2_000
PANEL = ("somchai", "chan", "fon")


class Field(msgspec.Struct):
    """What the steps leave behind for those that follow."""

    plot: str = ""
    code: str = ""
    planting: str = ""
    application: str = ""
    inspection: str = ""
    meeting: str = ""
    certificate: str = ""
    number: str = ""
    certificate_code: str = ""


async def walked(tale: Tale, cast: Cast) -> Field:
    field = Field()
    await _plot(tale, cast, field)
    await _planting(tale, cast, field)
    await _land(tale, cast, field)
    await _application(tale, cast, field)
    await _assignment(tale, cast, field)
    await _visit(tale, cast, field)
    await _meeting(tale, cast, field)
    await _certificate(tale, cast, field)
    return field


async def _plot(tale: Tale, cast: Cast, field: Field) -> None:
    field.plot = new_id()
    lat, lon = LAT + random.uniform(-0.006, 0.006), LON + random.uniform(-0.006, 0.006)  # noqa: S311
    shape, swapped = outline(lat, lon, 2), outline(lat, lon, 2)
    swapped["coordinates"] = [[[y, x] for x, y in swapped["coordinates"][0]]]
    plot = {
        "id": field.plot, "group": RATTAPHUM, "farmer": who("malee"), "name": "แปลงสาธิต (ตัวอย่าง)",
        "kind": "field", "outline": shape, "farmed_since": _days_ago(CLEAN_DAYS),
    }  # fmt: skip
    wrong = {**plot, "outline": swapped}
    tale.tell(
        "Latitude and longitude exchanged: refused with the reason",
        await cast["malee"].refused("plots.swapped_coordinates", "POST", "/api/v1/plots", wrong),
    )
    made = await cast["malee"].post("/api/v1/plots", plot)
    field.code = made["code"]
    expect(made["tambon"] == "900901", f"the plot lies in {made['tambon']}")
    tale.tell(
        "Malee maps her plot by GeoJSON; its tambon and area follow from its shape",
        f"plot {field.code}", f"tambon {made['tambon']}", thai_area(made["area_m2"]),
        *made["warnings"],
    )  # fmt: skip
    again = await cast["malee"].post("/api/v1/plots", plot)
    expect(again["code"] == field.code, "the same deed made a second plot")
    tale.tell("Asked again with the same id it is the same plot", f"plot {again['code']}")
    path = f"/api/v1/plots/{field.plot}"
    tale.tell(
        "Krit, of another group, gets nothing of it",
        await cast["krit"].refused("access.not_there", "GET", path),
    )


async def _planting(tale: Tale, cast: Cast, field: Field) -> None:
    field.planting = new_id()
    planted = {
        "id": field.planting, "crop": CROP, "area_m2": 1_600, "sown_on": _days_ago(45),
    }  # fmt: skip
    made = await cast["malee"].post(f"/api/v1/plots/{field.plot}/plantings", planted)
    tale.tell(
        "She says what grows there: when it is cut and how much it may give",
        f"{made['harvest_from']} to {made['harvest_until']}",
        f"{made['expected_grams'] // 1000} kg", *made["warnings"],
    )  # fmt: skip


async def _land(tale: Tale, cast: Cast, field: Field) -> None:
    malee, year = cast["malee"], local_day(now()).year
    here = {"plot": field.plot}
    paper = {**here, "id": new_id(), "kind": "spk4_01"}
    await malee.post("/api/v1/land/papers", paper)
    for back in (1, 2, 3):
        seen = {**here, "id": new_id(), "year": year - back, "crop": "ถั่ว", "used": "natural"}
        await malee.post("/api/v1/land/years", seen)
    for side in ("north", "east", "south", "west"):
        beside = {
            **here, "id": new_id(), "side": side, "use": "organic", "risk": "none",
            "buffer": "bund", "buffer_cm": 100,
        }  # fmt: skip
        await malee.post("/api/v1/land/sides", beside)
    await malee.post("/api/v1/land/water", {**here, "id": new_id(), "sources": ["well"]})
    tale.tell("She tells of the land: its paper, three years, four sides, water")
    whole = {"id": new_id(), "person": who("malee"), "area_m2": 1_600, "pieces": 3}
    no = await malee.refused("land.more_than_all", "POST", "/api/v1/land/holdings", whole)
    tale.tell("No more can be certified than there is", no)
    await malee.post("/api/v1/land/holdings", {**whole, "area_m2": 200 * 1_600})


async def _application(tale: Tale, cast: Cast, field: Field) -> None:
    field.application = new_id()
    pledge = charter.preset(PRESET).pledge.digest
    wanted = {
        "id": field.application, "plot": field.plot, "scheme": SCHEME, "farm_plan": PLAN,
        "no_prohibited_since": _days_ago(CLEAN_DAYS), "pledge_digest": pledge,
    }  # fmt: skip
    said = {
        item.code: {"value": good_answer(item), "note": SEEN}
        for item in charter.preset(PRESET).checklist
    }
    draft = {"scheme": SCHEME, "answers": said}
    await cast["malee"].put(f"/api/v1/plots/{field.plot}/draft", draft)
    await cast["malee"].post("/api/v1/applications", wanted)
    tale.tell(
        "She applies, with the pledge she was shown",
        f"application {field.application}", f"pledge {pledge[:16]}…",
    )  # fmt: skip
    path = f"/api/v1/applications/{field.application}/acceptance"
    tale.tell(
        "A farmer accepts nothing", await cast["malee"].refused("access.not_allowed", "PUT", path)
    )
    own = await cast["ying"].refused("applications.not_the_tier_above", "PUT", path)
    tale.tell("Nor does the group's own leader", own)
    accepted = await cast["wan"].put(path)
    tale.tell("Wan, of the network's secretariat, accepts it", accepted["type"])


async def _assignment(tale: Tale, cast: Cast, field: Field) -> None:
    field.inspection = new_id()
    for instead, code, why in (
        ("malee", "inspections.own_plot", "The owner does not inspect"),
        ("lamai", "inspections.kin_of_the_farmer", "Nor does her sister"),
    ):
        panel = _panel(field, (instead, *PANEL[1:]))
        no = await cast["wan"].refused(code, "POST", "/api/v1/inspections", panel)
        tale.tell(why, no)
    made = await cast["wan"].post("/api/v1/inspections", _panel(field, PANEL))
    tale.tell(
        "Wan asks two neighbours and a consumer to look",
        *(f"{member['seat']} {key}" for key, member in zip(PANEL, made["members"], strict=True)),
    )


def _panel(field: Field, keys: tuple[str, ...]) -> dict[str, Any]:
    members = [{"person": who(key), "seat": seat} for key, seat in zip(keys, SEATS, strict=True)]
    return {
        "id": field.inspection, "application": field.application, "members": members,
        "planned_on": str(local_day(now())),
    }  # fmt: skip


async def _visit(tale: Tale, cast: Cast, field: Field) -> None:
    path, somchai = f"/api/v1/inspections/{field.inspection}", cast["somchai"]
    await somchai.put(f"{path}/beginning", {})
    tale.tell(
        "Nobody signs an empty sheet",
        await somchai.refused("inspections.not_answered_yet", "PUT", f"{path}/signature"),
    )
    items = charter.preset(PRESET).checklist
    at = now()
    answers = [
        {
            "id": following(field.inspection, item.code), "item": item.code,
            "value": good_answer(item), "answered_at": at, "note": SEEN,
        }
        for item in items
    ]  # fmt: skip
    await somchai.put(f"{path}/answers", {"answers": answers})
    photo = await somchai.put_bytes(f"{path}/photos/{new_id()}", _photo())
    shown = await somchai.get(path)
    expect(shown["progress"]["answered"] == len(items), "answers are missing")
    tale.tell(
        f"They answer all {len(items)} items in the field, with a photo",
        f"photo {photo['blob'][:16]}…", f"answered {shown['progress']['answered']}",
    )  # fmt: skip
    for key in PANEL:
        await cast[key].put(f"{path}/signature")
    done = await somchai.put(f"{path}/completion", {"farmer_signature": "signed"})
    tale.tell("Each signs, and so does Malee", f"{done['signatures']} signatures")
    late = {"answers": [{**answers[0], "id": new_id()}]}
    tale.tell(
        "Afterwards nothing of it changes",
        await somchai.refused("inspections.came_too_late", "PUT", f"{path}/answers", late),
    )


async def _meeting(tale: Tale, cast: Cast, field: Field) -> None:
    field.meeting, wan = new_id(), cast["wan"]
    path = f"/api/v1/meetings/{field.meeting}"
    opening = {
        "id": field.meeting, "organ": NETWORK, "held_on": str(local_day(now())),
        "place": "ห้องประชุม (ตัวอย่าง)",
    }  # fmt: skip
    await wan.post("/api/v1/meetings", opening)
    for key, seat in (("malee", "producer"), ("somchai", "producer"), ("chan", "producer")):
        await wan.put(f"{path}/attendance/{who(key)}", {"seat": seat})
    decision = {"id": following(field.meeting, "decision"), "application": field.application}
    tale.tell(
        "A decision asks for the PIN once more",
        await wan.refused("access.step_up_needed", "POST", f"{path}/decisions", decision),
    )
    await wan.step_up()
    tale.tell(
        "A meeting of three decides nothing",
        await wan.refused("decisions.no_quorum", "POST", f"{path}/decisions", decision),
    )
    for person in COMMITTEE:
        await wan.put(f"{path}/attendance/{person.id}", {"seat": "agency"})
    hands = f"{path}/hands/{field.application}"
    own = {"votes": [{"person": who("malee"), "value": "for"}]}
    tale.tell(
        "Malee does not vote in her own cause",
        await wan.refused("decisions.judge_in_own_cause", "PUT", hands, own),
    )
    votes = [{"person": person.id, "value": "for"} for person in COMMITTEE]
    await wan.put(hands, {"votes": votes})
    made = await wan.post(f"{path}/decisions", decision)
    await wan.put(f"{path}/end")
    expect(made["outcome"] == "approved" and made["stage"] == "organic", f"decided: {made}")
    tale.tell(
        "With a quorum the committee decides",
        f"{made['outcome']}, {made['stage']}", f"{made['votes_for']} for",
        f"{made['votes_against']} against", f"{made['recused']} recused",
        f"{made['present']} present of {made['quorum_needed']} needed",
    )  # fmt: skip


async def _certificate(tale: Tale, cast: Cast, field: Field) -> None:
    field.certificate, wan = new_id(), cast["wan"]
    wanted = {"id": field.certificate, "decision": following(field.meeting, "decision")}
    await wan.step_up()  # a slow machine may be past the five minutes
    made = await wan.post("/api/v1/certificates", wanted)
    field.number, field.certificate_code = made["number"], made["code"]
    tale.tell(
        "Wan issues it",
        made["number"], f"/C/{made['code']}", *made["crops"],
        f"{made['valid_from']} to {made['valid_until']}",
    )  # fmt: skip


def _days_ago(days: int) -> str:
    return str(local_day(now()) - timedelta(days=days))


def _photo() -> bytes:
    """A field as a child would paint it: sky above green."""
    picture = Image.new("RGB", (480, 360), (148, 190, 222))
    picture.paste((72, 128, 60), (0, 150, 480, 360))
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=70)
    return written.getvalue()
