"""`python -m runtime.healthcheck URL`, for containers, which have no curl: the exit code is 0 if it answers 200."""

from __future__ import annotations

import http.client
import sys
from collections.abc import Sequence
from urllib.parse import urlsplit

TIMEOUT_S = 4.0
WORKS, FAILS, WRONG_USE = 0, 1, 2


def main(arguments: Sequence[str]) -> int:
    address = urlsplit(arguments[0]) if len(arguments) == 1 else None
    if address is None or address.scheme != "http" or address.hostname is None:
        print("Name one address, such as http://127.0.0.1:8000/readyz.", file=sys.stderr)
        return WRONG_USE
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=TIMEOUT_S)
    try:
        connection.request("GET", address.path or "/")
        answer = connection.getresponse()
        said = answer.read(1_000).decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        print(f"{arguments[0]} does not answer: {error}", file=sys.stderr)
        return FAILS
    finally:
        connection.close()
    # What docker inspect shows.
    print(f"{answer.status} {said}")
    return WORKS if answer.status == http.client.OK else FAILS


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
