"""What buyers complained of in the demo: one answered, one told to the farmer, one false label."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec

from certification.basis.units import local_day
from certification.grievances import commands, queries
from certification.grievances.rules import Complain, Complained, Concern, Step, StepTaken, TakeStep
from certification.plots import queries as plots
from certification.schemes import queries as schemes
from market.demo.days import Days, named
from market.demo.land import BY_KEY
from market.demo.people import NETWORK, who
from market.demo.story import Deed, deed

STEPS: tuple[tuple[str, str, int, Step, str], ...] = (
    ("spots", "wan", -18, "look", "เคยมีคนพูดเรื่องนี้แล้ว"),
    ("spots", "wan", -12, "answer", "กลุ่มคัดของใหม่แล้ว รอบหน้าจะไม่ปนใบเหลือง ขอบคุณที่บอก (ข้อมูลตัวอย่าง)"),
    ("smell", "wan", -4, "look", ""),
    ("smell", "wan", -3, "tell", "มีผู้ซื้อบอกว่าผักมีกลิ่นยา (ข้อมูลตัวอย่าง)"),
    ("smell", "wan", -3, "group", "ช่วยถามว่าช่วงนี้ใครพ่นยาใกล้แปลง"),
)


async def send(data: Complain, *, by: str, at: datetime) -> Complained:
    """Under the charter of that day."""
    version = (await schemes.in_force("sgs-pgs", local_day(at))).id
    under = msgspec.structs.replace(data, scheme_version=version)
    if data.plot:
        code = (await plots.plot(data.plot)).code
        under = msgspec.structs.replace(under, scanned=code)
    return await commands.complain(under, by=by, at=at)


async def take(data: TakeStep, *, by: str, at: datetime) -> StepTaken:
    seen = (await queries.grievance(data.grievance)).steps
    return await commands.take(msgspec.structs.replace(data, seen=seen), by=by, at=at)


def complain(days: Days) -> Iterator[Deed]:
    land = BY_KEY["malee-home"]
    about = Complain(
        id=named("complaint", "spots"), kind="quality", language="th", letter="P", plot=land.id,
        words="คะน้าในถุงมีใบเหลืองหลายใบ (ข้อมูลตัวอย่าง)", organ=land.group,
        concerns=(Concern(land.farmer_id, "farmer"),), person=who("nok"),
    )  # fmt: skip
    yield deed(send, about, by=who("nok"), at=days.at(-20, 18))
    smell = msgspec.structs.replace(
        about, id=named("complaint", "smell"), kind="not_organic", person=None,
        words="ซื้อที่หน้ารถ กลับบ้านล้างแล้วมีกลิ่นยา (ข้อมูลตัวอย่าง)",
    )  # fmt: skip
    yield deed(send, smell, by=commands.STRANGER, at=days.at(-5, 19))
    false = Complain(
        id=named("complaint", "label"), kind="label", scanned="ABCD1234", language="th",
        words="เจอป้ายแบบนี้ที่ตลาดอื่น สแกนแล้วไม่พบ (ข้อมูลตัวอย่าง)", bought_where="ตลาดนัดวันอาทิตย์",
    )  # fmt: skip
    yield deed(send, false, by=commands.STRANGER, at=days.at(-1, 20))
    for place, (key, by, day, kind, words) in enumerate(STEPS):
        step = TakeStep(
            id=named("complaint", key, str(place)), grievance=named("complaint", key), kind=kind,
            words=words, outcome="confirmed" if kind == "answer" else None, organ=NETWORK,
        )  # fmt: skip
        yield deed(take, step, by=who(by), at=days.at(day, 10, place))
