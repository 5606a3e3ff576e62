"""The box for a code off a label."""

import pytest

from certification.basis import codes
from certification.basis.ids import new_id
from certification.basis.transaction import run, transaction
from tests.cast import NOW
from tests.doors import Doors


async def issued(kind: str) -> str:
    async def issue() -> str:
        async with transaction():
            return await codes.issue(kind, new_id(), at=NOW)

    return await run(issue)


@pytest.mark.parametrize(("kind", "onto"), [
    ("lot", "/L/"), ("certificate", "/C/"), ("plot", "/P/"), ("group", "/G/"),
])  # fmt: skip
async def test_a_code_leads_to_what_bears_it_however_it_is_typed(
    doors: Doors, kind: str, onto: str
) -> None:
    code = await issued(kind)
    typed = f" {code[:4].lower()}-{code[4:]} ".replace("0", "o").replace("1", "l")
    said = await doors.stranger().get("/find", params={"code": typed}, follow_redirects=False)
    assert (said.status_code, said.headers["location"]) == (303, onto + code)


async def test_a_mistyped_letter_is_noticed_by_the_check_character(doors: Doors) -> None:
    code = await issued("lot")
    wrong = ("2" if code[0] != "2" else "3") + code[1:]
    said = await doors.stranger().get("/find", params={"code": wrong})
    assert said.status_code == 400
    assert wrong in said.text  # it stays in its box


async def test_nothing_typed_is_no_mistake(doors: Doors) -> None:
    said = await doors.stranger().get("/find", params={"code": " "}, follow_redirects=False)
    assert (said.status_code, said.headers["location"]) == (303, "/")


@pytest.mark.parametrize("typed", ["\0", "ผxก", "'; --", "A" * 500])
async def test_what_is_no_code_is_answered_in_peace(doors: Doors, typed: str) -> None:
    said = await doors.stranger().get("/find", params={"code": typed})
    assert said.status_code == 400


async def test_a_true_looking_code_that_nobody_issued_is_not_there(doors: Doors) -> None:
    said = await doors.stranger("en").get("/find", params={"code": codes.make()})
    assert said.status_code == 404
    assert "do not know" in said.text
