"""Every problem code with its statuses and what to do."""

from __future__ import annotations

from documentation.markdown import code, table
from documentation.problem_advice import ADVICE
from documentation.problem_codes import problem_codes
from runtime.problems import TYPE_PREFIX

INTRODUCTION = f"""# Problem codes

Every refusal of both APIs is `application/problem+json` (RFC 9457). `code` is stable: a program decides by it,
never by `title` or `detail`. `type` is `{TYPE_PREFIX}` and the code. `detail` says to a person what happened,
why and what to do; `errors` names each fault with a JSON `pointer` into the body, or the `parameter` or `header` it is
in; `request_id` finds the request in our logs.
A status that none of these explains has the code `http.` and its number.

A code without a status stands only in `errors`, below `request.invalid`.
"""


def page() -> str:
    rows = [
        (code(name), ", ".join(map(str, sorted(statuses))), ADVICE[name]) for name, statuses in problem_codes().items()
    ]
    return f"{INTRODUCTION}\n{table(('code', 'status', 'what to do'), rows)}"
