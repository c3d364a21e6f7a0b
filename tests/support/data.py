"""Real data and attack strings that are not part of the project: tests that use them are skipped where they are not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.database import ROOT

DATA = Path(os.environ.get("TIDEDESK_TEST_DATA") or ROOT.parent / "shared" / "data")
XSS = DATA / "security" / "xss.jsonl"
NAUGHTY = DATA / "security" / "naughty-strings.json"

real_data = pytest.mark.skipif(not DATA.is_dir(), reason="the real tickets and documents are not part of the project")
attack_strings = pytest.mark.skipif(
    not XSS.is_file(), reason="the collections of attack strings are not part of the project; see TIDEDESK_TEST_DATA"
)
