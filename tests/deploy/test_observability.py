"""Every metric and label in a dashboard or an alert is one that the processes really have."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
import yaml
from prometheus_client import generate_latest
from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.parser import text_string_to_metric_families

from projector.metrics import Metrics
from runtime.metrics import new_registry
from tests.deploy.promql import NotUnderstood, parse
from tests.deploy.stack import Stack
from tests.support.compose import Container
from tests.support.database import ROOT
from tests.support.eventually import eventually
from write_api.metrics import Metrics as CommandMetrics

DEPLOY = ROOT / "deploy"
RULES = yaml.safe_load((DEPLOY / "prometheus" / "rules.yml").read_text(encoding="utf-8"))
SCRAPES = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text(encoding="utf-8"))
FOLDER = DEPLOY / "grafana" / "dashboards"
DASHBOARDS = {path.name: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))}
# What Prometheus adds to all that it reads.
TARGET = {"job", "instance"}
OF_PROMETHEUS = {"up": TARGET}
ALERTS = [rule for group in RULES["groups"] for rule in group["rules"]]
Known = dict[str, set[str]]


def queries() -> Iterator[tuple[str, str]]:
    for rule in ALERTS:
        yield rule["alert"], rule["expr"]
    for name, dashboard in DASHBOARDS.items():
        for panel in dashboard["panels"]:
            for target in panel["targets"]:
                yield f"{name}: {panel['title']}", target["expr"]


def samples_of(text: str) -> Known:
    """Metric -> labels of its samples; none yet, where nothing was counted."""
    known: Known = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            known.setdefault(sample.name, set()).update(sample.labels)
    return known


def all_that_can_be_counted() -> Known:
    """Some things do not happen in a test. These are the processes' own metrics, each counted once."""
    found: Known = {}
    registry = new_registry()
    for metrics, its_registry in ((projector := Metrics(), projector.registry), (CommandMetrics(registry), registry)):
        for metric in vars(metrics).values():
            if isinstance(metric, MetricWrapperBase) and metric._labelnames:
                metric.labels(*metric._labelnames)
        found |= samples_of(generate_latest(its_registry).decode())
    return found


@pytest_asyncio.fixture(scope="module")
async def known(stack: Stack) -> Known:
    """Of the running processes, each at the address and path that Prometheus asks."""
    found: Known = dict(OF_PROMETHEUS)
    families: set[str] = set()
    async with httpx.AsyncClient() as client:
        for address in ("write_api:8000", "read_api:8001", "projector:8002"):

            async def metrics(address: str = address) -> str:
                # Its Host is what Prometheus sends.
                url = f"http://{stack.address_of(address)}/metrics"
                answer = await client.get(url, headers={"Host": address})
                assert answer.status_code == 200
                published = address.startswith("projector") and "tidedesk_outbox_pending{" not in answer.text
                return "" if published else answer.text

            text = await eventually(metrics, 30)
            families |= set(re.findall(r"^# TYPE (\S+) ", text, re.MULTILINE))
            for name, labels in samples_of(text).items():
                found.setdefault(name, set()).update(labels)
    for name, labels in all_that_can_be_counted().items():
        assert any(name.startswith(family.removesuffix("_total")) for family in families)
        found.setdefault(name, labels)
    return found


def test_there_are_queries() -> None:
    assert len(ALERTS) >= 8 and len(DASHBOARDS) == 2
    assert len(list(queries())) > 25


@pytest.mark.parametrize(("where", "text"), list(queries()), ids=lambda value: str(value)[:60])
async def test_a_query_names_what_is_there(where: str, text: str, known: Known) -> None:
    query = parse(text)
    assert query.metrics
    for metric, labels in query.metrics.items():
        assert metric in known, f"{where}: no process has {metric}"
        assert labels | query.groups <= known[metric] | TARGET, f"{where}: {metric} has only {sorted(known[metric])}"


@pytest.mark.parametrize(
    "text",
    [
        "sum(rate(http_requests_total[5m])",
        "sum by (job (rate(http_requests_total[5m]))",
        "rates(http_requests_total[5m])",
        'http_requests_total{status~"5.."}',
        "http_requests_total[5]",
        '{job="x"}',
    ],
)
def test_a_query_that_makes_no_sense_is_seen(text: str) -> None:
    with pytest.raises(NotUnderstood):
        parse(text)


def test_a_query_is_understood() -> None:
    query = parse('sum by (job, le) (rate(a_bucket{route!="/x", job="$job"}[5m])) / on (job) up > 0.5 and time() > 1')
    assert query.metrics == {"a_bucket": {"route", "job"}, "up": set()}
    assert query.groups == {"job", "le"}


