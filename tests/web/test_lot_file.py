"""The file that proves a lot when the market is gone: made by the doors, judged by its own script.

The script runs under Node with WebCrypto, as in a browser; what Chromium shows is tested beside it.
"""

import json
import random
import re
import subprocess

import pytest

from certification.basis import checkpoints, cosignatures
from certification.basis.codes import PublicCode
from certification.basis.cosigned import read_witness
from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.credentials import commands as credentials
from certification.people import commands as people
from market.gateways.witnesses import Asked, show
from tests.access import canaries
from tests.basis.witness import FakeWitness
from tests.cast import MALEE, NOW, PARTICULARS, TOMORROW
from tests.doors import Doors
from tests.market import farm as farms
from tests.skips import program

BYTES_MAX = 200_000
"""Of a lot with many harvests and entries; one harvest is to stay below a third of it."""
FLIPS = 240
JUDGE = """
const { readFileSync } = require("node:fs");
const { script, files } = JSON.parse(readFileSync(0, "utf8"));
const checked = new Function(script + "; return checked;")();
(async () => {
  const found = [];
  for (const [told, seal] of files) {
    const { all, states, why, witnesses } = await checked(told, seal);
    found.push({ all, states, why, witnesses });
  }
  console.log(JSON.stringify(found));
})();
"""
PARTS = re.compile(
    r'<script type="application/json" id="told">(.*?)</script>\s*'
    r'<script type="application/json" id="seal">(.*?)</script>\s*<script>(.*?)</script>',
    re.DOTALL,
)


def parts(html: str) -> tuple[str, str, str]:
    [found] = PARTS.findall(html)
    return found


def judged(script: str, *files: tuple[str, str]) -> list[dict]:
    asked = json.dumps({"script": script, "files": files})
    ended = subprocess.run(
        [program("node") or "", "-e", JUDGE], input=asked, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def flipped(draw: random.Random, told: str, seal: str) -> tuple[str, str]:
    """One byte of the data or of the seal made another, as a browser would then read it."""
    whole, cut = bytearray((told + seal).encode()), len(told.encode())
    at = draw.randrange(cut, len(whole)) if draw.random() < 0.2 else draw.randrange(len(whole))
    whole[at] ^= 1 << draw.randrange(8)
    return whole[:cut].decode(errors="replace"), whole[cut:].decode(errors="replace")


@pytest.mark.node
async def test_a_lot_is_proved_by_one_file_and_no_altered_byte_goes_unseen(doors: Doors) -> None:
    farm = await run(farms._settled, "organic", "kale")
    lot, nobody = await farm.harvest(20_000), doors.stranger()
    address = f"/L/{lot.code}/proof.html"
    assert (await nobody.get(address)).status_code == 404, "nothing is signed yet"
    row = await PublicCode.select().where(PublicCode.subject == farm.certificate).first()
    await run(credentials.place, farm.certificate, at=NOW)
    await run(credentials.publish, at=NOW)
    assert (await nobody.get(address)).status_code == 404
    signed = await checkpoints.sign(at=NOW)
    witness = FakeWitness(signed.verifier, int(NOW.timestamp()))
    asked = Asked("https://witness.example.org", read_witness(witness.key))
    await run(cosignatures.keep, signed, await show(signed, asked, witness))
    await run(
        people.consent, new_id(), MALEE, "public_name", "0" * 64, given=True, by=MALEE, at=NOW
    )
    assert PARTICULARS[MALEE].name in (await nobody.get(f"/L/{lot.code}")).text

    said = await nobody.get(address)
    assert said.status_code == 200, said.text
    assert said.headers["content-disposition"].startswith("attachment")
    assert "unsafe" not in said.headers["content-security-policy"]
    html = said.text
    assert len(said.content) < BYTES_MAX / 3, len(said.content)
    assert canaries.heard(html) == {}
    told, seal, script = parts(html)
    assert json.loads(told)["certificates"][0]["id"].endswith(row["code"])

    draw = random.Random(20261126)
    files = [(told, seal), *(flipped(draw, told, seal) for _ in range(FLIPS))]
    genuine, *altered = judged(script, *files)
    assert genuine["all"] == "ok", genuine
    assert set(genuine["states"].values()) == {"ok"}
    assert genuine["witnesses"] == [f"{witness.name} · {NOW:%Y-%m-%dT%H:%M:%S}.000Z"]
    assert {one["all"] for one in altered} == {"bad"}
    assert {one["states"]["seal"] for one in altered} == {"bad"}

    await farm.happened("suspended", TOMORROW)
    doors.later(days=2)
    later = (await nobody.get(address)).text
    await farm.harvest(1_000)
    young = (await nobody.get(f"/L/{(await farm.harvest(500)).code}/proof.html")).text
    first, second = judged(script, parts(later)[:2], parts(young)[:2])
    assert (first["all"], first["states"]["status"]) == ("warn", "warn")
    assert (second["all"], second["states"]["record"]) == ("warn", "warn"), second


@pytest.mark.node
async def test_each_part_is_checked_by_itself(doors: Doors) -> None:
    """Sealed anew by nobody: what is altered is named, and by the check that it belongs to."""
    farm = await run(farms._settled, "organic", "kale")
    lot = await farm.harvest(20_000)
    await run(credentials.place, farm.certificate, at=NOW)
    await run(credentials.publish, at=NOW)
    await checkpoints.sign(at=NOW)
    html = (await doors.stranger().get(f"/l/{lot.code.lower()}/proof.html")).text
    told, seal, script = parts(html)
    changes = {
        "lot": (f'"registeredId":"{lot.code}"', '"registeredId":"AAAAAAAA"'),
        "certificate": (farm.number, "SGS-90-69-00009-9"),
        "status": (
            '"statusPurpose":"revocation","encodedList":"u',
            '"statusPurpose":"revocation","encodedList":"uA',
        ),
        "record": ('"leaf":"', '"leaf":"AAAA'),
        "custody": ('"kind":"harvested"', '"kind":"gathered"'),
    }
    files = []
    for check, (here, there) in changes.items():
        assert here in told, check
        files.append((told.replace(here, there), seal))
    for check, found in zip(changes, judged(script, *files), strict=True):
        assert found["states"]["seal"] == found["states"][check] == "bad", (check, found)
    cut = json.loads(told)
    del cut["did"]
    [found] = judged(script, (json.dumps(cut), seal))
    assert {found["states"][one] for one in ("seal", "lot", "certificate", "status")} == {"bad"}
