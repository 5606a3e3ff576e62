"""Which personal things each role is told by each answer of the API: as `fields.csv` says, no more.

Of Malee's group and of Nok's order, to who stands nearest. An answer that tells nothing personal
has no line. What a role does not need for its deeds should not stand there.
"""

import csv
from pathlib import Path

from tests.access import canaries, oracle
from tests.access.doorbell import hang
from tests.access.everybody import BUYER, LOOKER, STRANGER, by_role, judges_of_own
from tests.access.sown import Sown
from tests.access.test_matrix import plain
from tests.cast import MALEE, NOK
from tests.databases import only_sqlite

TABLE = Path(__file__).with_name("fields.csv")
NEAR = (
    STRANGER, BUYER, LOOKER, judges_of_own()[0],
    *[one for one in by_role() if one.name.endswith(("own network", "own province", "nowhere"))],
    *[one for one in by_role() if one.name == "farmer, own group"],
)  # fmt: skip


def written() -> dict[tuple[str, str], str]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {(row["address"], row["who"]): row["told"] for row in csv.DictReader(file)}


@only_sqlite  # the same rows are told on both
async def test_each_role_is_told_what_it_needs(sown: Sown) -> None:
    bell, found = await hang(sown), dict[tuple[str, str], str]()
    for one in oracle.addresses():
        if one.method == "GET" and one.address.startswith("/api/v1/"):
            for who in NEAR:
                said = await bell.ask(one, who)
                heard = canaries.heard(plain(bell, one, said.told, missing=False))
                own = {BUYER: NOK, NEAR[3]: MALEE}.get(who, who.person)
                kinds = {what for word, what in heard.items() if word != own}
                if kinds:
                    found[one.address, who.name] = " ".join(sorted(kinds))
    known = written()
    assert found == known, oracle.told(
        f"{key}: tells {found.get(key, 'nothing')}, fields.csv says {known.get(key, 'nothing')}"
        for key in sorted({*found, *known})
        if found.get(key) != known.get(key)
    )
