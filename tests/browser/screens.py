"""`python -m tests.browser.screens`: a picture of every page at 360 and 1280 px, in docs/screens/.

Of the demo, in Thai and a few in Malay; what is written under each stands in docs/screens.md.
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.checks import DESK, PHONE, opened
from tests.browser.conftest import FLAGS
from tests.browser.site import STRANGER, Site, Visit, site
from tests.skips import program

FOLDER = Path(__file__).parents[2] / "docs/screens"
HIGHEST = {PHONE: 2_200, DESK: 1_400}
"""Longer pages go on as they began."""
IN_MALAY = ("/L/{typed}", "/C/{typed}", "/stops")
"""Shown in Malay as well; these last, for the choice is remembered."""
SCREENS_MD = re.compile(r"^\| `(/[^`?]*)[^`]*` \|[^|]*\| ([^|]+) \|", re.MULTILINE)
"""Address and purpose."""


def name(route: str) -> str:
    """`/shop/{cycle}/{offer}` -> `shop-one-one`; `/` -> `front`."""
    return re.sub(r"\{\w+\}", "one", route.strip("/")).replace("/", "-") or "front"


def file(route: str, width: int) -> Path:
    return FOLDER / f"{name(route)}-{width}.webp"


def main(wanted: list[str]) -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, site(Path(folder)) as demo:
        visits = [
            visit for visit in first_of_each(demo) if not wanted or name(visit.route) in wanted
        ]
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=program("browser"), args=FLAGS)
            for width in (PHONE, DESK):
                shoot(chromium, demo, visits, width)
            chromium.close()
    write_index()


def first_of_each(demo: Site) -> list[Visit]:
    """A basket with something in it, words somebody typed for Malee; what was typed and not found
    is the page of a search."""
    visits = [Visit("/find", "/find?code=KALE", STRANGER), *demo.pages()[0]]
    first = {visit.route: visit for visit in reversed(visits)}
    first["/basket"] = Visit("/basket", "/basket", "nok")
    first["/me/typed"] = Visit("/me/typed", "/me/typed", "malee")
    malay = [Visit(f"/ms{one}", f"/ms{first[one].path}", STRANGER) for one in IN_MALAY]
    return [*first.values(), *malay]


def shoot(browser: Browser, demo: Site, visits: list[Visit], width: int) -> None:
    windows: dict[str, Page] = {}
    for visit in visits:
        if visit.who not in windows:
            windows[visit.who] = opened(browser, demo, visit.who, "th").new_page()
        page = windows[visit.who]
        page.set_viewport_size({"width": width, "height": 760})
        page.goto(visit.path)
        page.evaluate("document.fonts.ready")
        whole = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": width, "height": min(whole, HIGHEST[width])})
        picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        picture.save(file(visit.route, width), "WEBP", quality=55, method=4)
    for page in windows.values():
        page.context.close()


def listed() -> dict[str, str]:
    """Each page of docs/screens.md and what it is for."""
    return dict(SCREENS_MD.findall((FOLDER.parent / "screens.md").read_text(encoding="utf-8")))


def write_index() -> None:
    """Pictures side by side, in the order of docs/screens.md."""
    lines = [
        "# Screens, as they look",
        "Made by `python -m tests.browser.screens` of the demo, in Thai; every person, number and "
        "field in them is invented. What each is for: [screens.md](../screens.md).",
        "",
        "| page | 360 px | 1280 px |", "|---|---|---|",
    ]  # fmt: skip
    for route, purpose in listed().items():
        both = [file(route, width) for width in (PHONE, DESK)]
        if all(one.is_file() for one in both):
            narrow, wide = (f'<a href="{f.name}"><img src="{f.name}" alt=""' for f in both)
            lines.append(
                f'| `{route}`<br>{purpose} | {narrow} width="180"></a> | {wide} width="420"></a> |'
            )
    (FOLDER / "README.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
