"""The people of every story, their village, and the day on which it is told.

Malee farms, Somchai is her neighbour and inspector, Wan sits in the committee, Nok buys, and Krit
is from another group and may see nothing of it. Prasert keeps the network's money, Dao beside him.

    there = await village(db)
    await plots.commands.register(..., by=MALEE, at=NOW)
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from certification.basis.database import Database
from certification.basis.proof import Fault, faults
from certification.basis.schema import PROVEN
from certification.basis.transaction import run
from certification.groups import commands as groups
from certification.groups.rules import Found, Grants
from certification.people import commands as people
from certification.people import vault
from certification.people.rules import Particulars
from market.db import all_tables
from market.domain.accounts import pins
from tests.remembered import remembered

MALEE = "01930000-0000-7000-8000-00000000a001"
SOMCHAI = "01930000-0000-7000-8000-00000000a002"
WAN = "01930000-0000-7000-8000-00000000a003"
NOK = "01930000-0000-7000-8000-00000000a004"
KRIT = "01930000-0000-7000-8000-00000000a005"
PRASERT = "01930000-0000-7000-8000-00000000a006"
DAO = "01930000-0000-7000-8000-00000000a007"
CHAN = "01930000-0000-7000-8000-00000000a008"
YING = "01930000-0000-7000-8000-00000000a009"
ADMIN = "01930000-0000-7000-8000-00000000a010"
EVERYBODY = (MALEE, SOMCHAI, WAN, NOK, KRIT, PRASERT, DAO, CHAN, YING, ADMIN)

NETWORK = "01930000-0000-7000-8000-00000000b001"
RATTAPHUM = "01930000-0000-7000-8000-00000000b002"
KRITS_GROUP = "01930000-0000-7000-8000-00000000b003"

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
"""Sunday 22 November 2026 (2569), nine in the morning in Songkhla."""
TODAY = date(2026, 11, 22)
YESTERDAY = TODAY - timedelta(days=1)
TOMORROW = TODAY + timedelta(days=1)
LONG_AGO = NOW - timedelta(days=3 * 365)
"""When the village was founded: longer ago than any time of conversion."""

PARTICULARS = {
    MALEE: Particulars("มาลี ศรีสุข", "0812345601", "สข-0001"),
    SOMCHAI: Particulars("สมชาย บุญมาก", "0812345602", "สข-0002"),
    WAN: Particulars("วรรณ แก้วใส", "0812345603", "สข-0003"),
    NOK: Particulars("นก รักสุขภาพ", "0812345604"),
    KRIT: Particulars("กฤต ทองคำ", "0812345605", "สข-0005"),
    PRASERT: Particulars("ประเสริฐ มั่นคง", "0812345606"),
    DAO: Particulars("ดาว สว่าง", "0812345607"),
    CHAN: Particulars("จันทร์ เพ็งพอดี", "0812345608", "สข-0008"),
    YING: Particulars("หญิง ใจดี", "0812345609", "สข-0009"),
    ADMIN: Particulars("ผู้ดูแลระบบ", "0812345610"),
}

ROLES = (
    (MALEE, "farmer", RATTAPHUM),
    (SOMCHAI, "farmer", RATTAPHUM),
    (SOMCHAI, "inspector", RATTAPHUM),
    (CHAN, "farmer", RATTAPHUM),
    (CHAN, "inspector", RATTAPHUM),
    (YING, "farmer", RATTAPHUM),
    (YING, "inspector", RATTAPHUM),
    (YING, "leader", RATTAPHUM),
    (WAN, "committee", NETWORK),
    (WAN, "secretariat", NETWORK),
    (PRASERT, "treasurer", NETWORK),
    (DAO, "treasurer", NETWORK),
    (DAO, "operator", NETWORK),
    (KRIT, "farmer", KRITS_GROUP),
    (KRIT, "leader", KRITS_GROUP),
)
"""Who may do what, and where; each was granted LONG_AGO by ADMIN."""


class Village(msgspec.Struct, frozen=True):
    """A network in Songkhla with two groups; the constants above are its people."""

    network: str
    rattaphum: str
    krits: str
    codes: dict[str, str]
    """The public code of each of the three."""
    grants: dict[tuple[str, str], str]
    """The id of each grant, by person and role."""


def later(**since: int) -> datetime:
    """`later(hours=2)`: an instant after NOW; negative for before."""
    return NOW + timedelta(**since)


async def log_faults() -> list[Fault]:
    """What the log and the proven tables of the whole product disagree about: nothing, we hope."""
    return await faults([table for table in all_tables() if PROVEN in table._meta.tags])


def use_a_vault() -> None:
    """A key file as at start-up: one for the whole session, as the village is told once."""
    vault.use(_key_file()[0])


@cache
def _key_file() -> tuple[Path, TemporaryDirectory[str]]:
    """The folder goes with the process."""
    folder = TemporaryDirectory()
    path = Path(folder.name) / "keys" / "vault.key"
    vault.create(path)
    return path, folder


@contextmanager
def cheap_pins() -> Iterator[None]:
    """A pepper, and PINs hashed in a moment; its threads end with it. Inside `db`, not around."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "keys" / "pepper.key"
        pins.create(path)
        pins.use(path, pins.Cost(memory_kib=8, passes=1))
    try:
        yield
    finally:
        pins.close()


async def village(db: Database) -> Village:
    """Everybody, in their groups and with their roles, written by the product's own commands."""
    use_a_vault()
    return await remembered(db, "village", lambda: run(settle_village))


async def settle_village() -> Village:
    """Where the vault is open already."""
    for person, particulars in PARTICULARS.items():
        await people.register(person, particulars, by=ADMIN, at=LONG_AGO, sample=True)
    await groups.grant_first_admin(ADMIN, by=ADMIN, at=LONG_AGO)
    codes = {group.id: await _founded(group) for group in GROUPS}
    await _joined()
    return Village(NETWORK, RATTAPHUM, KRITS_GROUP, codes, await _granted())


GROUPS = (
    Found(NETWORK, "network", "เครือข่ายเกษตรสุขภาพสงขลา", "Songkhla Healthy Farming Network", "90"),
    Found(RATTAPHUM, "group", "กลุ่มเกษตรอินทรีย์รัตภูมิ", "Rattaphum Organic Farmers", "900901", NETWORK),
    Found(KRITS_GROUP, "group", "กลุ่มผักปลอดภัยควนรู", "Khuan Ru Growers", "900904", NETWORK),
)


async def _founded(group: Found) -> str:
    return (await groups.found(group, by=ADMIN, at=LONG_AGO)).code


async def _joined() -> None:
    for number, (person, role, group) in enumerate(ROLES):
        if role == "farmer":
            id = f"01930000-0000-7000-8000-00000000c{number:03}"
            await groups.join(id, group, person, since=LONG_AGO.date(), by=ADMIN, at=LONG_AGO)


async def _granted() -> dict[tuple[str, str], str]:
    ids: dict[tuple[str, str], str] = {}
    for number, (person, role, group) in enumerate(ROLES):
        ids[person, role] = id = f"01930000-0000-7000-8000-00000000d{number:03}"
        await groups.grant_role(Grants(id, person, role, group), by=ADMIN, at=LONG_AGO)
    return ids
