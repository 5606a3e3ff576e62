"""What was typed when the session was over, or when the PIN is asked again: it waits in the page.

The browser is asked (307) to bring the form to the door of the sign-in. That page carries it in
hidden fields, nothing is kept on the server, and a press sends it where it was going.
"""

from __future__ import annotations

import msgspec

from market.answers.errors import Asked
from market.web.form import SECRET, Form
from market.web.page import safe_next

TO, BACK, PICTURE, FIELD = "unsent.to", "unsent.back", "unsent.picture", "unsent.field."


class Unsent(msgspec.Struct, frozen=True):
    to: str
    """The address it was sent to."""
    back: str
    """The page it was typed on."""
    picture: bool
    """There was a file, which a page cannot carry."""
    fields: list[tuple[str, str]]

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """For the form of the PIN."""
        about = [(TO, self.to), (BACK, self.back), (PICTURE, "yes" if self.picture else "")]
        return [*about, *((FIELD + name, said) for name, said in self.fields)]


def brought(request: Asked, form: Form) -> Unsent:
    """To the door, by the browser."""
    asked = request.query_params
    fields = [pair for pair in form.pairs if pair[0] not in SECRET]
    to, back = safe_next(asked.get("to", "")), safe_next(asked.get("next", ""))
    return Unsent(to, back, form.has_file, fields)


def carried(form: Form) -> Unsent | None:
    """By the page of the PIN."""
    if not form.raw(TO):
        return None
    fields = [
        (name.removeprefix(FIELD), said) for name, said in form.pairs if name.startswith(FIELD)
    ]
    to, back = safe_next(form.raw(TO)), safe_next(form.raw(BACK))
    return Unsent(to, back, form.raw(PICTURE) == "yes", fields)
