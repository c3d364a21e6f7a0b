"""docker-compose.yml, as Compose renders it, holds what the code and its settings ask for."""

from __future__ import annotations

import ipaddress
import re
from itertools import chain, combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

from runtime.serving import UVICORN_OPTIONS
from runtime.settings import DEVELOPMENT_CURSOR_SECRET, DEVELOPMENT_TOKEN_SECRET, Settings
from stack.elasticsearch import HEAP
from tests.support.compose import FILE, PROFILES, Container, containers, option, render, run_compose
from tests.support.database import ROOT

STORES = ("postgres", "redis", "elasticsearch")
OURS = ("migrations", "write_api", "read_api", "projector")
EXPECTED = {*OURS, *STORES, "frontend", "kong"}
OF_PROFILE = {"observability": {"prometheus", "tempo", "grafana"}, "kafka": {"kafka"}, "sso": {"keycloak"}}
# They write a key store, or their configuration, beside their programs when they start.
WRITES_ITS_ROOT = {"elasticsearch", "kafka", "keycloak"}
# Who the image itself runs as, where that is not root: its number differs between releases.
RUNS_AS_ITS_IMAGE_SAYS = {"frontend": "101:101", **{name: "10001:10001" for name in OURS}}
SECRET = re.compile(r"(?i)(password|secret|pepper)")


def every_choice_of_profiles() -> list[tuple[str, ...]]:
    return list(chain.from_iterable(combinations(PROFILES, count) for count in range(len(PROFILES) + 1)))


@pytest.mark.parametrize("profiles", every_choice_of_profiles(), ids=lambda chosen: "+".join(chosen) or "none")
def test_it_is_valid_with_every_choice_of_profiles(env_file: Path, profiles: tuple[str, ...]) -> None:
    expected = EXPECTED.union(*(OF_PROFILE[name] for name in profiles))
    assert set(render(env_file, profiles)["services"]) == expected


def test_every_profile_is_tried() -> None:
    written = yaml.safe_load(FILE.read_text(encoding="utf-8"))["services"].values()
    assert {name for service in written for name in service.get("profiles", ())} == set(PROFILES) == set(OF_PROFILE)


def test_without_secrets_nothing_comes_up(tmp_path: Path, env_file: Path) -> None:
    lines = env_file.read_text().splitlines()
    secrets = [line.partition("=")[0] for line in lines if SECRET.search(line.partition("=")[0])]
    assert len(secrets) == 8
    for name in secrets:
        incomplete = tmp_path / name
        incomplete.write_text("\n".join(line for line in lines if not line.startswith(f"{name}=")))
        done = run_compose(incomplete, "config", "--quiet")
        if name == "TIDEDESK_PASSWORD_PEPPER":
            # Who has none has none.
            assert done.returncode == 0, done.stderr
        else:
            assert done.returncode != 0 and name in done.stderr and "make-env.sh" in done.stderr


def test_the_example_names_every_variable_and_no_secret(env_file: Path) -> None:
    used = set(re.findall(r"\$\{(TIDEDESK_[A-Z_]+)", FILE.read_text(encoding="utf-8")))
    lines = [line for line in (ROOT / ".env.example").read_text().splitlines() if re.match("[A-Z]", line)]
    example = dict(line.split("=", 1) for line in lines)
    assert set(example) == used
    assert {name for name, value in example.items() if not value} >= {name for name in used if SECRET.search(name)}
    assert run_compose(ROOT / ".env.example", "config", "--quiet").returncode != 0
    written = {line.partition("=")[0] for line in env_file.read_text().splitlines()}
    assert written <= used


def test_images_are_pinned(services: dict[str, Container]) -> None:
    images = {name: service.definition["image"] for name, service in services.items()}
    assert images["postgres"].startswith("postgres:16.")
    assert images["redis"].startswith("redis:7.")
    assert images["elasticsearch"] == "elasticsearch:8.7.1"
    for image in images.values():
        tag = image.rpartition(":")[2]
        assert tag == "local" or re.fullmatch(r"v?\d+\.\d+\.?\d*(-[a-z]+)?", tag), image


def test_the_stores_are_those_that_the_tests_use(services: dict[str, Container]) -> None:
    pom = (ROOT / "stack" / "pom.xml").read_text(encoding="utf-8")
    for name in ("elasticsearch", "postgres", "kafka", "keycloak"):
        (version,) = re.findall(rf"<{name}.version>([\d.]+)<", pom)
        pinned = services[name].definition["image"].partition(":")[2]
        assert pinned.split("-")[0] == ".".join(version.split(".")[:2]) or pinned == version


@pytest.mark.parametrize("name", OURS)
def test_our_containers_are_one_image_of_this_checkout(name: str, services: dict[str, Container]) -> None:
    definition = services[name].definition
    assert definition["build"] == {"context": str(ROOT), "dockerfile": "deploy/Dockerfile"}
    assert definition["image"] == "tidedesk/backend:local"


