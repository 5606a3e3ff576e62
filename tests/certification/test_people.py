"""The vault and what it keeps: found by exact number, forgotten on request, useless when stolen."""

import asyncio
import stat
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.basis import personal_numbers
from certification.basis.database import in_use
from certification.basis.refusal import Invalid
from certification.basis.transaction import run
from certification.people import commands, queries, refusals, rules, vault
from certification.people.rules import Particulars, Relate, Relative
from certification.people.vault import VaultFault
from tests.cast import (
    ADMIN,
    CHAN,
    DAO,
    KRIT,
    MALEE,
    NOK,
    NOW,
    PARTICULARS,
    SOMCHAI,
    TODAY,
    TOMORROW,
    WAN,
    YESTERDAY,
    YING,
    Village,
    later,
    log_faults,
    use_a_vault,
    village,
)

SOMEBODY = Particulars("ใครสักคน", "0899999999", "สข-0099")


@pytest.fixture
async def there(db) -> Village:
    return await village(db)


@pytest.fixture(scope="module")
def _a_vault() -> None:
    use_a_vault()


def new(number: int) -> str:
    return f"01930000-0000-7000-8000-00000000e{number:03}"


async def test_malee_is_found_by_her_exact_numbers_only(there):
    assert await queries.by_phone("๐๘๑-๒๓๔-๕๖๐๑") == [MALEE]
    assert await queries.by_phone("0812345699") == []
    assert await queries.by_member_number(" สข-0001") == MALEE
    assert await queries.by_member_number("สข-000") is None


async def test_names_come_by_id_and_strangers_are_left_out(there):
    assert await queries.names([MALEE, KRIT, new(9)]) == {
        MALEE: "มาลี ศรีสุข", KRIT: "กฤต ทองคำ",
    }  # fmt: skip
    with pytest.raises(refusals.NobodyKnown):
        await queries.particulars(new(9))


async def test_registering_twice_with_the_same_id_is_registering_once(there):
    before = await in_use().query("SELECT seq FROM log_head")
    await run(commands.register, MALEE, PARTICULARS[MALEE], by=ADMIN, at=NOW)
    assert await in_use().query("SELECT seq FROM log_head") == before
    with pytest.raises(refusals.RegisteredOtherwise):
        await run(commands.register, MALEE, SOMEBODY, by=ADMIN, at=NOW)


async def test_a_member_number_belongs_to_one_person(there):
    taken = msgspec.structs.replace(SOMEBODY, member_number="สข-๐๐๐๑")
    with pytest.raises(refusals.MemberNumberTaken):
        await run(commands.register, new(1), taken, by=ADMIN, at=NOW)
    with pytest.raises(refusals.MemberNumberTaken):
        await run(commands.change_particulars, SOMCHAI, taken, by=ADMIN, at=NOW)
    assert await queries.particulars(SOMCHAI) == PARTICULARS[SOMCHAI]


async def test_of_ten_with_one_member_number_at_once_one_is_registered(there):
    said = await asyncio.gather(
        *(run(commands.register, new(n), SOMEBODY, by=ADMIN, at=NOW) for n in range(10)),
        return_exceptions=True,
    )
    assert sum(isinstance(answer, rules.Registered) for answer in said) == 1
    assert sum(isinstance(answer, refusals.MemberNumberTaken) for answer in said) == 9


async def test_of_two_who_take_one_member_number_at_once_one_is_refused(there):
    for trial in range(5):
        taken = msgspec.structs.replace(SOMEBODY, member_number=f"สข-02{trial:02}")
        said = await asyncio.gather(
            *(
                run(commands.change_particulars, person, taken, by=ADMIN, at=NOW)
                for person in (MALEE, SOMCHAI)
            ),
            return_exceptions=True,
        )
        assert sum(isinstance(answer, rules.ParticularsChanged) for answer in said) == 1
        assert sum(isinstance(answer, refusals.MemberNumberTaken) for answer in said) == 1


async def test_a_family_shares_a_phone(there):
    await run(commands.register, new(1), Particulars("ลูกมาลี", "0812345601"), by=MALEE, at=NOW)
    assert await queries.by_phone("0812345601") == [MALEE, new(1)]


async def test_changed_particulars_are_found_by_the_new_numbers(there):
    await run(commands.change_particulars, MALEE, SOMEBODY, by=MALEE, at=NOW)
    assert await queries.particulars(MALEE) == SOMEBODY
    assert await queries.by_phone("0812345601") == []
    assert await queries.by_member_number("สข-0099") == MALEE
    with pytest.raises(refusals.NobodyKnown):
        await run(commands.change_particulars, new(9), SOMEBODY, by=MALEE, at=NOW)


