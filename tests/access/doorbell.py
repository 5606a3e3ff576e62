"""Asks at the doors themselves: everybody, for the thing and for what is not there.

    bell = await hang(sown)
    said = await bell.ask(address, somebody)

What a question changed is put back, so that each is asked of the same village (SQLite only).
"""

import re
import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

import msgspec
from litestar.handlers import BaseRouteHandler

from certification.basis import codes
from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.groups import commands as groups
from certification.groups.rules import Found, Grants
from certification.people import commands as people
from certification.people.rules import Particulars
from market.domain.accounts import commands as accounts
from market.domain.accounts import sessions
from market.domain.accounts.rules import Browser
from tests.access import canaries, everybody, oracle
from tests.access.crafted import crafted
from tests.access.oracle import Address, Held, Someone
from tests.access.sown import Sown
from tests.cast import ADMIN, DAO, EVERYBODY, LONG_AGO, MALEE, NETWORK, NOW, RATTAPHUM, TODAY
from tests.doors import PIN

STEP = timedelta(seconds=1)
NOTHINGS = "01930000-0000-7000-8000-000000ffffff"


class Said(msgspec.Struct):
    status: int = 0
    headers: dict[str, str] = {}
    body: bytes = b""
    code: str = ""
    """Of the refusal, if the door refused."""

    @property
    def told(self) -> str:
        """All that can be read of it, headers too."""
        return "\n".join([self.text, *self.headers.values()])

    @property
    def text(self) -> str:
        return canaries.text_of(self.headers.get("content-type", ""), self.body)

    @property
    def answer(self) -> str:
        """In the oracle's words. Past the guard and the object all is "yes", also a "not now"."""
        onward = self.headers.get("location", "")
        if self.code == "partners.not_a_partner":  # no person has what this door asks for
            return oracle.YES
        if self.status == 401 or onward.startswith(("/sign-in?next=", "/sign-in/unsent?next=")):
            return oracle.SIGN_IN
        if onward.startswith("/step-up"):
            return oracle.PIN
        if self.status == 404:
            return oracle.NOT_THERE
        if self.status >= 500:
            return f"broken: {self.body[:200]!r}"
        return BY_CODE.get(self.code, oracle.YES)


BY_CODE = {
    "access.not_allowed": oracle.NO, "access.step_up_needed": oracle.PIN,
    "access.own_cause": oracle.OWN_CAUSE,
}  # fmt: skip


class Bell:
    def __init__(self, sown: Sown) -> None:
        self.sown, self.app = sown, sown.doors.app
        self.doors = {door.name: door for door in sown.routes()}
        self.secrets: dict[str, str] = {}
        self.times: dict[str, datetime] = {}
        self._made: dict[tuple[str, bool], tuple[str, dict[str, str], tuple[bytes, bytes]]] = {}
        self.refused = ""
        self.app.after_exception.append(self._note)
        self.restore: Callable[[], None] = lambda: None
        self.puts_back = False

    async def _note(self, no: Exception, _: Any) -> None:
        self.refused = getattr(no, "code", "")

    def addressed(self, one: Address, *, missing: bool = False) -> tuple[str, dict[str, str]]:
        """The path with its query, and the fields that are sent with it."""
        return self._sent(one, missing=missing)[:2]

    def _sent(
        self, one: Address, *, missing: bool
    ) -> tuple[str, dict[str, str], tuple[bytes, bytes]]:
        """Made once, and asked by everybody."""
        if (one.name, missing) not in self._made:
            path, fields = self._addressed(one, missing=missing)
            body = self._body(self.doors[one.name].handler, fields, api="/api/" in path)
            self._made[one.name, missing] = (path, fields, body)
        return self._made[one.name, missing]

    def _addressed(self, one: Address, *, missing: bool) -> tuple[str, dict[str, str]]:
        query, fields = _split(one.sent)
        named = [part for part in (*query.values(), *fields.values()) if "{" in part]
        in_sent = missing and bool(named) and _is_sent(one)
        path = one.address
        if missing and not in_sent:
            path = re.sub(r"\{(\w+)\}", _unknown, path)
        else:
            path = self.sown.address(path).partition("?")[0]
        query, fields = (
            {name: self._filled(value, unknown=in_sent) for name, value in of.items()}
            for of in (query, fields)
        )
        return path + (f"?{urlencode(query)}" if query else ""), fields

    def _filled(self, value: str, *, unknown: bool) -> str:
        def thing(found: re.Match[str]) -> str:
            return _unknown(found) if unknown else self.sown.things[WORDS[found[1]]]

        return re.sub(r"\{(\w+)\}", thing, value)

    async def ask(self, one: Address, who: Someone, *, missing: bool = False) -> Said:
        path, _, (kind, body) = self._sent(one, missing=missing)
        self.sown.doors.now = self.times.get(who.name, NOW)
        said = await self.call(one.method, path, self.secrets.get(who.name, ""), kind, body)
        if one.method != "GET":
            self.restore()
        return said

    def lists(self, one: Address, said: Said) -> bool:
        """Whether the thing stands on a page that lists many."""
        return self._filled(one.sent.removeprefix("lists "), unknown=False).encode() in said.body

    def _body(
        self, handler: BaseRouteHandler, fields: dict[str, str], *, api: bool
    ) -> tuple[bytes, bytes]:
        if not api:
            return b"application/x-www-form-urlencoded", urlencode(fields).encode()
        field = handler.parsed_data_field
        made = crafted(field.raw, "id", least=True) if field is not None else {}
        for name, value in fields.items():
            _put(made, name.split("."), value)
        return b"application/json", msgspec.json.encode(made)

    async def call(
        self, method: str, path: str, secret: str, kind: bytes = b"", body: bytes = b""
    ) -> Said:
        said, self.refused = Said(), ""

        async def receive() -> Any:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                said.status = message["status"]
                said.headers = {
                    k.decode("latin-1"): v.decode("latin-1") for k, v in message["headers"]
                }
            else:
                said.body += message.get("body", b"")

        await self.app(
            _scope(self.app.state.cookie, method, path, secret, kind, body), receive, send
        )
        said.code = self.refused
        return said


