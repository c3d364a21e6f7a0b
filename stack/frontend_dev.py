"""The pages with hot reload, on the APIs of a running `tidedesk up`: python -m stack.frontend_dev [PORT_BASE]."""

from __future__ import annotations

import os
import sys

from stack.frontend_build import FRONTEND
from stack.layout import Layout
from stack.ports import DEFAULT_PORT_BASE, HOST, Ports
from stack.state import State


def main(arguments: list[str]) -> None:
    saved = State.load(Layout.at(None).state_file)
    ports = Ports(int(arguments[0]) if arguments else saved.port_base if saved else DEFAULT_PORT_BASE)
    addresses = {
        "TIDEDESK_COMMANDS_URL": f"http://{HOST}:{ports.write_api}",
        "TIDEDESK_QUERIES_URL": f"http://{HOST}:{ports.read_api}",
    }
    print(f"Open http://{HOST}:{ports.frontend_dev}", flush=True)
    os.chdir(FRONTEND)
    command = ["npm", "run", "dev", "--", "--port", str(ports.frontend_dev)]
    os.execvpe("npm", command, {**os.environ, **addresses})


if __name__ == "__main__":
    main(sys.argv[1:])