async def test_the_erased_are_gone_and_the_log_still_stands(there):
    await run(commands.erase, MALEE, by=ADMIN, at=NOW)
    assert await queries.names([MALEE]) == {}
    assert await queries.by_phone("0812345601") == []
    assert await queries.by_member_number("สข-0001") is None
    [row] = await in_use().query(
        "SELECT wrapped_key, sealed, phone_index, member_index FROM person WHERE id = {}", MALEE
    )
    assert set(row.values()) == {None}
    assert await log_faults() == []


async def test_the_erased_cannot_be_erased_again_nor_registered_under_the_old_id(there):
    await run(commands.erase, MALEE, by=ADMIN, at=NOW)
    with pytest.raises(refusals.NobodyKnown):
        await run(commands.erase, MALEE, by=ADMIN, at=NOW)
    with pytest.raises(refusals.Erased):
        await run(commands.register, MALEE, PARTICULARS[MALEE], by=ADMIN, at=NOW)


async def test_nothing_personal_lies_in_the_rows_or_in_the_log(there):
    rows = await in_use().query("SELECT sealed, phone_index, member_index FROM person")
    log = await in_use().query("SELECT body FROM log_entry")
    content = b"".join(
        value if isinstance(value, bytes) else str(value).encode()
        for row in rows + log
        for value in row.values()
    )
    for personal in ("มาลี", "0812345601", "สข-0001"):
        assert personal.encode() not in content


async def test_kinship_is_read_both_ways_and_on_its_days(there):
    asked = Relate(new(1), MALEE, SOMCHAI, "kin", YESTERDAY, degree=2)
    await run(commands.relate, asked, by=MALEE, at=NOW)
    assert await queries.related(MALEE, TODAY) == (Relative(SOMCHAI, "kin", 2),)
    assert await queries.related(SOMCHAI, TODAY) == (Relative(MALEE, "kin", 2),)
    assert await queries.related(SOMCHAI, YESTERDAY - timedelta(days=1)) == ()
    await run(commands.unrelate, new(1), TODAY, "แยกบ้านแล้ว", by=MALEE, at=NOW)
    assert await queries.related(SOMCHAI, TODAY) != ()
    assert await queries.related(SOMCHAI, TOMORROW) == ()


async def test_a_household_is_related_but_not_to_itself(there):
    await run(commands.house, new(1), [MALEE, CHAN, DAO], since=YESTERDAY, by=YING, at=NOW)
    assert set(await queries.related(MALEE, TODAY)) == {
        Relative(CHAN, rules.HOUSEHOLD, 0),
        Relative(DAO, rules.HOUSEHOLD, 0),
    }
    await run(commands.unhouse, new(1), CHAN, TODAY, by=YING, at=NOW)
    assert {r.person for r in await queries.related(MALEE, TOMORROW)} == {DAO}
    assert await queries.related(CHAN, TOMORROW) == ()
    assert await queries.related(KRIT, TODAY) == ()