def _put(at: Any, names: list[str], value: str) -> None:
    """`members.*.person` is the person of each; `[a b]` is a list."""
    name, *inner = names
    if name == "*":
        for one in at:
            _put(one, inner, value)
    elif inner:
        _put(at.setdefault(name, {}), inner, value)
    else:
        at[name] = value[1:-1].split() if value.startswith("[") else value


def _scope(cookie: str, method: str, path: str, secret: str, kind: bytes, body: bytes) -> Any:
    plain, _, query = path.partition("?")
    headers = [(b"host", b"testserver.local"), (b"sec-fetch-site", b"same-origin")]
    headers += (
        [(b"content-type", kind), (b"content-length", str(len(body)).encode())] if kind else []
    )
    headers += [(b"cookie", f"{cookie}={secret}".encode())] if secret else []
    return {
        "type": "http", "method": method, "path": plain, "raw_path": quote(plain).encode(),
        "query_string": query.encode(), "root_path": "", "scheme": "http", "headers": headers,
        "server": ("testserver.local", 80), "client": ("127.0.0.1", 1), "http_version": "1.1",
        "asgi": {"version": "3.0"}, "extensions": {},
    }  # fmt: skip


WORDS = {
    "group": "{group}", "network": "{network}", "member": "people", "plot": "plots",
    "application": "{application}", "decision": "{decision}", "cycle": "cycles",
    "offer": "{offer}", "payout": "{payout}", "meeting": "meetings", "area": "areas",
    "neighbour": "{neighbour}", "stock": "{stock}", "product": "products",
    "visit": "inspections", "order": "orders", "lot": "lots", "sale": "sales", "place": "{place}",
    "crate": "crates",
    "ordered": "order", "stop": "{stop}", "week": "week", "item": "{item}", "action": "{action}",
    "partner": "partners", "attempt": "{attempt}",
    "prefix": "gs1", "gtin": "gtins", "minutes": "meetings", "against": "{against}",
    "recall": "recalls", "planting": "{planting}", "bundle": "bundles", "forecast": "forecasts",
    "template": "cycle-templates",
}  # fmt: skip


def _split(sent: str) -> tuple[dict[str, str], dict[str, str]]:
    if sent.startswith("lists "):
        return {}, {}
    if sent.startswith("?"):
        return dict(part.split("=", 1) for part in sent[1:].split("&")), {}
    return {}, dict(part.split("=", 1) for part in re.findall(r"\S+=(?:\[[^\]]*\]|\S+)", sent))


def _is_sent(one: Address) -> bool:
    """The thing is named in what is sent, not in the path."""
    return f"{{{one.object}}}" in one.sent or "{" not in one.address


def _unknown(found: re.Match[str]) -> str:
    """Of the right shape, and of nothing."""
    if found[1] in ("code", "typed"):
        letters = "ZZZZZZZ"
        return letters + codes.check_character(letters)
    return "999999" if found[1] == "area" else NOTHINGS


async def hang(sown: Sown) -> Bell:
    """Everybody signs in; who must hold a role for a moment holds it at a moment of their own."""
    bell = Bell(sown)
    await canaries.put()
    await _found_groups()
    secret_of = await _let_in(bell)
    await _grant(bell, secret_of)
    path = getattr(in_use(), "path", "")
    if path:
        bell.restore, bell.puts_back = _restorer(path), True
    return bell


