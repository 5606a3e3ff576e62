"""The compose file says only what is true of the program: settings, commands, routes, ports.

No engine runs here; what can be known without one is held. README says where it has been started.
"""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from market import settings
from market.access.guard import operations
from market.app import BODY_BYTES_MAX
from market.cli import parser
from market.db import POOL_SIZE
from market.web.pages import grievance
from tests.doors import known
from tests.tidy.sources import ROOT
from tests.tidy.test_papers import read_settings

PLACE = re.compile(r"\$\{(\w+)(?::\?[^}]*)?\}")
OURS = ("app", "worker")
MAX_CONNECTIONS = 100
"""PostgreSQL's own default, which the file does not change."""
GIVEN = {"MARKET_DOMAIN": "market.example.org", "POSTGRES_PASSWORD": "x" * 48}


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def composed() -> dict[str, Any]:
    """As an engine would read it, with the values of somebody's .env in place."""
    return yaml.safe_load(PLACE.sub(lambda found: GIVEN[found[1]], read("docker-compose.yml")))


COMPOSE = composed()
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


def said_to(name: str) -> settings.Settings:
    return settings.read(SERVICES[name]["environment"])


def test_there_are_database_app_worker_and_proxy() -> None:
    assert set(SERVICES) == {"postgres", "caddy", *OURS}
    for name, service in SERVICES.items():
        assert service["restart"] == "unless-stopped", name
        assert service["healthcheck"]["test"][0] == "CMD", name
        assert service["mem_limit"], name
        assert service["cpus"], name
        assert "no-new-privileges:true" in service["security_opt"], name
        assert service["read_only"] is True, name
        for volume in service["volumes"]:
            source = volume.partition(":")[0]
            assert source in COMPOSE["volumes"] or (ROOT / source).is_file(), volume
        assert set(service["networks"]) <= set(COMPOSE["networks"])
        assert set(service.get("depends_on", {})) <= set(SERVICES)


def test_every_setting_exists_and_the_program_takes_them() -> None:
    for name in OURS:
        assert set(SERVICES[name]["environment"]) <= read_settings()
        said = said_to(name)
        assert said.secure
        assert said.worker == "apart"
        assert said.address == "0.0.0.0"
        assert said.database_url.startswith("postgresql://market:")
        assert said.proxies == {SERVICES["caddy"]["networks"]["front"]["ipv4_address"]}
        assert any(volume.endswith(f":{said.data}") for volume in SERVICES[name]["volumes"])
    assert said_to("app") == said_to("worker")


def test_the_app_serves_by_as_many_processes_as_it_has_cores_and_the_database_bears_them() -> None:
    said = said_to("app")
    assert said.processes == SERVICES["app"]["cpus"] == 2
    assert "--processes" not in SERVICES["app"]["command"]
    assert (said.processes + 2) * POOL_SIZE < MAX_CONNECTIONS


def test_no_secret_stands_in_it_and_nothing_has_a_default() -> None:
    text = read("docker-compose.yml")
    required = set(re.findall(r"\$\{(\w+):\?[^}]+\}", text))
    assert set(re.findall(r"\$\{(\w+)", text)) == required == set(GIVEN)
    assert re.findall(r"^(\w+)=(.*)$", read(".env.example"), re.MULTILINE) == [
        (name, "") for name in GIVEN
    ]
    assert "/.env" in read(".gitignore").split()
    for line in re.findall(r".*PASSWORD.*", text):
        assert "${POSTGRES_PASSWORD" in line


def test_the_commands_are_the_programs_and_not_root_s() -> None:
    for name in OURS:
        market, *words = SERVICES[name]["command"]
        assert market == "market"
        assert parser().parse_args(words)
        assert SERVICES[name]["user"] == "10001:10001"
        assert SERVICES[name]["cap_drop"] == ["ALL"]
    assert SERVICES["app"]["command"][-1] == "--no-worker"


def test_what_is_asked_for_health_is_there() -> None:
    port = said_to("app").port
    routes = {path for _, path, _ in operations(known())}
    [(asked, path)] = re.findall(
        r"http://127\.0\.0\.1:(\d+)(/\w+)", " ".join(SERVICES["app"]["healthcheck"]["test"])
    )
    assert int(asked) == port
    assert path in routes
    assert f"{said_to('worker').data}/worker.beat" in SERVICES["worker"]["healthcheck"]["test"][-1]
    assert f"{{$MARKET_UPSTREAM:app:{port}}}" in read("Caddyfile")


def test_the_proxy_lets_through_what_the_doors_take() -> None:
    """A form with three photos is larger than any other."""
    told = re.findall(r"request_body @(\w+) \{\s*max_size (\d+)MB", read("Caddyfile"))
    taken = {"photos": grievance.BODY_BYTES_MAX, "others": BODY_BYTES_MAX}
    assert {name: int(size) * 10**6 for name, size in told} == taken
    assert "@photos path /grievance/new" in read("Caddyfile")


def test_only_the_proxy_is_open_to_the_world() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["caddy"]
    assert {port.split(":")[0] for port in SERVICES["caddy"]["ports"]} == {"80", "443"}
    assert SERVICES["postgres"]["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"]["internal"] is True


@pytest.mark.parametrize("file", ["docker-compose.yml", "Dockerfile"])
def test_images_are_pinned_by_version(file: str) -> None:
    images = re.findall(r"^\s*(?:image:|FROM) (\S+)", read(file), re.MULTILINE)
    assert images
    for image in images:
        assert re.search(r":\d+\.\d+(\.\d+)?(-\w+)*$", image), image
        assert "alpine" not in image  # PostgreSQL there sorts and searches Thai otherwise


def test_postgres_keeps_thai_as_we_test_it() -> None:
    assert SERVICES["postgres"]["image"].startswith("postgres:18.")
    arguments = SERVICES["postgres"]["environment"]["POSTGRES_INITDB_ARGS"]
    assert "--locale=C.UTF-8" in arguments
    assert SERVICES["postgres"]["volumes"] == ["postgres:/var/lib/postgresql"]  # since 18


def test_the_image_installs_what_is_locked_and_nothing_else() -> None:
    text = read("Dockerfile")
    assert "--require-hashes -r /requirements.lock" in text
    assert re.findall(r"^USER (.+)$", text, re.MULTILINE) == ["10001:10001"]
    copied = {
        words.split()[0] for words in re.findall(r"^COPY (?!--from)(.+)$", text, re.MULTILINE)
    }
    assert copied == {"requirements.lock", "certification", "market"}
    let_in = {line[1:] for line in read(".dockerignore").splitlines() if line.startswith("!")}
    assert let_in == copied
    assert all((ROOT / Path(name)).exists() for name in copied)
