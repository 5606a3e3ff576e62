"""The templates, a set for each language: what is the same on every page is said at loading.

`{{ t("Sign in") }}`, `{{ icon("leaf")|safe }}`, `{{ drawing("face")|safe }}` and
`{{ static("site.css") }}` ask for the same answer each time, and each costs a step out of the
template engine and back. Here they are part of the text; what has a variable in it stays a call.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import minijinja
import msgspec

from certification.basis.ids import new_id
from market.answers.words import words
from market.web import charts
from market.web.drawings import DRAWINGS, ICONS, drawing, icon
from market.web.static_files import address

FOLDER = Path(__file__).parent / "templates"
PARTS_MAX = 2_000
CONSTANT = re.compile(r'\{\{ (t|icon|drawing|static)\("([^"\\]+)"\)(\|safe)? \}\}')


@lru_cache(maxsize=2)
def templates(language: str) -> minijinja.Environment:
    say = words(language)
    same: dict[str, Callable[[str], str]] = {
        "t": say, "icon": icon, "drawing": drawing, "static": address,
    }  # fmt: skip

    def said(found: re.Match[str]) -> str:
        name, about, is_html = found.groups()
        if name in NAMED and about not in NAMED[name]:
            return found[0]
        text = same[name](about)
        return found[0] if "{" in text else text if is_html else minijinja.escape(text)

    def load(name: str) -> str | None:
        file = FOLDER / name
        return CONSTANT.sub(said, file.read_text(encoding="utf-8")) if file.is_file() else None

    environment = minijinja.Environment(
        loader=load,
        globals={
            "icon": icon,
            "drawing": drawing,
            "static": address,
            "new_id": new_id,
            "bar": charts.bar,
            "stacked": charts.stacked,
            "dot": charts.dot,
        },
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for name, word in {
        "t": say,
        "language": language,
        "baht": say.baht,
        "kilos": say.kilos,
        "area": say.area,
        "day": say.day,
        "moment": say.moment,
        "named": say.name,
        "part": Parts(environment),
    }.items():
        environment.add_global(name, word)
    return environment


class Parts:
    """`{{ part("public_checked.html", inspected=lot.inspected) }}`: a template of the values alone.

    What was made of the same values is not made again: the lots of a plot share its visit and its
    certificate. Nothing here can be out of date, for nothing is asked but what is given.
    """

    def __init__(self, environment: minijinja.Environment) -> None:
        self.environment = environment
        self.made: dict[tuple[str, bytes], Any] = {}

    def __call__(self, name: str, **values: object) -> Any:
        key = (name, msgspec.msgpack.encode(values))
        if key not in self.made:
            if len(self.made) >= PARTS_MAX:
                del self.made[next(iter(self.made))]
            said = self.environment.render_template(name, **values)
            self.made[key] = minijinja.Markup(said)
        return self.made[key]


NAMED = {"icon": ICONS, "drawing": DRAWINGS}
"""A name that is not known fails where it is drawn, not where it is read."""
