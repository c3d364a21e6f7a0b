from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from types import FrameType

from stack.applications import Applications, run_tool
from stack.credentials import Credentials
from stack.environment import Environment
from stack.errors import StackError
from stack.frontend import FrontendProcess
from stack.identity import Identity, PidFile
from stack.kafka import KafkaProcess
from stack.keycloak import KeycloakProcess
from stack.layout import Layout
from stack.messages import NONE, Extras
from stack.ports import Ports
from stack.processes import ManagedProcess, stop_together
from stack.progress import Progress
from stack.services import ALL, APPLICATIONS, OPTIONAL, STORES
from stack.state import State
from stack.stores import Stores

WATCH_INTERVAL_S = 0.5
SUPERVISOR_STOP_TIMEOUT_S = 120.0


class Supervisor:
    """Brings up one stack, watches it, takes it down."""

    def __init__(
        self, layout: Layout, ports: Ports, progress: Progress, *, ephemeral: bool, demo: bool, extras: Extras = NONE
    ) -> None:
        self._layout = layout
        self._ports = ports
        self._progress = progress
        self._demo = demo
        self._stores = Stores(layout.data_dir, ports.base, ephemeral=ephemeral, progress=progress)
        credentials = Credentials.load_or_create(layout.data_dir / "credentials.json")
        self._keycloak = KeycloakProcess(layout, ports, credentials, progress) if extras.sso else None
        self._kafka = KafkaProcess(layout, ports, progress) if extras.kafka else None
        self._frontend = FrontendProcess(layout, ports, progress) if extras.frontend else None
        self._environment = Environment(
            ports=ports,
            database_url=self._stores.postgres.app_url,
            migration_database_url=self._stores.postgres.url,
            redis_url=self._stores.redis_url,
            elasticsearch_url=self._stores.elasticsearch_url,
            credentials=credentials,
            attachment_folder=layout.attachment_folder,
            mail_folder=layout.mail_folder,
            sso_providers=() if self._keycloak is None else (self._keycloak.keycloak.provider(),),
            kafka_server="" if self._kafka is None else self._kafka.address,
        )
        self._applications = Applications(layout, ports, self._environment, progress)
        self._pid_file = PidFile(layout.supervisor_pid_file)

    def start(self) -> None:
        me = Identity.of(os.getpid())
        if me is not None:
            self._pid_file.write(me)
        State(self._ports.base, datetime.now(timezone.utc).isoformat(timespec="seconds")).save(self._layout.state_file)
        self._environment.save(self._layout.environment_file)
        self._applications.clear_the_way()
        if self._keycloak is not None:
            self._keycloak.launch()
        if self._kafka is not None:
            self._kafka.launch()
        self._stores.launch()
        if self._frontend is not None:
            # While Elasticsearch comes up, which takes longer.
            self._frontend.start()
        self._stores.wait_for_postgres()
        with self._progress.step("Database migrations"):
            run_tool(self._environment, "alembic", "upgrade", "head", purpose="Migrating the database")
        self._stores.wait_for_redis()
        if self._demo:
            self._seed_if_empty()
        if self._kafka is not None:
            self._kafka.wait()
        written_until = datetime.now(timezone.utc)
        # they wait for Elasticsearch by themselves, and their own start takes as long
        self._applications.start()
        self._stores.wait_for_elasticsearch()
        self._applications.wait_ready()
        self._applications.wait_until_visible(written_until)
        if self._frontend is not None:
            self._frontend.wait()
        if self._keycloak is not None:
            self._keycloak.wait()

    def watch(self) -> None:
        """Returns only by an exception: an interrupt, or the end of a process that should run."""
        while True:
            for process in self._processes:
                if not process.is_alive():
                    raise process.died()
            time.sleep(WATCH_INTERVAL_S)

    @property
    def has_frontend(self) -> bool:
        return self._frontend is not None and self._frontend.is_there

    def let_go(self) -> None:
        self._pid_file.clear()

    def stop(self) -> None:
        with hard_stop_on_second_signal(self._processes):
            if any(process.is_alive() for process in self._applications.processes):
                with self._progress.step("Stopping the projector and both APIs"):
                    self._applications.stop()
            if any(process.is_alive() for process in self._stores.processes):
                with self._progress.step("Stopping Elasticsearch, Redis and Postgres"):
                    self._stores.stop()
            stop_together(self._optional)
        self._pid_file.clear()

    @property
    def _processes(self) -> list[ManagedProcess]:
        return [*self._stores.processes, *self._applications.processes, *self._optional]

    @property
    def _optional(self) -> list[ManagedProcess]:
        optional = (self._keycloak, self._kafka, self._frontend if self.has_frontend else None)
        return [one.process for one in optional if one is not None]

    def _seed_if_empty(self) -> None:
        if self._stores.postgres.fetch_value("SELECT EXISTS (SELECT 1 FROM users)"):
            return
        with self._progress.step("Demo data"):
            run_tool(self._environment, "stack", "seed", purpose="Seeding the demo data")


def running(layout: Layout) -> dict[str, ManagedProcess]:
    processes = (ManagedProcess(service, layout) for service in ALL)
    return {process.service.name: process for process in processes if process.is_alive()}


def take_down(layout: Layout) -> list[str]:
    """Stops the stack of a data folder from outside; says what was stopped."""
    found = running(layout)
    optional = [process for service in OPTIONAL if (process := ManagedProcess(service, layout)).is_alive()]
    labels = [process.service.label for process in (*found.values(), *optional)]
    supervisor = PidFile(layout.supervisor_pid_file).read()
    if supervisor is not None:
        _ask_to_stop(supervisor)
    for services in (reversed(APPLICATIONS), reversed(STORES), OPTIONAL):
        stop_together(ManagedProcess(service, layout) for service in services)
    PidFile(layout.supervisor_pid_file).clear()
    return labels


def _ask_to_stop(supervisor: Identity) -> None:
    os.kill(supervisor.pid, signal.SIGTERM)
    give_up = time.monotonic() + SUPERVISOR_STOP_TIMEOUT_S
    while supervisor.is_alive():
        if time.monotonic() > give_up:
            raise StackError(
                f"The supervisor (pid {supervisor.pid}) does not stop.", f"End it with: kill -9 {supervisor.pid}"
            )
        time.sleep(0.1)


@contextmanager
def interruptible() -> Iterator[None]:
    """SIGTERM and a closed terminal end the stack the way Ctrl-C does."""

    def interrupt(number: int, _: FrameType | None) -> None:
        raise KeyboardInterrupt(number)

    previous = {number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


@contextmanager
def hard_stop_on_second_signal(processes: list[ManagedProcess]) -> Iterator[None]:
    def kill_all(_: int, __: FrameType | None) -> None:
        for process in processes:
            process.kill()

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    previous = {number: signal.signal(number, kill_all) for number in numbers}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
