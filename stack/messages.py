from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from stack.ports import HOST, Ports


@dataclass(frozen=True)
class Extras:
    """What runs beside what always runs."""

    sso: bool = False
    kafka: bool = False
    frontend: bool = False


NONE = Extras()
DEMO_LOGINS = ("admin@example.com", "agent@example.com", "customer@example.com")
DEMO_PASSWORD = "tidedesk-demo-2026"


def addresses(ports: Ports) -> dict[str, str]:
    return {
        "frontend": ports.pages_url,
        "write_api": f"http://{HOST}:{ports.write_api}",
        "read_api": f"http://{HOST}:{ports.read_api}",
        "postgres": f"postgresql://tidedesk@{HOST}:{ports.postgres}/tidedesk",
        "redis": f"redis://{HOST}:{ports.redis}/0",
        "elasticsearch": f"http://{HOST}:{ports.elasticsearch}",
        "keycloak": f"http://{HOST}:{ports.keycloak}",
        "kafka": f"{HOST}:{ports.kafka}",
    }


def login_address(ports: Ports) -> str:
    """What a login button leads to; afterwards one is signed in on the page of the API's documentation."""
    return f"http://{HOST}:{ports.write_api}/v1/sso/keycloak/login?return_to=/docs"


def ready_text(ports: Ports, data_dir: Path, *, demo: bool, detached: bool, extras: Extras = NONE) -> str:
    own = addresses(ports)
    pages = (
        [f"  help center    {own['frontend']}", f"  agent desk     {own['frontend']}/desk"] if extras.frontend else []
    )
    end = "`tidedesk down` stops it." if detached else "Ctrl-C stops it."
    lines = [
        "",
        f"Tidedesk is running. {end}",
        "",
        *pages,
        f"  write API      {own['write_api']}/docs",
        f"  read API       {own['read_api']}/docs",
        f"  Postgres       {own['postgres']}",
        f"  Redis          {own['redis']}",
        f"  Elasticsearch  {own['elasticsearch']}",
        f"  data and logs  {data_dir}",
    ]
    if extras.kafka:
        lines[-1:-1] = [f"  Kafka          {own['kafka']}"]
    if extras.sso:
        lines += ["", "Sign in by single sign-on, with the same logins and password, or as newcomer@example.com:"]
        lines += [f"  {login_address(ports)}"]
    if demo:
        lines += ["", f"Demo logins, all with the password {DEMO_PASSWORD}:", f"  {', '.join(DEMO_LOGINS)}"]
        lines += ["", "Open a ticket, and find it at once. Copy, paste:", "", example(ports)]
    return "\n".join(lines)


def example(ports: Ports) -> str:
    own = addresses(ports)
    login = '{"email": "agent@example.com", "password": "' + DEMO_PASSWORD + '"}'
    ticket = '{"subject": "The lighthouse lamp flickers", "body": "Since last night, every few minutes."}'
    return f"""\
TOKEN=$(curl -s {own['write_api']}/v1/sessions -H 'Content-Type: application/json' \\
  -d '{login}' | sed 's/.*"access_token": *"\\([^"]*\\)".*/\\1/')
SEEN=$(curl -si {own['write_api']}/v1/tickets -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\
  -d '{ticket}' | tr -d '\\r' | sed -n 's/^consistency-token: //Ip')
curl -s '{own['read_api']}/v1/search/tickets?q=lighthouse' -H "Authorization: Bearer $TOKEN" \\
  -H "Consistency-Token: $SEEN" -H 'Prefer: wait=5'
"""
