"""What a scan leads to and where the market stands, in Malay (Rumi): wholly, and nowhere else."""

import re
from pathlib import Path
from typing import Any, cast

from babel.messages import pofile
from httpx import ASGITransport, AsyncClient, Response

from certification.basis.database import in_use
from certification.basis.transaction import run
from certification.basis.units import malay_date
from certification.crops import queries as crops
from certification.schemes.presets import PRESETS, preset
from market.answers.language import LanguagePrefix, spoken
from market.answers.words import LOCALE, MALAY, catalogue, words
from market.web import desks
from market.web.page import IN_MALAY
from tests.cast import MALEE, TODAY
from tests.doors import ORIGIN, Doors
from tests.market import farm as farms
from tests.market.stall import stall_in_village

TEMPLATES = Path(__file__).parents[2] / "market/web/templates"
PROGRAMS = (
    "pages/trace.py", "lot_parts.py", "lot_sheet.py", "pages/certificate.py", "pages/stops.py",
    "scanned.py", "alike.py",
)  # fmt: skip
"""That make these pages: what they lay into them is said there too."""
MACROS = {"goods.html": ("truck_comes", "truck_calls"), "residue_parts.html": ("said",)}
"""Of which these pages use no more."""
BY_PROGRAMS = {"in a laboratory", "Every day"}
KEYS = (
    "trace.do.", "trace.head.", "trace.body.", "trace.paper.", "trace.verdict.", "trace.state.",
    "trace.event.", "trace.from", "trace.seat.", "lots.beside.", "lots.because.", "lots.claim.",
    "marks.kind.", "recalls.because.", "recalls.advice.", "links.", "weekday.", "residues.not_",
    "residues.safe", "residues.unsafe", "setting.chemical.", "season.why.", "inspect.against.",
    "refusal.trace.", "refusal.negotiated.no_such_link",
)  # fmt: skip
"""That are put together while the page is made."""
CALLED = re.compile(r'(?:extends|include|import|part\()\s*"([a-z_]+\.html)"')
SAID = re.compile(r'\bt\("((?:[^"\\])+)"')
PLACES = re.compile(r"\{\w+\}")


def malay() -> dict[str, str]:
    found: dict[str, str] = {}
    for file in sorted((LOCALE / MALAY).glob("*.po")):
        with file.open("rb") as opened:
            found |= {str(m.id): str(m.string) for m in pofile.read_po(opened) if m.id}
    return found


def text(name: str) -> str:
    whole = (TEMPLATES / name).read_text()
    if name not in MACROS:
        return whole
    each = re.findall(r"{% macro (\w+)(.*?){% endmacro %}", whole, re.DOTALL)
    return "".join(said for macro, said in each if macro in MACROS[name])


def sentences() -> set[str]:
    made = "".join((TEMPLATES.parent / one).read_text() for one in PROGRAMS)
    laid_in = set(re.findall(r'"([a-z_]+[.]html)"', made))
    asked, seen, left = {*BY_PROGRAMS}, set[str](), {*IN_MALAY, *laid_in}
    while left:
        seen.add(name := left.pop())
        asked |= {one for one in SAID.findall(text(name)) if not one.endswith(".")
                  or " " in one}  # fmt: skip
        left |= set(CALLED.findall(text(name))) - seen
    asked |= {one for one in catalogue("en") if one.startswith(KEYS)}
    for desk in desks.DESKS:
        asked |= {desk.words, *(word.words for word in desk.bar)}
    return asked


def test_every_sentence_of_these_pages_is_there_in_malay_and_no_other() -> None:
    known, asked = malay(), sentences()
    named = {one.name.en for one in crops.crops()} | {
        seat.name.en for one in PRESETS for seat in preset(one).rules.panel_seats
    }
    assert sorted(asked - set(known)) == []
    assert sorted(set(known) - asked - named) == []
    odd = [
        key for key, said in known.items()
        if set(PLACES.findall(said)) != set(PLACES.findall(catalogue("en").get(key, key)))
    ]  # fmt: skip
    assert odd == []
    assert not [said for said in known.values() if re.search("[\u0e00-\u0e7f]", said)]


