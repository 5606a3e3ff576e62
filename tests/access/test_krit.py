"""Krit is from another group and may see nothing of it; no name stands on a public page."""

from html import unescape
from urllib.parse import quote

from market.access.guard import Guard
from market.access.policy import Policy, Rule
from tests.access.sown import POLICY, STRANGER, Door, Sown
from tests.cast import KRIT, MALEE, PARTICULARS

SHARED = {
    "GET /api/v1/networks/{id}/figures": "his group is of the network whose yields these are",
    "GET /api/v1/schemes/{id}": "the charter is his too",
    "GET /api/v1/scheme-presets/{name}": "the charter is his too",
}
"""Doors with an object that is not Malee's alone, each with the reason."""


def objects(sown: Sown) -> list[Door]:
    return [
        door
        for door in sown.routes()
        if "{" in door.path and not door.public and door.name not in SHARED
    ]


async def test_krit_reads_nothing_of_malees_group(sown: Sown) -> None:
    """404, as if it were not there; 403 where he has no such role whatever the object."""
    await sown.doors.step_up(KRIT)
    wrong = []
    for door in objects(sown):
        if door.method != "GET":
            continue
        said = await sown.ask(door, KRIT)
        if said.status_code != (404 if sown.may(door, KRIT) else 403):
            wrong.append(f"{door.name}: {said.status_code} {said.text[:200]}")
    assert not wrong, "\n".join(["", *wrong])


async def test_what_is_not_his_and_what_is_not_there_read_the_same(sown: Sown) -> None:
    """But for the address itself, which a page may repeat."""
    wrong = []
    for door in objects(sown):
        if door.method != "GET" or not door.api or not sown.may(door, KRIT):
            continue
        there = await sown.ask(door, KRIT)
        known, sown.things = sown.things, {}
        missing = await sown.ask(door, KRIT)
        sown.things = known
        if (there.status_code, there.json()) != (missing.status_code, missing.json()):
            wrong.append(f"{door.name}: {there.text[:150]} / {missing.text[:150]}")
    assert not wrong, "\n".join(["", *wrong])


async def test_krit_changes_nothing_of_malees_group(sown: Sown) -> None:
    """Whatever he sends, and though he has just given his PIN."""
    await sown.doors.step_up(KRIT)
    wrong = []
    for door in objects(sown):
        if door.method == "GET":
            continue
        for sent in ({"json": {}}, {"data": {"id": "x"}}, {}):
            said = await sown.ask(door, KRIT, **sent)
            if said.status_code not in (400, 403, 404):
                wrong.append(f"{door.name}: {said.status_code} {said.text[:200]}")
    assert not wrong, "\n".join(["", *wrong])


def canaries(person: str) -> list[str]:
    """What the vault holds of everybody else."""
    known = [of for one, of in PARTICULARS.items() if one != person]
    return [w for of in known for w in (of.name, of.phone, of.member_number) if w]


async def test_nobodys_name_or_number_is_told_to_a_stranger_or_to_krit(sown: Sown) -> None:
    """In no answer to a GET, of whatever status; in the address with Malee's things in it."""
    wrong = []
    for person in (STRANGER, KRIT):
        secrets = canaries(person)
        for door in sown.routes():
            if door.method != "GET":
                continue
            said = await sown.ask(door, person)
            text = said.content.decode("utf-8", "replace")
            wrong += [f"{door.name} tells {s} to {person}" for s in secrets if s in text]
    assert not wrong, "\n".join(["", *wrong])


async def test_malees_pseudonym_is_told_to_nobody_who_may_not_see_her(sown: Sown) -> None:
    """Who has it joins all that she ever did. It stands in the address of some doors."""
    wrong = []
    for person in (STRANGER, KRIT):
        for door in sown.routes():
            if door.method != "GET":
                continue
            said = await sown.ask(door, person)
            address, text = sown.address(door.path), unescape(said.content.decode(errors="replace"))
            if MALEE in text.replace(address, "").replace(quote(address, safe=""), ""):
                wrong.append(f"{door.name} tells it to {person or 'a stranger'}")
    assert not wrong, "\n".join(["", *wrong])


async def test_the_canaries_sing_where_they_should(sown: Sown) -> None:
    """The search above would find a name: those who may see names do see some."""
    heard, known = set(), [*canaries(""), MALEE]
    for door in sown.routes():
        if door.method != "GET" or door.public:
            continue
        said = await sown.ask(door, sown.somebody(door))
        if said.status_code == 200:
            heard |= {s for s in known if s in said.content.decode("utf-8", "replace")}
    assert {PARTICULARS[MALEE].name, MALEE} <= heard


async def test_a_row_turned_to_everywhere_would_let_krit_in(sown: Sown) -> None:
    """So the tests above fail for the right reason: it is the table that keeps him out."""
    await sown.doors.step_up(KRIT)
    guard = next(g for g in sown.doors.app.guards if isinstance(g, Guard))
    shut = []
    for door in objects(sown):
        if door.method == "GET" and sown.may(door, KRIT):
            rows = [r for r in POLICY.rules if r.operation != door.operation]
            guard.policy = Policy.of([*rows, Rule(door.operation, "farmer", "everywhere")])
            if (await sown.ask(door, KRIT)).status_code == 404:
                shut.append(door.name)
    guard.policy = POLICY
    assert not set(shut) - BY_PERSON, "\n".join(["", *shut])


BY_PERSON = {
    "GET /inspect/{id}/{chapter}",
    "GET /api/v1/inspections/{id}/photos/{photo}",
    "GET /findings/{id}",
}
"""Only for those who were sent to look; and what this village has none of: photos, findings."""
