"""What `/verify` says of each thing that the market signs: its own script, run in Node.

That Chromium opens the page without the internet is tested in tests/browser.
"""

import json
import random
import re
import subprocess
from datetime import datetime, timedelta
from typing import Any

import pytest

from certification.basis import checkpoints
from certification.basis.codes import PublicCode
from certification.basis.transaction import run
from certification.credentials import commands as credentials
from market.web.pages import lot_file
from tests.cast import NOW, TOMORROW, WAN
from tests.doors import Doors
from tests.market import farm as farms
from tests.skips import program

pytestmark = pytest.mark.node

FLIPS = 60
"""Of each file."""
JUDGE = """
const { readFileSync } = require("node:fs");
const { script, asked } = JSON.parse(readFileSync(0, "utf8"));
const [judge, Away] = new Function(script + "; return [judge, Away];")();
(async () => {
  const found = [];
  for (const { text, market, known, now } of asked) {
    const ask = async (path) => {
      if (!(path in known)) throw new Away(path);
      return known[path];
    };
    const { all, checks, rows } = await judge(text, { ...market, ask, now });
    const says = Object.fromEntries(checks.map((one) => [one.name, one.says]));
    const why = Object.fromEntries(checks.map((one) => [one.name, one.why]));
    found.push({ all, says, why, rows });
  }
  console.log(JSON.stringify(found));
})();
"""
MARKET = re.compile(r'id="market">(.*?)</script>\s*<script>(.*?)</script>', re.DOTALL)


class Reader:
    """A stranger with the page open; `known`: what the page gets when it asks, `{}` offline."""

    def __init__(self, doors: Doors) -> None:
        self.doors, self.known = doors, {}
        self.market: dict[str, Any] = {}
        self.script = ""

    async def opens(self, *paths: str) -> list[str]:
        """The page, and these files; all stays on the device."""
        nobody = self.doors.stranger()
        nobody.event_hooks = {}  # byte by byte, as a browser has it
        said = await nobody.get("/verify")
        told, self.script = MARKET.search(said.text).groups()
        self.market = json.loads(told)
        for path in paths:
            answer = await nobody.get(path)
            assert answer.status_code == 200, (path, answer.text)
            self.known[path] = answer.text
        return [self.known[path] for path in paths]

    def judged(
        self, *texts: str, at: datetime | None = None, offline: bool = False
    ) -> list[dict[str, Any]]:
        now = int((at or self.doors.now).timestamp() * 1_000)
        known = {} if offline else self.known
        asked = [{"text": t, "market": self.market, "known": known, "now": now} for t in texts]
        ended = subprocess.run(
            [program("node") or "", "-e", JUDGE], capture_output=True, text=True, check=False,
            input=json.dumps({"script": self.script, "asked": asked}),
        )  # fmt: skip
        assert ended.returncode == 0, ended.stderr
        return json.loads(ended.stdout)


def flipped(draw: random.Random, text: str) -> str:
    """One bit of it; what is then no UTF-8 stays marked as such, as a browser reads it."""
    whole = bytearray(text.encode())
    whole[draw.randrange(len(whole))] ^= 1 << draw.randrange(8)
    return whole.decode(errors="replace")


async def certified(doors: Doors) -> tuple[farms.Farm, str, str]:
    farm = await run(farms._settled, "organic", "kale")
    lot = await farm.harvest(20_000)
    row = await PublicCode.select().where(PublicCode.subject == farm.certificate).first()
    await run(credentials.place, farm.certificate, at=NOW)
    await run(credentials.publish, at=NOW)
    await checkpoints.sign(at=NOW)
    return farm, row["code"], lot.code


