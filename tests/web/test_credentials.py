"""The doors of a certificate's signed file, and `market keys`."""

import pytest

from certification.basis import contexts
from certification.basis.transaction import run
from certification.credentials import commands, keys
from certification.credentials.signing import ensure_genuine
from market import cli
from tests.cast import NOW
from tests.doors import ORIGIN, Doors
from tests.guarantee import certified, published


async def test_a_shop_checks_it_without_asking_us(doors: Doors) -> None:
    await published()
    paper, shop = await certified(), doors.stranger()
    address = f"/C/{paper.code}/vc.json"
    assert f'href="{address}"' in (await shop.get(f"/C/{paper.code}")).text
    early = [(await shop.get(at)).status_code for at in (address, "/.well-known/did.json")]
    assert early == [404, 404], "a moment after it was issued"
    await run(commands.place, paper.certificate, at=NOW)
    await run(commands.publish, at=NOW)
    told = await shop.get(address)
    assert told.headers["content-type"] == "application/vc"
    signed = ensure_genuine(told.json(), (await keys.current()).public)
    assert signed["id"] == f"{ORIGIN}/C/{paper.code}"
    assert (await shop.get(f"/C/{paper.code.lower()}/vc.json")).json() == told.json()
    asked = [
        address,
        f"/C/{paper.code}/vc.jwt",
        "/.well-known/did.json",
        contexts.PATH,
        *(
            entry["statusListCredential"].removeprefix(ORIGIN)
            for entry in signed["credentialStatus"]
        ),
    ]
    for at in asked:
        answer = await shop.get(at, headers={"origin": "https://shop.example"})
        assert answer.status_code == 200, at
        assert answer.headers["access-control-allow-origin"] == "*", at
        assert answer.headers["cross-origin-resource-policy"] == "cross-origin", at
    assert signed["@context"][1] == ORIGIN + contexts.PATH
    for at in (
        "/C/00000000/vc.json",
        "/status/revocation/9",
        "/status/mood/1",
        "/status/revocation/0",
    ):
        assert (await shop.get(at)).status_code in (400, 404), at


def test_keys_are_shown_changed_and_revoked_at_the_machine(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """On SQLite: the doors to the database are the other tests'."""
    data = tmp_path_factory.mktemp("market")
    monkeypatch.setenv("MARKET_DATA", str(data))
    monkeypatch.setenv("MARKET_ORIGIN", "https://market.example.org")
    assert cli.main(["migrate"]) == 0
    assert cli.main(["keys", "show"]) == 0
    assert "did:web:market.example.org\n" in capsys.readouterr().out
    assert cli.main(["keys", "rotate"]) == 0
    assert "#key-1" in capsys.readouterr().out
    assert cli.main(["keys", "rotate"]) == 0
    told = capsys.readouterr().out
    assert "retired" in told.split("#key-2")[0]
    assert "signs" in told.split("#key-2")[1]
    assert sorted(path.name for path in (data / "keys").glob("issuer*")) == ["issuer-2.key"]
    assert cli.main(["keys", "revoke", "1", "--since", "2001-01-01T00:00"]) == 1
    assert cli.main(["keys", "revoke", "2"]) == 0
    assert "revoked" in capsys.readouterr().out.split("#key-2")[1]
    (data / "keys" / "issuer-3.key").chmod(0o644)
    assert cli.main(["keys", "show"]) == cli.main(["serve"]) == 1, "nothing is served"
    assert "chmod 600" in capsys.readouterr().err