def test_malay_writes_days_sums_and_weights_as_they_are_read_there() -> None:
    say = words(MALAY)
    assert malay_date(TODAY.replace(month=8, day=1)) == "1 Ogos 2026"
    assert say.baht(123_450).replace("\xa0", " ") == "1,234.50 baht"
    assert say.kilos(1_500).replace("\xa0", " ") == "1.5 kg"
    assert say.name(crops.crop("kale").name) == "Kailan"
    assert say("refusal.orders.no_such_order") != "refusal.orders.no_such_order"  # English at least


def of_language(answer: Response, language: str) -> bool:
    header, page = answer.headers.get("content-language"), answer.text
    return header == language and f'<html lang="{language}">' in page


def prefixed(doors: Doors, language: str) -> AsyncClient:
    """As it is served: the language may stand before the address."""
    whole = cast("Any", LanguagePrefix(cast("Any", doors.app)))
    return AsyncClient(
        transport=ASGITransport(whole), base_url=ORIGIN, follow_redirects=True,
        headers={"accept-language": language},
    )  # fmt: skip


async def test_malay_is_chosen_where_a_page_has_it_and_is_never_mixed_into_another(
    doors: Doors,
) -> None:
    farm = await run(farms._settled, "organic", "kale")
    lot = await farm.harvest()
    there = await stall_in_village()
    [paper] = [
        row["code"] for row in await in_use().query("SELECT code FROM certificate")
    ]  # fmt: skip
    reader = prefixed(doors, "ms,en;q=0.5")
    pages = {
        f"/L/{lot.code}": "Organik, telah diperiksa", f"/L/{lot.code}/corrections": "dibetulkan",
        f"/C/{paper}": "Organik, sah hari ini", "/stops": "Di mana pasar dibuka",
        "/L/00000000": "Kod tidak ditemui", f"/L/{lot.code}?linkType=gs1:pip": "Kailan",
    }  # fmt: skip
    for address, word in pages.items():
        shown = await reader.get(address)
        assert word in shown.text, address
        assert of_language(shown, MALAY), address
        assert "accept-language" in shown.headers["vary"]
        assert "cookie" in shown.headers["vary"]
        thai = re.findall(r">([^<]*[\u0e00-\u0e7f][^<]*)<", shown.text)
        assert [one for one in thai if one.strip() != "ไทย"] == [], address
    for address in ("/", "/about", f"/P/{farm.plot_code}", f"/shop/{there.cycle}", "/nowhere"):
        shown = await reader.get(address)
        assert of_language(shown, "en"), address
        assert "Bahasa Melayu" not in shown.text, address
        assert of_language(await reader.get(f"{address}?lang=ms"), "en"), address
    assert (await reader.get("/ms/about")).status_code == 404
    assert of_language(await prefixed(doors, "th").get(f"/ms/L/{lot.code}"), MALAY)

    one = doors.stranger("th")
    assert of_language(await one.get(f"/L/{lot.code}"), "th")
    assert 'lang="ms" title="Bahasa Melayu"' in (await one.get(f"/L/{lot.code}")).text
    assert of_language(await one.get(f"/L/{lot.code}?lang=ms"), MALAY)
    assert of_language(await one.get(f"/C/{paper}"), MALAY)  # remembered
    assert of_language(await one.get("/about"), "th")
    assert of_language(await one.get("/stops"), MALAY)  # and still remembered


async def test_the_linkset_names_the_malay_page_and_only_pages_that_are_there(doors: Doors) -> None:
    farm = await run(farms._settled, "organic", "kale")
    lot = await farm.harvest()
    client = prefixed(doors, "en")
    told = (await client.get(f"/L/{lot.code}?linkType=linkset")).json()["linkset"][0]
    links = [link for of in told.values() if isinstance(of, list) for link in of]
    malay = [link for link in links if "/ms/" in link["href"]]
    assert malay
    for link in malay:
        assert link["hreflang"] == [MALAY]
        path = link["href"].partition("/ms")[2]
        assert MALAY in spoken(path)
        assert of_language(await client.get(f"/ms{path}"), MALAY)
    [default] = told["https://ref.gs1.org/voc/defaultLink"]
    assert default["hreflang"] == ["th", "en", MALAY]


async def test_who_is_signed_in_meets_malay_on_the_frame_too(doors: Doors) -> None:
    malee = await doors.as_(MALEE, MALAY)
    farm = await run(farms._settled, "organic", "kale")
    lot = await farm.harvest()
    shown = await malee.get(f"/L/{lot.code}")
    assert of_language(shown, MALAY)
    assert "Log keluar" in shown.text
    assert "Hari ini" in shown.text
