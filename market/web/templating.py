"""The templates, a set for each language: what is the same on every page is said at loading.

`{{ t("Sign in") }}`, `{{ icon("leaf")|safe }}`, `{{ drawing("face")|safe }}` and
`{{ static("site.css") }}` ask for the same answer each time, and each costs a step out of the
template engine and back. Here they are part of the text; what has a variable in it stays a call.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import minijinja
import msgspec

from certification.basis.ids import new_id
from market.answers.words import words
from market.web import charts
from market.web.drawings import DRAWINGS, ICONS, drawing, icon
from market.web.layout import Layout
from market.web.static_files import address

FOLDER = Path(__file__).parent / "templates"
PARTS_MAX = 2_000
LAYOUTS_MAX = 100
"""Of whole pages: strangers see a handful, and each reader who is signed in one of their own."""
CONSTANT = re.compile(r'\{\{ (t|icon|drawing|static)\("([^"\\]+)"\)(\|safe)? \}\}')


Kept = TypeVar("Kept")


def templates(language: str) -> minijinja.Environment:
    return parts(language).environment


@lru_cache(maxsize=3)
def parts(language: str) -> Parts:
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
    made = Parts(environment)
    for name, word in {
        "t": say,
        "language": language,
        "baht": say.baht,
        "kilos": say.kilos,
        "area": say.area,
        "day": say.day,
        "moment": say.moment,
        "named": say.name,
        "part": made,
    }.items():
        environment.add_global(name, word)
    return made


class Parts:
    """`{{ part("public_checked.html", inspected=lot.inspected) }}`: a template of the values alone.

    What was made of the same values is not made again: the lots of a plot share its visit and its
    certificate. Nothing here can be out of date, for nothing is asked but what is given.
    """

    def __init__(self, environment: minijinja.Environment) -> None:
        self.environment = environment
        self.made: dict[tuple[str, bytes], tuple[minijinja.Markup, bytes]] = {}
        self.layouts: dict[tuple[str, bytes], Layout] = {}

    def __call__(self, name: str, **values: object) -> minijinja.Markup:
        return self._made(name, values)[0]

    def html(self, name: str, **values: object) -> bytes:
        return self._made(name, values)[1]

    def _made(self, name: str, values: dict[str, object]) -> tuple[minijinja.Markup, bytes]:
        key = (name, msgspec.msgpack.encode(values))
        if (found := self.made.get(key)) is None:
            said = self.environment.render_template(name, **values)
            found = minijinja.Markup(said), said.encode()
            _put(self.made, key, found, PARTS_MAX)
        return found

    def layout(self, name: str, values: Mapping[str, object], holes: Iterable[str]) -> Layout:
        """A page that only says where to place what differs; made once for each `values`."""
        key = (name, msgspec.msgpack.encode(values))
        if (layout := self.layouts.get(key)) is None:
            said = self.environment.render_template(
                name, **values, **{one: f"\0{one}\0" for one in holes}
            )
            layout = Layout.read(said)
            _put(self.layouts, key, layout, LAYOUTS_MAX)
        return layout


def to_html(text: str) -> bytes:
    """Escaped as a template would."""
    return minijinja.escape(text).encode()


def _put(
    into: dict[tuple[str, bytes], Kept], key: tuple[str, bytes], made: Kept, most: int
) -> None:
    if len(into) >= most:
        del into[next(iter(into))]
    into[key] = made


NAMED = {"icon": ICONS, "drawing": DRAWINGS}
"""A name that is not known fails where it is drawn, not where it is read."""