def test_every_alert_says_what_to_do() -> None:
    for rule in ALERTS:
        assert rule["labels"]["severity"] in ("warning", "critical")
        assert rule["annotations"]["summary"] and rule["annotations"]["description"]
        named = set(re.findall(r"\$labels\.(\w+)", json.dumps(rule["annotations"])))
        query = parse(rule["expr"])
        assert named <= query.groups | (TARGET if "up" in query.metrics else set())


def test_commands_in_alerts_exist() -> None:
    said = json.dumps([rule["annotations"] for rule in ALERTS])
    for words in re.findall(r"python -m projector ([a-z]+)", said):
        assert words in (ROOT / "projector" / "cli.py").read_text()
    for page in re.findall(r"docs/\w+\.md", said):
        assert (ROOT / page).exists()


def test_prometheus_asks_every_process(services: dict[str, Container]) -> None:
    targets = {job["job_name"]: job["static_configs"][0]["targets"] for job in SCRAPES["scrape_configs"]}
    assert targets == {
        "write_api": ["write_api:8000"],
        "read_api": ["read_api:8001"],
        "projector": ["projector:8002"],
        "kong": ["kong:8100"],
    }
    assert services["kong"].environment["KONG_STATUS_LISTEN"].endswith(":8100")
    (mounted,) = [volume for volume in services["prometheus"].definition["volumes"] if volume["type"] == "bind"]
    assert Path(mounted["source"]) == DEPLOY / "prometheus"
    assert SCRAPES["rule_files"] == [f"{mounted['target']}/rules.yml"]


def test_grafana_finds_its_source_and_its_dashboards(services: dict[str, Container]) -> None:
    provisioning = DEPLOY / "grafana" / "provisioning"
    (source,) = yaml.safe_load((provisioning / "datasources" / "prometheus.yml").read_text())["datasources"]
    assert source["url"] == "http://prometheus:9090" and "prometheus" in services
    (provider,) = yaml.safe_load((provisioning / "dashboards" / "tidedesk.yml").read_text())["providers"]
    mounts = {volume["target"]: volume["source"] for volume in services["grafana"].definition["volumes"]}
    assert Path(mounts[provider["options"]["path"]]) == FOLDER
    assert Path(mounts["/etc/grafana/provisioning"]) == provisioning
    for dashboard in DASHBOARDS.values():
        assert sources_in(dashboard) == {source["uid"]}
        ids = [panel["id"] for panel in dashboard["panels"]]
        assert len(ids) == len(set(ids))


def test_grafana_finds_the_traces_that_tempo_takes(services: dict[str, Container]) -> None:
    (source,) = yaml.safe_load((DEPLOY / "grafana/provisioning/datasources/tempo.yml").read_text())["datasources"]
    config = yaml.safe_load((DEPLOY / "tempo" / "tempo.yml").read_text())
    assert source["type"] == "tempo" and source["url"] == f"http://tempo:{config['server']['http_listen_port']}"
    tempo = services["tempo"]
    mounts = {volume["target"]: volume for volume in tempo.definition["volumes"]}
    assert tempo.command == ["-config.file=/etc/tempo/tempo.yml"]
    assert Path(mounts["/etc/tempo"]["source"]) == DEPLOY / "tempo"
    trace = config["storage"]["trace"]
    assert all(path.startswith("/var/tempo/") for path in (trace["wal"]["path"], trace["local"]["path"]))
    assert mounts["/var/tempo"]["type"] == "volume"
    assert tempo.healthcheck[-1] == f"{source['url'].replace('tempo', '127.0.0.1')}/ready"
    # What .env.example proposes is where it listens, and in a network of every process that makes traces.
    _, _, port = config["distributor"]["receivers"]["otlp"]["protocols"]["http"]["endpoint"].rpartition(":")
    assert f"http://tempo:{port}" in (ROOT / ".env.example").read_text()
    for name in ("write_api", "read_api", "projector"):
        assert services[name].environment["TIDEDESK_OTLP_ENDPOINT"] == ""
        assert set(tempo.definition["networks"]) <= set(services[name].definition["networks"])


def sources_in(part: Any) -> set[str]:
    if isinstance(part, list):
        return set().union(*map(sources_in, part))
    if not isinstance(part, dict):
        return set()
    own = {part["datasource"]["uid"]} if "datasource" in part else set()
    return own.union(*(sources_in(value) for value in part.values()))
