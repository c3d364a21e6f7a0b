"""One test for each spec of frontend/e2e: what people do, in Chromium, on a stack as `make up` runs it."""

from __future__ import annotations

import pytest

from tests.support.browser import SPECS, BrowserStack

NAMES = sorted(str(path.relative_to(SPECS)) for path in SPECS.glob("*/*.spec.ts"))


# The first one waits for the stack, too.
@pytest.mark.timeout(600)
@pytest.mark.parametrize("spec", NAMES)
async def test_in_a_browser(stack: BrowserStack, spec: str) -> None:
    status, output = await stack.run_spec(spec)
    assert status == 0, output