async def test_each_signed_file_is_judged_and_no_altered_byte_goes_unseen(doors: Doors) -> None:
    reader = Reader(doors)
    page = await doors.stranger().get("/verify")
    assert "<script" not in page.text, "nothing to believe before anything is signed"
    _, paper, lot = await certified(doors)
    signed = [f"/C/{paper}/vc.json", f"/C/{paper}/vc.jwt", f"/C/{paper}/dcc.json",
              f"/L/{lot}/dpp.json", "/status/revocation/1"]  # fmt: skip
    recorded = ["/log/checkpoint", f"/L/{lot}/proof.json", f"/C/{paper}/proof.json",
                "/log/proof/1", "/log/proof/1/file", f"/L/{lot}/proof.html"]  # fmt: skip
    texts = await reader.opens(*signed, *recorded)
    await reader.opens("/status/suspension/1", f"/api/v1/lots/by-code/{lot}")
    for path, found in zip((*signed, *recorded), reader.judged(*texts), strict=True):
        assert found["all"] == "ok", (path, found)
        assert found["says"]["signature"] == "ok", (path, found)
        assert found["rows"] or path.endswith(".html")

    draw = random.Random(20261126)
    wrong = []
    for path, text in zip((*signed, *recorded), texts, strict=True):
        many = 10 if path.endswith(".html") else FLIPS
        altered = [one for one in (flipped(draw, text) for _ in range(many)) if one != text]
        for one, found in zip(altered, reader.judged(*altered), strict=True):
            if found["all"] == "ok" or (path in signed and found["all"] not in ("bad", "unread")):
                at = next(n for n, (a, b) in enumerate(zip(one, text, strict=False)) if a != b)
                wrong.append((path, found["all"], text[at - 20 : at + 20], one[at - 20 : at + 20]))
    assert not wrong

    vc = texts[0]
    twice = vc.replace('{"', '{"name":"x","', 1)
    [doubled, bare, others] = reader.judged(
        twice, json.dumps({k: v for k, v in json.loads(vc).items() if k != "proof"}),
        vc.replace("testserver.local", "testserver.other"),
    )  # fmt: skip
    assert doubled["all"] == "unread", "which of two names is read, differs between programs"
    assert bare["says"] == {"signature": "bad"}
    assert others["says"] == {"signature": "foreign"}
    [away, stale] = [reader.judged(vc, offline=True), reader.judged(vc, at=NOW + timedelta(days=3))]
    assert away[0]["all"] == stale[0]["all"] == "unable"
    assert (away[0]["says"]["status"], stale[0]["says"]["status"]) == ("away", "stale")
    [late] = reader.judged(vc, at=NOW + timedelta(days=400))
    assert (late["all"], late["says"]["dates"]) == ("ended", "expired")


async def test_what_befell_it_since_is_said(doors: Doors) -> None:
    """Suspended, revoked, signed by an earlier key, by a stolen one; a record that was set back."""
    reader = Reader(doors)
    farm, paper, lot = await certified(doors)
    lists = ["/status/suspension/1", "/status/revocation/1", f"/api/v1/lots/by-code/{lot}"]
    vc, file, note = await reader.opens(
        f"/C/{paper}/vc.json", f"/L/{lot}/proof.html", "/log/checkpoint"
    )
    await farm.happened("suspended", TOMORROW)
    await run(credentials.rotate, by=WAN, at=NOW)
    await checkpoints.sign(at=NOW + timedelta(hours=1))
    doors.later(days=1)
    sizes = [int(note.split("\n")[1]), (await checkpoints.newest()).size]
    assert sizes[0] < sizes[1]
    await reader.opens(
        *lists, "/log/checkpoint", f"/log/consistency?first={sizes[0]}&second={sizes[1]}"
    )
    [held, whole, older] = reader.judged(vc, file, note)
    assert held["says"] == {"signature": "retired", "dates": "ok", "status": "suspended"}
    assert held["all"] == "ended"
    assert (whole["says"]["keys"], whole["says"]["status"]) == ("retired", "since_suspended")
    assert whole["all"] == "warn", "it held on the day of harvest"
    assert older["says"]["since"] == "ok"

    await farm.happened("revoked", farms.TODAY, seq=2)
    await run(credentials.revoke, 1, NOW, by=WAN, at=NOW + timedelta(hours=2))
    await reader.opens(*lists)
    (newer,) = await reader.opens(f"/C/{paper}/vc.json")
    [stolen, revoked, fallen] = reader.judged(vc, newer, file)
    assert stolen["says"] == {"signature": "bad"}
    assert revoked["says"]["status"] == "revoked"
    assert (fallen["all"], fallen["says"]["keys"]) == ("bad", "bad")

    [set_back] = reader.judged(reader.known["/log/checkpoint"])
    assert set_back["says"]["since"] == "ok"
    newest, reader.known["/log/checkpoint"] = reader.known["/log/checkpoint"], note
    [set_back] = reader.judged(newest)
    assert (set_back["all"], set_back["says"]["since"]) == ("bad", "bad")


async def test_a_browser_without_ed25519_is_told_that_it_cannot_tell(doors: Doors) -> None:
    reader = Reader(doors)
    _, paper, _ = await certified(doors)
    [vc] = await reader.opens(f"/C/{paper}/vc.json")
    reader.script = f"const crypto = {{}};{reader.script}"
    [found] = reader.judged(vc)
    assert (found["all"], found["says"]) == ("blind", {})
    said = await doors.stranger("en").get("/verify")
    assert "This browser cannot check signatures" in said.text
    assert "verify.py" in said.text, "and what to do instead"
    policy = said.headers["content-security-policy"]
    assert "unsafe" not in policy
    inline = re.findall(r"<script>(.*?)</script>", said.text, re.DOTALL)
    assert re.findall("'sha256-[^']*'", policy) == [lot_file.hash_of(one) for one in inline]
    assert f"script-src {lot_file.hash_of(inline[0])};" in policy
    worker = await doors.stranger().get("/verify/worker.js")
    assert worker.headers["service-worker-allowed"] == "/verify"
    assert "/status/suspension/1" in worker.text