async def test_nobody_lives_in_two_households_even_at_the_same_moment(there):
    said = await asyncio.gather(
        *(
            run(commands.house, new(n), [MALEE, other], since=TODAY, by=YING, at=NOW)
            for n, other in enumerate([SOMCHAI, CHAN, DAO, NOK])
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(answer, rules.Housed) for answer in said) == 1
    assert sum(isinstance(answer, refusals.LivesElsewhere) for answer in said) == 3


NO_RELATIONS = [
    (Relate(new(1), MALEE, MALEE, "kin", TODAY), refusals.RelatedToOneself),
    (Relate(new(1), MALEE, NOK, "friend", TODAY), refusals.UnknownKind),
    (Relate(new(1), MALEE, NOK, "kin", TODAY, degree=0), refusals.DegreeOutOfRange),
    (Relate(new(1), MALEE, NOK, "veto", TODAY, degree=2), refusals.DegreeOutOfRange),
    (Relate(new(1), MALEE, new(9), "kin", TODAY), refusals.NobodyKnown),
]


async def test_what_is_no_relation_is_refused(there):
    for asked, refusal in NO_RELATIONS:
        with pytest.raises(refusal):
            await run(commands.relate, asked, by=MALEE, at=NOW)


async def test_a_relation_is_recorded_once_and_ends_once(there):
    asked = Relate(new(1), MALEE, SOMCHAI, "kin", TODAY)
    await run(commands.relate, asked, by=MALEE, at=NOW)
    again = msgspec.structs.replace(asked, id=new(2))
    with pytest.raises(refusals.AlreadyRelated):
        await run(commands.relate, again, by=MALEE, at=NOW)
    with pytest.raises(refusals.EndsBeforeItBegan):
        await run(commands.unrelate, new(1), YESTERDAY, "แยกบ้านแล้ว", by=MALEE, at=NOW)
    await run(commands.unrelate, new(1), TODAY, "แยกบ้านแล้ว", by=MALEE, at=NOW)
    with pytest.raises(refusals.NobodyKnown):
        await run(commands.unrelate, new(1), TODAY, "แยกบ้านแล้ว", by=MALEE, at=NOW)


async def test_consent_holds_until_it_is_withdrawn_and_silence_is_none(there):
    digest = "0" * 64
    assert not await queries.consented(MALEE, "public_name")
    await run(commands.consent, new(1), MALEE, "public_name", digest, given=True, by=MALEE, at=NOW)
    assert await queries.consented(MALEE, "public_name")
    assert not await queries.consented(MALEE, "public_photo")
    assert not await queries.consented(KRIT, "public_name")
    await run(
        commands.consent, new(2), MALEE, "public_name", digest, given=False,
        by=MALEE, at=later(hours=1),
    )  # fmt: skip
    assert not await queries.consented(MALEE, "public_name")
    with pytest.raises(refusals.UnknownPurpose):
        await run(commands.consent, new(3), WAN, "anything", digest, given=True, by=WAN, at=NOW)


async def test_a_foreign_key_file_is_noticed_at_the_start(there, tmp_path):
    vault.create(tmp_path / "other.key")
    with pytest.raises(VaultFault, match="another database"):
        await commands.open_vault(tmp_path / "other.key")


async def test_a_lost_key_file_is_not_silently_replaced(there, tmp_path):
    with pytest.raises(VaultFault, match="missing"):
        await commands.open_vault(tmp_path / "keys" / "vault.key")
    assert not (tmp_path / "keys").exists()


async def test_an_empty_database_gets_its_key_file_and_keeps_it(db, tmp_path):
    path = tmp_path / "keys" / "vault.key"
    await commands.open_vault(path)
    await run(commands.register, NOK, PARTICULARS[NOK], by=NOK, at=NOW)
    await commands.open_vault(path)
    assert await queries.names([NOK]) == {NOK: "นก รักสุขภาพ"}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(VaultFault, match="stays"):
        vault.create(path)


def test_a_key_file_that_others_read_or_that_is_cut_is_refused(tmp_path):
    path = tmp_path / "vault.key"
    vault.create(path)
    path.chmod(0o640)
    with pytest.raises(VaultFault, match="others"):
        vault.use(path)
    path.chmod(0o600)
    path.write_bytes(b"short")
    with pytest.raises(VaultFault, match="damaged"):
        vault.use(path)


@given(st.binary(max_size=200))
@pytest.mark.usefixtures("_a_vault")
def test_what_is_sealed_opens_for_its_person_only(content):
    key = vault.new_key(MALEE)
    sealed = vault.seal(MALEE, key, content)
    assert vault.unseal(MALEE, key, sealed) == content
    assert vault.seal(MALEE, key, content) != sealed
    with pytest.raises(VaultFault):
        vault.unseal(KRIT, key, sealed)
    with pytest.raises(VaultFault):
        vault.unseal(MALEE, vault.new_key(MALEE), sealed)


@given(st.data())
@pytest.mark.usefixtures("_a_vault")
def test_no_edited_byte_opens(data):
    key = vault.new_key(MALEE)
    sealed = bytearray(vault.seal(MALEE, key, b"0812345601"))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(VaultFault):
        vault.unseal(MALEE, key, bytes(sealed))
    with pytest.raises(VaultFault):
        vault.unseal(MALEE, key, bytes(sealed[:at]))


@pytest.mark.usefixtures("_a_vault")
def test_a_phone_and_a_member_number_of_the_same_digits_have_different_indexes():
    assert vault.blind_index("phone", "1") != vault.blind_index("member_number", "1")


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        (Particulars("  "), refusals.NameMissing),
        (Particulars("x" * 121), refusals.TooLong),
        (Particulars("x", address="x" * 301), refusals.TooLong),
        (Particulars("x", "12"), personal_numbers.NotAPhone),
        (Particulars("x", national_id="1234567890123"), personal_numbers.NotANationalId),
        (Particulars("x", member_number="--"), refusals.NotAMemberNumber),
        (Particulars("x", member_number="a;b"), refusals.NotAMemberNumber),
        (Particulars("x", member_number="1" * 21), refusals.TooLong),
    ],
)
def test_particulars_that_cannot_be_are_refused(said, refusal):
    with pytest.raises(refusal):
        rules.normalised(said)


def test_particulars_are_kept_in_one_way_of_writing():
    said = Particulars("  มาลี   ศรีสุข ", "+66 81 234 5601", "กข์-๐๑/2569 ", "", " 12 หมู่ 3 ")
    assert rules.normalised(said) == Particulars(
        "มาลี ศรีสุข", "0812345601", "กข์-01/2569", None, "12 หมู่ 3"
    )


@given(st.text(min_size=1, max_size=20))
def test_normalising_again_changes_nothing(number):
    try:
        once = rules.member_number(number)
    except Invalid:
        return
    assert rules.member_number(once) == once