def test_only_loopback_is_listened_on(services: dict[str, Container]) -> None:
    published = {name: service.definition.get("ports", []) for name, service in services.items()}
    assert {name for name, ports in published.items() if ports} == {"kong", "prometheus", "grafana", "keycloak"}
    addresses = [port["host_ip"] for ports in published.values() for port in ports]
    assert all(ipaddress.ip_address(address).is_loopback for address in addresses)


def test_everything_runs_with_as_little_as_it_needs(services: dict[str, Container]) -> None:
    for name, service in services.items():
        definition = service.definition
        assert definition["cap_drop"] == ["ALL"] and "cap_add" not in definition
        assert definition["security_opt"] == ["no-new-privileges:true"]
        assert definition.get("read_only", False) is (name not in WRITES_ITS_ROOT)
        assert not definition.get("privileged") and "network_mode" not in definition and "pid" not in definition
        assert all("docker.sock" not in str(volume) for volume in definition.get("volumes", ()))
        user = definition.get("user")
        assert user == "kong" or (user or RUNS_AS_ITS_IMAGE_SAYS[name]).split(":")[0] not in ("0", "root")


def test_everything_has_limits(services: dict[str, Container]) -> None:
    for service in services.values():
        definition = service.definition
        assert int(definition["mem_limit"]) > 0 and definition["cpus"] > 0 and definition["pids_limit"] > 0
        assert definition["logging"]["options"]["max-size"]
        tmpfs = definition.get("tmpfs", ())
        assert all("size=" in mount for mount in tmpfs)


def test_what_runs_on_is_looked_after(services: dict[str, Container]) -> None:
    for name, service in services.items():
        if name == "migrations":
            assert service.definition["restart"] == "no"
        else:
            assert service.definition["restart"] == "unless-stopped"
            assert service.definition["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")


def test_everybody_waits_for_what_they_need(services: dict[str, Container]) -> None:
    for name, service in services.items():
        waits = {other: how["condition"] for other, how in service.definition.get("depends_on", {}).items()}
        for other, condition in waits.items():
            assert condition == ("service_completed_successfully" if other == "migrations" else "service_healthy")
        # Whose address is in its settings has to be there.
        said = " ".join(service.environment.values())
        assert set(waits) >= {store for store in STORES if f"@{store}:" in said}
        if "@postgres:" in said and name != "migrations":
            assert "migrations" in waits


def test_data_lies_in_named_volumes(rendered: dict[str, Any], services: dict[str, Container]) -> None:
    named = {
        volume["source"]
        for service in services.values()
        for volume in service.definition.get("volumes", ())
        if volume["type"] == "volume"
    }
    assert named == set(rendered["volumes"])
    binds = [
        volume
        for service in services.values()
        for volume in service.definition.get("volumes", ())
        if volume["type"] == "bind"
    ]
    assert binds and all(bind["read_only"] and Path(bind["source"]).exists() for bind in binds)


def test_nobody_but_our_processes_reaches_a_store(rendered: dict[str, Any], services: dict[str, Container]) -> None:
    assert rendered["networks"]["stores"]["internal"] is True
    inside = {name for name, service in services.items() if "stores" in service.definition["networks"]}
    assert inside == {*OURS, *STORES, "kafka"}


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_a_setting(name: str, services: dict[str, Container]) -> None:
    environment = services[name].environment
    known = {f"TIDEDESK_{field.upper()}" for field in Settings.__fields__}
    assert set(environment) <= known


