"""Thai that is stacked high and hangs low keeps all its ink in every kind of control."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser.checks import Desk
from tests.browser.site import STRANGER, Site

pytestmark = pytest.mark.browser

WORDS = "ปู่ญี่ปุ่น ฏฐู ป้ำ กู้"
CONTROLS = {
    "free": f'<span class="free">{WORDS}</span>',
    "value": f'<input value="{WORDS}">',
    "placeholder": f'<input class="hint" placeholder="{WORDS}">',
    "search": f'<form class="find"><input type="search" value="{WORDS}"></form>',
    "field": f'<div class="field"><input value="{WORDS}"></div>',
    "textarea": f'<div class="field"><textarea rows="2">{WORDS}</textarea></div>',
    "select": f'<div class="field"><select><option>{WORDS}</option></select></div>',
    "button": f'<button class="btn plain">{WORDS}</button>',
    "link": f'<button class="link">{WORDS}</button>',
    "chip": f'<span class="chip">{WORDS}</span>',
    "summary": f"<details><summary>{WORDS}</summary></details>",
    "choice": f'<label class="choice">{WORDS}</label>',
    "tick": f'<label class="tick"><span>{WORDS}</span></label>',
    "cell": f'<table class="table"><tbody><tr><td>{WORDS}</td></tr></tbody></table>',
}
"""Free-standing, then as people meet it."""
INK = 150
"""Darker is ink: of 0 to 255."""
SHOW = """(controls) => {
  document.body.innerHTML = '<main></main>'
  const styles = {background: '#fff', color: '#000', fontSize: '18px', fontWeight: '400',
                  borderColor: '#fff', outline: 'none', textDecoration: 'none', boxShadow: 'none'}
  for (const [name, html] of Object.entries(controls)) {
    const box = document.createElement('div')
    Object.assign(box.style, {padding: '24px 8px', background: '#fff', width: '340px'})
    box.id = name
    box.innerHTML = html
    document.querySelector('main').append(box)
    box.querySelectorAll('*').forEach((node) => Object.assign(node.style, styles))
  }
  document.activeElement.blur()
}"""


def test_no_control_cuts_a_vowel_or_a_tone_mark(browser: Browser, demo: Site) -> None:
    """Rows of ink, of three times the size, held against the same words standing free."""
    desk = Desk(browser, demo, STRANGER, "th", device_scale_factor=3)
    desk.page.goto("/sign-in")
    desk.page.evaluate(SHOW, CONTROLS)
    rows = {name: ink(desk.page, name) for name in CONTROLS}
    whole = rows["free"]
    assert whole > 60
    cut = {name: f"{had} of {whole}" for name, had in rows.items() if had < whole - 1}
    assert not cut


def ink(page: Page, name: str) -> int:
    """How many rows of the picture hold ink; a placeholder's is grey, so it counts by contrast."""
    picture = Image.open(io.BytesIO(page.locator(f"#{name}").screenshot())).convert("L")
    width, height = picture.size
    inner = picture.crop((0, 0, width * 9 // 10, height))
    rows = [y for y in range(height) if min(inner.crop((0, y, inner.width, y + 1)).tobytes()) < INK]
    return rows[-1] - rows[0] + 1 if rows else 0