async def _found_groups() -> None:
    for network, group, name, tambon in (
        (everybody.OTHER_NETWORK, everybody.SAME_TAMBON, "อื่น", everybody.TAMBON),
        (everybody.FAR_NETWORK, everybody.FAR_AWAY, "ไกล", "950101"),
    ):
        for id, kind, area, of in (
            (network, "network", tambon[:2], None), (group, "group", tambon, network),
        ):  # fmt: skip
            wanted = Found(id, kind, f"{name} {kind}", f"{name} {kind}", area, of)
            await run(groups.found, wanted, by=ADMIN, at=LONG_AGO)


async def _let_in(bell: Bell) -> dict[tuple[str, bool], str]:
    """A session with and one without the PIN given again, by person."""
    found: dict[tuple[str, bool], str] = {}
    known = set(EVERYBODY)
    for number, one in enumerate(everybody.everybody()):
        if not one.person or (one.person, True) in found:
            continue
        if one.person not in known:
            particulars = Particulars(f"ZZ {one.name}", f"08999{number:05}")
            await run(people.register, one.person, particulars, by=ADMIN, at=LONG_AGO)
        code = await run(accounts.issue_code, one.person, by=one.person, at=NOW)
        let_in = await accounts.enrol(code, PIN, address="127.0.0.1", at=NOW)
        again = await accounts.sign_in(
            Browser(let_in.device_secret), PIN, address="127.0.0.1", at=NOW
        )
        found[one.person, False] = let_in.session_secret
        found[one.person, True] = await accounts.step_up(
            again.session_secret, PIN, address="127.0.0.1", at=NOW
        )
    return found


async def _grant(bell: Bell, secret_of: dict[tuple[str, bool], str]) -> None:
    at = NOW
    for one in everybody.everybody():
        bell.secrets[one.name] = secret_of.get((one.person, one.pin), "")
        if one in everybody.by_role() and one.person != ADMIN:
            await _hold(one.person, one.holds[0], LONG_AGO)
    await _was(everybody.TIME_IS_OVER.person, Held("leader", RATTAPHUM, NETWORK))
    await _was(everybody.HAS_LEFT.person, Held("farmer", RATTAPHUM, NETWORK))
    bell.secrets[everybody.SHUT_OUT.name] = await _shut_out()
    await _end("farmer", MALEE, NOW + STEP)
    for one in everybody.judges_of_own():
        if one.holds[0].role != "farmer":
            at += 2 * STEP
            bell.times[one.name] = at
            await _hold(one.person, one.holds[0], at)
            await _end(one.holds[0].role, one.person, at + STEP)


async def _hold(person: str, held: Held, at: datetime) -> None:
    if held.role == "farmer":
        await run(groups.join, new_id(), held.group, person, since=at.date(), by=ADMIN, at=at)
    wanted = Grants(new_id(), person, held.role, held.group or None, held.area or None)
    await run(groups.grant_role, wanted, by=ADMIN, at=at)


async def _was(person: str, held: Held) -> None:
    await _hold(person, held, LONG_AGO)
    await _end(held.role, person, NOW)
    if held.role == "farmer":
        await run(groups.leave, held.group, person, TODAY, by=ADMIN, at=NOW)


async def _shut_out() -> str:
    """The secret of a session on a phone that was revoked."""
    code = await run(accounts.issue_code, DAO, by=DAO, at=NOW)
    let_in = await accounts.enrol(code, PIN, address="127.0.0.1", at=NOW)
    await run(sessions.revoke_device, let_in.device, DAO, by=DAO, at=NOW)
    return let_in.session_secret


async def _end(role: str, person: str, at: datetime) -> None:
    rows = await in_use().query(
        "SELECT id FROM role_grant WHERE person = {} AND role = {} ORDER BY id", person, role
    )
    await run(groups.end_role, rows[-1]["id"], by=ADMIN, at=at)


def _restorer(path: str) -> Callable[[], None]:
    """Puts the rows back as they are now, whenever another connection has changed one."""
    live, kept = sqlite3.connect(path), sqlite3.connect(":memory:")
    live.backup(kept)
    [before] = live.execute("PRAGMA data_version").fetchone()
    [schema] = live.execute("PRAGMA schema_version").fetchone()

    def restore() -> None:
        nonlocal before
        [after] = live.execute("PRAGMA data_version").fetchone()
        if after != before:
            kept.backup(live)
            live.execute(f"PRAGMA schema_version = {schema}")  # nobody reads it anew
            [before] = live.execute("PRAGMA data_version").fetchone()

    return restore
