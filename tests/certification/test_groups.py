"""Groups and networks: who belongs to them, and what each may do where."""

import pytest

from certification.groups import queries
from tests.cast import (
    CHAN,
    KRIT,
    KRITS_GROUP,
    MALEE,
    NETWORK,
    RATTAPHUM,
    SOMCHAI,
    TODAY,
    YING,
    Village,
    village,
)  # fmt: skip


@pytest.fixture
async def there(db) -> Village:
    return await village(db)


def new(number: int) -> str:
    return f"01930000-0000-7000-8000-00000000e{number:03}"


async def test_the_village_stands(there):
    assert (await queries.group(RATTAPHUM)).network == NETWORK
    assert [g.id for g in await queries.networks_groups(NETWORK)] == [RATTAPHUM, KRITS_GROUP]
    assert set(await queries.members(RATTAPHUM, TODAY)) == {MALEE, SOMCHAI, CHAN, YING}
    assert await queries.groups_of(KRIT, TODAY) == (KRITS_GROUP,)
    assert [n.id for n in await queries.networks()] == [NETWORK]


async def test_a_group_is_found_by_its_code_however_it_is_typed(there):
    code = there.codes[RATTAPHUM]
    found = await queries.by_code(f" {code[:4].lower()}-{code[4:]} ")
    assert found is not None
    assert found.id == RATTAPHUM
    assert await queries.by_code("ZZZZZZZZ") is None
