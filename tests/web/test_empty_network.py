"""From `market init` to an application, on an empty database and through pages alone.

Each address is one that the page before shows: nobody has to know it.
"""

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

import pytest
from httpx import ASGITransport, AsyncClient

from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.groups import queries as groups
from certification.people import commands as people
from certification.people.rules import Particulars
from certification.schemes import queries as charters
from market import settings
from market.cli import Begun, first_person
from market.domain.accounts import commands as accounts
from market.domain.accounts import pins
from market.gateways import planner
from tests.cast import NOW
from tests.databases import only_sqlite
from tests.doors import CHEAP, ORIGIN, PIN, hung


class Market:
    def __init__(self, folder: Path) -> None:
        self.now = NOW
        self.settings = settings.read({"MARKET_DATA": str(folder), "MARKET_ORIGIN": ORIGIN})
        self.app = hung(self)

    async def enters(self, code: str) -> AsyncClient:
        client = AsyncClient(
            transport=ASGITransport(self.app), base_url=ORIGIN, follow_redirects=True,
            headers={"accept-language": "en", "sec-fetch-site": "same-origin"},
        )  # fmt: skip
        await send(client, "/enrol", code=code, new_pin=PIN)
        return client


@pytest.fixture
async def market(db: Database, tmp_path: Path) -> AsyncIterator[Market]:
    await people.open_vault(tmp_path / "keys" / "vault.key")
    await accounts.open_pins(tmp_path / "keys" / "pepper.key", CHEAP)
    yield Market(tmp_path)
    pins.close()


async def send(client: AsyncClient, address: str, **typed: str) -> str:
    """What the page says that follows; the PIN is given where it is asked for."""
    said = await client.post(address, data=typed)
    if 'action="/step-up"' in said.text:
        await client.post("/step-up", data={"pin": PIN, "next": "/me"})
        said = await client.post(address, data=typed)
    assert said.status_code == 200, said.text
    return unescape(said.text)


async def leads(client: AsyncClient, page: str, to: str) -> None:
    shown = unescape((await client.get(page)).text)
    assert f'href="{to}"' in shown, f"{page} shows no way to {to}"


async def test_an_empty_network_comes_as_far_as_an_application(market: Market) -> None:
    code = await run(first_person, Particulars("สมหญิง ตั้งต้น", "0812345678"), NOW)
    admin = await market.enters(code)
    for step in ("/admin/groups/new", "/standard/new", "/admin/people/new"):
        await leads(admin, "/admin", step)
    assert 'href="/helped"' not in (await admin.get("/admin")).text
    await _found(admin, kind="network", area="90")
    network = _option((await admin.get("/admin/groups/new")).text)
    await _found(admin, kind="group", area="900901", network=network)
    group = _option((await admin.get("/admin/people/new")).text)

    malee, card = await _registered(admin, "มาลี สวนผัก", group)
    _, wan = await _office(admin, "วรรณ เลขา", network, "secretariat")
    await _office(admin, "ประเสริฐ เงินดี", network, "treasurer")
    _, chan = await _office(admin, "จันทร์ จังหวัด", "", "officer")
    listed = (await admin.get("/admin")).text
    assert "จันทร์ จังหวัด" in listed  # of no group, and yet on the list
    assert "First steps" in listed

    farmer = await market.enters(card)
    made = await send(
        farmer, "/farm/plots/new", name="หลังบ้าน", kind="field", whom=f"{malee}|{group}",
        point="7.0761, 100.2838", area="2 rai",
    )  # fmt: skip
    plot = re.search(r"/farm/plots/([0-9a-f-]{36})/plant", made)
    assert plot
    apply = f"/farm/plots/{plot[1]}/apply"
    assert "No charter is in force yet" in (await farmer.get(apply)).text
    secretary = await market.enters(wan)
    await leads(secretary, "/standard", "/standard/new")
    await send(
        secretary, "/standard/new", preset="sgs-pgs-small", owner=network, scheme="trial",
        prefix="TR", name_th="ทดลอง",
    )  # fmt: skip
    await send(
        secretary, "/draft/trial/publish", revision="1", meeting="", meeting_ref="1/2569",
        minutes_on="1/1/2569", effective_from="1/1/2569",
    )  # fmt: skip
    assert 'name="pledge"' in (await farmer.get(apply)).text

    await send(admin, f"/admin/people/{malee}/roles", role="leader", place=group)
    assert "First steps" not in (await admin.get("/admin")).text
    assert "Songkhla" in (await (await market.enters(chan)).get("/registry")).text


async def _found(admin: AsyncClient, **typed: str) -> None:
    names = {"name_th": f"ทดลอง {typed['kind']}", "name_en": f"Trial {typed['kind']}"}
    await send(admin, "/admin/groups/new", **names, **typed)


def _option(page: str) -> str:
    """The first thing of ours that a list offers."""
    found = re.search(r'<option value="([0-9a-f-]{36})"', page)
    assert found
    return found[1]