@pytest.mark.parametrize("name", OURS)
def test_the_settings_are_good_for_production(
    name: str, services: dict[str, Container], monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, value in services[name].environment.items():
        monkeypatch.setenv(variable, value)
    settings = Settings()
    if name == "migrations":
        return
    assert settings.is_production
    secrets = {settings.token_secret.get_secret_value(), settings.cursor_secret.get_secret_value()}
    assert len(secrets) == 2 and secrets.isdisjoint({DEVELOPMENT_TOKEN_SECRET, DEVELOPMENT_CURSOR_SECRET})


def test_each_has_only_the_passwords_that_it_needs(services: dict[str, Container]) -> None:
    addresses = {name: " ".join(services[name].environment.values()) for name in OURS}
    assert {name for name, said in addresses.items() if "//tidedesk:" in said} == {"migrations"}
    users = {store: {name for name in OURS if f"@{store}:" in addresses[name]} for store in STORES}
    assert users["postgres"] == {"migrations", "write_api", "projector"}
    assert users["elasticsearch"] == {"read_api", "projector"}
    assert users["redis"] == {"write_api", "read_api", "projector"}
    assert all("//tidedesk_app:" in addresses[name] for name in ("write_api", "projector"))


@pytest.mark.parametrize(("name", "port"), [("write_api", "8000"), ("read_api", "8001")])
def test_the_apis_are_served_as_everywhere(name: str, port: str, services: dict[str, Container]) -> None:
    command = services[name].command
    assert command[:2] == ["uvicorn", f"{name}.main:app"]
    words = [part for word in command for part in word.split("=", 1)]
    assert list(UVICORN_OPTIONS) == words[words.index(port) + 1 : words.index("--timeout-graceful-shutdown")]
    assert option(command, "--port") == port
    graceful_s = int(option(command, "--timeout-graceful-shutdown"))
    assert graceful_s < int(services[name].definition["stop_grace_period"].removesuffix("s"))


def test_a_health_check_asks_the_port_that_is_served(services: dict[str, Container]) -> None:
    for name, port in (("write_api", "8000"), ("read_api", "8001"), ("projector", "8002")):
        assert services[name].healthcheck[-1] == f"http://127.0.0.1:{port}/readyz"
    assert services["projector"].environment["TIDEDESK_PROJECTOR_PORT"] == "8002"
    nginx = (ROOT / "deploy" / "frontend" / "nginx.conf").read_text(encoding="utf-8")
    assert "listen 8080;" in nginx and "location = /healthz" in nginx
    assert services["frontend"].healthcheck[-1] == "http://127.0.0.1:8080/healthz"


def test_hosts_and_proxies_are_named(services: dict[str, Container], rendered: dict[str, Any]) -> None:
    kong = services["kong"].definition
    address = kong["networks"]["edge"]["ipv4_address"]
    (network,) = rendered["networks"]["edge"]["ipam"]["config"]
    subnet, for_others = ipaddress.IPv4Network(network["subnet"]), ipaddress.IPv4Network(network["ip_range"])
    own = {ipaddress.IPv4Address(address), ipaddress.IPv4Address(network["gateway"])}
    # Among those that others are given, it could be taken when Kong starts.
    assert len(own) == 2 and for_others.subnet_of(subnet)
    assert all(one in subnet and one not in for_others for one in own)
    # On a second network with the APIs it would call from an address that they do not know.
    assert list(kong["networks"]) == ["edge"]
    for name in ("write_api", "read_api"):
        environment = services[name].environment
        assert environment["TIDEDESK_TRUSTED_PROXIES"].split(",")[0] == address
        assert {"127.0.0.1", name, "localhost"} <= set(environment["TIDEDESK_ALLOWED_HOSTS"].split(","))
        assert environment["TIDEDESK_PUBLIC_URL"] == f"http://localhost:{kong['ports'][0]['published']}"


def test_files_are_shared_by_those_who_need_them(services: dict[str, Container]) -> None:
    """Who takes them, who sends them, and who removes what nobody needs."""
    for name in ("write_api", "read_api", "projector"):
        (volume,) = services[name].definition["volumes"]
        assert volume["source"] == "attachments"
        assert volume["target"] == services[name].environment["TIDEDESK_ATTACHMENT_FOLDER"]
        assert volume.get("read_only", False) is (name == "read_api")


def test_redis_keeps_what_it_is_told(services: dict[str, Container]) -> None:
    command = services["redis"].command_line
    assert "--appendonly yes" in command and "--appendfsync everysec" in command
    assert "--maxmemory-policy noeviction" in command
    password = services["redis"].environment["REDIS_PASSWORD"]
    assert password not in command


def test_kafka_is_found_where_the_projector_looks_for_it(services: dict[str, Container], env_file: Path) -> None:
    broker, projector = services["kafka"], services["projector"]
    (advertised,) = broker.environment["KAFKA_ADVERTISED_LISTENERS"].split(",")
    assert advertised == f"PLAINTEXT://{projector.environment['TIDEDESK_KAFKA_SERVERS']}"
    assert broker.environment["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"
    (volume,) = broker.definition["volumes"]
    assert volume["target"] == broker.environment["KAFKA_LOG_DIRS"]
    # The profile alone changes nothing: who starts a broker to look at it goes on as before.
    assert projector.environment["TIDEDESK_TRANSPORT"] == "postgres"
    with_kafka = env_file.with_name("kafka.env")
    with_kafka.write_text(f"{env_file.read_text()}\nTIDEDESK_TRANSPORT=kafka\n")
    chosen = containers(render(with_kafka, ["kafka"]))["projector"]
    assert chosen.environment["TIDEDESK_TRANSPORT"] == "kafka"


def test_elasticsearch_makes_no_index_by_mistake(services: dict[str, Container]) -> None:
    environment = services["elasticsearch"].environment
    assert environment["action.auto_create_index"] == "false"
    assert environment["discovery.type"] == "single-node"
    assert environment["xpack.security.enabled"] == "true"
    assert environment["ES_JAVA_OPTS"] == f"-Xms{HEAP} -Xmx{HEAP}"
    # The page cache, by which Lucene reads, needs as much as the heap.
    assert int(services["elasticsearch"].definition["mem_limit"]) >= 2 * int(HEAP.removesuffix("g")) * 2**30