async def _registered(admin: AsyncClient, name: str, group: str) -> tuple[str, str]:
    made = await send(admin, "/admin/people/new", name=name, group=group)
    found = re.search(r'action="/admin/people/([0-9a-f-]{36})/', made)
    assert found
    return found[1], await _card(admin, found[1])


async def _card(admin: AsyncClient, person: str) -> str:
    card = await send(admin, f"/admin/people/{person}/code")
    found = re.search(r'class="code">([0-9A-Z]{5}-[0-9A-Z]{5})<', card)
    assert found
    return found[1]


async def _office(admin: AsyncClient, name: str, place: str, role: str) -> tuple[str, str]:
    """Who is in no group comes to the page of roles at once: nothing else would lead there."""
    made = await send(admin, "/admin/people/new", name=name, group="")
    found = re.search(r'action="/admin/people/([0-9a-f-]{36})/roles"', made)
    assert found
    person = found[1]
    await send(admin, f"/admin/people/{person}/roles", role=role, place=place, area="90")
    return person, await _card(admin, person)


@only_sqlite  # what is read and written is tried on both elsewhere
async def test_an_operator_of_an_empty_network_is_led_from_the_desk_to_a_planned_day(
    market: Market,
) -> None:
    """No truck, no stop, no order: each page says what to do next, and nothing breaks."""
    code = await run(first_person, Particulars("สมหญิง ตั้งต้น", "0812345678"), NOW)
    admin = await market.enters(code)
    await _found(admin, kind="network", area="90")
    network = _option((await admin.get("/admin/groups/new")).text)
    _, drives = await _office(admin, "ดาว ขับรถ", network, "operator")
    _, counts = await _office(admin, "ประเสริฐ เงินดี", network, "treasurer")
    dao, prasert = await market.enters(drives), await market.enters(counts)
    for address in ("", "/week", "/trucks", "/places", "/rounds", "/stats"):
        shown = await dao.get(f"/truck{address}")
        assert shown.status_code == 200, address
    await leads(dao, "/truck", "/truck/trucks")
    week = {"operator": network, "begins": "30/11/2569", "seconds": "1"}
    no = await dao.post("/truck/week", data=week)
    assert no.status_code == 409
    assert "Planning was called off" not in no.text
    at = {"network": network, "lat": "7.1", "lon": "100.3", "tambon": "900901"}
    await send(prasert, "/places/new", id=new_id(), kind="base", name_th="โรงรถ", name_en="Shed",
               **at)  # fmt: skip
    await send(
        prasert, "/places/new", id=new_id(), kind="stop", name_th="ตลาด", name_en="Market", **at,
        weekday_1="1", opens_1="9.00", closes_1="12.00",
    )  # fmt: skip
    base = _option((await dao.get("/truck/trucks")).text)
    await send(
        dao, "/truck/trucks", id=new_id(), operator=network, name="คันแรก", base=base,
        capacity="800", crates="40", per_km="6", per_min="1.5", weekday="1", starts="5.00",
        ends="17.00",
    )  # fmt: skip
    [stop] = re.findall(
        r'href="/truck/places/([0-9a-f-]{36})"', (await dao.get("/truck/places")).text
    )
    terms = {"stall_minutes": "45", "weekday_1": "1", "opens_1": "9.00", "closes_1": "12.00"}
    await send(dao, f"/truck/places/{stop}", **terms, value="600")
    begun = await send(dao, "/truck/week", **week)
    assert "days are planned" in begun
    await planner.settled()
    planned = (await dao.get("/truck/week")).text
    assert "as wished" in planned
    [found] = set(re.findall(r'name="week" value="([0-9a-f-]{36})"', planned))
    desk = await send(dao, "/truck/week/adopt", week=found)
    day = re.search(r'href="/truck/([0-9a-f-]{36})"', desk)
    assert day
    assert "Market" in unescape((await dao.get(f"/truck/{day[1]}")).text)
    await send(dao, f"/truck/{day[1]}/plan", seconds="1")
    await planner.settled()
    await send(dao, f"/truck/{day[1]}/plan/publish", version="1")
    assert "Market" in unescape((await dao.get(f"/truck/{day[1]}/route")).text)


async def test_a_network_and_the_draft_of_its_scheme_are_founded_with_the_first_person(
    market: Market,
) -> None:
    begun = Begun("เครือข่ายทดลอง", "90", "sdgspgs")
    await run(first_person, Particulars("สมหญิง ตั้งต้น", "0812345678"), NOW, begun)
    draft = await charters.draft("sdgspgs")
    owner = await groups.group((await charters.scheme("sdgspgs")).owner)
    assert (owner.kind, owner.name_th) == ("network", "เครือข่ายทดลอง")
    assert draft.content.rules.number_prefix == "SDG"
    assert await charters.versions("sdgspgs") == []  # a meeting adopts it first
